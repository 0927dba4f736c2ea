"""Whom a provider of single sign-on vouches for: one active person of the organisation, or nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.admin.context import AdminContext
from bot.admin.people import remove_person
from bot.admin.sign_in import forget_account
from bot.app.steps.sign_in import SESSION_HOURS, SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.ports.records import Audited, AuditEntry, SignOnAccount
from bot.ui.inbound import Actor
from bot.ui.sign_in import AnotherAccount, SeveralPeople, Vouched
from tests.world import World

ISSUER = "https://login.example"


def admin(world: World) -> SignInService:
    return SignInService(world.store, world.clock, world.tools)


def account(email: str, subject: str = "account-a", issuer: str = ISSUER) -> Vouched:
    return Vouched(issuer, subject, email)


async def who(world: World, vouched: Vouched) -> str | None:
    """Whom an account signs in."""
    session = await admin(world).vouched(vouched, "")
    holder = await admin(world).holder(session) if session else None
    return holder.actor.user if holder else None


async def email_of(world: World, key: str) -> str:
    (person,) = await world.find(Person, id=person_id(key))
    return str(person.email)


async def change(world: World, key: str, **changed: object) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(key)), **changed))  # type: ignore[arg-type]  # by name
        await uow.commit()


@pytest.mark.parametrize("organisation", ["", ORGANISATION])
async def test_a_person_gets_a_session_that_ends(world: World, organisation: str) -> None:
    session = await admin(world).vouched(account(f" {(await email_of(world, 'a')).upper()} "), organisation)
    assert session
    holder = await admin(world).holder(session)
    assert holder
    assert holder.actor == Actor("web", ORGANISATION, person_id("a"))
    await world.advance(hours=SESSION_HOURS)
    assert await admin(world).holder(session) is None


async def test_nobody_is_let_into_another_organisation(world: World) -> None:
    assert await admin(world).vouched(account(await email_of(world, "a")), "org_another") is None


async def test_an_address_that_nobody_has_lets_nobody_in(world: World) -> None:
    assert await admin(world).vouched(account("nobody@clinic.example"), "") is None


async def test_a_removed_person_is_not_let_in(world: World) -> None:
    email = await email_of(world, "a")
    await change(world, "a", removed_at=world.clock.now())
    assert await admin(world).vouched(account(email), "") is None


async def test_two_people_with_one_address_are_not_told_apart_by_a_guess(world: World) -> None:
    await change(world, "b", email=await email_of(world, "a"))
    with pytest.raises(SeveralPeople):
        await admin(world).vouched(account(await email_of(world, "a")), "")


async def test_an_account_signs_in_the_same_person_after_their_address_changed_there_or_here(world: World) -> None:
    mine = await email_of(world, "a")
    assert await who(world, account(mine)) == person_id("a")
    assert await who(world, account("married@clinic.example")) == person_id("a"), "changed there"
    assert await who(world, account("")) == person_id("a"), "no longer verified there"
    await change(world, "a", email="other@clinic.example")
    assert await who(world, account(mine)) == person_id("a"), "changed here"
    assert await who(world, account(await email_of(world, "b"))) == person_id("a"), "never whoever has the address now"
    assert len(await world.find(SignOnAccount)) == 1


async def test_another_account_with_the_same_address_is_refused_and_the_administrator_is_told_once(
    world: World,
) -> None:
    mine = await email_of(world, "a")
    await who(world, account(mine))
    for subject in ("account-x", "account-x", "account-y"):
        with pytest.raises(AnotherAccount):
            await admin(world).vouched(account(mine, subject), "")
    assert await who(world, account(mine)) == person_id("a"), "the known one still signs in"
    assert [bound.subject for bound in await world.find(SignOnAccount)] == ["account-a"]
    assert len(await world.find(AuditEntry, what=Audited.ACCOUNT_REFUSED.value)) == 1
    await world.advance(days=1)
    (told,) = [card for card in world.inbox("m") if card.key == "notice.account_refused"]
    assert "forget-account" in told.summary
    assert not [card for card in world.inbox("a") if card.key == "notice.account_refused"]
    with pytest.raises(AnotherAccount):
        await admin(world).vouched(account(mine, "account-y"), "")
    assert len(await world.find(AuditEntry, what=Audited.ACCOUNT_REFUSED.value)) == 2, "the next day is told again"


async def test_accounts_of_two_providers_are_two_accounts(world: World) -> None:
    mine = await email_of(world, "a")
    assert await who(world, account(mine)) == person_id("a")
    assert await who(world, account(mine, issuer="https://other.example")) == person_id("a")
    assert await who(world, account("", issuer="https://third.example")) is None


async def test_an_administrator_lets_a_person_come_with_a_new_account(world: World) -> None:
    mine = await email_of(world, "a")
    await who(world, account(mine))
    office = AdminContext(world.store, world.clock, world.tools, admin(world), "root")
    assert await forget_account(office, "", mine) == ["Therapist A (Kiel) signs in with the next account of theirs."]
    assert await forget_account(office, "", mine) == ["Therapist A (Kiel) was known by no account of single sign-on."]
    assert await who(world, account(mine, "account-new")) == person_id("a")
    assert await who(world, account("")) is None, "the old one signs nobody in"
    (line,) = await world.find(AuditEntry, what=Audited.ACCOUNT_FORGOTTEN.value)
    assert (line.actor, line.subject) == ("admin", person_id("a"))


async def test_a_person_who_left_is_not_let_in_by_their_account(world: World) -> None:
    await who(world, account(await email_of(world, "a")))
    office = AdminContext(world.store, world.clock, world.tools, admin(world), "root")
    await remove_person(office, "", await email_of(world, "a"))
    assert await who(world, account("")) is None
    assert await world.find(SignOnAccount) == []
