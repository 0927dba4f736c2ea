"""Help after every command and on Home, and the answer to words that belong in no chat."""

from __future__ import annotations

import asyncio
import re

from bot.app.blocks.reading import named_place
from bot.app.context import Context
from bot.app.help.views import feedback_card, help_card, privacy_card, setup_card, story_card
from bot.app.steps.log_file import FORMATS
from bot.app.typed_words import begins_new, nearest, only_small_words
from bot.calendars.spoken import AskDays, Why, understand_past_days
from bot.domain.person import Role
from bot.domain.risk_words import speaks_of_a_plan
from bot.ui.inbound import ActionPressed, CommandTyped, Outcome, Say

LONG, STORY = 8, 4
"""So many words are a story, whatever they begin with, or where no command is near."""
_NUMBER = re.compile(r"\b\d{6}[- ]?\d{4}\b|\b\d{8,}\b")
"""An identity or telephone number."""
SHOWS = frozenset({"help", "home", "case", "review", "supervision", "language"})
"""Commands after which nobody types a sentence."""
SPOKEN = frozenset({"caseload", "round", "reads", "settings", "report"})
"""Commands with a grammar of their own for days, numbers and names."""


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """Every command with one example a line; the one that was asked about first."""
    return Say(help_card(ctx, about=event.text.reveal().strip()))


async def open_help(ctx: Context, event: ActionPressed) -> Outcome:
    """The same by a button."""
    return Say(help_card(ctx))


async def show_privacy(ctx: Context, event: ActionPressed) -> Outcome:
    """What is kept, how long, and the person's own records."""
    return Say(await privacy_card(ctx))


async def typed_privacy(ctx: Context, event: CommandTyped) -> Outcome:
    """The same by a typed word."""
    return Say(await privacy_card(ctx))


async def show_feedback(ctx: Context, event: ActionPressed) -> Outcome:
    """To whom one says what is missing."""
    return Say(await feedback_card(ctx))


async def show_setup(ctx: Context, event: ActionPressed) -> Outcome:
    """Who runs this."""
    return Say(await setup_card(ctx))


async def story(ctx: Context, event: CommandTyped, *, known: bool) -> Outcome | None:
    """The answer to a patient's story or a danger typed where nobody reads it; None for everything else.

    Words only decide what is answered: they alert nobody, are kept nowhere and stand in no log.
    """
    text = event.text.reveal()
    if (known and event.name not in SHOWS | SPOKEN) or (event.name == "case" and begins_new(text)):
        return None
    whole = text if known else f"{event.name} {text}"
    told = await asyncio.to_thread(speaks_of_a_plan, [whole], ctx.me.language)
    if event.name not in SPOKEN and not (event.name == "supervision" and _names_days(ctx, text)):
        most = STORY if event.name == "help" else LONG
        told = told or bool(_NUMBER.search(whole)) or (len(whole.split()) >= most and not only_small_words(whole))
    return Say(await story_card(ctx)) if told else None


def _names_days(ctx: Context, text: str) -> bool:
    """Days of the log or of a file of it: "from 1 Jan 2026 to 31 Mar 2026" has the length of a sentence."""
    other = {*ctx.aliases("export"), *FORMATS, *ctx.tools.rule_sets}
    said = " ".join(word for word in text.split() if word.casefold() not in other)
    found = understand_past_days(said, ctx.my_today, ctx.me.language, earliest=ctx.my_today)
    return not isinstance(found, AskDays) or found.why not in {Why.UNREAD, Why.NOTHING}


async def unknown(ctx: Context, event: CommandTyped, commands: tuple[str, ...]) -> Outcome:
    """The nearest command; words that are none and are near none may be a story. Names of places lead there."""
    if ctx.me.has(Role.THERAPIST) and (place := await named_place(ctx, event)):
        return place
    near = nearest(event.name, commands, ctx.me.language)
    if near is None and len(event.text.reveal().split()) + 1 >= STORY:
        return Say(await story_card(ctx))
    title = ctx.words("help.nearest", command=near) if near else ctx.words("help.unknown")
    return Say(help_card(ctx, title))
