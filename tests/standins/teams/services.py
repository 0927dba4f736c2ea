"""What an adapter gets from the core, scripted: outcomes by event, a drawer in memory, a clock that is told."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.ui.inbound import Actor, Done, Event, Outcome
from bot.ui.platform import Services

START = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Time as a test tells it."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


@dataclass
class MemoryDrawer:
    """A drawer that honours expiry."""

    now: Callable[[], datetime]
    kept: dict[str, tuple[bytes, datetime | None]] = field(default_factory=dict)

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        value, expires = self.kept.get(key, (None, None))
        return None if expires is not None and expires <= self.now() else value

    async def put(self, key: str, value: bytes, *, expires: datetime | None = None) -> None:
        """Store or replace."""
        self.kept[key] = (value, expires)

    async def delete(self, key: str) -> None:
        """Forget."""
        self.kept.pop(key, None)

    async def keys(self, prefix: str = "") -> Sequence[str]:
        """Keys with this beginning."""
        return sorted(k for k in self.kept if k.startswith(prefix))

    async def take(self, key: str) -> bytes | None:
        """Read and forget."""
        value = await self.get(key)
        await self.delete(key)
        return value


@dataclass
class Core:
    """A scripted core that, like the real one, lets an event id take effect once."""

    answer: Callable[[Event], Outcome] = lambda _: Done()
    events: list[Event] = field(default_factory=list)
    effects: list[Event] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    async def handle(self, event: Event) -> Outcome:
        """The scripted outcome, the same one for the same event."""
        self.events.append(event)
        if event.event_id not in self.outcomes:
            self.outcomes[event.event_id] = self.answer(event)
            self.effects.append(event)
        return self.outcomes[event.event_id]

    def heard(self, kind: type[Any]) -> list[Any]:
        """The events of one kind."""
        return [e for e in self.events if isinstance(e, kind)]


def services(core: Core, clock: Clock, public_url: str = "https://intervision.example.org") -> Services:
    """Services around a scripted core."""
    ids = itertools.count(1)

    async def language_of(actor: Actor) -> str:
        return "en"

    return Services(
        handle=core.handle,
        drawer=MemoryDrawer(clock),
        now=clock,
        new_id=lambda kind: f"{kind}_{next(ids):04}",
        public_url=public_url,
        language_of=language_of,
    )
