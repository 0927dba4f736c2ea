"""Notices to whoever presents a case, or is asked to: from the invitation to the end of the case."""

from __future__ import annotations

from dataclasses import replace

from bot.app.blocks.drafts import takeaway_begun
from bot.app.blocks.invitations import asked_card, open_card, presents
from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.app.facts.open_reviews import came_of
from bot.app.facts.permissions import my_case
from bot.app.facts.under_way import is_out
from bot.app.steps.coming_rounds import next_planned
from bot.domain.assignment import Question
from bot.domain.case import CaseStatus
from bot.domain.organisation import Group
from bot.domain.round import Round, RoundStatus
from bot.ports.records import OutboxEntry
from bot.ui.model import Action, Card, CardBlock, Text, line


async def round_open(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A round collects cases: to whoever may present and was not asked in other words."""
    round_ = await ctx.uow.get(Round, entry.subject)
    if round_.status is not RoundStatus.COLLECTING or ctx.me.id in round_.asked or await presents(ctx, round_):
        return None
    return await open_card(ctx, round_)


async def please_present(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Asked by name; what they answered, and that the plan is made, only stand where it was asked."""
    round_ = await ctx.uow.get(Round, entry.subject)
    asks = round_.status is RoundStatus.COLLECTING and ctx.me.id not in round_.passed
    return await asked_card(ctx, round_) if asks or is_out(entry) else None


async def own_case(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Where the reader's own case stands: published, with how many reviewers, or covered by a supervisor."""
    case = await my_case(ctx, entry.subject)
    if not case.open:
        return None
    page = Action("case.page", ctx.words("case.open"), case.id, opens=True)
    if found := entry.args.get("found"):
        why = ctx.words(f"case.waits.{entry.args['why']}")
        return notice_card(
            ctx, "case_published_short", page, code=case.code, found=int(found), asked=case.reviewers, why=why
        )
    return notice_card(ctx, entry.card, page, code=case.code)


async def case_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of the invitation, which asks nothing more of whoever presented."""
    case = await my_case(ctx, entry.subject)
    if not case.open or case.published_at or not case.round:
        return None
    round_ = await ctx.uow.get(Round, case.round)
    page = Action("case.page", ctx.words("case.open"), case.id, opens=True)
    day = ctx.words.day(round_.publish_at.astimezone(ctx.zone).date())
    return notice_card(ctx, "case_in", page, code=case.code, day=day)


async def case_redated(ctx: Context, entry: OutboxEntry) -> Card | None:
    """The days for questions moved with the clinic's closed days."""
    return await own_case(ctx, replace(entry, card="case_published"))


async def question_asked(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: questions wait for an answer."""
    case = await my_case(ctx, entry.subject)
    waits = await ctx.uow.count(Question, case=case.id, answered_at=None)
    if not case.under_review(ctx.now) or not waits:
        return None
    answer = Action("question.open", ctx.words("question.open_answers"), case.id, look="primary", opens=True)
    return notice_card(ctx, "question_asked", answer, code=case.code)


async def reviews_released(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: how many reviews have come of how many, and whether another may come."""
    case = await my_case(ctx, entry.subject)
    if case.purged_at or case.withdrawn_at:
        return None
    actions = [Action("case.reviews", ctx.words("case.reviews"), case.id, look="primary", opens=True)]
    if case.status(ctx.now) is CaseStatus.RELEASED:
        actions.append(Action("takeaway.open", ctx.words("takeaway.open"), case.id, opens=True))
    came, asked, coming = await came_of(ctx, case)
    whole = came >= asked or not case.open
    key = entry.card if whole else _PARTLY[entry.card][0 if coming else 1]
    return notice_card(ctx, key, *actions, code=case.code, came=came, asked=asked)


_PARTLY = {
    "reviews_released": ("reviews_partly", "reviews_partly_last"),
    "late_review": ("late_review_partly", "late_review_partly_last"),
}
"""What the presenter reads instead while reviews are missing: another may come, or none is on its way."""


async def takeaway_kept(ctx: Context, entry: OutboxEntry) -> Card | None:
    case = await my_case(ctx, entry.subject)
    if case.purged_at or not case.closed_at:
        return None
    return notice_card(
        ctx, "takeaway_kept", Action("case.reviews", ctx.words("case.reviews"), case.id, opens=True), code=case.code
    )


async def case_ended(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: closed without a takeaway, with so many of the reviews that were asked for."""
    case = await my_case(ctx, entry.subject)
    if case.purged_at or not case.closed_at:
        return None
    read = Action("case.reviews", ctx.words("case.reviews"), case.id, look="primary", opens=True)
    came, asked, _ = await came_of(ctx, case)
    actions = (read,) if case.released_at else ()
    kept: tuple[CardBlock, ...] = ()
    if await takeaway_begun(ctx, case):
        actions = (*actions, Action("takeaway.open", ctx.words("takeaway.open"), case.id, opens=True))
        kept = (Text(line(ctx.words("notice.case_ended.begun"))),)
    return notice_card(ctx, "case_ended", *actions, extra=kept, code=case.code, came=came, asked=asked)


async def urgent_nobody(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: nobody has room out of turn; the case waits for the next round."""
    case = await my_case(ctx, entry.subject)
    if not case.open or case.published_at:
        return None
    page = Action("case.page", ctx.words("case.open"), case.id, opens=True)
    return notice_card(ctx, "urgent_nobody", page, code=case.code)


async def own_case_waits(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: the case found no reviewer yet, why, and until when it waits if a next round has its day."""
    case = await my_case(ctx, entry.subject)
    if not case.open or case.published_at:
        return None
    page = Action("case.page", ctx.words("case.open"), case.id, opens=True)
    why = ctx.words(f"case.waits.{entry.args.get('why', 'nobody')}")
    if planned := await next_planned(ctx, await ctx.uow.get(Group, case.group)):
        why = f"{why} {ctx.words('case.waits.until', day=ctx.words.day(planned))}"
    return notice_card(ctx, "own_case_waits", page, code=case.code, why=why)
