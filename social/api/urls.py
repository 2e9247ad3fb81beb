"""Paths of what people do, below /api/."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from social.api.views.across import MovieAcrossViewSet, SearchView, UserShareViewSet
from social.api.views.changes import ChangesView, LastActivitiesView
from social.api.views.comments import CommentViewSet, ReportViewSet, ReviewCommentViewSet
from social.api.views.entries import FavoriteMarkViewSet, MeViewSet, RatingViewSet, StatusViewSet
from social.api.views.feed import FeedViewSet
from social.api.views.library import FavoriteViewSet, LibraryBatchView, LibraryViewSet
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
from social.api.views.notifications import InboxViewSet, NotificationViewSet
from social.api.views.plays import HistoryViewSet, MoviePlayViewSet, OwnPlayViewSet
from social.api.views.reviews import (
    MovieReviewViewSet,
    ReviewLikeViewSet,
    ReviewShareViewSet,
    ReviewViewSet,
    UserReviewViewSet,
)
from social.api.views.share_links import SharedView, ShareLinkViewSet
from social.api.views.shown import (
    FriendsViewSet,
    ShownFavoriteViewSet,
    ShownHistoryViewSet,
    ShownLibraryViewSet,
    ShownStatisticsView,
)
from social.api.views.users import (
    BlocksViewSet,
    BlockView,
    FollowersViewSet,
    FollowerView,
    FollowingViewSet,
    FollowRequestViewSet,
    FollowView,
    ProfileViewSet,
    SuggestedUsersView,
    UserViewSet,
)

_LIST: dict[str, Any] = {"get": "list"}
_ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
_MARK: dict[str, Any] = {"put": "update", "delete": "destroy"}
_SET: dict[str, Any] = {"put": "put", "delete": "delete"}

urlpatterns: list[URLPattern] = [
    # People
    path("users", UserViewSet.as_view(_LIST), name="user-list"),
    path("users/<str:username>", ProfileViewSet.as_view({"get": "retrieve"}), name="user-detail"),
    path("users/<str:username>/follow", FollowView.as_view(_SET), name="user-follow"),
    path("users/<str:username>/block", BlockView.as_view(_SET), name="user-block"),
    path("users/<str:username>/followers", FollowersViewSet.as_view(_LIST), name="user-followers"),
    path("users/<str:username>/following", FollowingViewSet.as_view(_LIST), name="user-following"),
    path("users/<str:username>/library", ShownLibraryViewSet.as_view(_LIST), name="user-library"),
    path("users/<str:username>/favorites", ShownFavoriteViewSet.as_view(_LIST), name="user-favorites"),
    path("users/<str:username>/history", ShownHistoryViewSet.as_view(_LIST), name="user-history"),
    path("users/<str:username>/statistics", ShownStatisticsView.as_view({"get": "retrieve"}), name="user-statistics"),
    path("users/<str:username>/share", UserShareViewSet.as_view({"get": "share"}), name="user-share"),
    path("me/followers/<str:username>", FollowerView.as_view({"delete": "delete"}), name="me-follower"),
    path("me/follow-requests", FollowRequestViewSet.as_view(_LIST), name="me-follow-requests"),
    path("me/follow-requests/<str:pk>/accept", FollowRequestViewSet.as_view({"post": "accept"}), name="me-accept"),
    path("me/follow-requests/<str:pk>/decline", FollowRequestViewSet.as_view({"post": "decline"}), name="me-decline"),
    path("me/suggested-users", SuggestedUsersView.as_view(_LIST), name="me-suggested-users"),
    path("me/share-links", ShareLinkViewSet.as_view({"get": "list", "post": "create"}), name="me-share-links"),
    path("me/share-links/<str:pk>", ShareLinkViewSet.as_view({"delete": "destroy"}), name="me-share-link"),
    path("shared/<str:token>", SharedView.as_view({"get": "retrieve", "post": "open"}), name="shared"),
    path("movies/<str:pk>/friends", FriendsViewSet.as_view(_LIST), name="movie-friends"),
    path("me/blocks", BlocksViewSet.as_view(_LIST), name="me-blocks"),
    # What they did, and what one is told
    path("feed", FeedViewSet.as_view(_LIST), name="feed"),
    path("me/notifications", NotificationViewSet.as_view(_LIST), name="me-notifications"),
    path("me/notifications/unread", InboxViewSet.as_view({"get": "unread"}), name="me-notifications-unread"),
    path("me/notifications/read", InboxViewSet.as_view({"post": "read"}), name="me-notifications-read"),
    # Across
    path("search", SearchView.as_view(_LIST), name="search"),
    path("movies/<str:pk>/similar", MovieAcrossViewSet.as_view({"get": "similar"}), name="movie-similar"),
    path("movies/<str:pk>/share", MovieAcrossViewSet.as_view({"get": "share"}), name="movie-share"),
    # The library
    path("movies/<str:pk>/me", MeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="movie-me"),
    path("movies/<str:pk>/rating", RatingViewSet.as_view({"put": "update", "delete": "destroy"}), name="movie-rating"),
    path("movies/<str:pk>/status", StatusViewSet.as_view({"put": "update", "delete": "destroy"}), name="movie-status"),
    path(
        "movies/<str:pk>/favorite",
        FavoriteMarkViewSet.as_view({"put": "update", "delete": "destroy"}),
        name="movie-favorite",
    ),
    path("movies/<str:pk>/plays", MoviePlayViewSet.as_view({"get": "list", "post": "create"}), name="movie-plays"),
    path("me/history", HistoryViewSet.as_view({"get": "list"}), name="me-history"),
    path(
        "me/history/<str:pk>",
        OwnPlayViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="me-play",
    ),
    path("me/library", LibraryViewSet.as_view({"get": "list"}), name="me-library"),
    path("me/library/batch", LibraryBatchView.as_view(), name="me-library-batch"),
    path("me/favorites", FavoriteViewSet.as_view({"get": "list"}), name="me-favorites"),
    path("me/changes", ChangesView.as_view(), name="me-changes"),
    path("me/last-activities", LastActivitiesView.as_view(), name="me-last-activities"),
    # Reviews
    path("movies/<str:pk>/reviews", MovieReviewViewSet.as_view({**_LIST, "post": "create"}), name="movie-reviews"),
    path("users/<str:username>/reviews", UserReviewViewSet.as_view(_LIST), name="user-reviews"),
    path("reviews/<str:pk>", ReviewViewSet.as_view(_ONE), name="review-detail"),
    path("reviews/<str:pk>/like", ReviewLikeViewSet.as_view(_MARK), name="review-like"),
    path("reviews/<str:pk>/share", ReviewShareViewSet.as_view({"get": "share"}), name="review-share"),
    path(
        "reviews/<str:pk>/comments", ReviewCommentViewSet.as_view({**_LIST, "post": "create"}), name="review-comments"
    ),
    path(
        "comments/<str:pk>",
        CommentViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="comment-detail",
    ),
    path("reports", ReportViewSet.as_view({"post": "create"}), name="reports"),
    # Lists
    path("lists", OwnListViewSet.as_view({**_LIST, "post": "create"}), name="list-list"),
    path("users/<str:username>/lists", UserListViewSet.as_view(_LIST), name="user-lists"),
    path("lists/<str:pk>", ListViewSet.as_view(_ONE), name="list-detail"),
    path("lists/<str:pk>/copy", ListCopyViewSet.as_view({"post": "create"}), name="list-copy"),
    path("lists/<str:pk>/share", ListShareViewSet.as_view({"get": "share"}), name="list-share"),
    path("lists/<str:pk>/collaborators", CollaboratorsViewSet.as_view(_LIST), name="list-collaborators"),
    path("lists/<str:pk>/collaborators/<str:username>", CollaboratorViewSet.as_view(_MARK), name="list-collaborator"),
    path("lists/<str:pk>/items", ListItemViewSet.as_view({**_LIST, "post": "create"}), name="list-items"),
    path(
        "lists/<str:pk>/items/<str:item>",
        OneItemViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="list-item",
    ),
]
