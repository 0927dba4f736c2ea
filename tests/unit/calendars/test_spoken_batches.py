"""Phrases written in batches after the grammar, each by the rules alone: later changes must not lose any of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.anonymise.lexicon import given_names
from bot.calendars.spoken import Ask, TakeLeave, understand
from bot.calendars.spoken.lexicon import LANGUAGES, lexicon
from bot.calendars.spoken.tokens import Token
from tests.unit.calendars.phrase_batches import first_readings
from tests.unit.calendars.phrases import CORPUS, Phrase, told

BATCHES = sorted((CORPUS / "batches").glob("*.txt"))


def batch(path: Path) -> Iterator[Phrase]:
    """The phrases of a batch; `meant` holds every answer that is right, parted by " | "."""
    today, lang = date.min, ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("@"):
            today = date.fromisoformat(line.split()[1])
        elif line.startswith("["):
            lang = line.strip("[]")
        elif line and not line.startswith("#"):
            text, _, meant = line.rpartition(" = ")
            yield Phrase(lang, today, text, meant)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.stem)
def test_phrases_of_a_batch(path: Path, lang: str) -> None:
    read = [
        (phrase, told(understand(phrase.text, phrase.today, lang))) for phrase in batch(path) if phrase.lang == lang
    ]
    assert [(phrase, said) for phrase, said in read if said not in phrase.meant.split(" | ")] == []


def test_the_first_reading_counts_every_phrase() -> None:
    counted = {
        path.stem: {lang: sum(phrase.lang == lang for phrase in batch(path)) for lang in LANGUAGES} for path in BATCHES
    }
    kept = {name: {lang: table[lang][0] for lang in LANGUAGES} for name, table in first_readings().items()}
    assert kept == counted


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "Frank ist nächste Woche im Urlaub"),
        ("de", "Frank nächste Woche"),
        ("sv", "sätt Sara på semester nästa vecka"),
        ("nb", "Lars ferie uke 7"),
        ("da", "Oliver har ferie i næste uge"),
        ("nl", "Sven volgende week verlof"),
        ("en", "Luke leave next week"),
    ],
)
def test_a_given_name_is_no_slip(lang: str, text: str) -> None:
    """A colleague's leave is not the leave of whoever types it: Frank is not "krank", Sara not "vara"."""
    assert isinstance(understand(text, date(2027, 1, 18), lang), Ask)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_usual_given_names_are_never_taken_for_a_slip(lang: str) -> None:
    words = lexicon(lang)
    names = [n.casefold() for n, usualness in given_names().items() if usualness >= 3 and len(n) > 2 and n.isalpha()]
    missing = [name for name in names if words.spellings(Token("word", name)) not in {(), (name,)}]
    assert missing == [], f"add these to bot/calendars/spoken/words/names.{lang}.txt"


def test_a_thing_that_is_cancelled_by_a_parted_verb_is_not_done() -> None:
    today = date(2027, 1, 18)
    assert isinstance(understand("Urlaub am Freitag fällt aus", today, "de"), Ask)
    assert understand("falle bis Mittwoch aus", today, "de") == TakeLeave(today, date(2027, 1, 20))
