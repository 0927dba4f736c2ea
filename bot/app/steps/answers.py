"""The answer to a step, kept for an hour: whoever did not get it and tries again gets the same one.

A chat that waited too long sends the same event again, or its person presses again. The step is not done twice, and
"this was done already" would keep from them what they wait for: the code of their case, where their alert stands, the
next step, Undo. A form with a text in it and a file are not kept: they are made anew (`Command.again`).
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.ports.unit_of_work import StoreUnavailable
from bot.ui.inbound import Done, Outcome, Say, Show
from bot.ui.model import Form
from bot.ui.platform import Drawer
from bot.ui.view_bytes import HoldsText, packed, unpacked

FOR = timedelta(hours=1)
ANSWERS = "answers"
"""The drawer they rest in, encrypted."""


@dataclass(frozen=True)
class Answers:
    """Answers by their person and the name of the event on its platform (`delivery`)."""

    drawer: Drawer

    async def keep(self, person: str, delivery: str, outcome: Outcome, now: datetime) -> None:
        """Keep what a step was answered with; it is done, so a store that is away meanwhile changes nothing."""
        try:
            match outcome:
                case Done(note, card):
                    said = {"note": note, "card": packed(card) if card else None}
                case Say(card):
                    said = {"note": None, "card": packed(card)}
                case Show(form):
                    said = {"note": None, "card": packed(form)}
                case _:
                    return
        except HoldsText:
            return
        with suppress(StoreUnavailable):
            await self.drawer.put(_key(person, delivery), json.dumps(said).encode(), expires=now + FOR)

    async def kept(self, person: str, delivery: str) -> Outcome | None:
        """The person's own answer to this event, None once its hour is over."""
        kept = await self.drawer.get(_key(person, delivery))
        if kept is None:
            return None
        said = json.loads(kept)
        view: Any = unpacked(said["card"]) if said["card"] else None
        if said["note"] is not None:
            return Done(said["note"], view)
        return Show(view) if isinstance(view, Form) else Say(view)


def _key(person: str, delivery: str) -> str:
    return hashlib.sha256(f"{person}:{delivery}".encode()).hexdigest()
