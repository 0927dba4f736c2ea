"""A store in memory for tests."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime
from typing import Any, TypeVar, cast

from bot.anonymise.text import AnonText
from bot.domain.person import Contact, Person
from bot.ports.records import Audited, AuditEntry, Draft, OutboxEntry, Session, SignInLink, Timer
from bot.ports.schema import RECORDS, UNIQUE
from bot.ports.system import Clock
from bot.ports.work import AlreadyThere, ChangedMeanwhile, ForeignOrganisation, NotFound

R = TypeVar("R")


class State:
    def __init__(self) -> None:
        self.rows: dict[type[Any], dict[str, Any]] = {k: {} for k in RECORDS}
        self.presenters: dict[str, tuple[str, str, int]] = {}
        self.texts: dict[tuple[str, str], dict[str, str]] = {}
        self.sealed: dict[tuple[str, str], bytes] = {}
        self.inbox: set[tuple[str, str]] = set()
        self.drawers: dict[tuple[str, str], tuple[bytes, datetime | None]] = {}

    def copy(self) -> State:
        new = State()
        new.rows = {k: dict(v) for k, v in self.rows.items()}
        for name in ("presenters", "texts", "sealed", "inbox", "drawers"):
            setattr(new, name, copy(getattr(self, name)))
        return new


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda have, want: have == want,
    "in": lambda have, want: have in want,
    "not": lambda have, want: have != want,
    "lt": lambda have, want: have is not None and have < want,
    "le": lambda have, want: have is not None and have <= want,
    "gt": lambda have, want: have is not None and have > want,
    "ge": lambda have, want: have is not None and have >= want,
}


def meets(record: Any, conditions: Mapping[str, Any]) -> bool:
    """Whether a record meets conditions like `due_at__le=now` (see `bot.ports.work`)."""
    for key, want in conditions.items():
        name, _, how = key.partition("__")
        if not _COMPARISONS[how](getattr(record, name), want):
            return False
    return True


class Work:
    def __init__(self, store: MemoryStore, organisation: str) -> None:
        self.store, self.organisation = store, organisation
        self.state = store.state.copy()

    async def get(self, kind: type[R], id: str) -> R:
        found: Any = self.state.rows[kind].get(id)
        if found is None or found.organisation != self.organisation:
            raise NotFound(kind.__name__)
        return cast("R", found)

    async def find(
        self, kind: type[R], *, order: Sequence[str] = ("id",), limit: int | None = None, **c: Any
    ) -> list[R]:
        rows = [r for r in self.state.rows[kind].values() if r.organisation == self.organisation and meets(r, c)]
        rows.sort(key=lambda r: r.id)
        for name in reversed(order):
            field = name.lstrip("-")
            rows.sort(key=lambda r: (getattr(r, field) is not None, getattr(r, field)), reverse=name.startswith("-"))
        return rows[:limit]

    async def one(self, kind: type[R], **c: Any) -> R | None:
        rows = await self.find(kind, **c)
        assert len(rows) < 2
        return rows[0] if rows else None

    async def count(self, kind: type[Any], **c: Any) -> int:
        return len(await self.find(kind, **c))

    async def add(self, *records: Any) -> None:
        for r in records:
            if r.organisation != self.organisation:
                raise ForeignOrganisation
            table = self.state.rows[type(r)]
            if r.id in table:
                raise AlreadyThere(type(r).__name__)
            for combo in UNIQUE.get(type(r), ()):
                mine = tuple(getattr(r, f) for f in combo)
                if None in mine:
                    continue
                if any(tuple(getattr(o, f) for f in combo) == mine for o in table.values()):
                    raise AlreadyThere(type(r).__name__)
            table[r.id] = r

    async def save(self, record: R) -> R:
        """Update, with the version checked where there is one."""
        new: Any = record
        table = self.state.rows[type(record)]
        old = table.get(new.id)
        if old is None:
            raise NotFound(type(record).__name__)
        if hasattr(new, "version"):
            if old.version != new.version:
                raise ChangedMeanwhile
            new = dataclasses.replace(new, version=new.version + 1)
        table[new.id] = new
        return cast("R", new)

    async def remove(self, kind: type[Any], id: str) -> None:
        self.state.rows[kind].pop(id, None)

    async def set_presenter(self, case: str, person: str) -> None:
        self.state.presenters[case] = (self.organisation, person, len(self.state.presenters))

    async def presenter(self, case: str) -> str:
        if case not in self.state.presenters:
            raise NotFound("presenter")
        return self.state.presenters[case][1]

    async def presenters(self, cases: Sequence[str]) -> dict[str, str]:
        return {c: self.state.presenters[c][1] for c in cases if c in self.state.presenters}

    async def cases_of(self, person: str) -> list[str]:
        mine = [(n, c) for c, (o, p, n) in self.state.presenters.items() if p == person and o == self.organisation]
        return [c for _, c in sorted(mine)]

    async def put_text(self, owner: str, part: str, fields: Mapping[str, AnonText]) -> None:
        self.state.texts[owner, part] = {k: v.text for k, v in fields.items()}

    async def texts(self, owner: str, part: str) -> dict[str, AnonText]:
        return {k: AnonText.from_store(v) for k, v in self.state.texts.get((owner, part), {}).items()}

    async def parts(self, owner: str) -> list[str]:
        return sorted(p for o, p in self.state.texts if o == owner)

    async def drop_text(self, owner: str, part: str) -> None:
        self.state.texts.pop((owner, part), None)

    async def shred(self, owner: str) -> None:
        self.state.texts = {k: v for k, v in self.state.texts.items() if k[0] != owner}
        self.state.sealed = {k: v for k, v in self.state.sealed.items() if k[0] != owner}

    async def put_sealed(self, owner: str, name: str, value: bytes) -> None:
        self.state.sealed[owner, name] = value

    async def sealed(self, owner: str, name: str) -> bytes | None:
        return self.state.sealed.get((owner, name))

    async def wake(self, what: str, subject: str, at: datetime | None) -> None:
        id = f"{what}:{subject}"
        if at is None:
            self.state.rows[Timer].pop(id, None)
        else:
            self.state.rows[Timer][id] = Timer(id, self.organisation, what, subject, at)

    async def post(self, entry: OutboxEntry) -> bool:
        try:
            await self.add(entry)
        except AlreadyThere:
            return False
        return True

    async def seen(self, event_id: str, now: datetime) -> bool:
        key = (self.organisation, event_id)
        if key in self.state.inbox:
            return True
        self.state.inbox.add(key)
        return False

    async def audit(self, what: Audited, actor: str, subject: str, now: datetime, **detail: str) -> None:
        n = await self.count(AuditEntry) + 1
        await self.add(
            AuditEntry(
                f"aud_{self.organisation}_{n}", self.organisation, n, now, actor, what.value, subject, detail, "", ""
            )
        )

    async def commit(self) -> None:
        self.store.state = self.state.copy()

    # system
    async def organisations(self) -> list[str]:
        return sorted({r.organisation for t in self.state.rows.values() for r in t.values()})

    async def due_timers(self, now: datetime, limit: int) -> list[Timer]:
        return sorted((t for t in self.state.rows[Timer].values() if t.at <= now), key=lambda t: (t.at, t.id))[:limit]

    async def next_due(self) -> datetime | None:
        times = [t.at for t in self.state.rows[Timer].values()]
        times += [
            e.due_at for e in self.state.rows[OutboxEntry].values() if not (e.sent_at or e.failed_at or e.dropped_at)
        ]
        return min(times, default=None)

    async def contact(self, platform: str, tenant: str, user: str) -> Any:
        return next(
            (
                c
                for c in self.state.rows[Contact].values()
                if (c.platform, c.tenant, c.user) == (platform, tenant, user)
            ),
            None,
        )

    async def contacts_of_tenant(self, platform: str, tenant: str) -> list[Any]:
        return [c for c in self.state.rows[Contact].values() if (c.platform, c.tenant) == (platform, tenant)]

    async def people_by_email(self, email: str) -> list[Any]:
        return [p for p in self.state.rows[Person].values() if p.email.casefold() == email.casefold() and p.active]

    async def link(self, id: str) -> Any:
        return self.state.rows[SignInLink].get(id)

    async def session(self, id: str) -> Any:
        return self.state.rows[Session].get(id)

    async def claim(self, now: datetime, until: datetime, by: str, limit: int) -> list[OutboxEntry]:
        free = [
            e
            for e in self.state.rows[OutboxEntry].values()
            if not (e.sent_at or e.failed_at or e.dropped_at)
            and e.due_at <= now
            and (e.lease_until is None or e.lease_until <= now)
        ]
        free.sort(key=lambda e: (not e.urgent, e.due_at, e.created_at, e.id))
        taken = [dataclasses.replace(e, attempts=e.attempts + 1, lease_until=until, lease_by=by) for e in free[:limit]]
        self.state.rows[OutboxEntry].update({e.id: e for e in taken})
        return taken

    async def still_mine(self, entry: OutboxEntry, now: datetime) -> bool:
        e = self.state.rows[OutboxEntry].get(entry.id)
        return e is not None and e.lease_by == entry.lease_by and e.attempts == entry.attempts and e.lease_until > now

    async def settle(self, entry: OutboxEntry, by: str) -> bool:
        e = self.state.rows[OutboxEntry].get(entry.id)
        if e is None or e.lease_by != by:
            return False
        self.state.rows[OutboxEntry][entry.id] = dataclasses.replace(entry, lease_until=None, lease_by="")
        return True

    async def purge_expired(self, now: datetime) -> int:
        gone = [d.id for d in self.state.rows[Draft].values() if d.expires_at <= now]
        for id in gone:
            await self.shred(id)
            del self.state.rows[Draft][id]
        return len(gone)


class MemoryDrawer:
    def __init__(self, store: MemoryStore, adapter: str) -> None:
        self.store, self.adapter = store, adapter

    async def get(self, key: str) -> bytes | None:
        found = self.store.state.drawers.get((self.adapter, key))
        return found[0] if found else None

    async def put(self, key: str, value: bytes, *, expires: datetime | None = None) -> None:
        self.store.state.drawers[self.adapter, key] = (value, expires)

    async def delete(self, key: str) -> None:
        self.store.state.drawers.pop((self.adapter, key), None)

    async def keys(self, prefix: str = "") -> Sequence[str]:
        return sorted(k for a, k in self.store.state.drawers if a == self.adapter and k.startswith(prefix))

    async def take(self, key: str) -> bytes | None:
        value = await self.get(key)
        await self.delete(key)
        return value


class MemoryStore:
    def __init__(self, clock: Clock) -> None:
        self.state = State()
        self.lock = asyncio.Lock()

    @asynccontextmanager
    async def begin(self, organisation: str, *, write: bool = True) -> AsyncIterator[Any]:
        if not write:
            yield Work(self, organisation)
            return
        async with self.lock:
            yield Work(self, organisation)

    @asynccontextmanager
    async def system(self) -> AsyncIterator[Any]:
        async with self.lock:
            yield Work(self, "")

    def drawer(self, adapter: str) -> Any:
        return MemoryDrawer(self, adapter)

    async def ready(self) -> bool:
        return True

    async def close(self) -> None:
        pass
