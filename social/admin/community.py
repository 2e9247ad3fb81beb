"""Who follows and blocks whom, what followers were told, and links that were given out: to be looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from social.admin.private import PrivateAdmin
from social.models import ActivityGroup, Block, Follow, ShareLink


class PeopleAdmin(PrivateAdmin):
    """Rows between two people, which may be private to either: for administrators, on record."""

    people: tuple[str, ...] = ()
    list_select_related: Any = ()
    search_help_text = "A username"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().replace("\x00", "")
        named = Q()
        for person in self.people:
            named |= Q(**{f"{person}__username__iexact": term})
        return (queryset.filter(named) if term else queryset), False


@admin.register(Follow)
class FollowAdmin(PeopleAdmin):
    owner = "follower_id"
    people = list_select_related = ("follower", "followed")
    list_display = ("follower", "followed", "state", "created_at", "accepted_at")
    list_filter = (("state", ChoicesDropdownFilter),)
    search_fields = ("follower__username",)
    fields = (("follower", "followed"), "state", ("created_at", "accepted_at"))


@admin.register(Block)
class BlockAdmin(PeopleAdmin):
    owner = "blocker_id"
    people = list_select_related = ("blocker", "blocked")
    list_display = ("blocker", "blocked", "created_at")
    search_fields = ("blocker__username",)
    fields = (("blocker", "blocked"), "created_at")


@admin.register(ActivityGroup)
class ActivityGroupAdmin(PeopleAdmin):
    owner = "actor_id"
    people = list_select_related = ("actor",)
    list_display = ("actor", "verb", "shown", "shown_public", "opened_at")
    list_filter = (("verb", ChoicesDropdownFilter),)
    search_fields = ("actor__username",)
    fields = (("actor", "verb"), ("shown", "shown_public"), "opened_at")


@admin.register(ShareLink)
class ShareLinkAdmin(PeopleAdmin):
    """Without what opens it, which nobody knows any more."""

    people = list_select_related = ("user",)
    list_display = ("user", "kind", "expires_at", "uses", "most_uses", "revoked_at")
    list_filter = (("kind", ChoicesDropdownFilter),)
    search_fields = ("user__username",)
    fields = (("user", "kind"), ("expires_at", "revoked_at"), ("uses", "most_uses"), "created_at")
