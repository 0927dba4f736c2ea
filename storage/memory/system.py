"""What the runtime does across organisations, and the adapters' drawers, in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.data_request import DataRequest
from bot.domain.organisation import Organisation
from bot.domain.person import Contact, Person
from bot.ports.records import (
    URGENT,
    CalendarFeed,
    Draft,
    OutboxEntry,
    Passkey,
    Queue,
    Replica,
    Session,
    SignInLink,
    SignOnAccount,
    Timer,
    UndoStep,
)
from storage.memory.state import Changes

if TYPE_CHECKING:
    from storage.memory import MemoryStore

RECENTLY = timedelta(days=7)
DOUBT = timedelta(seconds=10)
HELD, QUIET = "held_until", "quiet_until"


class MemorySystemWork(Changes):
    """Implements `bot.ports.unit_of_work.SystemWork`."""

    async def organisations(self) -> list[str]:
        """Ids, sorted."""
        return sorted(self._table(Organisation))

    async def due_timers(self, now: datetime, limit: int, *, only_urgent: bool = False) -> list[Timer]:
        """Timers whose moment has come."""
        until = self._state.last_done.get(HELD)
        due = [t for t in self._table(Timer).values() if t.at <= now and (t.what in URGENT or not only_urgent)]
        due = [t for t in due if t.what in URGENT or until is None or t.at > until]
        return sorted(due, key=lambda t: (t.at, t.id))[:limit]

    async def next_due(self) -> datetime | None:
        """The earliest timer or unsent entry."""
        until = self._state.last_done.get(HELD)
        moments = [t.at for t in self._table(Timer).values() if until is None or t.at > until]
        return min([*moments, *(e.due_at for e in self._open() if not e.held_at)], default=None)

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

    async def passkey(self, id: str) -> Passkey | None:
        """The passkey."""
        return self._table(Passkey).get(id)

    async def sign_on_accounts(self, issuer: str, subject: str) -> list[SignOnAccount]:
        """Whom the account signs in."""
        return [a for a in self._table(SignOnAccount).values() if (a.issuer, a.subject) == (issuer, subject)]

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
        unheld = [e for e in self._open() if (e.lease_until is None or e.lease_until <= now) and not e.held_at]
        free = [e for e in unheld if e.due_at <= now and (e.urgent or not (only_urgent or e.person in held))]
        free.sort(key=_by_turn)
        people = {e.person for e in free[:limit] if not e.urgent}
        chosen = free[:limit] + [e for e in free[limit:] if not e.urgent and e.person in people]
        # What may not have arrived comes along with a person's next message, before its own time.
        doubtful = [e for e in unheld if e.due_at > now and e.uncertain_at and e.uncertain_at <= now - DOUBT]
        chosen += [e for e in doubtful if not e.urgent and e.person in people]
        taken = [_leased(e, now, until, by) for e in sorted(chosen, key=_by_turn)]
        if taken:
            self._changing(OutboxEntry).update({e.id: e for e in taken})
        return taken

    async def begin_sending(self, entries: Sequence[OutboxEntry], now: datetime) -> frozenset[str]:
        """Mark the sends whose lease holds."""
        begun = set()
        for entry in entries:
            kept = self._table(OutboxEntry).get(entry.id)
            if kept is None or kept.lease_until is None or kept.lease_until <= now:
                continue
            if (kept.lease_by, kept.attempts) == (entry.lease_by, entry.attempts):
                self._changing(OutboxEntry)[entry.id] = dataclasses.replace(kept, begun_at=now)
                begun.add(entry.id)
        return frozenset(begun)

    async def note_answered(self, entries: Sequence[OutboxEntry]) -> None:
        """Keep where each went."""
        for entry in entries:
            kept = self._table(OutboxEntry).get(entry.id)
            if kept is not None and (kept.lease_by, kept.attempts) == (entry.lease_by, entry.attempts):
                to = {name: getattr(entry, name) for name in ("platform", "contact", "delivered_id")}
                self._changing(OutboxEntry)[entry.id] = dataclasses.replace(kept, **to)

    async def time(self) -> datetime | None:
        """None."""
        return None

    async def bury(self, replicas: Sequence[str], now: datetime) -> int:
        """Forget them and end their leases."""
        theirs = [e for e in self._open() if e.lease_by in replicas and e.lease_until and e.lease_until > now]
        for entry in theirs:
            self._changing(OutboxEntry)[entry.id] = dataclasses.replace(entry, lease_until=now)
        for name in replicas:
            self._part("replicas").pop(name, None)
        return len(theirs)

    async def beat(self, replica: Replica) -> None:
        """One entry a replica."""
        self._part("replicas")[replica.id] = replica

    async def leave(self, replica: str) -> None:
        """Forget a replica."""
        self._part("replicas").pop(replica, None)

    async def replicas(self, since: datetime) -> list[Replica]:
        """Replicas seen since a moment."""
        return self._state.seen_replicas(since)

    async def queue(self, now: datetime) -> Queue:
        """How the outbox stands."""
        entries, recently = list(self._table(OutboxEntry).values()), now - RECENTLY
        due = [e for e in self._open() if e.wanted <= now]
        return Queue(
            waiting=len(self._open()),
            due=len(due),
            oldest=min((e.wanted for e in due if not (e.uncertain_at or e.held_at)), default=None),
            failed=sum(e.failed_at is not None and e.failed_at >= recently for e in entries),
            uncertain=sum(
                e.uncertain_at is not None and e.uncertain_at >= recently and not (e.failed_at or e.dropped_at)
                for e in entries
            ),
        )

    async def purge_expired(self, now: datetime, limit: int) -> int:
        """Delete what expired."""
        gone = 0
        for kind, ids in self._expired(now).items():
            for id in ids[:limit]:
                del self._changing(kind)[id]
                for kept in (self._part("texts"), self._part("sealed")):
                    for key in [key for key in kept if key[1] == id]:
                        del kept[key]
                gone += 1
        return gone

    async def expired(self, now: datetime) -> int:
        """How many there are."""
        return sum(map(len, self._expired(now).values()))

    async def due_again(self, what: str, now: datetime, every: timedelta) -> bool:
        """Note it when it is long ago."""
        last = self._state.last_done.get(what)
        if last is not None and now - every < last <= now:
            return False
        self._part("last_done")[what] = now
        return True

    async def done(self, what: str, now: datetime) -> None:
        """Note it."""
        self._part("last_done")[what] = now

    async def forget(self, what: str) -> None:
        """Delete it."""
        self._part("last_done").pop(what, None)

    async def hold_due(self, now: datetime) -> tuple[int, int]:
        """Mark them."""
        for entry in self._open():
            if not entry.urgent and min(entry.wanted, entry.due_at) <= now:
                self._changing(OutboxEntry)[entry.id] = dataclasses.replace(entry, held_at=now)
        self._part("last_done")[HELD] = now
        found = await self.held()
        if not any(found):
            del self._part("last_done")[HELD]
        return found

    async def held(self) -> tuple[int, int]:
        """Counted now."""
        until = self._state.last_done.get(HELD)
        timers = [t for t in self._table(Timer).values() if until and t.at <= until and t.what not in URGENT]
        return sum(e.held_at is not None for e in self._open()), len(timers)

    async def release_held(self, now: datetime) -> None:
        """Free them."""
        for entry in [e for e in self._open() if e.held_at]:
            self._changing(OutboxEntry)[entry.id] = dataclasses.replace(entry, held_at=None, due_at=now)
        self._part("last_done").pop(HELD, None)

    async def drop_held(self, now: datetime) -> None:
        """End them."""
        for entry in [e for e in self._open() if e.held_at]:
            ended = dataclasses.replace(entry, held_at=None, dropped_at=now, failure="restored")
            self._changing(OutboxEntry)[entry.id] = ended
        until = self._part("last_done").pop(HELD, None)
        if until:
            self._part("last_done")[QUIET] = until

    async def quiet_until(self) -> datetime | None:
        """As it was noted."""
        return self._state.last_done.get(QUIET)

    async def last_done(self, what: str) -> datetime | None:
        """When it was noted last."""
        return self._state.last_done.get(what)

    def _expired(self, now: datetime) -> dict[Any, list[str]]:
        kinds = (Draft, SignInLink, Session, UndoStep, DataRequest)
        return {kind: [r.id for r in self._table(kind).values() if r.expires_at <= now] for kind in kinds}

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
    uncertain = entry.uncertain_at or (now if entry.begun_at and not entry.delivered_id else None)
    return dataclasses.replace(
        entry, attempts=entry.attempts + 1, lease_until=until, lease_by=by, uncertain_at=uncertain
    )


def _by_turn(entry: OutboxEntry) -> tuple[bool, datetime, datetime, str]:
    return not entry.urgent, entry.due_at, entry.created_at, entry.id
