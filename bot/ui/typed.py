"""What a person typed, as a refusal names it."""

from __future__ import annotations

_NAMED = 30
"""Characters of typed words that a refusal repeats."""


def as_typed(text: str) -> str:
    """A few of the words, without marks that nobody sees; for the form that they were typed into and nowhere else."""
    seen = "".join(letter if letter.isprintable() else " " for letter in text)
    short = " ".join(seen.split())
    return short if len(short) <= _NAMED else f"{short[:_NAMED].rstrip()}…"
