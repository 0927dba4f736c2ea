"""Sign-in to the web pages: single-use links (15 minutes, bound to a person), accounts of single sign-on, sessions.

Only hashes of tokens are kept. A removed person's sessions end with their access.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.sessions import ends_at
from bot.app.steps.addresses import keep_addresses
from bot.app.steps.asking_at_night import message_that_stays
from bot.app.steps.asking_browsers import asked_by, code_of, confirm, first_asked, keep_asking
from bot.app.steps.secrets import Secrets
from bot.app.steps.sign_on import bind
from bot.domain.organisation import Clinic
from bot.domain.person import Contact, Person
from bot.domain.policy import Policy
from bot.ports.records import Session, SessionKind, SignInLink
from bot.ports.system import Clock
from bot.ports.unit_of_work import ChangedMeanwhile, NotFound, Store, StoreUnavailable, UnitOfWork
from bot.ui.inbound import Actor
from bot.ui.sign_in import LinkFor, SeveralPeople, SignedIn, Vouched

LINK_MINUTES = 15
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was used last: one small write a minute at most."""
LINKS_AT_ONCE = 3
"""Unused live links of one person; asking for more sends nothing, so nobody is flooded and none is guessed sooner."""
SEALED_URL = "url"
SESSION_HOURS = 12


@dataclass
class SignInService:
    """Implements `bot.ui.sign_in.SignIn` on the store."""

    store: Store
    clock: Clock
    tools: Tools
    secrets: Secrets = field(init=False)

    def __post_init__(self) -> None:
        self.secrets = Secrets(self.store, self.tools.ids)

    async def genuine(self, secret: str) -> bool:
        """Whether a token or session was made here."""
        return await self.secrets.genuine(secret)

    def code_of(self, browser: str) -> str:
        """What the browser shows that asked for a link."""
        return code_of(browser)

    async def redeem(self, token: str, browser: str = "", code: str = "", *, remember: bool = False) -> str | None:
        """A new session for a live link; the link is used up. Raises CodeWrong."""
        link = await self._live(token)
        if link is None:
            return None
        now = self.clock.now()
        secret = await self.secrets.make()
        try:
            async with self.store.begin(link.organisation) as uow:
                person = await uow.get(Person, link.person)
                if not person.active:
                    return None
                await confirm(uow, link, browser, code, now)
                await uow.save(replace(link, used_at=now))
                await uow.add(await session_of(Work(uow, now, self.tools), person, secret, remember=remember))
                await uow.commit()
        except ChangedMeanwhile:
            return None
        return secret

    async def vouched(self, account: Vouched, organisation: str, *, remember: bool = False) -> str | None:
        """A session for the one active person whose account this is, or has its address and no account yet.

        None for nobody. Raises SeveralPeople, AnotherAccount.
        """
        person = await self._owner(account, organisation)
        bound = person is not None
        if person is None and account.email:
            person = await self._addressee(account.email, organisation)
        if person is None:
            return None
        secret = await self.secrets.make()
        async with self.store.begin(person.organisation) as uow:
            work = Work(uow, self.clock.now(), self.tools)
            if not bound:
                await bind(work, person, account)
            await uow.add(await session_of(work, person, secret, remember=remember))
            await uow.commit()
        return secret

    async def _owner(self, account: Vouched, organisation: str) -> Person | None:
        """The active person that the account is bound to. Raises SeveralPeople."""
        async with self.store.system(write=False) as system:
            accounts = await system.sign_on_accounts(account.issuer, account.subject)
            found = [await system.person(each.organisation, each.person) for each in accounts]
        return _only([p for p in found if p and p.active and organisation in {"", p.organisation}])

    async def _addressee(self, email: str, organisation: str) -> Person | None:
        """The active person with this address. Raises SeveralPeople."""
        async with self.store.system(write=False) as system:
            found = await system.people_by_email(email.strip())
        return _only([p for p in found if p.active and organisation in {"", p.organisation}])

    async def named(self, token: str, browser: str = "") -> LinkFor | None:
        """Whom a live link signs in, for how long their device may be remembered, and whether a code is needed."""
        link = await self._live(token)
        if link is None:
            return None
        async with self.store.begin(link.organisation, write=False) as uow:
            person = await uow.one(Person, id=link.person)
            if person is None or not person.active:
                return None
            policy = await policy_of(Work(uow, self.clock.now(), self.tools), person)
            asked = await asked_by(uow, link)
        return LinkFor(person.name, policy.sign_in_remember_days, needs_code=asked.needs_code(browser))

    async def remembered_days(self) -> int:
        """The longest time for which any organisation or clinic lets a device be remembered; 0 where none does."""
        async with self.store.system(write=False) as system:
            organisations = await system.organisations()
        longest = 0
        for each in organisations:
            async with self.store.begin(each, write=False) as uow:
                work = Work(uow, self.clock.now(), self.tools)
                clinics = await uow.find(Clinic, closed_on=None)
                policies = [await work.policy(clinic=clinic) for clinic in clinics]
            longest = max([longest, *(policy.sign_in_remember_days for policy in policies)])
        return longest

    async def holder(self, session: str) -> SignedIn | None:
        """Who this live session belongs to; being asked is being used."""
        if not await self.genuine(session):
            return None
        now = self.clock.now()
        async with self.store.system(write=False) as system:
            found = await system.session(_hash(session))
            if not isinstance(found, Session) or found.expires_at <= now:
                return None
            person = await system.person(found.organisation, found.person)
        if not isinstance(person, Person) or not person.active:
            return None
        if now - (found.seen_at or found.created_at) >= SEEN_EVERY and not await self._goes_on(found, person, now):
            return None
        left = int((found.expires_at - now).total_seconds()) if found.kind is SessionKind.REMEMBERED else None
        return SignedIn(Actor("web", found.organisation, person.id), person.language, left)

    async def _goes_on(self, session: Session, person: Person, now: datetime) -> bool:
        """Note that a session is used, or end it where the person's rules say so."""
        async with self.store.begin(session.organisation, write=False) as uow:
            policy = await policy_of(Work(uow, now, self.tools), person)
        alive = ends_at(session, policy) > now
        try:
            async with self.store.begin(session.organisation) as uow:
                if alive:
                    await uow.save(replace(session, seen_at=now))
                else:
                    await uow.remove(Session, session.id)
                await uow.commit()
        except NotFound:
            return False
        except StoreUnavailable:
            pass  # what can be read can still be shown; the note comes with the next request
        return alive

    async def end(self, session: str) -> None:
        """Sign out."""
        async with self.store.system(write=False) as system:
            found = await system.session(_hash(session))
        if isinstance(found, Session):
            async with self.store.begin(found.organisation) as uow:
                await uow.remove(Session, found.id)
                await uow.commit()

    async def request(self, email: str, browser: str = "") -> None:
        """Send a link to a known address by the chat the person uses, or by e-mail; says nothing either way.

        The link waits encrypted until it is sent, and a person is sent a few at most within a link's life. Whoever
        asks once more may use those, or somebody else's asking would keep the person out.
        """
        async with self.store.system(write=False) as system:
            people = await system.people_by_email(email.strip())
        for person in people:
            token = await self.secrets.make()
            async with self.store.begin(person.organisation) as uow:
                now = self.clock.now()
                unused = await uow.find(SignInLink, person=person.id, used_at=None, expires_at__gt=now)
                waiting = sorted((u for u in unused if u.purpose == "sign_in"), key=lambda u: u.expires_at)
                if len(waiting) >= LINKS_AT_ONCE:
                    with suppress(ChangedMeanwhile):  # one was just used: its holder is in
                        for each in waiting:
                            await keep_asking(uow, each, browser)
                        await uow.commit()
                    continue
                link, url = await self._new_link(uow, person, token)
                await uow.put_sealed(link.id, SEALED_URL, url.encode())
                await first_asked(uow, link, browser)
                work = Work(uow, now, self.tools)
                await keep_addresses(work, [person])
                # While one waits to be used, a chat shows the new one beside it as one matter.
                first = waiting[0].id if waiting else link.id
                stays = await message_that_stays(work, person)
                if stays is None:
                    await work.tell(person.id, "sign_in", link.id, slot=f"sign_in:{first}", urgent=True)
                else:
                    await work.tell(person.id, "sign_in_quiet", link.id, slot=stays, urgent=True)
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
        secret = await self.secrets.make()
        now = self.clock.now()
        async with self.store.begin(person.organisation) as uow:
            expires = now + timedelta(days=3650)
            await uow.add(Session(_hash(secret), person.organisation, person.id, now, expires, SessionKind.DEMO))
            await uow.commit()
        return secret

    async def _live(self, token: str) -> SignInLink | None:
        """The link of a token while it can be used."""
        if not await self.genuine(token):
            return None
        async with self.store.system(write=False) as system:
            link = await system.link(_hash(token))
        if not isinstance(link, SignInLink) or link.purpose != "sign_in" or link.used_at:
            return None
        return link if link.expires_at > self.clock.now() else None

    async def _link(self, person: Person) -> str:
        token = await self.secrets.make()
        async with self.store.begin(person.organisation) as uow:
            _, url = await self._new_link(uow, person, token)
            await uow.commit()
        return url

    async def _new_link(self, uow: UnitOfWork, person: Person, token: str) -> tuple[SignInLink, str]:
        now = self.clock.now()
        expires = now + timedelta(minutes=LINK_MINUTES)
        link = SignInLink(_hash(token), person.organisation, person.id, now, expires)
        await uow.add(link)
        return link, f"{self.tools.public_url}/sign-in/{token}"


async def session_of(work: Work, person: Person, secret: str, *, remember: bool) -> Session:
    """A new session; a device is remembered where the person asked for it and their rules let them."""
    days = (await policy_of(work, person)).sign_in_remember_days if remember else 0
    kind = SessionKind.REMEMBERED if days else SessionKind.BROWSER
    lasts = timedelta(days=days) if days else timedelta(hours=SESSION_HOURS)
    return Session(_hash(secret), person.organisation, person.id, work.now, work.now + lasts, kind)


async def policy_of(work: Work, person: Person) -> Policy:
    """The rules of signing in that hold for somebody: their organisation's and their clinic's."""
    return await work.policy(clinic=await work.uow.one(Clinic, id=person.clinic))


def _only(people: list[Person]) -> Person | None:
    if len(people) > 1:
        raise SeveralPeople
    return people[0] if people else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
