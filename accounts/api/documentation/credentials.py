"""Passwords and e-mail addresses."""

from __future__ import annotations

from accounts.api.serializers.sign_in import (
    EmailChangeInputSerializer,
    EmailVerifyInputSerializer,
    PasswordChangeInputSerializer,
    PasswordResetConfirmInputSerializer,
    PasswordResetInputSerializer,
)
from accounts.api.views.credentials import (
    EmailChangeView,
    EmailResendView,
    EmailVerifyView,
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "sign-in"
_CODE = "5f0c1f6b3f0e4a0f9a7d8c6b5a4e3d2c1b0a99887766554433221100ffeeddcc"
_NEXT = "a walk along the harbour"

document(
    PasswordChangeView,
    post=Operation(
        id="changePassword",
        tag=TAG,
        summary="Change the password",
        description="Ends every other session. API keys stay: revoke those that you do not know.",
        body={
            JSON: Body(
                shape=PasswordChangeInputSerializer,
                examples={"next": {"current_password": "correct horse battery staple", "new_password": _NEXT}},
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
        summary="Set a new password with the code of a mail",
        description="Ends every session.",
        body={
            JSON: Body(
                shape=PasswordResetConfirmInputSerializer, examples={"code": {"token": _CODE, "new_password": _NEXT}}
            )
        },
        answers=(Answer(status=204, says="The password is set."),),
        problems=("code_refused",),
    ),
)
document(
    EmailVerifyView,
    post=Operation(
        id="verifyEmail",
        tag=TAG,
        summary="Verify an e-mail address with the code of a mail",
        description="The address of a new account, or the next one of an account. The code works once, within a day.",
        body={JSON: Body(shape=EmailVerifyInputSerializer, examples={"code": {"token": _CODE}})},
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
        description="A code goes to the new address and word of it to the present one; the address changes when the "
        "code comes back (`verifyEmail`). Whether somebody has the new address cannot be told from the answer.",
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
