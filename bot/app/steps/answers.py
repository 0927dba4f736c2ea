"""The answer to a step, kept a while: whoever did not get it and tries again gets the same one.

A chat that waited too long sends the same event again, or its person presses again. The step is not done twice, and
"this was done already" would keep from them what they wait for: the code of their case, where their alert stands, the
next step, Undo. A form with a text in it and a file are not kept: they are made anew (`Command.again`).

The same answer is given only to the same request, within `RETRY` of a press or `FOR` of a form, and only while every
record that the step wrote, and the one it was about, stands as it left it. A page is pressed again later, too: then the
press is handled as what it is by then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.anonymise import Sensitive
from bot.app.steps.drafts import NAME
from bot.app.steps.what_changed import digest, standing
from bot.ports.unit_of_work import StoreUnavailable, UnitOfWork
from bot.ui.inbound import ActionPressed, CommandTyped, Done, Event, FormSubmitted, Outcome, Say, Show
from bot.ui.model import Form
from bot.ui.platform import Drawer
from bot.ui.view_bytes import HoldsText, packed, unpacked

FOR = timedelta(hours=1)
RETRY = timedelta(minutes=2)
"""A press of the same button later than this is a new one: nothing tells it from one whose answer was lost."""
ANSWERS = "answers"
"""The drawer they rest in, encrypted."""


@dataclass(frozen=True)
class Kept:
    """What was answered (None for what is made anew), to which request, and how the records stood after it."""

    outcome: Outcome | None
    request: str
    left: Mapping[str, str]

    async def holds(self, event: Event, uow: UnitOfWork) -> bool:
        """Whether it answers this event still: the request is the same, and nothing of it was changed since."""
        return self.request == request_of(event) and await standing(uow, self.left) == dict(self.left)


@dataclass(frozen=True)
class Answers:
    """Answers by their person and the name of the event on its platform (`delivery`)."""

    drawer: Drawer

    async def keep(
        self, person: str, delivery: str, outcome: Outcome, now: datetime, event: Event, left: Mapping[str, str]
    ) -> None:
        """Keep what a step was answered with; it is done, so a store that is away meanwhile changes nothing."""
        said = {"request": request_of(event), "left": dict(left), **_said(outcome)}
        with suppress(StoreUnavailable):
            await self.drawer.put(_key(person, delivery), json.dumps(said).encode(), expires=now + FOR)

    async def kept(self, person: str, delivery: str) -> Kept | None:
        """The person's own answer to this event, None once its hour is over."""
        kept = await self.drawer.get(_key(person, delivery))
        if kept is None:
            return None
        said = json.loads(kept)
        return Kept(_outcome(said), said.get("request", ""), said.get("left", {}))


def request_of(event: Event) -> str:
    """A digest of all that a person asked for, whatever name its draft has by now."""
    match event:
        case ActionPressed():
            return digest([event.key, event.subject, event.args])
        case FormSubmitted():
            state = {name: value for name, value in event.state.items() if name != NAME}
            values = {n: v.reveal() if isinstance(v, Sensitive) else list(v) for n, v in event.values.items()}
            return digest([event.key, event.subject, state, values])
        case CommandTyped():
            return digest([event.name, event.text.reveal()])
        case _:
            return ""


def _said(outcome: Outcome) -> dict[str, Any]:
    try:
        match outcome:
            case Done(note, card):
                return {"note": note, "card": packed(card) if card else None}
            case Say(card):
                return {"note": None, "card": packed(card)}
            case Show(form):
                return {"note": None, "card": packed(form)}
    except HoldsText:
        pass
    return {"note": None, "card": None}


def _outcome(said: Mapping[str, Any]) -> Outcome | None:
    view: Any = unpacked(said["card"]) if said["card"] else None
    if said["note"] is not None:
        return Done(said["note"], view)
    if view is None:
        return None
    return Show(view) if isinstance(view, Form) else Say(view)


def _key(person: str, delivery: str) -> str:
    return hashlib.sha256(f"{person}:{delivery}".encode()).hexdigest()
