"""A year's page as it was first handed out: what is shown otherwise later is marked as revised.

Kept beside the quarters' first reports, one record a year with the figures of each place as they read, by clinic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.app.context import Work
from bot.ports.records import PublishedReport
from bot.ports.unit_of_work import AlreadyThere, ChangedMeanwhile
from bot.reports.periods import Year
from bot.reports.yearly import Board, as_read

WHOLE_YEAR = 0
"""Stands in place of a quarter's number."""
EVERYWHERE = ""
"""Stands in place of a clinic's name."""


async def first_year(work: Work, year: Year, clinic: str | None) -> Mapping[str, str] | None:
    """The figures of a year as they first read for a clinic or the whole service; None if they were never shown."""
    stored = await work.uow.one(PublishedReport, year=year.number, number=WHOLE_YEAR)
    return stored.data["pages"].get(clinic or EVERYWHERE) if stored else None


async def keep_year(work: Work, page: Board) -> None:
    """Keep a page that is shown for the first time; a year that is hidden has nothing to keep."""
    if page.numbers is None:
        return
    place, figures = page.clinic or EVERYWHERE, as_read(page.numbers)
    stored = await work.uow.one(PublishedReport, year=page.year.number, number=WHOLE_YEAR)
    if stored is None:
        made = PublishedReport(
            work.tools.ids.new("report"), work.uow.organisation, page.year.number, WHOLE_YEAR, work.now,
            {"pages": {place: figures}},
        )  # fmt: skip
        try:
            await work.uow.add(made)
        except AlreadyThere:
            raise ChangedMeanwhile from None
    elif place not in stored.data["pages"]:
        pages = {**stored.data["pages"], place: figures}
        await work.uow.save(replace(stored, data={"pages": pages}))
