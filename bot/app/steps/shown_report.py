"""A quarter's report as it is shown, kept beside its rows: whoever asks again reads one record instead of everybody's.

It is good as long as no row of the quarter changed and no fact is marked that could change one. It holds the lines
that managers see, and names nobody.
"""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Work
from bot.ports.records import CountedQuarter, RecountMark
from bot.reports.periods import Quarter
from bot.reports.published import dump, load
from bot.reports.quarterly import Report


async def shown_report(work: Work, quarter: Quarter) -> Report | None:
    """The report without its members; None where it has to be made."""
    counted = await work.uow.one(CountedQuarter, year=quarter.year, number=quarter.number)
    if counted is None or not counted.report:
        return None
    if await work.uow.count(RecountMark, since__le=quarter.last):
        return None
    return load(counted.report)


async def is_to_be_shown(work: Work, quarter: Quarter) -> bool:
    """Whether the quarter's rows are there, and nothing made of them yet."""
    counted = await work.uow.one(CountedQuarter, year=quarter.year, number=quarter.number)
    return counted is not None and not counted.report and not await work.uow.count(
        RecountMark, since__le=quarter.last
    )  # fmt: skip


async def show(work: Work, report: Report) -> None:
    """Keep what is shown of a report."""
    quarter = report.quarter
    counted = await work.uow.one(CountedQuarter, year=quarter.year, number=quarter.number)
    if counted:
        lines = dump(replace(report, members={}, presenters=frozenset()))
        await work.uow.save(replace(counted, report=lines))
