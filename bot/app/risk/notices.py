"""Messages of the risk path, as cards of today's facts (see `bot/delivery/notices.py`)."""

from __future__ import annotations

from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.app.facts.anonymity import clinics_are_large
from bot.app.facts.hold_permissions import concerned, reviewers_of
from bot.app.facts.repeated_alarms import alarms_until
from bot.app.gate.stop import contacts, own_phone
from bot.app.notice_kinds import NoticeKind, Ring
from bot.app.risk.views import hold_actions, how_it_ended
from bot.app.steps.drills import latest
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person
from bot.domain.risk import Hold
from bot.ports.records import OutboxEntry
from bot.ui.model import Action, Card, Notice, Text, Tone, line
from bot.ui.strings import Words


async def alert(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever is to take a concern on: which case and clinic, or who asks for help.

    Who reviews the case reads no clinic, which would tell them more of the presenter than they may know, and nobody
    reads one where few people of the group work; who presents it gets no button where somebody else decides.
    """
    hold = await ctx.uow.get(Hold, entry.subject)
    if not hold.waiting:
        return None
    clinic = (await ctx.uow.get(Clinic, hold.clinic)).name
    record = Notice(Tone.DANGER, line(ctx.words("risk.record")))
    times = len(await alarms_until(ctx, hold))
    extra = (Notice(Tone.WARN, line(ctx.words("risk.repeated", number=times))), record) if times > 1 else (record,)
    take = Action("risk.acknowledge", ctx.words("risk.acknowledge"), hold.id, look="primary")
    if hold.case is None:
        author = await ctx.uow.get(Person, hold.raised_by)
        return notice_card(ctx, "risk_alert_author", take, extra=extra, name=author.name, clinic=clinic)
    case = await ctx.uow.get(Case, hold.case)
    steps = () if await concerned(ctx, hold, ctx.me.id) else (take,)
    if ctx.me.id in await reviewers_of(ctx, hold):
        return notice_card(ctx, "risk_alert_reviewer", *steps, extra=extra, code=case.code)
    if not await clinics_are_large(ctx, case, ctx.me.id):
        clinic = ctx.words("risk.alert.some_clinic", group=(await ctx.uow.get(Group, case.group)).name)
    return notice_card(ctx, "risk_alert_case", *steps, extra=extra, code=case.code, clinic=clinic)


async def taken(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of an alert: who took it on, or that it is over."""
    hold = await ctx.uow.get(Hold, entry.subject)
    if hold.released_at:
        return notice_card(ctx, "risk_over")
    if hold.acknowledged_by is None:
        return None
    if hold.acknowledged_by == ctx.me.id:
        return notice_card(ctx, "risk_yours", *await hold_actions(ctx, hold))
    taker = await ctx.uow.get(Person, hold.acknowledged_by)
    return notice_card(ctx, "risk_taken", name=taker.name)


async def closed(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever raised it, in place of what they were last told: it is over, and what became of the case."""
    hold = await ctx.uow.get(Hold, entry.subject)
    if not hold.released_at:
        return None
    case = await ctx.uow.one(Case, id=hold.case) if hold.case else None
    how = how_it_ended(hold, case)
    if case is None or how not in _OVER:
        return notice_card(ctx, "risk_over")
    return notice_card(ctx, _OVER[how], code=case.code)


_OVER = {"withdrawn": "risk_over_withdrawn", "released": "risk_over_released"}


async def to_presenter(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A concern was raised about their case; whom to call; never who raised it. Nothing once no concern stands."""
    case = await ctx.uow.get(Case, entry.subject)
    if not await ctx.uow.count(Hold, case=case.id, released_at=None):
        return None
    record = Text(line(ctx.words("risk.record")))
    key = "risk_presenter" if case.held_at else "risk_presenter_ended"
    return notice_card(ctx, key, extra=(await contacts(ctx), record), code=case.code)


async def drill(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever is on duty: a drill, nothing happened; which clinic's, and what to do if it rang too late."""
    clinic = await ctx.uow.get(Clinic, entry.subject)
    last = await latest(ctx, clinic.id)
    seconds = last.seconds(ctx.me.id) if last and last.begun.at <= entry.created_at else None
    if seconds is not None:
        return notice_card(ctx, "risk_drill_over", clinic=clinic.name, time=spoken(ctx.words, seconds))
    heard = Action("risk.drill_heard", ctx.words("risk.drill_heard"), clinic.id, look="primary")
    return notice_card(ctx, "risk_drill", heard, clinic=clinic.name)


async def drill_heard(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever began a drill: who answered it, and how fast."""
    clinic, by = await ctx.uow.get(Clinic, entry.subject), await ctx.uow.get(Person, entry.args["by"])
    time = spoken(ctx.words, int(entry.args["seconds"]))
    return notice_card(ctx, "drill_heard", clinic=clinic.name, name=by.name, time=time)


async def drill_unheard(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever began a drill: nobody answered in the time an alert waits."""
    clinic = await ctx.uow.get(Clinic, entry.subject)
    again = Action("risk.drill", ctx.words("risk.drill_again"), clinic.id)
    return notice_card(ctx, "drill_unheard", again, clinic=clinic.name)


async def drill_due(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the supervisors of a clinic that has not practised for a month; pointless once somebody did."""
    clinic = await ctx.uow.get(Clinic, entry.subject)
    last = await latest(ctx, clinic.id)
    if clinic.closed_on or (last and last.begun.at > entry.created_at):
        return None
    begin = Action("risk.drill", ctx.words("risk.drill"), clinic.id, look="primary")
    return notice_card(ctx, "drill_due", begin, clinic=clinic.name)


def spoken(w: Words, seconds: int) -> str:
    """A time that an answer took: seconds up to two minutes, then whole minutes."""
    return w.count("risk.seconds", seconds) if seconds < 120 else w.count("risk.minutes", seconds // 60)


async def undelivered(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever raised it: not delivered, call."""
    return await _call_now(ctx, entry, "alert_undelivered")


async def nobody_left(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever raised it: nobody is left to alert, call."""
    return await _call_now(ctx, entry, "alert_nobody_left")


async def _call_now(ctx: Context, entry: OutboxEntry, key: str) -> Card | None:
    hold = await ctx.uow.get(Hold, entry.subject)
    return notice_card(ctx, key, phone=await own_phone(ctx)) if hold.waiting else None


async def looked(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: which supervisor looked them up or opened their text, and why."""
    case = await ctx.uow.get(Case, entry.subject)
    by = await ctx.uow.get(Person, entry.args["by"])
    kind = "unmask" if entry.card == "presenter_seen" else "read"
    reason = ctx.words(f"{kind}.reason.{entry.args['reason']}")
    return notice_card(ctx, entry.card, name=by.name, code=case.code, reason=reason)


async def line_seen(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To an author: which officer looked up that a line of the audit trail is theirs, and why."""
    by = await ctx.uow.get(Person, entry.args["by"])
    return notice_card(ctx, "line_seen", name=by.name, reason=ctx.words(f"unmask.reason.{entry.args['reason']}"))


async def link_made(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever a link is for: an administrator made one, and whoever has it acts as them."""
    return notice_card(ctx, "link_made", day=ctx.words.day(entry.created_at.astimezone(ctx.zone).date()))


async def ended(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: the hold is released, or the case withdrawn by a supervisor."""
    case = await ctx.uow.get(Case, entry.subject)
    return notice_card(ctx, entry.card, code=case.code)


async def held(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a reviewer: on hold, not why."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    return notice_card(ctx, "case_held", code=case.code) if case.held_at and assignment.pending else None


async def goes_on(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a reviewer: the case goes on, with the day it is due now."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    if case.held_at or not case.open or not assignment.pending or assignment.due_at is None:
        return None
    day = ctx.words.day(assignment.due_at.astimezone(ctx.zone).date())
    read = Action("review.open", ctx.words("review.open"), assignment.id, look="primary", opens=True)
    return notice_card(ctx, "case_goes_on", read, code=case.code, day=day)


RISK_NOTICES = {
    "risk_alert": NoticeKind(alert, Ring.ASKS, any_hour=True),
    "risk_taken": NoticeKind(taken, Ring.FREES, any_hour=True),
    "risk_yours": NoticeKind(taken, Ring.STATE, any_hour=True),
    "risk_presenter": NoticeKind(to_presenter, Ring.AWAITED, any_hour=True),
    "risk_presenter_again": NoticeKind(to_presenter, Ring.STATE, any_hour=True),
    "risk_drill": NoticeKind(drill, Ring.AWAITED, any_hour=True),
    "drill_heard": NoticeKind(drill_heard, Ring.AWAITED, any_hour=True),
    "drill_unheard": NoticeKind(drill_unheard, Ring.AWAITED, any_hour=True),
    "drill_due": NoticeKind(drill_due, Ring.ASKS),
    "risk_undelivered": NoticeKind(undelivered, Ring.ASKS, any_hour=True),
    "risk_nobody_left": NoticeKind(nobody_left, Ring.ASKS, any_hour=True),
    "risk_closed": NoticeKind(closed, Ring.AWAITED, any_hour=True),
    "presenter_seen": NoticeKind(looked, Ring.AWAITED),
    "line_seen": NoticeKind(line_seen, Ring.AWAITED),
    "link_made": NoticeKind(link_made, Ring.AWAITED),
    "text_read": NoticeKind(looked, Ring.AWAITED),
    "hold_released": NoticeKind(ended, Ring.AWAITED),
    "hold_withdrawn": NoticeKind(ended, Ring.AWAITED),
    "case_held": NoticeKind(held, Ring.FREES),
    "case_goes_on": NoticeKind(goes_on, Ring.ASKS),
}
