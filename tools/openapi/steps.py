"""The tour that the Postman collection takes: every operation once, in an order in which each finds what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request. `saves` keeps values of the answer (a path such as `results.0.id`) for those that follow.

    In `json`, "#{{name}}" is a number that was kept.
    """

    statuses: tuple[int, ...] = (200,)
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # names of files in postman/
    saves: Mapping[str, str] = field(default_factory=dict)


_MOVIE = {"id": "{{movie_id}}"}
_DRAFT = {"id": "{{draft_id}}"}
_PERSON = {"id": "{{person_id}}"}
_IMPORT = {"id": "{{import_id}}"}
_OTHER_MOVIE = {"id": "{{other_movie_id}}"}
_REVIEW = {"id": "{{review_id}}"}
_COMMENT = {"id": "{{comment_id}}"}
_LIST = {"id": "{{list_id}}"}
_PLAY = {"id": "{{play_id}}"}
_GUEST = {"username": "{{guest}}"}
_HEAT = {
    "title": "Heat",
    "year": 1995,
    "runtime": 170,
    "imdb_id": "{{imdb_id}}",
    "genres": ["{{genre}}"],
    "tags": ["bank heist"],
    "directors": ["Michael Mann"],
}

# Folder by folder, as the collection shows them.
STEPS: dict[str, dict[str, Step]] = {
    "operation": {"isAlive": Step(), "isReady": Step()},
    "sign-in": {
        # Everything below is called with the access token of this login.
        "login": Step(
            json={"username": "{{username}}", "password": "{{password}}"},
            saves={"access": "access", "refresh": "refresh"},
        ),
        "refreshTokens": Step(json={"refresh": "{{refresh}}"}, saves={"access": "access", "refresh": "refresh"}),
        "listSigningKeys": Step(),
        "register": Step(
            statuses=(201,),
            json={
                "username": "{{guest}}",
                "email": "{{guest}}@example.org",
                "password": "a walk along the harbour",
            },
        ),
        "requestPasswordReset": Step(statuses=(202,), json={"email": "{{guest}}@example.org"}),
        # The codes of mails are not to be had here.
        "resetPassword": Step(statuses=(400,), json={"token": "0", "new_password": "a walk along the harbour"}),
        "verifyEmail": Step(statuses=(400,), json={"token": "0"}),
        "undoEmailChange": Step(statuses=(400,), json={"token": "0"}),
        "resendVerification": Step(statuses=(202,)),
        # The tour's account has no second factor.
        "showSecondFactor": Step(statuses=(404,), json={"code": "000000"}),
        "changePassword": Step(
            statuses=(204,), json={"current_password": "{{password}}", "new_password": "{{password}}"}
        ),
        "changeEmail": Step(statuses=(202,), json={"email": "{{guest}}@example.net", "password": "{{password}}"}),
    },
    "account": {
        "getAccount": Step(),
        "changeAccount": Step(json={"display_name": "Ada Example", "visibility": {"history": "followers"}}),
        "setAvatar": Step(files={"file": "poster.png"}),
        "removeAvatar": Step(statuses=(204,)),
        "getPreferences": Step(),
        "changePreferences": Step(json={"time_zone": "Europe/Lisbon", "release_countries": ["PT", "GB"]}),
        # The third in a day is the last.
        "exportAccount": Step(statuses=(202, 409, 429), saves={}),
        "getExport": Step(statuses=(200, 404), path={"id": "1"}),
        "downloadExport": Step(statuses=(404,), path={"id": "1"}, query={"signature": "none"}),
        # With a wrong password: the tour's account is needed for the rest.
        "eraseAccount": Step(statuses=(400, 429), json={"password": "not-the-password"}),
        "eraseAccountByDelete": Step(statuses=(400, 429), json={"password": "not-the-password"}),
        "restoreAccount": Step(),
        "listSessions": Step(),
        "createKey": Step(statuses=(201,), json={"name": "Tour", "scopes": ["read", "curate"]}, saves={"key_id": "id"}),
        "listKeys": Step(),
        "revokeKey": Step(statuses=(204,), path={"id": "{{key_id}}"}),
        "endSession": Step(statuses=(404,), path={"id": "1000000000"}),
    },
    "genres and tags": {
        "listGenres": Step(query={"page_size": "5"}, saves={"genre": "results.0.slug"}),
        "listTags": Step(query={"page_size": "5"}),
    },
    "movies": {
        "createMovie": Step(
            statuses=(201,),
            json=_HEAT,
            headers={"Idempotency-Key": "{{run}}"},
            saves={"movie_id": "id", "person_id": "directors.0.id"},
        ),
        "listMovies": Step(query={"year": "1995", "ordering": "newest", "expand": "images,credits"}),
        "suggestMovies": Step(query={"q": "hea"}),
        "lookupMovie": Step(query={"imdb_id": "{{imdb_id}}"}),
        "getMovie": Step(path=_MOVIE, query={"expand": "credits"}),
        "listSimilarMovies": Step(path=_MOVIE),
        "replaceMovie": Step(path=_MOVIE, json=_HEAT | {"tagline": "A Los Angeles crime saga"}),
        "changeMovie": Step(path=_MOVIE, headers={"If-Match": "*"}, json={"runtime": 171}),
        "listMovieLocks": Step(path=_MOVIE),
        "unlockMovieField": Step(statuses=(204,), path={**_MOVIE, "field": "runtime"}),
        "listMovieHistory": Step(path=_MOVIE, query={"limit": "5"}),
        "addMovieImage": Step(statuses=(201,), path=_MOVIE, form={"kind": "poster"}, files={"file": "poster.png"}),
        "listMovieImages": Step(path=_MOVIE, query={"kind": "poster"}),
        "listMovieCredits": Step(path=_MOVIE),
        "listMovieVideos": Step(path=_MOVIE),
        "listMovieAwards": Step(path=_MOVIE),
        # Without a key of TMDB the answer is that there is none.
        "fetchMovie": Step(statuses=(200, 201, 409), json={"tmdb_id": 949}),
        "listWatchProviders": Step(path=_MOVIE, query={"country": "DE"}),
        "suggestMovie": Step(
            statuses=(201,),
            json={"title": "The Long Tour {{run}}", "year": 2026, "directors": ["Ada Example"]},
            saves={"draft_id": "id"},
        ),
        "listSuggestions": Step(query={"state": "open"}),
        "writeMovies": Step(
            json={"mode": "atomic", "items": [{"op": "create", "title": "Collateral", "year": 2004}]},
            saves={"other_movie_id": "results.0.id"},
        ),
        "mergeMovie": Step(path=_DRAFT, json={"into": "#{{movie_id}}"}),
        "unmergeMovie": Step(path=_DRAFT),
        "withdrawMovie": Step(statuses=(204,), path=_MOVIE, query={"reason": "A tour of the API"}),
        "restoreMovie": Step(path=_MOVIE, json={"reason": "The tour goes on"}),
    },
    "library": {
        "rateMovie": Step(path=_OTHER_MOVIE, json={"stars": 4.5}),
        "setMovieStatus": Step(path=_OTHER_MOVIE, json={"status": "watching"}),
        "favoriteMovie": Step(path=_OTHER_MOVIE),
        "describeMyMovie": Step(path=_OTHER_MOVIE, json={"tags": ["heists"], "note": "The coffee scene."}),
        "addPlay": Step(
            statuses=(201,),
            path=_OTHER_MOVIE,
            json={"watched_at": "2026-02-07T21:45:00-08:00", "stars": 4.5, "place": "Nuart"},
            headers={"Idempotency-Key": "{{run}}"},
            saves={"play_id": "id"},
        ),
        "getMyMovie": Step(path=_OTHER_MOVIE),
        "listMoviePlays": Step(path=_OTHER_MOVIE),
        "listHistory": Step(query={"limit": "5", "expand": "me"}),
        "getPlay": Step(path=_PLAY),
        "changePlay": Step(path=_PLAY, json={"precision": "day"}),
        "writeLibrary": Step(json={"items": [{"movie": {"imdb_id": "{{imdb_id}}"}, "status": "watched"}]}),
        "listLibrary": Step(query={"status": "watched", "stars_min": "4", "ordering": "rated"}),
        "listFavorites": Step(query={"page_size": "5"}),
        "listChanges": Step(query={"limit": "5"}),
        "getLastActivities": Step(),
        "deletePlay": Step(statuses=(204,), path=_PLAY, query={"status": "planned"}),
        "unrateMovie": Step(statuses=(204,), path=_OTHER_MOVIE),
        "clearMovieStatus": Step(statuses=(204,), path=_OTHER_MOVIE),
        "unfavoriteMovie": Step(statuses=(204,), path=_OTHER_MOVIE),
    },
    "community": {
        "listUsers": Step(query={"search": "{{guest}}"}),
        "followUser": Step(path=_GUEST),
        "getUser": Step(path=_GUEST),
        "listFollowers": Step(path=_GUEST),
        "listFollowing": Step(path=_GUEST),
        "listUserLibrary": Step(path=_GUEST),
        "listUserFavorites": Step(path=_GUEST),
        "listUserHistory": Step(path=_GUEST),
        "getUserStatistics": Step(path=_GUEST),
        "listFriendsOfMovie": Step(path=_OTHER_MOVIE),
        "unfollowUser": Step(statuses=(204,), path=_GUEST),
        "blockUser": Step(statuses=(204,), path=_GUEST),
        "listBlocks": Step(),
        "unblockUser": Step(statuses=(204,), path=_GUEST),
        "removeFollower": Step(statuses=(204,), path=_GUEST),
        "listFollowRequests": Step(),
        # Nobody has asked.
        "acceptFollowRequest": Step(statuses=(404,), path={"id": "1000000000"}),
        "declineFollowRequest": Step(statuses=(404,), path={"id": "1000000000"}),
        "suggestUsers": Step(),
        "search": Step(query={"q": "heat"}),
    },
    "feed": {
        "listFeed": Step(query={"limit": "5"}),
        "listNotifications": Step(),
        "countNotifications": Step(),
        "readNotifications": Step(json={}),
    },
    "sharing": {
        "shareMovie": Step(path=_OTHER_MOVIE),
        "shareUser": Step(path=_GUEST),
        "makeShareLink": Step(
            statuses=(201,),
            json={"kind": "entry", "object_id": "#{{other_movie_id}}", "expires_at": "{{next_week}}"},
            saves={"link_id": "id"},
        ),
        "listShareLinks": Step(),
        "revokeShareLink": Step(statuses=(204,), path={"id": "{{link_id}}"}),
        # Its address was in the first answer alone.
        "describeShareLink": Step(statuses=(404,), path={"token": "none"}),
        "openShareLink": Step(statuses=(404,), path={"token": "none"}),
    },
    "reviews": {
        "writeReview": Step(
            statuses=(201,),
            path=_OTHER_MOVIE,
            json={"body": "The **coffee** scene.", "stars": 4.5, "visibility": "public"},
            saves={"review_id": "id"},
        ),
        "listMovieReviews": Step(path=_OTHER_MOVIE, query={"ordering": "likes"}),
        "getReview": Step(path=_REVIEW),
        "changeReview": Step(path=_REVIEW, headers={"If-Match": "*"}, json={"spoiler": True}),
        "likeReview": Step(statuses=(204,), path=_REVIEW),
        "unlikeReview": Step(statuses=(204,), path=_REVIEW),
        "shareReview": Step(path=_REVIEW),
        "listUserReviews": Step(path={"username": "{{username}}"}),
        "addComment": Step(statuses=(201,), path=_REVIEW, json={"body": "It is, @bob."}, saves={"comment_id": "id"}),
        "listComments": Step(path=_REVIEW),
        "changeComment": Step(path=_COMMENT, json={"body": "It is so."}),
        # What there is on this server is one's own, and not reported.
        "report": Step(statuses=(400,), json={"target": {"kind": "list", "id": 999999999}, "reason": "other"}),
        "deleteComment": Step(statuses=(204,), path=_COMMENT),
        "deleteReview": Step(statuses=(204,), path=_REVIEW),
    },
    "lists": {
        "makeList": Step(
            statuses=(201,), json={"title": "Heists in the rain", "ranked": True}, saves={"list_id": "id"}
        ),
        "listLists": Step(query={"smart": "false"}),
        "getList": Step(path=_LIST),
        "changeList": Step(path=_LIST, json={"description": "The *wetter* the better."}),
        "addItem": Step(statuses=(201,), path=_LIST, json={"movie_id": "#{{other_movie_id}}"}, saves={"item_id": "id"}),
        "listItems": Step(path=_LIST),
        "changeItem": Step(path={**_LIST, "item": "{{item_id}}"}, json={"position": 1, "note": "The street."}),
        "copyList": Step(statuses=(201,), path=_LIST, json={}),
        "shareList": Step(path=_LIST),
        "listUserLists": Step(path={"username": "{{username}}"}),
        "listCollaborators": Step(path=_LIST),
        # Nobody keeps a list with themselves.
        "addCollaborator": Step(statuses=(400,), path={**_LIST, "username": "{{username}}"}),
        "removeCollaborator": Step(statuses=(204,), path={**_LIST, "username": "{{username}}"}),
        "removeItem": Step(statuses=(204,), path={**_LIST, "item": "{{item_id}}"}),
        "deleteList": Step(statuses=(204,), path=_LIST),
    },
    "people": {
        "listPeople": Step(query={"page_size": "5"}),
        "getPerson": Step(path=_PERSON),
        "listPersonCredits": Step(path=_PERSON),
        "listPersonHistory": Step(path=_PERSON),
        # The tour knows one person and none of the credits' ids.
        "mergePerson": Step(statuses=(409,), path=_PERSON, json={"into": "#{{person_id}}"}),
        "splitPerson": Step(statuses=(400,), path=_PERSON, json={"credits": [1000000000]}),
        "unmergePerson": Step(statuses=(409,), path=_PERSON),
    },
    "imports": {
        "importMovies": Step(
            statuses=(202,), form={"preview": "true"}, files={"file": "films.csv"}, saves={"import_id": "id"}
        ),
        "getImport": Step(path=_IMPORT),
        # The preview may be done by now, or not yet.
        "startImport": Step(statuses=(202, 409), path=_IMPORT),
        "cancelImport": Step(statuses=(200, 409), path=_IMPORT),
    },
    "signing out": {
        "logout": Step(statuses=(204,), json={"refresh": "{{refresh}}"}),
        "logoutEverywhere": Step(statuses=(401,)),  # the token is of the session that has ended
    },
}
