"""Who wrote a case that changed hands: a covering therapist presents it, and takes none of its text along."""

from __future__ import annotations

from bot.app.context import Work

_WROTE = "wrote"


async def note_author(work: Work, case: str) -> None:
    """Keep who wrote a case before it changes hands for the first time, sealed and erased with its text."""
    if await work.uow.sealed(case, _WROTE) is None:
        await work.uow.put_sealed(case, _WROTE, (await work.uow.presenter(case)).encode())


async def changed_hands(work: Work, case: str) -> bool:
    """Whether a case was ever presented by somebody else."""
    return await work.uow.sealed(case, _WROTE) is not None


async def wrote(work: Work, case: str, presenter: str) -> bool:
    """Whether the one who presents a case now wrote it."""
    author = await work.uow.sealed(case, _WROTE)
    return author is None or author.decode() == presenter
