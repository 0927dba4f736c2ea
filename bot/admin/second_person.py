"""Steps of an administrator that need a second person: asked for once, taken when somebody agreed on the page."""

from __future__ import annotations

from collections.abc import Iterable

from bot.admin.context import AdminContext, person_named
from bot.app.context import Work
from bot.app.steps.second_person import OFFICES, Waits, Weighty, waits_for
from bot.domain.data_request import OPEN_FOR, NoSecondPerson
from bot.domain.person import Person
from bot.errors import SetupError
from bot.ports.unit_of_work import UnitOfWork


class StepWaits(SetupError):
    """Nothing was done: it was asked for, and waits. The request is kept, whatever else the step did is not."""

    def __init__(self, waits: Waits) -> None:
        super().__init__(_said(waits))
        self.waits = waits


async def agreed(admin: AdminContext, uow: UnitOfWork, steps: Iterable[Weighty], *, take: bool = True) -> None:
    """Go on only if nobody has to agree to any of the steps, or somebody did to each; before anything is changed.

    Without `take` it is only asked for, and the agreement stays good for the step that follows.

    Raises StepWaits, SetupError.
    """
    work = Work(uow, admin.clock.now(), admin.tools)
    if admin.acting is None:
        await require(work, steps, admin.asker)
    else:
        await ask(work, steps, admin.acting, take=take)


async def require(work: Work, steps: Iterable[Weighty], email: str) -> None:
    """In the shell: go on only if nobody has to agree, or somebody did.

    Raises StepWaits, after asking for it was committed; SetupError where nobody is named or there is nobody to ask.
    """
    steps = list(steps)
    if not steps or not (await work.policy()).second_person:
        return
    if not email:
        raise SetupError("This needs a second person here (policy second_person): say who asks with --as ADDRESS.")
    asker = await person_named(work.uow, email)
    if not asker.roles & OFFICES:
        raise SetupError(f"{email} is neither administrator nor data-protection officer here.")
    try:
        await ask(work, steps, asker, named_only=True)
    except StepWaits:
        await work.uow.commit()
        raise


async def ask(
    work: Work, steps: Iterable[Weighty], asker: Person, *, named_only: bool = False, take: bool = True
) -> None:
    """Ask for each step that still waits. Raises StepWaits for the first of them; SetupError as `require`."""
    steps = list(steps)
    try:
        found = [await waits_for(work, step, asker, named_only=named_only, take=False) for step in steps]
        if waiting := [waits for waits in found if waits]:
            raise StepWaits(waiting[0])
        for step in steps if take else ():
            await waits_for(work, step, asker, named_only=named_only)
    except NoSecondPerson:
        raise SetupError("This needs a second person, and there is no other officer or administrator.") from None


def _said(waits: Waits) -> str:
    said = "This needs a second person here (policy second_person)"
    names = ", ".join(person.name for person in waits.others)
    if names:
        said += f": {names} can agree under Data protection on the pages, within {OPEN_FOR.days} days"
    elif not waits.asker:
        day = waits.until.date()
        said += f", and nobody else could agree: supervisors and managers were told, it can be done from {day} on"
    if waits.asker:
        said += f". {waits.asker.name} says there that it is they who ask"
    return f"{said}. Run the command again then. Nothing was done yet."
