"""Short words that their author alone reads again: the note of a correction, a learning point.

They pass the gate like everything typed, but without a preview: what it finds is masked, certain or doubtful, and the
author sees the result where the words are shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.anonymise import AnonText, Examined
from bot.app.context import Context
from bot.app.gate.handlers import Typed, examine
from bot.ui.inbound import FormSubmitted, typed_text

FIELDS = ("note", "learning_point")
LONGEST = {"note": 200, "learning_point": 600}


async def prepare(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over what was typed, if anything was."""
    fields = {name: typed_text(event, name) for name in FIELDS if typed_text(event, name)}
    return await examine(ctx, Typed("own", "", fields, ctx.me.language, {})) if fields else None


def masked(ctx: Context) -> Mapping[str, AnonText]:
    """The typed words by field with everything found in them masked; fields left empty are missing."""
    return ctx.prepared.redact() if isinstance(ctx.prepared, Examined) else {}


def too_long(ctx: Context, event: FormSubmitted) -> dict[str, str]:
    """An error for each field with more characters than fit."""
    lengths = {name: len(typed_text(event, name)) for name in FIELDS}
    return {
        name: ctx.words("field.too_long", length=lengths[name], limit=LONGEST[name])
        for name in FIELDS
        if lengths[name] > LONGEST[name]
    }
