"""An adapter's encrypted key-value drawer (installations, tokens, inboxes)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.system import Clock
from storage.keys import KeyRing, seal, unseal
from storage.tables import drawer


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

    async def get(self, key: str) -> bytes | None:
        """The value, or None when missing or expired."""
        async with self._connect(write=False) as connection:
            query = select(drawer.c.content).where(self._live(), drawer.c.key == key)
            content = (await connection.execute(query)).scalar_one_or_none()
        return None if content is None else unseal(self._keys.secret, content, self._about(key))

    async def put(self, key: str, value: bytes, *, expires: datetime | None = None) -> None:
        """Store or replace."""
        content = seal(self._keys.secret, value, self._about(key))
        values = {"adapter": self._adapter, "key": key, "content": content, "expires": expires}
        async with self._connect(write=True) as connection:
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
            query = select(drawer.c.key).where(self._live(), drawer.c.key.startswith(prefix, autoescape=True))
            return sorted(str(key) for key in (await connection.execute(query)).scalars())

    async def take(self, key: str) -> bytes | None:
        """Read and delete in one step."""
        async with self._connect(write=True) as connection:
            query = delete(drawer).where(self._live(), drawer.c.key == key).returning(drawer.c.content)
            content = (await connection.execute(query)).scalar_one_or_none()
            await connection.commit()
        return None if content is None else unseal(self._keys.secret, content, self._about(key))

    def _here(self) -> Any:
        return drawer.c.adapter == self._adapter

    def _live(self) -> Any:
        return and_(self._here(), or_(drawer.c.expires.is_(None), drawer.c.expires > self._clock.now()))

    def _about(self, key: str) -> str:
        return f"drawer|{self._adapter}|{key}"
