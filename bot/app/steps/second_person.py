"""Steps that need a second person where the organisation's rules say so (`second_person`): asked, agreed to, then done.

Whoever asks takes the step again once somebody agreed; it is good for one time, within the days of a request.
"""

from __future__ import annotations

from bot.app.context import Work
from bot.app.steps.data_requests import may_agree
from bot.domain.data_request import OPEN_FOR, DataAct, DataReason, DataRequest, NoSecondPerson
from bot.domain.person import Person
from bot.ports.records import Audited


async def waits_for(work: Work, act: DataAct, about: str, asker: Person) -> list[Person]:
    """Who could still agree to a step; empty when it may be taken now, which uses the agreement up.

    The first time it is asked for, they are told. Raises NoSecondPerson where there is nobody to ask.
    """
    if not (await work.policy()).second_person:
        return []
    found = await work.uow.find(DataRequest, act=act.value, about=about, asked_by=asker.id, expires_at__gt=work.now)
    others = await may_agree(work, asker.id, about)
    agreed = [request for request in found if request.agreed_at]
    if agreed:
        for request in found:
            await work.uow.remove(DataRequest, request.id)
        # Whoever agreed must still be one who may, now that the step is taken.
        if {request.agreed_by for request in agreed} & {person.id for person in others}:
            return []
        found = []
    if not others:
        raise NoSecondPerson
    if not found:
        await _ask(work, act, about, asker, others)
    return others


async def _ask(work: Work, act: DataAct, about: str, asker: Person, others: list[Person]) -> None:
    request = DataRequest(
        work.tools.ids.new("data_request"),
        work.uow.organisation,
        act.value,
        about,
        DataReason.DUTY.value,
        asker.id,
        work.now,
        work.now + OPEN_FOR,
    )
    await work.uow.add(request)
    await work.uow.audit(Audited.STEP_ASKED, asker.id, about, work.now, act=act.value)
    for person in others:
        await work.tell(person.id, "data_request", request.id)
