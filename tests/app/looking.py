"""A second look as its tests play it: what authors send, what supervisors decide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.case import Case, CaseStatus
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.ui.inbound import Done
from bot.ui.model import Card, Form, Passage, Row
from tests.world import World

OPTIONS = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
PLAIN = {"title": "Stuck halfway", "background": "Messages come every week.", "key_question": "What now?"}


async def ruled(world: World, **policy: Any) -> None:
    """The group's own rules."""
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Group, GROUP), policy=policy))
        await uow.commit()


async def person(world: World, key: str, **fields: Any) -> None:
    """Change a person."""
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(key)), **fields))
        await uow.commit()


async def sent(world: World, key: str = "a", text: dict[str, str] | None = None) -> Case:
    """A case from its author, through the gate."""
    player = world.player(key)
    before = {c.id for c in await world.find(Case)}
    _, outcome = await player.send_and_confirm(await player.open("case.new"), {**(text or PLAIN), **OPTIONS})
    assert isinstance(outcome, Done), outcome
    await world.settle()
    (case,) = [c for c in await world.find(Case) if c.id not in before]
    return case


async def again(world: World, case: Case) -> Case:
    """The case as it is now."""
    return (await world.find(Case, id=case.id))[0]


async def status(world: World, case: Case) -> CaseStatus:
    """Where the case stands."""
    return (await again(world, case)).status(world.clock.now())


async def look_at(world: World, case: Case) -> SecondLook:
    """The open look, else the last one."""
    looks = await world.find(SecondLook, case=case.id, order=("asked_at", "id"))
    return next((look for look in looks if look.open), looks[-1])


async def passed(world: World, case: Case, key: str = "s") -> None:
    """A supervisor opens the text and lets it pass."""
    look = await look_at(world, case)
    await world.player(key).open("look.open", look.id)
    assert isinstance(await world.player(key).press("look.pass", look.id), Done)
    await world.settle()


async def returned(world: World, case: Case, note: str = "", key: str = "s") -> None:
    """A supervisor opens the text and sends it back."""
    look = await look_at(world, case)
    player = world.player(key)
    await player.open("look.open", look.id)
    form = await player.open("look.return", look.id)
    assert isinstance(await player.send(form, {"telling": ("name", "work"), "note": note}), Done)
    await world.settle()


async def round_(world: World) -> Round:
    """A round that collects."""
    player = world.player("s")
    await player.send(await player.open("round.new"), {})
    await world.settle()
    return (await world.find(Round, order=("-opened_at",)))[0]


async def published(world: World, id: str) -> None:
    """Plan and publish it."""
    player = world.player("s")
    await player.press("round.preview", id)
    assert isinstance(await player.press("round.publish", id), Done)
    await world.settle()


def got(world: World, key: str, card: str) -> list[Card]:
    """The notices of this kind that somebody has."""
    return [c for c in world.inbox(key) if c.key == f"notice.{card}"]


def passages(form: Form) -> str:
    """The texts a form shows."""
    return " ".join(b.text.text for b in form.body if isinstance(b, Passage))


def keys(card: Card) -> set[str]:
    """What a card's rows offer."""
    return {a.key for b in card.body if isinstance(b, Row) for a in b.actions}
