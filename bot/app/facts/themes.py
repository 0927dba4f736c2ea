"""The themes a case or a log entry may carry: keys of a list, never free text."""

from __future__ import annotations

from collections.abc import Iterable

from bot.app.context import Context, Work
from bot.ui.model import Option
from bot.ui.strings import Words

THEMES = (
    "no_answer",
    "drop_out",
    "homework",
    "motivation",
    "alliance",
    "tone",
    "length",
    "comorbidity",
    "unsure_treatment",
    "plateau",
    "worsening",
    "life_events",
    "reading",
    "technical",
    "ending",
)
"""The product's own list: what people who treat by writing struggle with."""


async def themes_of(work: Work) -> tuple[str, ...]:
    """What the organisation offers: its own list, or the product's."""
    return (await work.organisation()).themes or THEMES


async def theme_options(ctx: Context, also: Iterable[str] = ()) -> tuple[Option, ...]:
    """One option a theme; `also` keeps those an entry carries although they left the list."""
    known = dict.fromkeys((*await themes_of(ctx), *also))
    return tuple(Option(key, name) for key, name in zip(known, theme_words(ctx.words, known), strict=True))


def theme_words(w: Words, themes: Iterable[str]) -> list[str]:
    """The names of themes: the product's in the reader's language, an organisation's own as it wrote them."""
    return [w(f"theme.{key}") if key in THEMES else key for key in themes]
