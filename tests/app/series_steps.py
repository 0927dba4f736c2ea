"""Series of rounds as tests begin and read them."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.story import lines_of
from bot.domain.round import Round, RoundStatus
from bot.ports.records import SeriesEntry
from bot.ui.inbound import Done, Outcome, Say, Show
from bot.ui.model import Card, Form
from tests.world import World

KIEL = ZoneInfo("Europe/Berlin")


async def begin(world: World, **values: Any) -> SeriesEntry:
    """Begin a series by its form and preview."""
    form = await world.player("s").open("series.new")
    preview = await world.player("s").send(form, {"rhythm": ("2",), "at": "09:00", **values})
    assert isinstance(preview, Show), preview
    assert isinstance(await world.player("s").send(preview.form, {}), Done)
    await world.settle()
    return (await world.find(SeriesEntry))[-1]


async def rounds(world: World) -> list[Round]:
    return await world.find(Round, series__not=None, order=("publish_at",))


def days(found: list[Round]) -> list[date]:
    return [r.publish_at.astimezone(KIEL).date() for r in found if r.status is not RoundStatus.CANCELLED]


def told(shown: Form | Card) -> str:
    return "\n".join(text for block in shown.body for text in lines_of(block))


def card_of(outcome: Outcome) -> Card:
    card = outcome.card if isinstance(outcome, Say | Done) else None
    assert card is not None, outcome
    return card
