"""One person, several accounts: joining them by a code typed on the other side, or by a verified e-mail address.

A person on two chats is one participant: one `Person`, one `Contact` an account. The code proves that
whoever types it there also reads along here; it works once, for 15 minutes. Disconnecting undoes either way.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.shown_anew import changed
from bot.domain.organisation import Workspace
from bot.domain.person import Contact, Person
from bot.errors import Refusal
from bot.ports.records import SignInLink
from bot.ports.system import Rng
from bot.ports.unit_of_work import AlreadyThere, ChangedMeanwhile, NotFound, Store, UnitOfWork
from bot.ui.inbound import Actor, Done, Outcome, Refused
from bot.ui.strings import Words, words

CODE_MINUTES = 15
# Without letters and digits that are read for one another; 30 to the power of 8 codes.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


class CodeNotValid(Refusal):
    """The code was never given out, was used, or is older than 15 minutes."""


class AccountTaken(Refusal):
    """The account is another person's already; only an administrator can settle who is who."""


class WorkspaceNotJoined(Refusal):
    """The organisation does not count this workspace or tenant among its own."""


class AccountInUse(Refusal):
    """Nobody disconnects the account they are acting with."""


def fresh_code(rng: Rng) -> str:
    """A code to read aloud: "K7QF-2M9P"."""
    drawn = "".join(rng.choice(ALPHABET) for _ in range(LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def code_in(text: str) -> str:
    """The code that someone typed, in one form; empty when there is none. Case, spaces and dashes do not count."""
    letters = "".join(c for c in text.upper() if c.isalnum())
    return letters if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else ""


async def offer_code(work: Work, person: Person) -> str:
    """A new code for this person, kept as its hash."""
    code = fresh_code(work.tools.rng)
    expires = work.now + timedelta(minutes=CODE_MINUTES)
    link = SignInLink(_hash(code_in(code)), person.organisation, person.id, work.now, expires, purpose="connect")
    await work.uow.add(link)
    return code


async def accepts(uow: UnitOfWork, actor: Actor, tools: Tools) -> bool:
    """Whether the organisation of this unit of work counts the account's workspace or tenant among its own.

    What a workspace's directory says of an e-mail address is its owner's word. So where any workspace may install the
    app, only a listed one counts, or one in which somebody of the organisation is known already.
    """
    listed = await uow.find(Workspace, platform=actor.platform)
    if any(workspace.tenant == actor.tenant for workspace in listed):
        return True
    if listed or actor.platform not in tools.listed_only:
        return not listed
    return bool(await uow.count(Contact, platform=actor.platform, tenant=actor.tenant, ended_at=None))


async def connect_by_code(store: Store, now: datetime, tools: Tools, actor: Actor, typed: str) -> Outcome:
    """A stranger's account becomes one more account of the person who was given the code."""
    async with store.system() as system:
        link = await system.link(_hash(code_in(typed)))
    if not isinstance(link, SignInLink) or link.purpose != "connect" or link.used_at or link.expires_at <= now:
        return _refused(CodeNotValid())
    try:
        async with store.begin(link.organisation) as uow:
            person = await uow.get(Person, link.person)
            if not person.active:
                return _refused(CodeNotValid())
            if not await accepts(uow, actor, tools):
                return _refused(WorkspaceNotJoined(), words(person.language))
            await uow.save(replace(link, used_at=now))
            await attach(Work(uow, now, tools), person, actor, {})
            await uow.commit()
    except ChangedMeanwhile:
        return _refused(CodeNotValid())
    except AlreadyThere:
        return _refused(AccountTaken())
    return Done(words(person.language)("connect.done"))


async def owner_of_code(work: Work, typed: str) -> str:
    """Whose live or used code this is, within the organisation; raises CodeNotValid."""
    link = await work.uow.one(SignInLink, id=_hash(code_in(typed)))
    if link is None or link.purpose != "connect" or link.expires_at <= work.now:
        raise CodeNotValid
    return link.person


async def attach(
    work: Work, person: Person, actor: Actor, reference: dict[str, str], language: str = "", *, met: bool = False
) -> Contact:
    """One more way to reach a person; whoever already uses another chat is told there, so that it can be undone.

    `met`: the person did nothing, a directory or a roster named them.

    Raises AlreadyThere when the account is somebody's already.
    """
    earlier = await work.uow.find(Contact, person=person.id, failed_at=None, ended_at=None)
    chats = (a for a in earlier if a.platform not in work.tools.by_address)
    elsewhere = any(work.tools.interrupts(account.platform) for account in chats)
    once = await work.uow.one(Contact, platform=actor.platform, tenant=actor.tenant, user=actor.user)
    if once is not None and once.ended_at:
        await work.uow.remove(Contact, once.id)
    contact = Contact(
        id=work.tools.ids.new("contact"),
        organisation=person.organisation,
        person=person.id,
        platform=actor.platform,
        tenant=actor.tenant,
        user=actor.user,
        reference=reference,
        language=language,
        # Until they act there, the chat they used before comes first: it is where this is told.
        seen_at=None if elsewhere or met else work.now,
    )
    await work.uow.add(contact)
    if elsewhere:
        await work.tell(person.id, "connected", contact.id, urgent=True)
    return contact


async def disconnect(work: Work, me: Person, acting: Actor, contact_id: str) -> None:
    """The account is a stranger's from now on. Raises NotFound, AccountInUse."""
    contact = await work.uow.get(Contact, contact_id)
    if contact.person != me.id or contact.ended_at:
        raise NotFound
    if (contact.platform, contact.tenant, contact.user) == (acting.platform, acting.tenant, acting.user):
        raise AccountInUse
    await work.uow.save(replace(contact, ended_at=work.now, failed_at=work.now, failure="disconnected"))
    await changed(work, contact.id, "connected")
    if me.notify_on == contact.platform:
        await work.uow.save(replace(me, notify_on=""))


def _refused(refusal: Refusal, w: Words | None = None) -> Refused:
    return Refused(refusal.key, (w or words("en"))(f"refusal.{refusal.key}"))


def _hash(code: str) -> str:
    return hashlib.sha256(f"connect:{code}".encode()).hexdigest()
