"""Exporting and erasing on request: asked with a reason, agreed to by a second person, then done. Shell and pages.

Both are lines of the audit trail. Looking at what would be handed out or erased changes nothing and needs nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from bot.app.context import Context, Work
from bot.app.steps.access_request import export_person
from bot.app.steps.erasure_request import Erasure, erase_case, erase_person
from bot.app.steps.leavers_files import end_offers, offer
from bot.domain.case import Case
from bot.domain.data_request import OPEN_FOR, STEPS, DataAct, DataReason, DataRequest, NoSecondPerson, RequestOver
from bot.domain.person import Contact, Person, Role
from bot.ports.records import Audited
from bot.ports.unit_of_work import NotFound, Store


@dataclass(frozen=True)
class Erased:
    """What an erasure did, and the addresses whose leftovers adapters still keep (`empty_drawers`)."""

    erasure: Erasure
    contacts: tuple[Contact, ...]


async def may_agree(work: Work, asked_by: str, about: str) -> list[Person]:
    """Who could be the second person: another data-protection officer or administrator, not the one it is about."""
    found: dict[str, Person] = {}
    for role in (Role.DPO, Role.ADMIN):
        found |= {p.id: p for p in await work.uow.find(Person, removed_at=None, roles__has=role.value)}
    return sorted((p for p in found.values() if p.id not in {asked_by, about}), key=lambda person: person.name)


async def ask(work: Work, officer: Person, about: Person | Case, act: DataAct, reason: DataReason) -> DataRequest:
    """A request that waits for a second person; everybody who could agree is told. Raises NoSecondPerson."""
    others = await may_agree(work, officer.id, about.id)
    if not others:
        raise NoSecondPerson
    request = DataRequest(
        work.tools.ids.new("data_request"),
        work.uow.organisation,
        act.value,
        about.id,
        reason.value,
        officer.id,
        work.now,
        work.now + OPEN_FOR,
        confirmed_at=work.now,
    )
    await work.uow.add(request)
    detail = {"act": act.value, "reason": reason.value}
    await work.uow.audit(Audited.DATA_ASKED, officer.id, about.id, work.now, **detail)
    for person in others:
        await work.tell(person.id, "data_request", request.id)
    return request


async def agree(work: Work, request: DataRequest, second: Person) -> DataRequest:
    """A second person agrees. Raises SecondPersonNeeded; RequestOver also where whoever asked no longer may."""
    asker = await work.uow.one(Person, id=request.asked_by)
    roles = (Role.SUPERVISOR,) if request.act == DataAct.UNMASK else (Role.DPO, Role.ADMIN)
    if asker is None or not asker.active or not asker.has(*roles):
        raise RequestOver
    agreed = await work.uow.save(request.agree(second.id, work.now))
    detail = {"act": request.act, "reason": request.reason}
    what = Audited.STEP_AGREED if request.act in STEPS else Audited.DATA_AGREED
    await work.uow.audit(what, second.id, request.about, work.now, **detail)
    return agreed


async def confirm(work: Context, request: DataRequest) -> DataRequest:
    """Whoever the shell named as asking says so themselves. Raises RequestOver for anybody else."""
    confirmed = await work.uow.save(request.confirm(work.me.id, work.now))
    await work.uow.audit(Audited.STEP_CONFIRMED, work.me.id, request.about, work.now, act=request.act)
    return confirmed


async def withdraw(work: Work, request: DataRequest) -> None:
    """Nothing comes of it."""
    await work.uow.remove(DataRequest, request.id)


async def fetch(work: Work, request: DataRequest, *, link_to_texts: bool = False) -> bytes:
    """The export that was agreed to, as JSON without texts; each time a line of the trail. Raises RequestOver.

    With `link_to_texts` somebody who has no access any more is sent a link to what they wrote: nobody else reads it.
    """
    if request.act != DataAct.EXPORT or request.agreed_at is None or request.expires_at <= work.now:
        raise RequestOver
    person = await work.uow.get(Person, request.about)
    content = await export_person(work, person, texts=False)
    if link_to_texts:
        await end_offers(work, person)
        await offer(work, person)
    detail = {"texts": "link" if link_to_texts else "none", "reason": request.reason}
    await work.uow.audit(Audited.EXPORTED, request.asked_by, person.id, work.now, **detail)
    return content


async def carry_out(work: Work, request: DataRequest, backup_days: int) -> Erased:
    """Erase what was agreed to; the request is over with it. Raises RequestOver, SetupError as `erase_person`."""
    if request.act != DataAct.ERASE or request.agreed_at is None:
        raise RequestOver
    done = await erase(work, await subject(work, request.about), request.asked_by, backup_days)
    await work.uow.remove(DataRequest, request.id)
    return done


async def erase(work: Work, about: Person | Case, actor: str, backup_days: int) -> Erased:
    """Erase a person or a case; a dry run does the same and is not committed."""
    contacts = await work.uow.find(Contact, person=about.id)
    match about:
        case Person():
            return Erased(await erase_person(work, about, actor, backup_days), tuple(contacts))
        case Case():
            return Erased(await erase_case(work, about, actor, backup_days), ())
        case _:
            assert_never(about)


async def subject(work: Work, id: str) -> Person | Case:
    """The person or case with this id. Raises NotFound."""
    found: Person | Case | None = await work.uow.one(Person, id=id) or await work.uow.one(Case, id=id)
    if found is None:
        raise NotFound(id)
    return found


async def empty_drawers(store: Store, contacts: tuple[Contact, ...]) -> None:
    """What adapters keep of a person: addresses and notices, under keys "<what>/<tenant>/<user>…"."""
    for contact in contacts:
        drawer = store.drawer(contact.platform)
        for key in await drawer.keys():
            if key.split("/")[1:3] == [contact.tenant, contact.user]:
                await drawer.delete(key)
