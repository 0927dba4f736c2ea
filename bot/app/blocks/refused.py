"""A refusal as its reader gets it: the sentence of its key, with its values in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.ui.inbound import Refused
from bot.ui.strings import Words


def refused(key: str, w: Words, values: Mapping[str, object] | None = None) -> Refused:
    """The refusal of this key; of one without a sentence, that it was refused."""
    sentence = f"refusal.{key}"
    if not w.has(sentence):
        sentence = "refusal.other"
    shown = {name: _shown(value, w) for name, value in (values or {}).items()}
    return Refused(key, w(sentence, **shown).strip())


def _shown(value: object, w: Words) -> object:
    if isinstance(value, tuple | list):
        return w.either([str(item) for item in value])  # forms, options: one of them is meant
    return w.long_day(value) if isinstance(value, date) else value
