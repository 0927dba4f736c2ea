"""What is typed after `/round`: words about one round, about the series it comes from, or about closed days."""

from __future__ import annotations

from bot.app.closures import handlers as closures
from bot.app.context import Context
from bot.app.rounds import handlers as rounds
from bot.app.series import handlers as series
from bot.ui.inbound import CommandTyped, Outcome


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """Find who understands the first word; rounds answer everything else."""
    typed = event.text.reveal().split()
    for length in (2, 1):  # "hoppa över" is written "hoppa-över" in the hints
        word = "-".join(typed[:length]).casefold()
        for known in series.WORDS:
            if word in ctx.aliases(known):
                return await series.typed(ctx, event, known, " ".join(typed[length:]))
    if typed and {typed[0].casefold(), "-".join(typed[:2]).casefold()} & ctx.aliases("closures"):
        return await closures.show_all(ctx)
    return await rounds.typed(ctx, event, (*series.WORDS, "closures"))
