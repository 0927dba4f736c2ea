"""People added from a chat: what becomes of each account, who may ask, and what is put back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.anonymise import Sensitive
from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.demo.clock import VirtualClock
from bot.demo.player import form_of
from bot.domain.organisation import Group, Membership, Workspace
from bot.domain.person import Contact, Person, Role
from bot.ports.records import AuditEntry, OutboxEntry
from bot.ports.unit_of_work import Store
from bot.ui.inbound import ActionPressed, Actor, FormSubmitted, Invalid, Outcome, Refused, Say
from bot.ui.model import Action, Card, Form, Items, TextField, plain
from bot.ui.rosters import Account, Listed, RosterFailed, Selection, Sources, Why
from storage import open_store
from storage.keys import KeyRing
from tests.gate import rules_alone
from tests.migrated import migrated
from tests.world import RecordingPlatform, World, make_world

TENANT = "T0CLINIC"
ANNA = Account("U1", "Anna Ny", "anna@demo.example")
BO = Account("U2", "Bo Ny", "bo@demo.example")
LISTS = (Listed("S1", "Psychologists"),)


class Chat(RecordingPlatform):
    """A chat that names whoever it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.people: Sequence[Account] = (ANNA, BO)
        self.fails: Why | None = None
        self.asked: list[Selection] = []
        self.names = Sources(accounts=True, channels=True, lists=LISTS)

    async def sources(self, asker: Actor) -> Sources:
        return self.names

    async def accounts(self, asker: Actor, wanted: Selection) -> Sequence[Account]:
        self.asked.append(wanted)
        if self.fails:
            raise RosterFailed(self.fails)
        return self.people


@dataclass
class Asking:
    """An administrator in that chat."""

    world: World
    chat: Chat
    actor: Actor = field(default_factory=lambda: Actor("slack", TENANT, "UM"))
    count: int = 0

    async def press(self, key: str, subject: str = "", **args: str) -> Outcome:
        self.count += 1
        pressed = ActionPressed(event_id=f"p{self.count}", actor=self.actor, key=key, subject=subject, args=args)
        return await self.world.entry.handle(pressed)

    async def send(self, key: str, **values: Any) -> Outcome:
        self.count += 1
        return await self.world.entry.handle(
            FormSubmitted(
                event_id=f"s{self.count}",
                actor=self.actor,
                key=key,
                values={name: Sensitive(value) if isinstance(value, str) else value for name, value in values.items()},
            )
        )

    async def look(self, **values: Any) -> Outcome:
        given = {"channel": "C1", "clinic": ("cli_kiel",), "group": (GROUP,), "roles": ("therapist",)}
        return await self.send("roster.send", **{**given, **values})

    async def add(self, **values: Any) -> Outcome:
        form = form_of(await self.look(**values), "look")
        (button,) = [action for action in form.actions if action.key == "roster.add"]
        return await self.press(button.key, **button.args)

    async def members(self, group: str = GROUP) -> set[str]:
        return {m.person for m in await self.world.find(Membership, group=group, left_on=None)}


@pytest.fixture
async def asking() -> Asking:
    return await _asking(None)


@pytest.fixture(params=["memory", "sqlite"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Asking]:
    """The same, on a database too: it refuses what names somebody who is gone."""
    if request.param == "memory":
        yield await _asking(None)
        return
    store = await open_store(migrated(tmp_path / "roster.sqlite3"), KeyRing.of(b"k" * 32), VirtualClock(START))
    yield await _asking(store)
    await store.close()


async def _asking(store: Store | None) -> Asking:
    chat = Chat()
    world = await make_world(rules_alone(), store=store, platforms={"slack": chat})
    async with world.store.begin(ORGANISATION) as uow:
        for key, user in (("m", "UM"), ("s", "US"), ("a", "UA")):
            seen = world.clock.now()
            await uow.add(Contact(f"con_{user}", ORGANISATION, person_id(key), "slack", TENANT, user, seen_at=seen))
        await uow.commit()
    return Asking(world, chat)


def told(outcome: Outcome) -> list[str]:
    form = form_of(outcome, "told")
    return [plain(each) for block in form.body if isinstance(block, Items) for each in block.lines]


def undo_of(outcome: Outcome) -> Action:
    shown: Card | Form = outcome.card if isinstance(outcome, Say) else form_of(outcome, "undo")
    return next(action for action in shown.actions if action.key.endswith(".undo"))


KNOWN = {
    "by address": Account("U9", "Somebody", "A@demo.example"),
    "by account": Account("UA", "Another Name", "other@else.example"),
    "by account, though a guest": Account("UA", "A", "", outside=True),
}
LEFT_OUT = {
    "a guest": (replace(ANNA, outside=True), "guest"),
    "a guest with a member's address": (Account("U9", "X", "a@demo.example", outside=True), "guest"),
    "without an address": (replace(ANNA, email=""), "no e-mail"),
    "with none that is one": (replace(ANNA, email="anna"), "no e-mail"),
    "with a name too long": (replace(ANNA, name="A" * 101), "no e-mail"),
}


@pytest.mark.parametrize("account", KNOWN.values(), ids=KNOWN)
async def test_who_is_here_already_is_not_added_again_and_keeps_what_they_have(
    asking: Asking, account: Account
) -> None:
    asking.chat.people = [account]
    before = await asking.world.find(Person)
    shown = form_of(await asking.look(roles=("admin",)), "look")
    assert "here already: 1" in str(shown)
    assert not [action for action in shown.actions if action.key == "roster.add"], "there is nothing to do"
    async with asking.world.store.begin(ORGANISATION) as uow:
        for membership in await uow.find(Membership, person=person_id("a")):
            await uow.remove(Membership, membership.id)
        await uow.commit()
    assert isinstance(await asking.add(roles=("admin",)), Say)
    after = await asking.world.find(Person)
    assert [replace(p, version=0) for p in after] == [replace(p, version=0) for p in before], "they keep what they have"
    assert person_id("a") in await asking.members()


@pytest.mark.parametrize(("account", "why"), LEFT_OUT.values(), ids=LEFT_OUT)
async def test_who_cannot_be_added_is_named_with_the_reason(asking: Asking, account: Account, why: str) -> None:
    asking.chat.people = [account, BO]
    before = len(await asking.world.find(Person))
    (new, out) = told(await asking.look())
    assert new.startswith("new Bo Ny")
    assert out.startswith("left out")
    assert why in out
    await asking.add()
    assert len(await asking.world.find(Person)) == before + 1


async def test_two_accounts_of_one_person_are_one(asking: Asking) -> None:
    asking.chat.people = [ANNA, replace(ANNA, user="U3"), Account("UA", "A", ""), Account("U4", "A", "a@demo.example")]
    assert sum("same person" in line for line in told(await asking.look())) == 2
    await asking.add()
    assert len(await asking.world.find(Person, email=ANNA.email)) == 1


async def test_looking_keeps_nothing_and_adding_is_audited_and_undone(kept: Asking) -> None:
    asking, world = kept, kept.world
    kinds = (Person, Membership, Group, Contact, OutboxEntry)
    before = [await world.find(kind) for kind in kinds]
    await asking.look(group=("new",), new_group="South")
    assert [await world.find(kind) for kind in kinds] == before
    done = await asking.add(group=("new",), new_group="South", roles=("therapist", "supervisor"))
    (south,) = await world.find(Group, name="South")
    people = await world.find(Person, email__in=[ANNA.email, BO.email])
    assert {p.id for p in people} == await asking.members(south.id)
    assert {p.roles for p in people} == {frozenset({Role.THERAPIST, Role.SUPERVISOR})}
    audited = {entry.subject for entry in await world.find(AuditEntry, actor=person_id("m"), what="person_added")}
    assert audited == {p.id for p in people}
    undo = undo_of(done)
    assert isinstance(
        await replace(asking, actor=Actor("slack", TENANT, "US"), count=90).press(undo.key, undo.subject), Refused
    )
    assert isinstance(await asking.press(undo.key, undo.subject), Say)
    assert [await world.find(kind) for kind in kinds] == before
    removed = {entry.subject for entry in await world.find(AuditEntry, actor=person_id("m"), what="person_removed")}
    assert removed == audited
    assert isinstance(await asking.press(undo.key, undo.subject), Refused)


async def test_who_was_written_to_meanwhile_loses_access_instead_and_the_answer_says_so(kept: Asking) -> None:
    asking = kept
    done = await asking.add()
    (anna,) = await asking.world.find(Person, email=ANNA.email)
    async with asking.world.store.begin(ORGANISATION) as uow:
        for entry in await uow.find(OutboxEntry, person=anna.id):
            await uow.remove(OutboxEntry, entry.id)
        now = asking.world.clock.now()
        await uow.post(OutboxEntry("o1", ORGANISATION, "d", anna.id, "welcome", anna.id, now, now, sent_at=now))
        await uow.commit()
    undo = undo_of(done)
    card = str(await asking.press(undo.key, undo.subject))
    assert "1 person is not added after all" in card
    assert "their access has ended" in card
    (anna,) = await asking.world.find(Person, email=ANNA.email)
    assert not anna.active
    assert not await asking.world.find(Person, email=BO.email)


async def test_somebody_who_left_comes_back_with_the_roles_chosen_now(kept: Asking) -> None:
    asking = kept
    async with asking.world.store.begin(ORGANISATION) as uow:
        person = await uow.get(Person, person_id("s"))
        left = replace(person, removed_at=asking.world.clock.now())
        await uow.save(left)
        await uow.commit()
    asking.chat.people = [Account("U7", "S", "s@demo.example")]
    assert told(await asking.look())[0].startswith("comes back")
    done = await asking.add()
    (back,) = await asking.world.find(Person, id=person_id("s"))
    assert back.active
    assert back.roles == {Role.THERAPIST}, "not what they held before, unseen"
    undo = undo_of(done)
    await asking.press(undo.key, undo.subject)
    (again,) = await asking.world.find(Person, id=person_id("s"))
    assert replace(again, version=0) == replace(left, version=0)


@pytest.mark.parametrize("why", ["silent", "not_allowed", "not_there", "shared", "too_many"])
async def test_a_chat_that_names_nobody_is_said_and_nothing_is_added(asking: Asking, why: Why) -> None:
    asking.chat.fails = why
    before = await asking.world.find(Person)
    shown = await asking.look()
    assert isinstance(shown, Invalid)
    assert shown.form.errors[""]
    assert shown.form.errors[""] != f"roster.failed.{why}"
    given = {"channel": "C1", "clinic": "cli_kiel", "group": GROUP, "roles": "therapist"}
    assert isinstance(await asking.press("roster.add", **given), Refused)
    assert await asking.world.find(Person) == before


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nobody chosen": ({"channel": ""}, ""),
    "another organisation's clinic": ({"clinic": ("cli_elsewhere",)}, "clinic"),
    "a group that is not there": ({"group": ("grp_elsewhere",)}, "group"),
    "a new group without a name": ({"group": ("new",)}, "new_group"),
    "a new group with a name that is taken": ({"group": ("new",), "new_group": "northern icbt group"}, "new_group"),
    "no role": ({"roles": ()}, "roles"),
    "a role that is none": ({"roles": ("king",)}, "roles"),
    "too many picked": ({"people": " ".join(f"U{n}" for n in range(101))}, ""),
}


@pytest.mark.parametrize(("values", "field"), WRONG.values(), ids=WRONG)
async def test_what_cannot_be_is_said_at_its_field(asking: Asking, values: dict[str, Any], field: str) -> None:
    before = (await asking.world.find(Person), await asking.world.find(Group))
    shown = await asking.look(**values)
    assert isinstance(shown, Invalid)
    assert set(shown.form.errors) == {field}
    assert (await asking.world.find(Person), await asking.world.find(Group)) == before


STEPS = ("roster.open", "roster.offer", "roster.add", "roster.find")


@pytest.mark.parametrize("user", ["US", "UA"])
async def test_only_administrators_make_the_chat_name_anybody(asking: Asking, user: str) -> None:
    other = replace(asking, actor=Actor("slack", TENANT, user))
    for key in STEPS:
        refused = await other.press(key, channel="C1", listed="S1")
        assert isinstance(refused, Refused)
        assert refused.key == "not_allowed"
    assert isinstance(await other.look(), Refused)
    assert asking.chat.asked == []


async def test_only_in_a_workspace_of_the_organisation(asking: Asking) -> None:
    async with asking.world.store.begin(ORGANISATION) as uow:
        await uow.add(Workspace("wsp_1", ORGANISATION, "slack", "T0ANOTHER"))
        await uow.commit()
    for key in STEPS:
        refused = await asking.press(key, channel="C1")
        assert isinstance(refused, Refused)
        assert refused.key == "workspace_not_joined"
    assert isinstance(await asking.look(), Refused)
    assert asking.chat.asked == []


async def test_where_nobody_is_named_there_is_no_such_button(asking: Asking) -> None:
    shown = str(await asking.press("administration.open"))
    assert "roster.open" in shown
    page = await asking.world.player("m").press("administration.open")
    assert "roster.open" not in str(page)
    refused = await asking.world.player("m").press("roster.open")
    assert isinstance(refused, Refused)
    assert refused.key == "no_roster_here"


async def test_a_team_is_offered_with_what_is_known_of_its_members(asking: Asking) -> None:
    known = [Account(f"U{key}", key, f"{key}@demo.example") for key in "abcdefg"]
    asking.chat.people = [*known, ANNA, BO, Account("U5", "Guest", "g@else.example", outside=True)]
    card = await asking.press("roster.offer", listed="S1")
    assert isinstance(card, Say)
    said = " ".join(plain(block.line) for block in card.card.body if hasattr(block, "line"))
    assert "Psychologists" in said
    assert "10 members · 2 not known here yet · 1 guest" in said
    (go,) = card.card.actions
    form = form_of(await asking.press(go.key, **go.args), "open")
    values = {f.name: getattr(f, "value", None) for f in form.fields}
    assert values["listed"] == "S1"
    assert values["group"] == "new"
    (name,) = [f for f in form.fields if f.name == "new_group"]
    assert isinstance(name, TextField)
    assert name.value.reveal() == "Psychologists"


async def test_a_person_is_picked_to_change_their_roles(asking: Asking) -> None:
    asking.chat.people = [Account("U9", "A", "a@demo.example")]
    shown = form_of(await asking.send("roster.find.send", person="U9"), "find")
    assert shown.subject == person_id("a")
    assert any(action.key == "staff.roles" for action in shown.actions)
    asking.chat.people = [ANNA]
    assert isinstance(await asking.send("roster.find.send", person="U1"), Invalid)


async def test_a_person_is_looked_for_only_where_the_chat_names_single_accounts(asking: Asking) -> None:
    assert form_of(await asking.press("roster.find"), "find").key == "roster.find.send"
    asking.chat.names = replace(asking.chat.names, accounts=False)
    refused = await asking.press("roster.find")
    assert isinstance(refused, Refused) and refused.key == "no_roster_here"
