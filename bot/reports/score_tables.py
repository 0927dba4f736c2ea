"""Pasted tables of scores whose rows are instruments: "Instrument | Pre | Post", one line a questionnaire.

They are turned into text that `scores.py` reads: a line an instrument, each score with its week where the head says it.
Dates in the head become weeks. What is no such table stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from bot.reports.score_words import SUM, TIMES, WEEK, runs_backwards

_TIME = re.compile(rf"(?:{TIMES}|{SUM})", re.IGNORECASE)
_NUMBERED = re.compile(rf"(?:{WEEK}\s*)?(\d{{1,2}})", re.IGNORECASE)
Line = tuple[int, str]


def by_instrument(
    lines: Sequence[Line], is_name: Callable[[str], bool], day: Callable[[str], date | None]
) -> list[Line] | None:
    """The lines with each score's week, or None where they are no table with an instrument at the head of each row."""
    rows = [(number, _cells(line)) for number, line in lines]
    if len(rows) < 2 or any(is_name(cell) for cell in rows[0][1]):
        return None
    if not all(len(cells) > 1 and is_name(cells[0]) for _, cells in rows[1:]):
        return None
    width = max(len(cells) for _, cells in rows[1:])
    head = rows[0][1] if len(rows[0][1]) == width - 1 else rows[0][1][1:]
    weeks = _weeks(head, day)
    if len(head) != width - 1 or weeks is None:
        return None
    told = []
    for number, (name, *scores) in rows[1:]:
        pairs = zip(weeks, scores, strict=False)
        points = ", ".join(f"week {week}: {score}" if week else score for week, score in pairs if score not in _EMPTY)
        told.append((number, f"{name} {points}"))
    return told


_EMPTY = frozenset({"", "-", "–"})


def _weeks(head: Sequence[str], day: Callable[[str], date | None]) -> list[int | None] | None:
    """The week of each column, None for a time in words; None at all where the head says something else."""
    days = [day(cell) for cell in head]
    known = [each for each in days if each]
    if known and len(known) == len(head):
        return [(each - known[0]).days // 7 + 1 for each in known] if known == sorted(known) else None
    numbers = [_NUMBERED.fullmatch(cell) for cell in head]
    if head and all(numbers):
        return [int(match[1]) for match in numbers if match]
    in_words = all(_TIME.fullmatch(cell) for cell in head) and not runs_backwards(" ".join(head))
    return [None] * len(head) if head and in_words else None


def _cells(line: str) -> list[str]:
    between = r"\t|;|\|| {2,}" if re.search(r"[\t;|]| {2,}", line) else ","
    return [cell.strip() for cell in re.split(between, line)]
