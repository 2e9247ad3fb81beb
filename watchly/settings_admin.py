"""The look of the back office (django-unfold): its name, its colours, its sidebar. Nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.text import capfirst

# Where the back office's sign-in leads when it was opened by its own address, without a page to return to.
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# A movie's form holds the rows of all its parts, each with up to ten fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000


def _holding(permission: str) -> Callable[[Any], bool]:
    return lambda request: request.user.has_perm(permission)


def _name(model: str) -> str:
    return capfirst(apps.get_model(model)._meta.verbose_name_plural)


def _link(icon: str, model: str, permission: str | None = None) -> dict[str, Any]:
    """A line of the sidebar that leads to a model's list under the list's own name, for those who may view it."""
    app, noun = model.split(".")
    return {
        # Models are known only when the settings have been read.
        "title": lazy(_name, str)(model),
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
    "SCRIPTS": [lambda request: static("movies/image_preview.js")],
    "ACCOUNT": {
        "navigation": [
            {"title": "Password change", "link": reverse_lazy("admin:password_change")},
            {"title": "Your second factor", "link": reverse_lazy("second_factor:manage")},
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
                    _link("movie", "movies.movie"),
                    _link("groups", "movies.person"),
                    _link("badge", "movies.credit"),
                ],
            },
            {
                "title": "Vocabulary",
                "separator": True,
                "items": [
                    _link("category", "movies.genre"),
                    _link("sell", "movies.tag"),
                    _link("video_library", "movies.collection"),
                    _link("apartment", "movies.company"),
                    _link("join_inner", "movies.vocabularymerge"),
                ],
            },
            {
                "title": "Work",
                "separator": True,
                "items": [
                    _link("lightbulb", "movies.suggestion"),
                    _link("upload_file", "movies.importrun"),
                    _link("report", "movies.importreject"),
                    _link("cloud_sync", "movies.providerrecord"),
                    _link("file_copy", "movies.duplicatepair"),
                    _link("merge", "movies.merge"),
                    _link("person_alert", "movies.doubtfulcareer"),
                    _link("group", "movies.personmerge"),
                    _link("call_split", "movies.personsplit"),
                ],
            },
            {
                "title": "People of Watchly",
                "separator": True,
                "items": [
                    _link("person", "accounts.user"),
                    _link("bookmark", "social.libraryentry"),
                    _link("visibility", "social.play"),
                    _link("person_add", "social.follow"),
                    _link("block", "social.block"),
                    _link("dynamic_feed", "social.activitygroup"),
                    _link("link", "social.sharelink"),
                    _link("reviews", "social.review"),
                    _link("comment", "social.comment"),
                    _link("list", "social.movielist"),
                    _link("flag", "social.moderationcase"),
                    _link("shield_person", "auth.group"),
                    _link("devices", "accounts.session"),
                    _link("key", "accounts.apikey"),
                    _link("lock", "axes.accessattempt"),
                    _link("policy", "common.auditevent"),
                    _link("pending_actions", "common.job"),
                ],
            },
        ],
    },
}
