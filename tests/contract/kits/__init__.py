"""What the sending contract needs of each platform: a running adapter, an address, and a counterpart that can fail.

One module an adapter, with `stand()`. An adapter of another package offers its own under the entry-point group
`intervision.testkits`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Literal

from adapters import discover
from bot.ui.platform import Address, Platform

Trouble = Literal["refused for good", "refused for now", "unanswered"]
GROUP = "intervision.testkits"


@dataclass(frozen=True)
class Stand:
    """A platform with its counterpart."""

    platform: Platform
    address: Address
    shown: Callable[[], int]
    """How many messages stand in the person's chat."""
    trouble: Callable[[Trouble], None]
    """The next message that is posted goes so."""
    troubles: frozenset[Trouble] = frozenset({"refused for good", "refused for now", "unanswered"})
    """What can happen here at all: a page of our own refuses nobody."""


Kit = Callable[[], AbstractAsyncContextManager[Stand]]


def kits() -> dict[str, Kit]:
    """The kit of every discovered adapter, by name. Raises ModuleNotFoundError for one without."""
    offered = {point.name: point.load() for point in entry_points(group=GROUP)}
    return {
        name: offered[name] if name in offered else importlib.import_module(f"{__name__}.{name}").stand
        for name in discover()
    }
