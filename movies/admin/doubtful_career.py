"""People who are likely two of one name: the list, and what is decided about each."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from movies.models import DoubtfulCareer
from movies.services.doubtful_careers import dismiss_careers, reopen_careers
from watchly.common.admin.lists import BackOfficeAdmin

_State = DoubtfulCareer.State


class CareerState(DropdownFilter):
    title = "state"
    parameter_name = "state"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in _State]

    def value(self) -> str:
        asked = super().value()
        return asked if asked in _State.values else _State.OPEN

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(state=self.value())


@admin.register(DoubtfulCareer)
class DoubtfulCareerAdmin(BackOfficeAdmin):
    list_display = ("name", "career", "lifetime", "reasons_cell", "credits", "state_badge")
    list_filter = (CareerState,)
    list_select_related = ("person",)
    sortable_by = ()
    actions = ("dismiss", "reopen")

    @display(description="Person")
    def name(self, career: DoubtfulCareer) -> str:
        return career.person.name

    @display(description="Credits from and to")
    def career(self, career: DoubtfulCareer) -> str:
        return f"{career.first_year}–{career.last_year}"

    @display(description="Lifetime", empty_value="–")
    def lifetime(self, career: DoubtfulCareer) -> str | None:
        return career.person.years or None

    @display(description="Why")
    def reasons_cell(self, career: DoubtfulCareer) -> str:
        return ", ".join(str(DoubtfulCareer.Reason(reason).label) for reason in career.reasons)

    @display(description="Credits")
    def credits(self, career: DoubtfulCareer) -> str:
        return f"{career.person.credit_count:,}"

    @display(description="State", label={"open": "warning", "dismissed": None})
    def state_badge(self, career: DoubtfulCareer) -> str:
        return career.state

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What no life explains before what is merely rare, then those with most credits."""
        merely_rare = models.Q(reasons=[DoubtfulCareer.Reason.GAP])
        return [models.Case(models.When(merely_rare, then=1), default=0), "-person__credit_count", "pk"]

    # --- Who may what ----------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # entries are found

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an entry that was deleted would be found again: it is dismissed

    # --- Deeds -----------------------------------------------------------------------------------------------------
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An entry leads to the page on which its person is split; for those who may not split, to the person."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        career = DoubtfulCareer.objects.filter(pk=pk).first()
        if career is None:
            raise Http404(f"There is no doubtful career {object_id}.")
        page = "split" if request.user.has_perm("movies.merge_person") else "change"
        return HttpResponseRedirect(reverse(f"admin:movies_person_{page}", args=[career.person_id]))

    @admin.action(description="Dismiss: one person's career", permissions=["change"])
    def dismiss(self, request: HttpRequest, careers: models.QuerySet[DoubtfulCareer]) -> None:
        count = dismiss_careers(career_ids=careers.values_list("pk", flat=True))
        messages.success(request, f"{count:,} dismissed: they will not be listed again.")

    @admin.action(description="Put back into the list", permissions=["change"])
    def reopen(self, request: HttpRequest, careers: models.QuerySet[DoubtfulCareer]) -> None:
        messages.success(request, f"{reopen_careers(career_ids=careers.values_list('pk', flat=True)):,} put back.")
