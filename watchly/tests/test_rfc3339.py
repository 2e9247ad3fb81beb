"""Times of RFC 3339, as clients of all kinds write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from rest_framework.exceptions import ValidationError

from watchly.api.fields import TimeField
from watchly.common.rfc3339 import parse_time

TOKYO = ZoneInfo("Asia/Tokyo")
NOON = datetime(2024, 5, 7, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-07T12:00:00Z", NOON),
        ("2024-05-07t12:00:00z", NOON),
        ("2024-05-07 12:00:00+00:00", NOON),
        ("2024-05-07T12:00:00-00:00", NOON),
        ("2024-05-07T21:00:00+09:00", NOON),
        ("2024-05-07T21:00", NOON),
        ("2024-05-07T12:00:00.1234567Z", NOON.replace(microsecond=123456)),
        ("2024-05-07T12:00:00.123456789+00:00", NOON.replace(microsecond=123456)),
        ("2024-05-07T12:00:00.5Z", NOON.replace(microsecond=500_000)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999_999, UTC)),
        ("2017-01-01T05:29:60+05:30", datetime(2016, 12, 31, 23, 59, 59, 999_999, UTC)),
    ],
)
def test_every_way_to_write_a_time_is_read(text: str, expected: datetime) -> None:
    assert parse_time(text, zone=TOKYO) == expected


def test_the_offset_stays() -> None:
    assert parse_time("2024-05-07T21:00:00+09:30").utcoffset() == timedelta(hours=9, minutes=30)
    assert parse_time("2024-05-07T21:00:00-0300").tzinfo == timezone(-timedelta(hours=3))


@pytest.mark.parametrize(
    "text",
    [
        "", "2024-05-07", "12:00", "2024-05-07T24:00:00Z", "2024-02-30T12:00:00Z", "2024-05-07T12:60:00Z",
        "2024-05-07T12:00:61Z", "2024-05-07T12:00:60Z", "2024-05-07T12:00:00+24:00", "2024-05-07T12:00:00",
        "0001-01-01T00:00:00+09:00", "٢٠٢٤-05-07T12:00:00Z",
    ],
)  # fmt: skip
def test_what_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the callers give the words
        parse_time(text)


def test_the_field_of_the_api_takes_the_same_times() -> None:
    assert TimeField().run_validation("2024-05-07t21:00:00.000000001+09:00") == NOON
    assert TimeField().run_validation("2024-05-07T12:00:00") == NOON
    with pytest.raises(ValidationError, match="RFC 3339"):
        TimeField().run_validation("tomorrow")
