"""Messages about a second look, as cards of today's facts (see `bot/delivery/notices.py`); a code, never a text."""

from __future__ import annotations

from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.app.facts.permissions import my_case
from bot.app.notice_kinds import NoticeKind, Ring
from bot.app.second_look.views import needed_day, open_action
from bot.app.steps import second_look
from bot.domain.case import Case
from bot.domain.second_look import SecondLook
from bot.ports.records import OutboxEntry
from bot.ui.model import Action, Card


async def to_looker(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A case waits, still waits or waited too long for a second look; pointless once somebody decided."""
    look = await ctx.uow.get(SecondLook, entry.subject)
    case = await ctx.uow.get(Case, look.case)
    if not look.open or case.held_at or not await second_look.may_look(ctx, case, ctx.me):
        return None
    day = await needed_day(ctx, case, look)
    return notice_card(ctx, entry.card, open_action(ctx, look), code=case.code, day=day)


async def over(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of an earlier message: there is nothing to look at any more."""
    look = await ctx.uow.get(SecondLook, entry.subject)
    case = await ctx.uow.get(Case, look.case)
    return notice_card(ctx, "look_over", code=case.code)


async def to_author(ctx: Context, entry: OutboxEntry) -> Card | None:
    """What became of the second look at their case; pointless once the case is gone or published."""
    case = await my_case(ctx, entry.subject)
    if not case.open or case.published_at or bool(case.sent_back_at) != (entry.card in _SENT_BACK):
        return None
    if bool(case.look_since) != (entry.card in _WAITING):
        return None
    page = Action("case.page", ctx.words("case.open"), case.id, look="primary", opens=True)
    return notice_card(ctx, entry.card, page, code=case.code)


async def unseen(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a supervisor: nobody looked in time, and by the group's policy the case goes on."""
    case = await ctx.uow.get(Case, entry.subject)
    return notice_card(ctx, "look_unseen_supervisor", code=case.code) if case.open else None


_SENT_BACK = frozenset({"look_returned", "look_returned_missed", "look_author_reminder"})
_WAITING = frozenset({"look_waits", "look_missed"})

LOOK_NOTICES = {
    "look_wanted": NoticeKind(to_looker, Ring.ASKS),
    "look_reminder": NoticeKind(to_looker, Ring.ASKS),
    "look_late": NoticeKind(to_looker, Ring.ASKS),
    "look_over": NoticeKind(over, Ring.STATE, only_edit=True),
    "look_passed": NoticeKind(to_author, Ring.AWAITED),
    "look_unseen": NoticeKind(to_author, Ring.AWAITED),
    "look_returned": NoticeKind(to_author, Ring.ASKS),
    "look_returned_missed": NoticeKind(to_author, Ring.ASKS),
    "look_author_reminder": NoticeKind(to_author, Ring.ASKS),
    "look_waits": NoticeKind(to_author, Ring.AWAITED),
    "look_missed": NoticeKind(to_author, Ring.AWAITED),
    "look_unseen_supervisor": NoticeKind(unseen, Ring.AWAITED),
}
