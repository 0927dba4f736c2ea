"""An adapter's encrypted key-value drawer (installations, tokens, inboxes)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.anonymise.text import storable
from bot.errors import SetupError
from bot.ports.system import Clock
from storage.data_keys import DRAWERS, find_key, make_key
from storage.keys import KeyRing, seal, unseal
from storage.tables import drawer

LAST = chr(sys.maxunicode)
SURROGATES = range(0xD800, 0xE000)
"""Code points that are no characters; no key holds one."""
NOBODY = ""
"""Drawers belong to the installation, not to an organisation."""


class SqlDrawer:
    """Implements `bot.ui.platform.Drawer`; each call is a transaction of its own."""

    def __init__(
        self,
        connect: Callable[..., AbstractAsyncContextManager[AsyncConnection]],
        keys: KeyRing,
        clock: Clock,
        adapter: str,
    ) -> None:
        self._connect = connect
        self._keys = keys
        self._clock = clock
        self._adapter = adapter
        self._secret: bytes | None = None

    async def get(self, key: str) -> bytes | None:
        """The value, or None when missing or expired."""
        async with self._connect(write=False) as connection:
            query = select(drawer.c.content).where(self._live(), drawer.c.key == key)
            content = (await connection.execute(query)).scalar_one_or_none()
            return await self._opened(connection, key, content)

    async def put(self, key: str, value: bytes, *, expires: datetime | None = None) -> None:
        """Store or replace."""
        async with self._connect(write=True) as connection:
            secret = self._secret = self._secret or await make_key(connection, self._keys, NOBODY, DRAWERS)
            content = seal(secret, value, self._about(key))
            values = {"adapter": self._adapter, "key": key, "content": content, "expires": expires}
            dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
            query = dialect.insert(drawer).values(**values)
            query = query.on_conflict_do_update(
                index_elements=["adapter", "key"], set_={"content": content, "expires": expires}
            )
            await connection.execute(query)
            await connection.commit()

    async def delete(self, key: str) -> None:
        """Forget."""
        async with self._connect(write=True) as connection:
            await connection.execute(delete(drawer).where(self._here(), drawer.c.key == key))
            await connection.commit()

    async def keys(self, prefix: str = "") -> Sequence[str]:
        """Live keys that begin with the prefix."""
        async with self._connect(write=False) as connection:
            query = select(drawer.c.key).where(self._live(), *_between(prefix))
            return sorted(str(key) for key in (await connection.execute(query)).scalars())

    async def take(self, key: str) -> bytes | None:
        """Read and delete in one step."""
        async with self._connect(write=True) as connection:
            query = delete(drawer).where(self._live(), drawer.c.key == key).returning(drawer.c.content)
            content = (await connection.execute(query)).scalar_one_or_none()
            value = await self._opened(connection, key, content)
            await connection.commit()
        return value

    async def _opened(self, connection: AsyncConnection, key: str, content: bytes | None) -> bytes | None:
        if content is None:
            return None
        if self._secret is None:
            self._secret = await find_key(connection, self._keys, NOBODY, DRAWERS)
        if self._secret is None:
            raise SetupError("The key of the adapters' drawers is gone from the database: restore it from a backup.")
        return unseal(self._secret, content, self._about(key))

    def _here(self) -> Any:
        return drawer.c.adapter == self._adapter

    def _live(self) -> Any:
        return and_(self._here(), or_(drawer.c.expires.is_(None), drawer.c.expires > self._clock.now()))

    def _about(self, key: str) -> str:
        return f"drawer|{self._adapter}|{key}"


def _between(prefix: str) -> list[ColumnElement[bool]]:
    """Keys with this prefix as a range of the primary key, in the order of code points that both databases keep.

    LIKE would read every key of the adapter: on SQLite it ignores case, on PostgreSQL it needs a collation of bytes.
    """
    prefix = storable(prefix)
    start = prefix.rstrip(LAST)
    if not start:
        return [drawer.c.key >= prefix] if prefix else []
    following = ord(start[-1]) + 1
    if following == SURROGATES.start:
        following = SURROGATES.stop
    return [drawer.c.key >= prefix, drawer.c.key < start[:-1] + chr(following)]
