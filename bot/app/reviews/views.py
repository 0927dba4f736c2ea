"""The reviews that wait for a person."""

from __future__ import annotations

from bot.app.blocks.assignments import assignment_state
from bot.app.blocks.drafts import draft_blocks
from bot.app.context import Context
from bot.app.facts.open_reviews import DUE_FIRST, TO_REVIEW
from bot.app.facts.permissions import cases_of_assignments
from bot.domain.case import Assignment, Case, CaseStatus
from bot.ui.model import (
    Action,
    Card,
    CardBlock,
    ChoiceField,
    Form,
    Heading,
    Line,
    Option,
    Row,
    Text,
    code,
    line,
    strong,
)


async def queue_card(ctx: Context) -> Card:
    """My open reviews, soonest first."""
    w = ctx.words
    unsent, rows = await draft_blocks(ctx, "reviews"), await review_rows(ctx)
    body = (*unsent, Heading(w("home.reviews")), *rows) if unsent else tuple(rows)
    return Card("review.queue", w("home.reviews"), body, summary=w("home.reviews"))


async def review_rows(ctx: Context, *, only_open: bool = False) -> list[CardBlock]:
    """One row a review with its due day and state; an empty state says what happens next.

    `only_open` leaves out what is written or on hold, and the empty state (for reminders).
    """
    w = ctx.words
    mine = await ctx.uow.find(Assignment, reviewer=ctx.me.id, order=DUE_FIRST, **TO_REVIEW)
    assignments = [assignment for assignment in mine if assignment.readable]
    cases = await cases_of_assignments(ctx, assignments)
    rows: list[CardBlock] = []
    for assignment in assignments:
        case = cases[assignment.case]
        if only_open and (assignment.submitted_at or case.held_at):
            continue
        status = case.status(ctx.now)
        look = w(
            "review.read"
            if assignment.submitted_at
            else "review.ask"
            if status is CaseStatus.CLARIFYING
            else "review.write"
        )
        primary = not assignment.submitted_at and not case.held_at
        actions = (
            Action("review.open", look, assignment.id, look="primary" if primary else "plain", opens=True),
            *((Action("why", w("why.button"), assignment.id, opens=True),) if not assignment.submitted_at else ()),
        )
        rows.append(Row(line(w("case.word"), " ", code(case.code)), _assignment_detail(ctx, assignment, case), actions))
    return rows if rows or only_open else [Text(line(w("home.reviews.none")))]


def _assignment_detail(ctx: Context, assignment: Assignment, case: Case) -> Line:
    w = ctx.words
    state = assignment_state(assignment, case, ctx)
    if state in {"open", "overdue"} and assignment.due_at:
        day = w.day(assignment.due_at.astimezone(ctx.zone).date())
        if state == "overdue":
            return line(strong(w("assignment.overdue")), " · ", w("due", day=day))
        phase = w("case.status." + case.status(ctx.now).value)
        return line(phase, " · ", w("due", day=day))
    return line(w(f"assignment.{state}"))


def decline_form(ctx: Context, assignment: Assignment) -> Form:
    """Why somebody gives a review up; it goes to somebody else."""
    w = ctx.words
    options = (Option("declined", w("decline.declined")), Option("conflict", w("decline.conflict")))
    return Form(
        "review.decline.send",
        w("decline.title"),
        assignment.id,
        body=(Text(line(w("decline.intro"))),),
        fields=(ChoiceField("reason", w("decline.reason"), options, "declined"),),
        submit=w("decline.submit"),
    )
