"""Why a person was chosen for a case, kept with the assignment as keys and numbers, told in words when asked.

Every sentence is true whoever presents, so none of them narrows the presenter down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.app.context import Context
from bot.ui.model import Line, line
from bot.ui.strings import own_name


def reason_line(ctx: Context, why: Mapping[str, Any], *, presenter_hidden: bool) -> Line:
    """The reasons as one line, for the reviewer: room, share, language; with a named presenter how often they met."""
    w = ctx.words
    if not why:
        return line(w("why.by_hand"))
    parts = [w("why.free"), share(ctx, int(why.get("balance", 0)))]
    if language := why.get("language"):
        parts.append(w("why.language", language=own_name(language)))
    if not presenter_hidden and "met" in why:
        met = int(why["met"])
        parts.append(w.count("why.met", met) if met else w("why.never_met"))
    return line(" · ".join(parts))


def share(ctx: Context, tenths: int) -> str:
    """More, less or about as much as the person's fair share; `tenths` of a review, told in whole reviews."""
    reviews = (abs(tenths) + 5) // 10
    if not reviews:
        return ctx.words("why.even")
    return ctx.words.count("why.done_more" if tenths > 0 else "why.done_less", reviews)
