"""Every code that a problem document may carry. The documentation, its anchors and its examples are made of this table.

Apps add the codes that they alone raise (`register_problems`). A test holds the table equal to the codes that the
source raises, so a new code needs its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watchly.api.errors import NOT_SIGNED_IN, TITLES
from watchly.api.permissions import NEEDS_ROLE, NEEDS_SECOND_FACTOR
from watchly.api.problem import Problem

PROBLEMS: dict[str, Problem] = {
    "bad_request": Problem(400, "The request itself is malformed.", "The request is malformed."),
    "foreign_host": Problem(
        400,
        "The Host header names a host that ALLOWED_HOSTS does not.",
        "This server does not serve the host 'movies.example': ALLOWED_HOSTS does not name it. "
        "Use a host that it names, or have its operator add this one.",
    ),
    "encoded_path": Problem(
        400,
        "The path contains a percent-encoded slash, or another character that never needs the encoding.",
        "The path must not contain %2f: write letters, digits and slashes as they are.",
    ),
    "malformed_content_type": Problem(
        400,
        "The Content-Type header cannot be read.",
        "The Content-Type header is malformed: send a media type such as application/json.",
    ),
    "repeated_header": Problem(
        400,
        "A header that has one value is given more than once.",
        "The header host is given more than once: send it once.",
    ),
    "timeout": Problem(
        408,
        "The request body arrived too slowly.",
        "The request body did not arrive in time: send it within 20 seconds.",
    ),
    "overloaded": Problem(
        503,
        "Too many requests or uploads are waiting; try again after `Retry-After` seconds.",
        "The server is busy. Try again in a moment.",
    ),
    "parse_error": Problem(
        400,
        "The body is not what its media type says.",
        "The body is not JSON: Expecting value: line 1 column 1 (char 0).",
    ),
    "invalid": Problem(
        400,
        "A parameter or field is unknown or not valid; `errors` names each.",
        "/year: Ensure this value is greater than or equal to 1870.",
        (("/year", "min_value"),),
    ),
    "not_following": Problem(
        400, "It takes somebody who follows you.", "Only somebody who follows you can keep a list with you."
    ),
    "oneself": Problem(400, "It takes another person.", "You cannot follow yourself."),
    "image_animated": Problem(
        400,
        "The picture moves.",
        "The picture has 12 frames: send one that does not move.",
        (("/file", "image_animated"),),
    ),
    "image_polyglot": Problem(
        400,
        "The file holds something else besides the picture.",
        "The file holds an archive besides the picture: save the picture anew and send that.",
        (("/file", "image_polyglot"),),
    ),
    "image_too_small": Problem(
        400,
        "The picture has too few pixels.",
        "The picture has 1 by 1 pixels: it needs 8 on either side.",
        (("/file", "image_too_small"),),
    ),
    "image_truncated": Problem(
        400,
        "The picture is cut off or damaged.",
        "The picture is cut off or damaged: send the whole file.",
        (("/file", "image_truncated"),),
    ),
    "image_type": Problem(
        400,
        "The file is of a type that is not taken, whatever its name says.",
        "The file is an SVG, whatever its name says: send a JPEG, PNG or WebP picture.",
        (("/file", "image_type"),),
    ),
    "not_an_image": Problem(
        400,
        "The file is no picture.",
        "The file is not a picture: send a JPEG, PNG or WebP picture.",
        (("/file", "not_an_image"),),
    ),
    "unknown_format": Problem(
        400,
        "Nothing in the file can be read as films, or there is no such format.",
        "There is no format 'xls': use one of auto, csv, json.",
        (("/format", "unknown_format"),),
    ),
    "authentication_failed": Problem(401, "The credentials that were sent are wrong.", "Invalid username/password."),
    "not_authenticated": Problem(401, "This takes credentials, and none were sent.", NOT_SIGNED_IN),
    "own_case": Problem(
        403, "A moderator does not decide about themselves.", "This is about you: another moderator decides."
    ),
    "permission_denied": Problem(
        403,
        "The caller may see this and may not do it; a session without its CSRF token too.",
        NEEDS_ROLE,
    ),
    "csrf_failed": Problem(
        403,
        "A session cookie came without the CSRF token that belongs to it.",
        "The CSRF token is missing or wrong: send it in X-CSRFToken.",
    ),
    "second_factor_required": Problem(
        403, "Staff need their second factor for this, and this session has not shown it.", NEEDS_SECOND_FACTOR
    ),
    "scope_missing": Problem(
        403,
        "An API key without the scope that this takes, or where no key may.",
        "This takes a key with the scope `read`.",
    ),
    "not_found": Problem(
        404, "There is no such thing, or the caller may not know that there is.", "There is no movie 123."
    ),
    "method_not_allowed": Problem(
        405, "The path does not know this method; `Allow` lists those it knows.", 'Method "DELETE" not allowed.'
    ),
    "not_acceptable": Problem(
        406, "`Accept` names no media type that can be given.", "Could not satisfy the request Accept header."
    ),
    "conflict": Problem(
        409, "Something else stands in the way.", "Others are adding the same title right now: try again."
    ),
    "source_key_used": Problem(
        409,
        "The `source_key` names a play of another movie.",
        "source_key 'plex-17' names play 4711 of movie 949: use another key.",
        (("/source_key", "source_key_used"),),
    ),
    "answer_not_kept": Problem(
        409,
        "The request was carried out before; its answer was too large to keep, or holds a secret.",
        "This request was carried out; its answer was not kept. Read the thing instead.",
    ),
    "duplicate": Problem(
        409,
        "An external id belongs to another movie, or a suggested film is there already.",
        "tt0113277 belongs to movie 949 (Heat (1995)).",
        (("/imdb_id", "duplicate"),),
    ),
    "too_many_open": Problem(
        409,
        "You have as many suggestions waiting for a decision as anybody may.",
        "You have 20 suggestions that nobody has decided about yet, and 20 is the most: wait for a curator.",
    ),
    "decided": Problem(409, "A curator has decided about the suggestion.", "The suggestion was accepted already."),
    "import_over": Problem(409, "The import has ended.", "The import is done already."),
    "import_running": Problem(409, "Another import is running.", "Another import is running: wait until it is done."),
    "in_use": Problem(
        409,
        "People have recorded the movie, so it cannot be purged.",
        "People have recorded this movie: it stays in their libraries.",
    ),
    "merged": Problem(
        409,
        "A movie or person that the body names was merged into another: `survivor_id` of the error is the id to use. "
        "What was merged can be neither withdrawn nor merged again.",
        "/movie_id: This was merged into 949: use the id 949.",
        (("/movie_id", "merged"),),
    ),
    "withdrawn": Problem(
        409,
        "A movie that the body names was withdrawn from the catalogue.",
        "/movie_id: This movie was withdrawn from the catalogue.",
        (("/movie_id", "withdrawn"),),
    ),
    "not_merged": Problem(
        409,
        "The movie or person is not merged into another, or no longer.",
        "Movie 949 is not merged into another: there is nothing to undo.",
    ),
    "survivor_hidden": Problem(
        409,
        "The movie to merge into is withdrawn, or a draft while the other one is not.",
        "Movie 949 was withdrawn: restore it first, or merge the other way.",
        (("/into", "survivor_hidden"),),
    ),
    "not_split": Problem(409, "The split of the person was undone already.", "Split 7 was undone already."),
    "not_previewed": Problem(
        409,
        "The import is no finished preview, so it cannot be started.",
        "The import is running, not previewed: only a finished preview can be started.",
    ),
    "not_withdrawn": Problem(
        409, "Only a withdrawn movie can be purged.", "Withdraw the movie first: only a withdrawn one can be purged."
    ),
    "id_conflict": Problem(
        409,
        "The ids of a film are those of two movies, or contradict the movie's.",
        "tmdb_id is that of movie 949, whose imdb_id is tt0113277 and not tt0000001.",
    ),
    "provider_off": Problem(
        409,
        "The outside service is not set up in this installation.",
        "TMDB is not set up here: an operator sets TMDB_API_KEY.",
    ),
    "reviewed_already": Problem(
        409,
        "You have reviewed the movie; the detail names the review.",
        "You have reviewed this movie: change /api/reviews/5 instead.",
    ),
    "in_list_already": Problem(
        409,
        "The movie is in the list; the detail names the item.",
        "The movie is in the list: /api/lists/7/items/70.",
    ),
    "list_full": Problem(
        409, "The list holds as many movies as one may.", "The list holds 10,000 movies, which is the most."
    ),
    "smart_list": Problem(409, "A smart list holds nothing by hand.", "A smart list fills itself: change its rules."),
    "not_smart": Problem(
        409,
        "Rules are given to a list when it is made, or never.",
        "A list is smart from its beginning, or never: make a new one.",
    ),
    "too_many_lists": Problem(
        409, "You have as many lists as anybody may.", "You have 1,000 lists, which is the most: delete one."
    ),
    "too_many_collaborators": Problem(
        409, "As many people keep the list as may.", "20 people keep this list, which is the most."
    ),
    "decided_already": Problem(409, "A moderator has decided the case.", "The case is decided."),
    "same_image": Problem(
        409, "The movie has this picture already.", "This picture is there already.", (("/file", "same_image"),)
    ),
    "gone": Problem(410, "It was here and was withdrawn.", "This movie was withdrawn from the catalogue."),
    "resync_required": Problem(
        410,
        "The cursor is older than what is known of things that are gone: begin without one.",
        "What has gone since then is forgotten: begin without a cursor, and keep nothing that is not told.",
    ),
    "stale_version": Problem(
        412,
        "It was changed since the version that `If-Match` names.",
        "The movie is at version 4, not 3: read it again, then repeat the change.",
    ),
    "too_large": Problem(
        413, "The body or a file is larger than is taken.", "The body is larger than the 4194304 bytes that are taken."
    ),
    "file_too_large": Problem(
        413,
        "The picture has more bytes than are taken.",
        "The file has more than 5 MiB: send a smaller one.",
        (("/file", "file_too_large"),),
    ),
    "image_too_large": Problem(
        413,
        "The picture has more pixels than are taken.",
        "The picture has 50000 by 50000 pixels: at most 25 million are taken.",
        (("/file", "image_too_large"),),
    ),
    "unsupported_media_type": Problem(
        415,
        "The body has a media type that this operation does not accept, or is compressed.",
        'Unsupported media type "text/plain" in request.',
    ),
    "idempotency_key_reused": Problem(
        422,
        "The `Idempotency-Key` was used with another request.",
        "This Idempotency-Key was used with another request: choose a new key for a new request.",
    ),
    "rate_limited": Problem(429, "Too many requests: `Retry-After` says when to try again.", "Too many requests."),
    "daily_limit": Problem(
        429,
        "The account has made as many of these in 24 hours as it may; a verified e-mail address raises most limits.",
        "Limit: 20 comments in 24 hours. Verify your e-mail address to raise the limit to 300.",
    ),
    "internal_error": Problem(
        500,
        "Something failed here; `request_id` finds it in the log.",
        "Something went wrong here, not with your request.",
    ),
    "unavailable": Problem(
        503,
        "The database does not answer: try again after `Retry-After` seconds.",
        "The database does not answer. Try again in a few seconds.",
    ),
    "pool_timeout": Problem(
        503,
        "Every database connection of the server is in use: try again after `Retry-After` seconds.",
        "All database connections of this server are in use. Try again in a few seconds.",
    ),
    "lock_timeout": Problem(
        503,
        "Another operation holds a lock that the request needs: try again after `Retry-After` seconds.",
        "Another operation holds a lock that this request needs. Nothing was changed. Try again in a few seconds.",
    ),
    "statement_timeout": Problem(
        503,
        "The database took too long for the request and stopped; nothing was changed.",
        "The database took too long for this request and stopped. Nothing was changed. Try again, or ask for less.",
    ),
    "provider_unavailable": Problem(
        503,
        "An outside service that was asked does not answer: try again after `Retry-After` seconds.",
        "The service that knows this does not answer. Nothing has changed: try again later.",
    ),
    "storage_full": Problem(
        507,
        "The disk of the database or of the files is full; nothing was changed.",
        "The server's disk is full. Nothing was changed. Try again when its administrator has freed some space.",
    ),
    "storage_unavailable": Problem(
        507,
        "A file could not be stored; nothing has changed.",
        "The file could not be stored. Nothing has changed: try again later.",
    ),
    "moved": Problem(308, "It was merged into another, which `Location` names.", "This was merged into another."),
}


def register_problems(problems: Mapping[str, Problem]) -> None:
    """Adds the codes that an app raises; called from its `apps.py`. Raises ValueError for one that is there already."""
    for code, found in problems.items():
        if PROBLEMS.setdefault(code, found) != found:
            raise ValueError(f"There is another problem {code}.")


def problem_type(code: str) -> str:
    """The `type` of a problem document: an anchor of the documentation page."""
    return f"/api/docs#problem-{code.replace('_', '-')}"


def example(code: str, status: int | None = None) -> dict[str, Any]:
    """A problem document with this code."""
    found = PROBLEMS[code]
    body: dict[str, Any] = {
        "type": problem_type(code),
        "title": TITLES[status or found.status],
        "status": status or found.status,
        "detail": found.detail,
        "code": code,
        "request_id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    }
    if found.errors:
        detail = found.detail.split(": ", 1)[1] if found.detail.startswith("/") else found.detail
        body["errors"] = [{"pointer": pointer, "code": each, "detail": detail} for pointer, each in found.errors]
    return {**body, **dict(found.members)}


def example_name(code: str, status: int) -> str:
    """What the example of this code with this status is called."""
    return code if status == PROBLEMS[code].status else f"{code}-{status}"


def listed() -> list[tuple[str, str, Problem]]:
    """Every code with its anchor, in the order of statuses."""
    rows = sorted(PROBLEMS.items(), key=lambda row: (row[1].status, row[0]))
    return [(code, problem_type(code).partition("#")[2], found) for code, found in rows]
