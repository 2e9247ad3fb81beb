"""Movies: the row that everything else in the catalogue hangs on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Greatest

from movies.definition.limits import IMDB_ID, WIKIDATA_ID, held, longest, validators
from movies.models.credit import Credit

PUBLISHED = Q(state="published")
# What a rating starts from: so many votes of so many stars.
_PRIOR_VOTES, _PRIOR_STARS = Decimal(10), Decimal("3.25")

# What the filters of a list read. Every ordering's index carries them, so that a list whose filter and ordering work
# against each other (silent films, newest first) reads index pages alone and never more than the index has.
FILTERED = ["year", "runtime", "rating_average", "facets"]


def _ordering_index(name: str, *keys: Any) -> models.Index:
    """The index behind one ordering of a list of published movies (see `movies/api/filters.py`)."""
    named = {getattr(getattr(key, "expression", key), "name", None) for key in keys}
    return models.Index(
        *keys,
        name=f"movies_movie_by_{name}",
        condition=PUBLISHED,
        include=[field for field in FILTERED if field not in named],
    )


class MovieQuerySet(models.QuerySet["Movie"]):
    """Named reads of movies."""

    def published(self) -> MovieQuerySet:
        """What everybody sees: neither drafts nor withdrawn movies."""
        return self.filter(state=Movie.State.PUBLISHED)

    def with_person(self, person_id: int) -> MovieQuerySet:
        """Movies in which this person has a credit of any kind."""
        return self.filter(pk__in=Credit.objects.filter(person_id=person_id).values("movie_id"))


class Movie(models.Model):
    """A film, long or short. What is not known is null.

    `genre_ids`, `tag_ids`, `rating_average`, `rating_count`, `popularity`, `poster_path`, `backdrop_path` and
    `trailer_url` are copies that the services keep, so that a list reads one table; `manage.py recount` mends them.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"
        MERGED = "merged"

    class ReleaseStatus(models.TextChoices):
        RUMOURED = "rumoured"
        ANNOUNCED = "announced"
        IN_PRODUCTION = "in production"
        POST_PRODUCTION = "post production"
        RELEASED = "released"
        CANCELLED = "cancelled"

    class Source(models.TextChoices):
        STAFF = "staff"
        WATCHLY = "watchly", "Watchly file"
        CATALOGUE = "catalogue", "packaged catalogue"
        WIKIPEDIA = "wikipedia", "Wikipedia list"
        FACTS = "facts", "film facts"
        WIKIDATA = "wikidata", "Wikidata"
        MOVIETWEETINGS = "movietweetings", "MovieTweetings"
        MOVIELENS = "movielens", "MovieLens"
        IMDB = "imdb", "IMDb dump"
        TMDB = "tmdb", "TMDB"
        SUGGESTION = "suggestion", "suggested by somebody"

    title = models.CharField(max_length=longest("movie.title"))
    original_title = models.CharField(max_length=longest("movie.original_title"), null=True, blank=True)
    slug = models.SlugField(max_length=140, unique=True)
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=validators("movie.year"), help_text="Year of the first public showing."
    )
    release_date = models.DateField(
        null=True, blank=True, validators=validators("movie.release_date"), help_text="First public showing anywhere."
    )
    runtime = models.PositiveIntegerField(
        null=True, blank=True, validators=validators("movie.runtime"), help_text="Minutes."
    )
    overview = models.TextField(max_length=longest("movie.overview"), null=True, blank=True)
    # A text that others wrote keeps who wrote it and on which terms; an edit of the overview clears all three.
    overview_source = models.CharField(
        max_length=longest("movie.overview_source"),
        null=True,
        blank=True,
        editable=False,
        help_text="Where the overview is from, such as Wikipedia; null for Watchly's own text. Wherever you show the "
        "overview, show `From {overview_source}, {overview_license}` beside it, linked to `overview_url`.",
    )
    overview_license = models.CharField(
        max_length=longest("movie.overview_license"),
        null=True,
        blank=True,
        editable=False,
        help_text="The license of the overview.",
    )
    overview_url = models.URLField(
        max_length=longest("movie.overview_url"),
        null=True,
        blank=True,
        editable=False,
        help_text="The page that the overview is from.",
    )
    tagline = models.CharField(max_length=longest("movie.tagline"), null=True, blank=True)
    original_language = models.CharField(max_length=3, null=True, blank=True, help_text="ISO 639-1, else 639-3.")
    languages = ArrayField(models.CharField(max_length=3), default=list, blank=True, help_text="Spoken, ISO 639.")
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True, help_text="ISO 3166-1 alpha-2.")
    release_status = models.CharField(max_length=15, choices=ReleaseStatus, null=True, blank=True)
    imdb_id = models.CharField(
        "IMDb id", max_length=12, null=True, blank=True, help_text="tt and at least seven digits."
    )
    tmdb_id = models.PositiveIntegerField("TMDB id", null=True, blank=True, validators=validators("movie.tmdb_id"))
    wikidata_id = models.CharField("Wikidata id", max_length=12, null=True, blank=True, help_text="Q and digits.")
    wikipedia_page = models.CharField(
        max_length=longest("movie.wikipedia_page"),
        null=True,
        blank=True,
        help_text="Page name in the English Wikipedia.",
    )

    genres = models.ManyToManyField("movies.Genre", related_name="movies", blank=True)
    tags = models.ManyToManyField("movies.Tag", related_name="movies", blank=True)
    companies = models.ManyToManyField("movies.Company", related_name="movies", blank=True)
    collection = models.ForeignKey(
        "movies.Collection", on_delete=models.SET_NULL, null=True, blank=True, related_name="movies"
    )

    state = models.CharField(max_length=9, choices=State, default=State.PUBLISHED)
    state_reason = models.CharField(
        max_length=longest("movie.state_reason"), null=True, blank=True, help_text="Why it was withdrawn."
    )
    # A merged movie keeps its row, its id, its slug and what the other had already: its addresses answer 308, imports
    # find the film by its ids, and an unmerge has what it needs (docs/adr/0011).
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )
    source = models.CharField(max_length=20, choices=Source, default=Source.STAFF)
    locked_fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Rises with editorial writes only.")

    genre_ids = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    tag_ids = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    title_key = models.CharField(
        max_length=200, editable=False, default="", help_text="The normalised title: what `title` sorts by."
    )
    rating_average = models.DecimalField(
        max_digits=3, decimal_places=2, null=True, blank=True, editable=False, help_text="Stars, 0.5 to 5."
    )
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    # The Bayesian mean: as if ten users had given 3.25 stars before, so that one vote of five stars does not lead.
    rating_rank = models.GeneratedField(
        expression=(Value(_PRIOR_STARS * _PRIOR_VOTES) + F("rating_average") * Greatest(F("rating_count"), 1))
        / (Value(_PRIOR_VOTES) + Greatest(F("rating_count"), 1)),
        output_field=models.DecimalField(max_digits=6, decimal_places=4, null=True),
        db_persist=True,
    )
    popularity = models.FloatField(
        default=0.0, editable=False, help_text="0 for what nobody has touched, no upper bound."
    )
    poster_path = models.CharField(max_length=200, null=True, blank=True, editable=False)
    backdrop_path = models.CharField(max_length=200, null=True, blank=True, editable=False)
    trailer_url = models.URLField(max_length=300, null=True, blank=True, editable=False)
    # A film of which only the year is known stands at the start of that year.
    release_order = models.GeneratedField(
        expression=Coalesce(
            "release_date",
            models.Func(F("year"), 1, 1, function="make_date", template="%(function)s(%(expressions)s)"),
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
    )

    facets = models.GeneratedField(
        expression=models.Func(
            "genre_ids", "tag_ids", "countries", "original_language", "release_status", function="movies_facets"
        ),
        output_field=ArrayField(models.IntegerField()),
        db_persist=True,
        help_text="What lists are filtered by for equality (`movies.models.facets`).",
    )

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # The columns that say where the overview is from: they change with it and never alone.
    ATTRIBUTION: ClassVar = ("overview_source", "overview_license", "overview_url")

    objects = MovieQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        permissions: ClassVar = [
            ("withdraw_movie", "Can withdraw and restore movies"),
            ("publish_movie", "Can publish movies"),
            ("import_movies", "Can import and export the catalogue"),
            ("merge_movie", "Can merge and unmerge movies"),
            ("purge_movie", "Can remove withdrawn movies for good"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["imdb_id"], name="movies_movie_imdb_id_unique"),
            models.UniqueConstraint(fields=["tmdb_id"], name="movies_movie_tmdb_id_unique"),
            models.UniqueConstraint(fields=["wikidata_id"], name="movies_movie_wikidata_id_unique"),
            models.CheckConstraint(
                condition=Q(imdb_id__isnull=True) | Q(imdb_id__regex=f"^{IMDB_ID}$"),
                name="movies_movie_imdb_id_form",
                violation_error_message="An IMDb id is tt and seven to ten digits, such as tt0111161.",
            ),
            models.CheckConstraint(
                condition=Q(wikidata_id__isnull=True) | Q(wikidata_id__regex=f"^{WIKIDATA_ID}$"),
                name="movies_movie_wikidata_id_form",
                violation_error_message="A Wikidata id is Q and digits, such as Q172241.",
            ),
            held("movie.year", "movies_movie_year_range"),
            held("movie.release_date", "movies_movie_release_date_range"),
            held("movie.runtime", "movies_movie_runtime_range"),
            held("movie.overview", "movies_movie_overview_length"),
            held("movie.tmdb_id", "movies_movie_tmdb_id_range"),
            held("movie.languages", "movies_movie_languages_most"),
            held("movie.countries", "movies_movie_countries_most"),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="movies_movie_title_not_empty",
                violation_error_message="A movie needs a title.",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="movies_movie_merged_into_one",
                violation_error_message="A merged movie names the movie that it was merged into, and no other does.",
            ),
        ]
        indexes: ClassVar = [
            # GET /api/movies?ordering=…, each with every filter. Those that may be null need one index a direction,
            # since what is unknown comes last both ways; the other two are read backwards for the reverse.
            _ordering_index("popularity", F("popularity").desc(), F("id").asc()),
            _ordering_index("title", F("title_key").asc(), F("id").asc()),
            _ordering_index("newest", F("release_order").desc(nulls_last=True), F("id").asc()),
            _ordering_index("oldest", F("release_order").asc(nulls_last=True), F("id").asc()),
            _ordering_index(
                "rating_rank", F("rating_rank").desc(nulls_last=True), F("popularity").desc(), F("id").asc()
            ),
            _ordering_index(
                "rating_rank_up", F("rating_rank").asc(nulls_last=True), F("popularity").desc(), F("id").asc()
            ),
            _ordering_index("runtime", F("runtime").asc(nulls_last=True), F("id").asc()),
            _ordering_index("runtime_down", F("runtime").desc(nulls_last=True), F("id").asc()),
            _ordering_index("year", F("year").asc(nulls_last=True), F("id").asc()),
            _ordering_index("year_down", F("year").desc(nulls_last=True), F("id").asc()),
            # What few films have, a rare genre or country, or several facets together.
            GinIndex(fields=["facets"], name="movies_movie_facets"),
            # The importer's match of films without an external id.
            models.Index(fields=["title_key", "year"], name="movies_movie_title_year"),
            models.Index(
                fields=["wikipedia_page"], name="movies_movie_wikipedia_page", condition=Q(wikipedia_page__isnull=False)
            ),
            # The back office's lists by state, newest work first.
            models.Index(fields=["state", "-updated_at"], name="movies_movie_state_updated"),
            # Its lists of what needs attention and of what came from one source, the best known first; films without a
            # year or runtime stand at the end of the indexes of those.
            models.Index(
                F("popularity").desc(),
                F("id").asc(),
                name="movies_movie_lacks_poster",
                condition=PUBLISHED & Q(poster_path__isnull=True),
            ),
            # Films without a director: what of these ids is not in `movies_credit_directors`, both read in order.
            models.Index(fields=["id"], name="movies_movie_published", condition=PUBLISHED),
            models.Index(
                F("source").asc(),
                F("popularity").desc(),
                F("id").asc(),
                name="movies_movie_by_source",
                condition=PUBLISHED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    @property
    def overview_attribution(self) -> str | None:
        """What must be shown beside the overview, such as "From Wikipedia, CC BY-SA 4.0"; None for our own text."""
        if not self.overview or not self.overview_source:
            return None
        return ", ".join(filter(None, (f"From {self.overview_source}", self.overview_license)))

    @property
    def poster_url(self) -> str | None:
        """The public address of its first poster."""
        return f"{settings.MEDIA_URL}{self.poster_path}" if self.poster_path else None
