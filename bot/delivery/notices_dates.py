"""Notices about dates and silence: what is late, what was missed, who returns, which round moved or was left out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from bot.app.blocks.notice import notice_card
from bot.app.caseload.own_dates_views import fault_words
from bot.app.context import Context
from bot.app.facts.permissions import MOST_GROUPS, planned_only
from bot.app.facts.round_planning import Situation
from bot.app.facts.takers import may_move
from bot.app.reviews.views import review_rows
from bot.app.rounds.views import cover_actions
from bot.app.series.views import moment_words, rhythm_words
from bot.app.steps.absence_calendars import proposal
from bot.app.steps.series_store import following, plan_of
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.round import Round, RoundStatus
from bot.ports.records import AbsenceCalendar, LeaveEntry, OutboxEntry, SeriesEntry
from bot.ui.model import Action, Card, Row, code, line


async def late_reviews(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Every review a supervisor was told of that is still missing, in one message; never their own."""
    late: dict[str, Any] = {"ended_at": None, "submitted_at": None, "supervisor_told_at__not": None}
    late["reviewer__not"] = ctx.me.id
    mine: dict[str, Any] = await planned_only(ctx)
    if mine:
        rounds = await ctx.uow.find(Round, published_at__not=None, closed_at=None, cancelled_at=None, **mine)
        late["round__in"] = [r.id for r in rounds]
    assignments = await ctx.uow.find(Assignment, order=("due_at", "id"), limit=MOST_GROUPS, **late)
    known: dict[str, Situation] = {}
    rows = [row for assignment in assignments if (row := await _late_row(ctx, assignment, known))]
    if not rows:
        return None
    return notice_card(ctx, "late_reviews", extra=tuple(rows))


async def _late_row(ctx: Context, assignment: Assignment, known: dict[str, Situation]) -> Row | None:
    case = await ctx.uow.get(Case, assignment.case)
    if not case.open or case.held_at or assignment.not_reached_at or assignment.due_at is None:
        return None
    person = await ctx.uow.get(Person, assignment.reviewer)
    due = ctx.words("due", day=ctx.words.day(assignment.due_at.astimezone(ctx.zone).date()))
    w, move = ctx.words, await may_move(ctx, assignment, case, known)
    reassign = Action("review.reassign", w("review.reassign"), assignment.id, opens=True)
    nudge = Action("supervision.nudge", w("overview.nudge"), assignment.reviewer)
    actions = (
        *((reassign,) if move else (*await cover_actions(ctx, assignment, case), nudge)),
        Action("round.show", w("round.show"), assignment.round, opens=True),
    )
    told = due if move else f"{due} · {w('notice.late_reviews.stays')}"
    return Row(line(person.name, " · ", code(case.code)), line(told), actions)


async def missed_question(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Asked in private; nobody else learns of the question or the answer unless the person asks for help."""
    actions = (
        Action("missed.fine", ctx.words("missed.fine")),
        Action("caseload.leave", ctx.words("leave.open"), opens=True),
        Action("missed.help", ctx.words("missed.help")),
    )
    return notice_card(ctx, "missed_question", *actions)


async def about_person(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Something about a person that their supervisor should know; not that they left, once they are back."""
    person = await ctx.uow.get(Person, entry.subject)
    if entry.card == "person_left" and person.active:
        return None
    overview = Action("supervision.overview", ctx.words("overview.open"), opens=True)
    return notice_card(ctx, entry.card, overview, name=person.name)


async def returning(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Somebody comes back from a long leave."""
    leave = await ctx.uow.get(LeaveEntry, entry.subject)
    if leave.cancelled_at or leave.last_day is None or leave.last_day < ctx.my_today:
        return None
    person = await ctx.uow.get(Person, leave.person)
    return notice_card(ctx, "returning", name=person.name, day=ctx.words.day(leave.last_day))


async def absences_changed(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A calendar that is read daily has other absences than the leave; nothing is done before the person chooses."""
    calendar = await ctx.uow.get(AbsenceCalendar, entry.subject)
    if not await proposal(ctx, ctx.me, calendar):
        return None
    look = Action("absences.proposed", ctx.words("absences.proposed.open"), look="primary", opens=True)
    return notice_card(ctx, "absences_changed", look)


async def absences_unread(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A calendar that is to be read daily cannot be read, and why."""
    calendar = await ctx.uow.get(AbsenceCalendar, entry.subject)
    if not calendar.fault:
        return None
    change = Action("absences.address", ctx.words("absences.address.open"), opens=True)
    return notice_card(ctx, "absences_unread", change, why=fault_words(ctx, calendar))


async def round_moved(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A round that collects cases takes place on another day."""
    round_ = await ctx.uow.get(Round, entry.subject)
    if round_.status is not RoundStatus.COLLECTING:
        return None
    group, until = await _group_name(ctx, round_.group), ctx.words.moment(round_.publish_at, ctx.me.timezone)
    new = (Action("case.new", ctx.words("case.new"), opens=True),) if ctx.me.has(Role.THERAPIST) else ()
    return notice_card(ctx, "round_moved", *new, group=group, moment=until)


async def round_off(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A round that collected cases does not take place."""
    round_ = await ctx.uow.get(Round, entry.subject)
    return notice_card(ctx, "round_off", group=await _group_name(ctx, round_.group), day=_day(ctx, round_.publish_at))


async def due_moved(ctx: Context, entry: OutboxEntry) -> Card | None:
    """The clinic's closed days changed, and with them due dates; one message lists them."""
    rows = await review_rows(ctx, only_open=True, asked_by=entry.sent_at)
    return notice_card(ctx, "due_moved", extra=tuple(rows)) if rows else None


async def about_occurrence(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A date of a series that does not take place although nobody decided so; nothing once it is held after all."""
    series = await ctx.uow.get(SeriesEntry, entry.subject)
    day = date.fromisoformat(entry.args["day"])
    if entry.card == "occurrence_left_out" and entry.args.get("why") != "under_way":
        found = next((await plan_of(ctx, series)).occurrences(day), None)
        if found is None or (found.planned == day and found.at is not None):
            return None
    show = Action("series.show", ctx.words("series.show"), series.id, opens=True)
    why = ctx.words(f"series.why.{entry.args['why']}", name="") if entry.args.get("why") else ""
    group = await _group_name(ctx, series.group)
    return notice_card(ctx, entry.card, show, group=group, day=ctx.words.day(day, year=True), why=why)


async def series_changed(ctx: Context, entry: OutboxEntry) -> Card | None:
    """The group's rounds have another rhythm; of several changes in a row only the last is told."""
    series = await ctx.uow.get(SeriesEntry, entry.subject)
    newer = await ctx.uow.find(
        OutboxEntry, person=ctx.me.id, card=entry.card, subject=series.id, created_at__gt=entry.created_at, limit=1
    )
    if newer or series.ended_at:
        return None
    plan = await plan_of(ctx, series)
    group, rhythm = await _group_name(ctx, series.group), rhythm_words(ctx.words, plan.series)
    coming = next((o.at for o in plan.held(following(series)) if o.at and o.at > ctx.now), None)
    following_date = ctx.words("series.no_next")
    if coming:
        following_date = ctx.words("series.next", day=moment_words(ctx.words, coming, plan.series))
    return notice_card(ctx, "series_changed", group=group, rhythm=rhythm, next=following_date)


async def _group_name(ctx: Context, id: str) -> str:
    return (await ctx.uow.get(Group, id)).name


def _day(ctx: Context, moment: datetime) -> str:
    return ctx.words.day(moment.astimezone(ctx.zone).date())
