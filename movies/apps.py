from django.apps import AppConfig


class MoviesConfig(AppConfig):
    """What exists: the catalogue."""

    name = "movies"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        from movies.models import Image
        from movies.services.images import FOLDER
        from watchly.common.files.owners import PictureOwner, register_pictures

        register_pictures(PictureOwner(Image, FOLDER))
        from movies.admin.front_page import lists_of_the_catalogue
        from watchly.common.admin.attention import register_attention
        from watchly.common.user_data import Erase, UserData, register

        register_attention(lists_of_the_catalogue)
        one_hand = "The catalogue's history shows which changes came from one hand, whoever that was."
        decided = "Staff's decisions are about others' suggestions and films."
        register(
            UserData("movies.Change", "actor", Erase.KEEP, export="catalogue_changes", reason=one_hand),
            UserData("movies.Merge", "made_by", Erase.KEEP, export="catalogue_merges", reason=one_hand),
            UserData("movies.Merge", "undone_by", Erase.KEEP, export="catalogue_merges_undone", reason=one_hand),
            UserData("movies.PersonMerge", "made_by", Erase.KEEP, export="people_merges", reason=one_hand),
            UserData("movies.PersonMerge", "undone_by", Erase.KEEP, export="people_merges_undone", reason=one_hand),
            UserData("movies.PersonSplit", "made_by", Erase.KEEP, export="people_splits", reason=one_hand),
            UserData("movies.PersonSplit", "undone_by", Erase.KEEP, export="people_splits_undone", reason=one_hand),
            UserData("movies.VocabularyMerge", "made_by", Erase.KEEP, export="words_merged", reason=one_hand),
            UserData("movies.VocabularyMerge", "undone_by", Erase.KEEP, export="words_merged_undone", reason=one_hand),
            UserData("movies.Suggestion", "suggested_by", Erase.FORGET, export="suggestions"),
            UserData("movies.Suggestion", "decided_by", Erase.FORGET, reason=decided),
            UserData("movies.DoubtfulCareer", "decided_by", Erase.FORGET, reason=decided),
            UserData("movies.DuplicatePair", "decided_by", Erase.FORGET, reason=decided),
            UserData("movies.ImportRun", "requested_by", Erase.FORGET, export="catalogue_imports", omit=("path",)),
        )
