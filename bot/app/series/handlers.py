"""Series of rounds: begin, show, skip, move, restore, pause, resume, end; typed after `/round` or by buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from bot.app.context import Context
from bot.app.facts.permissions import NotFoundHere, planned_group, planned_only
from bot.app.series.change_views import change_form
from bot.app.series.form_views import NAMES, preview_form, read, series_form
from bot.app.series.typed_days import WITH_DAYS, days_of, named_days, question_card
from bot.app.series.views import EVERY, messages_form, series_card, series_list
from bot.app.steps.series_store import as_plan, change, follow, following, plan_of, series_of
from bot.calendars.spoken import AskDays, Days
from bot.domain.organisation import Group
from bot.domain.round import Round
from bot.domain.series import NoSuchOccurrence, Series
from bot.errors import Refusal
from bot.ports.records import SeriesEntry
from bot.ui.inbound import (
    ActionPressed,
    CommandTyped,
    Done,
    FormSubmitted,
    Invalid,
    Outcome,
    Say,
    Show,
    chosen,
    typed_text,
)
from bot.ui.model import DateField, Form, Text, line

WORDS = ("series", "change", "skip", "move", "restore", "pause", "resume", "end")


class SeriesEnded(Refusal):
    """A series that ended takes no changes; a new one can be begun."""


class NoMessageReviews(Refusal):
    """The group's policy has no message reviews (`message_reviews`)."""


class OccurrenceIsOver(Refusal):
    """A date that has passed, or whose round was published, is not changed; `day`."""


# ---- begin -----------------------------------------------------------------------------------


async def open_new(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a new series."""
    return Show(await series_form(ctx, {}, {}))


async def send_preview(ctx: Context, event: FormSubmitted) -> Outcome:
    """Show the dates before anything begins."""
    values = _values(event)
    wanted, errors = await read(ctx, values)
    if wanted is None:
        return Invalid(await series_form(ctx, values, errors))
    return Show(await preview_form(ctx, wanted, values))


async def begin(ctx: Context, event: FormSubmitted) -> Outcome:
    """The series begins; the round of its first date opens when its time to collect cases comes."""
    values = {name: event.state.get(name, "") for name in NAMES}
    wanted, errors = await read(ctx, values)
    if wanted is None:
        return Show(await series_form(ctx, values, errors))
    today = ctx.today(wanted.group.timezone)
    over = [o.planned for o in islice(wanted.plan.occurrences(today), 1) if o.at is not None and o.at <= ctx.now]
    entry = SeriesEntry(
        id=ctx.tools.ids.new("series"),
        organisation=ctx.uow.organisation,
        group=wanted.group.id,
        clinic=wanted.clinic,
        plan=as_plan(wanted.plan.series, wanted.plan.phases),
        made_at=ctx.now,
        handled=over[0] if over else today - timedelta(days=1),
    )
    await ctx.uow.add(entry)
    entry = await follow(ctx, entry)
    return Done(ctx.words("series.begun"), await series_card(ctx, entry))


# ---- look and change -------------------------------------------------------------------------


async def show_list(ctx: Context, event: ActionPressed) -> Outcome:
    """Every series of the groups I plan for, each with its next date."""
    return Say(await series_list(ctx))


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """One series with its next dates."""
    return Say(await series_card(ctx, ctx.subject(planned_series)))


async def press_skip(ctx: Context, event: ActionPressed) -> Outcome:
    """Leave one date out."""
    return await _pressed(ctx, await _skip(ctx, await live_series(ctx, event.subject), _argument(event)))


async def press_restore(ctx: Context, event: ActionPressed) -> Outcome:
    """Hold a date as planned after all."""
    return await _pressed(ctx, await _restore(ctx, await live_series(ctx, event.subject), _argument(event)))


async def open_move(ctx: Context, event: ActionPressed) -> Outcome:
    """To which day a date should move."""
    entry = await live_series(ctx, event.subject)
    return Show(_move_form(ctx, entry, _argument(event), {}))


async def send_move(ctx: Context, event: FormSubmitted) -> Outcome:
    """Hold one date on another day."""
    entry = await live_series(ctx, event.subject)
    day = _iso(event.state.get("day", ""))
    errors: dict[str, str] = {}
    to = ctx.typed_day(typed_text(event, "to"), "to", errors)
    if to is None:
        return Invalid(_move_form(ctx, entry, day, errors or {"to": ctx.words("field.needed")}))
    return await _pressed(ctx, await _move(ctx, entry, day, to))


async def open_messages(ctx: Context, event: ActionPressed) -> Outcome:
    """Which rounds of the series ask for a retold message."""
    return Show(await messages_form(ctx, await live_series(ctx, event.subject), {}))


async def send_messages(ctx: Context, event: FormSubmitted) -> Outcome:
    """From the next date that opens on; a round that is open stays as it is."""
    entry = await live_series(ctx, event.subject)
    if not (await ctx.policy(await ctx.uow.get(Group, entry.group))).message_reviews:
        raise NoMessageReviews
    every = (chosen(event, "every") or ("",))[0]
    if every not in EVERY:
        return Invalid(await messages_form(ctx, entry, {"every": ctx.words("field.choose")}))
    entry = await change(ctx, entry, replace(series_of(entry), messages=int(every)))
    return await _pressed(ctx, (ctx.words("series.messages.done"), entry))


async def open_pause(ctx: Context, event: ActionPressed) -> Outcome:
    """From when until when the series rests."""
    entry = await live_series(ctx, event.subject)
    return Show(_pause_form(ctx, entry, {}))


async def send_pause(ctx: Context, event: FormSubmitted) -> Outcome:
    """The series rests; its dates stay where they would have been."""
    entry = await live_series(ctx, event.subject)
    errors: dict[str, str] = {}
    first = ctx.typed_day(typed_text(event, "first_day"), "first_day", errors) or ctx.my_today
    last = ctx.typed_day(typed_text(event, "last_day"), "last_day", errors)
    if last and last < first:
        errors["last_day"] = ctx.words("leave.ends_before")
    if errors:
        return Invalid(_pause_form(ctx, entry, errors))
    return await _pressed(ctx, await _pause(ctx, entry, first, last))


async def press_resume(ctx: Context, event: ActionPressed) -> Outcome:
    """Go on, on the same dates as if there had been no pause."""
    return await _pressed(ctx, await _resume(ctx, await live_series(ctx, event.subject)))


async def press_end(ctx: Context, event: ActionPressed) -> Outcome:
    """No further round; one under way goes on."""
    return await _pressed(ctx, await _end(ctx, await live_series(ctx, event.subject), ctx.my_today))


# ---- typed -----------------------------------------------------------------------------------


async def typed(ctx: Context, event: CommandTyped, word: str, rest: str) -> Outcome:
    """`/round series [new]`, `change`, `skip [day]`, `move <day> to <day>`, `restore <day>`, `pause [until day]`"""
    if word == "series":
        new = rest.casefold() in ctx.aliases("new")
        return Show(await series_form(ctx, {}, {})) if new else Say(await series_list(ctx))
    entry = await _only_one(ctx)
    if entry is None:
        return Say(await series_list(ctx, ctx.words("series.choose_one")))
    if word == "change":
        return Show(await change_form(ctx, entry, {}, {}))
    if word == "resume":
        note, entry = await _resume(ctx, entry)
        return Say(await series_card(ctx, entry, note))
    days = named_days(ctx, word, rest)
    if isinstance(days, AskDays):
        return Say(question_card(ctx, entry, word, days))
    note, entry = await _carry_out(ctx, entry, word, days)
    return Say(await series_card(ctx, entry, note))


async def press_said(ctx: Context, event: ActionPressed) -> Outcome:
    """What typed words were meant to say, chosen from what they may mean."""
    entry = await live_series(ctx, event.subject)
    word = event.args.get("word", "")
    try:
        days = days_of(dict(event.args))
    except (ValueError, KeyError):  # a forged button
        raise NotFoundHere from None
    if word not in WITH_DAYS:
        raise NotFoundHere
    return await _pressed(ctx, await _carry_out(ctx, entry, word, days))


Changed = tuple[str, SeriesEntry]


async def _carry_out(ctx: Context, entry: SeriesEntry, word: str, days: Days | None) -> Changed:
    """Skip, move, restore, pause or end a series on the days that were named; without any as each word means alone."""
    first, last = (days.first, days.last) if days else (ctx.my_today, None)
    if word == "pause":
        return await _pause(ctx, entry, first, last)
    if word == "end":
        return await _end(ctx, entry, first)
    if word == "move":
        return await _move(ctx, entry, first, last or first)
    if word == "restore":
        return await _restore(ctx, entry, first)
    return await _skip(ctx, entry, first if days else await _next(ctx, entry, series_of(entry)))


async def _skip(ctx: Context, entry: SeriesEntry, day: date) -> Changed:
    await _must_be_ahead(ctx, entry, day)
    entry = await change(ctx, entry, series_of(entry).skip(day))
    return ctx.words("series.skipped", day=ctx.words.day(day, year=True)), entry


async def _restore(ctx: Context, entry: SeriesEntry, day: date) -> Changed:
    if day < following(entry):
        raise OccurrenceIsOver(day=day)
    entry = await change(ctx, entry, series_of(entry).put_back(day))
    return ctx.words("series.restored", day=ctx.words.day(day, year=True)), entry


async def _move(ctx: Context, entry: SeriesEntry, day: date, to: date) -> Changed:
    await _must_be_ahead(ctx, entry, day)
    if to < ctx.my_today:
        raise OccurrenceIsOver(day=to)
    plan = await plan_of(ctx, entry)
    entry = await change(ctx, entry, plan.series.move(day, to, plan.days.calendar))
    w = ctx.words
    return w("series.moved", day=w.day(day, year=True), to=w.day(to, year=True)), entry


async def _pause(ctx: Context, entry: SeriesEntry, first_day: date, last_day: date | None) -> Changed:
    entry = await change(ctx, entry, series_of(entry).pause(first_day, last_day))
    w = ctx.words
    if last_day is None:
        return w("series.paused", first=w.day(first_day, year=True)), entry
    return w("series.paused_until", first=w.day(first_day, year=True), last=w.day(last_day, year=True)), entry


async def _resume(ctx: Context, entry: SeriesEntry) -> Changed:
    series = series_of(entry)
    today = ctx.my_today
    planned = [p.first_day for p in series.pauses if p.first_day > today]
    on = today if any(today in p for p in series.pauses) else min(planned, default=today)
    return ctx.words("series.resumed"), await change(ctx, entry, series.resume(on))


async def _end(ctx: Context, entry: SeriesEntry, last_day: date) -> Changed:
    last_day = max(last_day, following(entry) - timedelta(days=1))
    entry = await change(ctx, entry, series_of(entry).end(last_day))
    return ctx.words("series.ended", day=ctx.words.day(last_day, year=True)), entry


async def _pressed(ctx: Context, changed: Changed) -> Outcome:
    note, entry = changed
    return Done(note, await series_card(ctx, entry))


async def planned_series(ctx: Context, id: str) -> SeriesEntry:
    """A series of a group the supervisor plans for."""
    entry = await ctx.uow.get(SeriesEntry, id)
    if await planned_group(ctx, entry.group) is None:
        raise NotFoundHere
    return entry


async def live_series(ctx: Context, id: str) -> SeriesEntry:
    """A series of theirs that goes on. Raises `SeriesEnded`."""
    entry = await planned_series(ctx, id)
    if entry.ended_at:
        raise SeriesEnded
    return entry


async def _only_one(ctx: Context) -> SeriesEntry | None:
    entries = await ctx.uow.find(SeriesEntry, ended_at=None, limit=2, **await planned_only(ctx))
    return entries[0] if len(entries) == 1 else None


async def _next(ctx: Context, entry: SeriesEntry, series: Series) -> date:
    """The date a bare `/round skip` means: the next that takes place and was not published."""
    plan = await plan_of(ctx, entry)
    for occurrence in plan.held(ctx.my_today):
        if occurrence.at and occurrence.at > ctx.now:
            return occurrence.planned
    raise NoSuchOccurrence(day=ctx.my_today)


async def _must_be_ahead(ctx: Context, entry: SeriesEntry, day: date) -> None:
    """Its round is not open yet, or still collects cases."""
    rounds = await ctx.uow.find(Round, series=entry.id, occurrence=day)
    if (not rounds and day < following(entry)) or any(r.published_at or not r.open for r in rounds):
        raise OccurrenceIsOver(day=day)


def _values(event: FormSubmitted) -> dict[str, str]:
    picked = {name: (chosen(event, name) or ("",))[0] for name in ("group", "clinic", "rhythm")}
    return {name: picked[name] if name in picked else typed_text(event, name).reveal() for name in NAMES}


def _argument(event: ActionPressed) -> date:
    return _iso(event.args.get("day", ""))


def _iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFoundHere from None


def _move_form(ctx: Context, entry: SeriesEntry, day: date, errors: dict[str, str]) -> Form:
    w = ctx.words
    return Form(
        "series.move.send",
        w("series.move.title"),
        entry.id,
        state={"day": day.isoformat()},
        body=(Text(line(w("series.move.intro", day=w.day(day, year=True)))),),
        fields=(DateField("to", w("series.move.to"), series_of(entry).moved.get(day, day), required=True),),
        submit=w("series.move.submit"),
        errors=errors,
    )


def _pause_form(ctx: Context, entry: SeriesEntry, errors: dict[str, str]) -> Form:
    w = ctx.words
    return Form(
        "series.pause.send",
        w("series.pause.title"),
        entry.id,
        body=(Text(line(w("series.pause.intro"))),),
        fields=(
            DateField("first_day", w("series.pause.first_day"), ctx.my_today, required=True),
            DateField("last_day", w("series.pause.last_day"), hint=w("series.pause.last_day.hint")),
        ),
        submit=w("series.pause"),
        errors=errors,
    )
