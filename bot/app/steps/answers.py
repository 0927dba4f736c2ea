"""The answer to a step, kept for an hour: whoever did not get it and tries again gets the same one.

A chat that waited too long sends the same event again, or its person presses again. The step is not done twice, and
"this was done already" would keep from them what they wait for: the code of their case, the next step, Undo. A form
with a text in it is not kept: it is drawn anew.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports.unit_of_work import StoreUnavailable
from bot.ui.card_bytes import packed, unpacked
from bot.ui.inbound import Done, Outcome, Say
from bot.ui.platform import Drawer

FOR = timedelta(hours=1)
ANSWERS = "answers"
"""The drawer they rest in, encrypted."""


@dataclass(frozen=True)
class Answers:
    """Answers by their person and the name of the event on its platform (`delivery`)."""

    drawer: Drawer

    async def keep(self, person: str, delivery: str, outcome: Outcome, now: datetime) -> None:
        """Keep what a step was answered with; it is done, so a store that is away meanwhile changes nothing."""
        match outcome:
            case Done(note, card):
                said = {"note": note, "card": packed(card) if card else None}
            case Say(card):
                said = {"note": None, "card": packed(card)}
            case _:
                return
        with suppress(StoreUnavailable):
            await self.drawer.put(_key(person, delivery), json.dumps(said).encode(), expires=now + FOR)

    async def kept(self, person: str, delivery: str) -> Outcome | None:
        """The person's own answer to this event, None once its hour is over."""
        kept = await self.drawer.get(_key(person, delivery))
        if kept is None:
            return None
        said = json.loads(kept)
        if said["note"] is None:
            return Say(unpacked(said["card"]))
        return Done(said["note"], unpacked(said["card"]) if said["card"] else None)


def _key(person: str, delivery: str) -> str:
    return hashlib.sha256(f"{person}:{delivery}".encode()).hexdigest()
