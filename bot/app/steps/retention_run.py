"""Delete what is over in portions with a commit each: whoever writes meanwhile waits for one portion at most."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.retention_rules import PORTION, RULES, Gone, cut_trail
from bot.ports.unit_of_work import Store

BREATH = 0.02
"""Seconds between two portions, in which whoever waited for the database has its turn."""


async def purge_expired(store: Store, now: datetime) -> int:
    """Delete drafts, links, sessions and the like that expired; how many."""
    count = 0
    while True:
        async with store.system() as system:
            gone = await system.purge_expired(now, PORTION)
            await system.commit()
        count += gone
        if not gone:
            return count
        await asyncio.sleep(BREATH)


async def purge(store: Store, organisation: str, now: datetime, tools: Tools) -> AsyncIterator[Gone]:
    """Erase everything of an organisation whose time is over. Where nothing is, nothing is locked."""
    for rule in RULES:
        while True:
            async with store.begin(organisation, write=False) as uow:
                if not await rule.over(Work(uow, now, tools), 1):
                    break
            async with store.begin(organisation) as uow:
                portion = await rule.portion(Work(uow, now, tools))
                await uow.commit()
            for gone in portion:
                yield gone
            await asyncio.sleep(BREATH)
    async with store.begin(organisation) as uow:
        cut = await cut_trail(Work(uow, now, tools))
        await uow.commit()
    for gone in cut:
        yield gone
