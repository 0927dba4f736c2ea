"""A unit of work of one organisation, in memory."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from operator import attrgetter
from secrets import randbelow
from typing import TYPE_CHECKING, Any, TypeVar, cast

from bot.anonymise.text import AnonText
from bot.domain.case import Case
from bot.ports.records import AuditEntry, OutboxEntry, PersonQuarter, RecountMark, Replica, Timer
from bot.ports.recount import Mark, marks_of, person_mark, stamped
from bot.ports.unit_of_work import AlreadyThere, ChangedMeanwhile, ForeignOrganisation, NotFound
from storage.audit_trail import AuditTrail
from storage.memory.state import Changes, asked, by, is_taken, meeting
from storage.recount_marks import VERSIONS

if TYPE_CHECKING:
    from storage.memory import MemoryStore

R = TypeVar("R")
AUDIT_KEY = b"a key for tests"
RECENTLY = timedelta(days=7)


class MemoryWork(Changes, AuditTrail):
    """Implements `bot.ports.unit_of_work.UnitOfWork`."""

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
        asked(kind, conditions, *order)
        for name in [name for name in conditions if name.endswith("__of")]:
            of = conditions.pop(name)
            known = await self.find(of.kind, **dict(of.conditions))
            conditions[name.replace("__of", "__in")] = {r.id for r in known}
        rows = meeting(self._table(kind), self._organisation, conditions)
        if len(rows) > 1:
            rows.sort(key=attrgetter("id"))
            for name in reversed(order):
                if name != "id" or len(order) > 1:
                    rows.sort(key=by(name.lstrip("-")), reverse=name.startswith("-"))
        return rows[:limit]

    async def columns(
        self, kind: type[Any], names: Sequence[str], *, order: Sequence[str] = ("id",), **conditions: Any
    ) -> list[tuple[Any, ...]]:
        """Only these fields."""
        asked(kind, (), *names)
        return [tuple(getattr(r, name) for name in names) for r in await self.find(kind, order=order, **conditions)]

    async def one(self, kind: type[R], **conditions: Any) -> R | None:
        """The only match or None."""
        found = await self.find(kind, **conditions)
        assert len(found) < 2, f"more than one {kind.__name__}"
        return found[0] if found else None

    async def count(self, kind: type[Any], **conditions: Any) -> int:
        """How many there are."""
        return len(await self.find(kind, **conditions))

    async def tally(self, kind: type[Any], field: str, **conditions: Any) -> dict[Any, int]:
        """How many there are of each value."""
        return dict(Counter(value for (value,) in await self.columns(kind, (field,), **conditions)))

    async def add(self, *records: Any) -> None:
        """Insert; raises AlreadyThere."""
        for record in records:
            if record.organisation != self._organisation:
                raise ForeignOrganisation(type(record).__name__)
            table = self._changing(type(record))
            if record.id in table or is_taken(record, table):
                raise AlreadyThere(type(record).__name__)
            table[record.id] = record
            self._mark(*marks_of(record))

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
        self._changing(type(record))[new.id] = new
        self._mark(*marks_of(new))
        return cast("R", new)

    async def remove(self, kind: type[Any], *ids: str) -> None:
        """Delete records."""
        for id in ids:
            found = self._table(kind).get(id)
            if found is not None and found.organisation == self._organisation:
                del self._changing(kind)[id]
                self._mark(*marks_of(found))

    async def put_quarters(self, rows: Sequence[PersonQuarter]) -> None:
        """Insert or replace."""
        self._changing(PersonQuarter).update({row.id: row for row in rows})

    async def set_presenter(self, case: str, person: str) -> None:
        """Write the authorship."""
        self._presenter_changes(case)
        self._part("presenters")[case] = (self._organisation, person)
        if known := self._table(Case).get(case):
            self._mark((f"case:{case}", known.submitted_at.date()))

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
            self._presenter_changes(case)
            del self._part("presenters")[case]

    async def put_text(self, owner: str, part: str, fields: Mapping[str, AnonText]) -> None:
        """Keep one part."""
        self._part("texts")[self._organisation, owner, part] = {name: text.text for name, text in fields.items()}

    async def texts(self, owner: str, part: str) -> Mapping[str, AnonText]:
        """The part's texts by field."""
        kept = self._state.texts.get((self._organisation, owner, part), {})
        return {name: AnonText.from_store(text) for name, text in kept.items()}

    async def parts(self, owner: str) -> list[str]:
        """Which parts have text."""
        return sorted(part for org, whose, part in self._state.texts if (org, whose) == (self._organisation, owner))

    async def drop_text(self, owner: str, part: str) -> None:
        """Erase one part."""
        self._part("texts").pop((self._organisation, owner, part), None)

    async def shred(self, *owners: str) -> None:
        """Destroy everything of these owners."""
        gone = {(self._organisation, owner) for owner in owners}
        for kept in (self._part("texts"), self._part("sealed")):
            for key in [key for key in kept if key[:2] in gone]:
                del kept[key]

    async def put_sealed(self, owner: str, name: str, value: bytes) -> None:
        """Keep a small secret."""
        self._part("sealed")[self._organisation, owner, name] = value

    async def sealed(self, owner: str, name: str) -> bytes | None:
        """Read it back."""
        return self._state.sealed.get((self._organisation, owner, name))

    async def wake(self, what: str, subject: str, at: datetime | None) -> None:
        """Set, move or cancel a timer."""
        id = f"{what}:{subject}"
        self._changing(Timer).pop(id, None)
        if at is not None:
            self._changing(Timer)[id] = Timer(id, self._organisation, what, subject, at)

    async def take(self, timers: Sequence[Timer]) -> frozenset[str]:
        """Those that stand as they were read; the one writer's lock does the rest."""
        return frozenset(timer.id for timer in timers if self._table(Timer).get(timer.id) == timer)

    async def post(self, entry: OutboxEntry) -> None:
        """Add an intent unless its dedupe key is there."""
        with suppress(AlreadyThere):
            await self.add(entry)

    async def settle(self, ends: Sequence[tuple[OutboxEntry, OutboxEntry]]) -> frozenset[str]:
        """Write the outcomes of attempts and give the leases back."""
        table, held = self._changing(OutboxEntry), set()
        for claimed, outcome in ends:
            kept = table.get(claimed.id)
            if kept is None or kept.organisation != self._organisation:
                continue
            if (kept.lease_by, kept.attempts) == (claimed.lease_by, claimed.attempts):
                table[claimed.id] = dataclasses.replace(outcome, lease_until=None, lease_by="", begun_at=None)
                held.add(claimed.id)
        return frozenset(held)

    async def punctuality(self, since: datetime, until: datetime, within: timedelta) -> tuple[int, int]:
        """Counted one by one."""
        entries = [e for e in self._table(OutboxEntry).values() if e.organisation == self._organisation]
        asked = [e for e in entries if e.created_at >= since and since <= e.wanted < until]
        ended = [e for e in asked if (e.sent_at and e.sent_at < until) or (e.failed_at and e.failed_at < until)]
        return sum(bool(e.sent_at and e.sent_at - e.wanted <= within) for e in ended), len(ended)

    async def replicas(self, since: datetime) -> list[Replica]:
        """Replicas seen since a moment."""
        return self._state.seen_replicas(since)

    async def seen(self, event_id: str, now: datetime, within: timedelta | None = None) -> bool:
        """Record an event id; True when it was there, and not too long ago."""
        known = self._state.inbox.get((self._organisation, event_id))
        if known is not None and (within is None or known > now - within):
            return True
        self._part("inbox")[self._organisation, event_id] = now
        return False

    async def _lines(self, **question: Any) -> list[AuditEntry]:
        return await self.find(AuditEntry, **question)

    async def _lock_trail(self) -> None: ...

    async def _append_line(self, line: AuditEntry) -> None:
        await self.add(line)

    async def _drop_lines(self, up_to: int) -> int:
        old = await self.find(AuditEntry, number__le=up_to)
        await self.remove(AuditEntry, *[line.id for line in old])
        return len(old)

    async def _audit_key(self, *, make: bool) -> bytes:
        return AUDIT_KEY

    def _presenter_changes(self, case: str) -> None:
        organisation, person = self._state.presenters.get(case, ("", ""))
        if organisation == self._organisation:
            self._mark(person_mark(person))

    def _mark(self, *marks: Mark) -> None:
        table = self._changing(RecountMark)
        for mark in stamped(self._organisation, marks, randbelow(VERSIONS)):
            known = table.get(mark.id)
            table[mark.id] = dataclasses.replace(mark, since=min(mark.since, known.since)) if known else mark
