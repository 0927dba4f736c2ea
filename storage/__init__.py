"""Everything that knows SQL: tables, migrations, records, the vault of keys and identities."""

from __future__ import annotations

from bot.ports.system import Clock
from bot.ports.unit_of_work import Store
from storage.keys import KeyRing


async def open_store(url: str, keys: KeyRing, clock: Clock, *, texts: bool = True) -> Store:
    """Open a migrated database; see `storage.store.open_store`."""
    from storage.store import open_store as open_sql

    return await open_sql(url, keys, clock, texts=texts)
