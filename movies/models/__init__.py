from movies.models.award import Award
from movies.models.change import Change
from movies.models.collection import Collection
from movies.models.company import Company
from movies.models.credit import Credit
from movies.models.doubtful_career import DoubtfulCareer
from movies.models.duplicate import DuplicatePair
from movies.models.figures import CatalogueCount, MovieFigures
from movies.models.genre import Genre
from movies.models.image import Image
from movies.models.import_run import ImportedMovie, ImportReject, ImportRun
from movies.models.merge import Merge
from movies.models.movie import Movie
from movies.models.person import Person
from movies.models.person_merge import PersonMerge, PersonSplit
from movies.models.provider import ProviderRecord
from movies.models.release import ReleaseDate
from movies.models.search import SearchPerson, SearchTitle, SearchWord
from movies.models.suggestion import Suggestion
from movies.models.tag import Tag
from movies.models.title import AlternativeTitle
from movies.models.video import Video
from movies.models.vocabulary_merge import VocabularyMerge

__all__ = [
    "AlternativeTitle",
    "Award",
    "CatalogueCount",
    "Change",
    "Collection",
    "Company",
    "Credit",
    "DoubtfulCareer",
    "DuplicatePair",
    "Genre",
    "Image",
    "ImportReject",
    "ImportRun",
    "ImportedMovie",
    "Merge",
    "Movie",
    "MovieFigures",
    "Person",
    "PersonMerge",
    "PersonSplit",
    "ProviderRecord",
    "ReleaseDate",
    "SearchPerson",
    "SearchTitle",
    "SearchWord",
    "Suggestion",
    "Tag",
    "Video",
    "VocabularyMerge",
]
