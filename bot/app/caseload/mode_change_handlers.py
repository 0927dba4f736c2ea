"""Modes switched, prolonged, ended by typing and by buttons; asked where it is not clear until when a mode holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.anonymise import AnonText
from bot.app.caseload.question_views import question_card
from bot.app.caseload.state_views import mode_state_card, settle_mode_card
from bot.app.context import Context
from bot.app.facts.caseload import caseload_of
from bot.app.facts.permissions import self_or_supervised
from bot.app.steps import modes
from bot.app.steps.modes import NoSuchSwitch
from bot.app.steps.undo import remember
from bot.calendars.spoken import Act, Ask, EndMode, SwitchMode, Why
from bot.calendars.spoken.things import Doubt, ahead
from bot.domain.caseload import Mode
from bot.domain.person import Person, Role
from bot.ports.records import ModeEntry
from bot.ui.inbound import ActionPressed, Outcome, Say

ONE_DAY = timedelta(days=1)


async def switch(
    ctx: Context,
    person: Person,
    to: Mode,
    day: date,
    until: date | None,
    note: AnonText | None,
    entry: ModeEntry | None = None,
) -> Outcome:
    """Switch for good or for a time, or give a recorded switch other days.

    Where a period of the same mode ends otherwise it is asked what holds. Raises `SameModeAlready`.
    """
    if entry is not None:
        done = await modes.amend(ctx, [entry], to, day, until, by=ctx.me.id)
    else:
        known = await modes.ending_otherwise(ctx, person, to, day, until)
        if known:
            return Say(settle_mode_card(ctx, person, to, day, until, known))
        done = await modes.switch(ctx, person, to, day, until, by=ctx.me.id)
    if note and done.made:
        await ctx.uow.put_text(done.made.id, "note", {"note": note})
    return await answer(ctx, person, done)


async def answer(ctx: Context, person: Person, done: modes.Switched) -> Outcome:
    """What the step changed and what holds now, with the way back; a member is told."""
    step = await remember(ctx, ctx.me.id, "mode", done.data)
    if person.id != ctx.me.id:
        await ctx.tell(person.id, "mode_entered", step.id)
    return Say(await mode_state_card(ctx, person, done, step))


async def settle(ctx: Context, event: ActionPressed) -> Outcome:
    """The period of a mode gets another end, or none: in place of the one before."""
    person = ctx.subject(self_or_supervised)
    try:
        mode, first = Mode(event.args.get("mode", "")), date.fromisoformat(event.args.get("first", ""))
        last = date.fromisoformat(event.args["last"]) if event.args.get("last") else None
    except ValueError:
        raise NoSuchSwitch from None
    known = await modes.ending_otherwise(ctx, person, mode, first, last)
    if not known:
        raise NoSuchSwitch
    begins = min(first, *(entry.from_day for entry in known))
    return await answer(ctx, person, await modes.amend(ctx, known, mode, begins, last, by=ctx.me.id))


async def end(ctx: Context, person: Person, act: EndMode) -> Outcome:
    """The period of a mode that runs, or the one to come, ends on a day, or so much later; asked where it is not clear.

    Without a day and an amount it is to end now.
    """
    if act.last is not None:
        return await _end_on(ctx, person, act.mode, act.last)
    return await (_by_amount(ctx, person, act) if act.count else _stop(ctx, person, act.mode))


async def longer(ctx: Context, person: Person, count: int, unit: str) -> Sequence[Act]:
    """What "one more week" may say of the mode that runs for a time; nothing without one."""
    mode = (await caseload_of(ctx, person)).chosen_mode_on(ctx.today(person.timezone))
    found = await modes.period_of(ctx, person, mode)
    last = _moved(found, count, unit) if found else None
    return (EndMode(mode, last),) if last else ()


async def _end_on(ctx: Context, person: Person, mode: Mode, last: date) -> Outcome:
    found = await modes.ending_on(ctx, person, mode, last)
    if not found:
        today = ctx.today(person.timezone)
        return _asked(ctx, person, (SwitchMode(mode, today, last),) if last >= today else ())
    if found[0].until_day == last:
        return Say(await mode_state_card(ctx, person))
    return await switch(ctx, person, mode, found[0].from_day, last, None, found[0])


async def _by_amount(ctx: Context, person: Person, act: EndMode) -> Outcome:
    """Longer or shorter by an amount, if a period with an end is known; else a new one is offered."""
    today, found = ctx.today(person.timezone), await modes.period_of(ctx, person, act.mode)
    if found is None:
        last = ahead(today, act.count, act.unit) - ONE_DAY
        return _asked(ctx, person, (SwitchMode(act.mode, today, last),) if act.count > 0 else ())
    last_day = _moved(found, act.count, act.unit)
    if last_day is None or last_day < max(found.from_day, today - ONE_DAY):
        return _asked(ctx, person, ())
    return await switch(ctx, person, act.mode, found.from_day, last_day, None, found)


async def _stop(ctx: Context, person: Person, mode: Mode) -> Outcome:
    """End f2f: after today or before, and which mode follows if it was for good."""
    today = ctx.today(person.timezone)
    ends = [
        EndMode(mode, last)
        for last in (today, today - ONE_DAY)
        if any(entry.from_day <= last for entry in await modes.ending_on(ctx, person, mode, last))
    ]
    if ends:
        return _asked(ctx, person, ends)
    if (await caseload_of(ctx, person)).chosen_mode_on(today) is mode:
        others = [each for each in (Mode.ICBT, Mode.F2F, Mode.BLENDED) if each is not mode]
        return _asked(ctx, person, [SwitchMode(each, today, None) for each in others])
    return Say(await mode_state_card(ctx, person))


def _asked(ctx: Context, person: Person, readings: Sequence[Act]) -> Outcome:
    """What may be meant; only who treats has a mode."""
    offered = tuple(readings) if person.has(Role.THERAPIST) else ()
    return Say(question_card(ctx, Ask(Why.TWO_READINGS, offered), person))


def _moved(entry: ModeEntry, count: int, unit: str) -> date | None:
    """The last day of a period, so much later; None where it has none, or no calendar has the day."""
    try:
        return ahead(entry.until_day, count, unit) if entry.until_day else None
    except Doubt:
        return None
