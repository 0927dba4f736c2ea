"""Asking for cases when too few come: in fair order, privately, with a one-tap "not this time"."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.permissions import members
from bot.domain.case import Case
from bot.domain.caseload import Caseload
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person, Role
from bot.domain.policy import Policy
from bot.domain.round import Round, RoundStatus
from bot.ports.records import LogEntry
from bot.rotation.presenters import Period, Presenter, to_ask

FAR = date.max
ASKS = frozenset({"please_present"})
"""Messages that ask somebody by name for a case."""


async def ask_presenters(work: Work, id: str) -> None:
    """At the start and halfway: as many people as cases are missing are asked, whoever has waited longest first."""
    round_ = await work.uow.get(Round, id)
    if round_.status is not RoundStatus.COLLECTING:
        return
    halfway = round_.opened_at + (round_.publish_at - round_.opened_at) / 2
    if work.now < halfway:
        await work.uow.wake("round.ask", id, halfway)
    group = await work.uow.get(Group, round_.group)
    policy = await work.policy(group)
    submitted = frozenset(
        [await work.uow.presenter(c.id) for c in await work.uow.find(Case, round=id, withdrawn_at=None)]
    )
    wanted = to_ask(
        await _presenters(work, group, policy),
        work.today(group.timezone),
        policy.cadence_weeks * 7,
        submitted,
        frozenset(round_.passed),
        round_.seed,
    )
    people = [turn.presenter for turn in wanted if turn.presenter not in round_.asked]
    await work.uow.save(round_.ask(people))
    for person in people:
        await work.tell(person, "please_present", round_.id, slot=f"round:{round_.id}")


async def _presenters(work: Work, group: Group, policy: Policy) -> list[Presenter]:
    people = [p for p in await members(work, group) if p.has(Role.THERAPIST)]
    caseloads = await caseloads_of(work, people)
    joined = {m.person: m.joined_on for m in await work.uow.find(Membership, group=group.id)}
    rounds = await work.uow.find(Round, group=group.id)
    out = await _under_way(work, group)
    return [await _presenter(work, p, caseloads[p.id], max(joined[p.id], out.get(p.id, joined[p.id])), rounds, policy)
            for p in people]  # fmt: skip


async def _under_way(work: Work, group: Group) -> dict[str, date]:
    """The day on which the latest own case of each presenter went out that is not in the log yet."""
    cases = await work.uow.columns(
        Case, ("id", "published_at"), group=group.id, published_at__not=None, closed_at=None, withdrawn_at=None
    )
    authors = await work.uow.presenters([id for id, _ in cases])
    found: dict[str, date] = {}
    for id, published in cases:
        day = published.astimezone(ZoneInfo(group.timezone)).date()
        found[authors[id]] = max(day, found.get(authors[id], day))
    return found


async def _presenter(
    work: Work, person: Person, caseload: Caseload, since: date, rounds: list[Round], policy: Policy
) -> Presenter:
    """Waiting since they last presented, on the round's own day, or joined."""
    presented = await work.uow.find(LogEntry, person=person.id, role="presenter", order=("-day",), limit=1)
    last = (presented[0].counts_on or presented[0].day) if presented else since
    day = work.today(person.timezone)
    leave = tuple(Period(p.first, p.last or FAR) for p in caseload.periods_of_leave)
    passed = tuple(
        Period(_day(r.opened_at, person), _day(r.publish_at, person)) for r in rounds if person.id in r.passed
    )
    return Presenter(
        id=person.id,
        since=max(since, last),
        target_days=caseload.target_on(day, policy).own_case,
        leave=leave,
        not_this_time=passed,
    )


def _day(moment: datetime, person: Person) -> date:
    return moment.astimezone(ZoneInfo(person.timezone)).date()
