"""My supervision log and my rhythm: `/supervision`; the supervisor's overview."""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Context
from bot.app.facts.permissions import planned_group
from bot.app.options import listing_options
from bot.app.overview.views import overview, overview_card
from bot.app.supervision import goal_handlers as goal
from bot.app.supervision import log_handlers as log
from bot.app.supervision import signing_handlers as signing
from bot.app.supervision.export_handlers import rhythm_card
from bot.app.supervision.log_views import Shown, log_card
from bot.app.supervision.span_handlers import typed_span
from bot.app.supervision.typed_export import is_export, typed_export
from bot.calendars.spoken import AskDays
from bot.domain.person import Role
from bot.ui.inbound import CommandTyped, Outcome, Say, Show
from bot.ui.model import Notice, Tone, line
from bot.ui.strings import LANGUAGES
from bot.ui.strings import words as said


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """`/supervision`: my log; `add`, `rhythm`, `sign`, `goal`, `export [rule set] [pdf]`; `overview` for supervisors.

    Days list their entries: "from 1 Jan to 31 Mar", "Q1", "2026". With a kind of file or a rule set it is a file.
    """
    words = event.text.reveal().casefold().split()
    first = words[0] if words else ""
    if first in ctx.aliases("overview") and ctx.me.has(Role.SUPERVISOR):
        return await _overview(ctx, event.text.reveal().split(maxsplit=1)[1:])
    if first in ctx.aliases("add") | ctx.aliases("new"):
        return Show(await log.typed_add(ctx, " ".join(words[1:])))
    if first in ctx.aliases("rhythm"):
        return Say(await rhythm_card(ctx))
    if first in ctx.aliases("sign"):
        return Show(await signing.ask_form(ctx, {}))
    if first in ctx.aliases("goal"):
        return await goal.typed_goal(ctx)
    if is_export(ctx, words):
        asked = [word for word in words if word not in ctx.aliases("export")]
        return await typed_export(ctx, _without_small(asked))
    if not words:
        return Say(await log_card(ctx))
    days = await typed_span(ctx, _without_small(words))
    if isinstance(days, AskDays):
        card = await log_card(ctx)
        return Say(replace(card, body=(Notice(Tone.WARN, line(ctx.words("log.days.unread"))), *card.body)))
    if days:
        return Say(await log_card(ctx, Shown(span=(days.first, days.last or ctx.my_today))))
    card = await log_card(ctx)
    options = ("add", "rhythm", "sign", "goal", "export", *(("overview",) if ctx.me.has(Role.SUPERVISOR) else ()))
    return Say(listing_options(ctx, card, "supervision", options, event))


async def _overview(ctx: Context, named: list[str]) -> Outcome:
    """Of all groups, or of the one that is named."""
    group = await planned_group(ctx, named[0].strip()) if named else None
    return Say(await overview_card(ctx, {}, group)) if group else await overview(ctx, {})


def _without_small(words: list[str]) -> str:
    """ "my hours in 2026" after the command: the days without the words around them."""
    named = {name for language in LANGUAGES for name in said(language)("command.supervision").casefold().split()}
    own = {"my", "mein", "meine", "mijn", "min", "mine", "mina", *named}
    while words and words[0] in own:
        words = words[1:]
    return " ".join(words)
