"""Notices about excerpts for the library: each asks once, and none holds a word of one."""

from __future__ import annotations

from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.app.facts.exemplars import exemplar_of
from bot.app.facts.permissions import my_assignment, my_case
from bot.app.notice_kinds import NoticeKind, Ring
from bot.domain.exemplar import Exemplar
from bot.ports.records import OutboxEntry
from bot.ui.model import Action, Card


async def _asked(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a reviewer: whether an excerpt may be kept; once answered the message leads to it no more."""
    assignment, case = await my_assignment(ctx, entry.subject)
    exemplar = await exemplar_of(ctx, case)
    if exemplar is None or exemplar.id != entry.args["exemplar"] or assignment.id in exemplar.agreed:
        return None
    look = Action("exemplar.consent", ctx.words("library.consent.open"), assignment.id, look="primary", opens=True)
    return notice_card(ctx, "exemplar_asked", look, code=case.code)


async def _look(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever may take a second look."""
    exemplar = await ctx.uow.get(Exemplar, entry.subject)
    if exemplar.withdrawn_at or exemplar.looked_at:
        return None
    look = Action("exemplar.look", ctx.words("look.open"), exemplar.id, look="primary", opens=True)
    return notice_card(ctx, "exemplar_look", look)


async def _kept(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: it is in the library."""
    case = await my_case(ctx, entry.subject)
    exemplar = await exemplar_of(ctx, case)
    if exemplar is None or not exemplar.kept:
        return None
    show = Action("exemplar.open", ctx.words("library.own"), case.id, opens=True)
    return notice_card(ctx, "exemplar_kept", show, code=case.code)


LIBRARY_NOTICES: dict[str, NoticeKind] = {
    "exemplar_asked": NoticeKind(_asked, Ring.ASKS),
    "exemplar_look": NoticeKind(_look, Ring.ASKS),
    "exemplar_kept": NoticeKind(_kept, Ring.AWAITED),
}
