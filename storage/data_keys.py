"""Data keys: one a case (or draft), one an organisation's audit trail, one for all drawers; each kept wrapped.

What is sealed under a data key is lost with it: deleting the row is erasing the text (crypto-erasure).
"""

from __future__ import annotations

import os

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.key_sources import KEY_BYTES
from storage.keys import KeyRing
from storage.tables import data_key

DRAWERS = "~drawers"
"""The owner of the key that seals every adapter's drawer; it belongs to no organisation."""


def audit_owner(organisation: str) -> str:
    """The owner of the key that chains an organisation's audit trail."""
    return f"~audit|{organisation}"


async def find_key(connection: AsyncConnection, ring: KeyRing, organisation: str, owner: str) -> bytes | None:
    """The owner's data key; None when it was never made or was destroyed."""
    query = select(data_key).where(data_key.c.owner == owner, data_key.c.organisation == organisation)
    row = (await connection.execute(query)).mappings().first()
    return None if row is None else ring.unwrap(row["kek"], row["wrapped"], owner)


async def make_key(connection: AsyncConnection, ring: KeyRing, organisation: str, owner: str) -> bytes:
    """The owner's data key, made when there is none; of two replicas that make it at once, one wins."""
    found = await find_key(connection, ring, organisation, owner)
    if found is not None:
        return found
    kek, wrapped = ring.wrap(os.urandom(KEY_BYTES), owner)
    values = {"owner": owner, "organisation": organisation, "kek": kek, "wrapped": wrapped}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    await connection.execute(dialect.insert(data_key).values(**values).on_conflict_do_nothing())
    made = await find_key(connection, ring, organisation, owner)
    assert made is not None, "a data key's owner belongs to another organisation"
    return made
