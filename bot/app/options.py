"""The words that may follow a typed command: found in any language, listed when something else was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from bot.app.context import Context
from bot.ui.inbound import CommandTyped
from bot.ui.model import Card, Notice, Tone, line, strong

_NEAR = 0.75


def option(ctx: Context, event: CommandTyped, options: Sequence[str]) -> str | None:
    """Which of `options` the first typed word means; "" when nothing was typed, None when it means none of them."""
    words = event.text.reveal().casefold().split()
    if not words:
        return ""
    typed = {words[0], "-".join(words[:2])}  # "hoppa över" is written "hoppa-över" in the hints
    return next((known for known in options if typed & ctx.aliases(known)), None)


def listing_options(ctx: Context, card: Card, command: str, options: Sequence[str], event: CommandTyped) -> Card:
    """The card with a line on top: what the typed word is nearest to, else everything that may be typed."""
    w = ctx.words
    first, *_ = [*event.text.reveal().casefold().split(), ""]
    near = [known for known in options if get_close_matches(first, sorted(ctx.aliases(known)), n=1, cutoff=_NEAR)]
    shown = [f"/{command} {w(f'typed.{known}').split()[0]}" for known in near or options]
    told = (
        line(w("option.nearest", command=w.either(shown)))
        if near
        else line(w("option.unknown"), " ", strong(w.either(shown)))
    )
    return replace(card, body=(Notice(Tone.WARN, told), *card.body))
