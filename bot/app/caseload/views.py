"""What a person sees of their caseload: mode, leave, share of full time, what a switch would change, the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.anonymise import Sensitive
from bot.app.caseload.own_dates_views import own_dates_actions, week_words
from bot.app.context import Context
from bot.app.facts.caseload import RhythmFacts, caseload_of, rhythm_facts
from bot.app.facts.permissions import person_policy
from bot.domain.caseload import Caseload, Mode, ModeChange, SwitchEffect, effect_of_switch, open_review_cap
from bot.domain.frequency import Kind, Status
from bot.domain.person import WEEKDAYS, Person
from bot.domain.policy import Policy
from bot.ports.records import ModeEntry
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    ChoiceField,
    DateField,
    Facts,
    Form,
    FormBlock,
    Items,
    Line,
    NumberField,
    Option,
    Passage,
    Row,
    Table,
    Text,
    TextField,
    line,
    strong,
)

CHOICES = (Mode.ICBT, Mode.F2F, Mode.BLENDED)


@dataclass(frozen=True)
class Shown:
    """One person's caseload with everything that a view of it asks for."""

    person: Person
    caseload: Caseload
    policy: Policy
    rhythm: RhythmFacts
    today: date

    def effect(self, to: Mode, on: date) -> SwitchEffect:
        """What a switch changes, seen from the day it takes hold, or from today if that is later."""
        return effect_of_switch(self.caseload, to, on, self.policy, seen_on=max(on, self.today))

    def due(self, caseload: Caseload, on: date) -> dict[Kind, Status]:
        """Where the person stands on a day with some caseload."""
        return self.rhythm.statuses(caseload, on)


async def shown(ctx: Context, person: Person) -> Shown:
    """Read one person's facts."""
    policy = await person_policy(ctx, person)
    return Shown(
        person,
        await caseload_of(ctx, person),
        policy,
        await rhythm_facts(ctx, person, policy),
        ctx.today(person.timezone),
    )


async def status_card(ctx: Context) -> Card:
    """Mode, leave and what they mean today; what a switch would change; the buttons for all of it."""
    w = ctx.words
    mine = await shown(ctx, ctx.me)
    effects = Table(
        tuple(w(f"switch.column.{name}") for name in ("mode", "cap", "targets", "due")),
        tuple(_choice_row(ctx, mine, mode) for mode in CHOICES),
        caption=w("switch.caption"),
    )
    blocks: list[CardBlock] = [
        Facts(_status_rows(ctx, mine)),
        Buttons(mode_actions(ctx, mine.caseload)),
        effects,
        Buttons(
            (
                Action("caseload.plan", w("switch.plan"), opens=True),
                Action("caseload.work", w("work.open"), opens=True),
                Action("caseload.history", w("switch.history"), opens=True),
            )
        ),
        Buttons(own_dates_actions(ctx)),
    ]
    return Card("caseload.status", w("caseload.title"), tuple(blocks), summary=w("caseload.title"))


def mode_actions(ctx: Context, caseload: Caseload) -> tuple[Action, ...]:
    """One button a mode the person is not in, and leave."""
    today = ctx.my_today
    current = caseload.chosen_mode_on(today)
    actions = [
        Action("caseload.switch", ctx.words(f"mode.switch.{m.value}"), args={"mode": m.value})
        for m in CHOICES
        if m is not current
    ]
    if caseload.leave_on(today) or caseload.next_leave(today):
        actions.append(Action("caseload.back", ctx.words("leave.end")))
    actions.append(Action("caseload.leave", ctx.words("leave.open"), opens=True))
    return tuple(actions)


def effect_card(ctx: Context, mine: Shown, change: ModeChange) -> Card:
    """What a switch changed or will change: before → after."""
    w = ctx.words
    effect = mine.effect(change.mode, change.from_date)
    day = max(change.from_date, mine.today)
    was, will = mine.due(mine.caseload, day), mine.due(mine.caseload.with_mode(change), day)
    before, after = effect.targets_before, effect.targets_after
    rows: list[tuple[str, Line]] = [
        (w("caseload.mode"), _from_to(w(f"mode.{effect.mode_before}"), w(f"mode.{effect.mode_after}"))),
        (w("caseload.cap"), _from_to(w.number(effect.cap_before), w.number(effect.cap_after))),
        (
            w("caseload.targets"),
            _from_to(f"{before.any_event} / {before.own_case}", f"{after.any_event} / {after.own_case}"),
        ),
        *((w(f"switch.due.{kind}"), _from_to(_due(ctx, was[kind]), _due(ctx, will[kind]))) for kind in Kind),
    ]
    if change.from_date > mine.today:
        title, note = w("switch.planned", day=w.day(change.from_date, year=True)), w("switch.planned.note")
    elif change.from_date < mine.today:
        title, note = w("switch.corrected", day=w.day(change.from_date, year=True)), w("switch.corrected.note")
    else:
        title, note = w("caseload.switched"), w("caseload.from_next_round")
    return Card("caseload.switched", title, (Facts(tuple(rows)), Text(line(note))), summary=title)


async def plan_form(
    ctx: Context, *, mode: str | None, day: date | None, note: Sensitive, errors: Mapping[str, str]
) -> Form:
    """A switch for a date to come, or a correction backwards with its note."""
    w = ctx.words
    mine = await shown(ctx, ctx.me)
    told = Items(tuple(_told(ctx, mine, each, day or mine.today) for each in CHOICES))
    return Form(
        key="caseload.plan.send",
        title=w("switch.plan.title"),
        body=(Text(line(w("switch.plan.intro"))), told),
        fields=(
            ChoiceField("mode", w("caseload.mode"), tuple(Option(m, w(f"mode.{m}")) for m in CHOICES), mode),
            DateField("from_day", w("switch.from_day"), day, required=True),
            TextField("note", w("switch.note"), w("switch.note.hint"), note, max_length=200),
        ),
        submit=w("switch.plan.submit"),
        errors=errors,
    )


def work_form(ctx: Context, mine: Shown, errors: Mapping[str, str]) -> Form:
    """Share of full time from a day on, and since when the person practises."""
    w = ctx.words
    caseload = mine.caseload
    return Form(
        key="caseload.work.send",
        title=w("work.title"),
        subject="" if mine.person.id == ctx.me.id else mine.person.id,
        body=(Text(line(strong(mine.person.name))), Text(line(w("work.intro")))),
        fields=(
            NumberField("fte", w("work.fte"), round(caseload.fte_on(mine.today) * 100), 5, 100, w("work.fte.hint")),
            DateField("fte_from", w("work.fte_from"), mine.today, required=True),
            DateField("practising_since", w("work.since"), caseload.practising_since, w("work.since.hint")),
        ),
        submit=w("work.submit"),
        errors=errors,
    )


async def history_form(ctx: Context) -> Form:
    """Every recorded change of mode, newest day first: what was corrected stays readable."""
    w = ctx.words
    entries = await ctx.uow.find(ModeEntry, person=ctx.me.id, order=("-from_day", "-recorded_at"))
    in_force = {(c.from_date, c.recorded_at) for c in (await caseload_of(ctx, ctx.me)).mode_history}
    body: list[FormBlock] = []
    for entry in entries:
        note = await ctx.uow.texts(entry.id, "note")
        detail = w("switch.recorded", when=w.moment(entry.recorded_at, ctx.me.timezone))
        if (entry.from_day, entry.recorded_at) not in in_force:
            detail += f" · {w('switch.replaced')}"
        body.append(Row(line(w.day(entry.from_day, year=True), ": ", strong(w(f"mode.{entry.mode}"))), line(detail)))
        if "note" in note:
            body.append(Passage(w("switch.note"), note["note"]))
    return Form("caseload.history", w("switch.history"), body=tuple(body) or (Text(line(w("switch.none"))),))


def _status_rows(ctx: Context, mine: Shown) -> tuple[tuple[str, Line], ...]:
    w, caseload, today = ctx.words, mine.caseload, mine.today
    target = caseload.target_on(today, mine.policy)
    rows: list[tuple[str, Line]] = [(w("caseload.mode"), line(strong(w(f"mode.{caseload.mode_on(today)}"))))]
    for change in caseload.mode_history:
        if change.from_date > today:
            planned = w("switch.from", day=w.day(change.from_date, year=True))
            rows.append((planned, line(w(f"mode.{change.mode}"))))
    cap = line(w.number(open_review_cap(caseload, today, mine.policy)))
    if caseload.in_ramp_up(today, mine.policy):
        cap = line(*cap, " ", w("switch.ramp_up", days=mine.policy.ramp_up_days))
    rows += [
        (w("caseload.cap"), cap),
        (w("caseload.targets"), line(w("caseload.targets.value", any=target.any_event, own=target.own_case))),
        (w("work.fte"), line(w("work.percent", n=w.number(round(caseload.fte_on(today) * 100))))),
    ]
    if mine.person.weekdays != WEEKDAYS:
        rows.append((w("week.row"), line(week_words(ctx, mine.person.weekdays))))
    until = caseload.novice_until(mine.policy)
    if until and today < until:
        rows.append((w("work.experience"), line(w("work.novice", day=w.day(until, year=True)))))
    for period in caseload.periods_of_leave:
        if period.last is None or period.last >= today:
            rows.append((w("caseload.leave"), line(leave_words(ctx, period.first, period.last))))
    return tuple(rows)


def leave_words(ctx: Context, first: date, last: date | None) -> str:
    """ "Mon 4 Jan 2027 to no end set"."""
    w = ctx.words
    until = w.day(last, year=True) if last else w("leave.open_ended")
    return w("leave.period", first=w.day(first, year=True), last=until)


def _choice_row(ctx: Context, mine: Shown, mode: Mode) -> tuple[Line, ...]:
    w = ctx.words
    effect = mine.effect(mode, mine.today)
    change = ModeChange(mine.person.id, mode, mine.today, "", ctx.now)
    current = mine.caseload.chosen_mode_on(mine.today) is mode
    due = mine.due(mine.caseload if current else mine.caseload.with_mode(change), mine.today)
    name = w(f"mode.{mode}")
    return (
        line(strong(name)) if current else line(name),
        line(w.number(effect.cap_after)),
        line(f"{effect.targets_after.any_event} / {effect.targets_after.own_case}"),
        line(" / ".join(_due(ctx, due[kind]) for kind in Kind)),
    )


def _told(ctx: Context, mine: Shown, mode: Mode, on: date) -> Line:
    """One mode in a sentence: open reviews and targets from a day on, whatever was recorded for later days."""
    effect = effect_of_switch(mine.caseload, mode, on, mine.policy)
    targets = f"{effect.targets_after.any_event} / {effect.targets_after.own_case}"
    return line(strong(ctx.words(f"mode.{mode}")), ctx.words("switch.told", cap=effect.cap_after, targets=targets))


def _due(ctx: Context, status: Status) -> str:
    """The day the next one is due; in the past it says since when."""
    return ctx.words.day(status.due_on) if status.due_on else "–"


def _from_to(before: str, after: str) -> Line:
    """ "3 → 2", or only the value where nothing changes."""
    return line(strong(after)) if before == after else line(f"{before} → ", strong(after))
