"""Forms of a series, filled in and sent."""

from __future__ import annotations

from typing import Any

from bot.ports.records import SeriesEntry
from bot.ui.inbound import Outcome
from bot.ui.model import ChoiceField, DateField, NumberField, TextField
from tests.world import World


async def sent(world: World, entry: SeriesEntry, **values: Any) -> Outcome:
    """The form as it came, with these values changed."""
    form = await world.player("s").open("series.change", entry.id)
    shown: dict[str, Any] = {}
    for field in form.fields:
        match field:
            case TextField():
                shown[field.name] = field.value.reveal()
            case ChoiceField():
                shown[field.name] = (field.value,)
            case DateField():
                shown[field.name] = field.value.isoformat() if field.value else ""
            case NumberField():
                shown[field.name] = str(field.value)
    return await world.player("s").send(form, {**shown, **values})
