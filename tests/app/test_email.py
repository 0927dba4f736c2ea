"""E-mail as the third way to people: who has it, what goes there, what rings, and what a refused mailbox changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.app.context import Work
from bot.app.dependencies import Anonymiser
from bot.app.steps.addresses import keep_all_addresses
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact, Person
from bot.domain.risk import Hold
from bot.ports.records import OutboxEntry
from bot.ui.platform import DeliveryFailed
from tests.app.risk import Channel
from tests.world import RecordingPlatform, World, make_world


class Clinic:
    """The demo clinic with a web page, and e-mail beside it."""

    def __init__(self, world: World, mail: Channel, page: RecordingPlatform) -> None:
        self.world, self.mail, self.page = world, mail, page

    async def change(self, key: str, **to: Any) -> None:
        async with self.world.store.begin(ORGANISATION) as uow:
            await uow.save(replace(await uow.get(Person, person_id(key)), **to))
            await uow.commit()

    async def keep(self) -> int:
        return await keep_all_addresses(self.world.store, self.world.clock.now(), self.world.tools)

    async def tell(self, key: str, *, urgent: bool = False) -> None:
        async with self.world.store.begin(ORGANISATION) as uow:
            work = Work(uow, self.world.clock.now(), self.world.tools)
            await work.tell(person_id(key), "not_reached", key, name="X", code="AB-123", urgent=urgent)
            await uow.commit()
        await self.world.settle()

    def mails(self, key: str) -> list[str]:
        return [message.card.key for user, message in self.mail.sent if user == person_id(key)]

    def notices(self, key: str) -> list[str]:
        return [message.card.key for user, message in self.page.sent if user == person_id(key)]


@pytest.fixture
async def clinic(gate: Anonymiser) -> Clinic:
    mail, page = Channel("email"), RecordingPlatform()
    world = await make_world(gate, platforms={"web": page, "email": mail}, by_address=("email",))
    made = Clinic(world, mail, page)
    await made.keep()
    return made


async def test_everybody_with_an_address_can_be_written_to_and_a_new_address_is_another_mailbox(clinic: Clinic) -> None:
    people = await clinic.world.find(Person, removed_at=None)
    contacts = await clinic.world.find(Contact, platform="email")
    assert {c.person: c.reference for c in contacts} == {p.id: {"address": p.email} for p in people}
    assert await clinic.keep() == 0, "nothing is done twice"
    clinic.mail.lost[person_id("a")] = DeliveryFailed("no_such_mailbox (550)", permanent=True)
    await clinic.tell("a")
    (shut,) = await clinic.world.find(Contact, platform="email", person=person_id("a"))
    assert shut.failed_at
    assert await clinic.keep() == 0, "the mailbox is as shut as before"
    clinic.mail.lost.clear()
    await clinic.change("a", email="new@clinic.example")
    assert await clinic.keep() == 1
    (open_again,) = await clinic.world.find(Contact, platform="email", person=person_id("a"))
    assert (open_again.failed_at, open_again.reference) == (None, {"address": "new@clinic.example"})


async def test_whoever_uses_the_page_alone_is_told_by_mail_and_finds_the_buttons_on_the_page(clinic: Clinic) -> None:
    await clinic.tell("a")
    assert clinic.mails("a") == clinic.notices("a") == ["notice.not_reached"]
    (entry,) = await clinic.world.find(OutboxEntry, person=person_id("a"))
    assert entry.platform == "email"


async def test_a_shut_mailbox_leaves_the_page(clinic: Clinic) -> None:
    clinic.mail.lost[person_id("a")] = DeliveryFailed("no_such_mailbox (550)", permanent=True)
    await clinic.tell("a")
    (entry,) = await clinic.world.find(OutboxEntry, person=person_id("a"))
    assert (entry.platform, bool(entry.sent_at)) == ("web", True)


async def test_what_cannot_wait_rings_whatever_the_person_prefers(clinic: Clinic) -> None:
    await clinic.change("a", notify_on="web")
    await clinic.tell("a")
    assert (clinic.mails("a"), clinic.notices("a")) == ([], ["notice.not_reached"]), "the page, as they chose"
    await clinic.change("b", notify_on="web")
    await clinic.tell("b", urgent=True)
    assert clinic.mails("b") == ["notice.not_reached"]


async def test_a_sign_in_link_goes_by_mail_and_is_not_laid_behind_the_sign_in(clinic: Clinic) -> None:
    (person,) = await clinic.world.find(Person, id=person_id("a"))
    desk = SignInService(clinic.world.store, clinic.world.clock, clinic.world.tools)
    await desk.request(person.email)
    await clinic.world.settle()
    assert (clinic.mails("a"), clinic.notices("a")) == (["notice.sign_in"], [])


async def test_an_alert_that_no_mailbox_took_was_not_delivered(clinic: Clinic) -> None:
    """It lies on the page of the first person, whom nobody told: the next one is alerted, and who raised it is told."""
    world = clinic.world
    everybody = await world.find(Person, removed_at=None)
    clinic.mail.lost = {p.id: DeliveryFailed("no_such_mailbox (550)", permanent=True) for p in everybody}
    raised = await world.player("a").press("risk.alert_duty")
    await world.advance(minutes=1)
    (hold,) = await world.find(Hold)
    assert hold.undelivered_at is not None, raised
    assert clinic.mails("a") == []


async def test_an_alert_that_a_mailbox_took_waits_for_its_answer(clinic: Clinic) -> None:
    world = clinic.world
    await world.player("a").press("risk.alert_duty")
    await world.advance(minutes=1)
    (hold,) = await world.find(Hold)
    assert hold.undelivered_at is None
    first = hold.alerted
    assert [m.card.key for user, m in clinic.mail.sent if user == first] == ["notice.risk_alert_author"]
