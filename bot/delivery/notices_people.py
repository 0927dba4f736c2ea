"""Notices about people: nothing reaches a member any more, somebody came with another account."""

from __future__ import annotations

from bot.app.blocks.notice import notice_card
from bot.app.blocks.reachability import reach_words
from bot.app.context import Context
from bot.app.facts.open_reviews import open_reviews
from bot.app.facts.permissions import planned_only
from bot.app.facts.reachability import reachability_of
from bot.app.steps.leavers_files import SEALED_URL
from bot.domain.case import Case
from bot.domain.data_request import ALONE_AFTER, STEPS, DataRequest
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import OutboxEntry, SignInLink
from bot.ui.model import Action, Card, Row, Text, code, line


async def out_of_reach(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a supervisor: whom nothing reaches, why, and their open reviews, which move on in one tap."""
    w, person = ctx.words, await ctx.uow.get(Person, entry.subject)
    standing = (await reachability_of(ctx, [person]))[person.id]
    if not person.active or standing.reached:
        return None
    mine = (await planned_only(ctx)).get("group__in")
    rows = []
    for assignment in await open_reviews(ctx, person):
        case = await ctx.uow.get(Case, assignment.case)
        if mine is None or case.group in mine:
            due = w("due", day=w.day(assignment.due_at.astimezone(ctx.zone).date())) if assignment.due_at else ""
            move = Action("review.reassign", w("review.reassign"), assignment.id, opens=True)
            moves = (move,) if case.under_review(ctx.now) else ()
            rows.append(Row(line(w("case.word"), " ", code(case.code)), line(due), moves))
    hand_over = Action("supervision.hand_over", w.count("reach.hand_over", len(rows)), person.id, look="primary")
    actions = (*((hand_over,) if rows else ()), Action("supervision.overview", w("overview.open"), opens=True))
    state = reach_words(ctx, standing)
    return notice_card(ctx, "out_of_reach", *actions, extra=tuple(rows), name=person.name, state=state)


async def account_refused(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To an administrator: whose address an account had that is not the one known for them."""
    return notice_card(ctx, "account_refused", name=(await ctx.uow.get(Person, entry.subject)).name)


async def workspace_refused(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To an administrator: a workspace that is not the organisation's, and the form that lets it in."""
    platform, tenant = entry.args["platform"], entry.args["tenant"]
    where = {"platform": platform, "tenant": tenant}
    let_in = Action("setup.workspace", ctx.words("setup.workspace.do"), args=where, opens=True)
    said = {**where, "name": entry.args["name"]}
    return notice_card(ctx, "workspace_refused", let_in, extra=(), **said)


async def first_round(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a supervisor: an administrator asks them to begin the first round; pointless once one went out."""
    if await ctx.uow.find(Round, published_at__not=None, limit=1):
        return None
    begin = Action("round.new", ctx.words("round.new"), look="primary", opens=True)
    return notice_card(ctx, "first_round", begin)


async def _running(ctx: Context, entry: OutboxEntry) -> DataRequest | None:
    """The request that a message is about, while its days last."""
    request = await ctx.uow.one(DataRequest, id=entry.subject)
    return request if request and request.expires_at > ctx.now else None


async def data_request(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a second person: a request waits; whom it is about stands on the page only."""
    request = await _running(ctx, entry)
    if request is None or request.agreed_at:
        return None
    show = Action("officer.requests", ctx.words("staff.open"), look="primary", opens=True)
    return notice_card(ctx, "step_request" if request.act in STEPS else "data_request", show)


async def asked_in_your_name(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever the shell named as asking for a step: nothing happens before they say that it is them."""
    request = await _running(ctx, entry)
    if request is None or request.confirmed_at:
        return None
    show = Action("officer.requests", ctx.words("staff.open"), look="primary", opens=True)
    return notice_card(ctx, "asked_in_your_name", show)


async def rule_weakened(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To supervisors and managers: one person changes who guards the rule of two, and nobody else could agree."""
    request = await _running(ctx, entry)
    if request is None or request.agreed_at:
        return None
    asker = await ctx.uow.get(Person, request.asked_by)
    day = ctx.words.day((request.asked_at + ALONE_AFTER).astimezone(ctx.zone).date())
    return notice_card(ctx, "rule_weakened", name=asker.name, day=day)


async def leaving(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To somebody whose last day is known: take along what is yours while the pages are open."""
    if ctx.me.leaves_on is None:
        return None
    take = Action("leaving.open", ctx.words("leaving.take"), look="primary", opens=True)
    return notice_card(ctx, "leaving", take, day=ctx.words.day(ctx.me.leaves_on, year=True))


async def left(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To somebody who has left: the link to what is theirs, opened from its seal only now."""
    link = await ctx.uow.get(SignInLink, entry.subject)
    url = await ctx.uow.sealed(link.id, SEALED_URL)
    if url is None or link.expires_at <= ctx.now or ctx.me.active:
        return None
    until = ctx.words.day(link.expires_at.astimezone(ctx.zone).date(), year=True)
    return notice_card(ctx, "left", extra=(Text(line(url.decode())),), day=until)
