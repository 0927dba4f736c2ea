"""Passkeys: keys of WebAuthn with which people sign in. What a browser signed is checked by the web adapter."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.secrets import Secrets
from bot.app.steps.sign_in import session_of
from bot.domain.person import Person
from bot.ports.records import Audited, Passkey
from bot.ports.system import Clock
from bot.ports.unit_of_work import AlreadyThere, ChangedMeanwhile, NotFound, Store
from bot.ui.inbound import Actor
from bot.ui.sign_in import HeldPasskey, NewPasskey

MOST = 20
"""Passkeys of one person."""
LONGEST_NAME = 40


@dataclass
class PasskeyService:
    """Implements `bot.ui.sign_in.Passkeys` on the store. The actor is signed in to our own pages: a person's id."""

    store: Store
    clock: Clock
    tools: Tools
    secrets: Secrets = field(init=False)

    def __post_init__(self) -> None:
        self.secrets = Secrets(self.store, self.tools.ids)

    async def of(self, actor: Actor) -> list[HeldPasskey]:
        """The person's passkeys, oldest first."""
        async with self.store.begin(actor.tenant, write=False) as uow:
            found = await uow.find(Passkey, person=actor.user, order=("created_at",))
        return [_shown(each) for each in found]

    async def keep(self, actor: Actor, made: NewPasskey) -> bool:
        """Keep a new one and tell its person; False where there are too many, or it is somebody's already."""
        async with self.store.begin(actor.tenant) as uow:
            work = Work(uow, self.clock.now(), self.tools)
            person = await uow.get(Person, actor.user)
            if not person.active or await uow.count(Passkey, person=person.id) >= MOST:
                return False
            id = _hash(made.credential)
            kept = Passkey(
                id,
                person.organisation,
                person.id,
                made.credential,
                made.public_key,
                made.counter,
                made.name.strip()[:LONGEST_NAME],
                work.now,
            )
            try:
                await uow.add(kept)
            except AlreadyThere:
                return False
            await uow.audit(Audited.PASSKEY_ADDED, person.id, person.id, work.now)
            await work.tell(person.id, "passkey_added", person.id, key=id)
            await uow.commit()
        return True

    async def rename(self, actor: Actor, id: str, name: str) -> None:
        """Call one of one's own differently; one that is not there is left alone."""
        async with self.store.begin(actor.tenant) as uow:
            found = await uow.one(Passkey, id=id, person=actor.user)
            if found:
                await uow.save(replace(found, name=name.strip()[:LONGEST_NAME]))
                await uow.commit()

    async def remove(self, actor: Actor, id: str) -> None:
        """Forget one of one's own and tell its person; one that is not there is left alone."""
        async with self.store.begin(actor.tenant) as uow:
            found = await uow.one(Passkey, id=id, person=actor.user)
            if found:
                work = Work(uow, self.clock.now(), self.tools)
                await uow.remove(Passkey, id)
                await uow.audit(Audited.PASSKEY_REMOVED, actor.user, actor.user, work.now)
                await work.tell(actor.user, "passkey_removed", actor.user, key=id)
                await uow.commit()

    async def find(self, credential: str) -> HeldPasskey | None:
        """The passkey of an active person with this credential's id."""
        async with self.store.system(write=False) as system:
            found = await system.passkey(_hash(credential))
            if not isinstance(found, Passkey):
                return None
            person = await system.person(found.organisation, found.person)
        return _shown(found) if isinstance(person, Person) and person.active else None

    async def enter(self, credential: str, counter: int, asked_at: datetime, *, remember: bool = False) -> str | None:
        """A session for what was signed; None where the same challenge, or an older one, was used before."""
        async with self.store.system(write=False) as system:
            found = await system.passkey(_hash(credential))
        if not isinstance(found, Passkey):
            return None
        secret = await self.secrets.make()
        try:
            async with self.store.begin(found.organisation) as uow:
                work = Work(uow, self.clock.now(), self.tools)
                held = await uow.get(Passkey, found.id)
                person = await uow.get(Person, held.person)
                if not person.active or (held.used_at and asked_at <= held.used_at):
                    return None
                await uow.save(replace(held, counter=counter, used_at=work.now))
                await uow.add(await session_of(work, person, secret, remember=remember))
                await uow.commit()
        except (ChangedMeanwhile, NotFound):
            return None
        return secret


def _shown(kept: Passkey) -> HeldPasskey:
    return HeldPasskey(
        kept.id, kept.credential, kept.public_key, kept.counter, kept.name, kept.created_at, kept.used_at
    )


def _hash(credential: str) -> str:
    return hashlib.sha256(credential.encode()).hexdigest()
