"""Caseload mode and leave: `/caseload icbt`, `/caseload leave until 12 Jan`, and the same by buttons.

A switch is a dated fact; its effect on the open-review cap and the targets is shown with it. From the
first day of leave nobody gets reviews; open ones move to others (`repair.py`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.anonymise import Sensitive
from bot.app.context import Context
from bot.app.handlers.repair import free_seats_of
from bot.app.handlers.returning import announce_return
from bot.app.handlers.texts import typed_text
from bot.app.moments import start_of_day
from bot.app.relations import my_groups
from bot.app.views.caseload import cap_of, caseload_of
from bot.domain.caseload import Leave, Mode, ModeChange, UnknownMode, effect_of_switch, parse_mode, plan_switch
from bot.domain.local_dates import NotADate, parse_date
from bot.domain.policy import Policy
from bot.errors import Refusal
from bot.ports.records import LeaveEntry, ModeEntry
from bot.ui.inbound import ActionPressed, CommandTyped, Done, FormSubmitted, Invalid, Outcome, Say, Show
from bot.ui.model import Action, Buttons, Card, CardBlock, DateField, Facts, Form, Text, line, strong

CHOICES = (Mode.ICBT, Mode.F2F, Mode.BLENDED)


class NoLeaveToEnd(Refusal):
    """There is no current or planned leave to end."""


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """`/caseload`, `/caseload status`, `/caseload <mode>`, `/caseload leave [from …] until …`, `/caseload back`."""
    words = event.text.reveal().split()
    first = words[0].casefold() if words else ""
    if not first or first in _aliases(ctx, "status"):
        return Say(await status_card(ctx))
    if first in _aliases(ctx, "leave"):
        return await _typed_leave(ctx, " ".join(words[1:]))
    if first in _aliases(ctx, "back"):
        return await end_leave(ctx, None)
    try:
        return await _switch(ctx, parse_mode(" ".join(words)))
    except UnknownMode:
        return Say(_options_card(ctx))


async def pressed_switch(ctx: Context, event: ActionPressed) -> Outcome:
    """A mode button on the home page."""
    return await _switch(ctx, parse_mode(event.args.get("mode", "")))


async def open_leave(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for leave."""
    return Show(_leave_form(ctx, None, None, {}))


async def send_leave(ctx: Context, event: FormSubmitted) -> Outcome:
    """Leave from a day until a day, or open-ended."""
    errors: dict[str, str] = {}
    first = _day(ctx, typed_text(event, "first_day"), "first_day", errors)
    last = _day(ctx, typed_text(event, "last_day"), "last_day", errors)
    if first is None and "first_day" not in errors:
        errors["first_day"] = ctx.words("field.needed")
    if first and last and last < first:
        errors["last_day"] = ctx.words("leave.ends_before")
    if errors or first is None:
        return Invalid(_leave_form(ctx, first, last, errors))
    return await _take_leave(ctx, first, last)


async def end_leave(ctx: Context, event: ActionPressed | None) -> Outcome:
    """Back before the leave's end, or a planned leave given up."""
    today = ctx.my_today
    entries = await ctx.uow.find(LeaveEntry, person=ctx.me.id, cancelled_at=None, order=("first_day",))
    open_ones = [e for e in entries if e.last_day is None or e.last_day >= today]
    if not open_ones:
        raise NoLeaveToEnd
    entry = open_ones[0]
    if entry.first_day >= today:
        await ctx.uow.save(replace(entry, cancelled_at=ctx.now))
    else:
        await ctx.uow.save(replace(entry, last_day=today - timedelta(days=1)))
    await ctx.uow.wake("leave.returns", entry.id, None)
    await ctx.uow.wake("person.remind", ctx.me.id, ctx.now)
    return Done(ctx.words("leave.ended"))


async def status_card(ctx: Context) -> Card:
    """Mode, leave and what they mean today, with the buttons to change them."""
    w = ctx.words
    caseload = await caseload_of(ctx, ctx.me)
    policy = await my_policy(ctx)
    today = ctx.my_today
    target = caseload.target_on(today, policy)
    leave = caseload.leave_on(today) or caseload.next_leave(today)
    rows = [
        (w("caseload.mode"), line(strong(w(f"mode.{caseload.mode_on(today).value}")))),
        (w("caseload.cap"), line(w.number(await cap_of(ctx, ctx.me, policy)))),
        (w("caseload.targets"), line(w("caseload.targets.value", any=target.any_event, own=target.own_case))),
    ]
    if leave:
        until = w.day(leave.last, year=True) if leave.last else w("leave.open_ended")
        rows.append((w("caseload.leave"), line(w("leave.period", first=w.day(leave.first, year=True), last=until))))
    blocks: list[CardBlock] = [Facts(tuple(rows)), Buttons(await mode_actions(ctx))]
    return Card("caseload.status", w("caseload.title"), tuple(blocks), summary=w("caseload.title"))


async def mode_actions(ctx: Context) -> tuple[Action, ...]:
    """One button a mode the person is not in, and leave."""
    caseload = await caseload_of(ctx, ctx.me)
    today = ctx.my_today
    current = caseload.chosen_mode_on(today)
    actions = [
        Action("caseload.switch", ctx.words(f"mode.switch.{m.value}"), args={"mode": m.value})
        for m in CHOICES
        if m is not current
    ]
    if caseload.leave_on(today) or caseload.next_leave(today):
        actions.append(Action("caseload.back", ctx.words("leave.end")))
    else:
        actions.append(Action("caseload.leave", ctx.words("leave.open"), opens=True))
    return tuple(actions)


async def my_policy(ctx: Context) -> Policy:
    """The policy of the person's first group, else the organisation's."""
    groups = await my_groups(ctx)
    return await ctx.policy(groups[0] if groups else None)


async def _switch(ctx: Context, to: Mode) -> Outcome:
    w, today = ctx.words, ctx.my_today
    caseload = await caseload_of(ctx, ctx.me)
    effect = effect_of_switch(caseload, to, today, await my_policy(ctx))
    plan_switch(caseload, ModeChange(ctx.me.id, to, today, "", ctx.now))
    await ctx.uow.add(
        ModeEntry(
            id=ctx.tools.ids.new("mode"),
            organisation=ctx.uow.organisation,
            person=ctx.me.id,
            mode=to.value,
            from_day=today,
            recorded_at=ctx.now,
            recorded_by=ctx.me.id,
        )
    )
    before, after = effect.targets_before, effect.targets_after
    rows = (
        (w("caseload.mode"), line(w(f"mode.{effect.mode_before.value}"), " → ", strong(w(f"mode.{to.value}")))),
        (w("caseload.cap"), line(f"{effect.cap_before} → ", strong(str(effect.cap_after)))),
        (
            w("caseload.targets"),
            line(f"{before.any_event} / {before.own_case} → ", strong(f"{after.any_event} / {after.own_case}")),
        ),
    )
    note = Text(line(w("caseload.from_next_round")))
    return Say(Card("caseload.switched", w("caseload.switched"), (Facts(rows), note), summary=w("caseload.switched")))


async def _typed_leave(ctx: Context, text: str) -> Outcome:
    w = ctx.words
    for word in _aliases(ctx, "until"):
        head, found, tail = f" {text} ".partition(f" {word} ")
        if found:
            first = parse_date(_without(head, _aliases(ctx, "from")), ctx.my_today) if head.strip() else ctx.my_today
            last = parse_date(tail.strip(), ctx.my_today)
            if last < first:
                return Say(Card("caseload.leave", w("caseload.leave"), (Text(line(w("leave.ends_before"))),)))
            return await _take_leave(ctx, first, last)
    if text.strip():
        return await _take_leave(ctx, parse_date(_without(text, _aliases(ctx, "from")), ctx.my_today), None)
    return Show(_leave_form(ctx, ctx.my_today, None, {}))


async def _take_leave(ctx: Context, first: date, last: date | None) -> Outcome:
    Leave(ctx.me.id, first, last)
    entry = LeaveEntry(
        id=ctx.tools.ids.new("leave"),
        organisation=ctx.uow.organisation,
        person=ctx.me.id,
        first_day=first,
        last_day=last,
        recorded_at=ctx.now,
        recorded_by=ctx.me.id,
    )
    await ctx.uow.add(entry)
    if first <= ctx.my_today:
        await free_seats_of(ctx, ctx.me)
    else:
        await ctx.uow.wake("leave.begins", entry.id, start_of_day(first, ctx.me.timezone))
    await announce_return(ctx, ctx.me, entry)
    until = ctx.words.day(last, year=True) if last else ctx.words("leave.open_ended")
    return Done(ctx.words("leave.taken", first=ctx.words.day(first, year=True), last=until))


def _leave_form(ctx: Context, first: date | None, last: date | None, errors: dict[str, str]) -> Form:
    w = ctx.words
    return Form(
        key="caseload.leave.send",
        title=w("leave.title"),
        body=(Text(line(w("leave.intro"))),),
        fields=(
            DateField("first_day", w("leave.first_day"), first, required=True),
            DateField("last_day", w("leave.last_day"), last, hint=w("leave.last_day.hint")),
        ),
        submit=w("leave.submit"),
        errors=errors,
    )


def _options_card(ctx: Context) -> Card:
    w = ctx.words
    lines = tuple(line(strong(f"/caseload {m.value}"), f" — {w(f'mode.{m.value}')}") for m in CHOICES)
    from bot.ui.model import Items

    more = (line(strong(w("caseload.example.leave"))), line(strong("/caseload status")))
    return Card(
        "caseload.options",
        w("caseload.unknown"),
        (Items((*lines, *more)),),
        summary=w("caseload.unknown"),
    )


def _aliases(ctx: Context, word: str) -> set[str]:
    """The words for something in the person's language and in English."""
    return set(ctx.words(f"typed.{word}").casefold().split()) | {word}


def _without(text: str, leading: set[str]) -> str:
    parts = text.split()
    return " ".join(parts[1:] if parts and parts[0].casefold() in leading else parts)


def _day(ctx: Context, text: Sensitive, name: str, errors: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return parse_date(text.reveal(), ctx.my_today)
    except NotADate:
        errors[name] = ctx.words("field.date")
        return None
