"""Which account at a provider of single sign-on signs whom in.

The first sign-in finds the person by an address that the provider verified, and binds them to the account's subject,
which never changes there (OpenID Connect Core 1.0, 5.7: only issuer and subject together identify somebody; an address
may be given to somebody else later). From then on the subject decides.
"""

from __future__ import annotations

from bot.app.context import Work
from bot.domain.person import Person, Role
from bot.ports.records import Audited, OutboxEntry, SignOnAccount
from bot.ports.unit_of_work import AlreadyThere
from bot.ui.sign_in import AnotherAccount, Vouched


async def bind(work: Work, person: Person, account: Vouched) -> None:
    """From now on this account signs the person in. Raises AnotherAccount where another one of this provider does.

    The administrators and the trail are then told, once a day, in this unit of work, which is committed.
    """
    bound = await work.uow.find(SignOnAccount, person=person.id, issuer=account.issuer)
    made = SignOnAccount(
        work.tools.ids.new("account"), person.organisation, person.id, account.issuer, account.subject, work.now
    )
    try:
        if not bound:
            await work.uow.add(made)
    except AlreadyThere:
        bound = [made]  # two browsers of different accounts at once: the first one is the person's
    if bound:
        await _warn(work, person)
        await work.uow.commit()
        raise AnotherAccount
    await work.uow.audit(Audited.ACCOUNT_BOUND, person.id, person.id, work.now)


async def forget_accounts(work: Work, person: Person) -> int:
    """Unbind every account of a person: the next one with their address is theirs. How many there were."""
    bound = await work.uow.find(SignOnAccount, person=person.id)
    await work.uow.remove(SignOnAccount, *(each.id for each in bound))
    return len(bound)


async def _warn(work: Work, person: Person) -> None:
    day = work.today("UTC").isoformat()
    admins = await work.uow.find(Person, removed_at=None, roles__has=Role.ADMIN.value)
    told = {f"account_refused:{person.id}:{admin.id}:{day}" for admin in admins}
    if told and await work.uow.count(OutboxEntry, dedupe__in=sorted(told)):
        return
    await work.uow.audit(Audited.ACCOUNT_REFUSED, "sign_on", person.id, work.now)
    for admin in admins:
        await work.tell(admin.id, "account_refused", person.id, key=day)
