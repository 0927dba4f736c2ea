"""The cases a person presented, with where each stands."""

from __future__ import annotations

from bot.app.blocks.cases import presenter_actions
from bot.app.blocks.drafts import draft_blocks
from bot.app.context import Context
from bot.app.facts.permissions import person_policy
from bot.domain.case import Case
from bot.ui.model import (
    Action,
    Card,
    CardBlock,
    Heading,
    Row,
    Text,
    code,
    line,
)


async def cases_card(ctx: Context, *, only_open: bool = False) -> Card:
    """My cases, newest first; `only_open` leaves out what is closed."""
    w = ctx.words
    new = Action("case.new", w("case.new"), look="primary", opens=True)
    unsent = [] if only_open else await draft_blocks(ctx, "cases")
    rows = await case_rows(ctx, only_open=only_open)
    body = (*unsent, Heading(w("home.cases")), *rows) if unsent else tuple(rows)
    look: tuple[Action, ...] = (Action("case.list", w("search.open"), opens=True), *await optional_actions(ctx))
    return Card("case.mine", w("home.cases"), body, (new, *look), summary=w("home.cases"))


async def optional_actions(ctx: Context) -> tuple[Action, ...]:
    """The ways to the private worksheet, a message to retell and a group's shares, where the policy says so."""
    w, policy = ctx.words, await person_policy(ctx, ctx.me)
    found: list[Action] = []
    if policy.worksheet:
        found.append(Action("pick.open", w("pick.open"), opens=True))
    if policy.message_reviews:
        found.append(Action("message.new", w("message.new"), opens=True))
        found.append(Action("behaviours.open", w("behaviours.open"), opens=True))
    return tuple(found)


async def case_rows(ctx: Context, *, only_open: bool = False) -> list[CardBlock]:
    """One row a case that is not purged, newest first."""
    w = ctx.words
    ids = await ctx.uow.cases_of(ctx.me.id)
    cases = await ctx.uow.find(Case, id__in=ids, withdrawn_at=None, order=("-submitted_at",), limit=12) if ids else []
    rows: list[CardBlock] = []
    for case in cases:
        if only_open and not case.open:
            continue
        status = case.status(ctx.now)
        page = Action("case.page", w("case.open"), case.id, opens=True)
        mine = await presenter_actions(ctx, case)
        shown = (page, *(a for a in mine if a.key not in {"case.withdraw", "risk.raise"}))
        if case.open:
            shown = (*shown, *(a for a in mine if a.key == "case.withdraw"))
        rows.append(Row(line(w("case.word"), " ", code(case.code)), line(w(f"case.status.{status.value}")), shown))
    return rows or [Text(line(w("home.cases.none")))]
