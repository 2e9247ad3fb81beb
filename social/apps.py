from django.apps import AppConfig

from watchly.common.user_data import Erase, UserData, register


class SocialConfig(AppConfig):
    """What people do with movies and with each other."""

    name = "social"

    def ready(self) -> None:
        # Models are there only now.
        from movies.services.figures import add_recounts
        from social import changes, profile, viewer
        from social.receivers import library
        from social.services.library_figures import recount_entries, recount_figures

        add_recounts(
            {
                "library entries with plays that were off": recount_entries,
                "movies with figures of libraries that were off": recount_figures,
            }
        )
        changes.register()
        viewer.register()
        profile.register()
        library.connect()
        register(
            UserData("social.LibraryEntry", "user", Erase.DELETE, export="library"),
            UserData("social.Play", "user", Erase.DELETE, export="history"),
            UserData(
                "social.Play_companions", "user", Erase.DELETE, reason="Another's words about a viewing of theirs."
            ),
            UserData("social.Follow", "follower", Erase.DELETE, export="following"),
            UserData("social.Follow", "followed", Erase.DELETE, export="followers"),
            UserData("social.Block", "blocker", Erase.DELETE, export="blocks"),
            UserData("social.Block", "blocked", Erase.DELETE, reason="Whom others block is theirs to know."),
            UserData("social.UserRevision", "user", Erase.DELETE, reason="A counter of changes, and nothing else."),
            UserData("social.TopFilm", "user", Erase.DELETE, export="top_films"),
            UserData("social.EntryMerge", "user", Erase.DELETE, reason="What an unmerge of two movies needs."),
            UserData("social.Tombstone", "user", Erase.DELETE, reason="Numbers of what the user has removed."),
        )
