"""The way of an excerpt into the library: proposed, agreed to by everybody, looked at."""

from __future__ import annotations

from bot.app.context import Work
from bot.app.facts.exemplars import asked_of
from bot.app.steps.second_look import lookers
from bot.domain.case import Case
from bot.domain.exemplar import Exemplar


async def propose(work: Work, exemplar: Exemplar) -> None:
    """Whose consent it needs is asked once; without anybody it waits for a supervisor at once."""
    await work.uow.add(exemplar)
    for assignment in await asked_of(work, exemplar.case):
        await work.tell(
            assignment.reviewer,
            "exemplar_asked",
            assignment.id,
            key=exemplar.id,
            slot=f"exemplar:{assignment.id}",
            exemplar=exemplar.id,
        )
    await ask_for_look(work, exemplar)


async def ask_for_look(work: Work, exemplar: Exemplar) -> None:
    """Supervisors hear of it when everybody has agreed."""
    asked = [each.id for each in await asked_of(work, exemplar.case)]
    if exemplar.withdrawn_at or exemplar.looked_at or exemplar.missing(asked):
        return
    for person in await lookers(work, await work.uow.get(Case, exemplar.case)):
        await work.tell(person.id, "exemplar_look", exemplar.id, slot=f"exemplar:{exemplar.id}")
