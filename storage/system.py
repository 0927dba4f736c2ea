"""The runtime's questions across organisations, and the outbox's leases.

A lease is a compare-and-swap on `lease_by` and `attempts`; on PostgreSQL claims skip rows that another
replica is claiming (`FOR UPDATE SKIP LOCKED`), on SQLite the one writer's lock does the same.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.data_request import DataRequest
from bot.domain.organisation import Organisation
from bot.domain.person import Person
from bot.ports.records import (
    URGENT,
    Draft,
    OutboxEntry,
    Queue,
    Replica,
    Session,
    SignInLink,
    Timer,
    UndoStep,
)
from storage.in_clause import among
from storage.lookups import SqlLookups
from storage.mapping import to_record, to_records
from storage.tables import OPEN, TABLES, data_key, drawer, inbox, last_done, text_part
from storage.tables import replica as replica_table

INBOX_KEPT = timedelta(days=30)
REPLICA_KEPT = timedelta(days=1)
RECENTLY = timedelta(days=7)
HELD, QUIET = "held_until", "quiet_until"
"""Moments that a restore notes: steps due by then wait for a decision, or are taken without telling anybody."""
DOUBT = timedelta(seconds=10)
"""How long what had no answer rests before a next message may take it along."""
TOGETHER = 20
"""Entries claimed at once for one person, on average over a claim."""
_ANSWERED = ("id", "lease_by", "attempts", "platform", "contact", "delivered_id")
_OUTBOX = TABLES[OutboxEntry]
_NOTE_ANSWERED = (
    update(_OUTBOX)
    .where(*(_OUTBOX.c[name] == bindparam(f"of_{name}") for name in _ANSWERED[:3]))
    .values({name: bindparam(f"of_{name}") for name in _ANSWERED[3:]})
)


class SqlSystemWork(SqlLookups):
    """Implements `bot.ports.unit_of_work.SystemWork`."""

    async def organisations(self) -> list[str]:
        """Ids, sorted."""
        column = TABLES[Organisation].c.id
        return [str(id) for id in (await self._connection.execute(select(column).order_by(column))).scalars()]

    async def due_timers(self, now: datetime, limit: int, *, only_urgent: bool = False) -> list[Timer]:
        """Timers whose moment has come."""
        table = TABLES[Timer]
        query = select(table).where(table.c.at <= now).order_by(table.c.at, table.c.id).limit(limit)
        urgent = table.c.what.in_(URGENT)
        query = query.where(urgent if only_urgent else or_(urgent, _not_held(table.c.at)))
        return [to_record(Timer, row) for row in (await self._connection.execute(query)).mappings()]

    async def next_due(self) -> datetime | None:
        """The earliest timer or unsent entry."""
        timers, entries = TABLES[Timer], TABLES[OutboxEntry]
        free = select(func.min(timers.c.at)).where(_not_held(timers.c.at))
        first = (await self._connection.execute(free)).scalar_one()
        unheld = select(func.min(entries.c.due_at)).where(OPEN, entries.c.held_at.is_(None))
        second = (await self._connection.execute(unheld)).scalar_one()
        return min((moment for moment in (first, second) if moment is not None), default=None)

    async def claim(
        self, now: datetime, until: datetime, by: str, limit: int, *, only_urgent: bool = False
    ) -> list[OutboxEntry]:
        """Lease due entries, person by person."""
        ids: list[str] = []
        for urgent in (True,) if only_urgent else (True, False):
            if len(ids) < limit:
                ids += await self._free(now, urgent=urgent, limit=limit - len(ids))
        if not ids:
            return []
        table = TABLES[OutboxEntry]
        unsettled = and_(table.c.begun_at.is_not(None), table.c.uncertain_at.is_(None), table.c.delivered_id == "")
        lease = {
            "lease_until": until,
            "lease_by": by,
            "attempts": table.c.attempts + 1,
            "uncertain_at": case((unsettled, now), else_=table.c.uncertain_at),
        }
        query = update(table).where(among(table.c.id, ids)).values(**lease).returning(table)
        return sorted(to_records(OutboxEntry, await self._connection.execute(query)), key=_by_turn)

    async def _free(self, now: datetime, *, urgent: bool, limit: int) -> list[str]:
        """Ids of due entries nobody holds, locked: the oldest `limit`, with all that waits for the same people."""
        table = TABLES[OutboxEntry]
        unheld = or_(table.c.lease_until.is_(None), table.c.lease_until <= now)
        unheld = and_(unheld, table.c.held_at.is_(None))
        due = (OPEN, table.c.due_at <= now, unheld)
        turn = (table.c.due_at, table.c.created_at, table.c.id)
        free = select(*turn, table.c.organisation, table.c.person).where(*due)
        query = free.where(table.c.urgent == urgent).order_by(*turn)
        if urgent:
            rows = await self._connection.execute(query.limit(limit).with_for_update(skip_locked=True))
            return [str(row.id) for row in rows]
        busy: set[str] = set()
        while True:
            looked = query.where(table.c.person.not_in(busy)) if busy else query
            first = (await self._connection.execute(looked.limit(limit))).all()
            wanted, organisations = {str(row.person) for row in first}, {str(row.organisation) for row in first}
            if not wanted:
                return []
            ours = await self._nobody_writes_to(wanted, organisations, now)
            if ours:
                break
            busy |= wanted
        # What may not have arrived comes along with a person's next message, before its own time.
        doubtful = table.c.uncertain_at <= now - DOUBT
        along = select(*turn, table.c.organisation, table.c.person).where(
            OPEN, or_(table.c.due_at <= now, doubtful), unheld
        )
        # Sorted here and with urgency as an expression: else SQLite would read through everything that is due.
        theirs = along.where(among(table.c.organisation, organisations), among(table.c.person, ours))
        theirs = theirs.where(func.coalesce(table.c.urgent, true()).is_(false()))
        mine = sorted(map(tuple, await self._connection.execute(theirs.with_for_update(skip_locked=True))))
        return [str(id) for _, _, id, *_ in mine[: limit * TOGETHER]]

    async def _nobody_writes_to(self, wanted: set[str], organisations: set[str], now: datetime) -> set[str]:
        """Those of these people whom no sender is writing to, locked until the end of the transaction.

        The lock lets two claims not see the same person free at once; other transactions' references to the person
        do not wait for it. Two plain questions rather than one join: right after thousands of messages were posted
        PostgreSQL knows nothing of them yet and would join row by row.
        """
        person, table = TABLES[Person].c.id, TABLES[OutboxEntry]
        lock = select(person).where(among(person, wanted)).with_for_update(key_share=True, skip_locked=True)
        ours = {str(id) for id in (await self._connection.execute(lock)).scalars()}
        if not ours:
            return ours
        theirs = (among(table.c.organisation, organisations), among(table.c.person, ours))
        held = select(table.c.person).where(OPEN, *theirs, table.c.lease_until > now)
        return ours - {str(id) for id in (await self._connection.execute(held)).scalars()}

    async def begin_sending(self, entries: Sequence[OutboxEntry], now: datetime) -> frozenset[str]:
        """Mark the sends whose lease holds."""
        table = TABLES[OutboxEntry]
        leases: dict[tuple[str, int], list[str]] = defaultdict(list)
        for entry in entries:
            leases[entry.lease_by, entry.attempts].append(entry.id)
        ours = or_(
            *(
                and_(among(table.c.id, ids), table.c.lease_by == by, table.c.attempts == attempt)
                for (by, attempt), ids in leases.items()
            )
        )
        query = update(table).where(ours, table.c.lease_until > now).values(begun_at=now).returning(table.c.id)
        return frozenset(str(id) for id in (await self._connection.execute(query)).scalars())

    async def note_answered(self, entries: Sequence[OutboxEntry]) -> None:
        """One statement for all of them."""
        if entries:
            where = [{f"of_{name}": getattr(entry, name) for name in _ANSWERED} for entry in entries]
            await self._connection.execute(_NOTE_ANSWERED, where)

    async def time(self) -> datetime | None:
        """PostgreSQL's own; a SQLite file has none."""
        if self._connection.dialect.name != "postgresql":
            return None
        moment: datetime = (await self._connection.execute(select(func.clock_timestamp()))).scalar_one()
        return moment.astimezone(UTC)

    async def bury(self, replicas: Sequence[str], now: datetime) -> int:
        """Forget them and end their leases."""
        if not replicas:
            return 0
        table = TABLES[OutboxEntry]
        theirs = update(table).where(OPEN, among(table.c.lease_by, replicas), table.c.lease_until > now)
        ended = await self._connection.execute(theirs.values(lease_until=now))
        await self._connection.execute(delete(replica_table).where(among(replica_table.c.id, replicas)))
        return int(ended.rowcount)

    async def beat(self, replica: Replica) -> None:
        """One row a replica, made or refreshed."""
        values = dataclasses.asdict(replica)
        dialect: Any = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        query = dialect.insert(replica_table).values(**values)
        query = query.on_conflict_do_update(index_elements=["id"], set_=values)
        await self._connection.execute(query)

    async def leave(self, replica: str) -> None:
        """Forget a replica."""
        await self._connection.execute(delete(replica_table).where(replica_table.c.id == replica))

    async def replicas(self, since: datetime) -> list[Replica]:
        """Replicas seen since a moment."""
        return await replicas_seen(self._connection, since)

    async def queue(self, now: datetime) -> Queue:
        """Counts over the whole outbox; only open, failed and uncertain entries are read."""
        table, recently = TABLES[OutboxEntry], now - RECENTLY

        async def count(*clauses: Any) -> int:
            query = select(func.count()).select_from(table).where(*clauses)
            return int((await self._connection.execute(query)).scalar_one())

        wanted = func.coalesce(table.c.wanted_at, table.c.due_at)
        oldest = select(func.min(wanted)).where(
            OPEN, wanted <= now, table.c.uncertain_at.is_(None), table.c.held_at.is_(None)
        )
        return Queue(
            waiting=await count(OPEN),
            due=await count(OPEN, wanted <= now),
            oldest=(await self._connection.execute(oldest)).scalar_one(),
            failed=await count(table.c.failed_at >= recently),
            uncertain=await count(
                table.c.uncertain_at >= recently, table.c.failed_at.is_(None), table.c.dropped_at.is_(None)
            ),
        )

    async def purge_expired(self, now: datetime, limit: int) -> int:
        """Delete what expired, so many of each kind."""
        for owner in (TABLES[Draft], TABLES[SignInLink]):
            at = owner.c.expires_at
            old = select(owner.c.id).where(at <= now).order_by(at, owner.c.id).limit(limit)
            await self._connection.execute(delete(text_part).where(text_part.c.owner.in_(old)))
            await self._connection.execute(delete(data_key).where(data_key.c.owner.in_(old)))
        gone = 0
        for table, at, until in _expired(now):
            keys = list(table.primary_key)
            old = select(*keys).where(at <= until).order_by(at, *keys).limit(limit)
            gone += (await self._connection.execute(delete(table).where(tuple_(*keys).in_(old)))).rowcount
        return gone

    async def expired(self, now: datetime) -> int:
        """How many there are."""
        counts = [select(func.count()).select_from(table).where(at <= until) for table, at, until in _expired(now)]
        return sum([int((await self._connection.execute(count)).scalar_one()) for count in counts])

    async def due_again(self, what: str, now: datetime, every: timedelta) -> bool:
        """Compare and swap: one of several programs notes it."""
        query = self._noting(what, now)
        long_ago = or_(last_done.c.at <= now - every, last_done.c.at > now)
        query = query.on_conflict_do_update(index_elements=["what"], set_={"at": now}, where=long_ago)
        return (await self._connection.execute(query.returning(last_done.c.what))).first() is not None

    async def done(self, what: str, now: datetime) -> None:
        """Note it."""
        query = self._noting(what, now).on_conflict_do_update(index_elements=["what"], set_={"at": now})
        await self._connection.execute(query)

    async def hold_due(self, now: datetime) -> tuple[int, int]:
        """Mark the messages, and note the moment for the steps."""
        table = TABLES[OutboxEntry]
        wanted = func.coalesce(table.c.wanted_at, table.c.due_at) <= now
        await self._connection.execute(
            update(table).where(OPEN, table.c.urgent.is_(False), or_(wanted, table.c.due_at <= now)).values(held_at=now)
        )
        await self.done(HELD, now)
        found = await self.held()
        if not any(found):
            await self.forget(HELD)
        return found

    async def held(self) -> tuple[int, int]:
        """Counted now."""
        table, timers = TABLES[OutboxEntry], TABLES[Timer]
        messages = select(func.count()).select_from(table).where(OPEN, table.c.held_at.is_not(None))
        steps = select(func.count()).select_from(timers).where(~_not_held(timers.c.at), timers.c.what.not_in(URGENT))
        return (
            int((await self._connection.execute(messages)).scalar_one()),
            int((await self._connection.execute(steps)).scalar_one()),
        )

    async def release_held(self, now: datetime) -> None:
        """Free them."""
        table = TABLES[OutboxEntry]
        free = {"held_at": None, "due_at": now}
        await self._connection.execute(update(table).where(OPEN, table.c.held_at.is_not(None)).values(**free))
        await self.forget(HELD)

    async def drop_held(self, now: datetime) -> None:
        """End them; the steps' moment becomes the one up to which they are quiet."""
        table = TABLES[OutboxEntry]
        end = {"held_at": None, "dropped_at": now, "failure": "restored"}
        await self._connection.execute(update(table).where(OPEN, table.c.held_at.is_not(None)).values(**end))
        until = await self.last_done(HELD)
        await self.forget(HELD)
        if until:
            await self.done(QUIET, until)

    async def quiet_until(self) -> datetime | None:
        """As it was noted."""
        return await self.last_done(QUIET)

    async def forget(self, what: str) -> None:
        """Delete it."""
        await self._connection.execute(delete(last_done).where(last_done.c.what == what))

    async def last_done(self, what: str) -> datetime | None:
        """When it was noted last."""
        found: datetime | None = await self._connection.scalar(select(last_done.c.at).where(last_done.c.what == what))
        return found

    def _noting(self, what: str, now: datetime) -> Any:
        dialect: Any = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        return dialect.insert(last_done).values(what=what, at=now)

    async def commit(self) -> None:
        """Make it real."""
        await self._connection.commit()


def _not_held(at: Any) -> ColumnElement[bool]:
    """Whether a step's moment lies after what a restore holds."""
    until = select(last_done.c.at).where(last_done.c.what == HELD).scalar_subquery()
    later: ColumnElement[bool] = or_(until.is_(None), at > until)
    return later


def _expired(now: datetime) -> Iterator[tuple[Table, Column[Any], datetime]]:
    """Tables of what is kept for a while only, with the moment that counts and until when what is over lies before it.

    The oldest go first, as an index of that moment has them.
    """
    for kind in (Draft, SignInLink, Session, UndoStep, DataRequest):
        yield TABLES[kind], TABLES[kind].c.expires_at, now
    yield inbox, inbox.c.seen_at, now - INBOX_KEPT
    yield drawer, drawer.c.expires, now
    yield replica_table, replica_table.c.seen_at, now - REPLICA_KEPT


def _by_turn(entry: OutboxEntry) -> tuple[bool, datetime, datetime, str]:
    return not entry.urgent, entry.due_at, entry.created_at, entry.id


async def replicas_seen(connection: AsyncConnection, since: datetime) -> list[Replica]:
    """Replicas seen since a moment, oldest first."""
    query = select(replica_table).where(replica_table.c.seen_at >= since)
    query = query.order_by(replica_table.c.started_at, replica_table.c.id)
    return [to_record(Replica, row) for row in (await connection.execute(query)).mappings()]
