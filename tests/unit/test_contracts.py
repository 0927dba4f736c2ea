"""The house's import rules bite: a planted violation breaks its contract, so that none can go empty."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLANTED = [
    ("bot/domain/planted.py", "import bot.app.entry", "Direction"),
    ("bot/app/facts/planted.py", "import storage.keys", "Direction"),
    ("bot/app/facts/planted.py", "import bot.delivery.decide", "Direction"),
    ("bot/app/facts/planted.py", "import bot.app.steps.holds", "Layers inside"),
    ("bot/app/steps/planted.py", "import bot.app.cases.handlers", "Layers inside"),
    ("bot/app/cases/planted.py", "import bot.app.reviews.views", "Layers inside"),
    ("bot/app/planted.py", "import bot.app.context", "Layers inside"),
    ("bot/ui/planted.py", "import bot.ports.unit_of_work", "Direction"),
    ("adapters/web/planted.py", "import adapters.slack.plugin", "independent"),
    ("adapters/web/planted.py", "import bot.domain.case", "reach neither storage"),
    ("adapters/slack/planted.py", "import storage.store", "reach neither storage"),
    ("bot/app/facts/planted.py", "import aiohttp", "no vendor"),
    ("bot/domain/planted.py", "import sqlalchemy", "no vendor"),
    ("adapters/teams/planted.py", "import botbuilder.core", "botbuilder"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages and the contracts."""
    copy = tmp_path_factory.mktemp("house")
    for package in ("bot", "adapters", "storage"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "words", "static"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", program], cwd=house, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(("file", "statement", "contract"), PLANTED)
def test_a_planted_violation_breaks_its_contract(house: Path, file: str, statement: str, contract: str) -> None:
    planted = house / file
    planted.write_text(f'"""Planted."""\n\n{statement}\n')
    try:
        done = lint(house)
    finally:
        planted.unlink()
    assert done.returncode != 0
    broken = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    assert any(contract in line for line in broken), done.stdout[-2000:]
