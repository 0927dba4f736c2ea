"""What `intervision new` writes is green at once: in a copy of the clone, by the checks that a developer runs next."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.errors import SetupError
from bot.scaffold.changes import Changes

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what git knows here."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def run(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "PYTHONPATH": str(clone)}
    return subprocess.run(
        [sys.executable, *words], cwd=clone, env=surroundings, check=False, capture_output=True, text=True, timeout=300
    )


@pytest.mark.slow
def test_what_is_written_is_green_at_once(clone: Path) -> None:
    for words in (
        ("command", "tea", "--title", "Tea that is left"),
        ("notice", "kettle_on", "--title", "The kettle is on", "--ring", "asks"),
        ("platform", "pigeon", "--title", "Pigeon post"),
        ("rule-set", "tea-college", "--title", "Tea college"),
    ):
        made = run(clone, "-m", "intervision", "new", *words)
        assert made.returncode == 0, made.stderr
    for check in (
        ("-m", "ruff", "check", "-q", "."),
        ("-m", "ruff", "format", "--check", "-q", "."),
        ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
        ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", *CONCERNED),
    ):
        done = run(clone, *check)
        assert done.returncode == 0, f"{check}: {done.stdout[-3000:]}{done.stderr[-1000:]}"
    again = run(clone, "-m", "intervision", "new", "command", "tea")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


CONCERNED = (
    "tests/app/test_tea.py",
    "tests/app/test_kettle_on_notice.py",
    "tests/app/test_roles.py",
    "tests/contract/test_sending.py",
    "tests/tables/test_notices_ring.py",
    "tests/unit/reports/test_rule_sets.py",
    "tests/unit/test_catalogues.py",
    "tests/unit/test_docs.py",
    "tests/unit/test_open_source.py",
)


def test_outside_a_clone_nothing_is_written(tmp_path: Path) -> None:
    refused = run(tmp_path, "-m", "intervision", "new", "command", "tea")
    assert refused.returncode == 2
    assert "is no clone of Intervision" in refused.stderr
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("command", "Tea time"), "one word of small letters"),
        (("command", "class"), "none of Python's own"),
        (("command", "texts"), "uses the word texts already"),
        (("command", "language"), "uses the word language already"),
        (("command", "tea", "--title", 'Say "tea"'), "without double quotes"),
        (("notice", "tea", "--ring", "loud"), "--ring is one of asks"),
        (("notice", "reminder"), "there is a message reminder already"),
        (("rule-set", "bacp"), "bacp.toml is there already"),
        (("platform", "web"), "is there already"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_written(
    words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(_: Changes) -> list[str]:
        raise AssertionError("nothing is written after a mistake")

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(Changes, "write", written)
    done = CliRunner().invoke(app, ["new", *words])
    assert isinstance(done.exception, SetupError)
    assert said in str(done.exception)
