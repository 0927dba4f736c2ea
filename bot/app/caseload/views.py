"""What a person sees of their caseload: mode, leave, share of full time, what a switch would change, the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.anonymise import Sensitive
from bot.app.caseload.limits import limit_fields, limit_row, limit_rows
from bot.app.caseload.own_dates_views import own_dates_actions, week_words
from bot.app.context import Context
from bot.app.facts.caseload import RhythmFacts, caseload_of, rhythm_facts
from bot.app.facts.permissions import person_policy
from bot.domain.caseload import (
    Caseload,
    Mode,
    ModeChange,
    Period,
    SwitchEffect,
    effect_between,
    effect_of_switch,
    newest_switch,
    open_review_cap,
)
from bot.domain.chances import window_days
from bot.domain.frequency import Kind, Status
from bot.domain.person import WEEKDAYS, Person
from bot.domain.policy import Policy
from bot.ports.records import FteEntry, ModeEntry
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
    muted,
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
        await rhythm_facts(ctx, person, policy, for_others=person.id != ctx.me.id),
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
        Text(line(muted(w("switch.window", window=window_days(mine.policy))))),
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
    if caseload.leave_on(today):
        actions.append(Action("caseload.back", ctx.words("leave.end")))
    actions.append(Action("caseload.leave", ctx.words("leave.open"), opens=True))
    return tuple(actions)


def effect_rows(ctx: Context, mine: Shown, change: ModeChange, after: Caseload) -> tuple[tuple[str, Line], ...]:
    """What a change does on its first day, or today if that is later: before → after."""
    w = ctx.words
    day = max(change.from_date, mine.today)
    was, will = mine.due(mine.caseload, day), mine.due(after, day)
    effect = effect_between(mine.caseload, after, day, mine.policy)
    before, then = effect.targets_before, effect.targets_after
    return (
        (w("caseload.mode"), _from_to(w(f"mode.{effect.mode_before}"), w(f"mode.{effect.mode_after}"))),
        (w("caseload.cap"), _from_to(w.number(effect.cap_before), w.number(effect.cap_after))),
        (
            w("caseload.targets"),
            _from_to(f"{before.any_event} / {before.own_case}", f"{then.any_event} / {then.own_case}"),
        ),
        *((w(f"switch.due.{kind}"), _from_to(_due(ctx, was[kind]), _due(ctx, will[kind]))) for kind in Kind),
    )


def steps_ahead(ctx: Context, caseload: Caseload, today: date) -> list[tuple[str, Line]]:
    """The modes to come: "From Mon 1 Feb: face-to-face", and the return after a period."""
    w = ctx.words
    current = caseload.chosen_mode_on(today)
    rows: list[tuple[str, Line]] = []
    for step in caseload.mode_steps:
        if step.day > today and step.mode is not current:
            rows.append((w("switch.from", day=w.day(step.day, year=True)), line(w(f"mode.{step.mode}"))))
            current = step.mode
    return rows


async def plan_form(
    ctx: Context,
    person: Person,
    *,
    mode: str | None,
    day: date | None,
    until: date | None,
    note: Sensitive,
    errors: Mapping[str, str],
    entry: ModeEntry | None = None,
) -> Form:
    """A switch for a date to come, for good or for a time, or a correction backwards with its note."""
    w = ctx.words
    theirs = await shown(ctx, person)
    told = Items(tuple(_told(ctx, theirs, each, day or theirs.today) for each in CHOICES))
    whose = () if person.id == ctx.me.id else (Text(line(strong(person.name))),)
    return Form(
        key="caseload.mode.change.send" if entry else "caseload.plan.send",
        title=w("switch.plan.title"),
        subject=entry.id if entry else "" if person.id == ctx.me.id else person.id,
        body=(*whose, Text(line(w("switch.plan.intro"))), told),
        fields=(
            ChoiceField("mode", w("caseload.mode"), tuple(Option(m, w(f"mode.{m}")) for m in CHOICES), mode),
            DateField("from_day", w("switch.from_day"), day, required=True),
            DateField("until_day", w("switch.until_day"), until, hint=w("switch.until_day.hint")),
            TextField("note", w("switch.note"), w("switch.note.hint"), note, max_length=200),
        ),
        submit=w("switch.plan.submit"),
        errors=errors,
    )


def work_form(ctx: Context, mine: Shown, errors: Mapping[str, str]) -> Form:
    """Share of full time from a day on, since when the person practises, and a limit of their own on reviews."""
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
            *limit_fields(ctx, caseload, mine.today),
        ),
        submit=w("work.submit"),
        errors=errors,
    )


async def history_form(ctx: Context, person: Person) -> Form:
    """Every recorded change of mode, newest day first: what was amended stays readable, what holds can be changed."""
    w = ctx.words
    entries = await ctx.uow.find(ModeEntry, person=person.id, order=("-from_day", "-recorded_at"))
    in_force = {change.id for change in (await caseload_of(ctx, person)).mode_history}
    body: list[FormBlock] = [] if person.id == ctx.me.id else [Text(line(strong(person.name)))]
    for entry in entries:
        # A note is read by whoever wrote it for themselves.
        note = await ctx.uow.texts(entry.id, "note") if person.id == ctx.me.id else {}
        detail = w("switch.recorded", when=w.moment(entry.recorded_at, ctx.me.timezone))
        if entry.cancelled_at:
            detail += f" · {w('switch.amended')}"
        elif entry.id not in in_force:
            detail += f" · {w('switch.replaced')}"
        day = w.day(entry.from_day, year=True)
        period = f"{day} – {w.day(entry.until_day, year=True)}" if entry.until_day else day
        title = line(period, ": ", strong(w(f"mode.{entry.mode}")))
        body.append(Row(title, line(detail), () if entry.cancelled_at else _row_actions(ctx, entry)))
        if "note" in note:
            body.append(Passage(w("switch.note"), note["note"]))
    for share in await ctx.uow.find(FteEntry, person=person.id, order=("-from_day", "-recorded_at")):
        detail = w("switch.recorded", when=w.moment(share.recorded_at, ctx.me.timezone))
        detail += f" · {w('switch.amended')}" if share.cancelled_at else ""
        percent = strong(w.percent(round(share.fte * 100)))
        remove = () if share.cancelled_at else (Action("caseload.work.delete", w("switch.delete"), share.id),)
        title = line(w.day(share.from_day, year=True), f": {w('work.fte')} ", percent)
        body.append(Row(title, line(detail), remove))
    body += await limit_rows(ctx, person)
    return Form("caseload.history", w("switch.history"), body=tuple(body) or (Text(line(w("switch.none"))),))


def _row_actions(ctx: Context, entry: ModeEntry) -> tuple[Action, ...]:
    return (
        Action("caseload.mode.change", ctx.words("leave.change"), entry.id, opens=True),
        Action("caseload.mode.delete", ctx.words("switch.delete"), entry.id),
    )


def _status_rows(ctx: Context, mine: Shown) -> tuple[tuple[str, Line], ...]:
    w, caseload, today = ctx.words, mine.caseload, mine.today
    target = caseload.target_on(today, mine.policy)
    rows: list[tuple[str, Line]] = [(w("caseload.mode"), line(strong(w(f"mode.{caseload.mode_on(today)}"))))]
    rows += steps_ahead(ctx, caseload, today)
    cap = line(w.number(open_review_cap(caseload, today, mine.policy)))
    if caseload.in_ramp_up(today, mine.policy):
        cap = line(*cap, " ", w("switch.ramp_up", days=mine.policy.ramp_up_days))
    rows += [
        (w("caseload.cap"), cap),
        (w("caseload.targets"), line(w("caseload.targets.value", any=target.any_event, own=target.own_case))),
        (w("work.fte"), line(w.percent(round(caseload.fte_on(today) * 100)))),
    ]
    rows += limit_row(ctx, caseload, today)
    if mine.person.weekdays != WEEKDAYS:
        rows.append((w("week.row"), line(week_words(ctx, mine.person.weekdays))))
    until = caseload.novice_until(mine.policy)
    if until and today < until:
        rows.append((w("work.experience"), line(w("work.novice", day=w.day(until, year=True)))))
    rows += [(w("caseload.leave"), line(leave_words(ctx, p.first, p.last))) for p in coming_leave(caseload, today)]
    return tuple(rows)


def coming_leave(caseload: Caseload, today: date) -> list[Period]:
    """Leave that runs or is to come, by first day."""
    return [p for p in caseload.periods_of_leave if p.last is None or p.last >= today]


def leave_words(ctx: Context, first: date, last: date | None) -> str:
    """ "Mon 4 Jan 2027 to Fri 12 Feb 2027", "from Mon 4 Jan 2027, no last day yet"."""
    w = ctx.words
    if last is None:
        return w("leave.period_open", first=w.day(first, year=True))
    return w("leave.period", first=w.day(first, year=True), last=w.day(last, year=True))


def _choice_row(ctx: Context, mine: Shown, mode: Mode) -> tuple[Line, ...]:
    w = ctx.words
    effect = mine.effect(mode, mine.today)
    change = newest_switch(mine.caseload, mode, mine.today)
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
    w, targets = ctx.words, effect.targets_after
    told = w("switch.told", mode=w(f"mode.{mode}"), cap=effect.cap_after, any=targets.any_event, own=targets.own_case)
    return line(told)


def _due(ctx: Context, status: Status) -> str:
    """The day the next one is due; in the past it says since when."""
    return ctx.words.day(status.due_on) if status.due_on else "–"


def _from_to(before: str, after: str) -> Line:
    """ "3 → 2", or only the value where nothing changes."""
    return line(strong(after)) if before == after else line(f"{before} → ", strong(after))
