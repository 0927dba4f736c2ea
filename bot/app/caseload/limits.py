"""A person's own share of reviews and cap on open ones, for good or for a time: the fields, what they say, the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.app.context import Context
from bot.domain.caseload import Caseload
from bot.domain.person import Person
from bot.ports.records import LimitEntry
from bot.ui.inbound import FormSubmitted, typed_text
from bot.ui.model import Action, DateField, Field, Line, NumberField, Row, line, strong

LOW, HIGH, ALL, MOST = 10, 200, 100, 20
"""Per cent of the share that a post brings, and the most open reviews a cap of one's own may name."""


@dataclass(frozen=True)
class Limit:
    """What a limit says: nothing at all where everything is None."""

    percent: int | None = None
    cap: int | None = None
    until: date | None = None


def in_force(caseload: Caseload, day: date) -> Limit:
    """What holds on a day."""
    known = caseload.limit_on(day)
    return Limit(known.percent, known.cap, known.until) if known else Limit()


def limit_fields(ctx: Context, caseload: Caseload, day: date) -> tuple[Field, ...]:
    """Share, cap and end of what holds now."""
    w, now = ctx.words, in_force(caseload, day)
    return (
        NumberField("limit_percent", w("limit.percent"), now.percent or ALL, LOW, HIGH, w("limit.percent.hint")),
        NumberField("limit_cap", w("limit.cap"), now.cap, 0, MOST, w("limit.cap.hint")),
        DateField("limit_until", w("limit.until"), now.until, w("limit.until.hint")),
    )


def read_limit(ctx: Context, event: FormSubmitted, today: date, errors: dict[str, str]) -> Limit:
    """The limit a form was sent with; 100 per cent and an empty cap are none."""
    percent = _number(ctx, event, "limit_percent", LOW, HIGH, errors)
    cap = _number(ctx, event, "limit_cap", 0, MOST, errors)
    until = ctx.typed_day(typed_text(event, "limit_until"), "limit_until", errors)
    if until and until < today:
        errors["limit_until"] = ctx.words("limit.ended")
    percent = None if percent == ALL else percent
    if percent is None and cap is None:
        if until:
            errors.setdefault("limit_until", ctx.words("limit.nothing"))
        return Limit()
    return Limit(percent, cap, until)


async def limit_rows(ctx: Context, person: Person) -> list[Row]:
    """Every recorded limit, newest first, each with what can be done about it."""
    w = ctx.words
    rows = []
    for entry in await ctx.uow.find(LimitEntry, person=person.id, order=("-from_day", "-recorded_at")):
        detail = w("switch.recorded", when=w.moment(entry.recorded_at, ctx.me.timezone))
        detail += f" · {w('switch.amended')}" if entry.cancelled_at else ""
        remove = () if entry.cancelled_at else (Action("caseload.limit.delete", w("switch.delete"), entry.id),)
        told = limit_words(ctx, Limit(entry.percent, entry.cap, entry.until_day))
        rows.append(Row(line(w.day(entry.from_day, year=True), ": ", strong(told)), line(detail), remove))
    return rows


def limit_words(ctx: Context, limit: Limit) -> str:
    """ "60 % of the reviews, at most 1 open, until Fri 12 Feb 2027"."""
    w = ctx.words
    parts = [w("limit.told.percent", percent=w.percent(limit.percent))] if limit.percent is not None else []
    parts += [w("limit.told.cap", n=w.number(limit.cap))] if limit.cap is not None else []
    parts += [w("limit.told.until", day=w.day(limit.until, year=True))] if limit.until else []
    return ", ".join(parts) or w("limit.told.none")


def limit_row(ctx: Context, caseload: Caseload, day: date) -> list[tuple[str, Line]]:
    """What holds today, for the card of a caseload; nothing where nothing is limited."""
    now = in_force(caseload, day)
    return [(ctx.words("limit.title"), line(limit_words(ctx, now)))] if now != Limit() else []


def _number(ctx: Context, event: FormSubmitted, name: str, low: int, high: int, errors: dict[str, str]) -> int | None:
    digits = typed_text(event, name).reveal().strip()
    if not digits:
        return None
    if digits.isdecimal() and len(digits) < 4 and low <= int(digits) <= high:
        return int(digits)
    errors[name] = ctx.words("field.whole_number", low=low, high=high)
    return None
