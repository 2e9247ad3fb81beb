"""The table of problems, for the documentation page."""

from __future__ import annotations

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def problem_rows() -> list[dict[str, str | int]]:
    """Every code with its anchor, status, meaning and an example of its detail."""
    from watchly.api.problems import listed  # Django imports this file before DRF's settings can be read

    return [
        {
            "code": code,
            "anchor": anchor,
            "status": problem.status,
            "meaning": _with_code(problem.meaning),
            "detail": problem.detail,
        }
        for code, anchor, problem in listed()
    ]


def _with_code(text: str) -> SafeString:
    """What stands between backticks as code; the rest as it is."""
    parts = text.split("`")
    return format_html_join(
        "",
        "{}<code>{}</code>",
        zip(parts[:-1:2], parts[1::2], strict=True),
    ) + format_html_join("", "{}", [(parts[-1],)])
