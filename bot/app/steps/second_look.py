"""The second look in time: who may take it, who is told, what happens when nobody does.

A case that waits holds up nothing: a round is planned and published without it, its author and the supervisors are
told, and it joins the next one. Nobody looks at a case they present, none who stepped out or is kept apart from its
presenter does; on leave goes last. Whoever opened the text never reviews the case (`round_planning.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of, caseloads_of
from bot.app.facts.deadlines import group_deadline, start_of_day
from bot.app.facts.permissions import SUPERVISES, groups_of, members
from bot.app.facts.second_looks import CLOCKS, end_look, open_look, stepped_out
from bot.app.steps.retention_rules import ACTOR
from bot.app.steps.withdrawal import withdraw
from bot.domain.case import Case
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person, Role
from bot.domain.policy import Policy, SecondLookRule
from bot.domain.round import Round
from bot.domain.second_look import LookEnd, SecondLook
from bot.ports.records import Audited
from bot.ports.unit_of_work import those

ENOUGH = 2
LEAST_DAYS = 7
"""A case that was sent back is kept at least so long for its author, however short the policy keeps texts."""


def wanted(policy: Policy, left: int) -> bool:
    """Whether a case is to be looked at; `left` doubtful or telling words were kept by its author."""
    return policy.second_look is SecondLookRule.ALWAYS or (policy.second_look is SecondLookRule.FLAGGED and left > 0)


async def ask(work: Work, case: Case) -> SecondLook:
    """The case waits from now on; who may look is told, and told again halfway."""
    group = await work.uow.get(Group, case.group)
    policy = await work.policy(group)
    await work.uow.save(case.ask_for_look(work.now))
    look = SecondLook(
        id=work.tools.ids.new("look"),
        organisation=work.uow.organisation,
        case=case.id,
        asked_at=work.now,
        until=await group_deadline(work, group, policy.second_look_working_days),
    )
    await work.uow.add(look)
    await _set_clocks(work, case, look)
    await _tell_lookers(work, case, look, "look_wanted")
    return look


async def lookers(work: Work, case: Case) -> list[Person]:
    """Who is to look: supervisors of the case's group, else those who plan for all; who is there before who is away."""
    out = await _out(work, case)
    inside = await _inside(work, case, out)
    caseloads = await caseloads_of(work, inside)
    if there := [p for p in inside if not caseloads[p.id].on_leave(work.today(p.timezone))]:
        return there
    outside = [p for p in await _for_all(work) if p.id not in out]
    caseloads = await caseloads_of(work, outside)
    return [p for p in outside if not caseloads[p.id].on_leave(work.today(p.timezone))] or inside or outside


async def may_look(work: Work, case: Case, person: Person) -> bool:
    """Whether this supervisor may open the text: in the case's group, or because nobody of the group can today.

    Only what is about this person is asked, as far as it decides.
    """
    if not (person.active and person.has(Role.SUPERVISOR)):
        return False
    groups = {group.id for group in await groups_of(work, person)}
    out = await _out(work, case)
    if person.id in out or (groups and case.group not in groups):
        return False
    return bool(groups) or person.id in {p.id for p in await lookers(work, case)}


async def looks_for(work: Work, person: Person) -> list[tuple[SecondLook, Case]]:
    """The open looks this supervisor may take, the earliest needed first."""
    mine = [group.id for group in await groups_of(work, person)]
    of_mine: dict[str, Any] = {"case__of": those(Case, group__in=mine)} if mine else {}
    looks = await work.uow.find(SecondLook, end=None, order=("until", "id"), **of_mine)
    cases = {case.id: case for case in await work.uow.find(Case, id__in=[look.case for look in looks])}
    left = set(cases) if mine else await _nobody_inside(work, list(cases.values()))
    found = [(look, cases[look.case]) for look in looks if look.case in left]
    return [each for each in found if not each[1].held_at and await may_look(work, each[1], person)]


async def _nobody_inside(work: Work, cases: Sequence[Case]) -> set[str]:
    """The cases at which no supervisor of their group can look today; asked for all of them at once."""
    ids = [case.id for case in cases]
    out: defaultdict[str, set[str]] = defaultdict(set)
    for case, presenter in (await work.uow.presenters(ids)).items():
        out[case].add(presenter)
    for look in await work.uow.find(SecondLook, case__in=ids) if ids else []:
        out[look.case] |= set(look.stepped_out)
    groups = sorted({case.group for case in cases})
    leading = await work.uow.find(Membership, group__in=groups, person__of=SUPERVISES)
    people = await work.uow.find(Person, id__in=sorted({each.person for each in leading}))
    caseloads = await caseloads_of(work, people)
    there = {p.id for p in people if not caseloads[p.id].on_leave(work.today(p.timezone))}
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for each in leading:
        if each.person in there and each.holds_on(work.now.date()):
            inside[each.group].add(each.person)
    return {case.id for case in cases if not inside[case.group] - out[case.id]}


async def short_of_lookers(work: Work) -> list[Group]:
    """Groups that ask for second looks and have fewer than two supervisors for them: nobody takes their own."""
    found = await work.uow.find(Group, closed_on=None, order=("name",))
    asking = [group for group in found if (await work.policy(group)).second_look is not SecondLookRule.OFF]
    if not asking:
        return []
    for_all = len(await _for_all(work))
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for each in await work.uow.find(Membership, group__in=[group.id for group in asking], person__of=SUPERVISES):
        if each.holds_on(work.now.date()):
            inside[each.group].add(each.person)
    return [group for group in asking if for_all + len(inside[group.id]) < ENOUGH]


async def needed_by(work: Work, case: Case, look: SecondLook) -> datetime:
    """Until when a look still helps: its own day, or the publication of the case's round before it."""
    round_ = await work.uow.get(Round, case.round) if case.round else None
    return min(look.until, round_.publish_at) if round_ and round_.publish_at > look.asked_at else look.until


async def remind(work: Work, id: str) -> None:
    """Halfway nobody has decided: who can look today hears of it again, or for the first time."""
    look = await work.uow.get(SecondLook, id)
    case = await work.uow.get(Case, look.case)
    if look.open and not case.held_at:
        await _tell_lookers(work, case, look, "look_reminder")


async def ask_others(work: Work, case: Case) -> None:
    """Somebody stepped out: who can look now is told, as far as they were not before."""
    look = await open_look(work, case)
    if look:
        await _tell_lookers(work, case, look, "look_wanted")


async def over_time(work: Work, id: str) -> None:
    """The day is over and nobody looked: the policy decides. By default the case stays out and people are told."""
    look = await work.uow.get(SecondLook, id)
    case = await work.uow.get(Case, look.case)
    if not look.open or case.held_at:
        return
    presenter = await work.uow.presenter(case.id)
    if (await work.policy(await work.uow.get(Group, case.group))).second_look_unseen:
        await end_look(work, look.over(LookEnd.UNSEEN, work.now))
        await work.uow.save(case.look_over())
        await work.uow.audit(Audited.LOOK_UNSEEN, ACTOR, case.id, work.now)
        await work.tell(presenter, "look_unseen", case.id, key=look.id, slot=f"case:{case.id}")
        for person in await lookers(work, case):
            await work.tell(person.id, "look_unseen_supervisor", case.id, key=look.id)
        return
    await work.uow.save(look.late(work.now))
    await _tell_lookers(work, case, look, "look_late")
    await work.tell(presenter, "look_waits", case.id, key=look.id, slot=f"case:{case.id}")


async def left_out(work: Work, case: Case) -> None:
    """A round goes on without the case: its author hears why, and so does who could have looked."""
    key = f"{work.now:%Y-%m-%d}"
    presenter = await work.uow.presenter(case.id)
    if case.sent_back_at:
        await work.tell(presenter, "look_returned_missed", case.id, key=key, slot=f"case:{case.id}")
        return
    await work.tell(presenter, "look_missed", case.id, key=key, slot=f"case:{case.id}")
    look = await open_look(work, case)
    if look:
        await _tell_lookers(work, case, look, "look_late", key)


async def give_back(work: Work, case: Case, look: SecondLook) -> None:
    """The author is told, reminded after the days a look may take, and the case is not kept for ever."""
    await work.tell(await work.uow.presenter(case.id), "look_returned", case.id, key=look.id, slot=f"case:{case.id}")
    policy = await work.policy(await work.uow.get(Group, case.group))
    reminder = await group_deadline(work, await work.uow.get(Group, case.group), policy.second_look_working_days)
    await work.uow.wake("look.author", look.id, reminder)


async def author_silent(work: Work, id: str) -> None:
    """The author of a case that was sent back is reminded once; after the policy's days for texts it is withdrawn."""
    look = await work.uow.get(SecondLook, id)
    case = await work.uow.get(Case, look.case)
    if not case.sent_back_at or case.sent_back_at != look.ended_at or not case.open:
        return
    presenter = await work.uow.get(Person, await work.uow.presenter(case.id))
    if (later := await _later(work, case, presenter)) is not None:
        await work.uow.wake("look.author", look.id, later)
        return
    policy = await work.policy(await work.uow.get(Group, case.group))
    end = case.sent_back_at + timedelta(days=max(policy.text_days, LEAST_DAYS))
    if work.now < end:
        await work.tell(presenter.id, "look_author_reminder", case.id, key=look.id, slot=f"case:{case.id}")
        await work.uow.wake("look.author", look.id, end)
        return
    await withdraw(work, case, ACTOR)
    await work.tell(presenter.id, "look_withdrawn", case.id, code=case.code)


async def go_on(work: Work, case: Case, until: datetime) -> None:
    """A hold ended: the look has the working days it had left."""
    look = await open_look(work, case)
    if look:
        look = await work.uow.save(replace(look, until=until))
        await _set_clocks(work, case, look)


async def _later(work: Work, case: Case, presenter: Person) -> datetime | None:
    """When to look again at a case whose author can do nothing now: on hold, or away."""
    if case.held_at:
        return work.now + timedelta(days=1)
    away = (await caseload_of(work, presenter)).leave_on(work.today(presenter.timezone))
    if away is None:
        return None
    if away.last is None:
        return work.now + timedelta(days=7)
    return start_of_day(away.last + timedelta(days=1), presenter.timezone)


async def _out(work: Work, case: Case) -> set[str]:
    """Who never looks: whoever presents, and who stepped out.

    Who keeps apart from whom does not count: who is not asked to look would read from it who presents.
    """
    (presenter,) = (await work.uow.presenters([case.id])).values()
    return {presenter, *await stepped_out(work, case)}


async def _inside(work: Work, case: Case, out: Collection[str]) -> list[Person]:
    """The supervisors of the case's group without a part in it, by name."""
    people = await members(work, await work.uow.get(Group, case.group))
    return [p for p in people if p.has(Role.SUPERVISOR) and p.id not in out]


async def _for_all(work: Work) -> list[Person]:
    """Supervisors who belong to no group today and plan for all, by name."""
    asked: dict[str, Any] = {"removed_at": None, "roles__has": Role.SUPERVISOR.value}
    ids = [id for (id,) in await work.uow.columns(Person, ("id",), **asked)]
    today = work.now.date()
    rows = await work.uow.columns(Membership, ("person", "joined_on", "left_on"), person__in=ids)
    inside = {person for person, joined, left in rows if joined <= today and (left is None or today <= left)}
    free = [id for id in ids if id not in inside]
    return await work.uow.find(Person, id__in=free, order=("name",)) if free else []


async def _set_clocks(work: Work, case: Case, look: SecondLook) -> None:
    halfway = work.now + (await needed_by(work, case, look) - work.now) / 2
    for clock, at in zip(CLOCKS, (halfway, look.until), strict=True):
        await work.uow.wake(clock, look.id, max(at, work.now))


async def _tell_lookers(work: Work, case: Case, look: SecondLook, card: str, key: str = "") -> None:
    for person in await lookers(work, case):
        await work.tell(person.id, card, look.id, key=key, slot=f"look:{look.id}")
