"""Notes and their gold spans: from JSON lines, or from text with `[CLS|words]` around what must be masked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
_MARK = re.compile(r"\[(~?)([A-Z0-9]+)\|([^\]]*)\]")


@dataclass(frozen=True)
class Gold:
    """A place in a note; a miss of one that is not `soft` is a leak."""

    start: int
    end: int
    cls: str
    soft: bool


@dataclass(frozen=True)
class Note:
    """One note as a therapist wrote it."""

    id: str
    lang: str
    text: str
    gold: tuple[Gold, ...]


def development() -> list[Note]:
    """The project's development set."""
    lines = (DATA / "notes_dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [_from_json(json.loads(line)) for line in lines]


def by_hand() -> list[Note]:
    """The notes written after the recognisers."""
    return _marked_file("notes_by_hand.txt")


def everyday() -> list[Note]:
    """Notes in the manner of busy therapists: measured before they were looked at, never trained on."""
    return _marked_file("notes_everyday.txt")


def _marked_file(name: str) -> list[Note]:
    blocks = re.split(r"(?m)^## ", (DATA / name).read_text(encoding="utf-8"))[1:]
    notes = []
    for block in blocks:
        head, _, body = block.partition("\n")
        name, lang, _style = head.split()
        notes.append(marked(name, lang, body.strip()))
    return notes


def sealed(name: str) -> bool:
    """One note of three, by a hash of its name: not looked at before a release, trained on by nothing."""
    return hashlib.sha256(name.encode()).digest()[0] % 3 == 0


def marked(name: str, lang: str, body: str) -> Note:
    """A note from its marked text."""
    text, gold, at = "", list[Gold](), 0
    for match in _MARK.finditer(body):
        text += body[at : match.start()]
        gold.append(Gold(len(text), len(text) + len(match.group(3)), match.group(2), bool(match.group(1))))
        text, at = text + match.group(3), match.end()
    return Note(name, lang, text + body[at:], tuple(gold))


def without_offsets_moved(change: str, note: Note) -> Note:
    """The note in small letters or in capitals; letters that would change in number stay."""
    turned = (getattr(c, change)() for c in note.text)
    text = "".join(t if len(t) == 1 else c for t, c in zip(turned, note.text, strict=True))
    return Note(note.id, note.lang, text, note.gold)


def _from_json(value: dict) -> Note:  # type: ignore[type-arg]  # one of our own files
    gold = tuple(Gold(s["start"], s["end"], s["cls"], s["tier"] == "soft") for s in value["spans"])
    return Note(value["id"], value["lang"], value["text"], gold)


def words(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every word or number."""
    return ((m.start(), m.end()) for m in re.finditer(r"\w+(?:['’-]\w+)*", text))
