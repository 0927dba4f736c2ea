"""The form for a new series of rounds, what was typed in it as a plan, and the preview before it begins.

Values are kept as they were typed: the preview carries them on, and beginning the series reads them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import islice, pairwise

from bot.anonymise import Sensitive
from bot.app.blocks.phases import LIMITS, phase_fields, typed_phases
from bot.app.context import SOMETHING_ELSE, Context
from bot.app.facts.cadence import cadence_notices
from bot.app.facts.groups import group_error, group_fields
from bot.app.facts.permissions import groups_for_planning, planned_group
from bot.app.facts.workdays import clinic_days, home_clinic
from bot.app.series.views import SHOWN, dates_of, facts_of
from bot.app.steps.series_store import Plan
from bot.calendars.recurrence import LONGEST_TEXT, RuleNeverFires, RuleNotUnderstood, parse_rule
from bot.calendars.spoken import understand_time
from bot.domain.organisation import Clinic, Group
from bot.domain.policy import Policy
from bot.domain.series import CLOSEST, EveryWeeks, PhaseDays, Rule, Series
from bot.ui.model import (
    ChoiceField,
    DateField,
    Facts,
    Field,
    Form,
    Heading,
    Option,
    Text,
    TextField,
    line,
)
from bot.ui.typed import as_typed

RHYTHMS = ("1", "2", "4", "rule")
NAMES = ("group", "clinic", "rhythm", "rule", "anchor", "at", "collect", "clarify", "review", "takeaway", "last_day")
FARTHEST = timedelta(days=3653)
"""Between today and the date a series is counted from."""


@dataclass(frozen=True)
class Wanted:
    """A series somebody described, not yet begun."""

    group: Group
    clinic: str
    plan: Plan


async def read(ctx: Context, values: Mapping[str, str]) -> tuple[Wanted | None, dict[str, str]]:
    """The series the values describe, or the mistakes by field."""
    errors: dict[str, str] = {}
    group = await planned_group(ctx, values["group"])
    if group is None:
        return None, {"group": group_error(ctx, values["group"])}
    clinic = await _clinic(ctx, group, values["clinic"])
    policy = await ctx.policy(group)
    series = typed_rhythm(ctx, values, first_date(ctx, group, policy), group.timezone, errors)
    phases = typed_phases(ctx, values, PhaseDays.of(policy), errors)
    if series is None or errors:
        return None, errors
    plan = Plan(series, phases, await clinic_days(ctx, clinic))
    errors |= unfit(ctx, plan)
    return (None if errors else Wanted(group, clinic, plan)), errors


def typed_rhythm(
    ctx: Context, values: Mapping[str, str], first: date, zone: str, errors: dict[str, str]
) -> Series | None:
    """Rule, first date (`first` when left empty), time and last date as typed; None with `errors` by field."""
    anchor = ctx.typed_day(Sensitive(values["anchor"]), "anchor", errors) or first
    if abs(anchor - ctx.my_today) > FARTHEST:
        errors["anchor"] = ctx.words("series.anchor.far", years=FARTHEST.days // 365)
        return None
    rule = _rule(ctx, values, anchor, errors)
    at = _time(ctx, values["at"], errors)
    last_day = ctx.typed_day(Sensitive(values["last_day"]), "last_day", errors)
    if last_day and last_day < anchor:
        errors["last_day"] = ctx.words("leave.ends_before")
    if errors or rule is None or at is None:
        return None
    return Series(rule, anchor, at, zone, last_day=last_day)


def first_date(ctx: Context, group: Group, policy: Policy) -> date:
    """The policy's weekday, a week from today at the earliest."""
    day = ctx.today(group.timezone) + timedelta(days=7)
    return day + timedelta(days=(policy.cadence_weekday - day.weekday()) % 7)


async def series_form(ctx: Context, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """What a series needs, filled with the group's policy."""
    w = ctx.words
    groups = await groups_for_planning(ctx)
    clinics = await ctx.uow.find(Clinic, closed_on=None, order=("name",))
    group = next((g for g in groups if g.id == values.get("group")), groups[0] if groups else None)
    policy = await ctx.policy(group)
    anchor = first_date(ctx, group, policy) if group else ctx.my_today
    fields: list[Field] = [*group_fields(ctx, groups, values.get("group", ""))]
    hints = {"anchor_hint": w("series.anchor.hint"), "at_hint": w("series.at.hint")}
    fields += rhythm_fields(ctx, values, str(policy.cadence_weeks), anchor, f"{policy.cadence_time:%H:%M}", **hints)
    if len(clinics) > 1 and group:
        options = tuple(Option(c.id, c.name) for c in clinics)
        chosen = values.get("clinic") or (await home_clinic(ctx, group)).id
        fields.append(ChoiceField("clinic", w("series.clinic"), options, chosen, hint=w("series.clinic.hint")))
    fields += phase_fields(ctx, LIMITS, values, PhaseDays.of(policy))
    fields.append(last_day_field(ctx, values))
    return Form(
        "series.preview",
        w("series.new.title"),
        body=(Text(line(w("series.new.intro"))),),
        fields=tuple(fields),
        submit=w("series.new.submit"),
        errors=errors,
    )


def rhythm_fields(
    ctx: Context, values: Mapping[str, str], rhythm: str, anchor: date, at: str, *, anchor_hint: str, at_hint: str
) -> list[Field]:
    """Rhythm, rule, the date it counts from and the time of day, as typed or as given."""
    w = ctx.words
    rhythms = tuple(Option(r, w(f"series.rhythm.{r}")) for r in RHYTHMS)
    return [
        ChoiceField("rhythm", w("series.rhythm"), rhythms, values.get("rhythm") or rhythm),
        text_field("rule", w("series.rule"), values, hint=w("series.rule.hint"), length=LONGEST_TEXT),
        DateField("anchor", w("series.anchor"), _shown_date(values, "anchor", anchor), hint=anchor_hint),
        text_field("at", w("series.at"), values, at, hint=at_hint, length=5),
    ]


def last_day_field(ctx: Context, values: Mapping[str, str]) -> DateField:
    """When a series ends, if it does."""
    return DateField("last_day", ctx.words("series.last_day"), _shown_date(values, "last_day", None))


async def preview_form(ctx: Context, wanted: Wanted, values: Mapping[str, str]) -> Form:
    """The dates the series would have, with every one that moves or falls away and why."""
    w = ctx.words
    since = max(wanted.plan.series.anchor, ctx.today(wanted.group.timezone))
    dates = await dates_of(ctx, wanted.plan, wanted.clinic, since, count=SHOWN + 2)
    rule = wanted.plan.series.rule
    return Form(
        "series.begin",
        w("series.preview.title"),
        state={name: values[name] for name in NAMES if values.get(name)},
        body=(
            Text(line(w("series.preview.intro", group=wanted.group.name))),
            Facts(await facts_of(ctx, wanted.plan, wanted.clinic)),
            *await cadence_notices(ctx, wanted.group, rule.weeks if isinstance(rule, EveryWeeks) else None),
            Heading(w("series.dates")),
            *dates,
        ),
        submit=w("series.begin"),
    )


async def _clinic(ctx: Context, group: Group, given: str) -> str:
    if given and await ctx.uow.find(Clinic, id=given):
        return given
    return (await home_clinic(ctx, group)).id


def _rule(ctx: Context, values: Mapping[str, str], anchor: date, errors: dict[str, str]) -> Rule | None:
    rhythm = values["rhythm"]
    if rhythm in {"1", "2", "4"}:
        return EveryWeeks(int(rhythm))
    if rhythm != "rule":
        errors["rhythm"] = ctx.words("field.choose")
        return None
    try:
        return parse_rule(values["rule"], anchor)
    except RuleNotUnderstood as refusal:
        errors["rule"] = ctx.words("refusal.rule_not_understood", **refusal.values)
    except RuleNeverFires:
        errors["rule"] = ctx.words("refusal.rule_never_fires", anchor=ctx.words.day(anchor, year=True))
    return None


def _time(ctx: Context, text: str, errors: dict[str, str]) -> time | None:
    w, found = ctx.words, understand_time(text, ctx.me.language)
    if len(found) == 1:
        return found[0]
    times = tuple(Option(f"{each:%H:%M}", w.time(each)) for each in found)
    if times:
        ctx.doubt("at", w("series.at.meant", times=w.either([each.label for each in times])), times, errors)
    elif text == SOMETHING_ELSE:
        ctx.doubt("at", w("series.at.wrong"), (), errors)
    else:
        errors["at"] = w("series.at.unread", typed=as_typed(text)) if text else w("series.at.wrong")
    return None


def unfit(ctx: Context, plan: Plan) -> dict[str, str]:
    """A plan without a date to come, or with rounds closer together than anybody can work."""
    rule, anchor = plan.series.rule, plan.series.anchor
    coming = [o for o in islice(plan.held(max(anchor, ctx.my_today)), SHOWN) if o.at and o.at > ctx.now]
    field = "rule" if not isinstance(rule, EveryWeeks) else "anchor"
    if not coming:
        return {field: ctx.words("series.no_date")}
    planned = islice(rule.dates(anchor, anchor), 60)
    if any(later - earlier < CLOSEST for earlier, later in pairwise(planned)):
        return {field: ctx.words("series.too_dense", days=CLOSEST.days)}
    return {}


def text_field(
    name: str, label: str, values: Mapping[str, str], default: str = "", *, hint: str, length: int
) -> TextField:
    """A short text, as typed or as given."""
    return TextField(name, label, hint, Sensitive(values.get(name) or default), max_length=length)


def _shown_date(values: Mapping[str, str], name: str, default: date | None) -> date | None:
    try:
        return date.fromisoformat(values.get(name, ""))
    except ValueError:
        return default
