"""The record of a movie or a person: its history in place of Django's log, and what is locked against refreshes."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST
from unfold.decorators import action, display

from movies.admin.readable import label, told
from movies.models import Change, Movie
from movies.services.locks import Lock, locks_of_movie, locks_of_person, unlock_movie, unlock_person
from watchly.common.admin.lists import BackOfficeAdmin, next_in_list
from watchly.common.errors import WatchlyError

_SHOWN = 50  # lines of a page
_NEXT: Final = "_next"  # the name of a button
_UNLOCKABLE: Final = (Movie.State.DRAFT, Movie.State.PUBLISHED)


class RecordPages(BackOfficeAdmin):
    """The pages of what has a history and locks; shows `locked` among its read-only fields."""

    change_form_outer_after_template = "admin/movies/unlock.html"
    actions_submit_line = ("save_and_next",)
    object_history_template = "admin/movies/history.html"

    def get_urls(self) -> list[URLPattern]:
        unlock = self.admin_site.admin_view(self.unlock)
        return [path("<int:pk>/unlock/", unlock, name=f"movies_{self.opts.model_name}_unlock"), *super().get_urls()]

    # Django's own log tells that a page was saved; the history tells what it changed.
    def log_addition(self, request: HttpRequest, object: Any, message: Any) -> Any:  # noqa: A002  Django's own word
        return None

    def log_change(self, request: HttpRequest, object: Any, message: Any) -> Any:  # noqa: A002  Django's own word
        return None

    # --- History ---------------------------------------------------------------------------------------------------
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, the newest first; `?before=` goes on from a line."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if not (self.has_view_permission(request, thing) and request.user.has_perm("movies.view_change")):
            raise PermissionDenied
        lines = thing.changes.select_related("actor", "run").defer("run__changes", "run__checkpoint").order_by("-pk")
        before = request.GET.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) < 19:
            lines = lines.filter(pk__lt=int(before))
        found = list(lines[: _SHOWN + 1])
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": "History",
            "subtitle": str(thing),
            "object": thing,
            "lines": [_line(change) for change in found[:_SHOWN]],
            "older_url": f"?before={found[_SHOWN - 1].pk}" if len(found) > _SHOWN else None,
            "newest": not before,
            "back_url": reverse(f"admin:movies_{self.opts.model_name}_change", args=[thing.pk]),
            "may_see_runs": request.user.has_perm("movies.view_importrun"),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    # --- Save and next ---------------------------------------------------------------------------------------------
    @action(description="Save and next", attrs={"name": _NEXT})
    def save_and_next(self, request: HttpRequest, obj: Any) -> None:
        """A button beside Save; `response_change` does what it says."""

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        thing = self.get_object(request, str(object_id)) if object_id else None
        may = thing is not None and self.has_change_permission(request, thing)
        return super().get_actions_submit_line(request, object_id) if may else []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" and _NEXT in request.POST and object_id:
            # Looked up before it is saved: what is repaired leaves a list of what needs repair.
            request.next_in_list = next_in_list(self, request, unquote(object_id))  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """After "Save and next", the page of what follows in the list that this page was opened from."""
        if _NEXT not in request.POST:
            return super().response_change(request, obj)
        messages.success(request, f"{obj} was saved.")
        following = getattr(request, "next_in_list", None)
        if following is None:
            messages.info(request, "This was the last one of the list.")
            return self.response_post_save_change(request, obj)
        page = reverse(f"admin:movies_{self.opts.model_name}_change", args=[following])
        preserved = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(preserved, page))

    # --- Locks -----------------------------------------------------------------------------------------------------
    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page with what is locked, and a form that the buttons beside it send."""
        thing = kwargs.get("obj")
        if thing is not None and thing.pk:
            thing.shown_locks = self._locks(thing)
            thing.may_unlock = self.has_change_permission(request, thing) and _is_there(thing)
            context["unlock_url"] = reverse(f"admin:movies_{self.opts.model_name}_unlock", args=[thing.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    @staticmethod
    def _locks(thing: Any) -> list[Lock]:
        if not thing.locked_fields:
            return []
        return locks_of_movie(movie_id=thing.pk) if isinstance(thing, Movie) else locks_of_person(person_id=thing.pk)

    @display(description="Locked against refreshes", empty_value="Nothing")
    def locked(self, thing: Any) -> SafeString | None:
        """Each locked field with who locked it and when, and a button that unlocks it."""
        locks: list[Lock] = getattr(thing, "shown_locks", [])
        if not locks:
            return None
        rows = format_html_join(
            "",
            "<li><span>{}</span> <small>{}</small>{}</li>",
            ((label(lock.field), _since(lock), _button(lock) if thing.may_unlock else "") for lock in locks),
        )
        return format_html('<ul class="locks">{}</ul>', rows)

    @method_decorator(require_POST)
    def unlock(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lets refreshes change a field again."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        field = request.POST.get("field", "").replace("\x00", "")
        try:
            if self.model is Movie:
                unlock_movie(movie_id=pk, field=field)
            else:
                unlock_person(person_id=pk, field=field)
        except WatchlyError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, f"Refreshes may change “{label(field)}” again.")
        return HttpResponseRedirect(reverse(f"admin:movies_{self.opts.model_name}_change", args=[pk]))


def _is_there(thing: Any) -> bool:
    return not isinstance(thing, Movie) or thing.state in _UNLOCKABLE


def _since(lock: Lock) -> str:
    if lock.locked_at is None:
        return "before histories were kept"
    who = f"by {lock.locked_by.username}, " if lock.locked_by else ""
    return f"{who}{date_format(localtime(lock.locked_at), 'DATETIME_FORMAT')}"


def _button(lock: Lock) -> SafeString:
    # Of a form of its own, after the page's: what somebody has typed there is not sent with it.
    return format_html(
        ' <button type="submit" form="unlock" name="field" value="{}" aria-label="Unlock {}">Unlock</button>',
        lock.field,
        label(lock.field),
    )


def _line(change: Change) -> dict[str, Any]:
    """One line as the page shows it."""
    run = change.run
    return {
        "change": change,
        "action": change.get_action_display(),
        "who": change.actor.get_username() if change.actor else None,
        "via": change.get_via_display(),
        "run": run and {"pk": run.pk, "name": ", ".join(run.names) or f"Import {run.pk}"},
        "fields": [told(name, value) for name, value in change.fields.items()],
    }
