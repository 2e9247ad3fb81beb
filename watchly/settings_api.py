"""Settings of the HTTP API: DRF, its documentation, and what the contract (docs/api.md) fixes."""

from __future__ import annotations

from watchly import env

_PRODUCTION = env.text("WATCHLY_ENV", "local") == "production"
# A password with every request: for a laptop and a shell. Where others come in, they sign in once.
_BASIC = env.flag("BASIC_AUTH", default=not _PRODUCTION)
_PROXIES = env.integer("NUM_PROXIES", 0, at_least=0)
if _PRODUCTION and env.flag("BEHIND_PROXY", default=True) and not _PROXIES:
    raise env.ConfigurationError(
        "NUM_PROXIES is 0 behind a proxy: every visitor would count as one, and one of them could lock out all. "
        "Set NUM_PROXIES to the number of proxies in front, or BEHIND_PROXY=0 if there is none."
    )

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # Bearer first: its challenge makes an unauthenticated call a 401, and no browser asks for a password then.
        "accounts.api.authentication.BearerAuthentication",
        "accounts.api.authentication.ApiKeyAuthentication",
        *(["watchly.api.authentication.BasicAuthentication"] if _BASIC else []),
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["watchly.api.permissions.DenyAll"],
    "DEFAULT_THROTTLE_CLASSES": ["watchly.api.limits.ViewLimits"],
    "DEFAULT_RENDERER_CLASSES": ["watchly.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["watchly.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "watchly.api.schema.ApiSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "watchly.api.negotiation.JSONNegotiation",
    "EXCEPTION_HANDLER": "watchly.api.errors.exception_handler",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter of ours
    "COERCE_DECIMAL_TO_STRING": False,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",  # always six digits: what PostgreSQL's to_char gives
    "UNICODE_JSON": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": _PROXIES,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Watchly",
    "DESCRIPTION": (
        "The open movie tracker: a catalogue of films, the people who made them, and a library of what you watch. "
        "Where an installation asks TMDB for films: this product uses the TMDB API but is not endorsed or certified by "
        "TMDB."
    ),
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "CONTACT": {"name": "Watchly"},
    "LICENSE": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
    "SERVERS": [{"url": "/", "description": "This server"}],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "filter": True},
    "REDOC_DIST": "SIDECAR",
    "REDOC_UI_SETTINGS": {
        "expandResponses": "200,201",
        "theme": {"typography": {"fontFamily": "system-ui, sans-serif", "headings": {"fontFamily": "inherit"}}},
    },
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SCHEMA_PATH_PREFIX": r"/api",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "watchly.api.schema_hooks.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "CreditKind": "movies.models.Credit.Kind",
        "ImageKind": "movies.models.Image.Kind",
        "VideoKind": "movies.models.Video.Kind",
        "VideoProvider": "movies.models.Video.Provider",
        "ReleaseDateKind": "movies.models.ReleaseDate.Kind",
        "ReleaseStatus": "movies.models.Movie.ReleaseStatus",
        "MovieState": "movies.models.Movie.State",
        "SuggestionState": "movies.models.Suggestion.State",
        "JobState": "watchly.common.job_states.JobState",
        "ReportedKind": "social.models.Kind",
        "RatingDisplay": "accounts.models.Preferences.RatingDisplay",
        "LibraryStatus": "social.models.LibraryEntry.Status",
        "PlayPrecision": "social.models.Play.Precision",
        "FollowState": "social.models.Follow.State",
        "ShareLinkKind": "social.models.ShareLink.Kind",
        "Verb": "social.models.Verb",
        "Visibility": "watchly.common.visibility.Visibility",
    },
    "TAGS": [
        {"name": "sign-in", "description": "Registration, sign-in and out, passwords and e-mail addresses."},
        {
            "name": "account",
            "description": "Your own account: profile, preferences, sessions, API keys, export, erasure.",
        },
        {"name": "movies", "description": "Films: browse, search, read and curate."},
        {"name": "people", "description": "Who made them, and in which films they are."},
        {"name": "genres and tags", "description": "The words films are sorted by."},
        {"name": "imports", "description": "Catalogue files in, with a preview, progress and a report."},
        {
            "name": "library",
            "description": "What you keep of films: status, stars, favourites, viewings, changes.",
        },
        {"name": "reviews", "description": "What people write about films, what others say about that, and reports."},
        {"name": "lists", "description": "Lists of films: by hand, alone or together, or filled by a saved filter."},
        {"name": "community", "description": "Other people: finding, following, blocking, and what they let you see."},
        {"name": "feed", "description": "What those whom you follow did, and what you are told."},
        {"name": "sharing", "description": "Addresses, cards and links to share."},
        {"name": "operation", "description": "Whether this server is alive and ready."},
    ],
}
