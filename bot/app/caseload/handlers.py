"""Caseload mode and working time: `/caseload icbt`, `/caseload f2f from 1 March`, and the same by buttons and forms.

A switch is a dated fact: today's at once, a later one as a plan, an earlier one as a correction with a note. Its effect
on open reviews, targets and the next due days is shown with it. Leave is `leave.py`'s subject.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date

from bot.anonymise import Sensitive
from bot.app.caseload import leave_handlers as leave
from bot.app.caseload import mode_change_handlers as mode_changes
from bot.app.caseload import own_dates_handlers as own_dates
from bot.app.caseload.change_handlers import ask_which, change
from bot.app.caseload.leave_views import leave_form, with_known_leave
from bot.app.caseload.named_members import whose_card
from bot.app.caseload.own_dates_views import feed_form, import_form, week_form
from bot.app.caseload.question_views import act_of, question_card
from bot.app.caseload.state_views import mode_state_card
from bot.app.caseload.typed_for import whose
from bot.app.caseload.undo_handlers import undo_last
from bot.app.caseload.views import CHOICES, history_form, plan_form, shown, status_card, work_form
from bot.app.context import Context
from bot.app.facts.permissions import (
    self_or_supervised,
    switch_of_supervised,
)
from bot.app.gate.private_notes import masked, too_long
from bot.app.steps import modes
from bot.calendars.spoken import (
    Act,
    Ask,
    ChangeLeave,
    ComeBack,
    EndMode,
    SwitchMode,
    TakeLeave,
    Why,
    nearest,
    understand,
    with_word,
)
from bot.domain.caseload import Mode, SameModeAlready, parse_mode
from bot.domain.person import Person, Role
from bot.ports.records import ModeEntry
from bot.ui.inbound import (
    ActionPressed,
    CommandTyped,
    FormSubmitted,
    Invalid,
    Outcome,
    Say,
    Show,
    chosen,
    typed_text,
)

LONGEST_PLAN_DAYS = 730


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """`/caseload`, a word such as `history` or `undo` alone, or leave, a mode or a return in the person's own words.

    A supervisor names a member first: `/caseload for Kim Lee: leave until Friday`.
    """
    person, text = await whose(ctx, event.text.reveal())
    word = " ".join(text.casefold().split()).strip(" .!")
    if person.id != ctx.me.id:
        if not word or word in ctx.aliases("history"):
            return Show(await history_form(ctx, person))
    elif not word and not ctx.me.has(Role.THERAPIST):
        return Show(await leave_form(ctx, ctx.me))  # a supervisor without a caseload takes leave as others do
    elif not word or word in ctx.aliases("status"):
        return Say(await status_card(ctx))
    elif word in ctx.aliases("days"):
        return Show(week_form(ctx, ctx.me.weekdays, {}))
    elif word in ctx.aliases("calendar"):
        return Show(await feed_form(ctx))
    elif word in ctx.aliases("absences"):
        return Show(import_form(ctx, event.actor.platform == own_dates.WEB, {}))
    elif word in ctx.aliases("history"):
        return Show(await history_form(ctx, ctx.me))
    if {word, word.replace(" ", "-")} & ctx.aliases("undo"):
        return await undo_last(ctx)
    return await _read(ctx, person, text)


async def _read(ctx: Context, person: Person, text: str) -> Outcome:
    """What the words say is done, or asked."""
    reading = understand(text, ctx.today(person.timezone), ctx.me.language)
    if not isinstance(reading, Ask):
        return await _act(ctx, person, reading)
    about = await whose_card(ctx, text) if person.id == ctx.me.id else None
    if about:
        return Say(about)
    if reading.why is Why.UNREAD:
        return await _unread(ctx, person, text, reading)
    return await _ask(ctx, person, reading)


async def _unread(ctx: Context, person: Person, text: str, ask: Ask) -> Outcome:
    """A word could not be read: the one it is most like is offered, with what the words then mean."""
    near = nearest(text, ask, ctx.me.language)
    if near is None:
        return Say(await with_known_leave(ctx, question_card(ctx, ask, person), person))
    mended = understand(with_word(text, ask, near[1]), ctx.today(person.timezone), ctx.me.language)
    readings = mended.readings if isinstance(mended, Ask) else (mended,)
    card = question_card(ctx, replace(ask, readings=readings), person, near)
    return Say(await with_known_leave(ctx, card, person))


async def choose(ctx: Context, event: ActionPressed) -> Outcome:
    """What typed words were meant to say, chosen from what they may mean."""
    person = ctx.subject(self_or_supervised)
    try:
        act = act_of(dict(event.args))
    except ValueError:  # a forged button
        return Say(await status_card(ctx))
    return await _act(ctx, person, act)


async def _ask(ctx: Context, person: Person, ask: Ask) -> Outcome:
    """A form where it is clear which one is wanted, else the question with its readings."""
    if ask.why is Why.NOTHING:  # only marks that nobody sees
        return Say(await status_card(ctx))
    if ask.why is Why.NO_PERIOD:
        return Show(await leave_form(ctx, person))
    if ask.why is Why.SHARE:
        return Show(work_form(ctx, await shown(ctx, person), {}))
    if ask.why is Why.PAST and ask.readings and isinstance(ask.readings[0], SwitchMode):
        return await _act(ctx, person, ask.readings[0])  # a correction: its form asks for a note
    if ask.why in {Why.CANCELLED, Why.CHANGE} and not ask.readings:
        which = await ask_which(ctx, person)
        if which:
            return which
    return Say(await with_known_leave(ctx, question_card(ctx, ask, person), person))


async def _act(ctx: Context, person: Person, act: Act) -> Outcome:
    match act:
        case TakeLeave(first, last):
            return await leave.enter(ctx, person, first, last)
        case SwitchMode(mode, first, last):
            if not person.has(Role.THERAPIST):
                return Say(question_card(ctx, Ask(Why.UNFIT), person))  # only who treats has a mode
            return await enter(ctx, person, mode, first, last)
        case ComeBack(on):
            return await leave.back_on(ctx, person, on)
        case ChangeLeave():
            return await change(ctx, person, act)
        case EndMode():
            return await mode_changes.end(ctx, person, act)


async def enter(ctx: Context, person: Person, mode: Mode, first: date, last: date | None) -> Outcome:
    """Switch for good or for a time; the past asks for a note, a shorter period of the same mode what is meant."""
    if first < ctx.today(person.timezone):
        return Show(await plan_form(ctx, person, mode=mode, day=first, until=last, note=Sensitive(), errors={}))
    with suppress(SameModeAlready):
        return await mode_changes.switch(ctx, person, mode, first, last, None)
    return Say(await mode_state_card(ctx, person))


async def pressed_switch(ctx: Context, event: ActionPressed) -> Outcome:
    """A mode button: from today on."""
    return await enter(ctx, ctx.me, parse_mode(event.args.get("mode", "")), ctx.my_today, None)


async def show_status(ctx: Context, event: ActionPressed) -> Outcome:
    """My caseload."""
    return Say(await status_card(ctx))


async def open_plan(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a planned switch or a correction: one's own, or a supervised person's."""
    person = ctx.subject(self_or_supervised)
    today = ctx.today(person.timezone)
    return Show(await plan_form(ctx, person, mode=None, day=today, until=None, note=Sensitive(), errors={}))


async def send_plan(ctx: Context, event: FormSubmitted) -> Outcome:
    """A switch on any day, for good or for a time; the past needs a note."""
    person = ctx.subject(self_or_supervised)
    return await _send(ctx, event, person, None)


async def open_change(ctx: Context, event: ActionPressed) -> Outcome:
    """The form with a recorded switch, to move, shorten or prolong it."""
    entry, person = await _recorded(ctx, event.subject)
    note = Sensitive()
    form = await plan_form(
        ctx, person, mode=entry.mode, day=entry.from_day, until=entry.until_day, note=note, errors={}, entry=entry
    )
    return Show(form)


async def send_change(ctx: Context, event: FormSubmitted) -> Outcome:
    """Another mode, first or last day in place of a recorded switch."""
    entry, person = await _recorded(ctx, event.subject)
    return await _send(ctx, event, person, entry)


async def delete(ctx: Context, event: ActionPressed) -> Outcome:
    """As if a switch had never been recorded; it stays in the history."""
    entry, person = await _recorded(ctx, event.subject)
    return await mode_changes.answer(ctx, person, await modes.delete(ctx, entry))


async def _send(ctx: Context, event: FormSubmitted, person: Person, entry: ModeEntry | None) -> Outcome:
    w = ctx.words
    errors = too_long(ctx, event)
    today = ctx.today(person.timezone)
    mode, note = chosen(event, "mode"), typed_text(event, "note")
    day = ctx.typed_day(typed_text(event, "from_day"), "from_day", errors)
    until = ctx.typed_day(typed_text(event, "until_day"), "until_day", errors)
    if not mode or mode[0] not in CHOICES:
        errors["mode"] = w("field.choose")
    for name, each in (("from_day", day), ("until_day", until)):
        if each and abs((each - today).days) > LONGEST_PLAN_DAYS:
            errors[name] = w("switch.too_far")
    if day and until and until < day:
        errors["until_day"] = w("leave.ends_before")
    moved = entry is None or day != entry.from_day
    if day and day < today and moved and not note:
        errors["note"] = w("switch.note_needed")
    if day is None and "from_day" not in errors:
        errors["from_day"] = w("field.needed")
    if not errors and day:
        try:
            return await mode_changes.switch(ctx, person, Mode(mode[0]), day, until, masked(ctx).get("note"), entry)
        except SameModeAlready:
            errors["mode"] = w("refusal.same_mode_already")
    choice = mode[0] if mode else None
    return Invalid(
        await plan_form(ctx, person, mode=choice, day=day, until=until, note=note, errors=errors, entry=entry)
    )


async def open_history(ctx: Context, event: ActionPressed) -> Outcome:
    """Every recorded change: one's own, or a supervised person's."""
    return Show(await history_form(ctx, ctx.subject(self_or_supervised)))


async def _recorded(ctx: Context, id: str) -> tuple[ModeEntry, Person]:
    """A switch of one's own or of a supervised person, with whose it is."""
    entry = await switch_of_supervised(ctx, id)
    return entry, await ctx.uow.get(Person, entry.person)
