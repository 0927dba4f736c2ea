"""Sign-in to the web pages: single-use links (15 minutes, bound to a person) and sessions.

Only hashes of tokens are kept. A removed person's sessions end with their access.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.addresses import keep_addresses
from bot.domain.person import Contact, Person
from bot.ports.records import Session, SignInLink
from bot.ports.system import Clock
from bot.ports.unit_of_work import ChangedMeanwhile, Store, UnitOfWork
from bot.ui.inbound import Actor
from bot.ui.platform import SeveralPeople, SignedIn

LINK_MINUTES = 15
LINKS_AT_ONCE = 3
"""Unused live links of one person; asking for more sends nothing, so nobody is flooded and none is guessed sooner."""
SEALED_URL = "url"
SESSION_HOURS = 12


@dataclass
class SignInService:
    """Implements `bot.ui.platform.SignIn` on the store."""

    store: Store
    clock: Clock
    tools: Tools

    async def redeem(self, token: str) -> str | None:
        """A new session for a live link; the link is used up."""
        link = await self._live(token)
        if link is None:
            return None
        now = self.clock.now()
        secret = self.tools.ids.secret()
        try:
            async with self.store.begin(link.organisation) as uow:
                person = await uow.get(Person, link.person)
                if not person.active:
                    return None
                await uow.save(replace(link, used_at=now))
                await uow.add(_session(secret, person, now))
                await uow.commit()
        except ChangedMeanwhile:
            return None
        return secret

    async def vouched(self, email: str, organisation: str) -> str | None:
        """A session for the one active person with this address; None for nobody. Raises SeveralPeople."""
        async with self.store.system(write=False) as system:
            found = await system.people_by_email(email.strip())
        people = [p for p in found if p.active and organisation in {"", p.organisation}]
        if len(people) > 1:
            raise SeveralPeople
        if not people:
            return None
        secret = self.tools.ids.secret()
        async with self.store.begin(people[0].organisation) as uow:
            await uow.add(_session(secret, people[0], self.clock.now()))
            await uow.commit()
        return secret

    async def named(self, token: str) -> str | None:
        """Whom a live link signs in."""
        link = await self._live(token)
        if link is None:
            return None
        async with self.store.system(write=False) as system:
            person = await system.person(link.organisation, link.person)
        return person.name if isinstance(person, Person) and person.active else None

    async def holder(self, session: str) -> SignedIn | None:
        """Who this live session belongs to."""
        async with self.store.system(write=False) as system:
            found = await system.session(_hash(session))
            if not isinstance(found, Session) or found.expires_at <= self.clock.now():
                return None
            person = await system.person(found.organisation, found.person)
        if not isinstance(person, Person) or not person.active:
            return None
        return SignedIn(Actor("web", found.organisation, person.id), person.language)

    async def end(self, session: str) -> None:
        """Sign out."""
        async with self.store.system(write=False) as system:
            found = await system.session(_hash(session))
        if isinstance(found, Session):
            async with self.store.begin(found.organisation) as uow:
                await uow.remove(Session, found.id)
                await uow.commit()

    async def request(self, email: str) -> None:
        """Send a link to a known address by the chat the person uses, or by e-mail; says nothing either way.

        The link waits encrypted until it is sent, and a person is sent a few at most within a link's life.
        """
        async with self.store.system(write=False) as system:
            people = await system.people_by_email(email.strip())
        for person in people:
            async with self.store.begin(person.organisation) as uow:
                now = self.clock.now()
                unused = await uow.find(SignInLink, person=person.id, used_at=None, expires_at__gt=now)
                waiting = sorted((u for u in unused if u.purpose == "sign_in"), key=lambda u: u.expires_at)
                if len(waiting) >= LINKS_AT_ONCE:
                    continue
                link, url = await self._new_link(uow, person)
                await uow.put_sealed(link.id, SEALED_URL, url.encode())
                work = Work(uow, now, self.tools)
                await keep_addresses(work, [person])
                # While one waits to be used, a chat shows the new one in its place: nobody's phone rings by the dozen.
                first = waiting[0].id if waiting else link.id
                await work.tell(person.id, "sign_in", link.id, slot=f"sign_in:{first}", urgent=True)
                await uow.commit()

    async def link_for(self, actor: Actor) -> str:
        """A fresh link for somebody known on a platform. Raises KeyError for an unknown actor."""
        async with self.store.system(write=False) as system:
            contact = await system.contact(actor.platform, actor.tenant, actor.user)
        if not isinstance(contact, Contact) or contact.ended_at:
            raise KeyError("unknown actor")
        async with self.store.begin(contact.organisation, write=False) as uow:
            person = await uow.get(Person, contact.person)
        return await self._link(person)

    async def link_for_person(self, organisation: str, person: str) -> str:
        """A fresh link made by an administrator in the shell."""
        async with self.store.begin(organisation, write=False) as uow:
            return await self._link(await uow.get(Person, person))

    async def open_session(self, person: Person) -> str:
        """A session without a link; only the demo bar uses it."""
        secret = self.tools.ids.secret()
        now = self.clock.now()
        async with self.store.begin(person.organisation) as uow:
            expires = now + timedelta(days=3650)
            await uow.add(Session(_hash(secret), person.organisation, person.id, now, expires))
            await uow.commit()
        return secret

    async def _live(self, token: str) -> SignInLink | None:
        """The link of a token while it can be used."""
        async with self.store.system(write=False) as system:
            link = await system.link(_hash(token))
        if not isinstance(link, SignInLink) or link.purpose != "sign_in" or link.used_at:
            return None
        return link if link.expires_at > self.clock.now() else None

    async def _link(self, person: Person) -> str:
        async with self.store.begin(person.organisation) as uow:
            _, url = await self._new_link(uow, person)
            await uow.commit()
        return url

    async def _new_link(self, uow: UnitOfWork, person: Person) -> tuple[SignInLink, str]:
        token = self.tools.ids.secret()
        now = self.clock.now()
        expires = now + timedelta(minutes=LINK_MINUTES)
        link = SignInLink(_hash(token), person.organisation, person.id, now, expires)
        await uow.add(link)
        return link, f"{self.tools.public_url}/sign-in/{token}"


def _session(secret: str, person: Person, now: datetime) -> Session:
    return Session(_hash(secret), person.organisation, person.id, now, now + timedelta(hours=SESSION_HOURS))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
