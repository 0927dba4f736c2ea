"""Load a record the person may act on, or raise a named refusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

from bot.app.context import Context, Work
from bot.app.facts.second_looks import left_by
from bot.app.facts.supervisors import AT_ONCE, are_many, first_there, there_on
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case, NotYourCase, NotYourReview
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person, Role
from bot.domain.policy import Policy
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.errors import Refusal
from bot.ports.records import FteEntry, LeaveEntry, LimitEntry, ModeEntry, UndoStep
from bot.ports.unit_of_work import NotFound, those

_Entry = TypeVar("_Entry", FteEntry, LeaveEntry, LimitEntry, ModeEntry)


class NotInAGroup(Refusal):
    """Presenting and reviewing happen within a group; the person belongs to none today."""


class NotFoundHere(Refusal):
    """Nothing with this id that the person may know of (also the answer for another organisation's id)."""


async def my_case(ctx: Context, id: str) -> Case:
    """A case the person presented; anything else is refused alike, whether it exists or not."""
    if id not in await ctx.uow.cases_of(ctx.me.id):
        raise NotYourCase
    return await ctx.uow.get(Case, id)


async def my_assignment(ctx: Context, id: str) -> tuple[Assignment, Case]:
    """A published assignment of the person with its case; ended ones are refused."""
    try:
        assignment = await ctx.uow.get(Assignment, id)
    except NotFound:
        raise NotYourReview from None
    if assignment.reviewer != ctx.me.id or not assignment.readable:
        raise NotYourReview
    return assignment, await ctx.uow.get(Case, assignment.case)


MOST_GROUPS = 50
"""So many groups, or rounds, or series of all groups, are listed at once; a form asks for the name of one of more."""
SUPERVISES = those(Person, removed_at=None, roles__has=Role.SUPERVISOR.value)
"""For `person__of`."""
OPEN_CASE = those(Case, closed_at=None, withdrawn_at=None)
"""For `case__of`: a case that goes on; somebody who has been here for years has hundreds that do not."""


async def cases_of_assignments(work: Work, assignments: Iterable[Assignment]) -> dict[str, Case]:
    """The cases of these assignments by id, in one query."""
    return {
        case.id: case
        for case in await work.uow.find(Case, id__in=sorted({assignment.case for assignment in assignments}))
    }


async def my_groups(ctx: Context) -> list[Group]:
    """The groups the person belongs to today, by name."""
    return await groups_of(ctx, ctx.me)


async def groups_of(work: Work, person: Person) -> list[Group]:
    """The groups somebody belongs to today, by name."""
    rows = await work.uow.find(Membership, person=person.id)
    ids = [m.group for m in rows if m.holds_on(work.today(person.timezone))]
    return await work.uow.find(Group, id__in=ids, order=("name",))


async def person_policy(work: Work, person: Person) -> Policy:
    """The numbers that hold for a person: those of their first group, else the organisation's."""
    groups = await groups_of(work, person)
    return await work.policy(groups[0] if groups else None)


async def supervised(ctx: Context, id: str) -> Person:
    """A member of the groups this supervisor plans for; anybody else is refused alike, whether they exist or not."""
    if ctx.me.has(Role.SUPERVISOR):
        for person in await ctx.uow.find(Person, id=id, removed_at=None):
            theirs, mine = await groups_of(ctx, person), {group.id for group in await my_groups(ctx)}
            if any(group.id in mine or not mine for group in theirs):
                return person
            if {group.id for group in theirs} & {group.id for group in await covered_groups(ctx)}:
                return person
    raise NotFoundHere


async def self_or_supervised(ctx: Context, id: str) -> Person:
    """The person themselves (also for no id), or a member of the groups this supervisor plans for."""
    return ctx.me if id in {"", ctx.me.id} else await supervised(ctx, id)


async def leave_of_supervised(ctx: Context, id: str) -> LeaveEntry | None:
    """A leave of the person or of a member they plan for; None for no id: their own current or next one."""
    if not id:
        return None
    return await _of_supervised(ctx, LeaveEntry, id)


async def _of_supervised(ctx: Context, kind: type[_Entry], id: str) -> _Entry:
    entry = await ctx.uow.get(kind, id)
    await self_or_supervised(ctx, entry.person)
    return entry


async def switch_of_supervised(ctx: Context, id: str) -> ModeEntry:
    """A recorded switch of the person or of a member they plan for."""
    return await _of_supervised(ctx, ModeEntry, id)


async def share_of_supervised(ctx: Context, id: str) -> FteEntry:
    """A recorded share of full time of the person or of a member they plan for."""
    return await _of_supervised(ctx, FteEntry, id)


async def limit_of_supervised(ctx: Context, id: str) -> LimitEntry:
    """A recorded limit on reviews of the person or of a member they plan for."""
    return await _of_supervised(ctx, LimitEntry, id)


async def my_matter(ctx: Context, id: str) -> Case | tuple[Assignment, Case] | Round | None:
    """What a message was about, as far as it is the person's today: their case, their review, a round they plan."""
    with suppress(Refusal, NotFound):
        return await my_case(ctx, id)
    with suppress(Refusal, NotFound):
        return await my_assignment(ctx, id)
    if ctx.me.has(Role.SUPERVISOR):
        with suppress(Refusal, NotFound):
            return await planned_round(ctx, id)
    return None


class NothingToUndo(Refusal):
    """A step is undone once, by whoever did it, within ten minutes."""


class NothingToTakeBack(Refusal):
    """Whoever types "undo" has done nothing in the last ten minutes that can be undone and is not undone yet."""


async def my_step(ctx: Context, id: str) -> UndoStep:
    """What the person did a moment ago and may put back."""
    for step in await ctx.uow.find(UndoStep, id=id, person=ctx.me.id, undone_at=None, expires_at__gt=ctx.now):
        return step
    raise NothingToUndo


async def planned_assignment(ctx: Context, id: str) -> Assignment:
    """An assignment in a round this supervisor plans; refused alike otherwise."""
    assignment = await ctx.uow.get(Assignment, id)
    await planned_round(ctx, assignment.round)
    return assignment


async def colleagues(work: Work, person: Person) -> list[Person]:
    """Everybody else in the person's groups today, by name."""
    found = {p.id: p for group in await groups_of(work, person) for p in await members(work, group)}
    return sorted((p for p in found.values() if p.id != person.id), key=lambda p: p.name)


async def may_cover(work: Work, person: Person) -> list[Person]:
    """Colleagues who can take over the person's cases: therapists, by name."""
    return [each for each in await colleagues(work, person) if each.has(Role.THERAPIST)]


async def groups_for_planning(ctx: Context) -> list[Group]:
    """Groups a supervisor may plan for, by name: those they belong to or act for, or any when they belong to none.

    Of very many the first `MOST_GROUPS`; whether a certain one is among all of them says `planned_group`.
    """
    return await _planned(ctx) or await ctx.uow.find(Group, closed_on=None, order=("name",), limit=MOST_GROUPS)


async def every_group_for_planning(ctx: Context) -> list[Group]:
    """The same without a limit: for counting over all of them."""
    return await _planned(ctx) or await ctx.uow.find(Group, closed_on=None, order=("name",))


async def _planned(ctx: Context) -> list[Group]:
    """The groups a supervisor belongs to or acts for today, by name; none for one who belongs to none."""
    mine = await my_groups(ctx)
    return sorted([*mine, *await covered_groups(ctx)], key=lambda group: group.name) if mine else []


async def planned_group(ctx: Context, given: str = "") -> Group | None:
    """The group of this id or name, if the supervisor may plan for it; without either the only one there is."""
    mine = await _planned(ctx)
    if mine:
        found = [g for g in mine if given in {g.id, ""}] or [g for g in mine if g.name == given]
    elif given:
        found = await ctx.uow.find(Group, id=given) or await ctx.uow.find(Group, name=given, limit=2)
    else:
        found = await ctx.uow.find(Group, closed_on=None, limit=2)
    return found[0] if len(found) == 1 else None


async def planned_only(ctx: Context) -> dict[str, list[str]]:
    """The condition on records of a group that a supervisor may plan for them; none where they may for all."""
    mine = await _planned(ctx)
    return {"group__in": [group.id for group in mine]} if mine else {}


async def planned_round(ctx: Context, id: str) -> Round:
    """A round of a group the supervisor plans for, or that has no supervisor of its own; others are refused alike."""
    round_ = await ctx.uow.get(Round, id)
    if await planned_group(ctx, round_.group) is None:
        group = await ctx.uow.get(Group, round_.group)
        if ctx.me.id not in {person.id for person in await supervisors_of(ctx, group)}:
            raise NotFoundHere
    return round_


async def shown_round(ctx: Context, id: str) -> Round:
    """Theirs to plan, or one with a case about which a concern stands: that may be any supervisor's on duty."""
    cases = [case.id for case in await ctx.uow.find(Case, round=id, held_at__not=None)]
    if await ctx.uow.find(Hold, case__in=cases, released_at=None):
        return await ctx.uow.get(Round, id)
    return await planned_round(ctx, id)


async def members(work: Work, group: Group) -> list[Person]:
    """The active people of a group today, by name."""
    day = work.today(group.timezone)
    rows = await work.uow.find(Membership, group=group.id)
    ids = [m.person for m in rows if m.holds_on(day)]
    people = await work.uow.find(Person, id__in=ids)
    return sorted((p for p in people if p.active), key=lambda p: p.name)


async def members_of(work: Work, groups: Sequence[Group]) -> dict[str, list[Person]]:
    """The same of several groups by their ids, in two questions."""
    rows = await work.uow.find(Membership, group__in=[group.id for group in groups])
    people = {p.id: p for p in await work.uow.find(Person, id__in=sorted({m.person for m in rows}), order=("name",))}
    inside: dict[str, set[str]] = {group.id: set() for group in groups}
    days = {group.id: work.today(group.timezone) for group in groups}
    for each in rows:
        if each.holds_on(days[each.group]):
            inside[each.group].add(each.person)
    return {group: sorted((people[id] for id in ids if people[id].active), key=_name) for group, ids in inside.items()}


def _name(person: Person) -> str:
    return person.name


async def supervisors_of(work: Work, group: Group) -> list[Person]:
    """Who acts for a group today: its own supervisors; while none of them is there, others of the organisation.

    Up to twenty supervisors all act; of more, those of the clinics whose people are in the group, at most twenty. Where
    no supervisor is there at all, administrators hear of it, so that nothing is told to nobody.
    """
    people = await members(work, group)
    inside = [p for p in people if p.has(Role.SUPERVISOR)]
    if await there_on(work, inside, work.today(group.timezone)):
        return inside
    return await _covering(work, people, inside, work.today(group.timezone)) or inside


async def cover_for(work: Work, group: Group, person: Person, day: date) -> list[Person] | None:
    """Who acts for a group when this supervisor of it is away on a day; None while a colleague of the group is there.

    Empty: nobody would.
    """
    people = await members(work, group)
    inside = [p for p in people if p.has(Role.SUPERVISOR)]
    others = [p for p in inside if p.id != person.id]
    if len(inside) == len(others) or await there_on(work, others, day):
        return None
    return await _covering(work, people, inside, day)


async def _covering(work: Work, people: Sequence[Person], inside: Sequence[Person], day: date) -> list[Person]:
    """The other supervisors who are there, of very many the nearest; else administrators."""
    apart = {person.id for person in inside}
    if await are_many(work):
        near = await _near(work, sorted({person.clinic for person in people}))
        if found := await there_on(work, [p for p in near if p.id not in apart], day):
            return found[:AT_ONCE]
    for role in (Role.SUPERVISOR, Role.ADMIN):
        if found := await first_there(work, role, day, apart):
            return found
    return []


async def _near(work: Work, clinics: Sequence[str]) -> list[Person]:
    """The supervisors of these clinics, by name."""
    asked: dict[str, Any] = {"clinic__in": clinics, "removed_at": None, "roles__has": Role.SUPERVISOR.value}
    return await work.uow.find(Person, order=("name",), **asked)


async def covered_groups(ctx: Context) -> list[Group]:
    """Groups of others for which this supervisor acts today, because all of their own are away; by name."""
    if not ctx.me.has(Role.SUPERVISOR):
        return []
    today = ctx.my_today
    mine = {group.id for group in await my_groups(ctx)}
    leading = await ctx.uow.find(Membership, group__in=await _groups_near(ctx), person__of=SUPERVISES)
    led: dict[str, set[str]] = {}
    for membership in leading:
        if membership.group not in mine and membership.holds_on(today):
            led.setdefault(membership.group, set()).add(membership.person)
    supervisors = await ctx.uow.find(Person, id__in=sorted(set().union(*led.values())))
    there = {person.id for person in await there_on(ctx, supervisors, today)}
    ids = sorted(group for group, people in led.items() if not people & there)
    groups = await ctx.uow.find(Group, id__in=ids, order=("name",))
    return [group for group in groups if ctx.me.id in {p.id for p in await supervisors_of(ctx, group)}]


async def _groups_near(ctx: Context) -> list[str]:
    """The groups this supervisor may have to act for: of very many those in which people of their clinic are."""
    near: dict[str, Any] = {}
    if await are_many(ctx):
        colleagues = await ctx.uow.columns(Person, ("id",), clinic=ctx.me.clinic, removed_at=None)
        near = {"person__in": [id for (id,) in colleagues]}
    return sorted({group for (group,) in await ctx.uow.columns(Membership, ("group",), **near)})


async def my_hold(ctx: Context, id: str) -> Hold:
    """A risk concern the person raised; anything else is refused alike."""
    found = await ctx.uow.find(Hold, id=id, raised_by=ctx.me.id)
    if not found:
        raise NotFoundHere
    return found[0]


async def may_supervise(ctx: Context, id: str) -> Case:
    """A case a supervisor may open with a reason; anything else is refused alike."""
    case = await ctx.uow.get(Case, id)
    if case.id not in await may_read(ctx, [case]):
        raise NotFoundHere
    return case


async def may_read(ctx: Context, cases: Sequence[Case]) -> set[str]:
    """Those a supervisor may open with a reason: of a group they plan for, or with a standing concern.

    One's own case and one under review by oneself are read on their own pages, and who stepped out stays out.
    """
    ids = [case.id for case in cases]
    groups = (await planned_only(ctx)).get("group__in")
    concerns = {hold.case for hold in await ctx.uow.find(Hold, case__in=ids, released_at=None)}
    assignments = await ctx.uow.find(Assignment, case__in=ids, reviewer=ctx.me.id)
    out = {EndReason.RECOGNISED.value, EndReason.CONFLICT.value}
    apart = {s.case for s in assignments if (s.active and s.published_at) or s.end_reason in out}
    apart |= await left_by(ctx, ctx.me.id, cases)
    apart |= set(await ctx.uow.cases_of(ctx.me.id))
    return {c.id for c in cases if c.id not in apart and (c.id in concerns or groups is None or c.group in groups)}


async def shared_case(ctx: Context, id: str) -> Case:
    """A case that is shared for information in a group the person belongs to; anything else is refused alike.

    Whoever recognised its patient stays out.
    """
    groups = [group.id for group in await my_groups(ctx)]
    found = await ctx.uow.find(Case, id=id, shared_at__le=ctx.now, withdrawn_at=None, group__in=groups)
    left = await left_by(ctx, ctx.me.id, found)
    for case in found:
        if case.id not in left:
            return case
    raise NotFoundHere


async def shared_cases(ctx: Context) -> list[Case]:
    """What the person's groups share for information and is still kept, newest first."""
    groups = [group.id for group in await my_groups(ctx)]
    kept: dict[str, Any] = {"shared_at__le": ctx.now, "purged_at": None, "withdrawn_at": None}
    found = await ctx.uow.find(Case, group__in=groups, order=("-shared_at",), **kept)
    left = await left_by(ctx, ctx.me.id, found)
    return [case for case in found if case.id not in left]


async def takes_part(ctx: Context, id: str) -> Case:
    """A case the person presents, reviews or may read for information, or any case for a supervisor.

    Refused alike otherwise.
    """
    if id in await ctx.uow.cases_of(ctx.me.id) or ctx.me.has(Role.SUPERVISOR):
        return await ctx.uow.get(Case, id)
    with suppress(NotFoundHere):
        return await shared_case(ctx, id)
    if not any(assignment.readable for assignment in await ctx.uow.find(Assignment, case=id, reviewer=ctx.me.id)):
        raise NotYourCase
    return await ctx.uow.get(Case, id)
