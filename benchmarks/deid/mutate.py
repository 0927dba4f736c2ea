"""The same note typed by somebody else: other quotes, capitals, letters for figures, initials, dictation.

Each change keeps what must be found, so a gate that has learned its sentences shows here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from benchmarks.deid.notes import Gold, Note, without_offsets_moved

Change = Callable[[str, Gold | None, random.Random], str]
"""New words for a stretch of a note: between findings (no gold) or a finding itself."""


def rewritten(note: Note, change: Change, rng: random.Random) -> Note:
    """The note with every stretch changed and the gold moved along."""
    text, gold, at = "", list[Gold](), 0
    for span in sorted(note.gold, key=lambda g: g.start):
        if span.start < at:
            continue
        text += change(note.text[at : span.start], None, rng)
        said = change(note.text[span.start : span.end], span, rng)
        gold.append(Gold(len(text), len(text) + len(said), span.cls, span.soft))
        text, at = text + said, span.end
    return Note(note.id, note.lang, text + change(note.text[at:], None, rng), tuple(gold))


def _quotes(said: str, gold: Gold | None, rng: random.Random) -> str:
    return re.sub(r'"([^"\n]*)"', "“\\1”", said.replace("'", "’"))


def _initials(said: str, gold: Gold | None, rng: random.Random) -> str:
    if gold is None or gold.cls != "NAME" or not re.fullmatch(r"[A-ZÆØÅÄÖÜ]\w+(?:[ -]\w+)+", said):
        return said
    return re.sub(r"^(\w)\w+ ", rng.choice((r"\1. ", r"\1 ")), said)


def _scanned(said: str, gold: Gold | None, rng: random.Random) -> str:
    """A scanner reads O and l for 0 and 1, here in one date of three."""
    if gold is None or gold.cls != "DATE" or sum(c.isdigit() for c in said) < 4 or rng.random() < 0.66:
        return said
    return re.sub("0", "O", said, count=1)


_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_ROMANS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def _dates(said: str, gold: Gold | None, rng: random.Random) -> str:
    """Full dates in figures with other signs, two figures for the year or a Roman month."""
    match = _NUMERIC.fullmatch(said) if gold is not None and gold.cls == "DATE" else None
    if match is None or int(match[2]) > 12:
        return said
    day, month, year = match.groups()
    forms = (f"{day}/{month}/{year[2:]}", f"{day}.{_ROMANS[int(month)]}.{year}", f"{day}-{month}-'{year[2:]}")
    return rng.choice(forms)


def _dictated(said: str, gold: Gold | None, rng: random.Random) -> str:
    """Small letters and no stops, as dictation without commands."""
    return re.sub(r"[.;:!?](?=\s|$)", " ", said).lower() if gold is None else said.lower()


MUTATIONS: dict[str, Callable[[Note, random.Random], Note]] = {
    "typographic quotes": lambda note, rng: rewritten(note, _quotes, rng),
    "capitals": lambda note, rng: without_offsets_moved("upper", note),
    "small letters": lambda note, rng: without_offsets_moved("lower", note),
    "initials for given names": lambda note, rng: rewritten(note, _initials, rng),
    "dates in other forms": lambda note, rng: rewritten(note, _dates, rng),
    "O for 0 in dates": lambda note, rng: rewritten(note, _scanned, rng),
    "dictation without stops": lambda note, rng: rewritten(note, _dictated, rng),
}
