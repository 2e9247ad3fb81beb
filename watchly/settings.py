"""Settings, all from the environment (the table in README.md).

A wrong value stops the start and says what would be right.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from watchly import env
from watchly.common.logs import logging_settings
from watchly.secret_key import secret_key

BASE_DIR = env.BASE_DIR
DATA_FOLDER = env.data_folder()

# --- What kind of installation this is -------------------------------------------------------------------------------
PRODUCTION = env.choice("WATCHLY_ENV", "local", ("local", "production")) == "production"
DEBUG = env.flag("DEBUG")
SECRET_KEY = secret_key(production=PRODUCTION, folder=DATA_FOLDER)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", () if PRODUCTION else ("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
if PRODUCTION:
    if DEBUG:
        raise env.ConfigurationError("DEBUG is on in production: unset it, or set WATCHLY_ENV=local.")
    if not ALLOWED_HOSTS:
        raise env.ConfigurationError(
            "ALLOWED_HOSTS is not set: name the hosts that Watchly answers to, comma-separated."
        )
    if any("*" in host for host in ALLOWED_HOSTS):
        raise env.ConfigurationError("ALLOWED_HOSTS holds '*' in production: name each host instead.")

# --- Applications ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.inlines",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "procrastinate.contrib.django",
    "axes",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "watchly.common",
    "watchly.api",
    "accounts",
    "movies",
    "social",
    "analytics",
    "watchly.processes",
]
AUTH_USER_MODEL = "accounts.User"
# Usernames are unique by Lower(username), which says more than the unique field that the checks look for.
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "watchly.urls"
APPEND_SLASH = True

# What every response passes, also one to a request that Django never sees (watchly/entry/refusals.py): they use no
# database and no session.
OUTER_MIDDLEWARE = [
    # First, so that every response carries the request id and the API's headers, whichever middleware makes it.
    "watchly.api.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "watchly.headers.HeadersMiddleware",
    "corsheaders.middleware.CorsMiddleware",
]
MIDDLEWARE = [
    *OUTER_MIDDLEWARE,
    "watchly.api.encodings.PlainBodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "accounts.admin.gate.SecondFactorMiddleware",
]
CSRF_FAILURE_VIEW = "watchly.api.errors.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Cache -----------------------------------------------------------------------------------------------------------
_REDIS_URL = env.text("REDIS_URL")
if not _REDIS_URL:
    raise env.ConfigurationError("REDIS_URL is not set: start through manage.py, or name a Redis-protocol server.")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "watchly.common.cache.Cache",
        "LOCATION": _REDIS_URL,
        "KEY_PREFIX": env.text("WATCHLY_CACHE_PREFIX", "watchly"),
        "OPTIONS": {
            # A cache that is gone or hangs slows nothing down for longer than this, and fails no request.
            "SOCKET_CONNECT_TIMEOUT": 0.2,
            "SOCKET_TIMEOUT": 0.2,
            "IGNORE_EXCEPTIONS": True,
            "SERIALIZER": "watchly.common.cache.JSONSerializer",
        },
    },
}
# What counts (watchly/api/limits.py) must hear of an outage; the default alias answers None to everything then.
CACHES["limits"] = {**CACHES["default"], "OPTIONS": {**CACHES["default"]["OPTIONS"], "IGNORE_EXCEPTIONS": False}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"  # Redis down signs nobody out

# --- Security --------------------------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "accounts.passwords.GuessableValidator"}]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:  # a neighbouring host cannot set these: browsers take the prefix from this host alone, over TLS
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_SSL_REDIRECT = PRODUCTION and env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", PRODUCTION) else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/(api|\.well-known)/"
CORS_EXPOSE_HEADERS = [
    "ETag",
    "Location",
    "X-Request-ID",
    "Idempotency-Replayed",
    "RateLimit-Policy",
    "RateLimit",
    "Retry-After",
    "Deprecation",
    "Sunset",
]

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or DATA_FOLDER / "static")
# Files that only their owner gets (exports of accounts): shared by web and workers, and never below MEDIA_ROOT.
PRIVATE_ROOT = Path(env.text("PRIVATE_ROOT") or DATA_FOLDER / "private")
FILE_UPLOAD_PERMISSIONS = 0o644
UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_BYTES", 5 * 2**20, at_least=1024)
IMPORT_MAX_BYTES = env.integer("IMPORT_MAX_BYTES", 100 * 2**20, at_least=1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20  # bodies of JSON and forms: 500 items of a bulk; files are bounded above

# --- Time and language -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

ACCESS_LOG = env.flag("ACCESS_LOG", default=PRODUCTION)  # a line a request; on a laptop they only hide the others
LOGGING = logging_settings(json=PRODUCTION or env.flag("LOG_JSON"), level=env.text("LOG_LEVEL", "INFO"))
LOGGING_CONFIG = "logging.config.dictConfig"

from watchly.settings_accounts import *  # noqa: E402  sign-in is a noun of its own
from watchly.settings_admin import *  # noqa: E402  and so is the look of the back office
from watchly.settings_api import *  # noqa: E402  the API's own settings are a noun of their own
from watchly.settings_database import *  # noqa: E402  as does the database
from watchly.settings_media import *  # noqa: E402  where pictures live, and under which address
from watchly.settings_provider import *  # noqa: E402  as are those of the outside provider
