"""The runtime's questions across organisations, and the outbox's leases.

A lease is a compare-and-swap on `lease_by` and `attempts`; on PostgreSQL claims skip rows that another
replica is claiming (`FOR UPDATE SKIP LOCKED`), on SQLite the one writer's lock does the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.organisation import Organisation
from bot.domain.person import Contact, Person
from bot.ports.records import CalendarFeed, Draft, OutboxEntry, Session, SignInLink, Timer
from storage.mapping import to_record, to_row
from storage.tables import TABLES, data_key, drawer, inbox, text_part

R = TypeVar("R")
INBOX_KEPT = timedelta(days=30)


class SqlSystemWork:
    """Implements `bot.ports.work.SystemWork`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def organisations(self) -> list[str]:
        """Ids, sorted."""
        column = TABLES[Organisation].c.id
        return [str(id) for id in (await self._connection.execute(select(column).order_by(column))).scalars()]

    async def due_timers(self, now: datetime, limit: int) -> list[Timer]:
        """Timers whose moment has come."""
        table = TABLES[Timer]
        query = select(table).where(table.c.at <= now).order_by(table.c.at, table.c.id).limit(limit)
        return [to_record(Timer, row) for row in (await self._connection.execute(query)).mappings()]

    async def next_due(self) -> datetime | None:
        """The earliest timer or unsent entry."""
        timers, entries = TABLES[Timer], TABLES[OutboxEntry]
        first = (await self._connection.execute(select(func.min(timers.c.at)))).scalar_one()
        second = (await self._connection.execute(select(func.min(entries.c.due_at)).where(_open()))).scalar_one()
        return min((moment for moment in (first, second) if moment is not None), default=None)

    async def contact(self, platform: str, tenant: str, user: str) -> Contact | None:
        """The contact with this platform identity."""
        table = TABLES[Contact]
        return await self._first(Contact, table.c.platform == platform, table.c.tenant == tenant, table.c.user == user)

    async def contacts_of_tenant(self, platform: str, tenant: str) -> list[Contact]:
        """Every contact of a workspace."""
        table = TABLES[Contact]
        query = select(table).where(table.c.platform == platform, table.c.tenant == tenant)
        return [to_record(Contact, row) for row in (await self._connection.execute(query)).mappings()]

    async def people_by_email(self, email: str) -> list[Person]:
        """Active people with this address."""
        table = TABLES[Person]
        query = select(table).where(func.lower(table.c.email) == email.lower(), table.c.removed_at.is_(None))
        return [to_record(Person, row) for row in (await self._connection.execute(query)).mappings()]

    async def link(self, id: str) -> SignInLink | None:
        """The sign-in link."""
        return await self._first(SignInLink, TABLES[SignInLink].c.id == id)

    async def session(self, id: str) -> Session | None:
        """The session."""
        return await self._first(Session, TABLES[Session].c.id == id)

    async def feed(self, id: str) -> CalendarFeed | None:
        """The calendar feed."""
        return await self._first(CalendarFeed, TABLES[CalendarFeed].c.id == id)

    async def claim(
        self, now: datetime, until: datetime, by: str, limit: int, *, only_urgent: bool = False
    ) -> list[OutboxEntry]:
        """Lease due entries."""
        table = TABLES[OutboxEntry]
        free = or_(table.c.lease_until.is_(None), table.c.lease_until <= now)
        query = (
            select(table)
            .where(_open(), table.c.due_at <= now, free, *((table.c.urgent.is_(True),) if only_urgent else ()))
            .order_by(table.c.urgent.desc(), table.c.due_at, table.c.created_at, table.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = (await self._connection.execute(query)).mappings().all()
        if not rows:
            return []
        lease = {"lease_until": until, "lease_by": by, "attempts": table.c.attempts + 1}
        await self._connection.execute(update(table).where(table.c.id.in_([r["id"] for r in rows])).values(**lease))
        taken = [{**row, "lease_until": until, "lease_by": by, "attempts": row["attempts"] + 1} for row in rows]
        return [to_record(OutboxEntry, row) for row in taken]

    async def still_mine(self, entry: OutboxEntry, now: datetime) -> bool:
        """Whether the lease holds with at least half of it left to send in."""
        table = TABLES[OutboxEntry]
        query = select(table.c.lease_until).where(*_mine(entry, entry.lease_by), table.c.lease_until > now)
        return (await self._connection.execute(query)).first() is not None

    async def settle(self, entry: OutboxEntry, by: str) -> bool:
        """Write an attempt's outcome and give the lease back."""
        table = TABLES[OutboxEntry]
        values = {**to_row(entry), "lease_until": None, "lease_by": ""}
        done = await self._connection.execute(
            update(table).where(table.c.id == entry.id, table.c.lease_by == by).values(**values)
        )
        return bool(done.rowcount == 1)

    async def purge_expired(self, now: datetime) -> int:
        """Delete what expired."""
        drafts, gone = TABLES[Draft], 0
        for owner in (drafts, TABLES[SignInLink]):
            old = select(owner.c.id).where(owner.c.expires_at <= now)
            await self._connection.execute(delete(text_part).where(text_part.c.owner.in_(old)))
            await self._connection.execute(delete(data_key).where(data_key.c.owner.in_(old)))
        for table, clause in (
            (drafts, drafts.c.expires_at <= now),
            (TABLES[SignInLink], TABLES[SignInLink].c.expires_at <= now),
            (TABLES[Session], TABLES[Session].c.expires_at <= now),
            (inbox, inbox.c.seen_at <= now - INBOX_KEPT),
            (drawer, and_(drawer.c.expires.is_not(None), drawer.c.expires <= now)),
        ):
            gone += (await self._connection.execute(delete(table).where(clause))).rowcount
        return gone

    async def commit(self) -> None:
        """Make it real."""
        await self._connection.commit()

    async def _first(self, kind: type[R], *clauses: Any) -> R | None:
        row = (await self._connection.execute(select(TABLES[kind]).where(*clauses).limit(1))).mappings().first()
        return to_record(kind, row) if row else None


def _open() -> Any:
    """Entries that still want to be sent."""
    table = TABLES[OutboxEntry]
    return and_(table.c.sent_at.is_(None), table.c.failed_at.is_(None), table.c.dropped_at.is_(None))


def _mine(entry: OutboxEntry, by: str) -> list[Any]:
    table = TABLES[OutboxEntry]
    return [table.c.id == entry.id, table.c.lease_by == by, table.c.attempts == entry.attempts]
