"""What a chat knows of its own members, for an administrator who adds people from it.

An adapter whose platform names the members of a channel, user group or team offers `Roster` beside `Platform`.
Next: `platform.py` (what every adapter is), `bot/app/administration/roster_handlers.py` (who asks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from bot.errors import IntervisionError
from bot.ui.inbound import Actor

MOST = 200
"""Accounts that are read at a time; more people come by a staff file."""

Why = Literal["silent", "not_allowed", "not_there", "shared", "too_many"]


@dataclass(frozen=True)
class Account:
    """Somebody as the platform knows them. `outside`: a guest, or of another organisation. Empty: it does not say."""

    user: str
    name: str
    email: str
    outside: bool = False


@dataclass(frozen=True)
class Listed:
    """A user group or a team that has a list of members of its own."""

    id: str
    name: str


@dataclass(frozen=True)
class Sources:
    """Where an asker can choose people from: the platform's own pickers, and lists by name.

    `closed`: the platform does not let the app read channels and lists; its administrator can change that.
    """

    accounts: bool = False
    channels: bool = False
    lists: tuple[Listed, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class Selection:
    """What was chosen, as the platform's ids; everybody in any of it is meant."""

    accounts: tuple[str, ...] = ()
    channel: str = ""
    listed: str = ""


class RosterFailed(IntervisionError):
    """Nobody can be named. `why`: the platform does not answer, does not allow it, knows no such list (or shows it
    to neither the app nor the asker), shares it with another organisation, or it has more than `MOST` members.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


@runtime_checkable
class Roster(Protocol):
    """What a platform can do besides that names its members. It decides nothing about who may ask."""

    async def sources(self, asker: Actor) -> Sources:
        """What the asker can choose from; empty lists where the platform does not answer."""

    async def accounts(self, asker: Actor, wanted: Selection) -> Sequence[Account]:
        """Everybody chosen, once each, without bots and closed accounts. Raises RosterFailed."""
