"""Notices to a reviewer: a review to write, a reminder, what became of it."""

from __future__ import annotations

from datetime import datetime

from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.app.facts.permissions import shared_case
from bot.app.facts.under_way import carrier_of, is_out
from bot.app.reviews.views import review_rows
from bot.app.steps.reachability import due_when_reached, told_late
from bot.app.steps.shown_anew import OF_REVIEW, TAKEN
from bot.domain.assignment import Assignment, EndReason, Question
from bot.domain.case import Case
from bot.ports.records import OutboxEntry
from bot.ui.model import Action, Card, Text, line


async def assigned(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A case to review, and until when."""
    return await _review_card(ctx, entry, "assigned")


def said_at(entry: OutboxEntry) -> datetime | None:
    """When a message about everything somebody owes went out; None while it has not.

    Shown anew it says what became of that, and nothing of what was given to them since.
    """
    told = entry.args.get("said_at")
    return datetime.fromisoformat(told) if told else entry.sent_at


async def reminder(ctx: Context, entry: OutboxEntry) -> Card | None:
    """One message for everything a person still has to write."""
    rows = await review_rows(ctx, only_open=True, asked_by=said_at(entry))
    if not rows:
        return None
    text = ctx.words.count("notice.reminder.text", len(rows))
    return Card("notice.reminder", ctx.words("notice.reminder.title"), (Text(line(text)), *rows), (), text)


async def reminder_now(ctx: Context, entry: OutboxEntry) -> Card | None:
    """The last reminder, of what is still to be written."""
    return await reminder(ctx, entry) or notice_card(ctx, "reminder_now")


async def answers_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Of several that wait for the same moment the last says it for all."""
    same = {"person": entry.person, "card": entry.card, "subject": entry.subject}
    if not entry.sent_at and await ctx.uow.count(OutboxEntry, created_at__gt=entry.created_at, **same):
        return None
    return await _review_card(ctx, entry, "answers_in")


async def _review_card(ctx: Context, entry: OutboxEntry, key: str) -> Card | None:
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    if not assignment.pending or case.held_at or not case.open or assignment.due_at is None:
        return None
    due = assignment.due_at
    if key == "assigned" and not is_out(entry) and told_late(ctx, assignment, ctx.me, entry):
        due = await due_when_reached(ctx, assignment, ctx.me)  # what holds once this message is out
    day = ctx.words.day(due.astimezone(ctx.zone).date())
    actions = (
        Action("review.open", ctx.words("review.open"), assignment.id, look="primary", opens=True),
        Action("why", ctx.words("why.button"), assignment.id, opens=True),
    )
    return notice_card(ctx, key, *actions, code=case.code, day=day)


async def assignment_gone(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a reviewer: the review is theirs no longer, or its case is over."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    if entry.card == "review_moved" and (assignment.ended_at is None or not await _heard(ctx, entry)):
        return None
    taken = entry.card == "review_moved" and assignment.end_reason == EndReason.SWAPPED
    return notice_card(ctx, "review_taken" if taken else entry.card, code=case.code)


async def _heard(ctx: Context, entry: OutboxEntry) -> bool:
    """Whether its reviewer knows of a review: what waits for the morning is no news once it is gone again."""
    told = await ctx.uow.find(OutboxEntry, person=ctx.me.id, subject=entry.subject, card__in=sorted(OF_REVIEW | TAKEN))
    carriers = [await carrier_of(ctx, each) or each for each in told]
    return not told or any(each.sent_at for each in carriers)


async def review_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of what asked for the review: it is in, and nothing of it can be opened or missed there any more."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    return notice_card(ctx, "review_in", code=case.code) if assignment.submitted_at else None


async def review_left(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of what asked for it: whoever stepped out did so themselves and needs no news of it."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    return notice_card(ctx, "review_moved", code=case.code) if assignment.ended_at else None


async def shared(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a group: a case to read, nothing to do."""
    case = await shared_case(ctx, entry.subject)
    if case.purged_at:
        return None
    read = Action("shared.read", ctx.words("shared.read"), case.id, opens=True)
    return notice_card(ctx, "shared", read, code=case.code)


async def questions_answered(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of the questions: all of them are answered."""
    case = await ctx.uow.get(Case, entry.subject)
    open_ = await ctx.uow.count(Question, case=case.id, answered_at=None)
    return None if open_ else notice_card(ctx, "questions_answered", code=case.code)


async def takeaway_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a reviewer: the presenter wrote what they take away."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    read = Action("review.open", ctx.words("review.read"), assignment.id, opens=True)
    if not assignment.readable or case.purged_at:
        return None
    thanks = (Text(line(ctx.words("used.thanks"))),) if assignment.used_at else ()
    return notice_card(ctx, "takeaway_in", read, extra=thanks, code=case.code)
