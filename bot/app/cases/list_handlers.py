"""The cases one presented, with title, state and days; and looking for one of them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.app.blocks.cases import presenter_actions
from bot.app.blocks.drafts import draft_blocks
from bot.app.blocks.search import Found, Page, Wanted, listing_form
from bot.app.blocks.tables import Entry, Listing
from bot.app.cases.views import optional_actions
from bot.app.context import Context
from bot.domain.case import Case, CaseStatus
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome, Show
from bot.ui.model import Action, Form, Row, code, line, strong

WAITING = frozenset({CaseStatus.RELEASED, CaseStatus.SENT_BACK})
"""The next step is the presenter's."""
PARTS = ("waiting", "open", "closed")
NEXT = frozenset({"case.reviews", "case.change", "question.open"})


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """My cases, newest first."""
    return Show(await _form(ctx, event.args, None))


async def find(ctx: Context, event: FormSubmitted) -> Outcome:
    """Those that fit."""
    wanted = Wanted.sent(ctx, event)
    form = await _form(ctx, {}, wanted)
    return Invalid(form) if wanted.errors else Show(form)


async def _form(ctx: Context, args: Mapping[str, str], wanted: Wanted | None) -> Form:
    w = ctx.words
    states = [(part, w(f"search.case.{part}")) for part in PARTS]
    columns = [("case", w("case.word")), ("state", w("overview.state")), ("presented", w("search.presented"))]
    listing = Listing("case.list", "", [*columns, ("closed", w("search.closed"))], states, args=args)
    new = Action("case.new", w("case.new"), look="primary", opens=True)
    page = Page(
        Form("case.find", w("menu.cases"), actions=(new, *await optional_actions(ctx))),
        w("home.cases"),
        w("home.cases.none"),
        listing,
        states,
        await draft_blocks(ctx, "cases"),
    )
    return await listing_form(ctx, page, await _mine(ctx), wanted)


async def _mine(ctx: Context) -> list[Found]:
    ids = await ctx.uow.cases_of(ctx.me.id)
    cases = await ctx.uow.find(Case, id__in=ids, withdrawn_at=None, order=("-submitted_at",)) if ids else []
    return [await _found(ctx, case) for case in cases]


async def _found(ctx: Context, case: Case) -> Found:
    w, status = ctx.words, case.status(ctx.now)
    texts = await ctx.uow.texts(case.id, "case") if not case.purged_at else {}
    day = case.submitted_at.astimezone(ctx.zone).date()
    closed = case.closed_at.astimezone(ctx.zone).date() if case.closed_at else None
    waits = status in WAITING
    told = w(f"case.status.{status.value}")
    state = line(strong(w("search.new")), " · ", told) if waits else line(told)
    actions = (
        Action("case.page", w("case.open"), case.id, opens=True),
        *(each for each in await presenter_actions(ctx, case) if each.key in NEXT),
    )
    row = Row(
        line(w("case.word"), " ", code(case.code)),
        line(*state, f" · {w.day(day)}"),
        actions,
        (line(code(case.code)), state, line(w.day(day)), line(w.day(closed)) if closed else ()),
        case.id,
    )
    keys = {
        "case": case.code,
        "state": (not waits, told),
        "presented": -day.toordinal(),
        "closed": -closed.toordinal() if closed else 0,
    }
    shows = {"closed" if case.closed_at else "open"} | ({"waiting"} if waits else set())
    return Found(Entry(row, keys, frozenset(shows)), case, day, texts)
