"""Answers that were not ready when Teams wanted them, and cards too long for one dialog, until they are asked for.

They rest sealed in the adapter's drawer for an hour: the button that asks may reach another program than the one that
began the answer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from adapters.teams import answers
from adapters.teams.spans import Json
from bot.ui.inbound import Actor
from bot.ui.platform import Services
from bot.ui.strings import Words

PATIENCE = 2.0
"""Seconds until a dialog says that its answer takes longer: Teams gives an invoke five."""
_POLL = 0.2
"""Seconds between two looks for an answer that may be made elsewhere."""
_KEPT = timedelta(hours=1)
_GIVEN_UP = timedelta(minutes=3)
"""After this long the program that began the answer has died."""

Spawn = Callable[[Coroutine[Any, Any, None]], None]


@dataclass(frozen=True)
class _Held:
    """An answer to come or, with `bodies`, one that is there: a body a page, for one person."""

    tenant: str
    user: str
    message: str
    begun: str
    bodies: Sequence[Json] = ()


class HeldAnswers:
    """Keeps answers for the person who waits for them."""

    def __init__(self, services: Services, spawn: Spawn) -> None:
        self._services = services
        self._spawn = spawn

    async def soon(self, actor: Actor, message: str, words: Words, answer: Coroutine[Any, Any, Json]) -> Json:
        """The answer, or a dialog with a button that asks for it. What was begun is done either way."""
        task = asyncio.create_task(answer)
        self._spawn(_ended(task))  # also when the program is told to stop meanwhile
        ready, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if ready:
            return task.result()
        id, held = self._services.new_id("held"), self._new(actor, message)
        await self._put(id, held)
        self._spawn(self._finish(id, held, task, words))
        return answers.dialog_waits(id, message, words)

    async def keep(self, id: str, actor: Actor, message: str, bodies: Sequence[Json]) -> None:
        """Keep an answer of several pages; its buttons carry the id."""
        await self._put(id, replace(self._new(actor, message), bodies=bodies))

    async def show(self, id: str, page: int, actor: Actor, words: Words) -> Json:
        """The page (counted from 0) of a kept answer, as often as its person asks; the waiting dialog until it is
        there.
        """
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            held = await self._get(id)
            if held is None or (held.tenant, held.user) != (actor.tenant, actor.user):
                return answers.dialog_says(words("teams.held_gone"))
            if held.bodies:
                return held.bodies[min(page, len(held.bodies) - 1)]
            if self._services.now() - datetime.fromisoformat(held.begun) > _GIVEN_UP:
                return answers.dialog_says(words("teams.held_gone"))
            if asyncio.get_running_loop().time() >= until:
                return answers.dialog_waits(id, held.message, words)
            await asyncio.sleep(_POLL)

    async def _finish(self, id: str, held: _Held, answer: asyncio.Task[Json], words: Words) -> None:
        """Keep the answer when it is there; one that broke is a sentence, and its fault is logged by the caller."""
        await asyncio.wait({answer})
        broke = answer.cancelled() or answer.exception() is not None
        body = answers.dialog_says(words("teams.failed")) if broke else answer.result()
        await self._put(id, replace(held, bodies=[body]))
        if broke:
            await answer

    def _new(self, actor: Actor, message: str) -> _Held:
        return _Held(actor.tenant, actor.user, message, self._services.now().isoformat())

    async def _put(self, id: str, held: _Held) -> None:
        content = json.dumps(asdict(held)).encode()
        await self._services.drawer.put(_key(id), content, expires=self._services.now() + _KEPT)

    async def _get(self, id: str) -> _Held | None:
        found = await self._services.drawer.get(_key(id))
        return _Held(**json.loads(found)) if found else None


async def _ended(task: asyncio.Task[Any]) -> None:
    await asyncio.wait({task})


def _key(id: str) -> str:
    return f"held/{id}"
