"""What small groups' numbers say of each of their people, and how it is said less exactly.

Where a group of five has 0 % or 100 %, this holds for each of the five. So in groups of fewer than twice the report's
minimum a share above 90 % is said as "over 90 %", one below 10 % as "under 10 %", and so few cases or reviews that they
could be nobody's as "under" the minimum. That must not be had by subtraction either: a group that says less in one
column is joined with another one, as small groups are (`suppression.py`), and only lines of whole joined groups stay
exact in this column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.reports.suppression import Atoms, Cell, Group, merged

if TYPE_CHECKING:
    from bot.reports.quarterly import Numbers, Row

HIGH, LOW = 90, 10
SHARES = ("coverage", "on_time", "own_within", "gap_within")
COUNTS = ("cases", "reviews")


class Over(int):
    """More than this; how much more is not said."""

    def __repr__(self) -> str:
        return f"> {int(self)}"


class Under(int):
    """Less than this; how much less is not said."""

    def __repr__(self) -> str:
        return f"< {int(self)}"


def is_range(value: object) -> bool:
    """Whether a number is only a bound."""
    return isinstance(value, Over | Under)


def exact_lines(
    atoms: Atoms, numbers: Mapping[frozenset[Cell], Numbers], others: Mapping[frozenset[Cell], int], minimum: int
) -> dict[str, Atoms]:
    """For each column what has to be joined; a line is exact in it where it is made of whole joined groups.

    `numbers` and `others` (people besides readers) are those of each atom.
    """
    found = {}
    for name in (*SHARES, *COUNTS):
        telling = {a for a in atoms.atoms if others[a] < 2 * minimum and _tells(name, numbers[a], minimum)}
        found[name] = merged({atom: 1 if atom in telling else 2 for atom in atoms.atoms}, 2)
    return found


def ranged(exact: Mapping[str, Atoms], group: Group) -> frozenset[str]:
    """The columns in which a line is not exact."""
    return frozenset(name for name, lines in exact.items() if not lines.shows(group))


def said(row: Row, minimum: int) -> Row:
    """A line as it is shown: bounds, or nothing, in the columns in which it is not exact."""
    if row.numbers is None or not row.ranged:
        return row
    values: dict[str, Any] = {name: _said(name, row.numbers, minimum) for name in row.ranged}
    if "on_time" in row.ranged:
        values["met"] = None
    trend = None if "on_time" in row.ranged else row.trend
    return replace(row, numbers=replace(row.numbers, **values), trend=trend)


def together(values: Sequence[int | None], exact: int | None) -> int | None:
    """What a year may say of a number that its quarters say so: exact only where each of them is."""
    known = [value for value in values if value is not None]
    if len(known) == len(values) and not any(is_range(value) for value in known):
        return exact
    if known and len(known) == len(values) and all(value >= HIGH for value in known):
        return Over(HIGH)
    if known and len(known) == len(values) and all(isinstance(value, Under) or value < LOW for value in known):
        return Under(LOW)
    return None


def _tells(name: str, numbers: Numbers, minimum: int) -> bool:
    """Whether a number may hold for each person; that nothing was done where nothing was asked tells of nobody."""
    value: int | None = getattr(numbers, name)
    if value is None:
        return False
    if name in COUNTS:
        return value < minimum and bool(value or numbers.asked)
    return not LOW <= value <= HIGH


def _said(name: str, numbers: Numbers, minimum: int) -> int | None:
    value: int | None = getattr(numbers, name)
    if is_range(value):
        return value
    if value is None or not _tells(name, numbers, minimum):
        return None
    if name in COUNTS:
        return Under(minimum)
    return Over(HIGH) if value > HIGH else Under(LOW)
