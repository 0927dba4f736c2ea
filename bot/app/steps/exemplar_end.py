"""An excerpt is taken back: by anybody of its case, by an erasure, or because its time is over."""

from __future__ import annotations

from collections.abc import Sequence

from bot.app.context import Work
from bot.app.facts.exemplars import asked_of
from bot.app.steps.shown_anew import changed
from bot.domain.exemplar import Exemplar

ASKS = ("exemplar_asked", "exemplar_look", "exemplar_kept")
"""Messages with a button for an excerpt."""


async def take_back(work: Work, exemplars: Sequence[Exemplar]) -> None:
    """Text and key go at once; messages about it lose their buttons, and nobody is told who took it back."""
    for exemplar in exemplars:
        if exemplar.withdrawn_at:
            continue
        await work.uow.shred(exemplar.id)
        await work.uow.save(exemplar.withdraw(work.now))
        for subject in (exemplar.id, exemplar.case, *(each.id for each in await asked_of(work, exemplar.case))):
            await changed(work, subject, *ASKS)


async def take_back_of(work: Work, case: str, *, kept: bool = True) -> None:
    """Everything of a case; without `kept` only what is proposed and not in the library yet."""
    found = await work.uow.find(Exemplar, case=case, withdrawn_at=None)
    await take_back(work, [each for each in found if kept or not each.kept])
