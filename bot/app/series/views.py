"""Series of rounds as a supervisor sees them: the rhythm in words, the next dates with every change and its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.app.context import Context
from bot.app.facts.groups import first_only
from bot.app.facts.holidays import named_holidays
from bot.app.facts.permissions import MOST_GROUPS, planned_only
from bot.app.steps.series_store import Plan, following, plan_of
from bot.domain.organisation import Clinic, Closure, Group
from bot.domain.series import EveryWeeks, Occurrence, PhaseDays, Series, Why
from bot.ports.records import SeriesEntry
from bot.ui.model import (
    Action,
    Card,
    CardBlock,
    ChoiceField,
    Confirm,
    Facts,
    Form,
    Line,
    Notice,
    Option,
    Row,
    Text,
    Tone,
    line,
    muted,
    strong,
)
from bot.ui.strings import Words

SHOWN = 6
"""Of the dates that take place so many are shown, with those between them that do not."""
EVERY = ("0", "1", "2", "3", "4")
"""Every how many rounds a message is asked for; 0: never."""
BY_HAND = {Why.SKIPPED, Why.MOVED}


async def series_list(ctx: Context, note: str = "") -> Card:
    """Every series of the supervisor's groups, with the next date."""
    w = ctx.words
    blocks: list[CardBlock] = [Notice(Tone.INFO, line(note))] if note else []
    rows = await series_rows(ctx)
    blocks += rows or [Text(line(w("series.none")))]
    blocks += first_only(ctx, len(rows))
    actions = (Action("series.new", w("series.new"), look="primary", opens=True), closures_action(w))
    return Card("series.list", w("series.list.title"), tuple(blocks), actions, summary=w("series.list.title"))


async def series_rows(ctx: Context) -> list[Row]:
    """One row a series that goes on."""
    entries = await ctx.uow.find(
        SeriesEntry, ended_at=None, order=("made_at",), limit=MOST_GROUPS, **await planned_only(ctx)
    )
    groups = {g.id: g for g in await ctx.uow.find(Group, id__in=sorted({entry.group for entry in entries}))}
    return [await _row(ctx, entry, groups[entry.group]) for entry in entries]


async def _row(ctx: Context, entry: SeriesEntry, group: Group) -> Row:
    w = ctx.words
    plan = await plan_of(ctx, entry)
    coming = next(plan.held(following(entry)), None)
    detail = (
        w("series.next", day=moment_words(w, coming.at, plan.series)) if coming and coming.at else w("series.no_next")
    )
    show = Action("series.show", w("series.show"), entry.id, opens=True)
    return Row(line(strong(group.name), " — ", rhythm_words(w, plan.series)), line(detail), (show,))


async def series_card(ctx: Context, entry: SeriesEntry, note: str = "") -> Card:
    """One series: its rhythm, its phases, its next dates and what can be done with each."""
    w = ctx.words
    group = await ctx.uow.get(Group, entry.group)
    plan = await plan_of(ctx, entry)
    blocks: list[CardBlock] = [Notice(Tone.OK, line(note))] if note else []
    blocks.append(Facts(await facts_of(ctx, plan, entry.clinic)))
    if entry.ended_at:
        blocks.append(Text(line(w("series.ended_note"))))
    else:
        blocks += await dates_of(ctx, plan, entry.clinic, following(entry), entry.id)
    actions = () if entry.ended_at else _actions(w, entry, plan, ctx.today(plan.series.zone))
    if actions and (await ctx.policy(group)).message_reviews:
        actions = (actions[0], Action("series.messages", w("series.messages"), entry.id, opens=True), *actions[1:])
    title = w("series.title", group=group.name)
    return Card("series.card", title, tuple(blocks), actions, summary=title)


async def facts_of(ctx: Context, plan: Plan, clinic: str) -> tuple[tuple[str, Line], ...]:
    """Rhythm, calendar and phases in words."""
    w = ctx.words
    place = await ctx.uow.get(Clinic, clinic)
    rows = [
        (w("series.rhythm"), line(rhythm_words(w, plan.series))),
        (w("series.calendar"), line(w("series.calendar.of", clinic=place.name, zone=plan.series.zone))),
        (w("series.phases"), line(phase_words(w, plan.phases))),
    ]
    if plan.series.last_day:
        rows.append((w("series.until"), line(w.day(plan.series.last_day, year=True))))
    return tuple(rows)


async def messages_form(ctx: Context, entry: SeriesEntry, errors: Mapping[str, str]) -> Form:
    """Which of a series' rounds ask for a retold message: none, every one, every second, third or fourth."""
    w, held = ctx.words, (await plan_of(ctx, entry)).series.messages
    options = tuple(Option(every, w(f"series.messages.{every}")) for every in EVERY)
    return Form(
        "series.messages.send",
        w("series.messages"),
        entry.id,
        body=(Text(line(w("series.messages.intro"))),),
        fields=(ChoiceField("every", w("series.messages.which"), options, str(held)),),
        submit=w("series.messages.submit"),
        errors=errors,
    )


async def dates_of(
    ctx: Context, plan: Plan, clinic: str, since: date, entry: str = "", count: int = SHOWN
) -> list[CardBlock]:
    """The next dates: as planned, moved with the reason, or left out with the reason; with buttons for a stored one."""
    found = upcoming(ctx, plan, since, count)
    names = await names_of(ctx, clinic, found)
    w = ctx.words
    asks = {o.planned: w("series.messages.asks") for o in found if plan.series.asks_message(o.planned)}
    return [
        date_row(w, plan.series, o, names, _date_actions(w, o, entry), asks.get(o.planned, "") if o.at else "")
        for o in found
    ]


def upcoming(ctx: Context, plan: Plan, since: date, count: int) -> list[Occurrence]:
    """The next `count` occurrences that take place, with those between them that do not."""
    found: list[Occurrence] = []
    held = 0
    for occurrence in plan.occurrences(since):
        if occurrence.at is None or occurrence.at > ctx.now:
            found.append(occurrence)
            held += occurrence.at is not None
        if held == count or len(found) > 4 * count:
            break
    return found


def date_row(
    w: Words,
    series: Series,
    occurrence: Occurrence,
    names: dict[date, str],
    actions: tuple[Action, ...] = (),
    note: str = "",
) -> Row:
    """One date: when, or that it does not take place; why; and `note`."""
    planned = w.day(occurrence.planned, year=True)
    if occurrence.at is None:
        name = names.get(occurrence.planned, "")
        why = w(f"series.why.{occurrence.why}", name=name) if occurrence.why else ""
        title = line(muted(planned), " — ", w("series.left_out"))
        return Row(title, line(why), actions)
    detail = [note] if note else []
    if occurrence.why:
        name = names.get(occurrence.planned, "") or w("series.weekend")
        detail.append(w(f"series.why.{occurrence.why}", name=name) + " " + w("series.planned_on", day=planned))
    local = occurrence.at.astimezone(ZoneInfo(series.zone))
    if (local.hour, local.minute) != (series.at.hour, series.at.minute):
        detail.append(w("series.clock_change", time=w.time(local.time())))
    return Row(line(strong(moment_words(w, occurrence.at, series))), line(" ".join(detail)), actions)


def _date_actions(w: Words, occurrence: Occurrence, entry: str) -> tuple[Action, ...]:
    if not entry or occurrence.why is Why.PAUSED:
        return ()
    day = {"day": occurrence.planned.isoformat()}
    move = Action("series.move", w("series.move"), entry, day, opens=True)
    if occurrence.why in BY_HAND:
        return (Action("series.restore", w("series.restore"), entry, day), move)
    if occurrence.at is None:
        return (move,)
    ask = Confirm(w("series.skip.title"), w("series.skip.text"), w("series.skip"), w("keep"))
    return (Action("series.skip", w("series.skip"), entry, day, confirm=ask), move)


def _actions(w: Words, entry: SeriesEntry, plan: Plan, today: date) -> tuple[Action, ...]:
    ask = Confirm(w("series.end.title"), w("series.end.text"), w("series.end"), w("keep"))
    paused = any(p.last_day is None or p.last_day >= today for p in plan.series.pauses)
    rest = (
        Action("series.resume", w("series.resume"), entry.id, look="primary")
        if paused
        else Action("series.pause", w("series.pause"), entry.id, opens=True)
    )
    another = Action("series.change", w("series.change"), entry.id, opens=True)
    return (
        another,
        rest,
        closures_action(w),
        Action("series.end", w("series.end"), entry.id, look="danger", confirm=ask),
    )


def closures_action(w: Words) -> Action:
    """The way to the days on which clinics are closed."""
    return Action("closures.show", w("closures.open"), opens=True)


def rhythm_words(w: Words, series: Series) -> str:
    """ "Every 2 weeks, Monday, 09:00"."""
    at = w.time(series.at)
    if isinstance(series.rule, EveryWeeks):
        return w(f"series.every.{series.rule.weeks}", weekday=w.weekday(series.anchor.weekday()), time=at)
    return w("series.by_rule", rule=getattr(series.rule, "text", ""), time=at)


def phase_words(w: Words, phases: PhaseDays) -> str:
    """The working days of each phase."""
    return w(
        "series.phases.value",
        collect=phases.collect,
        clarify=phases.clarify,
        review=phases.review,
        takeaway=phases.takeaway,
    )


def moment_words(w: Words, at: datetime, series: Series) -> str:
    """Day and time where the series is."""
    local = at.astimezone(ZoneInfo(series.zone))
    return f"{w.day(local.date(), year=True)}, {w.time(local.time())}"


async def names_of(ctx: Context, clinic: str, found: list[Occurrence]) -> dict[date, str]:
    """What each planned date is called where it is a public holiday or in a closure."""
    place = await ctx.uow.get(Clinic, clinic)
    years = {o.planned.year for o in found}
    names = named_holidays(ctx.words, place, years) if years else {}
    for closure in await ctx.uow.find(Closure, clinic=clinic):
        for occurrence in found:
            if closure.name and closure.first_day <= occurrence.planned <= closure.last_day:
                names[occurrence.planned] = closure.name
    return names
