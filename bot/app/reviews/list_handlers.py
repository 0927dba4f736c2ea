"""The reviews one has and had, with the case's title, state and days; and looking for one of them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.app.blocks.assignments import assignment_state
from bot.app.blocks.drafts import draft_blocks
from bot.app.blocks.reading import reading_places
from bot.app.blocks.search import Found, Page, Wanted, listing_form
from bot.app.blocks.tables import Entry, Listing
from bot.app.context import Context
from bot.app.facts.open_reviews import DUE_FIRST
from bot.app.facts.permissions import cases_of_assignments
from bot.app.reviews.views import review_actions, review_detail
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome, Show
from bot.ui.model import Form, Row, code, line

PARTS = ("open", "in")


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """My reviews, what is due first."""
    return Show(await _form(ctx, event.args, None))


async def find(ctx: Context, event: FormSubmitted) -> Outcome:
    """Those that fit."""
    wanted = Wanted.sent(ctx, event)
    form = await _form(ctx, {}, wanted)
    return Invalid(form) if wanted.errors else Show(form)


async def _form(ctx: Context, args: Mapping[str, str], wanted: Wanted | None) -> Form:
    w = ctx.words
    states = [(part, w(f"search.review.{part}")) for part in PARTS]
    columns = [("case", w("case.word")), ("state", w("overview.state")), ("due", w("round.due"))]
    listing = Listing("review.list", "", columns, states, args=args)
    page = Page(
        Form("review.find", w("menu.reviews"), actions=await reading_places(ctx)),
        w("home.reviews"),
        w("home.reviews.none"),
        listing,
        states,
        await draft_blocks(ctx, "reviews"),
    )
    return await listing_form(ctx, page, await _mine(ctx), wanted)


async def _mine(ctx: Context) -> list[Found]:
    """Reviews to write, then those that are in, newest first; none of a case one parted from."""
    found = await ctx.uow.find(Assignment, reviewer=ctx.me.id, ended_at=None, published_at__not=None, order=DUE_FIRST)
    mine = [each for each in found if each.readable]
    cases = await cases_of_assignments(ctx, mine)
    to_write = [each for each in mine if not each.submitted_at and cases[each.case].open]
    written = sorted(
        (each for each in mine if each.submitted_at), key=lambda each: str(each.submitted_at), reverse=True
    )
    return [await _found(ctx, each, cases[each.case]) for each in (*to_write, *written)]


async def _found(ctx: Context, assignment: Assignment, case: Case) -> Found:
    w, state = ctx.words, assignment_state(assignment, case, ctx)
    texts = await ctx.uow.texts(case.id, "case") if not case.purged_at else {}
    day = (assignment.submitted_at or assignment.due_at or ctx.now).astimezone(ctx.zone).date()
    detail = review_detail(ctx, assignment, case)
    due = assignment.due_at.astimezone(ctx.zone).date() if assignment.due_at else day
    actions = review_actions(ctx, assignment, case)
    cells = (line(code(case.code)), line(w(f"assignment.{state}")), line(w.day(due)))
    row = Row(line(w("case.word"), " ", code(case.code)), detail, actions, cells, case.id)
    keys = {"case": case.code, "state": state, "due": due.toordinal()}
    return Found(Entry(row, keys, frozenset({"in" if assignment.submitted_at else "open"})), case, day, texts)
