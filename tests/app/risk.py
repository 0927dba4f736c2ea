"""Helpers for the risk path: a published round, a presenter, a reviewer, people with several channels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.anonymise import AnonText
from bot.app.context import Work
from bot.app.dependencies import Anonymiser
from bot.app.rounds.handlers import publish
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.player import Player
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic
from bot.domain.person import Contact, Person
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ui.inbound import Outcome, Show
from bot.ui.model import Facts, Form, Notice, Passage, Text, plain
from bot.ui.platform import Address, Message
from tests.world import RecordingPlatform, World, make_world

TEXTS = {"title": "Stuck halfway", "background": "Messages come every week.", "key_question": "What now?"}
ANSWERS = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}


class Channel(RecordingPlatform):
    """A chat platform under any name; `lost` is what every send to a person ends with."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.lost: dict[str, Exception] = {}

    async def send(self, to: Address, message: Message) -> str:
        if to.actor.user in self.lost:
            raise self.lost[to.actor.user]
        return await super().send(to, message)


@dataclass
class Chats:
    """A world in which people have Slack and Teams beside the web page."""

    world: World
    slack: Channel
    teams: Channel

    async def connect(self, key: str, *platforms: str) -> None:
        """Give a demo person a contact on these platforms."""
        async with self.world.store.begin(ORGANISATION) as uow:
            for name in platforms:
                who = person_id(key)
                await uow.add(
                    Contact(f"con_{name}_{key}", ORGANISATION, who, name, "T1", who, seen_at=self.world.clock.now())
                )
            await uow.commit()

    def got(self, channel: RecordingPlatform, key: str) -> list[str]:
        """Keys of the cards a person got there."""
        cards = [m.card.key for user, m in channel.sent if user == person_id(key)]
        return [card for card in cards if card != "notice.overtaken"]


async def chats(gate: Anonymiser) -> Chats:
    """The demo clinic on three platforms; everybody has the web page only until connected."""
    slack, teams, web = Channel("slack"), Channel("teams"), RecordingPlatform()
    world = await make_world(gate, platforms={"web": web, "slack": slack, "teams": teams})
    world.platform = web
    return Chats(world, slack, teams)


@dataclass
class Scene:
    """A published case with its presenter and one of its reviewers."""

    world: World
    case: Case
    assignment: Assignment
    presenter: Player
    reviewer: Player

    async def now(self) -> Case:
        """The case as it is."""
        return (await self.world.find(Case, id=self.case.id))[0]

    async def hold(self) -> Hold:
        """The newest hold of the case."""
        return (await self.world.find(Hold, case=self.case.id, order=("-raised_at",)))[0]

    async def concern(self, player: Player | None = None) -> Outcome:
        """A risk concern, by the reviewer unless said otherwise."""
        who = player or self.reviewer
        return await who.send(await who.open("risk.raise", self.case.id), {})


async def scene(
    world: World, presenter: str = "a", reviewers: tuple[str, str] = ("b", "e"), code: str = "KQ-472"
) -> Scene:
    """A case published this morning, laid out in the store: no gate and no planning takes part."""
    now, ids = world.clock.now(), world.tools.ids
    round_ = Round(
        id=ids.new("round"),
        organisation=ORGANISATION,
        group=GROUP,
        opened_at=now - timedelta(days=7),
        collect_until=now,
        publish_at=now,
        seed=1,
        number=9,
        planned_at=now,
    )
    case = Case(
        id=ids.new("case"),
        organisation=ORGANISATION,
        group=GROUP,
        code=code,
        mode="icbt",
        language="en",
        reviewers=2,
        submitted_at=now - timedelta(days=3),
        round=round_.id,
    )
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(round_, case)
        await uow.set_presenter(case.id, person_id(presenter))
        await uow.put_text(case.id, "case", {name: AnonText.from_store(text) for name, text in TEXTS.items()})
        for letter, key in zip("AB", reviewers, strict=True):
            await uow.add(
                Assignment(
                    ids.new("assignment"), ORGANISATION, case.id, round_.id, person_id(key), letter, assigned_at=now
                )
            )
        await publish(Work(uow, now, world.tools), round_)
        await uow.commit()
    await world.settle()
    (assignment,) = await world.find(Assignment, case=case.id, reviewer=person_id(reviewers[0]))
    (case,) = await world.find(Case, id=case.id)
    return Scene(world, case, assignment, world.player(presenter), world.player(reviewers[0]))


async def clinic_of(world: World, player: Player) -> Clinic:
    """Where a person works."""
    person = (await world.find(Person, id=player.actor.user))[0]
    return (await world.find(Clinic, id=person.clinic))[0]


async def change(world: World, record: Any, **fields: Any) -> None:
    """Change a record as an administrator would."""
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(type(record), record.id), **fields))
        await uow.commit()


def words_of(outcome: Outcome | Form) -> str:
    """Everything a page says, gathered."""
    form = outcome.form if isinstance(outcome, Show) else outcome
    assert isinstance(form, Form), form
    said = [form.title]
    for block in form.body:
        match block:
            case Text(line=words) | Notice(line=words):
                said.append(plain(words))
            case Facts(rows=rows):
                said += [f"{label} {plain(value)}" for label, value in rows]
            case Passage(label=label, text=text, by=by):
                said += [label, text.text, by]
            case _:
                said.append(str(getattr(block, "text", "")))
    return "\n".join(said)
