"""What somebody did in the last ten minutes and may put back, on their start page: an answer in a chat scrolls away."""

from __future__ import annotations

from collections.abc import Mapping

from bot.app.context import Context
from bot.app.overview.undo_names import step_name
from bot.app.steps.swaps import PASSED
from bot.app.steps.undo import own_steps, still_stands
from bot.domain.swap import Swap
from bot.ports.records import UndoStep
from bot.ui.model import Action, CardBlock, Heading, Row, line, muted, strong

UNDOES: Mapping[str, tuple[str, str]] = {
    "leave": ("caseload.undo", "undo.of.leave"),
    "leaves": ("caseload.undo", "undo.of.leave"),
    "mode": ("caseload.undo", "caseload.mode"),
    "work": ("caseload.undo", "undo.of.work"),
    "closure": ("closures.undo", "closures.title"),
    "hand_over": ("supervision.hand_over.undo", "undo.of.hand_over"),
    "swap.taken": ("swap.undo", "undo.of.swap_taken"),
    PASSED: ("swap.undo", "undo.of.swap_passed"),
    "round.fewer": ("round.fewer.undo", "undo.of.fewer"),
}
"""By kind of step the command that puts it back, and what the step is called. Steps of administrators have their undo
beside the note on the page they stand on, and a publication has it on the plan."""
MOST = 3


async def recent_blocks(ctx: Context) -> list[CardBlock]:
    """The last steps that can be put back, newest first; nothing without any."""
    found = await own_steps(ctx, ctx.me.id, UNDOES, MOST)
    rows = [await _row(ctx, step) for step in found if await can_be_undone(ctx, step)]
    return [Heading(ctx.words("undo.heading")), *rows] if rows else []


async def can_be_undone(ctx: Context, step: UndoStep) -> bool:
    """Whether a step of these kinds still stands as it was left."""
    if step.what == PASSED and not await ctx.uow.count(Swap, id=step.data["swap"]):
        return False  # nobody is asked any more
    return await still_stands(ctx, step)


async def _row(ctx: Context, step: UndoStep) -> Row:
    w, (key, name) = ctx.words, UNDOES[step.what]
    at = w.time(step.created_at.astimezone(ctx.zone).time())
    return Row(line(strong(await step_name(ctx, step, name))), line(muted(at)), (Action(key, w("undo"), step.id),))
