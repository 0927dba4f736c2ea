"""Somebody at whom messages arrive and who answers none: a state of each address and of the person, with since when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.anonymise import Sensitive
from bot.app.context import Work
from bot.app.facts.reachability import ASKS, AddressReach, Reachability, reachability_of
from bot.app.notice_kinds import Ring
from bot.delivery.notices import NOTICES
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact, Person, Reach
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Actor, CommandTyped, Show
from bot.ui.model import plain
from bot.ui.platform import Capabilities
from tests.world import World

SLACK = Actor("slack", "T1", "UB")
PLATFORMS = {
    "web": Capabilities(interrupts=False, own_pages=True),
    "slack": Capabilities(interrupts=True),
    "teams": Capabilities(interrupts=True),
    "email": Capabilities(interrupts=True, edits=False, by_address=True),
}


class Clinic:
    """Therapist b with addresses of our choice, and messages that arrived there."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.entry.tools = world.tools = replace(world.tools, platforms=PLATFORMS, connected={*PLATFORMS})
        self.start = world.clock.now()

    async def add(self, *platforms: str, seen: datetime | None = None) -> None:
        async with self.world.store.begin(ORGANISATION) as uow:
            for name in platforms:
                await uow.add(Contact(f"con_{name}", ORGANISATION, person_id("b"), name, "T1", "UB", {}, seen))
            await uow.commit()

    async def ask(self, platform: str, *cards: str) -> None:
        now = self.world.clock.now()
        async with self.world.store.begin(ORGANISATION) as uow:
            for card in cards:
                id = self.world.tools.ids.new("outbox")
                entry = OutboxEntry(id, ORGANISATION, id, person_id("b"), card, "x", now, now)
                await uow.add(replace(entry, sent_at=now, contact=f"con_{platform}"))
            await uow.commit()

    async def stands(self) -> Reachability:
        async with self.world.store.begin(ORGANISATION, write=False) as uow:
            work = Work(uow, self.world.clock.now(), self.world.tools)
            person = await uow.get(Person, person_id("b"))
            return (await reachability_of(work, [person]))[person.id]

    async def of(self, platform: str) -> AddressReach:
        return next(each for each in (await self.stands()).addresses if each.contact.platform == platform)


@pytest.fixture
def clinic(world: World) -> Clinic:
    return Clinic(world)


def test_what_counts_as_an_ask_are_messages_that_ask() -> None:
    assert {NOTICES[card].ring for card in ASKS} == {Ring.ASKS}


async def test_three_unanswered_asks_over_a_week_are_not_answering_since_the_first(clinic: Clinic) -> None:
    await clinic.add("slack")
    await clinic.ask("slack", "assigned", "reviews_released")  # news needs no answer
    await clinic.world.advance(days=3)
    await clinic.ask("slack", "reminder")
    await clinic.world.advance(days=5)
    assert (await clinic.stands()).reach is Reach.REACHABLE, "two are not several"
    await clinic.ask("slack", "reminder")
    stands = await clinic.stands()
    assert (stands.reach, stands.since) == (Reach.NOT_ANSWERING, clinic.start)
    assert stands.reached, "they arrive: reviews stay due, nothing is shut"


async def test_three_asks_within_a_week_are_not_silence_yet(clinic: Clinic) -> None:
    await clinic.add("slack")
    await clinic.ask("slack", "assigned", "question_asked", "please_present")
    await clinic.world.advance(days=6, hours=23)
    assert (await clinic.stands()).reach is Reach.REACHABLE
    await clinic.world.advance(hours=1)
    assert (await clinic.stands()).reach is Reach.NOT_ANSWERING


async def test_any_sign_of_life_ends_it(clinic: Clinic) -> None:
    await clinic.add("slack")
    await clinic.ask("slack", "assigned", "reminder", "nudge")
    await clinic.world.advance(days=8)
    assert (await clinic.stands()).reach is Reach.NOT_ANSWERING
    await clinic.world.entry.handle(CommandTyped(event_id="e", actor=SLACK, name="hm", text=Sensitive("")))
    assert (await clinic.stands()).reach is Reach.REACHABLE
    assert (await clinic.of("slack")).reach is Reach.REACHABLE


async def test_each_address_has_its_own_silence_and_an_answer_elsewhere_counts_for_the_person(clinic: Clinic) -> None:
    await clinic.add("slack", "teams")
    await clinic.ask("slack", "assigned", "reminder", "reminder")
    await clinic.world.advance(days=8)
    await clinic.world.entry.handle(
        CommandTyped(event_id="e", actor=Actor("teams", "T1", "UB"), name="home", text=Sensitive(""))
    )
    assert (await clinic.stands()).reach is Reach.REACHABLE
    slack, teams = await clinic.of("slack"), await clinic.of("teams")
    assert (slack.reach, slack.since) == (Reach.NOT_ANSWERING, clinic.start)
    assert teams.reach is Reach.REACHABLE


async def test_a_mailbox_cannot_tell_because_nobody_acts_there(clinic: Clinic) -> None:
    await clinic.add("email")
    await clinic.ask("email", "assigned", "reminder", "reminder")
    await clinic.world.advance(days=8)
    assert (await clinic.of("email")).reach is Reach.REACHABLE
    assert (await clinic.stands()).reach is Reach.NOT_ANSWERING, "of the person silence on the page tells it"


async def test_a_supervisor_sees_who_does_not_answer_since_when_and_at_which_address(clinic: Clinic) -> None:
    await clinic.add("slack", "teams")
    await clinic.ask("slack", "assigned", "reminder", "nudge")
    await clinic.world.advance(days=8)
    supervisor = clinic.world.player("s")
    overview = repr(await supervisor.press("supervision.overview"))
    assert "several that ask for something had no answer from Therapist B (Kiel)" in overview
    assert "arrive, several without an answer, since" in overview
    member = await supervisor.press("supervision.member", person_id("b"))
    assert isinstance(member, Show)
    facts = [(label, plain(value)) for block in member.form.body for label, value in getattr(block, "rows", ())]
    said = dict(facts)
    day = clinic.start.strftime("%-d %b")
    assert said["Messages"] == f"arrive, several without an answer, since {clinic.start:%a} {day}"
    assert said["Slack"].startswith("arrive, several without an answer, since")
    assert said["Microsoft Teams"] == "arrive"
    assert timedelta(days=7) < clinic.world.clock.now() - clinic.start
