"""One's sessions, as a list of them shows them."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import Session


class SessionSerializer(serializers.ModelSerializer[Session]):
    """One sign-in on one device."""

    amr = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="`pwd`, and `otp` once the second factor was shown."
    )
    current = serializers.SerializerMethodField(help_text="Whether it is the one that asks.")

    class Meta:
        model = Session
        fields = ("id", "device", "address", "created_at", "last_seen_at", "expires_at", "amr", "current")

    def get_current(self, session: Session) -> bool:
        return session.pk == self.context.get("current")
