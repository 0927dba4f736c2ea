"""`intervision check --deep` and `--version`: what works is quiet, what does not is named with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.runtime import machine_check
from bot.runtime.system import release


def test_here_everything_works(tmp_path: Path) -> None:
    assert machine_check.problems(tmp_path) == []
    said = "\n".join(machine_check.facts(tmp_path))
    assert "missing" not in said
    assert release() in said


@pytest.mark.parametrize("part", ["_chart", "_pdf", "_plan"])
def test_what_breaks_is_named_with_its_reason(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise ImportError("libopenblas: cannot open shared object file")

    monkeypatch.setattr(machine_check, part, broken)
    (problem,) = machine_check.problems(tmp_path)
    assert "libopenblas: cannot open shared object file" in problem.what
    assert problem.fatal


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_check, "ROOM", 2**60)
    (problem,) = machine_check.problems(tmp_path)
    assert (problem.where, "almost full" in problem.what) == (str(tmp_path), True)


def test_the_version_is_said() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"intervision {release()}\n"
