"""The question back when typed words leave a doubt: what they may mean, as buttons, and what can be written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.app.context import Context
from bot.calendars.spoken import Act, Ask, Change, ChangeLeave, ComeBack, EndMode, SwitchMode, TakeLeave, Why
from bot.calendars.spoken.things import DAYS_IN, MONTHS_IN
from bot.domain.caseload import Mode
from bot.domain.person import Person
from bot.ui.model import Action, Buttons, Card, CardBlock, Items, Text, line, strong

MOST_UNITS = 400
EXAMPLES: Mapping[Why, tuple[str, ...]] = {
    Why.NO_ACT: ("leave", "mode", "back"),
    Why.NO_END: ("end",),
    Why.OPEN_END: ("end",),
    Why.BEGUN: ("end",),
    Why.ROLLED_OVER: ("year",),
    Why.LONG: ("long",),
    Why.REVERSED: ("order",),
    Why.PAST: ("past",),
    Why.NO_SUCH_DAY: ("days",),
    Why.WEEKDAY_DIFFERS: ("days",),
    Why.TWO_READINGS: ("clear",),
    Why.VAGUE: ("days",),
    Why.CLOCK: ("whole",),
    Why.HALF_DAY: ("whole",),
    Why.UNSURE: ("leave",),
    Why.CANCELLED: ("change",),
    Why.CHANGE: ("change",),
    Why.ELSEWHERE: ("leave",),
}
"""What can be written instead: lines of three examples each. All kinds for what is not here."""


def question_card(ctx: Context, ask: Ask, person: Person, near: tuple[str, str] | None = None) -> Card:
    """What was not understood, and the ways on.

    What was typed is not repeated: it may be a reason. Only a word that is nearly one of ours is, with that one
    (`near`).
    """
    w = ctx.words
    title = w("caseload.ask.nearest", word=near[0], known=near[1]) if near else _title(ctx, ask)
    blocks: list[CardBlock] = [] if person.id == ctx.me.id else [Text(line(strong(person.name)))]
    if ask.readings:
        buttons = tuple(reading_action(ctx, act, person) for act in ask.readings)
        blocks += [Text(line(w("caseload.ask.meant"))), Buttons(buttons)]
    kinds = EXAMPLES.get(ask.why, ("leave", "mode", "back"))
    year = str(ctx.my_today.year + 1)
    examples = tuple(line(strong(w(f"caseload.example.{kind}", year=year))) for kind in kinds)
    subject = subject_of(ctx, person)
    forms = (
        Action("caseload.leave", w("leave.open"), subject, opens=True),
        Action("caseload.plan", w("switch.plan"), subject, opens=True),
    )
    blocks += [Text(line(w("caseload.ask.write"))), Items(examples), Buttons(forms)]
    return Card("caseload.ask", title, tuple(blocks), summary=title)


def _title(ctx: Context, ask: Ask) -> str:
    w = ctx.words
    return w("caseload.ask.word", number=ask.word) if ask.word else w(f"caseload.ask.{ask.why.value}")


def reading_action(ctx: Context, act: Act, person: Person) -> Action:
    """The button that does what a reading says."""
    return Action("caseload.read", _label(ctx, act), subject_of(ctx, person), args=args_of(act))


def subject_of(ctx: Context, person: Person) -> str:
    """What a button names: nothing for oneself, a member for whom a supervisor acts."""
    return "" if person.id == ctx.me.id else person.id


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
        case EndMode(mode, last, count, unit):
            day = {"first": last.isoformat()} if last else {"count": str(count), "unit": unit}
            return {"do": "end_mode", "mode": mode.value, **day}
        case ChangeLeave(how, first, last, count, unit, of):
            days = {name: day.isoformat() for name, day in (("first", first), ("last", last), ("of", of)) if day}
            return {"do": "change", "how": how.value, "count": str(count), "unit": unit, **days}


def act_of(args: dict[str, str]) -> Act:
    """The reading that a button carries. Raises `ValueError` for values that no button has."""
    count, unit = int(args.get("count", "0")), args.get("unit", "day")
    if unit not in {*DAYS_IN, *MONTHS_IN} or abs(count) > MOST_UNITS:
        raise ValueError(unit)
    if args.get("do") == "end_mode" and not args.get("first"):
        return EndMode(Mode(args.get("mode", "")), count=count, unit=unit)
    if args.get("do") == "change":
        begins, ends, of = (date.fromisoformat(args[n]) if args.get(n) else None for n in ("first", "last", "of"))
        return ChangeLeave(Change(args.get("how", "")), begins, ends, count, unit, of)
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
        case "end_mode":
            return EndMode(Mode(args.get("mode", "")), first)
    raise ValueError(args.get("do"))


def _label(ctx: Context, act: Act) -> str:
    w = ctx.words
    match act:
        case ChangeLeave(how):
            return w(f"caseload.reading.{how.value}", period=_change_words(ctx, act))
        case ComeBack(on):
            return w("caseload.reading.back", day=day_label(ctx, on))
        case TakeLeave(first, last):
            return w("caseload.reading.leave", period=period_label(ctx, first, last))
        case SwitchMode(mode, first, last):
            return w("caseload.reading.mode", mode=w(f"mode.{mode.value}"), period=period_label(ctx, first, last))
        case EndMode(mode, last, count, _):
            if last:
                return w("caseload.reading.mode_end", mode=w(f"mode.{mode.value}"), day=day_label(ctx, last))
            key = "caseload.reading.mode_longer" if count else "caseload.reading.mode_stop"
            return w(key, mode=w(f"mode.{mode.value}"))


def _change_words(ctx: Context, act: ChangeLeave) -> str:
    """ "12 Feb", "8 Feb – 12 Feb"."""
    if act.first:
        return period_label(ctx, act.first, act.last)
    return day_label(ctx, act.last) if act.last else ""


def period_label(ctx: Context, first: date, last: date | None) -> str:
    """ "Fri 22 Jan", "Mon 18 Jan – Wed 12 Jan 2028", "Mon 18 Jan – …"."""
    if last == first:
        return day_label(ctx, first)
    return f"{day_label(ctx, first)} – {day_label(ctx, last) if last else '…'}"


def day_label(ctx: Context, day: date) -> str:
    """With its year where that is not this one."""
    return ctx.words.day(day, year=day.year != ctx.my_today.year)
