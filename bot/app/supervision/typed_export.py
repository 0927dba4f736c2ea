"""`/supervision export psyba 2026 csv`: the form for a file of the log, filled in with every word that was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.app.context import Context
from bot.app.steps.log_file import FORMATS
from bot.app.supervision.export_handlers import export_form
from bot.app.supervision.span_handlers import typed_span
from bot.calendars.spoken import Days
from bot.ui.inbound import Outcome, Show
from bot.ui.strings import LANGUAGES
from bot.ui.typed import as_typed

_BETWEEN = frozenset(["as", "als", "som", "file", "fil", "datei", "bestand"])
_SHORTEST_NAME = 4
"""Letters of a word of a body's name that stands for the name: "Denmark", not "of"."""


async def typed_export(ctx: Context, text: str) -> Outcome:
    """The form with rule set, kind of file and days as typed; what was not read stands above it."""
    typed = [word for word in text.split() if word.casefold() not in _BETWEEN]
    rules = {word: found for word in typed if (found := _rule_set(ctx, word))}
    kinds = [word for word in typed if word.casefold() in FORMATS]
    rest = " ".join(word for word in typed if word not in rules and word not in kinds)
    days = await typed_span(ctx, rest) if rest else None
    first, last = (days.first, days.last or ctx.my_today) if isinstance(days, Days) else (None, None)
    chosen = sorted(set(rules.values()))
    form = export_form(
        ctx,
        {},
        chosen[0] if len(chosen) == 1 else None if chosen else "plain",
        kinds[0].casefold() if len({kind.casefold() for kind in kinds}) == 1 else None if kinds else "pdf",
        first,
        last,
        unread=as_typed(rest) if rest and not isinstance(days, Days) else "",
    )
    return Show(form)


def is_export(ctx: Context, words: Iterable[str]) -> bool:
    """Whether the words ask for a file: "export", a kind of file, or a rule set by its key."""
    return any(word in ctx.aliases("export") or word in FORMATS or word in ctx.tools.rule_sets for word in words)


def _rule_set(ctx: Context, word: str) -> str:
    """The key of the rule set that a word names: the key itself, or a word that only its name has."""
    plain = word.casefold().strip("(),.")
    if plain in ctx.tools.rule_sets:
        return plain
    if len(plain) < _SHORTEST_NAME or any(letter.isdecimal() for letter in plain):
        return ""
    named = {
        each.id
        for each in ctx.tools.rule_sets.values()
        for language in LANGUAGES
        if plain in re.split(r"[\s()-]+", each.called(language).casefold())
    }
    return named.pop() if len(named) == 1 else ""
