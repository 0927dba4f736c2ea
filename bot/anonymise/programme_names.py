"""The name of a programme is made of few words: conditions, treatments, known programmes. Others may be a person's.

A field of one phrase has no sentence around it, by which a recogniser could tell "Depression Schmidt" from "Angst". So
the words of such a field are compared with a list: what is on it is kept, whatever the recognisers think it is; what
is not on it is masked, and its author may keep it. A clinic adds its own programmes with `[anonymise] allow`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from bot.anonymise.finding import Span

FIELDS = frozenset({"programme"})
"""The fields that hold the name of a programme and nothing else."""
_WORD = re.compile(r"[^\W\d_](?:[.'’]?[^\W\d_])*")
_LINKS = ("", "s", "en", "n", "e", "es", "ens")
"""What stands between the parts of a compound: "Angst-störung-s-kurs"."""
_SHORTEST_PART = 5
"""Shorter parts make surnames: "Land-er", "Min-der"."""
_UNSURE = frozenset({"NAME", "ORG", "PLACE", "USERNAME"})


@cache
def words(*lists: str) -> frozenset[str]:
    """Every word of these lists, without case; without a name of all of them."""
    table = tomllib.loads((Path(__file__).parent / "vocabulary" / "programmes.toml").read_text(encoding="utf-8"))
    return frozenset(word for name, listed in table.items() if not lists or name in lists for word in listed.split())


def is_known(word: str) -> bool:
    """Whether a word is on the list, or is made of two or three that are."""
    plain = word.casefold()
    return plain in words() or _compound(plain, 3)


def _compound(word: str, parts: int) -> bool:
    if parts == 0:
        return False
    for end in range(_SHORTEST_PART, len(word) + 1):
        if word[:end] not in words("conditions", "therapy"):
            continue
        rest = word[end:]
        if any(rest == link or (rest.startswith(link) and _compound(rest[len(link) :], parts - 1)) for link in _LINKS):
            return True
    return False


def checked(text: str, found: Sequence[Span], allowed: Iterable[str] = ()) -> list[Span]:
    """What was found in a programme's name, without what is on the list, and with every word that is not.

    `allowed` are the clinic's own names, without case. What cannot be kept (a date, an id) and a name of the
    group stay as they were found.
    """
    own = [match.span() for phrase in allowed for match in re.finditer(re.escape(phrase), text.casefold())]
    unknown = [
        match.span()
        for match in _WORD.finditer(text)
        if not is_known(match.group()) and not any(start <= match.start() and match.end() <= end for start, end in own)
    ]
    kept = [span for span in found if not _lets_go(span) or any(_overlap(span, each) for each in unknown)]
    spans = [Span(start, end, "NAME", "check", 0.5, "programme") for start, end in _joined(text, unknown)]
    return sorted([*kept, *(span for span in spans if not _inside(span, kept))], key=lambda span: span.start)


def _lets_go(span: Span) -> bool:
    return span.cls in _UNSURE and not span.hard and span.recogniser not in {"given", "remembered"}


def _joined(text: str, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Neighbours with nothing but blanks between as one: a name of two words is one name."""
    before: tuple[int, int] | None = None
    for start, end in places:
        if before and not text[before[1] : start].strip():
            before = (before[0], end)
            continue
        if before:
            yield before
        before = (start, end)
    if before:
        yield before


def _overlap(span: Span, place: tuple[int, int]) -> bool:
    return span.start < place[1] and place[0] < span.end


def _inside(span: Span, others: Sequence[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)
