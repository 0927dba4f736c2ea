"""Where an administrator begins: every page of administration with what it is for."""

from __future__ import annotations

from bot.app.context import Context
from bot.ui.model import Action, Form, FormBlock, Row, line, strong


async def start_form(ctx: Context, platform: str) -> Form:
    """The pages, one below the other; in a chat that names its members first the ways to add them."""
    w = ctx.words
    from_chat = (
        ("roster.open", w("roster.title"), w("roster.about")),
        ("roster.find", w("roster.find"), w("roster.find.about")),
    )
    pages = (
        *(from_chat if ctx.tools.roster(platform) else ()),
        ("staff.list", w("menu.staff"), w("administration.people")),
        ("places.list", w("places.title"), w("administration.places")),
        ("policies.list", w("policies.title"), w("administration.policies")),
        ("check.open", w("check.title"), w("check.about")),
        ("officer.requests", w("officer.requests"), w("administration.requests")),
        ("closures.show", w("closures.title"), w("administration.closures")),
        ("operations.show", w("operations.title"), w("administration.delivery")),
    )
    rows: list[FormBlock] = [
        Row(line(strong(title)), line(about), (Action(key, w("staff.open"), opens=True),))
        for key, title, about in pages
    ]
    return Form("administration.open", w("administration.title"), body=tuple(rows))
