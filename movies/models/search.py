"""The search index: derived rows that `movies.search.index` writes and `movies.search.query` reads (docs/adr/0004)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F
from django.db.models.functions import Left

from movies.search.normalise import NAME_KEY_LENGTH, TITLE_KEY_LENGTH


class SearchTitle(models.Model):
    """One name under which a published movie is found: its title, original title or an alternative title."""

    # Derived and rebuilt at will, so the database need not check each of millions of rows; stale ones find nothing.
    movie = models.ForeignKey(
        "movies.Movie", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    compact = models.CharField(
        max_length=TITLE_KEY_LENGTH, db_collation="C", help_text="The normalised title without spaces."
    )
    year = models.SmallIntegerField(null=True, help_text="The movie's.")
    fame = models.SmallIntegerField(help_text="Popularity in coarse steps; see movies.search.index.")
    words = SearchVectorField(help_text="The normalised title's words, without positions.")
    edits = ArrayField(models.IntegerField(), help_text="Hashes of `compact` and its forms with one letter left out.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["movie", "compact"], name="movies_searchtitle_once"),
        ]
        indexes: ClassVar = [
            # Whole and half-typed titles. It carries all that ranking needs, so that hundreds of titles are ranked
            # without a visit to the table.
            models.Index(fields=["compact"], include=["movie", "fame", "year"], name="movies_searchtitle_compact"),
            # One letter and two: the best known of the thousands of titles that begin so.
            models.Index(Left("compact", 1), F("fame").desc(), F("movie"), name="movies_searchtitle_letter"),
            models.Index(Left("compact", 2), F("fame").desc(), F("movie"), name="movies_searchtitle_pair"),
            # Any words of a title, the last one half typed.
            GinIndex(fields=["words"], name="movies_searchtitle_words"),
            # A title with one letter wrong.
            GinIndex(fields=["edits"], name="movies_searchtitle_edits"),
        ]

    def __str__(self) -> str:
        return f"{self.compact} → {self.movie_id}"


class SearchPerson(models.Model):
    """The name under which a person is found."""

    person = models.ForeignKey(
        "movies.Person", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    compact = models.CharField(
        max_length=NAME_KEY_LENGTH, db_collation="C", help_text="The normalised name without spaces."
    )
    year = models.SmallIntegerField(null=True, help_text="Of birth: tells namesakes apart.")
    fame = models.SmallIntegerField(help_text="Credits in coarse steps; see movies.search.index.")
    words = SearchVectorField(help_text="The normalised name's words, without positions.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "compact"], name="movies_searchperson_once"),
        ]
        indexes: ClassVar = [
            # The same two ways to a person as to a title. Names need no third: typing errors are found word by word.
            models.Index(fields=["compact"], include=["person", "fame", "year"], name="movies_searchperson_compact"),
            GinIndex(fields=["words"], name="movies_searchperson_words"),
        ]

    def __str__(self) -> str:
        return f"{self.compact} → {self.person_id}"


class SearchWord(models.Model):
    """A word that stands in some title or name: what a mistyped word may have been meant to be."""

    word = models.CharField(max_length=40, primary_key=True, db_collation="C")
    edits = ArrayField(models.IntegerField(), help_text="Hashes of `word` and its forms with one letter left out.")

    class Meta:
        indexes: ClassVar = [
            # A word with one letter wrong.
            GinIndex(fields=["edits"], name="movies_searchword_edits"),
        ]

    def __str__(self) -> str:
        return self.word
