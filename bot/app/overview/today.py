"""What needs a person today: the one next step of their own, and for supervisors who is late and what waits."""

from __future__ import annotations

from typing import Any

from bot.app.context import Context
from bot.app.facts.arrivals import by_this_morning
from bot.app.facts.permissions import OPEN_CASE, cases_of_assignments, person_policy, planned_only
from bot.domain.assignment import Assignment, Question
from bot.domain.case import Case, CaseStatus
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.round import Round, RoundStatus
from bot.domain.swap import Swap
from bot.ports.records import SignRequest
from bot.ui.model import Action, Buttons, CardBlock, Heading, Row, Text, line, muted, strong

MOST_LATE = 8
"""So many people who are late stand on Home; the overview has all of them."""


async def today_blocks(ctx: Context, *, above: bool = False) -> list[CardBlock]:
    """The section on top of Home; empty for whoever neither reviews nor plans.

    That nothing waits is said only where nothing does, here or `above` it.
    """
    w = ctx.words
    blocks: list[CardBlock] = []
    step = await _next_step(ctx) if ctx.me.has(Role.THERAPIST) else None
    blocks += [step] if step else []
    blocks += [*await _asked(ctx), *await _to_sign(ctx)]
    if ctx.me.has(Role.SUPERVISOR):
        blocks += [*await _plans(ctx), *await _late(ctx), *await _waiting(ctx)]
    if ctx.me.has(Role.THERAPIST) and not blocks and not above:
        blocks.append(Text(line(w("today.nothing"))))
    if ctx.me.has(Role.THERAPIST):
        new = Action("case.new", w("case.new"), look="plain" if step else "primary", opens=True)
        blocks.append(Buttons((new,)))
    return [Heading(w("today.heading")), *blocks] if blocks else []


async def _asked(ctx: Context) -> list[Row]:
    """Reviews that a colleague asks this person to take over, without case or name."""
    w = ctx.words
    swaps = [s for s in await ctx.uow.find(Swap, order=("asked_at",)) if ctx.me.id in s.asked]
    rows = []
    for swap in swaps:
        if ctx.me.id not in swap.passed:
            actions = (
                Action("swap.take", w("swap.take"), swap.id, look="primary"),
                Action("swap.pass", w("swap.pass"), swap.id),
            )
            rows.append(Row(line(strong(w("notice.swap_asked.title"))), (), actions))
    return rows


async def _to_sign(ctx: Context) -> list[Row]:
    """Entries that a colleague asks this person to sign."""
    w = ctx.words
    found = await ctx.uow.find(SignRequest, signer=ctx.me.id, answered_at=None, order=("asked_at",))
    return [
        Row(
            line(strong(w("notice.sign_request.title"))),
            (),
            (Action("log.sign.look", w("sign.look"), each.id, opens=True),),
        )
        for each in found
    ]


async def _plans(ctx: Context) -> list[Row]:
    """Plans that are ready, until they are published."""
    w = ctx.words
    mine: dict[str, Any] = dict(await planned_only(ctx))
    open_: dict[str, Any] = {"closed_at": None, "cancelled_at": None, "published_at": None, "planned_at__not": None}
    rounds = await ctx.uow.find(Round, **open_, **mine)
    ready = [each for each in rounds if each.status is RoundStatus.ASSIGNED]
    groups = {g.id: g for g in await ctx.uow.find(Group, id__in=sorted({r.group for r in ready}))} if ready else {}
    return [
        Row(
            line(strong(w("notice.plan_ready.title"))),
            line(muted(w("round.number", group=groups[each.group].name, number=each.number))),
            (Action("round.preview", w("round.preview"), each.id, opens=True),),
        )
        for each in ready
    ]


async def _next_step(ctx: Context) -> Row | None:
    """A review to be written, the one due first; else what an own case waits for."""
    return await _review_to_write(ctx) or await _own_case(ctx)


async def _review_to_write(ctx: Context) -> Row | None:
    w = ctx.words
    mine = await ctx.uow.find(
        Assignment, reviewer=ctx.me.id, ended_at=None, submitted_at=None, case__of=OPEN_CASE, order=("due_at", "id")
    )
    assignments = [assignment for assignment in mine if assignment.readable and assignment.due_at]
    cases = await cases_of_assignments(ctx, assignments)
    for assignment in assignments:
        case = cases[assignment.case]
        if case.held_at or assignment.due_at is None:
            continue
        asking = case.status(ctx.now) is CaseStatus.CLARIFYING
        if asking and await ctx.uow.count(Question, assignment=assignment.id):
            continue  # asked already; there is nothing to do before the answer
        minutes = (await person_policy(ctx, ctx.me)).minutes_per_review
        due = w("due", day=w.day(assignment.due_at.astimezone(ctx.zone).date()))
        late = (strong(w("assignment.overdue")), " · ") if assignment.due_at < ctx.now else ()
        says = w("today.ask" if asking else "today.review", code=case.code)
        go = Action(
            "review.open", w("review.ask" if asking else "review.write"), assignment.id, look="primary", opens=True
        )
        return Row(line(strong(says)), line(*late, due, " · ", w("today.minutes", n=minutes)), (go,))
    return None


async def _own_case(ctx: Context) -> Row | None:
    w = ctx.words
    ids = await ctx.uow.cases_of(ctx.me.id)
    cases = (
        await ctx.uow.find(Case, id__in=ids, closed_at=None, withdrawn_at=None, order=("submitted_at",)) if ids else []
    )
    steps = {
        CaseStatus.RELEASED: ("today.read", "case.reviews", "case.reviews"),
        CaseStatus.SENT_BACK: ("today.change", "case.change", "case.change"),
        CaseStatus.CLARIFYING: ("today.answer", "question.open", "question.open_answers"),
        CaseStatus.REVIEWING: ("today.answer", "question.open", "question.open_answers"),
    }
    for case in cases:
        status = case.status(ctx.now)
        if case.under_review(ctx.now) and not await ctx.uow.count(Question, case=case.id, answered_at=None):
            continue
        if status in steps:
            says, opens, label = steps[status]
            go = Action(opens, w(label), case.id, look="primary", opens=True)
            return Row(line(strong(w(says, code=case.code))), line(muted(w(f"case.status.{status.value}"))), (go,))
    return None


async def _late(ctx: Context) -> list[CardBlock]:
    """Whose reviews are overdue in the groups the supervisor plans for, the longest first, one row a person."""
    w = ctx.words
    mine: dict[str, Any] = dict(await planned_only(ctx))
    rounds = [r.id for r in await ctx.uow.find(Round, closed_at=None, cancelled_at=None, **mine)]
    if not rounds:
        return []
    late = await ctx.uow.find(
        Assignment, round__in=rounds, ended_at=None, submitted_at=None, due_at__lt=ctx.now, order=("due_at", "id")
    )
    cases = await cases_of_assignments(ctx, late)
    owed: dict[str, list[Assignment]] = {}
    for assignment in late:
        if (
            assignment.readable
            and assignment.reviewer != ctx.me.id
            and cases[assignment.case].open
            and not cases[assignment.case].held_at
        ):
            owed.setdefault(assignment.reviewer, []).append(assignment)
    people = {p.id: p for p in await ctx.uow.find(Person, id__in=sorted(owed))} if owed else {}
    rows: list[CardBlock] = []
    for person, assignments in list(owed.items())[:MOST_LATE]:
        since = assignments[0].due_at
        detail = w("due", day=w.day(since.astimezone(ctx.zone).date())) if since else ""
        actions = (
            Action("supervision.nudge", w("overview.nudge"), person),
            Action("supervision.member", w("overview.member.open"), person, opens=True),
        )
        says = w.count("today.late", len(assignments), name=people[person].name)
        rows.append(Row(line(strong(says)), line(muted(detail)), actions))
    if len(owed) > MOST_LATE:
        rows.append(Text(line(w.count("today.more_late", len(owed) - MOST_LATE))))
    return rows


async def _waiting(ctx: Context) -> list[CardBlock]:
    """Cases that no round collects yet."""
    w = ctx.words
    mine: dict[str, Any] = dict(await planned_only(ctx))
    cases = await ctx.uow.find(Case, round=None, published_at=None, closed_at=None, withdrawn_at=None, **mine)
    found = await ctx.uow.find(Group, id__in=sorted({case.group for case in cases})) if cases else []
    cases = [case for group in found for case in by_this_morning(ctx, group, cases) if case.group == group.id]
    count = sum(not case.held_at and not case.look_since and not case.sent_back_at for case in cases)
    if not count:
        return []
    begin = Action("round.new", w("round.new"), opens=True)
    return [Row(line(strong(w.count("today.waiting", count))), line(muted(w("today.waiting.detail"))), (begin,))]
