"""An export of an account, as its owner follows it."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from accounts.models import DataExport
from accounts.services.exports import signature_of
from watchly.api.addresses import address
from watchly.api.fields import JobStateField


class DataExportSerializer(serializers.ModelSerializer[DataExport]):
    """Its state and, while the file is offered, where it is."""

    state = JobStateField()
    download_url = serializers.SerializerMethodField(
        help_text="Opens the file without a sign-in until `expires_at`: hand it to nobody."
    )

    class Meta:
        model = DataExport
        fields = ("id", "state", "bytes", "error", "download_url", "created_at", "finished_at", "expires_at")

    def get_download_url(self, export: DataExport) -> str | None:
        if export.state != DataExport.State.READY or export.expires_at is None or export.expires_at <= timezone.now():
            return None
        return address(f"{reverse('export-file', args=[export.pk])}?signature={signature_of(export)}")
