"""In the shell: a step that needs a second person names who asks, and waits until somebody agreed on the page."""

from __future__ import annotations

from bot.admin.context import person_named
from bot.app.context import Work
from bot.app.steps.second_person import waits_for
from bot.domain.data_request import OPEN_FOR, DataAct, NoSecondPerson
from bot.domain.person import Role
from bot.errors import SetupError


async def require(work: Work, act: DataAct, about: str, email: str) -> None:
    """Go on only if nobody has to agree, or somebody did. Raises SetupError, after asking for it was committed."""
    if not (await work.policy()).second_person:
        return
    if not email:
        raise SetupError("This needs a second person here (policy second_person): say who asks with --as ADDRESS.")
    asker = await person_named(work.uow, email)
    if not asker.has(Role.ADMIN, Role.DPO):
        raise SetupError(f"{email} is neither administrator nor data-protection officer here.")
    try:
        others = await waits_for(work, act, about, asker)
    except NoSecondPerson:
        raise SetupError("This needs a second person, and there is no other officer or administrator.") from None
    if others:
        await work.uow.commit()
        names = ", ".join(person.name for person in others)
        raise SetupError(
            f"This needs a second person: {names} can agree under Data protection on the pages, within "
            f"{OPEN_FOR.days} days. Run the command again then. Nothing was done yet."
        )
