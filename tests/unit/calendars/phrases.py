"""The phrases of the corpus and what is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bot.calendars.spoken import Ask, ChangeLeave, ComeBack, EndMode, Reading, SwitchMode, TakeLeave

CORPUS = Path(__file__).parent / "spoken"


class Phrase(NamedTuple):
    """A typed phrase and what it means."""

    lang: str
    today: date
    text: str
    meant: str


def corpus(lang: str) -> Iterator[Phrase]:
    """The phrases of one language."""
    today = date.min
    for line in (CORPUS / f"{lang}.txt").read_text("utf-8").splitlines():
        if line.startswith("@"):
            today = date.fromisoformat(line.split()[1])
        elif line and not line.startswith("#"):
            text, _, meant = line.rpartition(" = ")
            yield Phrase(lang, today, text, meant)


def told(reading: Reading) -> str:
    """A reading as the corpus writes it."""
    match reading:
        case TakeLeave(first, last):
            return f"leave {_day(first)} {_day(last)}"
        case SwitchMode(mode, first, last):
            return f"mode {mode.value} {_day(first)} {_day(last)}"
        case ComeBack(on):
            return f"back {_day(on)}"
        case ChangeLeave() | EndMode() | Ask():
            return "ask"


def _day(day: date | None) -> str:
    return "open" if day is None else day.isoformat().removeprefix("2027-")
