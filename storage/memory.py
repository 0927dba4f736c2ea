"""A store in memory, for tests: the same promises as the database (tests/contract/test_storage.py), nothing on disk.

A unit of work changes a copy and puts it in place at `commit`; one writer at a time, like SQLite.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from bot.anonymise.text import AnonText
from bot.domain.organisation import Organisation
from bot.domain.person import Contact, Person
from bot.ports.records import (
    Anchor,
    Audited,
    AuditEntry,
    AuditFault,
    CalendarFeed,
    Draft,
    OutboxEntry,
    Queue,
    Replica,
    Session,
    SignInLink,
    Timer,
)
from bot.ports.schema import RECORDS, UNIQUE
from bot.ports.system import Clock
from bot.ports.work import AlreadyThere, ChangedMeanwhile, ForeignOrganisation, NotFound
from storage.audit import anchor_of, chained, cut_detail, verify

R = TypeVar("R")
AUDIT_KEY = b"a key for tests"
RECENTLY = timedelta(days=7)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda have, want: have == want,
    "in": lambda have, want: have in want,
    "not": lambda have, want: have != want,
    "lt": lambda have, want: have is not None and have < want,
    "le": lambda have, want: have is not None and have <= want,
    "gt": lambda have, want: have is not None and have > want,
    "ge": lambda have, want: have is not None and have >= want,
}


@dataclasses.dataclass
class State:
    """Everything kept; keys of texts begin with the organisation."""

    rows: dict[type[Any], dict[str, Any]]
    presenters: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    texts: dict[tuple[str, str, str], dict[str, str]] = dataclasses.field(default_factory=dict)
    sealed: dict[tuple[str, str, str], bytes] = dataclasses.field(default_factory=dict)
    inbox: set[tuple[str, str]] = dataclasses.field(default_factory=set)

    replicas: dict[str, Replica] = dataclasses.field(default_factory=dict)

    def copied(self) -> State:
        """A copy whose changes leave the original alone; records themselves are frozen."""
        rows = {kind: dict(records) for kind, records in self.rows.items()}
        return State(
            rows, copy(self.presenters), copy(self.texts), copy(self.sealed), copy(self.inbox), copy(self.replicas)
        )

    def seen_replicas(self, since: datetime) -> list[Replica]:
        """Replicas seen since a moment, oldest first."""
        return sorted((r for r in self.replicas.values() if r.seen_at >= since), key=lambda r: (r.started_at, r.id))


class MemoryStore:
    """Implements `bot.ports.work.Store`."""

    def __init__(self, clock: Clock) -> None:
        self.state = State({kind: {} for kind in RECORDS})
        self.drawers: dict[tuple[str, str], tuple[bytes, datetime | None]] = {}
        self.clock = clock
        self._writer = asyncio.Lock()

    @asynccontextmanager
    async def begin(self, organisation: str, *, write: bool = True) -> AsyncIterator[MemoryWork]:
        """A unit of work for one organisation."""
        if not write:
            yield MemoryWork(self, organisation)
            return
        async with self._writer:
            yield MemoryWork(self, organisation)

    @asynccontextmanager
    async def system(self, *, write: bool = True) -> AsyncIterator[MemorySystemWork]:
        """A unit of work of the runtime."""
        if not write:
            yield MemorySystemWork(self)
            return
        async with self._writer:
            yield MemorySystemWork(self)

    def drawer(self, adapter: str) -> MemoryDrawer:
        """The adapter's drawer."""
        return MemoryDrawer(self, adapter)

    async def ready(self) -> bool:
        """Always."""
        return True

    async def close(self) -> None:
        """Nothing to release."""


class _Changes:
    """A copy of everything, put in place by `commit`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._state = store.state.copied()

    def _table(self, kind: type[Any]) -> dict[str, Any]:
        return self._state.rows[kind]

    async def commit(self) -> None:
        """Make it real."""
        self._store.state = self._state.copied()


class MemoryWork(_Changes):
    """Implements `bot.ports.work.UnitOfWork`."""

    def __init__(self, store: MemoryStore, organisation: str) -> None:
        super().__init__(store)
        self._organisation = organisation

    @property
    def organisation(self) -> str:
        """The organisation's id."""
        return self._organisation

    async def get(self, kind: type[R], id: str) -> R:
        """The record; raises NotFound."""
        found = self._table(kind).get(id)
        if found is None or found.organisation != self._organisation:
            raise NotFound(kind.__name__)
        return cast("R", found)

    async def find(
        self, kind: type[R], *, order: Sequence[str] = ("id",), limit: int | None = None, **conditions: Any
    ) -> list[R]:
        """Every record that meets the conditions."""
        mine = (r for r in self._table(kind).values() if r.organisation == self._organisation)
        for name in [name for name in conditions if name.endswith("__of")]:
            of = conditions.pop(name)
            known = await self.find(of.kind, **dict(of.conditions))
            conditions[name.replace("__of", "__in")] = {r.id for r in known}
        rows = sorted((r for r in mine if _meets(r, conditions)), key=lambda r: str(r.id))
        for name in reversed(order):
            rows.sort(key=_by(name.lstrip("-")), reverse=name.startswith("-"))
        return rows[:limit]

    async def columns(
        self, kind: type[Any], names: Sequence[str], *, order: Sequence[str] = ("id",), **conditions: Any
    ) -> list[tuple[Any, ...]]:
        """Only these fields."""
        return [tuple(getattr(r, name) for name in names) for r in await self.find(kind, order=order, **conditions)]

    async def one(self, kind: type[R], **conditions: Any) -> R | None:
        """The only match or None."""
        found = await self.find(kind, **conditions)
        assert len(found) < 2, f"more than one {kind.__name__}"
        return found[0] if found else None

    async def count(self, kind: type[Any], **conditions: Any) -> int:
        """How many there are."""
        return len(await self.find(kind, **conditions))

    async def add(self, *records: Any) -> None:
        """Insert; raises AlreadyThere."""
        for record in records:
            if record.organisation != self._organisation:
                raise ForeignOrganisation(type(record).__name__)
            table = self._table(type(record))
            if record.id in table or _is_taken(record, table):
                raise AlreadyThere(type(record).__name__)
            table[record.id] = record

    async def save(self, record: R) -> R:
        """Update, with the version checked where there is one."""
        new: Any = record
        if new.organisation != self._organisation:
            raise ForeignOrganisation(type(record).__name__)
        old: Any = await self.get(type(record), new.id)
        if hasattr(new, "version"):
            if old.version != new.version:
                raise ChangedMeanwhile(type(record).__name__)
            new = dataclasses.replace(new, version=new.version + 1)
        self._table(type(record))[new.id] = new
        return cast("R", new)

    async def remove(self, kind: type[Any], id: str) -> None:
        """Delete one record."""
        found = self._table(kind).get(id)
        if found is not None and found.organisation == self._organisation:
            del self._table(kind)[id]

    async def set_presenter(self, case: str, person: str) -> None:
        """Write the authorship."""
        self._state.presenters[case] = (self._organisation, person)

    async def presenter(self, case: str) -> str:
        """Who presented it; raises NotFound."""
        found = await self.presenters([case])
        if case not in found:
            raise NotFound("presenter")
        return found[case]

    async def presenters(self, cases: Sequence[str]) -> Mapping[str, str]:
        """Who presented each of these."""
        mine = {c: p for c, (org, p) in self._state.presenters.items() if org == self._organisation}
        return {case: mine[case] for case in cases if case in mine}

    async def cases_of(self, person: str) -> list[str]:
        """Every case of this person, oldest first."""
        return [c for c, who in self._state.presenters.items() if who == (self._organisation, person)]

    async def forget_presenter(self, case: str) -> None:
        """Erase the authorship."""
        if self._state.presenters.get(case, ("", ""))[0] == self._organisation:
            del self._state.presenters[case]

    async def put_text(self, owner: str, part: str, fields: Mapping[str, AnonText]) -> None:
        """Keep one part."""
        self._state.texts[self._organisation, owner, part] = {name: text.text for name, text in fields.items()}

    async def texts(self, owner: str, part: str) -> Mapping[str, AnonText]:
        """The part's texts by field."""
        kept = self._state.texts.get((self._organisation, owner, part), {})
        return {name: AnonText.from_store(text) for name, text in kept.items()}

    async def parts(self, owner: str) -> list[str]:
        """Which parts have text."""
        return sorted(part for org, whose, part in self._state.texts if (org, whose) == (self._organisation, owner))

    async def drop_text(self, owner: str, part: str) -> None:
        """Erase one part."""
        self._state.texts.pop((self._organisation, owner, part), None)

    async def shred(self, owner: str) -> None:
        """Destroy everything of this owner."""
        gone = (self._organisation, owner)
        self._state.texts = {key: kept for key, kept in self._state.texts.items() if key[:2] != gone}
        self._state.sealed = {key: kept for key, kept in self._state.sealed.items() if key[:2] != gone}

    async def put_sealed(self, owner: str, name: str, value: bytes) -> None:
        """Keep a small secret."""
        self._state.sealed[self._organisation, owner, name] = value

    async def sealed(self, owner: str, name: str) -> bytes | None:
        """Read it back."""
        return self._state.sealed.get((self._organisation, owner, name))

    async def wake(self, what: str, subject: str, at: datetime | None) -> None:
        """Set, move or cancel a timer."""
        id = f"{what}:{subject}"
        self._table(Timer).pop(id, None)
        if at is not None:
            self._table(Timer)[id] = Timer(id, self._organisation, what, subject, at)

    async def take(self, timer: Timer) -> bool:
        """Whether the timer stands as it was read; the one writer's lock does the rest."""
        return self._table(Timer).get(timer.id) == timer

    async def post(self, entry: OutboxEntry) -> bool:
        """Add an intent unless its dedupe key is there."""
        try:
            await self.add(entry)
        except AlreadyThere:
            return False
        return True

    async def settle(self, ends: Sequence[tuple[OutboxEntry, OutboxEntry]]) -> frozenset[str]:
        """Write the outcomes of attempts and give the leases back."""
        table, held = self._table(OutboxEntry), set()
        for claimed, outcome in ends:
            kept = table.get(claimed.id)
            if kept is None or kept.organisation != self._organisation:
                continue
            if (kept.lease_by, kept.attempts) == (claimed.lease_by, claimed.attempts):
                table[claimed.id] = dataclasses.replace(outcome, lease_until=None, lease_by="", begun_at=None)
                held.add(claimed.id)
        return frozenset(held)

    async def replicas(self, since: datetime) -> list[Replica]:
        """Replicas seen since a moment."""
        return self._state.seen_replicas(since)

    async def seen(self, event_id: str, now: datetime) -> bool:
        """Record an event id; True when it was there."""
        known = (self._organisation, event_id) in self._state.inbox
        self._state.inbox.add((self._organisation, event_id))
        return known

    async def audit(self, what: Audited, actor: str, subject: str, now: datetime, **detail: str) -> None:
        """Append to the chain."""
        trail = await self.find(AuditEntry, order=("number",))
        last = trail[-1] if trail else None
        await self.add(chained(AUDIT_KEY, last, self._organisation, now, actor, what.value, subject, detail))

    async def audit_faults(self, anchors: Sequence[Anchor] = ()) -> list[AuditFault]:
        """Every break of the chain."""
        return verify(AUDIT_KEY, await self.find(AuditEntry, order=("number",)), anchors)

    async def audit_anchor(self, now: datetime) -> Anchor | None:
        """The trail's end."""
        last = await self.find(AuditEntry, order=("-number",), limit=1)
        return anchor_of(last[0], now) if last else None

    async def cut_audit(self, before: datetime, now: datetime) -> int:
        """Delete old lines and say so in the chain."""
        gone = await self.find(AuditEntry, at__lt=before, order=("-number",), limit=1)
        if not gone:
            return 0
        await self.audit(Audited.TRAIL_CUT, "retention", self._organisation, now, **cut_detail(gone[0]))
        old = await self.find(AuditEntry, number__le=gone[0].number)
        for entry in old:
            await self.remove(AuditEntry, entry.id)
        return len(old)


class MemorySystemWork(_Changes):
    """Implements `bot.ports.work.SystemWork`."""

    async def organisations(self) -> list[str]:
        """Ids, sorted."""
        return sorted(self._table(Organisation))

    async def due_timers(self, now: datetime, limit: int) -> list[Timer]:
        """Timers whose moment has come."""
        due = [t for t in self._table(Timer).values() if t.at <= now]
        return sorted(due, key=lambda t: (t.at, t.id))[:limit]

    async def next_due(self) -> datetime | None:
        """The earliest timer or unsent entry."""
        moments = [t.at for t in self._table(Timer).values()]
        return min([*moments, *(e.due_at for e in self._open())], default=None)

    async def contact(self, platform: str, tenant: str, user: str) -> Contact | None:
        """The contact with this platform identity."""
        found = [c for c in await self.contacts_of_tenant(platform, tenant) if c.user == user]
        return found[0] if found else None

    async def contacts_of_tenant(self, platform: str, tenant: str) -> list[Contact]:
        """Every contact of a workspace."""
        return [c for c in self._table(Contact).values() if (c.platform, c.tenant) == (platform, tenant)]

    async def people_by_email(self, email: str) -> list[Person]:
        """Active people with this address."""
        return [p for p in self._table(Person).values() if p.active and p.email.lower() == email.lower()]

    async def link(self, id: str) -> SignInLink | None:
        """The sign-in link."""
        return self._table(SignInLink).get(id)

    async def session(self, id: str) -> Session | None:
        """The session."""
        return self._table(Session).get(id)

    async def person(self, organisation: str, id: str) -> Person | None:
        """The person in this organisation."""
        found: Person | None = self._table(Person).get(id)
        return found if found and found.organisation == organisation else None

    async def feed(self, id: str) -> CalendarFeed | None:
        """The calendar feed."""
        return self._table(CalendarFeed).get(id)

    async def claim(
        self, now: datetime, until: datetime, by: str, limit: int, *, only_urgent: bool = False
    ) -> list[OutboxEntry]:
        """Lease due entries, person by person."""
        held = {e.person for e in self._open() if e.lease_until is not None and e.lease_until > now}
        free = [e for e in self._open() if e.due_at <= now and (e.lease_until is None or e.lease_until <= now)]
        free = sorted((e for e in free if e.urgent or not (only_urgent or e.person in held)), key=_by_turn)
        people = {e.person for e in free[:limit] if not e.urgent}
        chosen = free[:limit] + [e for e in free[limit:] if not e.urgent and e.person in people]
        taken = [_leased(e, now, until, by) for e in sorted(chosen, key=_by_turn)]
        self._table(OutboxEntry).update({e.id: e for e in taken})
        return taken

    async def begin_sending(self, entries: Sequence[OutboxEntry], now: datetime) -> frozenset[str]:
        """Mark the sends whose lease holds."""
        begun = set()
        for entry in entries:
            kept = self._table(OutboxEntry).get(entry.id)
            if kept is None or kept.lease_until is None or kept.lease_until <= now:
                continue
            if (kept.lease_by, kept.attempts) == (entry.lease_by, entry.attempts):
                self._table(OutboxEntry)[entry.id] = dataclasses.replace(kept, begun_at=now)
                begun.add(entry.id)
        return frozenset(begun)

    async def beat(self, replica: Replica) -> None:
        """One entry a replica."""
        self._state.replicas[replica.id] = replica

    async def leave(self, replica: str) -> None:
        """Forget a replica."""
        self._state.replicas.pop(replica, None)

    async def replicas(self, since: datetime) -> list[Replica]:
        """Replicas seen since a moment."""
        return self._state.seen_replicas(since)

    async def queue(self, now: datetime) -> Queue:
        """How the outbox stands."""
        entries, recently = list(self._table(OutboxEntry).values()), now - RECENTLY
        due = [e.due_at for e in self._open() if e.due_at <= now]
        return Queue(
            waiting=len(self._open()),
            due=len(due),
            oldest=min(due, default=None),
            failed=sum(e.failed_at is not None and e.failed_at >= recently for e in entries),
            uncertain=sum(bool(e.sent_at and e.uncertain_at and e.uncertain_at >= recently) for e in entries),
        )

    async def purge_expired(self, now: datetime) -> int:
        """Delete what expired."""
        gone = 0
        for kind in (Draft, SignInLink, Session):
            for id in [r.id for r in self._table(kind).values() if r.expires_at <= now]:
                del self._table(kind)[id]
                self._state.texts = {key: kept for key, kept in self._state.texts.items() if key[1] != id}
                self._state.sealed = {key: kept for key, kept in self._state.sealed.items() if key[1] != id}
                gone += 1
        return gone

    def _open(self) -> list[OutboxEntry]:
        entries = self._table(OutboxEntry).values()
        return [e for e in entries if not (e.sent_at or e.failed_at or e.dropped_at)]


class MemoryDrawer:
    """Implements `bot.ui.platform.Drawer`."""

    def __init__(self, store: MemoryStore, adapter: str) -> None:
        self._store = store
        self._adapter = adapter

    async def get(self, key: str) -> bytes | None:
        """The value, or None when missing or expired."""
        value, expires = self._store.drawers.get((self._adapter, key), (None, None))
        return None if expires is not None and expires <= self._store.clock.now() else value

    async def put(self, key: str, value: bytes, *, expires: datetime | None = None) -> None:
        """Store or replace."""
        self._store.drawers[self._adapter, key] = (value, expires)

    async def delete(self, key: str) -> None:
        """Forget."""
        self._store.drawers.pop((self._adapter, key), None)

    async def keys(self, prefix: str = "") -> Sequence[str]:
        """Live keys that begin with the prefix."""
        mine = [key for adapter, key in self._store.drawers if adapter == self._adapter and key.startswith(prefix)]
        return sorted([key for key in mine if await self.get(key) is not None])

    async def take(self, key: str) -> bytes | None:
        """Read and delete in one step."""
        value = await self.get(key)
        await self.delete(key)
        return value


def _leased(entry: OutboxEntry, now: datetime, until: datetime, by: str) -> OutboxEntry:
    uncertain = entry.uncertain_at or (now if entry.begun_at else None)
    return dataclasses.replace(
        entry, attempts=entry.attempts + 1, lease_until=until, lease_by=by, uncertain_at=uncertain
    )


def _by_turn(entry: OutboxEntry) -> tuple[bool, datetime, datetime, str]:
    return not entry.urgent, entry.due_at, entry.created_at, entry.id


def _meets(record: Any, conditions: Mapping[str, Any]) -> bool:
    for key, want in conditions.items():
        name, _, how = key.partition("__")
        if not _COMPARISONS[how](getattr(record, name), want):
            return False
    return True


def _by(name: str) -> Callable[[Any], tuple[bool, Any]]:
    """A sort key by field; empty values come first."""
    return lambda record: (getattr(record, name) is not None, getattr(record, name))


def _is_taken(record: Any, table: Mapping[str, Any]) -> bool:
    for names in UNIQUE.get(type(record), ()):
        values = [getattr(record, name) for name in names]
        if None not in values and any([getattr(o, n) for n in names] == values for o in table.values()):
            return True
    return False
