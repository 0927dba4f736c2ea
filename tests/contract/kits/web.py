"""The web page's inbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.ui.platform import Address
from tests.contract.kits import Stand, Trouble
from tests.unit.web.stage import KIEL, Stage


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    """A page of our own refuses nobody and always answers."""

    def trouble(what: Trouble) -> None:
        raise AssertionError(what)

    async with Stage() as stage:
        kept = f"notice/{KIEL.tenant}/{KIEL.user}/"

        def shown() -> int:
            return sum(key.startswith(kept) for key in stage.drawer.held)

        yield Stand(stage.platform, Address(KIEL, {}), shown, trouble, frozenset())
