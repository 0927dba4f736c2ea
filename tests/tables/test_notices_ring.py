"""Every notice on every platform, at the wire: what rings is a new message, what only shows a state is an edit.

The real dispatcher and the real adapters; Slack's and Teams' stand-ins tell a new message from an edit, and the web
inbox an unread notice from a read one. Only the cards are planted: what they say is other tests' business.
"""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack.pacing import Pacer as SlackPacer
from adapters.teams.pacing import Pacer as TeamsPacer
from adapters.web.inbox import Inbox
from bot.app.context import Context, Work
from bot.app.notice_kinds import Ring
from bot.app.steps.alerts import ALERT
from bot.delivery.notices import NOTICES
from bot.delivery.overtaken import NAMES_ITS_MESSAGE
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Actor
from bot.ui.model import Action, Card, Text, line
from bot.ui.platform import Address, Message
from tests.gate import GateInAWorker, rules_alone
from tests.sources import files, nodes
from tests.standins.slack.workspace import texts as slack_words
from tests.standins.slack.world import connected
from tests.standins.teams.cards import buttons, cards_of
from tests.standins.teams.cards import texts as teams_words
from tests.standins.teams.connector import BOT, TENANT, personal_chat
from tests.standins.teams.services import MemoryDrawer
from tests.standins.teams.world import KIEL
from tests.standins.teams.world import world as teams_world
from tests.tables.crawl import actions
from tests.world import RecordingPlatform, World, make_world

FIRST = "The first message"


def slack_buttons(blocks: list[Any]) -> tuple[str, ...]:
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    return tuple(str(each["text"]["text"]) for row in rows for each in row)


@dataclass(frozen=True)
class Shown:
    """A message as its reader sees it; `new` while it has not been looked at."""

    words: str
    buttons: tuple[str, ...]
    new: bool


@dataclass
class Surface:
    """One platform with somebody in front of it; `looks` is what they do after each look."""

    world: World
    name: str
    tenant: str
    user: str
    reference: dict[str, str]
    shown: Callable[[], Awaitable[list[Shown]]]
    looks: Callable[[], Awaitable[None]]


class InInbox(RecordingPlatform):
    """The web page's inbox as a platform."""

    def __init__(self, inbox: Inbox, now: Callable[[], object]) -> None:
        super().__init__()
        self.inbox = inbox
        self.now = now

    async def send(self, to: Address, message: Message) -> str:
        return await self.inbox.deliver(to.actor, message, self.now())  # type: ignore[arg-type]  # aware UTC


@asynccontextmanager
async def on_slack(gate: GateInAWorker) -> AsyncIterator[Surface]:
    async with connected("http") as slack:
        world = await make_world(gate, platforms={"slack": slack.platform})
        anna = slack.person()
        seen: set[str] = set()

        async def shown() -> list[Shown]:
            inbox = slack.slack.kept.inbox(anna.user)
            return [Shown(slack_words(m["blocks"]), slack_buttons(m["blocks"]), m["ts"] not in seen) for m in inbox]

        async def looks() -> None:
            seen.update(m["ts"] for m in slack.slack.kept.inbox(anna.user))

        yield Surface(world, "slack", "T0CLINIC", anna.user, {}, shown, looks)


@asynccontextmanager
async def on_teams(gate: GateInAWorker) -> AsyncIterator[Surface]:
    async with teams_world() as teams:
        world = await make_world(gate, platforms={"teams": teams.platform})
        chat = personal_chat(f"29:{KIEL}")
        seen: set[str] = set()

        async def shown() -> list[Shown]:
            return [
                Shown(teams_words(card), tuple(b["title"] for b in buttons(card)), p.id not in seen)
                for p in teams.connector.messages(chat)
                for card in cards_of(p.activity)
            ]

        async def looks() -> None:
            seen.update(p.id for p in teams.connector.messages(chat))

        reference = {"service": teams.connector.url, "bot": BOT, "user": f"29:{KIEL}", "tenant": TENANT}
        yield Surface(world, "teams", TENANT, KIEL, reference, shown, looks)


@asynccontextmanager
async def on_the_page(gate: GateInAWorker) -> AsyncIterator[Surface]:
    platforms: dict[str, RecordingPlatform] = {}
    world = await make_world(gate, platforms=platforms)
    inbox = Inbox(MemoryDrawer(world.clock.now), timedelta(days=30))
    platforms["page"] = InInbox(inbox, world.clock.now)
    me = Actor("page", ORGANISATION, "U1")

    async def shown() -> list[Shown]:
        kept, _ = await inbox.page(me)
        return [
            Shown(f"{k.card.title} {k.card.summary}", tuple(a.label for a in actions(k.card)), k.unread)
            for k in reversed(kept)
        ]

    async def looks() -> None:
        kept, _ = await inbox.page(me)
        await inbox.mark_read(me, [k.id for k in kept])

    yield Surface(world, "page", ORGANISATION, "U1", {}, shown, looks)


SURFACES = {"slack": on_slack, "teams": on_teams, "the page": on_the_page}


@pytest.fixture(autouse=True)
def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads along, so two hundred messages need not keep the platforms' pace."""

    async def at_once(*_: object) -> float:
        return 0.0

    for pacer in (SlackPacer, TeamsPacer):
        monkeypatch.setattr(pacer, "turn", at_once)


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    return rules_alone()


async def tell(at: Surface, card: str, key: str, *, slot: str = "matter:1", **args: Any) -> None:
    at.world.clock.advance(timedelta(minutes=1))
    async with at.world.store.begin(ORGANISATION) as uow:
        work = Work(uow, at.world.clock.now(), at.world.tools)
        await work.tell(person_id("a"), card, "subject", key=key, slot=slot, **args)
        await uow.commit()
    await at.world.settle()


def planted(monkeypatch: pytest.MonkeyPatch, name: str, title: str) -> None:
    async def build(ctx: Context, entry: OutboxEntry) -> Card | None:
        return Card(f"notice.{name}", title, (Text(line(title)),), (Action("home.open", "Open"),), title)

    monkeypatch.setitem(NOTICES, name, replace(NOTICES[name], build=build))


@asynccontextmanager
async def arrived(surface: str, gate: GateInAWorker) -> AsyncIterator[Surface]:
    """The surface with therapist a there, and nowhere else."""
    async with SURFACES[surface](gate) as at:
        await _arrive(at)
        yield at


async def _arrive(at: Surface) -> None:
    async with at.world.store.begin(ORGANISATION) as uow:
        for contact in await uow.find(Contact, person=person_id("a")):
            await uow.remove(Contact, contact.id)
        now = at.world.clock.now()
        contact = Contact("con", ORGANISATION, person_id("a"), at.name, at.tenant, at.user, at.reference, now)
        await uow.add(contact)
        await uow.commit()


@pytest.mark.parametrize("surface", SURFACES)
async def test_what_rings_is_a_new_message_and_what_does_not_is_an_edit(
    surface: str, gate: GateInAWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with arrived(surface, gate) as at:
        planted(monkeypatch, "assigned", FIRST)
        for number, (name, kind) in enumerate(sorted(NOTICES.items())):
            if name in NAMES_ITS_MESSAGE:
                continue
            matter, news = f"matter:{number}", f"The news of {name}".replace("_", " ")
            await tell(at, "assigned", f"{number}", slot=matter)
            await at.looks()
            planted(monkeypatch, name, news)
            await tell(at, name, f"{number} again", slot=matter)
            after = await at.shown()
            planted(monkeypatch, "assigned", FIRST)
            new = [m for m in after if m.new]
            if kind.rings:
                assert [(news in m.words, m.buttons) for m in new] == [(True, ("Open",))], (name, new)
                older = after[-2]
                assert "Out of date" in older.words, name
                assert news in older.words, (name, "the older message points to the newer one")
                assert older.buttons == ("Show where it stands",), (name, "the way to today's state and no other")
            else:
                assert new == [], (name, "a state rings nowhere")
                assert news in after[-1].words, name
            await at.looks()


@pytest.mark.parametrize("surface", SURFACES)
async def test_what_is_only_an_edit_is_nothing_where_nothing_was_said(
    surface: str, gate: GateInAWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with arrived(surface, gate) as at:
        for name, kind in sorted(NOTICES.items()):
            if kind.only_edit and name not in NAMES_ITS_MESSAGE:
                planted(monkeypatch, name, "News")
                await tell(at, name, name, slot=f"matter:{name}")
        assert await at.shown() == []


@pytest.mark.parametrize("surface", SURFACES)
async def test_of_a_message_about_several_things_only_what_is_overtaken_goes(
    surface: str, gate: GateInAWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with arrived(surface, gate) as at:
        for name, title in (("assigned", "A review"), ("case_published", "My case"), ("reviews_released", "Reviews")):
            planted(monkeypatch, name, title)
        async with at.world.store.begin(ORGANISATION) as uow:
            work = Work(uow, at.world.clock.now(), at.world.tools)
            for name in ("assigned", "case_published"):
                await work.tell(person_id("a"), name, name, slot=name)
            await uow.commit()
        await at.world.settle()
        (together,) = await at.shown()
        assert "A review" in together.words
        assert "My case" in together.words
        await at.looks()
        await tell(at, "reviews_released", "", slot="case_published")
        older, news = await at.shown()
        assert "A review" in older.words
        assert "My case" not in older.words
        assert (older.new, news.new, "Reviews" in news.words) == (False, True, True)


@pytest.mark.parametrize("surface", SURFACES)
async def test_an_edit_of_a_day_later_does_not_say_that_the_message_came_late(
    surface: str, gate: GateInAWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was told in time was told in time, whenever a part of it is overtaken."""
    async with arrived(surface, gate) as at:
        names = ("assigned", "case_published", "takeaway_in")
        for name in (*names, "reviews_released"):
            planted(monkeypatch, name, name.capitalize())
        async with at.world.store.begin(ORGANISATION) as uow:
            work = Work(uow, at.world.clock.now(), at.world.tools)
            for name in names:
                await work.tell(person_id("a"), name, name, slot=name)
            await uow.commit()
        await at.world.settle()
        await at.looks()
        await at.world.advance(days=1)
        await tell(at, "reviews_released", "", slot="case_published")
        older = (await at.shown())[0]
        assert ("News for you" in older.words, "could not reach you" in older.words) == (True, False)


def test_every_kind_is_named_and_no_state_asks() -> None:
    kinds = {kind.ring for kind in NOTICES.values()}
    assert kinds == set(Ring)
    assert all(not kind.only_edit or not kind.rings for kind in NOTICES.values())


def test_what_does_not_wait_for_the_hours_is_what_the_code_sends_at_once() -> None:
    found: set[str] = set()
    for path in files("bot/app"):
        for function in nodes(path):
            if isinstance(function, ast.AsyncFunctionDef):
                found |= {card for call in ast.walk(function) for card in _sent_at_once(call, function)}
    found = {ALERT if card == "ALERT" else card for card in found}
    assert found == {name for name, kind in NOTICES.items() if kind.any_hour}


def _sent_at_once(call: ast.AST, function: ast.AsyncFunctionDef) -> set[str]:
    """The cards that a call tells at any hour; of a name what the function gives it."""
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and len(call.args) > 1):
        return set()
    everywhere = call.func.attr == "tell_everywhere"
    urgent = any(k.arg == "urgent" and isinstance(k.value, ast.Constant) and k.value.value for k in call.keywords)
    if not everywhere and not (call.func.attr == "tell" and urgent):
        return set()
    card = call.args[1]
    if isinstance(card, ast.Constant):
        return {str(card.value)}
    assert isinstance(card, ast.Name)
    given = [each.value for each in ast.walk(function) if isinstance(each, ast.Assign) and _names(each) == [card.id]]
    kept = {str(c.value) for value in given for c in ast.walk(value) if isinstance(c, ast.Constant)}
    return kept or ({card.id} if card.id.isupper() else set())


def _names(assign: ast.Assign) -> list[str]:
    return [target.id for target in assign.targets if isinstance(target, ast.Name)]
