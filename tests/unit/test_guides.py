"""The guides in six languages: each names the version of the English page, and has its sections, steps and buttons."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCES = {
    "therapist": "guides/therapist.md",
    "learning": "guides/learning.md",
    "supervisor": "guides/supervisor.md",
    "risk": "risk.md",
}
LANGUAGES = ("da", "de", "nb", "nl", "sv")
NOT_TRANSLATED = "## What is tested"
"""For developers, in English only."""


def english(page: str) -> str:
    """The source, without the section that is not translated."""
    before, _, rest = (DOCS / SOURCES[page]).read_text(encoding="utf-8").partition(NOT_TRANSLATED)
    return before + "\n## ".join(["", *rest.split("\n## ")[1:]])


def stamp(page: str) -> str:
    """What a translation ends with: its source and the version it was made from."""
    version = hashlib.sha256(english(page).encode()).hexdigest()[:12]
    return f"<!-- {SOURCES[page]} {version} -->"


def names(language: str) -> dict[str, set[str]]:
    """The sentences of a language's catalogues by the English ones."""
    found: dict[str, set[str]] = {}
    in_english = dict(_sentences("en"))
    for id, sentence in _sentences(language):
        found.setdefault(in_english.get(id, ""), set()).add(sentence)
    return found


def _sentences(language: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "bot" / "ui" / "strings" / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and isinstance(message.id, str):
                    yield message.id, str(message.string)


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """One of the five."""
    return str(request.param)


@pytest.mark.parametrize("page", SOURCES)
def test_a_translation_is_of_the_english_page_as_it_is(language: str, page: str) -> None:
    text = (DOCS / language / f"{page}.md").read_text(encoding="utf-8")
    last = text.rstrip().splitlines()[-1]
    assert last == stamp(page), f"docs/{SOURCES[page]} changed: translate what is new, then end the page with this line"


@pytest.mark.parametrize("page", SOURCES)
def test_it_has_the_same_sections_steps_and_tables(language: str, page: str) -> None:
    text = (DOCS / language / f"{page}.md").read_text(encoding="utf-8")
    for part in (r"^## ", r"^\d\. ", r"^- ", r"^\| ", r"^```", r"^!\["):
        assert len(re.findall(part, text, re.M)) == len(re.findall(part, english(page), re.M)), part


def test_it_calls_every_button_as_the_program_does(language: str) -> None:
    known = names(language)
    wrong = []
    for page in SOURCES:
        text = " ".join((DOCS / language / f"{page}.md").read_text(encoding="utf-8").split())
        for named in sorted(set(re.findall(r"\*\*?([^*\n]+)\*\*?", english(page)))):
            said = known.get(named)
            if said and not any(each in text for each in said):
                wrong.append(f"{page}: {named} is {' or '.join(sorted(said))}")
    assert not wrong
