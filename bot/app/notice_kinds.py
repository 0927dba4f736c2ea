"""What a notice is: how its card is made from today's facts, and whether it rings.

Editing a message rings nowhere: no banner, no unread mark, and it stays where it was, days up the chat. So what
somebody has to act on or waits for is a new message everywhere, and only what asks nothing of anybody is an edit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from bot.app.context import Context
from bot.ports.records import OutboxEntry
from bot.ui.model import Card

LATE = "late"
"""Set in the arguments of a reminder by hand that was meant for who is late: it names nothing that is not."""
Builder = Callable[[Context, OutboxEntry], Awaitable[Card | None]]


class Ring(Enum):
    """Why a person is told."""

    ASKS = "asks"
    """They have something to do."""
    AWAITED = "awaited"
    """It is what they wait for, or must know."""
    FREES = "frees"
    """Something is no longer theirs."""
    STATE = "state"
    """True now, nothing to do: the message about the matter shows it, without a ring."""


@dataclass(frozen=True)
class NoticeKind:
    """A kind of message. `ring` has no default: whoever adds one decides it.

    With `only_edit` a `STATE` is never a new message: where nothing was said about the matter, nothing is said.
    With `any_hour` it does not wait for the person's working hours; everything else does (`bot.delivery.decide`).
    With `on_leave` it is told during leave, too, in the hours of a day on which the person would work: it is about
    that leave.
    """

    build: Builder
    ring: Ring
    only_edit: bool = False
    any_hour: bool = False
    on_leave: bool = False

    @property
    def rings(self) -> bool:
        """Whether it is a new message wherever it goes."""
        return self.ring is not Ring.STATE
