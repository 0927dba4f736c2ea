"""E-mail as the third way to people: who has it, what goes there, what rings, and what a refused mailbox changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.app.context import Work
from bot.app.dependencies import Anonymiser
from bot.app.steps.addresses import keep_all_addresses
from bot.app.steps.sign_in import SignInService
from bot.delivery.returned import Returns
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact, Person
from bot.domain.risk import Hold
from bot.ports.records import OutboxEntry
from bot.ui.inbound import ActionPressed, Actor, Done
from bot.ui.platform import DeliveryFailed, Returned
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
    service = SignInService(clinic.world.store, clinic.world.clock, clinic.world.tools)
    await service.request(person.email)
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


async def came_back(clinic: Clinic, key: str, address: str = "", *, shut: bool = True, id: str = "") -> OutboxEntry:
    """The last message of a person comes back; how it stands then, before anything is sent."""
    world = clinic.world
    (person,) = await world.find(Person, id=person_id(key))
    entry = max(
        await world.find(OutboxEntry, person=person.id, platform="email", sent_at__not=None), key=lambda e: e.created_at
    )
    returned = Returned("email", id or entry.id, address or person.email, "no_such_mailbox (5.1.1)", shut)
    await Returns(world.store, world.clock, world.tools).take(returned)
    (after,) = await world.find(OutboxEntry, id=entry.id)
    return after


async def test_a_mail_that_comes_back_shuts_the_mailbox_and_takes_the_next_way(clinic: Clinic) -> None:
    await clinic.tell("a")
    assert (await came_back(clinic, "a")).sent_at is None
    (contact,) = await clinic.world.find(Contact, platform="email", person=person_id("a"))
    assert (bool(contact.failed_at), contact.failure) == (True, "no_such_mailbox (5.1.1)")
    await clinic.world.settle()
    (entry,) = await clinic.world.find(OutboxEntry, person=person_id("a"))
    assert (entry.platform, bool(entry.sent_at)) == ("web", True)
    assert len(clinic.mails("a")) == 1


async def test_a_mail_that_comes_back_for_another_reason_did_not_arrive_and_shuts_nothing(clinic: Clinic) -> None:
    await clinic.tell("a")
    after = await came_back(clinic, "a", shut=False)
    assert (after.sent_at, bool(after.failed_at), after.failure) == (None, True, "no_such_mailbox (5.1.1)")
    (contact,) = await clinic.world.find(Contact, platform="email", person=person_id("a"))
    assert contact.failed_at is None


@pytest.mark.parametrize("shut", [True, False])
async def test_an_alert_that_comes_back_goes_to_the_next_person(clinic: Clinic, shut: bool) -> None:
    world = clinic.world
    await world.player("a").press("risk.alert_duty")
    await world.advance(minutes=1)
    (hold,) = await world.find(Hold)
    first = hold.alerted
    assert first
    await came_back(clinic, first.rpartition("_")[2], shut=shut)
    await world.advance(minutes=1)
    (hold,) = await world.find(Hold)
    assert hold.alerted != first or hold.undelivered_at, "nobody waits for whom no mail reached"


@pytest.mark.parametrize(("address", "id"), [("other@clinic.example", ""), ("", "out_unknown")])
async def test_a_report_that_fits_no_mail_of_ours_changes_nothing(clinic: Clinic, address: str, id: str) -> None:
    await clinic.tell("a")
    assert (await came_back(clinic, "a", address, id=id)).sent_at
    (contact,) = await clinic.world.find(Contact, platform="email", person=person_id("a"))
    assert contact.failed_at is None


async def test_one_press_silences_what_can_wait_and_nothing_else(clinic: Clinic) -> None:
    actor = Actor("email", ORGANISATION, person_id("a"))
    done = await clinic.world.entry.handle(ActionPressed(event_id="x", actor=actor, key="settings.silence_mail"))
    assert isinstance(done, Done)
    assert "Web page" in done.note
    await clinic.tell("a")
    assert (clinic.mails("a"), clinic.notices("a")) == ([], ["notice.not_reached"])
    async with clinic.world.store.begin(ORGANISATION) as uow:
        work = Work(uow, clinic.world.clock.now(), clinic.world.tools)
        await work.tell(person_id("a"), "not_reached", "a2", name="X", code="AB-123", urgent=True)
        await uow.commit()
    await clinic.world.settle()
    assert clinic.mails("a") == ["notice.not_reached"]
