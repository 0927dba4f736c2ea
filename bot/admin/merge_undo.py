"""Taking back that two groups or clinics were merged, or that a group or an empty clinic was closed.

What was moved is noted by id before the step and goes back from where it is then; what came since stays where it came.
Rounds and cases that ended with a group stay ended: their members were told, and texts are erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.app.context import Work
from bot.app.facts.deadlines import start_of_day
from bot.app.steps.departure import ONE_DAY
from bot.app.steps.own_moments import set_moments_anew
from bot.app.steps.series_store import follow
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import SeriesEntry


async def noted(work: Work, place: Clinic | Group, into: str = "") -> dict[str, Any]:
    """What would be moved to `into` or ended, as ids, days and settings: enough to put it back."""
    if isinstance(place, Clinic):
        people = await work.uow.columns(Person, ("id", "timezone"), clinic=place.id)
        series = await work.uow.columns(SeriesEntry, ("id",), clinic=place.id, ended_at=None)
        return {
            "clinic": place.id,
            "into": into,
            "duty": place.duty_supervisor,
            "deputy": place.deputy_supervisor,
            "people": [list(row) for row in people],
            "series": [id for (id,) in series],
        }
    members = await work.uow.find(Membership, group=place.id)
    series_of = await work.uow.find(SeriesEntry, group=place.id)
    return {
        "group": place.id,
        "members": [[m.id, m.person, str(m.joined_on), str(m.left_on or ""), m.cover] for m in members],
        "rounds": [id for (id,) in await work.uow.columns(Round, ("id",), group=place.id)],
        "cases": [id for (id,) in await work.uow.columns(Case, ("id",), group=place.id)],
        "series": [[s.id, _iso(s.ended_at), _iso(s.next_at)] for s in series_of],
    }


async def put_back(work: Work, data: Mapping[str, Any]) -> Clinic | Group:
    """Everything noted is where it was; the place is open again."""
    return await _clinic(work, data) if "clinic" in data else await _group(work, data)


async def _clinic(work: Work, data: Mapping[str, Any]) -> Clinic:
    gone = await work.uow.get(Clinic, data["clinic"])
    duty = {"duty_supervisor": data["duty"], "deputy_supervisor": data["deputy"]}
    gone = await work.uow.save(replace(gone, closed_on=None, **duty))
    zones = dict(data["people"])
    for person in await work.uow.find(Person, id__in=sorted(zones)) if zones else ():
        if person.clinic == data["into"]:  # whoever has moved on meanwhile stays there
            back = await work.uow.save(replace(person, clinic=gone.id, timezone=zones[person.id]))
            await set_moments_anew(work, back)
    for series in await work.uow.find(SeriesEntry, id__in=data["series"]) if data["series"] else ():
        await follow(work, await work.uow.save(replace(series, clinic=gone.id)))
    return gone


async def _group(work: Work, data: Mapping[str, Any]) -> Group:
    gone = await work.uow.get(Group, data["group"])
    gone_on = gone.closed_on
    gone = await work.uow.save(replace(gone, closed_on=None))
    there = {m.id: m for m in await work.uow.find(Membership, id__in=[row[0] for row in data["members"]])}
    active = {id for (id,) in await work.uow.columns(Person, ("id",), removed_at=None)}
    for id, person, joined, left, cover in data["members"]:
        until = date.fromisoformat(left) if left else None
        if id in there:
            ended_with_it = there[id].left_on == gone_on and person in active
            held = {"left_on": until, "cover": cover} if ended_with_it else {}
            await work.uow.save(replace(there[id], group=gone.id, **held))
            if ended_with_it:
                ends = start_of_day(until + ONE_DAY, gone.timezone) if until else None
                await work.uow.wake("membership.ends", id, ends)
            continue
        # It lay within one of the other group's and was taken away.
        first = date.fromisoformat(joined)
        await work.uow.add(Membership(id, work.uow.organisation, gone.id, person, first, until, cover))
    for round_ in await work.uow.find(Round, id__in=data["rounds"]) if data["rounds"] else ():
        await work.uow.save(replace(round_, group=gone.id))
    for case in await work.uow.find(Case, id__in=data["cases"]) if data["cases"] else ():
        await work.uow.save(replace(case, group=gone.id))
    for id, ended, following in data["series"]:
        series = await work.uow.get(SeriesEntry, id)
        next_at = _moment(following)
        await work.uow.save(replace(series, group=gone.id, ended_at=_moment(ended), next_at=next_at))
        await work.uow.wake("series.open", id, next_at)
    return gone


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
