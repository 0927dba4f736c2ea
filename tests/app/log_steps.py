"""Entries of the log, made by hand, signed, listed and exported."""

from __future__ import annotations

from bot.demo.clinic import person_id
from bot.demo.player import Player
from bot.ports.records import LogEntry
from bot.ui.inbound import Done, Hand, Outcome
from bot.ui.model import Form, ManyField
from tests.world import World

GROUP_OF_FOUR = {
    "day": "2027-01-11", "type": ("group",), "role": ("reviewer",), "medium": ("video",), "minutes": "60",
    "group_size": "4", "members": (person_id("b"), person_id("s")), "documented": ("yes",), "themes": ("tone",),
    "learning_point": "Ask one question only.",
}  # fmt: skip


async def add(player: Player, **changes: str | tuple[str, ...]) -> Outcome:
    return await player.send(await player.open("log.add"), {**GROUP_OF_FOUR, **changes})


async def mine(world: World, key: str = "a") -> list[LogEntry]:
    """Entries by hand."""
    return [e for e in await world.find(LogEntry, person=person_id(key)) if e.recorded_by != "round"]


def options(form: Form, name: str = "entries") -> list[str]:
    field = next(f for f in form.fields if f.name == name)
    assert isinstance(field, ManyField)
    return [o.value for o in field.options]


def read(hand: Outcome) -> bytes:
    assert isinstance(hand, Hand), hand
    return hand.document.content


async def export(player: Player, rules: str, kind: str, **days: str) -> Outcome:
    return await player.send(await player.open("log.export"), {"rules": (rules,), "format": (kind,), **days})


async def sign_everything(world: World, by: str = "s", of: str = "a") -> None:
    form = await world.player(by).open("log.sign.member", person_id(of))
    assert isinstance(await world.player(by).send(form, {"entries": tuple(options(form))}), Done)
