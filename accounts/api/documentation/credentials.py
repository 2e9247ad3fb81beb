"""Passwords and e-mail addresses."""

from __future__ import annotations

from accounts.api.serializers.sign_in import (
    EmailChangeInputSerializer,
    EmailUndoInputSerializer,
    EmailVerifyInputSerializer,
    PasswordChangeInputSerializer,
    PasswordResetConfirmInputSerializer,
    PasswordResetInputSerializer,
)
from accounts.api.views.credentials import (
    EmailChangeView,
    EmailResendView,
    EmailUndoView,
    EmailVerifyView,
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "sign-in"
_CODE = "5f0c1f6b3f0e4a0f9a7d8c6b5a4e3d2c1b0a99887766554433221100ffeeddcc"
_SHORT = "ABCD-2345"
_NEXT = "a walk along the harbour"

document(
    PasswordChangeView,
    post=Operation(
        id="changePassword",
        tag=TAG,
        summary="Change the password",
        description="Ends every other session and every open code. If you have API keys, `revoke_api_keys` says "
        "whether they are revoked too.",
        body={
            JSON: Body(
                shape=PasswordChangeInputSerializer,
                examples={
                    "next": {
                        "current_password": "correct horse battery staple",
                        "new_password": _NEXT,
                        "revoke_api_keys": True,
                    }
                },
            )
        },
        answers=(Answer(status=204, says="The password is changed."),),
        problems=("locked_out",),
    ),
)
document(
    PasswordResetView,
    post=Operation(
        id="requestPasswordReset",
        tag=TAG,
        summary="Ask for a code that sets a new password",
        description="The answer is the same whether or not somebody has the address. The code holds for an hour.",
        body={JSON: Body(shape=PasswordResetInputSerializer, examples={"ada": {"email": "ada@example.org"}})},
        answers=(Answer(status=202, says="If somebody has the address, the code is on its way."),),
    ),
)
document(
    PasswordResetConfirmView,
    post=Operation(
        id="resetPassword",
        tag=TAG,
        summary="Reset a password",
        description="Takes the code of an e-mail: the long form as `token`, or the short one as `code` with the "
        "`email` it went to. Ends every session and API key, and verifies the address.",
        body={
            JSON: Body(
                shape=PasswordResetConfirmInputSerializer,
                examples={
                    "code": {"token": _CODE, "new_password": _NEXT},
                    "short": {"code": _SHORT, "email": "ada@example.org", "new_password": _NEXT},
                },
            )
        },
        answers=(Answer(status=204, says="The password is set."),),
        problems=("code_refused", "email_taken"),
    ),
)
document(
    EmailVerifyView,
    post=Operation(
        id="verifyEmail",
        tag=TAG,
        summary="Verify an e-mail address",
        description="Takes the code of an e-mail: the long form as `token`, or the short one as `code` with the "
        "`email` it went to; a signed-in caller may leave `email` out. A code works once, within a day, the short form "
        "for five tries. The code for another address takes its user's sign-in, and ends every other session.",
        body={
            JSON: Body(
                shape=EmailVerifyInputSerializer,
                examples={"code": {"token": _CODE}, "short": {"code": _SHORT, "email": "ada@example.org"}},
            )
        },
        answers=(
            Answer(
                says="Whose address is verified.",
                shape={
                    "type": "object",
                    "required": ["username", "email_verified"],
                    "properties": {"username": {"type": "string"}, "email_verified": {"type": "boolean"}},
                },
                example={"username": "ada", "email_verified": True},
            ),
        ),
        problems=(
            "code_refused",
            "email_taken",
            "sign_in_required",
            "permission_denied",
            "scope_missing",
            "csrf_failed",
        ),
    ),
)
document(
    EmailUndoView,
    post=Operation(
        id="undoEmailChange",
        tag=TAG,
        summary="Undo a change of e-mail address",
        description="Takes the code that went to the former address, within seven days. Restores that address, ends "
        "every session and API key, makes the password unusable, and sends a code for a new one.",
        body={JSON: Body(shape=EmailUndoInputSerializer, examples={"code": {"token": _CODE}})},
        answers=(Answer(status=204, says="The former address is restored."),),
        problems=("code_refused", "email_taken"),
    ),
)
document(
    EmailResendView,
    post=Operation(
        id="resendVerification",
        tag=TAG,
        summary="Send the code for the e-mail address once more",
        description="The one before it works no more. An address that is verified gets none.",
        answers=(Answer(status=202, says="The code is on its way."),),
    ),
)
document(
    EmailChangeView,
    post=Operation(
        id="changeEmail",
        tag=TAG,
        summary="Ask for another e-mail address",
        description="A code goes to the new address and a notice to the current one; the address changes when the "
        "code comes back, signed in (`verifyEmail`). The response does not tell whether the new address is known.",
        body={
            JSON: Body(
                shape=EmailChangeInputSerializer,
                examples={"next": {"email": "ada@example.net", "password": "correct horse battery staple"}},
            )
        },
        answers=(Answer(status=202, says="The code is on its way."),),
        problems=("locked_out",),
    ),
)
