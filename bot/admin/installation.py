"""Lines of the trail about what is done to the whole installation: every organisation's trail holds them."""

from __future__ import annotations

from bot.admin.second_person import require
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.second_person import Weighty
from bot.domain.data_request import DataAct
from bot.ports.records import Audited
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store


async def note(store: Store, clock: Clock, what: Audited, login: str, **detail: str) -> None:
    """Say it in each trail: the shell knows no person, so the line names the account that ran the command."""
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    by = {"login": login} if login else {}
    for organisation in organisations:
        async with store.begin(organisation) as uow:
            await uow.audit(what, "admin", organisation, clock.now(), **by, **detail)
            await uow.commit()


async def require_second(store: Store, clock: Clock, tools: Tools, asker: str) -> None:
    """Keys are forgotten for everybody: where an organisation's rules want it, a second person of it agreed.

    Raises SetupError.
    """
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    for organisation in organisations:
        async with store.begin(organisation) as uow:
            await require(Work(uow, clock.now(), tools), [Weighty(DataAct.FORGET_KEYS, organisation)], asker)
            await uow.commit()
