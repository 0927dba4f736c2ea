"""Themes and the change of a share, counted the slow way from raw records, as docs/reports.md says it."""

from __future__ import annotations

from datetime import date

from bot.domain.person import Role
from tests.app.slow_report import Slow, own_day


def themes(slow: Slow, first: date, last: date, minimum: int) -> list[tuple[str, int]]:
    """Each theme of the quarter's cases that so many presenters besides managers had, most frequent first.

    Where the cases without any shown theme come from fewer, the rarest shown theme is hidden too.
    """
    people = {p.id: p for p in slow.f.people}
    there = slow.sheets(first, last)
    cases = []
    for case in slow.f.cases:
        p = people.get(slow.f.presenters.get(case.id, ""))
        is_in = p and p.id in there and case.published_at and not case.withdrawn_at
        if p and is_in and first <= own_day(p, case.published_at) <= last:
            cases.append((p, set(case.themes)))

    def others(of: list[set[str]]) -> int:
        return len({p.id for p, named in cases if named in of and Role.MANAGER not in p.roles})

    counts = {name: sum(name in named for _, named in cases) for _, each in cases for name in each}
    shown = [n for n in counts if others([named for _, named in cases if n in named]) >= minimum]
    shown.sort(key=lambda name: (-counts[name], name))
    while shown:
        rest = [named for _, named in cases if not named & set(shown)]
        if not rest or others(rest) >= minimum:
            break
        shown.pop()
    return [(name, counts[name]) for name in shown]
