"""Reminding people by hand: one, those who were chosen, all who are overdue; nobody twice within a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.app.blocks.assignments import assignment_state
from bot.app.context import Context
from bot.app.facts.open_reviews import TO_REVIEW
from bot.app.facts.permissions import NotFoundHere, cases_of_assignments, members, planned_group, planned_round
from bot.app.notice_kinds import LATE
from bot.app.overview.standings import Standing, can_remind, is_overdue, standings_of
from bot.domain.assignment import Assignment
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import OutboxEntry
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen
from bot.ui.model import Form, ManyField, Option

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reminded:
    """Who was reminded, who was reminded less than a day ago and so left out, and who has nothing to be reminded of.

    `unsure` are those of `told` who get the reminder only if something is due by their own log.
    """

    told: Sequence[Person] = ()
    lately: Sequence[Person] = ()
    nothing: Sequence[Person] = ()
    unsure: frozenset[str] = frozenset()


async def remind(
    ctx: Context, people: Sequence[Person], nothing: Sequence[Person] = (), *, late: bool = False
) -> Reminded:
    """A friendly word to each, whoever sends it at most one within a day; `late` names only what is late."""
    ids = [person.id for person in people]
    sent = await ctx.uow.find(OutboxEntry, card="nudge", person__in=ids, created_at__gt=ctx.now - DAY) if ids else []
    recent = {entry.person for entry in sent}
    told = [person for person in people if person.id not in recent]
    of: dict[str, Any] = {LATE: "1"} if late else {}
    for person in told:
        await ctx.tell(person.id, "nudge", person.id, key=ctx.now.isoformat(timespec="minutes"), **of)
    lately = [person for person in people if person.id in recent]
    return Reminded(told, lately, nothing, await _unsure(ctx, told, late=late))


async def _unsure(ctx: Context, people: Sequence[Person], *, late: bool) -> frozenset[str]:
    """Of whom nobody else may know whether the reminder has anything to say: it is not sent where nothing is due.

    Who has a review to write gets it. Of the others the rhythm decides, and while a round of theirs is under way others
    do not know who presented in it. It is asked of the round, not of the person: else the answer would tell.
    """
    ids = [person.id for person in people]
    if not ids:
        return frozenset()
    owed = await ctx.uow.find(Assignment, reviewer__in=ids, submitted_at=None, published_at__not=None, **TO_REVIEW)
    cases = await cases_of_assignments(ctx, owed)
    states = {"overdue"} if late else {"overdue", "open"}
    left = set(ids) - {each.reviewer for each in owed if assignment_state(each, cases[each.case], ctx) in states}
    inside = await ctx.uow.find(Membership, person__in=sorted(left)) if left else []
    groups = sorted({each.group for each in inside})
    asked: dict[str, Any] = {"group__in": groups, "closed_at": None, "cancelled_at": None, "published_at__not": None}
    running = {round_.group for round_ in await ctx.uow.find(Round, **asked)} if groups else set()
    return frozenset(each.person for each in inside if each.group in running)


async def remind_one(ctx: Context, person: Person) -> Outcome:
    """One person, by their row."""
    done = await remind(ctx, [person])
    if done.told:
        key = "overview.nudged.if_due" if done.unsure else "overview.nudged"
        return Done(ctx.words(key, name=person.name))
    return Done(ctx.words("overview.reminded.lately", names=person.name))


async def remind_overdue(ctx: Context, event: ActionPressed) -> Outcome:
    """Everybody of a group who is overdue, at one press."""
    group = await _group(ctx, event.subject)
    late = [each.person for each in await _of(ctx, group) if is_overdue(ctx, each)]
    return said(ctx, await remind(ctx, late, late=True))


async def remind_round(ctx: Context, event: ActionPressed) -> Outcome:
    """Everybody whose review in a round is overdue, at one press; of a round that is over nothing can be written."""
    round_ = ctx.subject(planned_round)
    round_.must_be_open()
    return said(ctx, await remind(ctx, await late_reviewers(ctx, round_), late=True))


async def late_reviewers(ctx: Context, round_: Round) -> list[Person]:
    """Whose review of a round that goes on is overdue, oneself aside."""
    owed = await ctx.uow.find(Assignment, round=round_.id, published_at__not=None, ended_at=None, submitted_at=None)
    cases = await cases_of_assignments(ctx, owed)
    late = {each.reviewer for each in owed if assignment_state(each, cases[each.case], ctx) == "overdue"}
    ids = sorted(late - {ctx.me.id})
    return await ctx.uow.find(Person, id__in=ids, order=("name",)) if ids else []


async def open_remind(ctx: Context, event: ActionPressed) -> Outcome:
    """Whom of a group to remind; those who are overdue are chosen. A sentence where there is nobody to choose."""
    group = await _group(ctx, event.subject)
    standings = await _of(ctx, group)
    if not any(can_remind(ctx, each) for each in standings):
        return Done(ctx.words("overview.remind.none"))
    return Show(_form(ctx, group, standings, {}))


async def send_remind(ctx: Context, event: FormSubmitted) -> Outcome:
    """Those who were chosen."""
    group = await _group(ctx, event.subject)
    standings, wanted = await _of(ctx, group), set(chosen(event, "who"))
    if not wanted and not any(can_remind(ctx, each) for each in standings):
        return Done(ctx.words("overview.remind.none"))
    if not wanted:
        return Invalid(_form(ctx, group, standings, {"who": ctx.words("overview.remind.nobody")}))
    there = [each for each in standings if each.person.id in wanted]
    due = [each.person for each in there if can_remind(ctx, each)]
    return said(ctx, await remind(ctx, due, [each.person for each in there if not can_remind(ctx, each)]))


def said(ctx: Context, done: Reminded) -> Done:
    """How many were reminded, and who was left out and why."""
    w = ctx.words
    many = "overview.reminded.up_to" if done.unsure else "overview.reminded"
    parts = [w.count(many, len(done.told)) if done.told else w("overview.reminded.none")]
    for key, left in (("overview.reminded.lately", done.lately), ("overview.reminded.nothing", done.nothing)):
        parts += [w(key, names=w.listing(sorted(person.name for person in left)))] if left else []
    return Done(" ".join(parts))


def _form(ctx: Context, group: Group, standings: Sequence[Standing], errors: Mapping[str, str]) -> Form:
    w = ctx.words
    there = sorted((each for each in standings if can_remind(ctx, each)), key=lambda each: each.person.name)
    options = tuple(Option(each.person.id, each.person.name, w(f"state.{each.state}")) for each in there)
    late = tuple(each.person.id for each in there if is_overdue(ctx, each))
    return Form(
        "supervision.remind.send",
        w("overview.remind"),
        group.id,
        fields=(ManyField("who", w("overview.remind.who"), options, late, required=True),),
        submit=w("overview.remind.send"),
        errors=errors,
    )


async def _group(ctx: Context, id: str) -> Group:
    group = await planned_group(ctx, id) if id else None
    if group is None:
        raise NotFoundHere
    return group


async def _of(ctx: Context, group: Group) -> list[Standing]:
    return await standings_of(ctx, group, await members(ctx, group))
