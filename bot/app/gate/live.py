"""What the gate would replace in a text that is still being written, for its author's eyes alone."""

from __future__ import annotations

from collections.abc import Mapping

from bot.anonymise import Examined, Sensitive
from bot.app.context import Context
from bot.app.gate.handlers import Typed, examine
from bot.ui.inbound import Replaced

_SHORTEST = 3


async def look(ctx: Context, values: Mapping[str, Sensitive | tuple[str, ...]]) -> Examined | None:
    """Run the gate over what stands in a form's texts now; None where there is no text. Raises GateClosed."""
    texts = {name: value for name, value in values.items() if isinstance(value, Sensitive) and _is_text(value)}
    chosen = values.get("language", ())
    language = chosen[0] if isinstance(chosen, tuple) and chosen else ""
    return await examine(ctx, Typed("", "", texts, language, {})) if texts else None


def replaced(examined: Examined) -> dict[str, tuple[Replaced, ...]]:
    """By field where words would be replaced, in order."""
    return {
        name: tuple(
            Replaced(found.start, found.end, found.tag, doubtful=found.tier == "check" and not found.hard)
            for found in sorted(result.findings, key=lambda found: found.start)
        )
        for name, result in examined.fields.items()
    }


def _is_text(value: Sensitive) -> bool:
    """Words, not a number or a day."""
    typed = value.reveal().strip()
    return len(typed) >= _SHORTEST and any(sign.isalpha() for sign in typed)
