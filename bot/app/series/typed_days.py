"""The days that words after `/round skip`, `move`, `restore`, `pause` and `end` name, and the question where they leave
a doubt."""

from __future__ import annotations

from datetime import date

from bot.app.context import Context
from bot.calendars.spoken import AskDays, Days, Why, understand_day, understand_days
from bot.ports.records import SeriesEntry
from bot.ui.model import Action, Buttons, Card, CardBlock, Text, line

WITH_DAYS = frozenset({"skip", "move", "restore", "pause", "end"})
"""Words of `/round` that a day may follow."""

_OF_LEAVE = frozenset({Why.NO_PERIOD, Why.NO_END, Why.OPEN_END, Why.CANCELLED, Why.SHARE, Why.NOTHING})
"""Reasons whose sentences speak of leave."""


def named_days(ctx: Context, word: str, text: str) -> Days | AskDays | None:
    """The days named after a word, None where none was needed and none typed; `move` means the first to the last."""
    if not text:
        return AskDays(Why.NOTHING) if word in {"move", "restore"} else None
    if word == "move":
        return _from_day_to_day(ctx, text)
    if word == "pause":
        return _pause(ctx, text)
    return _as_days(understand_day(text, ctx.my_today, ctx.me.language))


def question_card(ctx: Context, entry: SeriesEntry, word: str, ask: AskDays) -> Card:
    """Why nothing was changed, and what the words may mean, as buttons. What was typed is not repeated."""
    w = ctx.words
    title = w(f"caseload.ask.{(Why.UNREAD if ask.why in _OF_LEAVE else ask.why).value}")
    blocks: tuple[CardBlock, ...] = (Text(line(w("field.date"))),)
    if ask.readings:
        buttons = tuple(
            Action("series.said", _label(ctx, word, days), entry.id, {"word": word, **_args(days)})
            for days in ask.readings
        )
        blocks = (Text(line(w("caseload.ask.meant"))), Buttons(buttons))
    return Card("series.ask", title, blocks, summary=title)


def _args(days: Days) -> dict[str, str]:
    return {"first": days.first.isoformat(), "last": days.last.isoformat() if days.last else ""}


def days_of(args: dict[str, str]) -> Days:
    """The days that a button carries. Raises `ValueError` for values that no button has."""
    return Days(date.fromisoformat(args.get("first", "")), date.fromisoformat(args["last"]) if args["last"] else None)


def _label(ctx: Context, word: str, days: Days) -> str:
    w = ctx.words
    first = w.day(days.first, year=True)
    if days.last == days.first:
        return first
    last = w.day(days.last, year=True) if days.last else "…"
    return f"{first} → {last}" if word == "move" else f"{first} – {last}"


def _as_days(found: date | AskDays) -> Days | AskDays:
    return Days(found, found) if isinstance(found, date) else found


def _pause(ctx: Context, text: str) -> Days | AskDays:
    """How long the series rests. A single day may be that day or the last of the pause."""
    found = understand_days(text, ctx.my_today, ctx.me.language)
    if isinstance(found, AskDays) or found.last != found.first or found.first <= ctx.my_today:
        return found
    return AskDays(Why.TWO_READINGS, (Days(ctx.my_today, found.first), found))


def _from_day_to_day(ctx: Context, text: str) -> Days | AskDays:
    """11 Jan to 12 Jan, in the person's language or English; either day may leave a doubt."""
    for word in sorted(ctx.aliases("until"), key=len, reverse=True):
        day, found, to = f" {text.casefold()} ".partition(f" {word} ")
        if not found:
            continue
        ends = [understand_day(each, ctx.my_today, ctx.me.language) for each in (day, to)]
        doubts = [end for end in ends if isinstance(end, AskDays)]
        choices = [[r.first for r in end.readings] if isinstance(end, AskDays) else [end] for end in ends]
        readings = tuple(Days(first, last) for first in choices[0] for last in choices[1])
        return AskDays(doubts[0].why, readings) if doubts else readings[0]
    return AskDays(Why.UNREAD)
