"""`intervision check --recount`: are the kept quarters of all people what the facts give?"""

from __future__ import annotations

from datetime import datetime

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.recount import Difference, differences, make_again
from bot.ports.unit_of_work import Store
from bot.ui.platform import Problem

NAMED = 20
"""So many rows are named one by one."""
REMEDY = "it is made again within the hour while `intervision serve` runs; if it comes back, report this line"


async def miscounted(store: Store, now: datetime, tools: Tools) -> list[Problem]:
    """One problem for each row that differs, by ids; rows that are to be made again anyhow are left out.

    What is found wrong is marked, so that the next hour makes it again.
    """
    found = []
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    for organisation in organisations:
        async with store.begin(organisation, write=False) as uow:
            wrong = await differences(Work(uow, now, tools))
        async with store.begin(organisation) as uow:
            await make_again(Work(uow, now, tools), {each.person for each in wrong})
            await uow.commit()
        found += [_problem(organisation, each) for each in wrong]
    more = len(found) - NAMED
    return found[:NAMED] + ([Problem("report", f"{more} rows more differ", REMEDY)] if more > 0 else [])


def _problem(organisation: str, wrong: Difference) -> Problem:
    row = f"{organisation}, {wrong.quarter.year}-Q{wrong.quarter.number}, {wrong.person}"
    return Problem(row, f"the kept row is not what the facts give: {', '.join(wrong.what)}", REMEDY)
