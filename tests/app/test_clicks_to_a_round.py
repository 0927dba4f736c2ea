"""From an empty organisation to a published round of twelve people without a shell, with every click counted.

A click is a button or link that is pressed, a form that is sent, or an option that is chosen other than the one that is
chosen already. Typing and pasting are none. Presenters' clicks are counted apart: each presents on their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.demo.clinic import person_id
from bot.demo.player import Player, form_of
from bot.demo.texts import CASES
from bot.domain.assignment import Assignment
from bot.domain.organisation import Clinic, Group, Membership, Organisation
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from bot.ui.inbound import Actor, Done, Invalid, Outcome, Refused, Say, Show
from bot.ui.model import ChoiceField, Form, ManyField
from bot.ui.rosters import Account, Selection, Sources
from tests.app.planning_steps import OPTIONS
from tests.gate import GateInAWorker
from tests.world import RecordingPlatform, World, make_world

ORG, PEOPLE, MOST = "org_new", 12, 25
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "administrator.md"


@dataclass
class Counted:
    """A person in front of the product, with their clicks."""

    player: Player
    clicks: int = 0

    async def press(self, key: str, subject: str = "", **args: str) -> Outcome:
        self.clicks += 1
        outcome = await self.player.press(key, subject, **args)
        assert not isinstance(outcome, Refused | Invalid), outcome
        return outcome

    async def open(self, key: str, subject: str = "") -> Form:
        return form_of(await self.press(key, subject), key)

    async def send(self, form: Form, values: Mapping[str, str | Sequence[str]]) -> Outcome:
        """What the form holds already is sent with it, as a page does."""
        held: dict[str, Sequence[str]] = {}
        for field in form.fields:
            if isinstance(field, ChoiceField):
                held[field.name] = (field.value,) if field.value else ()
            elif isinstance(field, ManyField):
                held[field.name] = field.values
        chosen = {name: value for name, value in values.items() if not isinstance(value, str)}
        self.clicks += 1 + sum(len(set(value) ^ set(held.get(name, ()))) or 0 for name, value in chosen.items())
        for name, value in chosen.items():
            if len(value) == len(held.get(name, ())) == 1 and tuple(value) != tuple(held[name]):
                self.clicks -= 1  # another option of one choice is one click, not two
        outcome = await self.player.send(form, {**held, **values})
        assert not isinstance(outcome, Refused | Invalid), outcome
        return outcome


async def founded(world: World) -> Counted:
    """What whoever installs the app has: an organisation, and themselves, who will supervise, too."""
    now = datetime(2027, 1, 4, tzinfo=UTC)
    async with world.store.begin(ORG) as uow:
        await uow.add(Organisation(ORG, ORG, "New", now))
        # Nobody exists without a clinic; the first is made with the organisation's first person.
        await uow.add(Clinic("cli_first", ORG, "Head office", "DE", "Europe/Berlin"))
        roles = frozenset({Role.ADMIN, Role.SUPERVISOR})
        first = Person(person_id("z"), ORG, "First", "first@new.example", "cli_first", roles, now)
        await uow.add(replace(first, language="en", timezone="Europe/Berlin"))
        await uow.add(Contact("con_z", ORG, first.id, "web", ORG, first.id, seen_at=now))
        await uow.commit()
    return Counted(Player(world.entry, "z", ORG))


async def signed_in(world: World) -> list[Counted]:
    """The imported people, each at the door that the import made for them."""
    players = []
    async with world.store.begin(ORG, write=False) as uow:
        for person in await uow.find(Person, order=("email",)):
            if person.has(Role.THERAPIST):
                (door,) = await uow.find(Contact, person=person.id)
                player = Player(world.entry, person.id, ORG)
                player.actor = Actor(door.platform, door.tenant, door.user)
                players.append(Counted(player))
    return players


async def test_a_published_round_of_twelve_takes_no_more_clicks_than_the_guide_says(world: World) -> None:
    me = await founded(world)
    # Each page is gone to by the navigation or by a button of the page before.
    await me.press("administration.open")
    await me.press("places.list")
    await me.send(await me.open("places.add_group"), {"name": "Group one", "timezone": "Europe/Berlin"})
    async with world.store.begin(ORG, write=False) as uow:
        (group,) = await uow.find(Group)
    rows = "\n".join(f"Person {n};p{n:02}@new.example" for n in range(PEOPLE))
    file = {
        "file": f"name;email\n{rows}",
        "clinic": ("cli_first",),
        "group": (group.id,),
        "roles": (Role.THERAPIST.value,),
    }
    await me.press("staff.list")
    looked = form_of(await me.send(await me.open("staff.file"), file), "look")
    assert isinstance(await me.send(looked, {"file": file["file"], "do": ("do",)}), Done)
    presenters = await _begun_and_published(world, me, group.id)
    assert me.clicks <= MOST
    (most,) = {presenter.clicks for presenter in presenters}
    assert f"**{most} clicks** for each" in GUIDE.read_text(encoding="utf-8")
    assert f"**{me.clicks} clicks**" in GUIDE.read_text(encoding="utf-8")


class Chat(RecordingPlatform):
    """A workspace with a channel of twelve."""

    async def sources(self, asker: Actor) -> Sources:
        return Sources(accounts=True, channels=True)

    async def accounts(self, asker: Actor, wanted: Selection) -> Sequence[Account]:
        return [Account(f"U{n}", f"Person {n}", f"p{n:02}@new.example") for n in range(PEOPLE)]


async def test_from_a_channel_it_takes_fewer(gate: GateInAWorker) -> None:
    world = await make_world(gate, platforms={"slack": Chat()})
    me = await founded(world)
    async with world.store.begin(ORG) as uow:
        await uow.add(Contact("con_s", ORG, person_id("z"), "slack", "T0NEW", "UZ", seen_at=world.clock.now()))
        await uow.commit()
    me.player.actor = Actor("slack", "T0NEW", "UZ")
    await me.press("administration.open")
    form = await me.open("roster.open")
    me.clicks += 1  # the channel is picked
    chosen = {"channel": "C0ONE", "clinic": ("cli_first",), "group": ("new",), "new_group": "Group one"}
    looked = form_of(await me.send(form, chosen), "look")
    (add,) = [action for action in looked.actions if action.key == "roster.add"]
    assert isinstance(await me.press(add.key, add.subject, **add.args), Say)
    async with world.store.begin(ORG, write=False) as uow:
        (group,) = await uow.find(Group)
    await _begun_and_published(world, me, group.id)
    assert f"**{me.clicks}** from a channel" in GUIDE.read_text(encoding="utf-8")


async def _begun_and_published(world: World, me: Counted, group: str) -> list[Counted]:
    """Duty is named, a round begun and published; everybody presents."""
    duty = {"duty": (person_id("z"),), "deputy": ("nobody",), "phone": "+49 30 1"}
    await me.press("home.open")
    await me.send(await me.open("places.duty", "cli_first"), duty)
    await me.press("home.open")
    await me.send(await me.open("round.new"), {"group": (group,)})
    presenters = await signed_in(world)
    assert len(presenters) == PEOPLE
    for number, presenter in enumerate(presenters):
        form = await presenter.open("case.new")
        outcome = await presenter.send(form, {**CASES[number % len(CASES)], **OPTIONS})
        if isinstance(outcome, Show):
            await presenter.send(outcome.form, {})
    async with world.store.begin(ORG, write=False) as uow:
        (round_,) = await uow.find(Round)
    await me.press("round.list")
    await me.press("round.preview", round_.id)
    await me.press("round.publish", round_.id)
    async with world.store.begin(ORG, write=False) as uow:
        (published,) = await uow.find(Round)
        assert published.published_at
        assert await uow.count(Membership, group=group) == PEOPLE
        assert {a.reviewer for a in await uow.find(Assignment)} == {p.player.actor.user for p in presenters}
    return presenters
