"""The telephone numbers of every clinic, kept in the process: they are shown when the database cannot be asked.

Read at start and every few minutes, so a number that was changed is known before long. Nothing else is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.organisation import Clinic
from bot.domain.person import Contact, Person
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.ui.inbound import Actor

EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Known:
    """The number somebody should call, and the language they read."""

    phone: str
    language: str


@dataclass
class EmergencyNumbers:
    """By platform identity whom to call: the duty number of the person's clinic, else its emergency number."""

    _by_actor: dict[Actor, Known] = field(default_factory=dict)
    _read_at: datetime | None = None

    def of(self, actor: Actor) -> Known | None:
        """What is known of somebody; None for strangers, and where their clinic has no number."""
        return self._by_actor.get(actor)

    async def refresh_if_due(self, store: Store, now: datetime) -> None:
        """Read them again when the last time is some minutes ago; without the database the old ones stay."""
        if self._read_at is not None and now - self._read_at < EVERY:
            return
        try:
            self._by_actor = await _read(store)
        except StoreUnavailable:
            return
        self._read_at = now


async def _read(store: Store) -> dict[Actor, Known]:
    found: dict[Actor, Known] = {}
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    for organisation in organisations:
        async with store.begin(organisation, write=False) as uow:
            phones = {c.id: c.duty_phone or c.emergency_phone for c in await uow.find(Clinic)}
            people = await uow.columns(Person, ("id", "clinic", "language"), removed_at=None)
            known = {id: Known(phones[clinic], language) for id, clinic, language in people if phones.get(clinic)}
            contacts = await uow.columns(Contact, ("platform", "tenant", "user", "person"), ended_at=None)
        found |= {Actor(platform, tenant, user): known[who] for platform, tenant, user, who in contacts if who in known}
    return found
