"""Time, ids and chance are arguments; only `bot/runtime/system.py` touches the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Aware UTC."""


class Ids(Protocol):
    """Fresh opaque ids: unguessable, not ordered, not linked to anything."""

    def new(self, kind: str) -> str:
        """An id like "cas_9f2c…" for kind "case"."""

    def secret(self) -> str:
        """A token with at least 256 bits of chance for links and sessions, URL-safe."""


class Rng(Protocol):
    """Chance for case codes and seeds."""

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""

    def number(self, below: int) -> int:
        """A whole number from 0 to below - 1."""
