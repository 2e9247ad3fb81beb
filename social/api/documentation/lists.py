"""Lists and what stands in them."""

from __future__ import annotations

from typing import Any

from movies.api.documentation.examples import page
from social.api.documentation.community import CARD, USERNAME
from social.api.documentation.examples import MOVIE_CARD
from social.api.serializers.movie_list import (
    CopyInputSerializer,
    ItemChangeInputSerializer,
    ItemInputSerializer,
    KeptItemSerializer,
    ListChangeInputSerializer,
    ListInputSerializer,
    ListSerializer,
)
from social.api.serializers.user import UserCardSerializer
from social.api.views.across import SharedSerializer
from social.api.views.list_items import ListItemViewSet, OneItemViewSet
from social.api.views.lists import (
    CollaboratorsViewSet,
    CollaboratorViewSet,
    ListCopyViewSet,
    ListShareViewSet,
    ListViewSet,
    OwnListViewSet,
    UserListViewSet,
)
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "lists"
_AT = "2026-02-08T06:10:00.000000Z"
_MADE = ("Location", "ETag", "Cache-Control")
_AS_NOW = ("ETag", "Cache-Control")
LIST: dict[str, Any] = {
    "id": 7,
    "user": CARD,
    "title": "Heists in the rain",
    "description": "The *wetter* the better.",
    "description_html": "<p>The <em>wetter</em> the better.</p>\n",
    "ranked": True,
    "rules": None,
    "cover_movie_id": None,
    "visibility": "public",
    "copied_from_id": None,
    "moderation": "visible",
    "moderation_reason": None,
    "version": 1,
    "created_at": _AT,
    "edited_at": None,
    "updated_at": _AT,
    "cover_url": MOVIE_CARD["poster_url"],
    "items_count": 1,
    "filled_at": _AT,
}
ITEM: dict[str, Any] = {
    "id": 70,
    "position": 1,
    "movie": MOVIE_CARD,
    "note": "The bank, the street.",
    "created_at": _AT,
    "updated_at": _AT,
    "added_by": CARD,
}
_RULES = {"source": "catalogue", "query": {"genre": ["crime"], "year_max": 1999}, "ordering": "rating"}
_PAGE = Answer(says="A page of lists.", shape=ListSerializer, page=True, example=page(LIST))
_OTHERS = ("not_found", "permission_denied")
_ITEM_PATH = {"item": {"schema": {"type": "integer"}, "description": "The item's id.", "example": 70}}

document(
    OwnListViewSet,
    list=Operation(
        id="listLists",
        tag=TAG,
        summary="List your lists",
        description="Your own, and those that you keep together with others.",
        answers=(_PAGE,),
        cached=True,
    ),
    create=Operation(
        id="makeList",
        tag=TAG,
        summary="Make a list",
        description="Empty, or with `rules` a smart one that fills itself whenever it is read: `query` takes the "
        "filters of `GET movies`, or with `source: library` those of `GET me/library` over your own library.",
        body={
            JSON: Body(
                shape=ListInputSerializer,
                examples={
                    "rain": {"title": "Heists in the rain", "ranked": True},
                    "smart": {"title": "Crime of the century", "rules": _RULES},
                },
            )
        },
        answers=(Answer(status=201, says="The list.", shape=ListSerializer, example=LIST, headers=_MADE),),
        problems=("daily_limit", "merged", "withdrawn", "too_many_lists"),
        idempotent=True,
    ),
)
document(
    UserListViewSet,
    list=Operation(
        id="listUserLists",
        tag=TAG,
        summary="List somebody's lists",
        description="Those that you may see, if they let you look at their lists.",
        path=USERNAME,
        answers=(_PAGE,),
        problems=("not_found",),
        cached=True,
    ),
)
document(
    ListViewSet,
    retrieve=Operation(
        id="getList",
        tag=TAG,
        summary="Read a list",
        description="What stands in it is `lists/{id}/items`.",
        answers=(Answer(says="The list.", shape=ListSerializer, example=LIST),),
        problems=("not_found",),
        cached=True,
    ),
    partial_update=Operation(
        id="changeList",
        tag=TAG,
        summary="Change your list",
        description="What is left out stays. A list is smart from its beginning, or never.",
        body={JSON: Body(shape=ListChangeInputSerializer, examples={"title": {"title": "Heists"}})},
        answers=(Answer(says="The list.", shape=ListSerializer, example=LIST, headers=_AS_NOW),),
        problems=("merged", "withdrawn", "not_smart", *_OTHERS),
        versioned=True,
    ),
    destroy=Operation(
        id="deleteList",
        tag=TAG,
        summary="Delete your list",
        answers=(Answer(status=204, says="It is gone."),),
        problems=_OTHERS,
        versioned=True,
    ),
)
document(
    ListCopyViewSet,
    create=Operation(
        id="copyList",
        tag=TAG,
        summary="Copy a list",
        description="Any list that you see becomes one of yours. Words of others do not come along; a smart list fills "
        "itself for you.",
        body={JSON: Body(shape=CopyInputSerializer, examples={"same": {}, "named": {"title": "My heists"}})},
        body_optional=True,
        answers=(Answer(status=201, says="Your list.", shape=ListSerializer, example=LIST, headers=_MADE),),
        problems=("daily_limit", "not_found", "too_many_lists"),
        idempotent=True,
    ),
)
document(
    ListShareViewSet,
    share=Operation(
        id="shareList",
        tag="sharing",
        summary="Share a list",
        description="Its address, a text and the data of a card.",
        answers=(
            Answer(
                says="What is told of it.",
                shape=SharedSerializer,
                example={
                    "url": "https://films.example/lists/7",
                    "title": "Heists in the rain by Ada Example",
                    "text": "Heists in the rain by Ada Example https://films.example/lists/7",
                    "card": {"og:title": "Heists in the rain by Ada Example", "og:type": "website", "og:image": None},
                },
            ),
        ),
        problems=("not_found",),
    ),
)
document(
    CollaboratorsViewSet,
    list=Operation(
        id="listCollaborators",
        tag=TAG,
        summary="List those who keep a list together",
        description="Besides its owner.",
        answers=(Answer(says="The people.", shape=UserCardSerializer, results=True, example={"results": [CARD]}),),
        problems=("not_found",),
        cached=True,
    ),
)
document(
    CollaboratorViewSet,
    update=Operation(
        id="addCollaborator",
        tag=TAG,
        summary="Keep a list together with somebody",
        description="With one of your followers: they see the list whatever its visibility, and fill it.",
        path=USERNAME,
        answers=(Answer(status=204, says="They keep it with you."),),
        problems=("not_following", "too_many_collaborators", "smart_list", *_OTHERS),
    ),
    destroy=Operation(
        id="removeCollaborator",
        tag=TAG,
        summary="Take somebody off a list",
        description="The owner anybody, others themselves.",
        path=USERNAME,
        answers=(Answer(status=204, says="They keep it no longer."),),
        problems=_OTHERS,
    ),
)
document(
    ListItemViewSet,
    list=Operation(
        id="listItems",
        tag=TAG,
        summary="List the movies of a list",
        description="In their places, or with `ordering=added` the latest first; of a smart list what its rules find, "
        "in their ordering, without id and position. `expand=me` adds what you keep of each movie. Those who keep the "
        "list see `added_by`, and what was withdrawn from the catalogue.",
        answers=(Answer(says="A page of items.", shape=KeptItemSerializer, page=True, example=page(ITEM)),),
        problems=("not_found",),
        cached=True,
    ),
    create=Operation(
        id="addItem",
        tag=TAG,
        summary="Put a movie into a list",
        description="At a `position` (1 is the first), or at the end. A list holds at most 10,000.",
        body={JSON: Body(shape=ItemInputSerializer, examples={"heat": {"movie_id": 949, "position": 1}})},
        answers=(Answer(status=201, says="The item.", shape=KeptItemSerializer, example=ITEM, headers=_MADE),),
        problems=("merged", "withdrawn", "in_list_already", "list_full", "smart_list", *_OTHERS),
        idempotent=True,
    ),
)
document(
    OneItemViewSet,
    partial_update=Operation(
        id="changeItem",
        tag=TAG,
        summary="Move a movie in a list, or change its note",
        description="`position` is its place among the others; past the last is the end.",
        path=_ITEM_PATH,
        body={JSON: Body(shape=ItemChangeInputSerializer, examples={"first": {"position": 1}})},
        answers=(Answer(says="The item.", shape=KeptItemSerializer, example=ITEM, headers=_AS_NOW),),
        problems=("smart_list", *_OTHERS),
    ),
    destroy=Operation(
        id="removeItem",
        tag=TAG,
        summary="Take a movie out of a list",
        path=_ITEM_PATH,
        answers=(Answer(status=204, says="It is gone."),),
        problems=("smart_list", *_OTHERS),
    ),
)
