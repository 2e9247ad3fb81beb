"""schemathesis against the real application and a real database: what the documentation says is what happens.

Every operation as nobody and as an administrator, with data that the documentation allows and data that it does not;
all of schemathesis' checks. Deterministic: the same cases each time. Each case finds the same catalogue.

ALL_CASES=1 (`make schemathesis`) leaves nothing out, and takes minutes.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, settings
from schemathesis.core.failures import AcceptedNegativeData, Failure, FailureGroup
from schemathesis.generation.meta import TestPhase as Phase
from schemathesis.openapi.checks import RejectedPositiveData

from accounts.tests.factories import UserFactory
from movies.models import ImportRun
from movies.tests.factories import (
    ChangeFactory,
    GenreFactory,
    ImageFactory,
    ImportRunFactory,
    MovieFactory,
    PersonFactory,
    TagFactory,
    VideoFactory,
)
from social.tests.factories import (
    CommentFactory,
    LibraryEntryFactory,
    ListItemFactory,
    MovieListFactory,
    PlayFactory,
    ReviewFactory,
)
from watchly import env

# What it runs is measured by the tests of each part, and following every line of it would take a minute.
pytestmark = pytest.mark.no_cover

# The `coverage` phase is hundreds of cases an operation, one for each way to keep or break each part of the schema. It
# is left to whoever may call the operation and, without ALL_CASES, to a few operations; the rest try a few cases each.
ALL_CASES = env.flag("ALL_CASES")
_FEW: dict[str, Any] = {"phases": {"coverage": {"enabled": False}}}
_WRITES = ["POST", "PUT", "PATCH", "DELETE"]
# One of each kind of input: facts, rows in rows, words, numbers, times, files, a bulk.
_IN_FULL = ["createMovie", "importMovies", "login", "changePreferences", "addPlay", "writeReview", "makeList"]


def _schema(*operations: dict[str, Any]) -> Any:
    config = {
        "generation": {
            "deterministic": True,
            "max-examples": 5 if ALL_CASES else 2,
            "no-shrink": True,
            "database": "none",
        },
        "operations": list(operations),
    }
    found = schemathesis.openapi.from_wsgi("/api/schema", WSGIHandler(), config=schemathesis.Config.from_dict(config))
    return found.exclude(path=["/livez", "/readyz"])  # the entry answers them: watchly/tests/test_entry.py


# Of the cases of the `coverage` phase, a hundred an operation and a thousand for some, one in so many is tried.
_ONE_IN = 6
_LARGE = {"createMovie": 25}
_met: Counter[str] = Counter()

AS_ANYONE = _schema({"include-method": _WRITES, **_FEW})
AS_ADMIN = _schema(*([] if ALL_CASES else [{"exclude-operation-id": _IN_FULL, **_FEW}]))
SIGNED_IN = {"Authorization": "Basic " + b64encode(b"ada:ada").decode()}


@dataclass(frozen=True)
class Exemption:
    """A finding that is none: about these operations, in this media type, when the server's objections are these."""

    operations: tuple[str, ...]
    finding: type[Failure]
    reason: str
    codes: tuple[str, ...] = ()
    media: str = ""


_ANY_INPUT = ("createMovie", "replaceMovie", "changeMovie", "writeMovies")
EXEMPTIONS = (
    Exemption(
        ("lookupMovie",),
        RejectedPositiveData,
        "Exactly one of three parameters: OpenAPI has no words for what parameters mean together.",
        codes=("required",),
    ),
    Exemption(
        (
            "listMovies",
            "listLibrary",
            "listFavorites",
            "listHistory",
            "listUserLibrary",
            "listUserFavorites",
            "listUserHistory",
            "listWatchProviders",
        ),
        RejectedPositiveData,
        "Languages and countries are accepted as codes, aliases and English names, and genres and tags are rows.",
        codes=("unknown",),
    ),
    Exemption(
        ("mergeMovie", "mergePerson", "splitPerson", "makeShareLink", "fetchMovie"),
        RejectedPositiveData,
        "The ids of movies, people, credits and plays that exist are in no schema.",
        codes=("not_found", "past"),
    ),
    Exemption(
        _ANY_INPUT,
        RejectedPositiveData,
        "Rules over more than one field (a date far from the year, a crew credit's job), words that must exist (a "
        "genre), and NUL, which no text in PostgreSQL holds: a schema that said them would say little else.",
        codes=("contradiction", "job required", "unknown", "language", "country", "null_characters_not_allowed"),
    ),
    Exemption(
        ("writeMovies",),
        RejectedPositiveData,
        "The ids of movies that exist are in no schema.",
        codes=("contradiction", "job required", "unknown", "null_characters_not_allowed", "not_found", "stale_version"),
    ),
    Exemption(
        ("changeMovie",),
        RejectedPositiveData,
        "Which version is the current one is in no schema.",
        codes=("stale_version",),
    ),
    Exemption(
        ("changeAccount",),
        RejectedPositiveData,
        "What a web address is, and that a name is one line of plain text, is said in words; which movies there "
        "are, nowhere.",
        codes=("url", "one_line", "characters", "null_characters_not_allowed", "blank", "not_found", "repeated"),
    ),
    Exemption(
        ("changePreferences",),
        RejectedPositiveData,
        "The hundreds of languages, countries and time zones that there are stand in their lists.",
        codes=("language", "country", "time_zone", "null_characters_not_allowed", "blank"),
    ),
    Exemption(
        ("eraseAccount", "eraseAccountByDelete"),
        RejectedPositiveData,
        "The password of an account is in no schema.",
        codes=("wrong_password", "null_characters_not_allowed", "blank"),
    ),
    Exemption(
        ("createMovie",),
        RejectedPositiveData,
        "A form holds texts: that one of them is a number, a date or a JSON list is said in words.",
        codes=("invalid", "country", "language", "invalid_choice", "max_length", "min_value", "max_value", "unknown"),
        media="form",
    ),
    Exemption(
        ("createMovie",),
        AcceptedNegativeData,
        "In a form a field that stands once is also a list of one.",
        media="application/x-www-form-urlencoded",
    ),
    Exemption(
        ("createMovie", "addMovieImage", "setAvatar"),
        RejectedPositiveData,
        "That bytes are a picture is in no schema.",
        codes=("not_an_image", "image_type", "image_truncated", "image_too_small"),
        media="multipart",
    ),
    Exemption(
        (
            "listMovieHistory",
            "listPersonHistory",
            "listChanges",
            "listHistory",
            "listMoviePlays",
            "listUserHistory",
            "listFollowers",
            "listFollowing",
            "listFollowRequests",
            "listBlocks",
            "listFeed",
            "listNotifications",
            "listShareLinks",
            "listFriendsOfMovie",
            "listComments",
        ),
        RejectedPositiveData,
        "A cursor is signed: it is followed and not made.",
        codes=("cursor",),
    ),
    Exemption(
        ("register", "changePassword", "resetPassword"),
        RejectedPositiveData,
        "What makes a password unfit, and what it is now, is in no schema; what mails can be sent to is not in JSON's.",
        codes=(
            "password_too_short",
            "password_too_common",
            "password_too_similar",
            "password_entirely_numeric",
            "password_too_repetitive",
            "wrong_password",
            "required",  # token or code, and an address with the code
            "invalid",
            "code_refused",
            "blank",
            "email invalid",
            "null_characters_not_allowed",
        ),
    ),
    Exemption(
        (
            "login",
            "logout",
            "refreshTokens",
            "verifyEmail",
            "undoEmailChange",
            "showSecondFactor",
            "changeEmail",
            "requestPasswordReset",
            "createKey",
        ),
        RejectedPositiveData,
        "Which codes and passwords are right, which times are to come, and what mails can be sent to, is in no schema.",
        codes=(
            "code_refused",
            "required",  # token or code, and an address with the code
            "invalid",
            "wrong_password",
            "unchanged",
            "past",
            "blank",
            "email invalid",
            "null_characters_not_allowed",
        ),
    ),
    Exemption(
        ("addPlay", "changePlay", "writeLibrary"),
        RejectedPositiveData,
        "That there is such a day, and that it has been, is in no pattern; nor is whom one follows, that a movie is "
        "named by one id, or that something is said of it. NUL is in no text of PostgreSQL's.",
        codes=("moment", "not_followed", "required", "null_characters_not_allowed", "invalid", "blank"),
    ),
    Exemption(
        ("describeMyMovie",),
        RejectedPositiveData,
        "That at least one field is given, and NUL, which no text in PostgreSQL holds, are in no schema.",
        codes=("required", "null_characters_not_allowed", "blank"),
    ),
    Exemption(
        ("writeReview", "changeReview", "addComment", "changeComment", "report"),
        RejectedPositiveData,
        "Which viewings, comments and versions there are is in no schema, nor that a text says something; NUL is in no "
        "text of PostgreSQL's.",
        codes=("not_found", "too_deep", "null_characters_not_allowed", "blank", "required", "stale_version"),
    ),
    Exemption(
        ("makeList", "changeList", "copyList", "addItem", "changeItem"),
        RejectedPositiveData,
        "Rules take the filters of another operation; movies, versions, NUL, and that a field is given are in none.",
        codes=(
            "unknown",
            "not_found",
            "repeated",
            "invalid",
            "required",
            "null_characters_not_allowed",
            "blank",
            "stale_version",
        ),
    ),
    Exemption(
        ("addCollaborator",),
        RejectedPositiveData,
        "Who follows whom is in no schema.",
        codes=("not_following",),
    ),
    Exemption(
        ("followUser", "blockUser"),
        RejectedPositiveData,
        "That it takes another person is in no schema.",
        codes=("oneself", ""),
    ),
    Exemption(
        ("importMovies",),
        RejectedPositiveData,
        "That bytes are a file of films is in no schema; the kinds of titles are one text, of words that are listed.",
        codes=("unknown_format", "empty", "unknown_choice"),
        media="multipart",
    ),
)


@pytest.fixture
def catalogue(db: None, settings: Any) -> Iterator[None]:
    """What the examples of the documentation name, so that they are carried out; and cheap passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    GenreFactory.create(name="Crime")
    tag, actor = TagFactory.create(name="bank heist"), PersonFactory.create(pk=380)
    heat = MovieFactory.create(pk=949, title="Heat", year=1995, tags=[tag], cast=[actor], locked_fields=["runtime"])
    ChangeFactory.create(movie=heat)
    PersonFactory.create(pk=949)
    ImageFactory.create(movie=heat, renditions={"320": "a-w320.webp"})
    VideoFactory.create(movie=heat)
    ImportRunFactory.create(pk=949, state=ImportRun.State.PREVIEWED, path="/nonexistent/upload")
    with connection.cursor() as cursor:  # what is made on the way must not meet the ids above
        for table in ("movies_movie", "movies_person", "movies_importrun"):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), 1000000)", [table])
    ada = UserFactory.build(username="ada", is_superuser=True)
    ada.set_password("ada")
    ada.save()
    review = ReviewFactory.create(pk=949, user=ada, comments_count=1)
    CommentFactory.create(pk=949, review=review, user=ada)
    ListItemFactory.create(pk=70, list=MovieListFactory.create(pk=949, user=ada, items_count=1))
    PlayFactory.create(pk=949, user=ada, movie=heat)
    LibraryEntryFactory.create(user=ada, movie=heat, plays=1)
    # They would close the connection in whose transaction the test lives.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _once(function: Any) -> Any:
    return settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)(function)


@AS_ANYONE.parametrize()
@_once
def test_anybody_gets_what_is_documented(case: Any, catalogue: None) -> None:
    check(case, {})


@AS_ADMIN.parametrize()
@_once
def test_an_administrator_gets_what_is_documented(case: Any, catalogue: None) -> None:
    check(case, SIGNED_IN)


def check(case: Any, headers: dict[str, str]) -> None:
    """Calls, undoes what the call did, and validates the answer. Raises FailureGroup."""
    name = case.operation.definition.raw["operationId"]
    if case.meta.phase.name is Phase.COVERAGE and not ALL_CASES:
        _met[name] += 1
        if _met[name] % _LARGE.get(name, _ONE_IN) != 1:
            return
    with transaction.atomic():
        response = case.call(headers={"Accept-Encoding": "identity", **headers})
        transaction.set_rollback(True)
    try:
        case.validate_response(response, headers=headers)
    except FailureGroup as group:
        left = [found for found in group.exceptions if not _exempt(case, response, found)]
        if left:
            raise FailureGroup(left, f"{group.message}\n{response.content[:2000]!r}") from None


def _exempt(case: Any, response: Any, found: BaseException) -> bool:
    name = case.operation.definition.raw["operationId"]
    return any(
        name in each.operations
        and isinstance(found, each.finding)
        and each.media in (case.media_type or "")
        and (not each.codes or all(_among(error, each.codes) for error in _errors(response)))
        for each in EXEMPTIONS
    )


def _errors(response: Any) -> list[dict[str, str]]:
    problem = json.loads(response.content)
    return problem.get("errors") or [{"pointer": "", "code": problem["code"]}]


def _among(error: dict[str, str], codes: tuple[str, ...]) -> bool:
    """Whether the code is listed, alone or behind the field it is about."""
    field = error["pointer"].rpartition("/")[2]
    return error["code"] in codes or f"{field} {error['code']}" in codes
