"""What a step left behind, as it stands now: where something later changed it, an older Undo is refused.

`remember` notes it, `take_back` compares. Undone one after the other from the newest on, each step finds what it left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.app.context import Work
from bot.app.steps.assignment_undo import unchanged
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Closure, Group
from bot.domain.person import Person
from bot.ports.records import ExperienceEntry, FteEntry, LeaveEntry, LimitEntry, ModeEntry

WORKING_TIME: Mapping[str, type[FteEntry | LimitEntry | ExperienceEntry]] = {
    "share": FteEntry,
    "limit": LimitEntry,
    "experience": ExperienceEntry,
}


async def standing(work: Work, what: str, data: Mapping[str, Any]) -> list[Any] | None:
    """The facts that a kind of step changes, as plain values; None for a kind whose undo compares for itself."""
    match what:
        case "leave":
            return await _leave(work, data["person"], [data])
        case "leaves":
            return await _leave(work, data["person"], data["steps"])
        case "mode":
            return await _mode(work, data)
        case "work":
            return await _working_time(work, data)
        case "closure":
            found = await work.uow.find(Closure, id=data["closure"])
            return [[c.clinic, f"{c.first_day}", f"{c.last_day}", c.name] for c in found]
        case "policy":
            return [await _policy(work, data["whose"], data["name"])]
        case "staff":
            person = await work.uow.get(Person, data["person"])
            return [{name: asdict(person)[name] for name in data["before"]}, sorted(person.roles)]
        case "round.fewer":
            case = await work.uow.get(Case, data["case"])
            return [case.reviewers, case.round, case.under_review(work.now)]
        case "hand_over" | "swap.taken":
            return [any([await unchanged(work, case, data) for case in data["ended"]]) or not data["ended"]]
    return None


async def _leave(work: Work, person: str, steps: list[Mapping[str, Any]]) -> list[str]:
    """The entries that hold in the days of those that were made or cancelled."""
    touched = [await work.uow.get(LeaveEntry, id) for step in steps for id in (*step["made"], *step["cancelled"])]
    holding = await work.uow.find(LeaveEntry, person=person, cancelled_at=None)
    return sorted(
        e.id for e in holding if any(_meet((e.first_day, e.last_day), (t.first_day, t.last_day)) for t in touched)
    )


async def _mode(work: Work, data: Mapping[str, Any]) -> list[str]:
    """The switches that hold in the days of those that were made or cancelled."""
    touched = [await work.uow.get(ModeEntry, id) for id in (*data["made"], *data["cancelled"])]
    holding = await work.uow.find(ModeEntry, person=data["person"], cancelled_at=None)
    return sorted(
        e.id for e in holding if any(_meet((e.from_day, e.until_day), (t.from_day, t.until_day)) for t in touched)
    )


async def _working_time(work: Work, data: Mapping[str, Any]) -> list[Any]:
    """The entries of the kinds that were touched, and the weekdays where these changed."""
    found: list[Any] = []
    for kind in sorted({*data["made"], *data["cancelled"]}):
        entries = await work.uow.find(WORKING_TIME[kind], person=data["person"])
        found.append([e.id for e in entries if isinstance(e, ExperienceEntry) or e.cancelled_at is None])
    if data["weekdays"]:
        found.append(list((await work.uow.get(Person, data["person"])).weekdays))
    return found


async def _policy(work: Work, whose: str, name: str) -> Any:
    if whose in {"", work.uow.organisation}:
        return (await work.organisation()).policy.get(name)
    places: list[Clinic | Group] = [*await work.uow.find(Clinic, id=whose), *await work.uow.find(Group, id=whose)]
    return next((place.policy.get(name) for place in places), None)


def _meet(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Whether two periods, open-ended without a last day, share a day."""
    return one[0] <= (other[1] or date.max) and other[0] <= (one[1] or date.max)
