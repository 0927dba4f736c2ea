"""What of a person's log others read: nothing of a round before it is over, and then all of it on one day.

The entry of whoever presents is made the moment they send their takeaway, those of the reviewers bear the days on which
they sent theirs: on a supervisor's overview or in a form to sign, the moment or the day would tell who presented,
while the text is still read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.domain.organisation import Group
from bot.domain.round import Round
from bot.domain.supervision import Role, SupervisionEvent


async def of_rounds_over(work: Work, events: Iterable[SupervisionEvent]) -> list[SupervisionEvent]:
    """Without entries of rounds that still run; those of a round that is over bear its last day."""
    events = list(events)
    ids = sorted({event.round for event in events if event.round})
    rounds = {round_.id: round_ for round_ in await work.uow.find(Round, id__in=ids)} if ids else {}
    groups = sorted({round_.group for round_ in rounds.values()})
    zones = {g.id: ZoneInfo(g.timezone) for g in await work.uow.find(Group, id__in=groups)} if groups else {}
    seen: list[SupervisionEvent] = []
    for event in events:
        round_ = rounds.get(event.round or "")
        if round_ is None:
            seen.append(event)
        elif round_.closed_at:
            day = round_.closed_at.astimezone(zones[round_.group]).date()
            seen.append(replace(event, days=(day,)))
    return seen


async def rhythm_for_others(work: Work, entries: Sequence[SupervisionEvent]) -> list[SupervisionEvent]:
    """The entries a supervisor counts: who reviews they know anyway, who presented only once the round is over."""
    presented = [entry for entry in entries if entry.role is Role.PRESENTER and entry.round]
    shown = {entry.id: entry for entry in await of_rounds_over(work, presented)}
    hidden = {entry.id for entry in presented} - set(shown)
    return [shown.get(entry.id, entry) for entry in entries if entry.id not in hidden]
