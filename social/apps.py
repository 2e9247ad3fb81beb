from django.apps import AppConfig


class SocialConfig(AppConfig):
    """What people do with movies and with each other."""

    name = "social"

    def ready(self) -> None:
        # Models are there only now.
        from movies.services.figures import add_recounts
        from social import changes, notification_kinds, profile, user_data, viewer
        from social.admin.attention import open_reports
        from social.receivers import activities, community, library, reviews
        from social.services.library_figures import recount_entries, recount_figures
        from social.services.list_items import recount_lists
        from social.services.review_counts import recount_reviews
        from watchly.common.admin.attention import register_attention

        add_recounts(
            {
                "library entries with plays that were off": recount_entries,
                "movies with figures of libraries that were off": recount_figures,
                "reviews with likes or comments that were off": recount_reviews,
                "lists with items that were off": recount_lists,
            }
        )
        register_attention(open_reports)
        changes.register()
        notification_kinds.register()
        user_data.register()
        viewer.register()
        profile.register()
        library.connect()
        activities.connect()
        community.connect()
        reviews.connect()
