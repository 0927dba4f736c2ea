"""Steps that need a second person where the organisation's rules say so (`second_person`): asked, agreed to, then done.

Whoever asks takes the step again once somebody agreed; it is good for one time, within the days of a request. Whom the
shell only named says on a page that they ask. Steps that would end or weaken the rule itself need a second person, too;
where nobody else could agree they are told to every supervisor and take effect seven days later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.app.context import Work
from bot.app.steps.data_requests import may_agree
from bot.domain.data_request import (
    ALONE_AFTER,
    OPEN_FOR,
    WEAKENING,
    DataAct,
    DataReason,
    DataRequest,
    NoSecondPerson,
)
from bot.domain.person import Person, Role
from bot.ports.records import Audited

OFFICES = frozenset({Role.DPO, Role.ADMIN})
"""The roles whose holders can be a second person."""


@dataclass(frozen=True)
class Waits:
    """What a step waits for: somebody who agrees, else a moment; and whoever asks, while the shell only named them."""

    others: tuple[Person, ...]
    until: datetime
    asker: Person | None = None


@dataclass(frozen=True)
class Weighty:
    """One change that needs a second person, as a request names it."""

    act: DataAct
    about: str
    detail: str = ""


def is_officer(person: Person | None) -> bool:
    """Whether somebody could be a second person now."""
    return person is not None and person.active and bool(person.roles & OFFICES)


def changes_of_office(before: Person | None, after: Person | None) -> list[Weighty]:
    """What a change of one person does to who could agree; None: they are not here before, or not after.

    Somebody new has no id yet: the request names them by their e-mail.
    """
    held, holds = is_officer(before), is_officer(after)
    if before is not None and held and not holds:
        return [Weighty(DataAct.OFFICER_ENDS, before.id)]
    if after is None or not holds:
        return []
    gained = (after.roles & OFFICES) - (before.roles if before is not None and held else frozenset())
    if gained:
        roles = " ".join(sorted(after.roles & OFFICES))
        return [Weighty(DataAct.NEW_OFFICER, before.id if before else after.email, f"{roles} {after.email}")]
    if before is not None and before.email.casefold() != after.email.casefold():
        return [Weighty(DataAct.OFFICER_ADDRESS, before.id, after.email)]
    return []


async def waits_for(
    work: Work, step: Weighty, asker: Person, *, named_only: bool = False, take: bool = True
) -> Waits | None:
    """What a step still waits for; None when it may be taken now, which uses the agreement up if it is to be taken.

    The first time it is asked for, those who could agree are told. `named_only`: the shell named whoever asks, and
    they have to say on a page that it is them. Raises NoSecondPerson where there is nobody to ask.
    """
    if not (await work.policy()).second_person:
        return None
    same: dict[str, Any] = {"act": step.act.value, "about": step.about, "detail": step.detail, "asked_by": asker.id}
    found = await work.uow.find(DataRequest, expires_at__gt=work.now, **same)
    others = await may_agree(work, asker.id, step.about)
    given = [request for request in found if request.agreed_at]
    # Whoever agreed must still be one who may, now that the step is taken.
    if given and not {request.agreed_by for request in given} & {person.id for person in others}:
        await _end(work, found)
        found = given = []
    alone = not others and step.act in WEAKENING
    if not others and not alone:
        raise NoSecondPerson
    if not found:
        found = [await _ask(work, step, asker, others, named_only=named_only)]
    confirmed = [request for request in found if request.confirmed_at or not named_only]
    until = found[0].asked_at + ALONE_AFTER if alone else found[0].expires_at
    if confirmed and (given or (alone and until <= work.now)):
        if take:
            await _end(work, found)
        return None
    return Waits(() if given else tuple(others), until, None if confirmed else asker)


async def _end(work: Work, requests: Sequence[DataRequest]) -> None:
    for request in requests:
        await work.uow.remove(DataRequest, request.id)


async def _ask(work: Work, step: Weighty, asker: Person, others: list[Person], *, named_only: bool) -> DataRequest:
    request = DataRequest(
        work.tools.ids.new("data_request"),
        work.uow.organisation,
        step.act.value,
        step.about,
        DataReason.DUTY.value,
        asker.id,
        work.now,
        work.now + OPEN_FOR,
        confirmed_at=None if named_only else work.now,
        detail=step.detail,
    )
    await work.uow.add(request)
    await work.uow.audit(Audited.STEP_ASKED, asker.id, step.about, work.now, act=step.act.value)
    for person in others:
        await work.tell(person.id, "data_request", request.id)
    if named_only:
        await work.tell(asker.id, "asked_in_your_name", request.id)
    for id in () if others else await _told_instead(work, step, asker):
        await work.tell(id, "rule_weakened", request.id)
    return request


async def _told_instead(work: Work, step: Weighty, asker: Person) -> list[str]:
    """Every supervisor and manager, and whom it is about: nobody could agree, so that all of them hear of it."""
    told = {step.about} if await work.uow.find(Person, id=step.about, removed_at=None) else set()
    for role in (Role.SUPERVISOR, Role.MANAGER):
        told |= {p.id for p in await work.uow.find(Person, removed_at=None, roles__has=role.value)}
    return sorted(told - {asker.id})
