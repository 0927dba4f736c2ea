"""The reviews that wait for a person."""

from __future__ import annotations

from typing import Any

from bot.app.blocks.assignments import seat_state
from bot.app.blocks.drafts import draft_blocks
from bot.app.context import Context
from bot.app.facts.permissions import OPEN_CASE, cases_of_seats
from bot.domain.case import Assignment, Case, CaseStatus
from bot.ui.model import (
    Action,
    Card,
    CardBlock,
    Heading,
    Line,
    Row,
    Text,
    code,
    line,
    strong,
)

TO_REVIEW: dict[str, Any] = {"ended_at": None, "case__of": OPEN_CASE}
"""Which of somebody's assignments stand in their list, if they may be read; batches of reminders ask ahead for them."""


DUE_FIRST = ("due_at", "id")


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
    seats = [seat for seat in mine if seat.readable]
    cases = await cases_of_seats(ctx, seats)
    rows: list[CardBlock] = []
    for seat in seats:
        case = cases[seat.case]
        if only_open and (seat.submitted_at or case.held_at):
            continue
        status = case.status(ctx.now)
        look = w(
            "review.read" if seat.submitted_at else "review.ask" if status is CaseStatus.CLARIFYING else "review.write"
        )
        primary = not seat.submitted_at and not case.held_at
        actions = (
            Action("review.open", look, seat.id, look="primary" if primary else "plain", opens=True),
            *((Action("why", w("why.button"), seat.id),) if not seat.submitted_at else ()),
        )
        rows.append(Row(line(w("case.word"), " ", code(case.code)), _seat_detail(ctx, seat, case), actions))
    return rows if rows or only_open else [Text(line(w("home.reviews.none")))]


def _seat_detail(ctx: Context, seat: Assignment, case: Case) -> Line:
    w = ctx.words
    state = seat_state(seat, case, ctx)
    if state in {"open", "overdue"} and seat.due_at:
        day = w.day(seat.due_at.astimezone(ctx.zone).date())
        if state == "overdue":
            return line(strong(w("seat.overdue")), " · ", w("due", day=day))
        phase = w("case.status." + case.status(ctx.now).value)
        return line(phase, " · ", w("due", day=day))
    return line(w(f"seat.{state}"))
