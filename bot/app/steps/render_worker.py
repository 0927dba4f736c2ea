"""Charts and files are made beside the event loop, one at a time: drawing takes a moment, and not in parallel."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from bot.reports.charts import Chart
from bot.ui.model import Picture, Table, line

T = TypeVar("T")
_ONE_AT_A_TIME = threading.Lock()


async def made(make: Callable[[], T]) -> T:
    """What `make` returns, without anybody else waiting for it."""

    def work() -> T:
        with _ONE_AT_A_TIME:
            return make()

    return await asyncio.to_thread(work)


async def picture(make: Callable[[], Chart], *, passing: bool = False) -> tuple[Picture, Table]:
    """A PNG chart with its sentence, and its numbers as a table for those who do not see it."""
    chart = await made(make)
    return Picture(chart.image, chart.alt, passing), Table(
        chart.head, tuple(tuple(line(c) for c in row) for row in chart.rows)
    )
