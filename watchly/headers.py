"""What every answer tells a browser that it may not do: a content security policy per kind of answer, and the rest.

Why each policy is as it is, and what the back office needs: docs/adr/0018-content-security-policy.md.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from csp.constants import HEADER, NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Policy = dict[str, list[Any]]  # directives to sources: texts, and the place of the nonce

_NOTHING: Policy = {
    "default-src": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}
# What is no page: JSON, files, scripts. Opened on its own it loads and runs nothing.
DATA = _NOTHING
_DATA_TEXT = "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in DATA.items())
# The home page and the pages of errors: no scripts at all, one style element.
PAGE: Policy = {**_NOTHING, "style-src": [SELF, NONCE], "img-src": [SELF, "data:"], "form-action": [SELF]}
# Swagger UI and Redoc: scripts that carry the page's nonce, whoever serves them.
DOCS: Policy = {
    **_NOTHING,
    "script-src": [NONCE],
    "style-src": [SELF, NONCE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
}
# The bundle sets one style before it can be told the nonce: an empty element, then the look of its scroll bar.
_REDOCS_SCROLL_BAR = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
)
REDOC: Policy = {**DOCS, "style-src": [*DOCS["style-src"], *_REDOCS_SCROLL_BAR], "worker-src": ["blob:"]}
# Unfold's Alpine evaluates attributes, and its pages bring style elements and attributes.
BACK_OFFICE: Policy = {
    **_NOTHING,
    "script-src": [SELF, UNSAFE_EVAL],
    "script-src-attr": [NONE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
}
_PAGES = {"/admin/": BACK_OFFICE, "/api/docs": DOCS, "/api/redoc": REDOC}
_ON_THE_OWN_ORIGIN_ALONE = {
    # A page that was opened from elsewhere, or opens another, shares no window with it. Swagger UI asks for less.
    "Cross-Origin-Opener-Policy": "same-origin",
    # Nothing of a browser is needed but the page.
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "autoplay",
            "browsing-topics",
            "camera",
            "display-capture",
            "encrypted-media",
            "geolocation",
            "gyroscope",
            "hid",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "publickey-credentials-get",
            "serial",
            "usb",
            "xr-spatial-tracking",
        )
    ),
}


def policy_for(request: HttpRequest, response: HttpResponseBase) -> Policy:
    """The policy for this kind of answer; pictures may come from where the settings say that they are."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return DATA
    policy = next((found for prefix, found in _PAGES.items() if request.path_info.startswith(prefix)), PAGE)
    media = urlsplit(settings.MEDIA_URL)
    return policy | {"img-src": [*policy["img-src"], f"{media.scheme}://{media.netloc}"]} if media.netloc else policy


class HeadersMiddleware(CSPMiddleware):
    """Gives every answer its headers. An answer that has a policy of its own (a picture's sandbox) keeps it."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        if report_only:
            return PolicyParts()
        return PolicyParts(config=policy_for(request, response), nonce=getattr(request, "_csp_nonce", None))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        answer: Any = response
        if policy_for(request, response) is DATA:  # nearly all answers: nothing in it is to be put together
            answer.headers.setdefault(HEADER, _DATA_TEXT)
        else:
            answer = super().process_response(request, response)
        for name, value in _ON_THE_OWN_ORIGIN_ALONE.items():
            answer.headers[name] = value
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return answer
