"""The words that may follow a typed command: found in any language, listed when something else was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.app.context import Context
from bot.ui.inbound import CommandTyped
from bot.ui.model import Card, Notice, Tone, line, strong


def option(ctx: Context, event: CommandTyped, options: Sequence[str]) -> str | None:
    """Which of `options` the first typed word means; "" when nothing was typed, None when it means none of them."""
    words = event.text.reveal().casefold().split()
    if not words:
        return ""
    typed = {words[0], "-".join(words[:2])}  # "hoppa över" is written "hoppa-över" in the hints
    return next((known for known in options if typed & ctx.aliases(known)), None)


def listing_options(ctx: Context, card: Card, command: str, options: Sequence[str]) -> Card:
    """The card with a line on top that names what may be typed; what was typed is not repeated."""
    w = ctx.words
    shown = [f"/{command} {w(f'typed.{known}').split()[0]}" for known in options]
    notice = Notice(Tone.WARN, line(w("option.unknown"), " ", strong(w.either(shown))))
    return replace(card, body=(notice, *card.body))
