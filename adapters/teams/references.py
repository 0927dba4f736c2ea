"""Where each person is reached, kept in the adapter's drawer and refreshed by whatever arrives.

Service addresses differ by region and change; a personal chat has one id for good. The core holds
the same reference with the person; this copy tells when it changed.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping

from bot.ui.inbound import Actor
from bot.ui.platform import Drawer

_CACHED = 10_000


class References:
    """References by person; reads go to memory first."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer
        self._cache: OrderedDict[str, dict[str, str]] = OrderedDict()

    async def of(self, actor: Actor) -> dict[str, str] | None:
        """What is known of this person, or None."""
        key = _key(actor)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        kept = await self._drawer.get(key)
        return self._remember(key, json.loads(kept)) if kept else None

    async def learn(self, actor: Actor, seen: Mapping[str, str]) -> dict[str, str] | None:
        """Merge what was just seen; the whole reference when that changed it, else None.

        A chat id once known stays known: a message in a channel names none.
        """
        known = await self.of(actor)
        merged = {**(known or {}), **{k: v for k, v in seen.items() if v}}
        if merged == known:
            return None
        await self._drawer.put(_key(actor), json.dumps(merged).encode())
        return self._remember(_key(actor), merged)

    async def forget(self, actor: Actor) -> None:
        """The person removed the app."""
        self._cache.pop(_key(actor), None)
        await self._drawer.delete(_key(actor))

    def _remember(self, key: str, reference: dict[str, str]) -> dict[str, str]:
        self._cache[key] = reference
        self._cache.move_to_end(key)
        if len(self._cache) > _CACHED:
            self._cache.popitem(last=False)
        return reference


def _key(actor: Actor) -> str:
    return f"reference/{actor.tenant}/{actor.user}"
