"""The home page and the queues: my mode, what is due, my cases, and the supervisor's overview below."""

from __future__ import annotations

from typing import Any

from bot.app.caseload.views import mode_actions
from bot.app.cases.views import presenter_actions
from bot.app.context import Context
from bot.app.facts.caseload import caseload_of, rhythm_of
from bot.app.facts.permissions import OPEN_CASE, cases_of_seats, person_policy
from bot.app.reports.views import subject
from bot.app.risk.views import my_alerts, open_holds
from bot.app.rounds.views import open_rounds, seat_state
from bot.app.second_look.views import open_looks
from bot.app.series.views import closures_action, series_rows
from bot.domain.case import Assignment, Case, CaseStatus
from bot.domain.frequency import Kind, State
from bot.domain.person import Role
from bot.reports.quarterly import Quarter
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    Facts,
    Heading,
    Line,
    Notice,
    Row,
    Text,
    Tone,
    code,
    line,
    strong,
)
from bot.ui.strings import Words

TO_REVIEW: dict[str, Any] = {"ended_at": None, "case__of": OPEN_CASE}
"""Which of somebody's assignments stand in their list, if they may be read; batches of reminders ask ahead for them."""
DUE_FIRST = ("due_at", "id")


async def home_card(ctx: Context) -> Card:
    """Everything that concerns this person today; no text of a case."""
    w = ctx.words
    blocks: list[CardBlock] = [*await my_alerts(ctx), *await open_holds(ctx), *await open_looks(ctx)]
    if ctx.me.has(Role.THERAPIST):
        blocks += await _me(ctx)
        blocks += [Heading(w("home.reviews")), *await review_rows(ctx)]
        blocks += [Heading(w("home.cases")), *await case_rows(ctx)]
        new = Action("case.new", w("case.new"), look="primary", opens=True)
        blocks.append(Buttons((new, Action("log.open", w("log.open")))))
    if ctx.me.has(Role.SUPERVISOR):
        blocks += await _supervisor(ctx)
    elif ctx.me.has(Role.ADMIN):
        blocks.append(Buttons((closures_action(w), _operations(w))))
    if ctx.me.has(Role.DPO):
        blocks += [Heading(w("home.dpo")), Buttons((Action("audit.open", w("audit.open")),))]
    if ctx.me.has(Role.MANAGER):
        report = Action("report.show", w("quarter.open"), subject(Quarter.of(ctx.my_today).previous))
        blocks += [Heading(w("report.title")), Text(line(w("quarter.about"))), Buttons((report,))]
    if not blocks:
        blocks.append(Text(line(w("home.no_roles"))))
    settings = Action("settings.open", w("settings.title"), opens=True)
    apart = (Action("apart.open", w("apart.open"), opens=True),) if ctx.me.has(Role.THERAPIST) else ()
    blocks.append(Buttons((settings, Action("privacy.mine", w("privacy.mine")), *apart)))
    return Card("home", w("home.title", name=ctx.me.name), tuple(blocks), summary=w("app.name"))


async def queue_card(ctx: Context) -> Card:
    """My open reviews, soonest first."""
    w = ctx.words
    return Card("review.queue", w("home.reviews"), tuple(await review_rows(ctx)), summary=w("home.reviews"))


async def cases_card(ctx: Context, *, only_open: bool = False) -> Card:
    """My cases, newest first; `only_open` leaves out what is closed."""
    w = ctx.words
    new = Action("case.new", w("case.new"), look="primary", opens=True)
    return Card(
        "case.mine", w("home.cases"), tuple(await case_rows(ctx, only_open=only_open)), (new,), summary=w("home.cases")
    )


async def review_rows(ctx: Context, *, only_open: bool = False) -> list[CardBlock]:
    """One row a review with its due day and state; an empty state says what happens next.

    `only_open` leaves out what is written or on hold, and the empty state (for reminders).
    """
    w = ctx.words
    mine = await ctx.uow.find(Assignment, reviewer=ctx.me.id, order=DUE_FIRST, **TO_REVIEW)
    seats = [seat for seat in mine if seat.readable]
    cases = await cases_of_seats(ctx, seats)
    rows: list[CardBlock] = []
    for seat in seats:
        case = cases[seat.case]
        if only_open and (seat.submitted_at or case.held_at):
            continue
        status = case.status(ctx.now)
        look = w(
            "review.read" if seat.submitted_at else "review.ask" if status is CaseStatus.CLARIFYING else "review.write"
        )
        primary = not seat.submitted_at and not case.held_at
        actions = (
            Action("review.open", look, seat.id, look="primary" if primary else "plain", opens=True),
            *((Action("why", w("why.button"), seat.id),) if not seat.submitted_at else ()),
        )
        rows.append(Row(line(w("case.word"), " ", code(case.code)), _seat_detail(ctx, seat, case), actions))
    return rows if rows or only_open else [Text(line(w("home.reviews.none")))]


async def case_rows(ctx: Context, *, only_open: bool = False) -> list[CardBlock]:
    """One row a case that is not purged, newest first."""
    w = ctx.words
    ids = await ctx.uow.cases_of(ctx.me.id)
    cases = await ctx.uow.find(Case, id__in=ids, withdrawn_at=None, order=("-submitted_at",), limit=12) if ids else []
    rows: list[CardBlock] = []
    for case in cases:
        if only_open and not case.open:
            continue
        status = case.status(ctx.now)
        page = Action("case.page", w("case.open"), case.id, opens=True)
        shown = (page, *(a for a in presenter_actions(ctx, case) if a.key not in {"case.withdraw", "risk.raise"}))
        if case.open:
            shown = (*shown, *(a for a in presenter_actions(ctx, case) if a.key == "case.withdraw"))
        rows.append(Row(line(w("case.word"), " ", code(case.code)), line(w(f"case.status.{status.value}")), shown))
    return rows or [Text(line(w("home.cases.none")))]


async def _me(ctx: Context) -> list[CardBlock]:
    w = ctx.words
    caseload = await caseload_of(ctx, ctx.me)
    mode = caseload.mode_on(ctx.my_today)
    rhythm = await rhythm_of(ctx, ctx.me, await person_policy(ctx, ctx.me))
    rows: list[tuple[str, Line]] = [(w("caseload.mode"), line(strong(w(f"mode.{mode.value}"))))]
    for kind in Kind:
        state = rhythm[kind]
        due = w.day(state.due_on, year=True) if state.due_on else "–"
        rows.append(
            (w(f"rhythm.{kind.value}"), line(w(f"state.{state.state.value}"), " · ", w("rhythm.next", day=due)))
        )
    actions = (*mode_actions(ctx, caseload), Action("caseload.status", w("switch.open")))
    blocks: list[CardBlock] = [Facts(tuple(rows)), Buttons(actions)]
    if any(s.state is State.OVERDUE for s in rhythm.values()):
        blocks.insert(0, Notice(Tone.WARN, line(w("rhythm.overdue_notice"))))
    return blocks


async def _supervisor(ctx: Context) -> list[CardBlock]:
    w = ctx.words
    blocks: list[CardBlock] = [Heading(w("home.supervisor")), *await open_rounds(ctx)]
    blocks += await series_rows(ctx)
    overview = Action("supervision.overview", w("overview.open"))
    new = Action("round.new", w("round.new"), opens=True)
    blocks.append(Buttons((new, Action("series.new", w("series.new"), opens=True), closures_action(w), overview)))
    blocks.append(Buttons((_operations(w),)))
    return blocks


def _operations(w: Words) -> Action:
    return Action("operations.show", w("operations.title"))


def _seat_detail(ctx: Context, seat: Assignment, case: Case) -> Line:
    w = ctx.words
    state = seat_state(seat, case, ctx)
    if state in {"open", "overdue"} and seat.due_at:
        day = w.day(seat.due_at.astimezone(ctx.zone).date())
        if state == "overdue":
            return line(strong(w("seat.overdue")), " · ", w("due", day=day))
        phase = w("case.status." + case.status(ctx.now).value)
        return line(phase, " · ", w("due", day=day))
    return line(w(f"seat.{state}"))
