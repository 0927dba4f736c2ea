"""What a group's forecast is played from: its members' dated facts on the days of its coming rounds.

Own cases count as others may know them (`log_for_others.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of, rhythm_facts
from bot.app.facts.permissions import members
from bot.app.facts.round_planning import modes_as_rotation, rules_of
from bot.domain.availability import review_weight
from bot.domain.caseload import Caseload, Mode, open_review_cap
from bot.domain.chances import window_days
from bot.domain.frequency import Kind, event_days
from bot.domain.organisation import Group, Membership, NeverAssign
from bot.domain.person import Person, Role
from bot.domain.policy import Policy
from bot.domain.round import Round
from bot.rotation.forecast import Coming, Forecast, Settings, Somebody, forecast
from bot.rotation.model import Member
from bot.rotation.presenters import Period

FAR = date.max
CHANGES = ("weekly", "fewer_reviewers", "more_room")
"""What is tried, each alone."""


@dataclass(frozen=True)
class Outlook:
    """A group's forecast, and for each change that lets fewer people miss something the forecast under it."""

    people: dict[str, Person]
    plan: Forecast
    helps: tuple[tuple[str, Forecast], ...]
    policy: Policy


async def outlook_of(work: Work, group: Group, days: Sequence[date]) -> Callable[[], Outlook]:
    """Read everything; what is returned plays the rounds, and takes a moment."""
    policy = await work.policy(group)
    people = {p.id: p for p in await members(work, group) if p.has(Role.THERAPIST)}
    caseloads = await caseloads_of(work, people.values())
    memberships = await work.uow.find(Membership, group=group.id)
    apart = tuple((n.one, n.other) for n in await work.uow.find(NeverAssign) if not n.set_by)
    gone_out = await work.uow.find(Round, group=group.id, published_at__not=None, closed_at=None, cancelled_at=None)
    running = max((each.published_at for each in gone_out if each.published_at), default=None)
    somebody = [await _somebody(work, p, caseloads[p.id], policy, running) for p in people.values()]

    def coming(on: Iterable[date]) -> list[Coming]:
        return [_coming(day, people, caseloads, memberships, policy) for day in on]

    def play() -> Outlook:
        as_is = Settings(
            policy.reviewers_per_case, policy.cadence_weeks * 7, window_days(policy), rules_of(policy),
            never_assign=apart,
        )  # fmt: skip
        plan = forecast(coming(days), somebody, as_is)
        tried = {
            "weekly": (replace(as_is, cadence_days=7), _weekly(days)),
            "fewer_reviewers": (replace(as_is, reviewers=as_is.reviewers - 1), days),
            "more_room": (replace(as_is, more_room=1), days),
        }
        possible = {"weekly": policy.cadence_weeks > 1, "fewer_reviewers": as_is.reviewers > 1, "more_room": True}
        played = [
            (name, forecast(coming(tried[name][1]), somebody, tried[name][0]))
            for name in CHANGES
            if possible[name] and plan.missed
        ]
        better = [(name, each) for name, each in played if len(each.missed) < len(plan.missed)]
        return Outlook(people, plan, tuple(sorted(better, key=lambda each: len(each[1].missed))), policy)

    return play


def _weekly(days: Sequence[date]) -> list[date]:
    """A round each week over the same time."""
    if not days:
        return []
    return [days[0] + timedelta(weeks=n) for n in range((days[-1] - days[0]).days // 7 + 1)]


async def _somebody(
    work: Work, person: Person, caseload: Caseload, policy: Policy, running: datetime | None
) -> Somebody:
    facts = await rhythm_facts(work, person, policy, for_others=True)
    today = work.today(person.timezone)
    latest = {
        kind: max([facts.since, *(d for d in event_days(kind, facts.entries) if facts.since <= d <= today)])
        for kind in Kind
    }
    target = caseload.target_on(today, policy)
    leave = tuple(Period(p.first, p.last or FAR) for p in caseload.periods_of_leave)
    under_way = running.astimezone(ZoneInfo(person.timezone)).date() if running else None
    if under_way and (caseload.on_leave(under_way) or under_way < facts.since):
        under_way = None
    return Somebody(
        person.id, latest[Kind.ANY_EVENT], latest[Kind.OWN_CASE], target.any_event, target.own_case, leave, under_way
    )  # fmt: skip


def _coming(
    day: date,
    people: dict[str, Person],
    caseloads: dict[str, Caseload],
    memberships: Sequence[Membership],
    policy: Policy,
) -> Coming:
    there = [
        person
        for person in people.values()
        if any(m.person == person.id and m.holds_on(day) for m in memberships)
        and (person.leaves_on is None or person.leaves_on > day)
    ]
    last = day + timedelta(days=window_days(policy))
    weights = {p.id: review_weight(caseloads[p.id], day, last) for p in there}
    return Coming(
        day,
        tuple(_member(person, caseloads[person.id], day, policy) for person in there),
        {id: weight for id, weight in weights.items() if weight > 0},
    )


def _member(person: Person, caseload: Caseload, day: date, policy: Policy) -> Member:
    return Member(
        id=person.id,
        mode=modes_as_rotation(caseload.chosen_mode_on(day)),
        capacity=open_review_cap(caseload, day, policy),
        absent=caseload.mode_on(day) is Mode.PAUSED,
        languages=frozenset(person.languages),
        clinic=person.clinic,
        experienced=not caseload.is_novice(day, policy),
    )
