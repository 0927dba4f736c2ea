"""Notices of the exchange after release: one message a step, none of them a reminder."""

from __future__ import annotations

from bot.app.blocks.exchange import follow_up_of, may_answer_back
from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.app.facts.permissions import my_assignment, my_case
from bot.app.notice_kinds import NoticeKind, Ring
from bot.ports.records import OutboxEntry
from bot.ui.model import Action, Card


async def _asked_back(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a reviewer: the presenter asks something back."""
    assignment, case = await my_assignment(ctx, entry.subject)
    if not may_answer_back(assignment, case):
        return None
    answer = Action("answer_back.open", ctx.words("answer_back.open"), assignment.id, look="primary", opens=True)
    return notice_card(ctx, "asked_back", answer, code=case.code)


async def _answered_back(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In its place once the answer is in."""
    _, case = await my_assignment(ctx, entry.subject)
    return notice_card(ctx, "answered_back", code=case.code)


async def _answers_back(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: answers came; of several that wait for the same moment the last says it for all."""
    case = await my_case(ctx, entry.subject)
    same = {"person": entry.person, "card": entry.card, "subject": entry.subject}
    if not entry.sent_at and await ctx.uow.count(OutboxEntry, created_at__gt=entry.created_at, **same):
        return None
    if case.purged_at or case.withdrawn_at:
        return None
    read = Action("case.reviews", ctx.words("case.reviews"), case.id, look="primary", opens=True)
    return notice_card(ctx, "answers_back", read, code=case.code)


async def _follow_up_asked(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter, once: what became of it?"""
    case = await my_case(ctx, entry.subject)
    found = await follow_up_of(ctx, case)
    if found is None or not found.waits:
        return None
    actions = (
        Action("follow_up.open", ctx.words("follow_up.open"), case.id, look="primary", opens=True),
        Action("follow_up.skip", ctx.words("follow_up.skip"), case.id),
    )
    return notice_card(ctx, "follow_up_asked", *actions, code=case.code)


async def _follow_up_over(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In its place: told, or skipped."""
    case = await my_case(ctx, entry.subject)
    return notice_card(ctx, entry.card, code=case.code)


async def _follow_up_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a reviewer: the presenter tells what became of it."""
    assignment, case = await my_assignment(ctx, entry.subject)
    found = await follow_up_of(ctx, case)
    if found is None or not found.answered_at or found.purged_at:
        return None
    read = Action("follow_up.read", ctx.words("follow_up.read"), assignment.id, look="primary", opens=True)
    return notice_card(ctx, "follow_up_in", read, code=case.code)


EXCHANGE_NOTICES: dict[str, NoticeKind] = {
    "asked_back": NoticeKind(_asked_back, Ring.ASKS),
    "answered_back": NoticeKind(_answered_back, Ring.STATE, only_edit=True),
    "answers_back": NoticeKind(_answers_back, Ring.AWAITED),
    "follow_up_asked": NoticeKind(_follow_up_asked, Ring.ASKS),
    "follow_up_told": NoticeKind(_follow_up_over, Ring.STATE, only_edit=True),
    "follow_up_skipped": NoticeKind(_follow_up_over, Ring.STATE, only_edit=True),
    "follow_up_in": NoticeKind(_follow_up_in, Ring.AWAITED),
}
