from movies.models.award import Award
from movies.models.collection import Collection
from movies.models.company import Company
from movies.models.credit import Credit
from movies.models.figures import CatalogueCount, MovieFigures
from movies.models.genre import Genre
from movies.models.image import Image
from movies.models.import_run import ImportedMovie, ImportReject, ImportRun
from movies.models.movie import Movie, MovieRedirect
from movies.models.person import Person
from movies.models.release import ReleaseDate
from movies.models.search import SearchPerson, SearchTitle, SearchWord
from movies.models.tag import Tag
from movies.models.title import AlternativeTitle
from movies.models.video import Video

__all__ = [
    "AlternativeTitle",
    "Award",
    "CatalogueCount",
    "Collection",
    "Company",
    "Credit",
    "Genre",
    "Image",
    "ImportReject",
    "ImportRun",
    "ImportedMovie",
    "Movie",
    "MovieFigures",
    "MovieRedirect",
    "Person",
    "ReleaseDate",
    "SearchPerson",
    "SearchTitle",
    "SearchWord",
    "Tag",
    "Video",
]
