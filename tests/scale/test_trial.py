"""`intervision check --scale N` fills a throw-away database and says what hurts first."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.runtime.size import MOST_ON_SQLITE, too_many
from bot.scale.trial import Asked, Tried, told


@pytest.mark.slow
def test_a_trial_asks_every_page_and_job_of_a_service_of_the_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["check", "--scale", "160"])
    assert result.exit_code == 0, result.output
    assert "160 invented people" in result.output
    for name in ("a therapist's start page", "the quarter's report", "an hour's housekeeping"):
        (line,) = [line for line in result.output.splitlines() if line.startswith(name)]
        statements, rows = (int(number.replace(",", "")) for number in line[52:].split()[:2])
        assert 0 < statements < rows
    assert list(tmp_path.iterdir()) == [], "nothing stays"


def test_what_is_furthest_over_its_limit_is_named_first() -> None:
    quick, slow = Asked("quick", 90, 100, 5, 50), Asked("slow", 300, 200, 9, 900, growth=1.0)
    *lines, last = told(Tried(80, 1000, 2.0, 1.0, [slow, quick]))
    assert last == "What hurts first: slow (300 ms, should be 200)."
    assert [line.endswith("!") for line in lines[2:]] == [True, False]
    steep = Asked("steep", 20, 100, 5, 500, growth=1.3)
    assert steep.hurts, "faster than the service grows"
    assert told(Tried(80, 1000, 2.0, 1.0, [quick]))[-1] == "Nothing takes longer than it should on this machine."


def test_a_sqlite_file_is_said_to_be_outgrown_only_beyond_its_size() -> None:
    assert too_many(MOST_ON_SQLITE) == []
    (said,) = too_many(MOST_ON_SQLITE + 1)
    assert "5,001 people" in said
