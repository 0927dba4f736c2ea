"""The demo clinic with a chat beside its page, for tests of who is met and who cannot be reached."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.admin.context import AdminContext
from bot.admin.roster import Wanted, apply_file
from bot.app.dependencies import Anonymiser
from bot.app.steps.sign_in import SignInService
from bot.delivery.introductions import Introducer
from bot.demo.clinic import START
from bot.domain.person import Person
from bot.ui.inbound import Actor, Arrived, Gone, Profile
from bot.ui.model import Card
from bot.ui.platform import Introduction
from tests.app.risk import Channel
from tests.world import RecordingPlatform, World, make_world

FILE = "name;email;clinic;group;roles;language\nNel New;nel@demo.example;Kiel;Northern iCBT group;therapist;{}\n"


class Chat(Channel):
    """A chat whose directory knows these addresses; `silent` while it does not answer."""

    def __init__(self, *emails: str) -> None:
        super().__init__("slack")
        self.emails, self.silent, self.asked = list(emails), False, list[str]()
        self.world: World | None = None

    async def introduce(self, email: str) -> Introduction:
        assert self.world is not None
        self.asked.append(email)
        if self.silent:
            return Introduction.SILENT
        if email not in self.emails:
            return Introduction.UNKNOWN
        profile = Profile(email=email, language="de-DE" if email.startswith("nel") else "en-GB")
        actor = Actor("slack", "T1", email)
        event = Arrived(event_id=email, actor=actor, profile=profile, reference={"channel": "D1"}, met=True)
        await self.world.entry.handle(event)
        return Introduction.FOUND


class House:
    """The demo clinic with a chat beside the page; nobody has ever opened either."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world, self.chat = world, chat
        chat.world = world
        self.introducer = Introducer(world.store, world.clock, world.log, world.dispatcher.platforms)

    async def imports(self, tmp_path: Path, language: str = "English") -> Person:
        file = tmp_path / "people.csv"
        file.write_text(FILE.format(language), encoding="utf-8")
        await apply_file(self.admin, "", file, Wanted())
        return (await self.world.find(Person, email="nel@demo.example"))[0]

    @property
    def admin(self) -> AdminContext:
        world = self.world
        return AdminContext(world.store, world.clock, world.tools, SignInService(world.store, world.clock, world.tools))

    def messages(self, email: str = "nel@demo.example") -> list[Card]:
        return [message.card for user, message in self.chat.sent if user == email]

    async def closes(self, email: str) -> None:
        await self.world.entry.handle(Gone(event_id=f"gone {email}", actor=Actor("slack", "T1", email)))
        await self.world.settle()


async def house(gate: Anonymiser, *emails: str, start: datetime = START) -> House:
    page, chat = RecordingPlatform(), Chat(*emails)
    world = await make_world(
        gate, platforms={"web": page, "slack": chat}, connected={"web", "slack"}, start=max(start, START)
    )
    return House(world, chat)
