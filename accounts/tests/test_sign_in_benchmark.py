"""The measure of sign-in runs, and leaves nothing behind."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt

from accounts.models import User
from benchmarks import sign_in


def test_medians_are_compared_in_percent_of_the_smaller() -> None:
    assert sign_in.difference([1.0, 2.0, 9.0], [2.2, 2.2, 2.2]) == pytest.approx(10.0)
    assert sign_in.difference([2.2], [2.0]) == pytest.approx(10.0)


def test_it_measures_and_clears(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        sign_in.run(["--logins", "3", "--reads", "2"])
    assert ended.value.code in (0, 1)  # the bar is for a quiet machine
    said = capsys.readouterr().out
    for row in ("login, known name", "login, unknown name", "refresh", "API key", "medians"):
        assert row in said
    assert not User.objects.exists()
    assert not AccessAttempt.objects.exists()
