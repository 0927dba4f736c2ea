"""Looking for a word in what is stored, in every writing of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path


def in_every_writing(word: str) -> Iterator[bytes]:
    """How a word may look in bytes: as it is, in other encodings, in base64 at each of three offsets, in hex."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield word.encode(encoding)
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + word.encode())
        yield coded[(4 if offset else 0) : -4]
    yield word.encode().hex().encode()


def found_in(folder: Path, *words: str) -> list[str]:
    """Files of a folder that hold one of the words."""
    hits = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        held = path.read_bytes().lower()
        hits += [f"{path.name}: {w}" for w in words for form in in_every_writing(w) if form.lower() in held]
    return hits
