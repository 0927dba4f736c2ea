"""One transaction of one organisation on SQL; the conditions' small language becomes WHERE clauses here."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.anonymise.text import AnonText
from bot.ports.records import AuditEntry, OutboxEntry, PersonQuarter, RecountMark, Replica, Timer
from bot.ports.recount import counted
from bot.ports.unit_of_work import AlreadyThere, ChangedMeanwhile, ForeignOrganisation, NotFound
from storage.audit_trail import AuditTrail
from storage.data_keys import audit_owner, find_key, make_key
from storage.in_clause import among
from storage.keys import KeyRing, seal, unseal
from storage.mapping import fields_of, to_record, to_records, to_row
from storage.query_builder import counting, deleting, selecting, shaped, tallying
from storage.recount_marks import Overtaken, put_quarters
from storage.system import replicas_seen
from storage.tables import TABLES, authorship, data_key, inbox, text_part
from storage.write_buffer import Later

R = TypeVar("R")
OUTCOME = (
    *("args", "due_at", "attempts", "sent_at", "failed_at", "failure", "uncertain_at", "dropped_at"),
    *("platform", "delivered_id", "contact", "wanted_at"),
)
"""What an attempt at sending may change of an outbox entry."""
_SETTLE = update(TABLES[OutboxEntry]).where(TABLES[OutboxEntry].c.id == bindparam("entry"))
SEALED = "~"
"""Parts that begin with this are sealed values, not texts."""


class SqlWork(AuditTrail):
    """Implements `bot.ports.unit_of_work.UnitOfWork`."""

    def __init__(self, connection: AsyncConnection, organisation: str, keys: KeyRing, *, writes: bool) -> None:
        self._connection = connection
        self._organisation = organisation
        self._keys = keys
        self._data_keys: dict[str, bytes] = {}
        self._later = Later(connection, organisation)
        self._overtaken = Overtaken(connection, organisation)
        # A page asks the same question in several of its parts; while nothing is written its answer stays the same.
        self._answers: dict[Any, list[Any]] | None = None if writes else {}

    @property
    def organisation(self) -> str:
        """The organisation's id."""
        return self._organisation

    # ---- records
    async def get(self, kind: type[R], id: str) -> R:
        """The record; raises NotFound."""
        found = await self.find(kind, id=id)
        if not found:
            raise NotFound(kind.__name__)
        return found[0]

    async def find(
        self, kind: type[R], *, order: Sequence[str] = ("id",), limit: int | None = None, **conditions: Any
    ) -> list[R]:
        """Every record that meets the conditions."""
        if _asks_for_nothing(conditions):
            return []
        asked = {name: tuple(value) if name.endswith("__in") else value for name, value in conditions.items()}
        if self._answers is None:
            return await self._found(kind, order, limit, asked)
        question = (kind, tuple(order), limit, frozenset(asked.items()))
        if question not in self._answers:
            self._answers[question] = await self._found(kind, order, limit, asked)
        return list(self._answers[question])

    async def columns(
        self, kind: type[Any], names: Sequence[str], *, order: Sequence[str] = ("id",), **conditions: Any
    ) -> list[tuple[Any, ...]]:
        """Only these fields."""
        if _asks_for_nothing(conditions):
            return []
        await self._written(kind)
        shape, values = shaped(self._organisation, conditions.items())
        whole = selecting(cast("Hashable", kind), shape, tuple(order), None)
        query = whole.with_only_columns(*(TABLES[kind].c[name] for name in names))
        return list(map(fields_of(kind, names), await self._connection.execute(query, values)))

    async def _found(
        self, kind: type[R], order: Sequence[str], limit: int | None, conditions: Mapping[str, Any]
    ) -> list[R]:
        await self._written(kind)
        shape, values = shaped(self._organisation, conditions.items())
        rows = await self._connection.execute(selecting(cast("Hashable", kind), shape, tuple(order), limit), values)
        return to_records(kind, rows)

    async def one(self, kind: type[R], **conditions: Any) -> R | None:
        """The only match or None."""
        found = await self.find(kind, limit=2, **conditions)
        assert len(found) < 2, f"more than one {kind.__name__}"
        return found[0] if found else None

    async def count(self, kind: type[Any], **conditions: Any) -> int:
        """How many there are."""
        await self._written(kind)
        shape, values = shaped(self._organisation, conditions.items())
        return int((await self._connection.execute(counting(cast("Hashable", kind), shape), values)).scalar_one())

    async def tally(self, kind: type[Any], field: str, **conditions: Any) -> dict[Any, int]:
        """How many there are of each value."""
        await self._written(kind)
        shape, values = shaped(self._organisation, conditions.items())
        rows = await self._connection.execute(tallying(cast("Hashable", kind), field, shape), values)
        return {value: int(count) for value, count in rows}

    async def add(self, *records: Any) -> None:
        """Insert; raises AlreadyThere and leaves the transaction usable."""
        for record in records:
            if record.organisation != self._organisation:
                raise ForeignOrganisation(type(record).__name__)
            await self._written(type(record))
            if not await self._insert_if_new(TABLES[type(record)], to_row(record)):
                raise AlreadyThere(type(record).__name__)
            self._overtaken.changed(record)

    async def save(self, record: R) -> R:
        """Update, with the version checked where there is one."""
        row = to_row(record)
        if row["organisation"] != self._organisation:
            raise ForeignOrganisation(type(record).__name__)
        await self._written(type(record))
        values = {"version_read": row.get("version")}
        if "version" in row:
            row["version"] += 1
        values |= {f"new_{name}": value for name, value in row.items()}
        done = await self._connection.execute(_update(TABLES[type(record)]), values)
        if done.rowcount != 1:
            if "version" in row and await self.count(type(record), id=row["id"]):
                raise ChangedMeanwhile(type(record).__name__)
            raise NotFound(type(record).__name__)
        self._overtaken.changed(record)
        return to_record(type(record), {**row}) if "version" in row else record

    async def remove(self, kind: type[Any], *ids: str) -> None:
        """Delete records."""
        if not ids:
            return
        await self._written(kind)
        for record in await self.find(kind, id__in=ids) if counted(kind) else ():
            self._overtaken.changed(record)
        table = TABLES[kind]
        mine = among(table.c.id, ids) & (table.c.organisation == self._organisation)
        await self._connection.execute(delete(table).where(mine))

    async def put_quarters(self, rows: Sequence[PersonQuarter]) -> None:
        """Insert or replace, in one statement."""
        if rows:
            await self._connection.execute(put_quarters(self._connection.dialect.name), [to_row(row) for row in rows])

    # ---- who presented what
    async def set_presenter(self, case: str, person: str) -> None:
        """Write the authorship, or hand it over."""
        mine = (authorship.c.case_id == case) & (authorship.c.organisation == self._organisation)
        await self._overtaken.presenter_changes([case])
        changed = await self._connection.execute(update(authorship).where(mine).values(person=person))
        if not changed.rowcount:
            values = {"case_id": case, "organisation": self._organisation, "person": person}
            await self._connection.execute(insert(authorship).values(**values))
        await self._overtaken.presented(case)

    async def presenter(self, case: str) -> str:
        """Who presented it; raises NotFound."""
        found = await self.presenters([case])
        if case not in found:
            raise NotFound("presenter")
        return found[case]

    async def presenters(self, cases: Sequence[str]) -> Mapping[str, str]:
        """Who presented each of these."""
        if not cases:
            return {}
        query = select(authorship.c.case_id, authorship.c.person).where(
            authorship.c.organisation == self._organisation, among(authorship.c.case_id, cases)
        )
        return {row.case_id: row.person for row in await self._connection.execute(query)}

    async def cases_of(self, person: str) -> list[str]:
        """Every case of this person, oldest first."""
        query = (
            select(authorship.c.case_id)
            .where(authorship.c.organisation == self._organisation, authorship.c.person == person)
            .order_by(authorship.c.number)
        )
        return [str(case) for case in (await self._connection.execute(query)).scalars()]

    async def forget_presenter(self, case: str) -> None:
        """Erase the authorship."""
        await self._overtaken.presenter_changes([case])
        mine = (authorship.c.case_id == case) & (authorship.c.organisation == self._organisation)
        await self._connection.execute(delete(authorship).where(mine))

    # ---- texts
    async def put_text(self, owner: str, part: str, fields: Mapping[str, AnonText]) -> None:
        """Encrypt and keep one part."""
        await self.drop_text(owner, part)
        for name, text in fields.items():
            await self._put(owner, part, name, text.text.encode())

    async def texts(self, owner: str, part: str) -> Mapping[str, AnonText]:
        """The part's texts by field."""
        found = await self._open(owner, part)
        return {name: AnonText.from_store(plain.decode()) for name, plain in found.items()}

    async def parts(self, owner: str) -> list[str]:
        """Which parts have text."""
        query = select(text_part.c.part).distinct().where(self._mine(owner)).order_by(text_part.c.part)
        return [p for p in (await self._connection.execute(query)).scalars() if not p.startswith(SEALED)]

    async def drop_text(self, owner: str, part: str) -> None:
        """Erase one part."""
        await self._connection.execute(delete(text_part).where(self._mine(owner), text_part.c.part == part))

    async def shred(self, *owners: str) -> None:
        """Destroy the data keys and everything under them."""
        if not owners:
            return
        for owner in owners:
            self._data_keys.pop(owner, None)
        for table in (text_part, data_key):
            theirs = among(table.c.owner, owners) & (table.c.organisation == self._organisation)
            await self._connection.execute(delete(table).where(theirs))

    async def put_sealed(self, owner: str, name: str, value: bytes) -> None:
        """Keep a small secret under the owner's key."""
        await self.drop_text(owner, SEALED + name)
        await self._put(owner, SEALED + name, "", value)

    async def sealed(self, owner: str, name: str) -> bytes | None:
        """Read it back."""
        return (await self._open(owner, SEALED + name)).get("")

    # ---- effects
    async def wake(self, what: str, subject: str, at: datetime | None) -> None:
        """Set, move or cancel a timer."""
        id = f"{what}:{subject}"
        self._later.wake(id, Timer(id, self._organisation, what, subject, at) if at else None)

    async def take(self, timers: Sequence[Timer]) -> frozenset[str]:
        """Lock the timers until this transaction ends; skip those that another replica has."""
        await self._written(Timer)
        moments = {timer.id: timer.at for timer in timers}
        table = TABLES[Timer]
        query = select(table.c.id, table.c.at).where(among(table.c.id, moments)).order_by(table.c.id)
        query = query.where(table.c.organisation == self._organisation).with_for_update(skip_locked=True)
        rows = await self._connection.execute(query)
        return frozenset(str(id) for id, at in rows if moments[id] == at)

    async def post(self, entry: OutboxEntry) -> None:
        """Add an intent unless its dedupe key is there."""
        if entry.organisation != self._organisation:
            raise ForeignOrganisation("OutboxEntry")
        self._later.post(entry)

    async def settle(self, ends: Sequence[tuple[OutboxEntry, OutboxEntry]]) -> frozenset[str]:
        """Write the outcomes of attempts and give the leases back."""
        await self._written(OutboxEntry)
        table = TABLES[OutboxEntry]
        attempts = {claimed.id: (claimed.lease_by, claimed.attempts) for claimed, _ in ends}
        # The lock makes sure that a lease seen to hold still holds when its outcome is written.
        query = select(table.c.id, table.c.organisation, table.c.lease_by, table.c.attempts)
        query = query.where(among(table.c.id, attempts)).order_by(table.c.id).with_for_update()
        rows = (await self._connection.execute(query)).all()
        mine = (row for row in rows if row.organisation == self._organisation)
        held = frozenset(str(row.id) for row in mine if attempts[row.id] == (row.lease_by, row.attempts))
        free = {"lease_until": None, "lease_by": "", "begun_at": None}
        outcomes = [
            {"entry": outcome.id, **{name: getattr(outcome, name) for name in OUTCOME}, **free}
            for _, outcome in ends
            if outcome.id in held
        ]
        if outcomes:
            await self._connection.execute(_SETTLE, outcomes)
        return held

    async def punctuality(self, since: datetime, until: datetime, within: timedelta) -> tuple[int, int]:
        """Counted by the database; what was dropped because it lost its point counts for neither."""
        await self._written(OutboxEntry)
        table = TABLES[OutboxEntry].c
        taken: Any = func.julianday(table.sent_at) - func.julianday(table.wanted_at)
        allowed: Any = within / timedelta(days=1)
        if self._connection.dialect.name == "postgresql":
            taken, allowed = table.sent_at - table.wanted_at, within
        ended = or_(table.sent_at < until, table.failed_at < until)
        asked = and_(table.created_at >= since, table.wanted_at >= since, table.wanted_at < until)
        query = select(func.count().filter(taken <= allowed), func.count()).where(
            table.organisation == self._organisation, asked, ended
        )
        on_time, counted = (await self._connection.execute(query)).one()
        return int(on_time), int(counted)

    async def replicas(self, since: datetime) -> list[Replica]:
        """Replicas seen since a moment."""
        return await replicas_seen(self._connection, since)

    async def seen(self, event_id: str, now: datetime, within: timedelta | None = None) -> bool:
        """Record an event id; True when it was there, and not too long ago."""
        values = {"organisation": self._organisation, "event": event_id, "seen_at": now}
        if await self._insert_if_new(inbox, values):
            return False
        if within is None:
            return True
        # Of two that come at once the second waits for the first here, and then finds that it was seen just now.
        mine = (inbox.c.organisation == self._organisation) & (inbox.c.event == event_id)
        again = update(inbox).where(mine, inbox.c.seen_at <= now - within).values(seen_at=now)
        return not (await self._connection.execute(again)).rowcount

    async def commit(self) -> None:
        """Make it real."""
        await self._later.write()
        await self._overtaken.write()
        await self._connection.commit()

    # ---- inside
    async def _written(self, kind: type[Any]) -> None:
        """Before a table is asked, what was said about it is in it."""
        if kind in Later.kinds:
            await self._later.write()
        if kind is RecountMark:
            await self._overtaken.write()

    async def _lines(self, **question: Any) -> list[AuditEntry]:
        return await self.find(AuditEntry, **question)

    async def _lock_trail(self) -> None:
        if self._connection.dialect.name == "postgresql":
            key = func.hashtext(f"audit:{self._organisation}")
            await self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    async def _append_line(self, line: AuditEntry) -> None:
        await self._connection.execute(insert(TABLES[AuditEntry]).values(**to_row(line)))

    async def _drop_lines(self, up_to: int) -> int:
        shape, values = shaped(self._organisation, [("number__le", up_to)])
        return int((await self._connection.execute(deleting(AuditEntry, shape), values)).rowcount)

    async def _audit_key(self, *, make: bool) -> bytes:
        return await self._key(audit_owner(self._organisation), make=make) or b""

    async def _insert_if_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        query = _insert(table, self._connection.dialect.name)
        return (await self._connection.execute(query, dict(values))).first() is not None

    def _mine(self, owner: str) -> ColumnElement[bool]:
        return (text_part.c.owner == owner) & (text_part.c.organisation == self._organisation)

    async def _put(self, owner: str, part: str, field: str, plain: bytes) -> None:
        key = await self._key(owner, make=True)
        assert key is not None
        content = seal(key, plain, _about(owner, part, field))
        values = {"owner": owner, "part": part, "field": field, "organisation": self._organisation, "content": content}
        await self._connection.execute(insert(text_part).values(**values))

    async def _open(self, owner: str, part: str) -> dict[str, bytes]:
        query = select(text_part.c.field, text_part.c.content).where(self._mine(owner), text_part.c.part == part)
        rows = (await self._connection.execute(query)).all()
        key = await self._key(owner, make=False) if rows else None
        if key is None:
            return {}
        return {field: unseal(key, content, _about(owner, part, field)) for field, content in rows}

    async def _key(self, owner: str, *, make: bool) -> bytes | None:
        if owner in self._data_keys:
            return self._data_keys[owner]
        if make:
            key: bytes | None = await make_key(self._connection, self._keys, self._organisation, owner)
        else:
            key = await find_key(self._connection, self._keys, self._organisation, owner)
        if key is None:
            return None
        self._data_keys[owner] = key
        return key


def _about(owner: str, part: str, field: str) -> str:
    """Binds a sealed value to its place, so that rows cannot be swapped."""
    return f"text|{owner}|{part}|{field}"


def _asks_for_nothing(conditions: Mapping[str, Any]) -> bool:
    """One of none: no question to the database."""
    return any(name.endswith("__in") and not value for name, value in conditions.items())


@cache
def _update(table: Table) -> Any:
    """An update of a whole record, of the version that was read; made once a table."""
    whole: dict[str, Any] = {column.name: bindparam(f"new_{column.name}") for column in table.c}
    query = update(table).where(table.c.id == whole.pop("id"), table.c.organisation == whole.pop("organisation"))
    if "version" in table.c:
        query = query.where(table.c.version == bindparam("version_read"))
    return query.values(whole)


@cache
def _insert(table: Table, dialect: str) -> Any:
    """An insert that does nothing when the record is there; made once a table."""
    make: Any = postgresql if dialect == "postgresql" else sqlite
    return make.insert(table).on_conflict_do_nothing().returning(next(iter(table.primary_key.columns)))
