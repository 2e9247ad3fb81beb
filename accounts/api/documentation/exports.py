"""Exports of an account."""

from __future__ import annotations

from typing import Any

from accounts.api.serializers.data_export import DataExportSerializer
from accounts.api.views.exports import ExportDetailView, ExportFileView, ExportView
from watchly.api.operations import Answer, Operation, document

TAG = "account"
_WAITING: dict[str, Any] = {
    "id": 3,
    "state": "pending",
    "bytes": None,
    "error": None,
    "download_url": None,
    "created_at": "2026-11-26T02:01:56.000000Z",
    "finished_at": None,
    "expires_at": None,
}
_READY = _WAITING | {
    "state": "done",
    "bytes": 48213,
    "download_url": "https://films.example/api/me/exports/3/file?signature=5qX1x0Zb8m2Q7d3kYw9uVtR4oLsHcJpN6aGfEiBvDyM",
    "finished_at": "2026-11-26T02:02:10.000000Z",
    "expires_at": "2026-11-27T02:02:10.000000Z",
}

document(
    ExportView,
    post=Operation(
        id="exportAccount",
        tag=TAG,
        summary="Ask for all that your account holds",
        description="A job makes a ZIP of every row that hangs on you, as JSON and CSV, with your pictures: follow "
        "`Location`. You get a mail when it is there. One at a time, three in 24 hours.",
        answers=(
            Answer(
                status=202,
                says="It will be made.",
                shape=DataExportSerializer,
                example=_WAITING,
                headers=("Location",),
            ),
        ),
        problems=("export_running", "rate_limited"),
        idempotent=True,
    ),
)
document(
    ExportDetailView,
    get=Operation(
        id="getExport",
        tag=TAG,
        summary="Read what became of an export",
        description="While the file is offered, for 24 hours, `download_url` opens it without a sign-in.",
        answers=(Answer(says="The export.", shape=DataExportSerializer, example=_READY, headers=("Cache-Control",)),),
        problems=("not_found",),
    ),
)
document(
    ExportFileView,
    get=Operation(
        id="downloadExport",
        tag=TAG,
        summary="Fetch the file of an export",
        description="At the address that `download_url` gave.",
        query={
            "signature": {
                "type": "string",
                "description": "As the address has it.",
                "example": "5qX1x0Zb8m2Q7d3kYw9uVtR4oLsHcJpN6aGfEiBvDyM",
            }
        },
        answers=(Answer(says="A ZIP archive.", headers=("Cache-Control",)),),
        problems=("not_found", "export_expired"),
    ),
)
