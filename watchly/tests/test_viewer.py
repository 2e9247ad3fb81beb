"""The registries of what a viewer sees and asks besides everybody."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated

from watchly.api import viewer
from watchly.api.filters import BooleanFilter
from watchly.api.viewer import ViewerExpansion, ViewerFilter, expansions_of, filters_of, register, signed_in, viewer_id


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer, "_expansions", {})
    monkeypatch.setattr(viewer, "_filters", {})


def narrow(rows: Any, value: Any, viewer: int) -> Any:
    return rows


def test_each_is_kept_by_its_model_and_name() -> None:
    me = ViewerExpansion("movies.Movie", "me", "1", serializers.IntegerField)
    seen = ViewerFilter("movies.Movie", "seen", BooleanFilter, narrow)
    register(me, seen, me)
    assert expansions_of("movies.movie") == {"me": me}
    assert filters_of("movies.Movie") == {"seen": seen}
    assert expansions_of("movies.Person") == filters_of("") == {}


def test_a_second_one_of_a_name_is_refused() -> None:
    register(ViewerExpansion("movies.Movie", "me", "1", serializers.IntegerField))
    with pytest.raises(ValueError, match="another me"):
        register(ViewerExpansion("movies.Movie", "me", "2", serializers.IntegerField))


def test_nobody_is_told_what_to_leave_out() -> None:
    assert viewer_id(object()) is None
    assert signed_in(7, "seen") == 7
    with pytest.raises(NotAuthenticated, match="seen is about the caller"):
        signed_in(None, "seen")
