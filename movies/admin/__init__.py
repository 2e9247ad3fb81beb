"""The back office's pages of the catalogue. A page per noun; what hangs on a movie is edited on the movie's page."""

from movies.admin.credit import CreditAdmin
from movies.admin.doubtful_career import DoubtfulCareerAdmin
from movies.admin.duplicate import DuplicatePairAdmin
from movies.admin.import_reject import ImportRejectAdmin
from movies.admin.import_run import ImportRunAdmin
from movies.admin.merge import MergeAdmin
from movies.admin.movie import MovieAdmin
from movies.admin.person import PersonAdmin
from movies.admin.person_merge import PersonMergeAdmin, PersonSplitAdmin
from movies.admin.provider_record import ProviderRecordAdmin
from movies.admin.suggestion import SuggestionAdmin
from movies.admin.vocabulary import CollectionAdmin, CompanyAdmin, GenreAdmin, TagAdmin
from movies.admin.vocabulary_merge import VocabularyMergeAdmin

__all__ = [
    "CollectionAdmin",
    "CompanyAdmin",
    "CreditAdmin",
    "DoubtfulCareerAdmin",
    "DuplicatePairAdmin",
    "GenreAdmin",
    "ImportRejectAdmin",
    "ImportRunAdmin",
    "MergeAdmin",
    "MovieAdmin",
    "PersonAdmin",
    "PersonMergeAdmin",
    "PersonSplitAdmin",
    "ProviderRecordAdmin",
    "SuggestionAdmin",
    "TagAdmin",
    "VocabularyMergeAdmin",
]
