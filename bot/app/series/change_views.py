"""A living series gets another rhythm: the form with what holds today, and which dates that moves, before it is kept.

Rounds that are open stay as they are. The new rhythm holds from the first day that nothing was opened for yet, far
enough from the last open round, and never for a moment that is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from bot.app.blocks.phases import LIMITS, phase_fields, typed_phases
from bot.app.context import Context
from bot.app.facts.cadence import cadence_notices
from bot.app.series.form_views import NAMES, last_day_field, rhythm_fields, text_field, typed_rhythm, unfit
from bot.app.series.views import SHOWN, date_row, facts_of, moment_words, names_of, upcoming
from bot.app.steps.series_store import Plan, following, plan_of, rule_text
from bot.domain.calendar import UnknownZone, wall_time, zone_of
from bot.domain.organisation import Group
from bot.domain.round import Round
from bot.domain.series import CLOSEST, ONE_DAY, EveryWeeks, Occurrence, Series
from bot.ports.records import SeriesEntry
from bot.ui.model import CardBlock, Facts, Form, Heading, Line, Notice, Row, Text, Tone, line, muted, plain, strong

CHANGED_NAMES = (*(name for name in NAMES if name not in {"group", "clinic"}), "zone")
TOLD = 12
"""So many of the next dates people have been shown, in their calendars; when one of them changes they are told."""


@dataclass(frozen=True)
class Changed:
    """The plan as it is and as it would be; `since` is the first day the new rhythm holds for."""

    old: Plan
    new: Plan
    since: date
    open_rounds: tuple[Round, ...]

    def moves_a_date(self, entry: SeriesEntry, now: datetime) -> bool:
        """Whether one of the dates people were shown changes."""
        return _moments(self.old, entry, now) != _moments(self.new, entry, now)


def values_of(plan: Plan) -> dict[str, str]:
    """A plan as it would be typed."""
    series = plan.series
    rule = series.rule
    rhythm, text = (str(rule.weeks), "") if isinstance(rule, EveryWeeks) else ("rule", rule_text(rule))
    return {
        "rhythm": rhythm,
        "rule": text,
        "anchor": series.anchor.isoformat(),
        "at": f"{series.at:%H:%M}",
        "zone": series.zone,
        "last_day": series.last_day.isoformat() if series.last_day else "",
        **{name: str(days) for name, days in asdict(plan.phases).items()},
    }


async def change_form(ctx: Context, entry: SeriesEntry, typed: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """What can be changed of a series, filled with what holds or with what was typed."""
    w = ctx.words
    plan = await plan_of(ctx, entry)
    values = {**values_of(plan), **typed}
    at = f"{plan.series.at:%H:%M}"
    hints = {"anchor_hint": w("series.change.anchor.hint"), "at_hint": w("series.change.at.hint")}
    return Form(
        "series.change.preview",
        w("series.change.title"),
        entry.id,
        body=(Text(line(w("series.change.intro"))),),
        fields=(
            *rhythm_fields(ctx, values, "rule", plan.series.anchor, at, **hints),
            text_field("zone", w("series.zone"), values, plan.series.zone, hint=w("series.zone.hint"), length=60),
            *phase_fields(ctx, LIMITS, values, plan.phases),
            last_day_field(ctx, values),
        ),
        submit=w("series.new.submit"),
        errors=errors,
    )


async def read_change(
    ctx: Context, entry: SeriesEntry, values: Mapping[str, str]
) -> tuple[Changed | None, dict[str, str]]:
    """The change the values describe, or the mistakes by field."""
    errors: dict[str, str] = {}
    old = await plan_of(ctx, entry)
    zone = values["zone"] or old.series.zone
    try:
        zone_of(zone)
    except UnknownZone as refusal:
        errors["zone"] = ctx.words("refusal.unknown_zone", **refusal.values)
    wanted = typed_rhythm(ctx, values, old.series.anchor, zone, errors)
    phases = typed_phases(ctx, values, old.phases, errors)
    if wanted is None or errors:
        return None, errors
    open_rounds = await ctx.uow.find(Round, series=entry.id, published_at=None, closed_at=None, cancelled_at=None)
    since = await _since(ctx, entry, wanted)
    series = old.series
    if _rhythm(wanted) != _rhythm(series):
        series = series.change(wanted.rule, wanted.anchor, wanted.at, zone, since)
    new = Plan(replace(series, last_day=wanted.last_day), phases, old.days)
    if (new.series, new.phases) == (old.series, old.phases):
        return None, {"rhythm": ctx.words("series.change.nothing")}
    errors = unfit(ctx, replace(new, series=replace(new.series, pauses=())))
    return (None if errors else Changed(old, new, since, tuple(open_rounds))), errors


async def change_preview(
    ctx: Context, entry: SeriesEntry, changed: Changed, values: Mapping[str, str], note: str = ""
) -> Form:
    """What becomes of the next dates: new, as before, at another time, fallen away; each with its reason."""
    w = ctx.words
    group = await ctx.uow.get(Group, entry.group)
    rule = changed.new.series.rule
    blocks: list[CardBlock] = [Notice(Tone.WARN, line(note))] if note else []
    blocks.append(Text(line(w("series.change.preview.intro", group=group.name))))
    blocks.append(Facts(await _facts(ctx, entry, changed)))
    blocks += await cadence_notices(ctx, group, rule.weeks if isinstance(rule, EveryWeeks) else None)
    blocks += [
        Text(line(w("series.change.stays", day=moment_words(w, r.publish_at, changed.new.series))))
        for r in changed.open_rounds
    ]
    return Form(
        "series.change.keep",
        w("series.change.preview.title"),
        entry.id,
        state={**{name: values[name] for name in CHANGED_NAMES if values.get(name)}, "seen": str(entry.version)},
        body=(*blocks, *await _dates(ctx, entry, changed)),
        submit=w("series.change.keep"),
    )


async def _facts(ctx: Context, entry: SeriesEntry, changed: Changed) -> tuple[tuple[str, Line], ...]:
    before = dict(await facts_of(ctx, changed.old, entry.clinic))
    after = dict(await facts_of(ctx, changed.new, entry.clinic))
    never = line("–")
    pairs = {name: (before.get(name, never), after.get(name, never)) for name in {**after, **before}}
    return tuple(
        (name, new if old == new else line(*old, " → ", strong(plain(new)))) for name, (old, new) in pairs.items()
    )


async def _dates(ctx: Context, entry: SeriesEntry, changed: Changed) -> list[CardBlock]:
    w = ctx.words
    since = following(entry)
    coming = upcoming(ctx, changed.new, since, SHOWN)
    # As far as the new dates are shown; when they end, a few of the old ones beyond show what falls away.
    horizon = coming[-1].planned if sum(o.at is not None for o in coming) == SHOWN else date.max
    ahead = (o for o in changed.old.held(since) if o.at and o.at > ctx.now)
    old = {o.planned: o for o in islice(takewhile(lambda o: o.planned <= horizon, ahead), 10 * SHOWN)}
    names = await names_of(ctx, entry.clinic, coming)
    rows: list[CardBlock] = [Heading(w("series.dates"))]
    rows += [date_row(w, changed.new.series, o, names, note=_note(ctx, changed, o, old)) for o in coming]
    kept = {o.planned for o in coming}
    gone = [o for planned, o in old.items() if planned not in kept]
    close = _too_close(ctx, entry, changed)
    if gone or close:
        rows.append(Heading(w("series.change.gone")))
    rows += [
        Row(line(muted(w.day(d, year=True))), line(w("series.change.too_close", days=CLOSEST.days))) for d in close
    ]
    rows += [_gone_row(ctx, changed, o) for o in gone[:SHOWN]]
    if len(gone) > SHOWN:
        rows.append(Text(line(w("series.change.more_gone"))))
    return rows


def _gone_row(ctx: Context, changed: Changed, occurrence: Occurrence) -> Row:
    """A date that is none any more: past the new last date, or not one of the new rhythm's."""
    assert occurrence.at is not None
    last = changed.new.series.last_day
    why = "after_end" if last and occurrence.planned > last else "not_planned"
    when = moment_words(ctx.words, occurrence.at, changed.old.series)
    return Row(line(muted(when)), line(ctx.words(f"series.change.{why}")))


def _note(ctx: Context, changed: Changed, occurrence: Occurrence, old: Mapping[date, Occurrence]) -> str:
    was = old.get(occurrence.planned)
    if was is None:
        return ctx.words("series.change.new")
    assert was.at is not None
    if was.at == occurrence.at:
        return ctx.words("series.change.as_before")
    return ctx.words("series.change.instead", moment=moment_words(ctx.words, was.at, changed.old.series))


def _too_close(ctx: Context, entry: SeriesEntry, changed: Changed) -> list[date]:
    """Days of the new rhythm that would follow an open round too soon; they are left out."""
    series = changed.new.series
    start = max(following(entry), ctx.today(series.zone) + ONE_DAY)
    days = takewhile(changed.since.__gt__, series.rule.dates(series.anchor, start))
    return [day for day in days if not changed.old.series.plans(day)]


async def _since(ctx: Context, entry: SeriesEntry, wanted: Series) -> date:
    """The first day the new rhythm may plan: after all that was opened, not close to it, and not over yet."""
    today = ctx.today(wanted.zone)
    days = [following(entry), today if wall_time(today, wanted.at, wanted.zone) > ctx.now else today + ONE_DAY]
    zone = ZoneInfo(wanted.zone)
    recent = ctx.now - timedelta(days=60)
    for round_ in await ctx.uow.find(Round, series=entry.id, cancelled_at=None, publish_at__gt=recent):
        assert round_.occurrence is not None
        days += [round_.occurrence + CLOSEST, round_.publish_at.astimezone(zone).date() + ONE_DAY]
    return max(days)


def _rhythm(series: Series) -> tuple[object, ...]:
    return series.rule, series.anchor, series.at, series.zone


def _moments(plan: Plan, entry: SeriesEntry, now: datetime) -> list[datetime]:
    return [o.at for o in islice(plan.held(following(entry)), TOLD) if o.at and o.at > now]
