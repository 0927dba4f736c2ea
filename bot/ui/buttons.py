"""The buttons of a card or form, wherever in it they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from bot.ui.model import Action


def buttons(view: object) -> Iterator[Action]:
    """Every button, in the order in which they are drawn."""
    if isinstance(view, Action):
        yield view
    elif isinstance(view, tuple | list):
        for part in view:
            yield from buttons(part)
    elif is_dataclass(view) and not isinstance(view, type):
        for each in fields(view):
            yield from buttons(getattr(view, each.name))
