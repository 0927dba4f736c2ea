"""How an assignment stands, in words."""

from __future__ import annotations

from bot.app.context import Context
from bot.domain.assignment import Assignment
from bot.domain.case import Case


def assignment_state(assignment: Assignment, case: Case, ctx: Context) -> str:
    """A key: in, late, not_reached, not_written (its case closed without it), overdue, hold, open."""
    if assignment.submitted_at:
        return "late" if assignment.late else "in"
    if assignment.not_reached_at:
        return "not_reached"
    if not case.open:
        return "not_written"
    if case.held_at:
        return "hold"
    return "overdue" if assignment.overdue(ctx.now, case) else "open"
