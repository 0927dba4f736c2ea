"""Platform identities come and go: a person is recognised by a verified e-mail, reached again, or gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.app.tools import Tools
from bot.domain.person import Contact, Person
from bot.ports.work import AlreadyThere, Store
from bot.ui.inbound import Actor, Arrived, Done, Gone, Outcome, Refused
from bot.ui.strings import words


async def arrived(store: Store, now: datetime, tools: Tools, event: Arrived) -> Outcome:
    """Remember how to write to someone; a stranger with the e-mail of exactly one person becomes their contact."""
    actor = event.actor
    async with store.system() as system:
        known = await system.contact(actor.platform, actor.tenant, actor.user)
        people = [] if known or not event.profile.email else await system.people_by_email(event.profile.email)
    if isinstance(known, Contact):
        await _refresh(store, now, known, event)
        return Done()
    if len(people) != 1 or event.profile.guest or not isinstance(people[0], Person):
        return Refused("not_a_member", words(event.profile.language or "en")("refusal.not_a_member"))
    await add_contact(store, now, tools, people[0], actor, dict(event.reference))
    return Done()


async def gone(store: Store, now: datetime, event: Gone) -> Outcome:
    """The app was removed for one person or for a whole workspace: they cannot be reached there."""
    actor = event.actor
    async with store.system() as system:
        if actor.user:
            one = await system.contact(actor.platform, actor.tenant, actor.user)
            contacts = [one] if one else []
        else:
            contacts = await system.contacts_of_tenant(actor.platform, actor.tenant)
    for contact in contacts:
        async with store.begin(contact.organisation) as uow:
            stored = await uow.get(Contact, contact.id)
            await uow.save(replace(stored, failed_at=now, failure="gone"))
            await uow.commit()
    return Done()


async def add_contact(
    store: Store, now: datetime, tools: Tools, person: Person, actor: Actor, reference: dict[str, str]
) -> None:
    """One more way to reach a person; made twice at once it exists once."""
    async with store.begin(person.organisation) as uow:
        contact = Contact(
            id=tools.ids.new("contact"),
            organisation=person.organisation,
            person=person.id,
            platform=actor.platform,
            tenant=actor.tenant,
            user=actor.user,
            reference=reference,
            seen_at=now,
        )
        try:
            await uow.add(contact)
        except AlreadyThere:
            return
        await uow.commit()


async def _refresh(store: Store, now: datetime, contact: Contact, event: Arrived) -> None:
    async with store.begin(contact.organisation) as uow:
        stored = await uow.get(Contact, contact.id)
        reference = {**stored.reference, **event.reference}
        await uow.save(replace(stored, reference=reference, seen_at=now, failed_at=None, failure=""))
        await uow.commit()
