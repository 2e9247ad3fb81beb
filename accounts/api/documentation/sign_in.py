"""Registration, login, refresh, logout."""

from __future__ import annotations

from typing import Any

from accounts.api.serializers.sign_in import (
    AccessTokenSerializer,
    LoginInputSerializer,
    LoginSerializer,
    LogoutInputSerializer,
    RefreshInputSerializer,
    RegistrationInputSerializer,
    SecondFactorInputSerializer,
    SignedInUserSerializer,
    TokenPairSerializer,
)
from accounts.api.views.sign_in import (
    LoginView,
    LogoutAllView,
    LogoutView,
    RefreshView,
    RegisterView,
    SecondFactorView,
)
from accounts.api.views.well_known import KeySetView
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "sign-in"
_USER = {"id": 12, "username": "ada", "roles": ["curator"], "email_verified": True}
_ACCESS = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIxMiJ9.c2lnbmF0dXJl"
_REFRESH = "eyJhbGciOiJFZERTQSIsInR5cCI6InJ0K2p3dCJ9.eyJzdWIiOiIxMiJ9.c2lnbmF0dXJl"
_PAIR = {"access": _ACCESS, "refresh": _REFRESH, "token_type": "Bearer", "expires_in": 600}
_KEY_SET: dict[str, Any] = {
    "type": "object",
    "description": "A JWK set (RFC 7517).",
    "required": ["keys"],
    "properties": {
        "keys": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kty", "crv", "x", "kid", "use", "alg"],
                "properties": {
                    "kty": {"type": "string", "enum": ["OKP"]},
                    "crv": {"type": "string", "enum": ["Ed25519"]},
                    "x": {"type": "string", "description": "The public key, in base64url."},
                    "kid": {"type": "string", "description": "Its number, as it stands in a token's header."},
                    "use": {"type": "string", "enum": ["sig"]},
                    "alg": {"type": "string", "enum": ["EdDSA"]},
                },
            },
        }
    },
}

document(
    RegisterView,
    post=Operation(
        id="register",
        tag=TAG,
        summary="Make an account",
        description="Usernames are public, so a taken one is refused (409). Whether somebody has the e-mail address "
        "cannot be told: the account is made either way, and the mail with the code to verify the address tells its "
        "owner. Nobody is signed in by it: `login` is next.",
        body={
            JSON: Body(
                shape=RegistrationInputSerializer,
                examples={
                    "ada": {"username": "ada", "email": "ada@example.org", "password": "correct horse battery staple"}
                },
            )
        },
        answers=(
            Answer(
                status=201,
                says="The account.",
                shape=SignedInUserSerializer,
                example=_USER | {"roles": [], "email_verified": False},
                headers=("Cache-Control",),
            ),
        ),
        problems=("username_taken",),
    ),
)
document(
    LoginView,
    post=Operation(
        id="login",
        tag=TAG,
        summary="Sign in",
        description="With the username or the verified e-mail address. The access token goes into `Authorization: "
        "Bearer` and holds for 10 minutes; the refresh token gets the next pair, for 14 days from one to the next and "
        "60 in all. After five wrong passwords for a name from one address (an IPv6 /64), that address waits for 15 "
        "minutes; others may still sign in, with a pause if the name is tried from many addresses.",
        body={
            JSON: Body(
                shape=LoginInputSerializer,
                examples={"ada": {"username": "ada", "password": "correct horse battery staple"}},
            )
        },
        answers=(
            Answer(
                says="The tokens, and whose they are.",
                shape=LoginSerializer,
                example=_PAIR | {"user": _USER},
                headers=("Cache-Control",),
            ),
        ),
        problems=("locked_out",),
    ),
)
document(
    RefreshView,
    post=Operation(
        id="refreshTokens",
        tag=TAG,
        summary="Get the next pair of tokens",
        description="A refresh token is used once. For ten seconds it gets the same next one again (two tabs, a lost "
        "answer); after that its use means that it was copied, and ends the session.",
        body={JSON: Body(shape=RefreshInputSerializer, examples={"token": {"refresh": _REFRESH}})},
        answers=(Answer(says="The next pair.", shape=TokenPairSerializer, example=_PAIR, headers=("Cache-Control",)),),
        problems=("refresh_refused",),
    ),
)
document(
    SecondFactorView,
    post=Operation(
        id="showSecondFactor",
        tag=TAG,
        summary="Show your second factor",
        description="Where staff need a second factor (production), a session has none of their powers until it sends "
        "a code here: six digits of the app, or a recovery code. From then on the session and its next tokens have "
        "them, and so do API keys that it makes. Set the second factor up in the back office.",
        body={JSON: Body(shape=SecondFactorInputSerializer, examples={"code": {"code": "492039"}})},
        answers=(
            Answer(
                says="An access token whose `amr` names the second factor.",
                shape=AccessTokenSerializer,
                example={"access": _ACCESS, "token_type": "Bearer", "expires_in": 600},
                headers=("Cache-Control",),
            ),
        ),
        problems=("code_refused", "locked_out", "not_found", "conflict"),
    ),
)
document(
    LogoutView,
    post=Operation(
        id="logout",
        tag=TAG,
        summary="Sign out",
        description="Ends the session of the access token, or that of the refresh token in the body, which needs no "
        "access token. Its tokens open nothing from then on.",
        body={JSON: Body(shape=LogoutInputSerializer, examples={"token": {"refresh": _REFRESH}})},
        body_optional=True,
        answers=(Answer(status=204, says="The session has ended."),),
        problems=("not_authenticated", "csrf_failed"),
    ),
)
document(
    LogoutAllView,
    post=Operation(
        id="logoutEverywhere",
        tag=TAG,
        summary="Sign out everywhere",
        description="Ends every session, this one too. API keys stay.",
        answers=(Answer(status=204, says="Every session has ended."),),
    ),
)
document(
    KeySetView,
    get=Operation(
        id="listSigningKeys",
        tag=TAG,
        summary="Read the keys that tokens are signed with",
        description="For services that check a token's signature themselves. A signature says who signed in, not that "
        "the session still lives.",
        answers=(
            Answer(
                says="The keys that are believed.",
                shape=_KEY_SET,
                example={
                    "keys": [
                        {
                            "crv": "Ed25519",
                            "kty": "OKP",
                            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                            "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
                            "use": "sig",
                            "alg": "EdDSA",
                        }
                    ]
                },
                headers=("Cache-Control",),
            ),
        ),
    ),
)
