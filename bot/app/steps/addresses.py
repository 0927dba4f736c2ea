"""People who can be written to without ever having arrived: by their e-mail address, on platforms that need no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.domain.person import Contact, Person
from bot.ports.unit_of_work import Store

ADDRESS = "address"
"""Where the address stands in a contact's `reference`."""


PORTION = 500
"""People looked at in one transaction."""


async def keep_all_addresses(store: Store, now: datetime, tools: Tools) -> int:
    """Give everybody a contact on each such platform, in portions; how many were made or corrected."""
    if not tools.by_address:
        return 0
    changed = 0
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    for organisation in organisations:
        async with store.begin(organisation, write=False) as uow:
            people = await uow.find(Person, removed_at=None)
        for first in range(0, len(people), PORTION):
            async with store.begin(organisation) as uow:
                changed += await keep_addresses(Work(uow, now, tools), people[first : first + PORTION])
                await uow.commit()
    return changed


async def keep_addresses(work: Work, people: Sequence[Person]) -> int:
    """The same for these people, in the caller's transaction.

    An address that changed is another mailbox: what was known about the earlier one is forgotten.
    """
    platforms = work.tools.by_address
    if not platforms:
        return 0
    found = await work.uow.find(Contact, platform__in=platforms, person__in=[person.id for person in people])
    held = {(contact.platform, contact.person): contact for contact in found}
    changed = 0
    for person in people:
        for platform in platforms:
            contact = held.get((platform, person.id))
            if person.email and person.active and (contact is None or contact.reference.get(ADDRESS) != person.email):
                await _keep(work, person, platform, contact)
                changed += 1
    return changed


async def _keep(work: Work, person: Person, platform: str, contact: Contact | None) -> None:
    to: dict[str, Any] = {"reference": {ADDRESS: person.email}}
    if contact:
        await work.uow.save(replace(contact, **to, failed_at=None, failure=""))
        return
    organisation = work.uow.organisation
    id = work.tools.ids.new("contact")
    await work.uow.add(Contact(id, organisation, person.id, platform, organisation, person.id, **to))
