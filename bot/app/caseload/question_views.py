"""The question back when typed words leave a doubt: what they may mean, as buttons, and what can be written."""

from __future__ import annotations

from datetime import date

from bot.app.context import Context
from bot.calendars.spoken import Act, Ask, ComeBack, SwitchMode, TakeLeave
from bot.domain.caseload import Mode
from bot.ui.model import Action, Buttons, Card, CardBlock, Items, Text, line, strong


def question_card(ctx: Context, ask: Ask) -> Card:
    """Why nothing was done, and the ways on. What was typed is not repeated."""
    w = ctx.words
    title = w(f"caseload.ask.{ask.why.value}")
    blocks: list[CardBlock] = []
    if ask.readings:
        buttons = tuple(reading_action(ctx, act) for act in ask.readings)
        blocks += [Text(line(w("caseload.ask.meant"))), Buttons(buttons)]
    examples = tuple(line(strong(w(f"caseload.example.{kind}"))) for kind in ("leave", "mode", "back"))
    forms = (
        Action("caseload.leave", w("leave.open"), opens=True),
        Action("caseload.plan", w("switch.plan"), opens=True),
    )
    blocks += [Text(line(w("caseload.ask.write"))), Items(examples), Buttons(forms)]
    return Card("caseload.ask", title, tuple(blocks), summary=title)


def reading_action(ctx: Context, act: Act) -> Action:
    """The button that does what a reading says."""
    return Action("caseload.read", _label(ctx, act), args=args_of(act))


def args_of(act: Act) -> dict[str, str]:
    """A reading as the short values that a button carries."""
    match act:
        case TakeLeave(first, last):
            return {"do": "leave", "first": first.isoformat(), "last": last.isoformat() if last else ""}
        case SwitchMode(mode, first, last):
            last_day = last.isoformat() if last else ""
            return {"do": "mode", "mode": mode.value, "first": first.isoformat(), "last": last_day}
        case ComeBack(on):
            return {"do": "back", "first": on.isoformat()}


def act_of(args: dict[str, str]) -> Act:
    """The reading that a button carries. Raises `ValueError` for values that no button has."""
    first = date.fromisoformat(args.get("first", ""))
    if first == date.min:
        raise ValueError(first)  # the day before does not exist
    last = date.fromisoformat(args["last"]) if args.get("last") else None
    match args.get("do"):
        case "leave":
            return TakeLeave(first, last)
        case "mode":
            return SwitchMode(Mode(args.get("mode", "")), first, last)
        case "back":
            return ComeBack(first)
    raise ValueError(args.get("do"))


def _label(ctx: Context, act: Act) -> str:
    w = ctx.words
    match act:
        case ComeBack(on):
            return w("caseload.reading.back", day=_day(ctx, on))
        case TakeLeave(first, last):
            return w("caseload.reading.leave", period=_period(ctx, first, last))
        case SwitchMode(mode, first, last):
            return w("caseload.reading.mode", mode=w(f"mode.{mode.value}"), period=_period(ctx, first, last))


def _period(ctx: Context, first: date, last: date | None) -> str:
    """ "Fri 22 Jan", "Mon 18 Jan – Wed 12 Jan 2028", "Mon 18 Jan – …"."""
    if last == first:
        return _day(ctx, first)
    return f"{_day(ctx, first)} – {_day(ctx, last) if last else '…'}"


def _day(ctx: Context, day: date) -> str:
    """With its year where that is not this one."""
    return ctx.words.day(day, year=day.year != ctx.my_today.year)
