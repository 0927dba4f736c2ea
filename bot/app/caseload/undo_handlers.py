"""Undo: what somebody did to leave, a mode or working time in the last ten minutes is put back, once, by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.app.caseload.question_views import period_label
from bot.app.caseload.state_views import holds_now, mode_state_card, undone_leave_card
from bot.app.caseload.working_time_handlers import undo_working_time
from bot.app.context import Context
from bot.app.facts.permissions import NothingToTakeBack, NothingToUndo, my_step
from bot.app.facts.under_way import is_out
from bot.app.steps import modes
from bot.app.steps.leave import together
from bot.app.steps.leave import undo as undo_leave
from bot.app.steps.undo import own_steps, take_back
from bot.domain.person import Person
from bot.ports.records import LeaveEntry, ModeEntry, OutboxEntry, UndoStep
from bot.ui.inbound import ActionPressed, Outcome, Say

KINDS = {"leave", "leaves", "mode", "work"}


async def undo(ctx: Context, event: ActionPressed) -> Outcome:
    """Put back what I did in the last ten minutes."""
    return await put_back(ctx, ctx.subject(my_step))


async def undo_last(ctx: Context) -> Outcome:
    """Typed: put back the last of what I did to leave, a mode or working time. Raises `NothingToTakeBack`."""
    steps = await own_steps(ctx, ctx.me.id, KINDS)
    if not steps:
        raise NothingToTakeBack
    return await put_back(ctx, steps[0])


async def put_back(ctx: Context, found: UndoStep) -> Outcome:
    """Put a step back and show what holds now."""
    if found.what not in KINDS:
        raise NothingToUndo  # another subject's step has a button of its own
    person = await ctx.uow.get(Person, found.data["person"])
    step = await take_back(ctx, found, await holds_now(ctx, person, found.what))
    match step.what:
        case "leave":
            what = await _leave_taken_back(ctx, step.data)
            back = await undo_leave(ctx, step.data)
            if person.id != ctx.me.id and await _heard(ctx, person, step):
                await ctx.tell(person.id, "leave_undone", step.id)
            return Say(await undone_leave_card(ctx, person, back, what))
        case "leaves":
            what = "; ".join([await _leave_taken_back(ctx, each) for each in step.data["steps"]])
            backs = [await undo_leave(ctx, each) for each in reversed(step.data["steps"])]
            return Say(await undone_leave_card(ctx, person, together(backs), what))
        case "work":
            return await undo_working_time(ctx, person, step.data, step.id)
    what = await _mode_taken_back(ctx, step.data)
    await modes.undo(ctx, step.data)
    if person.id != ctx.me.id:
        await ctx.tell(person.id, "mode_entered", step.id)
    return Say(await mode_state_card(ctx, person, taken_back=what))


async def _leave_taken_back(ctx: Context, data: Mapping[str, Any]) -> str:
    """ "Leave Mon 8 Feb – Fri 12 Feb", of a change with what was before it, of leave given up "… → –"."""
    made = [await ctx.uow.get(LeaveEntry, id) for id in data["made"]]
    gone = [await ctx.uow.get(LeaveEntry, id) for id in data["cancelled"]]
    said = [", ".join(period_label(ctx, e.first_day, e.last_day) for e in each) for each in (gone, made)]
    return f"{ctx.words('caseload.leave')} {_change(*said)}"


async def _mode_taken_back(ctx: Context, data: Mapping[str, Any]) -> str:
    """ "Face-to-face Mon 18 Jan – Fri 12 Feb", of a change with what was before it, of a deleted switch "… → –"."""
    w = ctx.words
    made = [await ctx.uow.get(ModeEntry, id) for id in data["made"]]
    gone = [await ctx.uow.get(ModeEntry, id) for id in data["cancelled"]]
    said = [
        ", ".join(f"{w(f'mode.{e.mode}')} {period_label(ctx, e.from_day, e.until_day)}" for e in each)
        for each in (gone, made)
    ]
    return _change(*said)


def _change(before: str, after: str) -> str:
    return f"{before} → {after or '–'}" if before else after


async def _heard(ctx: Context, person: Person, step: UndoStep) -> bool:
    """Whether a member read of the leave that a step entered, changed or ended; a message on its way is none yet."""
    about = [*step.data["made"], *step.data["cancelled"]]
    told = await ctx.uow.find(
        OutboxEntry, person=person.id, subject__in=about, card__in=["leave_ended", "leave_entered"]
    )
    return any(is_out(entry) for entry in told)
