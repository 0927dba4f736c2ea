"""What a translator finds beside each id is there and true: the English sentence, the place, the placeholders."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from bot.ui import strings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def write() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_comments", ROOT / "docs/translating/write.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_the_comments_are_as_the_english_and_the_code_have_them(write: ModuleType, language: str) -> None:
    told = write.comments(language)
    stale = [
        path.name
        for path in write.catalogues()
        if path.parent.name == language and path.read_text(encoding="utf-8") != write.written(path, told)
    ]
    assert stale == [], "run: python docs/translating/write.py"


def test_every_sentence_names_its_english_and_most_name_their_place(write: ModuleType) -> None:
    told = write.comments("da")
    assert told["risk.raise"][:2] == ["#. English: Raise a risk concern", "#. Where: button, at most 40 characters"]
    assert all(lines[0].startswith("#. English: ") for lines in told.values())
    placed = sum(any(line.startswith("#. Where: ") for line in lines) for lines in told.values())
    assert placed > 0.7 * len(told)


def test_a_translators_own_comment_stays(write: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "da"
    folder.mkdir()
    (folder / "risk.po").write_text(
        '# Spurgt en vagthavende.\n#. English: old\nmsgid "risk.raise"\nmsgstr "Meld"\n', "utf-8"
    )
    new = write.written(folder / "risk.po")
    assert new.startswith("# Spurgt en vagthavende.\n#. English: Raise a risk concern\n")
    assert "old" not in new
