"""The reviews that wait for a person."""

from __future__ import annotations

from datetime import datetime

from bot.app.blocks.assignments import assignment_state
from bot.app.blocks.drafts import draft_blocks
from bot.app.blocks.reading import reading_places
from bot.app.context import Context
from bot.app.facts.open_reviews import DUE_FIRST, TO_REVIEW
from bot.app.facts.permissions import cases_of_assignments
from bot.domain.assignment import Assignment
from bot.domain.case import Case, CaseStatus
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
    look = Action("review.list", w("search.open"), opens=True)
    return Card("review.queue", w("home.reviews"), body, (look, *await reading_places(ctx)), summary=w("home.reviews"))


async def review_rows(
    ctx: Context, *, only_open: bool = False, only_late: bool = False, asked_by: datetime | None = None
) -> list[CardBlock]:
    """One row a review with its due day and state; an empty state says what happens next.

    `only_open` leaves out what is written or on hold, and the empty state (for reminders); `only_late` also what is not
    overdue. `asked_by` leaves out what was given to them later: a message of that moment never spoke of it.
    """
    w = ctx.words
    mine = await ctx.uow.find(Assignment, reviewer=ctx.me.id, order=DUE_FIRST, **TO_REVIEW)
    assignments = [assignment for assignment in mine if assignment.readable]
    cases = await cases_of_assignments(ctx, assignments)
    rows: list[CardBlock] = []
    for assignment in assignments:
        case = cases[assignment.case]
        if (only_open or only_late) and (assignment.submitted_at or case.held_at):
            continue
        if only_late and assignment_state(assignment, case, ctx) != "overdue":
            continue
        if asked_by and assignment.published_at and assignment.published_at > asked_by:
            continue
        title, detail = line(w("case.word"), " ", code(case.code)), review_detail(ctx, assignment, case)
        rows.append(Row(title, detail, review_actions(ctx, assignment, case)))
    return rows if rows or only_open or only_late else [Text(line(w("home.reviews.none")))]


def review_actions(ctx: Context, assignment: Assignment, case: Case) -> tuple[Action, ...]:
    """What a reviewer may do with a review now."""
    w, asks = ctx.words, case.status(ctx.now) is CaseStatus.CLARIFYING
    look = w("review.read" if assignment.submitted_at else "review.ask" if asks else "review.write")
    look = w("matter.show") if case.held_at and not assignment.submitted_at else look
    primary = not assignment.submitted_at and not case.held_at
    opens = Action("review.open", look, assignment.id, look="primary" if primary else "plain", opens=True)
    return (opens,) if assignment.submitted_at else (opens, Action("why", w("why.button"), assignment.id, opens=True))


def review_detail(ctx: Context, assignment: Assignment, case: Case) -> Line:
    """Where a review stands, and its due day."""
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
