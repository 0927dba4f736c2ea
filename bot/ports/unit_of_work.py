"""The unit of work: everything one event reads and changes, committed together or not at all.

Records are the frozen dataclasses of `schema.RECORDS`. Conditions are keyword arguments on their
fields: `round="rnd_1"`, `id__in=[...]`, `due_at__le=now`, `due_at__gt=now`, `sent_at=None` (is empty),
`sent_at__not=None` (is filled), `roles__has="supervisor"` (a word among several),
`case__of=those(Case, closed_at=None)` (the id of a record that meets conditions of its own). Case and
review text goes in and out as `AnonText` under the data key of its case; losing the key is erasing the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from bot.anonymise.text import AnonText
from bot.errors import IntervisionError
from bot.ports.records import Anchor, Audited, AuditFault, OutboxEntry, PersonQuarter, Queue, Replica, Timer

R = TypeVar("R")


@dataclass(frozen=True)
class Those:
    """Records of the same organisation that meet conditions, for a condition on another record's reference."""

    kind: type[Any]
    conditions: tuple[tuple[str, Any], ...]


def those(kind: type[Any], **conditions: Any) -> Those:
    """`find(Assignment, case__of=those(Case, closed_at=None))`: one question instead of two."""
    asked = {name: tuple(value) if name.endswith("__in") else value for name, value in conditions.items()}
    return Those(kind, tuple(asked.items()))


class NotFound(IntervisionError):
    """No record of this kind and id in this organisation."""


class AlreadyThere(IntervisionError):
    """A record with this id or unique combination exists."""


class ChangedMeanwhile(IntervisionError):
    """Another unit of work saved this record first; the event is handled again from the start."""


class StoreUnavailable(IntervisionError):
    """The database does not answer, is locked, or its disk is full; nothing was written."""


class ForeignOrganisation(IntervisionError):
    """A record of another organisation was about to be written in this unit of work: a programming error."""


class UnitOfWork(Protocol):
    """One transaction, scoped to one organisation: nothing of another is readable or writable through it."""

    @property
    def organisation(self) -> str:
        """The organisation's id."""

    # ---- records
    async def get(self, kind: type[R], id: str) -> R:
        """The record; raises NotFound."""

    async def find(
        self, kind: type[R], *, order: Sequence[str] = ("id",), limit: int | None = None, **conditions: Any
    ) -> list[R]:
        """Every record that meets all conditions, ordered by fields ("-field" descends; ties by id)."""

    async def columns(
        self, kind: type[Any], names: Sequence[str], *, order: Sequence[str] = ("id",), **conditions: Any
    ) -> list[tuple[Any, ...]]:
        """Only these fields of what `find` would give, in its order: for counting over very many records."""

    async def one(self, kind: type[R], **conditions: Any) -> R | None:
        """The only record that meets the conditions, or None; more than one is a programming error."""

    async def count(self, kind: type[Any], **conditions: Any) -> int:
        """How many there are."""

    async def tally(self, kind: type[Any], field: str, **conditions: Any) -> dict[Any, int]:
        """How many there are of each value of a field; values of which there is none are not in it."""

    async def add(self, *records: Any) -> None:
        """Insert; raises AlreadyThere (the unit of work stays usable), ForeignOrganisation."""

    async def save(self, record: R) -> R:
        """Update; where the record has a `version` it must match (else ChangedMeanwhile) and grows by one."""

    async def remove(self, kind: type[Any], *ids: str) -> None:
        """Delete records, in one statement; a missing one is no error."""

    async def put_quarters(self, rows: Sequence[PersonQuarter]) -> None:
        """Insert people's counted quarters, or replace what they count: very many at once."""

    # ---- who presented which case (kept apart from the cases)
    async def set_presenter(self, case: str, person: str) -> None:
        """Write the authorship of a case into the vault, or hand the case over to another presenter."""

    async def presenter(self, case: str) -> str:
        """Who presented it; raises NotFound once erased."""

    async def presenters(self, cases: Sequence[str]) -> Mapping[str, str]:
        """Who presented each of these cases."""

    async def cases_of(self, person: str) -> list[str]:
        """The ids of every case this person presented, oldest first."""

    async def forget_presenter(self, case: str) -> None:
        """Erase who presented a case; nobody finds it out from the vault again."""

    # ---- texts
    async def put_text(self, owner: str, part: str, fields: Mapping[str, AnonText]) -> None:
        """Encrypt and keep the texts of one part of a case: "case", "review:<id>", "question:<id>", "takeaway".

        `owner` is the case id; its data key is made at the first text. Replaces what the part held.
        """

    async def texts(self, owner: str, part: str) -> Mapping[str, AnonText]:
        """The part's texts by field, empty when purged or never written."""

    async def parts(self, owner: str) -> list[str]:
        """Which parts of a case have text, sorted."""

    async def drop_text(self, owner: str, part: str) -> None:
        """Erase one part."""

    async def shred(self, *owners: str) -> None:
        """Destroy the data keys and every text, sealed value and draft value of these owners."""

    async def put_sealed(self, owner: str, name: str, value: bytes) -> None:
        """Keep any small secret under the owner's data key (a gate's tag book, a draft's raw values)."""

    async def sealed(self, owner: str, name: str) -> bytes | None:
        """Read it back; None when never written or shredded."""

    # ---- effects that commit together with the state
    async def wake(self, what: str, subject: str, at: datetime | None) -> None:
        """Set, move or (None) cancel the timer of this kind and subject."""

    async def take(self, timers: Sequence[Timer]) -> frozenset[str]:
        """Keep due timers for this unit of work; the ids of those that did not move, nor are with another replica."""

    async def post(self, entry: OutboxEntry) -> None:
        """Add an intent to the outbox; nothing happens when its dedupe key is already there."""

    async def settle(self, ends: Sequence[tuple[OutboxEntry, OutboxEntry]]) -> frozenset[str]:
        """Write what became of attempts and give the leases back; the ids whose lease still held, only these change.

        Each end is (claimed, outcome): the entry as `SystemWork.claim` gave it, and how it stands now. A lease is
        known by its holder and its attempt.
        """

    async def punctuality(self, since: datetime, until: datetime, within: timedelta) -> tuple[int, int]:
        """Of the messages wanted and ended between two moments, how many arrived within this time, and all of them."""

    async def replicas(self, since: datetime) -> list[Replica]:
        """Programs seen at work on this database since a moment, oldest first (they belong to no organisation)."""

    async def seen(self, event_id: str, now: datetime, within: timedelta | None = None) -> bool:
        """Record an inbound event id; True when it was recorded before (then do nothing).

        With `within`, an id that was recorded longer ago than that counts as new, and is recorded anew.
        """

    async def audit(self, what: Audited, actor: str, subject: str, now: datetime, **detail: str) -> None:
        """Append to the hash-chained trail of this organisation."""

    async def audit_faults(self, anchors: Sequence[Anchor] = ()) -> list[AuditFault]:
        """Every edited, deleted or reordered line; with anchors from outside also a cut end. Empty when all is well."""

    async def audit_anchor(self, now: datetime) -> Anchor | None:
        """The trail's end as it is now; None for an empty trail."""

    async def cut_audit(self, before: datetime, now: datetime) -> int:
        """Delete the lines older than `before`; a line about the cut joins the chain. How many went."""

    async def commit(self) -> None:
        """Make everything real. Leaving the unit of work without it undoes everything."""


class SystemWork(Protocol):
    """The few questions that cross organisations: what is due, who wrote to us, the outbox's leases."""

    async def organisations(self) -> list[str]:
        """Ids of every organisation, sorted."""

    async def due_timers(self, now: datetime, limit: int, *, only_urgent: bool = False) -> list[Timer]:
        """Timers whose moment has come, oldest first; with `only_urgent` those that wait for no others."""

    async def next_due(self) -> datetime | None:
        """The earliest moment at which a timer or an unsent outbox entry becomes due."""

    async def contact(self, platform: str, tenant: str, user: str) -> Any | None:
        """The `Contact` with this platform identity, in whatever organisation."""

    async def contacts_of_tenant(self, platform: str, tenant: str) -> list[Any]:
        """Every `Contact` of a workspace or tenant."""

    async def people_by_email(self, email: str) -> list[Any]:
        """Active `Person` records with this address, any organisation, compared without case."""

    async def link(self, id: str) -> Any | None:
        """The `SignInLink` with this hashed id."""

    async def session(self, id: str) -> Any | None:
        """The `Session` with this hashed id."""

    async def passkey(self, id: str) -> Any | None:
        """The `Passkey` with this hashed id."""

    async def sign_on_accounts(self, issuer: str, subject: str) -> list[Any]:
        """The `SignOnAccount` records of an account at a provider, one an organisation at most."""

    async def person(self, organisation: str, id: str) -> Any | None:
        """The `Person` with this id in this organisation."""

    async def feed(self, id: str) -> Any | None:
        """The `CalendarFeed` with this hashed id."""

    async def claim(
        self, now: datetime, until: datetime, by: str, limit: int, *, only_urgent: bool = False
    ) -> list[OutboxEntry]:
        """Lease unsent entries that are due and free, urgent first, then oldest, `attempts` + 1.

        Up to `limit` entries, and with each everything else that is due for the same person, so that one
        sender at a time writes to a person; who is written to by another replica is left alone unless it is
        urgent. An entry whose last send began and was never settled comes with `uncertain_at`.
        """

    async def begin_sending(self, entries: Sequence[OutboxEntry], now: datetime) -> frozenset[str]:
        """Note that these sends begin; the ids whose lease still holds, only these may be sent."""

    async def note_answered(self, entries: Sequence[OutboxEntry]) -> None:
        """Keep of sends that were answered where each went (platform, contact, delivered id), if its lease still holds.

        Their ends are written later: whoever takes over one of these knows that it arrived.
        """

    async def time(self) -> datetime | None:
        """What time it is by the database's clock; None where that is this machine's."""

    async def bury(self, replicas: Sequence[str], now: datetime) -> int:
        """Forget replicas that are known to be dead and end their leases; how many leases.

        A send that had begun is then uncertain, as when its lease had run out.
        """

    async def beat(self, replica: Replica) -> None:
        """Say that a program is at work; one row a replica."""

    async def leave(self, replica: str) -> None:
        """It stopped: forget its row."""

    async def replicas(self, since: datetime) -> list[Replica]:
        """Programs seen at work since a moment, oldest first."""

    async def queue(self, now: datetime) -> Queue:
        """How the outbox stands, over all organisations."""

    async def purge_expired(self, now: datetime, limit: int) -> int:
        """Delete expired drafts (with their values), links, sessions and old inbox ids, so many of each; how many."""

    async def expired(self, now: datetime) -> int:
        """How many of them there are."""

    async def due_again(self, what: str, now: datetime, every: timedelta) -> bool:
        """Whether this was noted as done longer than `every` ago; then it is noted as done now.

        Of several programs that ask at once one is told so. A moment in the future (a clock that was wrong) counts as
        long ago.
        """

    async def done(self, what: str, now: datetime) -> None:
        """Note that something was done now."""

    async def forget(self, what: str) -> None:
        """As if it had never been done."""

    async def hold_due(self, now: datetime) -> tuple[int, int]:
        """After a restore: hold back messages and steps that were due by now, but for urgent ones; how many of each."""

    async def held(self) -> tuple[int, int]:
        """How many messages and steps are held."""

    async def release_held(self, now: datetime) -> None:
        """Let everything that is held happen now."""

    async def drop_held(self, now: datetime) -> None:
        """Drop messages that are held; steps that are held are taken, and what they would tell is dropped, too."""

    async def quiet_until(self) -> datetime | None:
        """Steps that were due by then tell nobody anything (`drop_held`)."""

    async def last_done(self, what: str) -> datetime | None:
        """When this was noted as done last."""

    async def commit(self) -> None:
        """Make it real."""


class DrawerStore(Protocol):
    """Encrypted key-value drawers of adapters, one per adapter name (see `bot.ui.platform.Drawer`)."""

    def drawer(self, adapter: str) -> Any:
        """The adapter's `Drawer`."""


class Store(DrawerStore, Protocol):
    """A database, or memory in tests; the same specification holds for each (tests/contract/test_storage.py)."""

    def begin(self, organisation: str, *, write: bool = True) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work for one organisation; with `write=False` it only reads and never makes a writer wait."""

    def system(self, *, write: bool = True) -> AbstractAsyncContextManager[SystemWork]:
        """A unit of work of the runtime itself; with `write=False` it only reads and never makes a writer wait."""

    def occupy(self) -> bool:
        """Keep other programs from serving this database; whether this one is alone on it (a SQLite file).

        Raises SetupError when another one serves it.
        """

    async def ready(self) -> bool:
        """Whether the database answers and can be written to, and is the one that was opened."""

    async def close(self) -> None:
        """Release connections and files."""
