"""Settings of accounts: passwords, tokens, locks, and the mails that go with them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import SplitResult, unquote, urlsplit

from watchly import env
from watchly.signing_key import signing_key, verifying_keys

_PRODUCTION = env.choice("WATCHLY_ENV", "local", ("local", "production")) == "production"

# --- Passwords -------------------------------------------------------------------------------------------------------
# The first hashes; the others are taken, and hashed anew at the next sign-in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.lockout.CountedBackend"]

# --- Tokens ----------------------------------------------------------------------------------------------------------
JWT_SIGNING_KEY = signing_key(production=_PRODUCTION)
JWT_VERIFYING_KEYS = verifying_keys()
JWT_ISSUER = env.text("JWT_ISSUER") or "watchly"
JWT_KEY_FOLDER = env.data_folder() / "jwt"

# --- Limits ----------------------------------------------------------------------------------------------------------
RATE_SCALE = env.number("WATCHLY_RATE_SCALE", 1.0, above=0)

# django-axes keeps the failures in the database, where an outage of the cache loses none. Its handler is ours: it does
# in one statement what axes does in five, and keeps no name that nobody has (accounts/lockout.py).
AXES_HANDLER = "accounts.lockout.LockoutHandler"
AXES_FAILURE_LIMIT = 5  # of one name from one address (an IPv6 /64)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "watchly.api.middleware.client_address"
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
ADDRESS_FAILURE_LIMIT = 100  # of all names from one address (an IPv6 /64), in
ADDRESS_FAILURE_WINDOW = timedelta(hours=1)
NAME_FAILURE_LIMIT = 20  # of one name from all addresses in that time, before each is followed by a pause

# --- Second factor ---------------------------------------------------------------------------------------------------
ADMIN_SECOND_FACTOR = env.flag("ADMIN_SECOND_FACTOR", default=_PRODUCTION)
OTP_TOTP_ISSUER = "Watchly"
OTP_TOTP_SYNC = False  # telephones know the time; a clock that may wander lets more codes through
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 1  # seconds after the first wrong code, doubled by each other

# Cookie sessions of staff; those of others last Django's two weeks.
STAFF_SESSION_IDLE = timedelta(hours=1)  # from one request to the next
STAFF_SESSION_LIFETIME = timedelta(hours=12)  # in all

# --- Mail ------------------------------------------------------------------------------------------------------------
_PORTS = {"console": None, "smtp": 25, "smtp+tls": 587, "smtps": 465}


def _mail_url() -> tuple[SplitResult, int | None]:
    """EMAIL_URL in its parts, and its port."""
    parts = urlsplit(env.text("EMAIL_URL") or "console://")
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        port = None
    if parts.scheme != "console" and (port is None or not parts.hostname):
        raise env.ConfigurationError(
            "EMAIL_URL is none of console://, smtp://, smtp+tls:// and smtps://user:password@host:port."
        )
    return parts, port


_MAIL, _PORT = _mail_url()
EMAIL_HOST = _MAIL.hostname or env.text("EMAIL_HOST") or ""
EMAIL_BACKEND = "watchly.common.smtp.EmailBackend" if EMAIL_HOST else "django.core.mail.backends.console.EmailBackend"
EMAIL_PORT = env.integer("EMAIL_PORT", _PORT or 25, at_least=1, at_most=65535)
EMAIL_HOST_USER = unquote(_MAIL.username or "") or env.text("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = unquote(_MAIL.password or "") or env.text("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_SSL = _MAIL.scheme == "smtps" or env.flag("EMAIL_USE_SSL")
EMAIL_USE_TLS = _MAIL.scheme == "smtp+tls" or env.flag("EMAIL_USE_TLS")
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise env.ConfigurationError("EMAIL_USE_SSL and EMAIL_USE_TLS are both on: TLS from the start, or after STARTTLS.")
EMAIL_TIMEOUT = 10  # seconds for each answer of the mail server; watchly/common/smtp.py bounds the whole
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM") or "Watchly <watchly@localhost>"
EMAIL_SUBJECT_PREFIX = ""
