"""What holds after a step: leave and mode as they are now, what followed from the step, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from bot.app.caseload.limits import limit_row
from bot.app.caseload.own_dates_views import week_words
from bot.app.caseload.question_views import day_label, period_label
from bot.app.caseload.views import coming_leave, effect_rows, leave_words, shown, steps_ahead
from bot.app.context import Context
from bot.app.facts.caseload import caseload_of, mode_change_of
from bot.app.facts.duty import duty_of
from bot.app.facts.permissions import cover_for, groups_of
from bot.app.facts.workdays import clinic_days, own_days
from bot.app.steps.leave import Changed, PutBack, whole_leaves
from bot.app.steps.modes import Switched
from bot.app.steps.own_cases import open_cases_of
from bot.domain.calendar import NoWorkingDays, WorkCalendar
from bot.domain.caseload import Caseload, Mode, Period
from bot.domain.leave_changes import HowToSettle, Overlap
from bot.domain.person import Person, Role
from bot.ports.records import FteEntry, LeaveEntry, ModeEntry, UndoStep
from bot.ui.model import Action, Buttons, Card, CardBlock, Facts, Items, Line, Notice, Text, Tone, line, plain, strong

ONE_DAY = timedelta(days=1)


async def leave_state_card(
    ctx: Context, person: Person, done: Changed | None = None, step: UndoStep | None = None
) -> Card:
    """The person's leave as it is now, and what the step did on the day itself."""
    w = ctx.words
    caseload = await caseload_of(ctx, person)
    title = leave_title(ctx, person, caseload)
    today = ctx.today(person.timezone)
    rows: list[tuple[str, Line]] = [] if person.id == ctx.me.id else [(w("leave.whose"), line(person.name))]
    mine = person.id == ctx.me.id  # which weekdays a member works is theirs to know
    works = await own_days(ctx, person) if mine else (await clinic_days(ctx, person.clinic)).calendar
    over = [Period(e.first_day, e.last_day) for e in (done.made if done else ()) if e.last_day and e.last_day < today]
    if over and title == w("leave.state.none"):
        title = w("leave.state.over")
    shown_leave = [*over, *coming_leave(caseload, today)]
    rows += [(w("caseload.leave"), line(period_words(ctx, period, works))) for period in shown_leave]
    blocks: list[CardBlock] = [Facts(tuple(rows))] if rows else []
    said = await _what_followed(ctx, person, done) if done else []
    blocks += [Items(tuple(line(each) for each in said))] if said else []
    blocks += [*await _on_duty(ctx, person), *await _unsupervised(ctx, person, caseload)] if done and done.made else []
    actions = [undo_action(ctx, step)] if step else []
    current = [(entry, p) for entry, p in await whole_leaves(ctx, person) if p.last is None or p.last >= today]
    of = done.made[-1].first_day if done and done.made else None
    meant = next((entry for entry, p in current if of and of in p), current[0][0] if current else None)
    if meant:
        actions.append(Action("caseload.leave.change", w("leave.change"), meant.id, opens=True))
    if actions:
        blocks.append(Buttons(tuple(actions)))
    return Card("caseload.leave.state", title, tuple(blocks), summary=title)


def leave_title(ctx: Context, person: Person, caseload: Caseload) -> str:
    """ "On leave until Fri 12 Feb 2027", "Leave from …", "No leave"."""
    w, today = ctx.words, ctx.today(person.timezone)
    now, following = caseload.leave_on(today), caseload.next_leave(today)
    if now:
        return w("leave.state.away", day=w.day(now.last, year=True)) if now.last else w("leave.state.away_open")
    return w("leave.state.next", day=w.day(following.first, year=True)) if following else w("leave.state.none")


def period_words(ctx: Context, period: Period, works: WorkCalendar) -> str:
    """ "Mon 4 Jan 2027 to Fri 12 Feb 2027 · 40 days · back on Mon 15 Feb", a day on which the person works."""
    w = ctx.words
    words = leave_words(ctx, period.first, period.last)
    if period.days is None or period.last is None:
        return words
    back = period.last + ONE_DAY
    with suppress(NoWorkingDays):
        back = works.next_working_day(back)
    said = w("leave.back_on", day=day_label(ctx, back))
    return f"{words} · {w.count('leave.days', period.days)} · {said}"


def settle_leave_card(
    ctx: Context, person: Person, found: Overlap, own_cases: str, cover: str | None, entry: LeaveEntry | None = None
) -> Card:
    """Leave is entered in these days already: what each answer would lead to. `entry` is a leave that gets new days."""
    w = ctx.words
    new, joined = found.new, found.joined
    results = {
        HowToSettle.REPLACE: w("leave.settle.replace", period=_short(ctx, new)),
        HowToSettle.JOIN: w("leave.settle.join", period=_short(ctx, joined)),
    }
    args = {"first": new.first.isoformat(), "own_cases": own_cases}
    args |= {"last": new.last.isoformat()} if new.last else {}
    args |= {"cover": cover} if cover else {}
    args |= {"entry": entry.id} if entry else {}
    subject = "" if person.id == ctx.me.id else person.id
    buttons = tuple(
        Action("caseload.leave.settle", results[how], subject, args={**args, "how": how.value})
        for how in found.choices or (HowToSettle.REPLACE,)
    )
    rows = [(w("leave.settle.known"), line(leave_words(ctx, p.first, p.last))) for p in found.known]
    rows.append((w("leave.settle.new"), line(strong(leave_words(ctx, new.first, new.last)))))
    title = w("leave.settle.title")
    return Card(
        "caseload.leave.settle",
        title,
        (Facts(tuple(rows)), Text(line(w("leave.settle.ask"))), Buttons((*buttons, _as_it_is(ctx, person)))),
        summary=title,
    )


def _as_it_is(ctx: Context, person: Person) -> Action:
    """The button that changes nothing and shows what is entered: on the own page, or on a member's."""
    words = ctx.words("switch.settle.keep")
    if person.id != ctx.me.id:
        return Action("supervision.member", words, person.id, opens=True)
    key = "caseload.status" if ctx.me.has(Role.THERAPIST) else "caseload.leave"
    return Action(key, words, opens=True)


async def undone_leave_card(ctx: Context, person: Person, back: PutBack, what: str) -> Card:
    """What was taken back, the leave as it was before, what came back with it, and what could not."""
    w = ctx.words
    card = await leave_state_card(ctx, person)
    said = [w("undo.done_of", what=what)]
    said += [w.count("undo.assignments", back.assignments)] if back.assignments else []
    said += [w.count("undo.assignments_begun", back.assignments_begun)] if back.assignments_begun else []
    said += [w.count("undo.assignments_kept", back.assignments_kept)] if back.assignments_kept else []
    if person.id == ctx.me.id:
        said += [w.count("undo.cases", back.cases)] if back.cases else []
        said += [w.count("undo.cases_gone", back.cases_gone)] if back.cases_gone else []
    return Card(card.key, card.title, (Items(tuple(map(line, said))), *card.body), summary=card.title)


async def mode_state_card(
    ctx: Context, person: Person, done: Switched | None = None, step: UndoStep | None = None, *, taken_back: str = ""
) -> Card:
    """The person's mode as it is now and will be, what the step changed, and the way back.

    Without a step: what was taken back, or else that nothing had to be changed.
    """
    w = ctx.words
    theirs = await shown(ctx, person)
    after, today = theirs.caseload, theirs.today
    rows: list[tuple[str, Line]] = [] if person.id == ctx.me.id else [(w("leave.whose"), line(person.name))]
    if done:
        of = done.made or done.cancelled[0]
        change = mode_change_of(of)
        rows += effect_rows(ctx, replace(theirs, caseload=done.before), change, after)
        title, note = _mode_title(ctx, of.from_day, of.until_day, today)
    else:
        title, note = w("undo.done_of", what=taken_back) if taken_back else w("refusal.same_mode_already"), ""
        rows.append((w("caseload.mode"), line(strong(w(f"mode.{after.chosen_mode_on(today)}")))))
    rows += steps_ahead(ctx, after, today)
    blocks: list[CardBlock] = [Facts(tuple(rows))]
    blocks += [Text(line(note))] if note else []
    blocks += [Text(line(w("leave.state.told", name=person.name)))] if done and person.id != ctx.me.id else []
    if done and done.made is None:
        title = w("switch.deleted")
    actions = [undo_action(ctx, step)] if step else []
    if done and done.made:
        actions.append(Action("caseload.mode.change", w("leave.change"), done.made.id, opens=True))
    blocks += [Buttons(tuple(actions))] if actions else []
    return Card("caseload.switched", title, tuple(blocks), summary=title)


def _mode_title(ctx: Context, first: date, last: date | None, today: date) -> tuple[str, str]:
    w = ctx.words
    if first > today:
        return w("switch.planned", day=w.day(first, year=True)), w("switch.planned.note")
    if first < today:
        return w("switch.corrected", day=w.day(first, year=True)), w("switch.corrected.note")
    if last:
        return w("switch.until", day=w.day(last, year=True)), w("caseload.from_next_round")
    return w("caseload.switched"), w("caseload.from_next_round")


async def working_time_card(
    ctx: Context, person: Person, step: UndoStep | None = None, *, undone: bool = False
) -> Card:
    """Weekdays, share of full time, experience and own limit as they are now and will be; the ways on and back."""
    w = ctx.words
    theirs = await shown(ctx, person)
    caseload, mine = theirs.caseload, person.id == ctx.me.id
    rows: list[tuple[str, Line]] = [] if mine else [(w("leave.whose"), line(person.name))]
    rows.append((w("work.fte"), line(strong(w.percent(round(caseload.fte_on(theirs.today) * 100))))))
    for share in await ctx.uow.find(
        FteEntry, person=person.id, cancelled_at=None, from_day__gt=theirs.today, order=("from_day",)
    ):
        rows.append((w.day(share.from_day, year=True), line(w.percent(round(share.fte * 100)))))
    if caseload.practising_since:
        rows.append((w("work.since"), line(w.day(caseload.practising_since, year=True))))
    rows += limit_row(ctx, caseload, theirs.today)
    if mine:
        rows.append((w("week.row"), line(week_words(ctx, person.weekdays))))
    change = [Action("caseload.work", w("leave.change"), "" if mine else person.id, opens=True)]
    change += [Action("week.open", w("week.open"), opens=True)] if mine else []
    buttons = Buttons((*((undo_action(ctx, step),) if step else ()), *change))
    title = w("undo.done") if undone else w("work.done", name=person.name)
    return Card("caseload.working_time", title, (Facts(tuple(rows)), buttons), summary=title)


def settle_mode_card(
    ctx: Context, person: Person, mode: Mode, first: date, last: date | None, cut: Sequence[ModeEntry]
) -> Card:
    """This mode is recorded until another day: does it end earlier now, or not at all, or does that still hold?"""
    w = ctx.words
    begins = min(first, *(entry.from_day for entry in cut))
    args = {"mode": mode.value, "first": first.isoformat(), "last": last.isoformat() if last else ""}
    subject = "" if person.id == ctx.me.id else person.id
    ends = w("leave.settle.replace", period=_short(ctx, Period(begins, last)))
    rows = [(w("leave.settle.known"), line(leave_words(ctx, e.from_day, e.until_day))) for e in cut]
    title = w("switch.settle.title" if last else "switch.settle.title_for_good", mode=w(f"mode.{mode}"))
    return Card(
        "caseload.mode.settle",
        title,
        (
            Facts((*rows, (w("leave.settle.new"), line(strong(leave_words(ctx, first, last)))))),
            Text(line(w("switch.settle.ask" if last else "switch.settle.ask_for_good"))),
            Buttons(
                (
                    Action("caseload.mode.settle", ends, subject, args=args),
                    _as_it_is(ctx, person),
                )
            ),
        ),
        summary=title,
    )


async def holds_now(ctx: Context, person: Person, what: str) -> str:
    """In a sentence what holds of the person's leave, mode or working time today."""
    w, caseload, today = ctx.words, await caseload_of(ctx, person), ctx.today(person.timezone)
    match what:
        case "leave" | "leaves":
            title, periods = leave_title(ctx, person, caseload), coming_leave(caseload, today)
            said = "; ".join(leave_words(ctx, p.first, p.last) for p in periods if today not in p)
            ahead = f"{w('caseload.leave')}: {said}" if said else ""
            return "; ".join(filter(None, [title if caseload.on_leave(today) or not said else "", ahead]))
        case "mode":
            now = f"{w('caseload.mode')}: {w(f'mode.{caseload.chosen_mode_on(today)}')}"
            steps = [f"{when}: {plain(mode)}" for when, mode in steps_ahead(ctx, caseload, today)]
            return "; ".join([now, *steps])
    share = f"{w('work.fte')}: {w.percent(round(caseload.fte_on(today) * 100))}"
    return f"{share} · {week_words(ctx, person.weekdays)}" if person.id == ctx.me.id else share


def undo_action(ctx: Context, step: UndoStep) -> Action:
    """The button that puts the step back."""
    return Action("caseload.undo", ctx.words("undo"), step.id)


async def _what_followed(ctx: Context, person: Person, done: Changed) -> list[str]:
    """Reviews that moved, own cases (only to the person themselves), and that a member is told."""
    w = ctx.words
    said = [w.count("leave.state.moved", done.assignments.freed)] if done.assignments.freed else []
    if person.id != ctx.me.id:
        return [*said, w("leave.state.told", name=person.name)]
    for key, cases in (("withdrawn", done.cases.withdrawn), ("covered", done.cases.covered)):
        said += [w.count(f"leave.state.{key}", len(cases))] if cases else []
    waiting = len(await open_cases_of(ctx, person)) if done.made and done.made[-1].own_cases == "keep" else 0
    return [*said, *([w.count("leave.state.waits", waiting)] if waiting else [])]


async def _on_duty(ctx: Context, person: Person) -> list[CardBlock]:
    """That somebody is away who is named for duty: whoever enters the leave can have it mended."""
    w, clinics = ctx.words, [clinic.name for clinic in await duty_of(ctx, person)]
    if not clinics:
        return []
    key = "leave.on_duty" if person.id == ctx.me.id else "leave.on_duty_for"
    return [Notice(Tone.WARN, line(w(key, name=person.name, clinics=w.listing(clinics))))]


async def _unsupervised(ctx: Context, person: Person, caseload: Caseload) -> list[CardBlock]:
    """Whoever is away as the only supervisor of a group learns who hears meanwhile what would have gone to them."""
    if not person.has(Role.SUPERVISOR):
        return []
    w = ctx.words
    blocks: list[CardBlock] = []
    day = _first_day(caseload, ctx.today(person.timezone))
    for group in await groups_of(ctx, person):
        covering = await cover_for(ctx, group, person, day)
        if covering is None:
            continue
        names = w.listing([p.name for p in covering])
        text = w("leave.state.covering", group=group.name, names=names) if covering else ""
        text = text or w("leave.state.nobody", group=group.name)
        blocks.append(Notice(Tone.WARN, line(text)))
    return blocks


def _first_day(caseload: Caseload, today: date) -> date:
    following = caseload.next_leave(today)
    return today if caseload.on_leave(today) or following is None else following.first


def _short(ctx: Context, period: Period) -> str:
    """ "1 Feb – 12 Feb", as it fits a button; with the year where it is another."""
    return period_label(ctx, period.first, period.last)
