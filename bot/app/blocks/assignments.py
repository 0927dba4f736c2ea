"""How an assignment stands, in words."""

from __future__ import annotations

from bot.app.context import Context
from bot.domain.case import Assignment, Case


def seat_state(seat: Assignment, case: Case, ctx: Context) -> str:
    """A key: in, late, not_reached, overdue, hold, open."""
    if seat.submitted_at:
        return "late" if seat.late else "in"
    if seat.not_reached_at:
        return "not_reached"
    if case.held_at:
        return "hold"
    return "overdue" if seat.overdue(ctx.now, case) else "open"
