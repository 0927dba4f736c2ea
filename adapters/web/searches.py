"""Searches that were sent, kept for an hour in the encrypted drawer, so that what was found has a page of its own.

A page that answers a POST is shown again by no browser: going back to it is an error. So a search is answered by a
redirect to a page that runs it again for its own person. The address is a random name; no word of it stands there.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from multidict import MultiDict

from adapters.web.inbound import Posted
from adapters.web.tickets import Kind, Ticket
from bot.ui.inbound import Actor
from bot.ui.platform import Drawer

LIFE = timedelta(hours=1)
LONGEST = 4_000
"""Characters of all fields of a search together; what holds more is no search, and is not kept."""


class Searches:
    """Each call names the person; nobody reaches another's."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer

    async def keep(self, of: Actor, id: str, ticket: Ticket, posted: Posted, now: datetime) -> bool:
        """Keep what a form was sent with but for the ticket, which is bound to one browser; False if it is too long."""
        values = [(name, value) for name, value in posted.items() if name != "ticket"]
        if sum(len(name) + len(str(value)) for name, value in values) > LONGEST:
            return False
        sent = {"ticket": asdict(ticket), "values": values}
        await self._drawer.put(_key(of, id), json.dumps(sent).encode(), expires=now + LIFE)
        return True

    async def find(self, of: Actor, id: str) -> tuple[Ticket, Posted] | None:
        """The form as it was sent; None when it is gone or another's."""
        raw = await self._drawer.get(_key(of, id))
        if raw is None:
            return None
        sent = json.loads(raw)
        ticket = {**sent["ticket"], "kind": Kind(sent["ticket"]["kind"]), "ask": None}
        return Ticket(**ticket), MultiDict([(name, value) for name, value in sent["values"]])


def _key(of: Actor, id: str) -> str:
    return f"search/{of.tenant}/{of.user}/{id}"
