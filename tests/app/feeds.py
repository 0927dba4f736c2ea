"""The address of a calendar feed and what stands in it."""

from __future__ import annotations

import icalendar

from bot.app.steps.feeds import FeedService
from bot.demo.player import form_of
from bot.ui.inbound import Outcome
from bot.ui.model import Text, plain
from tests.world import World


def address_in(outcome: Outcome) -> str:
    """The secret of the address a form shows."""
    form = form_of(outcome, "feed.make")
    (url,) = [plain(b.line) for b in form.body if isinstance(b, Text) and "/calendar/" in plain(b.line)]
    return url.rpartition("/")[2].removesuffix(".ics")


async def read(world: World, secret: str) -> list[tuple[object, str]]:
    body = await FeedService(world.store, world.clock, world.tools).read(secret)
    assert body is not None
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    return sorted(((e.decoded("DTSTART"), str(e["SUMMARY"])) for e in events), key=str)
