"""Platform identities come and go: a person is recognised by a verified e-mail, reached again, or gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.account_linking import accepts, attach
from bot.app.steps.reachability import found_again, seen, send_waiting, shut
from bot.app.steps.strangers import stranger
from bot.app.steps.welcome import welcome
from bot.domain.person import Contact, Person, Reach, Role
from bot.ports.unit_of_work import AlreadyThere, Store, UnitOfWork
from bot.ui.inbound import Actor, Arrived, Done, Gone, Outcome
from bot.ui.strings import supported


async def arrived(store: Store, now: datetime, tools: Tools, event: Arrived) -> Outcome:
    """Remember how to write to someone; a stranger with the e-mail of exactly one person becomes their account."""
    actor = event.actor
    if not actor.user:
        return await _back(store, now, tools, actor)
    async with store.system(write=False) as system:
        known = await system.contact(actor.platform, actor.tenant, actor.user)
        people = [] if known or not event.profile.email else await system.people_by_email(event.profile.email)
    if isinstance(known, Contact) and not known.ended_at:
        await _refresh(store, now, tools, known, event)
        return Done()
    here = [person for person in people if await _welcome(store, tools, person, actor)]
    if not event.profile.guest:
        await _tell_of_workspace(store, now, tools, [person for person in people if person not in here], actor)
    if len(here) != 1 or event.profile.guest:
        return await stranger(store, tools, actor, event.profile.language or event.language)
    await _attach(store, now, tools, here[0], event)
    return Done()


async def gone(store: Store, now: datetime, tools: Tools, event: Gone) -> Outcome:
    """The app was removed for one person or for a whole workspace: they cannot be reached there."""
    actor = event.actor
    async with store.system(write=False) as system:
        if actor.user:
            one = await system.contact(actor.platform, actor.tenant, actor.user)
            contacts = [one] if one else []
        else:
            contacts = await system.contacts_of_tenant(actor.platform, actor.tenant)
    for contact in contacts:
        async with store.begin(contact.organisation) as uow:
            # With a whole workspace its supervisors are gone, too; everybody else's absence is no news.
            await shut(Work(uow, now, tools), contact, Reach.LEFT, "gone", told=bool(actor.user))
            await uow.commit()
    return Done()


async def _back(store: Store, now: datetime, tools: Tools, actor: Actor) -> Outcome:
    """The app is in a workspace again: everybody who left with it can be reached as before."""
    async with store.system(write=False) as system:
        contacts = await system.contacts_of_tenant(actor.platform, actor.tenant)
    for contact in contacts:
        if not contact.failed_at or contact.ended_at:
            continue
        async with store.begin(contact.organisation) as uow:
            await seen(Work(uow, now, tools), await uow.get(Contact, contact.id))
            await uow.commit()
    return Done()


async def _welcome(store: Store, tools: Tools, person: Person, actor: Actor) -> bool:
    async with store.begin(person.organisation, write=False) as uow:
        return await accepts(uow, actor, tools)


async def _tell_of_workspace(store: Store, now: datetime, tools: Tools, people: list[Person], actor: Actor) -> None:
    """Somebody came from a workspace that is not the organisation's: its administrators hear once, nobody is let in."""
    for organisation, named in {person.organisation: person for person in people}.items():
        async with store.begin(organisation) as uow:
            work = Work(uow, now, tools)
            for admin in await uow.find(Person, removed_at=None, roles__has=Role.ADMIN.value):
                await work.tell(
                    admin.id,
                    "workspace_refused",
                    organisation,
                    key=f"{actor.platform}:{actor.tenant}",
                    platform=actor.platform,
                    tenant=actor.tenant,
                    name=named.name,
                )
            await uow.commit()


async def _attach(store: Store, now: datetime, tools: Tools, person: Person, event: Arrived) -> None:
    """One more way to reach a person; made twice at once it exists once."""
    said = event.profile.language
    async with store.begin(person.organisation) as uow:
        fresh = await uow.get(Person, person.id)
        work = Work(uow, now, tools)
        try:
            await attach(work, fresh, event.actor, dict(event.reference), said, met=event.met)
        except AlreadyThere:
            return
        await send_waiting(work, fresh.id)
        await found_again(work, fresh.id)
        await welcome(work, fresh)
        await _follow(uow, fresh, said)
        await uow.commit()


async def _refresh(store: Store, now: datetime, tools: Tools, contact: Contact, event: Arrived) -> None:
    said = event.profile.language or contact.language
    async with store.begin(contact.organisation) as uow:
        stored = await uow.get(Contact, contact.id)
        reference = {**stored.reference, **event.reference}
        found = replace(stored, reference=reference, language=said)
        await seen(Work(uow, now, tools), found, acted=not event.met)
        if said != stored.language:
            await _follow(uow, await uow.get(Person, contact.person), said)
        await uow.commit()


async def _follow(uow: UnitOfWork, person: Person, tag: str) -> None:
    """A profile's new language becomes that of a person for whom nobody named one."""
    language = supported(tag)
    if language and language != person.language and not (person.language_chosen or person.language_given):
        await uow.save(replace(person, language=language))
