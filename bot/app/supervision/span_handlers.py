"""The log's entries of a span of days: typed after `/supervision`, or chosen in a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.app.context import Context
from bot.app.facts.log_entries import entries_of
from bot.app.supervision.log_views import Shown, log_card
from bot.calendars.spoken import AskDays, Days, Why, understand_past_days
from bot.domain.caseload import add_months
from bot.domain.supervision import current
from bot.reports.periods import NoSuchQuarter
from bot.reports.typed_periods import parse_period
from bot.reports.typed_spans import after_since, latest_of, parse_span
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome, Say, Show, chosen, typed_text
from bot.ui.model import DateField, Form, ManyField, Option

_MOST_MONTHS = 1200


async def typed_span(ctx: Context, text: str) -> Days | AskDays | None:
    """The days that words after the command name: a period of any kind, a quarter or a year; None if they name none."""
    try:
        whole = parse_period(text, ctx.my_today)
    except NoSuchQuarter:
        return await _other_span(ctx, text)
    return Days(whole.first, whole.last)


async def _other_span(ctx: Context, text: str) -> Days | AskDays | None:
    """A month, a half-year, "since October", "the last 12 months", or days said one by one."""
    if span := parse_span(text, ctx.my_today):
        return Days(*span)
    if begins := after_since(text):
        found = await typed_span(ctx, begins)
        if not isinstance(found, Days):
            return found
        return Days(found.first, ctx.my_today) if found.first <= ctx.my_today else AskDays(Why.VAGUE)
    said = latest_of(text) or text
    past = understand_past_days(said, ctx.my_today, ctx.me.language, earliest=await _earliest(ctx))
    return None if isinstance(past, AskDays) and past.why in {Why.UNREAD, Why.NOTHING} else past


async def open_span(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for first and last day."""
    return Show(_form(ctx, {}, unsigned=event.args.get("unsigned") == "yes"))


async def send_span(ctx: Context, event: FormSubmitted) -> Outcome:
    """The log with the entries of the days that were entered; a day left out is the first entry's, or today."""
    errors: dict[str, str] = {}
    first = ctx.typed_day(typed_text(event, "first"), "first", errors, past=True)
    last = ctx.typed_day(typed_text(event, "last"), "last", errors, past=True)
    unsigned = "yes" in chosen(event, "unsigned")
    check_days(ctx, first, last, errors)
    if errors:
        return Invalid(_form(ctx, errors, first, last, unsigned=unsigned))
    first, last = first or await _earliest(ctx), last or ctx.my_today
    return Say(await log_card(ctx, Shown(unsigned=unsigned, span=(first, last))))


def check_days(ctx: Context, first: date | None, last: date | None, errors: dict[str, str]) -> None:
    """A period to look back on: it has begun, ends no earlier than it begins, and lies within a century."""
    w = ctx.words
    if first and last and last < first:
        errors["last"] = w("export.ends_before")
    if first and first > ctx.my_today:
        errors["first"] = w("export.ahead")
    for name, day in (("first", first), ("last", last)):
        if day and day < add_months(ctx.my_today, -_MOST_MONTHS):
            errors[name] = w("export.long_ago")


async def _earliest(ctx: Context) -> date:
    return min((entry.day for entry in current(await entries_of(ctx, ctx.me.id))), default=ctx.my_today)


def _form(
    ctx: Context, errors: Mapping[str, str], first: date | None = None, last: date | None = None, *, unsigned: bool
) -> Form:
    w = ctx.words
    return Form(
        "log.span.send",
        w("log.days"),
        fields=(
            DateField("first", w("export.first"), first, w("export.first.hint")),
            DateField("last", w("export.last"), last),
            ManyField("unsigned", w("log.signed"), (Option("yes", w("log.unsigned")),), ("yes",) if unsigned else ()),
        ),
        submit=w("log.days.submit"),
        errors=errors,
    )
