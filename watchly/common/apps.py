from django.apps import AppConfig


class CommonConfig(AppConfig):
    """What every app stands on and no HTTP knows: errors, jobs, idempotency, files."""

    name = "watchly.common"
    label = "common"

    def ready(self) -> None:
        from watchly.common.admin.attention import register_attention
        from watchly.common.admin.job_attention import failed_jobs

        register_attention(failed_jobs)
        from watchly.common.user_data import Erase, UserData, register

        register(
            UserData(
                "common.IdempotencyRecord",
                "user",
                Erase.DELETE,
                reason="Answers that its owner got already, kept for a day.",
            ),
            UserData(
                "common.AuditEvent",
                "subject_id",
                Erase.KEEP,
                export="security_events",
                reason="The trail is added to and never changed; it holds a number and no name.",
            ),
            UserData(
                "common.AuditEvent",
                "actor_id",
                Erase.KEEP,
                reason="The same trail: what somebody did to others' accounts is theirs to know.",
            ),
        )
