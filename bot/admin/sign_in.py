"""What an administrator does about signing in: links made in the shell, accounts that are no longer somebody's."""

from __future__ import annotations

from bot.admin.context import AdminContext, person_named
from bot.admin.second_person import agreed
from bot.app.context import Work
from bot.app.steps.second_person import Weighty
from bot.app.steps.sign_on import forget_accounts
from bot.domain.data_request import DataAct
from bot.domain.person import Person
from bot.ports.records import Audited


async def sign_in_link(admin: AdminContext, org: str, email: str) -> list[str]:
    """A single-use link for one person: whoever has it acts as them, so it leaves a line and they are told."""
    async with admin.begin(org) as uow:
        person = await person_named(uow, email)
        work = Work(uow, admin.clock.now(), admin.tools)
        await agreed(admin, uow, [Weighty(DataAct.SIGN_IN_LINK, person.id)])
        await admin.audit(uow, Audited.LINK_MADE, person.id)
        await work.tell(person.id, "link_made", person.id, key=admin.tools.ids.new("notice"))
        await uow.commit()
    return [await admin.sign_in.link_for_person(person.organisation, person.id)]


async def forget_all_accounts(admin: AdminContext, org: str) -> list[str]:
    """The same for everybody: a provider that is set up anew may know all its people by new subjects."""
    async with admin.begin(org) as uow:
        work, number = Work(uow, admin.clock.now(), admin.tools), 0
        for person in await uow.find(Person, removed_at=None):
            if await forget_accounts(work, person):
                await admin.audit(uow, Audited.ACCOUNT_FORGOTTEN, person.id)
                number += 1
        await uow.commit()
    return [f"{number} people sign in with the next account of theirs."]


async def forget_account(admin: AdminContext, org: str, email: str) -> list[str]:
    """The next account of single sign-on that has a person's address is theirs; until then none is."""
    async with admin.begin(org) as uow:
        person = await person_named(uow, email)
        number = await forget_accounts(Work(uow, admin.clock.now(), admin.tools), person)
        if number:
            await admin.audit(uow, Audited.ACCOUNT_FORGOTTEN, person.id)
            await uow.commit()
    if not number:
        return [f"{person.name} was known by no account of single sign-on."]
    return [f"{person.name} signs in with the next account of theirs."]
