"""Renewing the key-encryption key while the program serves: data keys are wrapped anew, texts stay as they are."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SetupError
from storage.engine import WRITES, make_engine
from storage.key_sources import KEY_BYTES, FileSource
from storage.keys import KeyRing, key_id
from storage.migrate import check_version
from storage.tables import data_key

BATCH = 200
"""Data keys wrapped anew in one transaction; between two, other writers get their turn."""


@dataclass(frozen=True)
class KeyUse:
    """A key-encryption key: its id, how many data keys it wraps, whether it is active and configured."""

    id: str
    data_keys: int
    active: bool
    known: bool


async def key_uses(url: str, ring: KeyRing) -> list[KeyUse]:
    """Every configured key, the active one first, then any that is used but not configured."""
    check_version(url)
    engine = make_engine(url)
    try:
        async with engine.connect() as connection:
            counts = await _counts(connection)
    finally:
        await engine.dispose()
    active = ring.active
    known = [KeyUse(id, counts.get(id, 0), id == active, known=True) for id in ring.keys]
    return known + [KeyUse(id, n, active=False, known=False) for id, n in counts.items() if id not in ring.keys]


def add_key(ring: KeyRing) -> str:
    """Put a fresh active key in front of the key file; the old ones stay. Raises SetupError for another source."""
    source = ring.source
    if not isinstance(source, FileSource):
        raise SetupError(
            f"The keys come from {source.where}: put a new one in front there (openssl rand -base64 32), "
            "keep the old one behind it, then run: intervision keys rotate --no-new-key"
        )
    fresh = secrets.token_bytes(KEY_BYTES)
    source.write([fresh, *ring.keys.values()])
    ring.reload()
    return key_id(fresh)


async def rewrap(url: str, ring: KeyRing) -> int:
    """Wrap every data key with the active key; how many were. Running replicas read both before and after."""
    check_version(url)
    engine = make_engine(url)
    done = 0
    try:
        while True:
            async with engine.connect() as connection:
                await connection.execution_options(**{WRITES: True})
                batch = await _rewrap_batch(connection, ring)
                await connection.commit()
            if not batch:
                return done
            done += batch
    finally:
        await engine.dispose()


async def forget_unused(url: str, ring: KeyRing) -> list[str]:
    """Drop old keys that wrap nothing any more from the key file; their ids. Backups made under them become unreadable.

    Raises SetupError for another source or a key that is still used.
    """
    uses = await key_uses(url, ring)
    busy = [u.id for u in uses if u.data_keys and not u.active]
    if busy:
        raise SetupError(f"The key {busy[0]} still protects stored texts; run first: intervision keys rotate")
    old = [u.id for u in uses if not u.active]
    if not isinstance(ring.source, FileSource):
        raise SetupError(f"The keys come from {ring.source.where}: take {', '.join(old) or 'nothing'} away there.")
    if old:
        ring.source.write([ring.keys[ring.active]])
        ring.reload()
    return old


async def _rewrap_batch(connection: AsyncConnection, ring: KeyRing) -> int:
    query = select(data_key).where(data_key.c.kek != ring.active).limit(BATCH)
    rows = (await connection.execute(query)).mappings().all()
    for row in rows:
        kek, wrapped = ring.wrap(ring.unwrap(row["kek"], row["wrapped"], row["owner"]), row["owner"])
        # Only the row that was read is replaced: a key destroyed meanwhile is not brought back.
        same = (data_key.c.owner == row["owner"]) & (data_key.c.wrapped == row["wrapped"])
        await connection.execute(update(data_key).where(same).values(kek=kek, wrapped=wrapped))
    return len(rows)


async def _counts(connection: AsyncConnection) -> Mapping[str, int]:
    query = select(data_key.c.kek, func.count()).group_by(data_key.c.kek)
    return {str(kek): int(n) for kek, n in (await connection.execute(query)).all()}
