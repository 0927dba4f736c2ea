"""Secrets of links and sessions: by chance, with a code that says that they were made here.

A flood of invented ones is turned away by the code alone, without asking the database, so nobody who holds a good one
has to be counted out with it. Whether a genuine one is still good only the database knows.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from bot.ports.system import Ids
from bot.ports.unit_of_work import DrawerStore

_CODE = 16
"""Hexadecimal digits: whoever guesses one reaches the database, nothing more."""
_DRAWER, _KEY = "sign_in", "key"


@dataclass
class Secrets:
    """Makes and recognises them; the key is shared by all replicas."""

    store: DrawerStore
    ids: Ids
    _key: bytes = field(default=b"", init=False, repr=False)

    async def make(self) -> str:
        """A new one, URL-safe. Not inside a unit of work that writes: the very first one writes the key."""
        chance = self.ids.secret()
        return f"{chance}{await self._code(chance)}"

    async def genuine(self, secret: str) -> bool:
        """Whether it was made here."""
        code = await self._code(secret[:-_CODE])
        return hmac.compare_digest(secret[-_CODE:].encode(), code.encode())

    async def _code(self, chance: str) -> str:
        if not self._key:
            drawer = self.store.drawer(_DRAWER)
            held = await drawer.get(_KEY)
            if held is None:
                await drawer.put(_KEY, secrets.token_bytes(32))
                held = await drawer.get(_KEY)
            self._key = held
        return hmac.new(self._key, chance.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:_CODE]
