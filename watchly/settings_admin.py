"""The look of the back office (django-unfold): its name, its colours, its sidebar. Nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

# A movie's form holds the rows of all its parts, each with up to ten fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000


def _holding(permission: str) -> Callable[[Any], bool]:
    return lambda request: request.user.has_perm(permission)


def _link(title: str, icon: str, model: str, permission: str | None = None) -> dict[str, Any]:
    """A line of the sidebar that leads to a model's list, for those who may view it."""
    app, noun = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{noun}_changelist"),
        "permission": _holding(permission or f"{app}.view_{noun}"),
    }


UNFOLD = {
    "SITE_TITLE": "Watchly",
    "SITE_HEADER": "Watchly",
    "SITE_SUBHEADER": "Back office",
    "SITE_SYMBOL": "movie",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("watchly/favicon.svg")},
    ],
    "SITE_URL": "/",
    "SHOW_BACK_BUTTON": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("movies/back_office.css")],
    "ACCOUNT": {
        "navigation": [
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
            {"title": "Second factor", "link": reverse_lazy("second_factor:manage")},
        ]
    },
    "DASHBOARD_CALLBACK": "movies.admin.front_page.front_page",
    "COLORS": {
        "primary": {
            "50": "oklch(97% .018 238)",
            "100": "oklch(94% .038 238)",
            "200": "oklch(88% .070 238)",
            "300": "oklch(80% .110 240)",
            "400": "oklch(70% .140 243)",
            "500": "oklch(60% .150 247)",
            "600": "oklch(51% .150 251)",
            "700": "oklch(45% .135 253)",
            "800": "oklch(39% .110 254)",
            "900": "oklch(34% .085 255)",
            "950": "oklch(26% .065 256)",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    {
                        "title": "Overview",
                        "icon": "dashboard",
                        "link": reverse_lazy("admin:index"),
                        "permission": lambda request: request.user.is_staff,
                    }
                ],
            },
            {
                "title": "Catalogue",
                "separator": True,
                "items": [
                    _link("Movies", "movie", "movies.movie"),
                    _link("People", "groups", "movies.person"),
                    _link("Credits", "badge", "movies.credit"),
                ],
            },
            {
                "title": "Vocabulary",
                "separator": True,
                "items": [
                    _link("Genres", "category", "movies.genre"),
                    _link("Tags", "sell", "movies.tag"),
                    _link("Collections", "video_library", "movies.collection"),
                    _link("Companies", "apartment", "movies.company"),
                ],
            },
            {
                "title": "Work",
                "separator": True,
                "items": [
                    _link("Suggestions", "lightbulb", "movies.suggestion"),
                    _link("Imports", "upload_file", "movies.importrun"),
                    _link("Refused rows", "report", "movies.importreject"),
                    _link("Provider data", "cloud_sync", "movies.providerrecord"),
                    _link("Duplicates", "file_copy", "movies.duplicatepair"),
                    _link("Merges", "merge", "movies.merge"),
                ],
            },
            {
                "title": "People of Watchly",
                "separator": True,
                "items": [
                    _link("Users", "person", "accounts.user"),
                    _link("Library entries", "bookmark", "social.libraryentry"),
                    _link("Viewings", "visibility", "social.play"),
                    _link("Follows", "person_add", "social.follow"),
                    _link("Blocks", "block", "social.block"),
                    _link("Activities", "dynamic_feed", "social.activitygroup"),
                    _link("Share links", "link", "social.sharelink"),
                    _link("Reviews", "reviews", "social.review"),
                    _link("Comments", "comment", "social.comment"),
                    _link("Lists", "list", "social.movielist"),
                    _link("Reported", "flag", "social.moderationcase"),
                    _link("Roles", "shield_person", "auth.group"),
                    _link("Sessions", "devices", "accounts.session"),
                    _link("API keys", "key", "accounts.apikey"),
                    _link("Wrong passwords", "lock", "axes.accessattempt"),
                    _link("Audit trail", "policy", "common.auditevent"),
                ],
            },
        ],
    },
}
