"""Users. The rest of an account (sessions, keys, profile, preferences) stands in files of its own beside this one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models.profile import PARTS
from watchly.common.scopes import opens
from watchly.common.visibility import Visibility

if TYPE_CHECKING:
    from accounts.services.credentials import Ended

# What an erased account is called. Nobody else may be, or a living account could pass for a dead one.
ERASED_NAME, ERASED_NAMES = "deleted-{id}", re.compile(r"\Adeleted-[0-9]+-*\Z", re.I)
not_an_erased_name = RegexValidator(
    ERASED_NAMES, "This name is kept for accounts that were erased.", code="reserved", inverse_match=True
)


class UserQuerySet(models.QuerySet["User"]):
    def shown(self) -> UserQuerySet:
        """Accounts that others may know of: active, and not about to be erased."""
        return self.filter(is_active=True, erase_after__isnull=True, erased_at__isnull=True)

    def with_profile(self) -> UserQuerySet:
        """With `display_name`, `avatar_path` and the visibility of each part, as they hold without a profile, too."""
        return self.annotate(
            display_name=models.F("profile__display_name"),
            avatar_path=models.F("profile__avatar_path"),
            **{
                f"{part}_visibility": Coalesce(f"profile__{part}_visibility", models.Value(Visibility.PUBLIC.value))
                for part in PARTS
            },
        )

    def to_erase(self) -> UserQuerySet:
        """Accounts whose 14 days are over."""
        return self.filter(erase_after__lte=timezone.now(), erased_at__isnull=True)


class WatchlyUserManager(UserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]  # made by a call
    """Finds people by name and address whatever the case they type it in, by the indexes over `lower(…)`."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.alias(name=Lower("username")).get(name=Lower(models.Value(username)))

    def with_email(self, email: str) -> models.QuerySet[User]:
        """Who gave this address; at most one of them has verified it."""
        return self.alias(address=Lower("email")).filter(address=Lower(models.Value(email)))


class User(AbstractUser):
    """A person or a service that signs in.

    Usernames are public and unique whatever their case. An e-mail address that is not verified belongs to nobody, so it
    is unique among the verified ones alone: registration cannot be asked who is here.
    """

    username = models.CharField(max_length=150, validators=[AbstractUser.username_validator, not_an_erased_name])
    email = models.EmailField(blank=True, default="")
    email_verified_at = models.DateTimeField(null=True, blank=True)
    erase_after = models.DateTimeField(
        null=True, blank=True, help_text="The owner wants the account erased then, and may still change their mind."
    )
    erased_at = models.DateTimeField(null=True, blank=True, help_text="Nothing of the person is left in this row.")
    # Raised to end every cookie session at once: it goes into the digest that each of them carries.
    token_version = models.PositiveIntegerField(default=0, editable=False)

    # Of one request or call, and not stored. The scopes of the API key that calls, None without a key.
    key_scopes: frozenset[str] | None = None
    # Whether the caller has shown the second factor that the user has now: in this session, or in the one that made the
    # API key. A door that does not ask leaves it False, and with it staff without their powers.
    second_factor_shown: bool = False
    # What setting the password is (a CredentialEvent), the session that it leaves, and whether it revokes the API keys
    # where the table asks. A door that says nothing (a form, a command) ends everything.
    password_event: str = "password_set"  # noqa: S105  the name of an event, no password
    kept_session_id: int | None = None
    revoke_keys: bool = True
    ended: Ended | None = None  # by the last new password
    _made_unusable = False

    objects: ClassVar[WatchlyUserManager] = WatchlyUserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_username_unique",
                violation_error_message="Another user has this user name, perhaps with other capital letters.",
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_verified_email_unique",
                violation_error_message="Another user has verified this e-mail address.",
                condition=models.Q(email_verified_at__isnull=False),
            ),
        ]
        # Who gave an address without having verified it yet: a reset of the password.
        indexes = [models.Index(Lower("email"), name="accounts_user_email_lower")]
        verbose_name = "user"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; a new password is a credential event, wherever it is set (form, command, service).

        A password that is only rehashed at a sign-in is not, nor the first one of a new user.
        """
        changed = getattr(self, "_password", None) is not None or self._made_unusable
        if not changed or self.pk is None:
            super().save(*args, **kwargs)
            return
        from accounts.services.credentials import CredentialEvent, end_credentials  # which needs this model

        with transaction.atomic():
            super().save(*args, **kwargs)
            self.ended = end_credentials(
                user_id=self.pk,
                event=CredentialEvent(self.password_event),
                kept_session_id=self.kept_session_id,
                revoke_keys=self.revoke_keys,
            )
            self.refresh_from_db(fields=["token_version"])
        self._made_unusable = False

    def set_unusable_password(self) -> None:
        """Takes the password away; a credential event as a new one is, once it is saved."""
        super().set_unusable_password()
        self._made_unusable = True

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """As Django has it; under an API key only as far as its scopes go, for superusers too.

        None while the account waits to be erased (its owner signs in to keep it, not to do the work of staff), and none
        without the second factor where staff need one.
        """
        if self.erase_after is not None or self.needs_second_factor:
            return False
        if self.key_scopes is not None and not opens(self.key_scopes, perm):
            return False
        return super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        rests = self.key_scopes is not None or self.erase_after is not None or self.needs_second_factor
        return not rests and super().has_module_perms(app_label)

    @property
    def needs_second_factor(self) -> bool:
        """Whether the powers of staff rest until this caller shows the second factor (`ADMIN_SECOND_FACTOR`)."""
        return settings.ADMIN_SECOND_FACTOR and (self.is_staff or self.is_superuser) and not self.second_factor_shown

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a cookie session must carry: another after a new password, and after `token_version` was raised."""
        found: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # not in the stubs
        if not self.token_version:
            return found
        return salted_hmac("accounts.token_version", f"{found} {self.token_version}", secret=secret).hexdigest()
