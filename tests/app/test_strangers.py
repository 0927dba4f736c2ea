"""Whom nobody added reads who runs this here and what to ask for; whoever installed it, how to go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.app.steps.strangers import ADD, MOST
from bot.demo.clinic import ORGANISATION
from bot.domain.organisation import Clinic, Organisation, Workspace
from bot.domain.person import Contact, Person, Role
from bot.ui.inbound import ActionPressed, Actor, Arrived, CommandTyped, Event, HomeOpened, Profile, Refused, Say
from bot.ui.strings import LANGUAGES, words
from tests.world import World

HERE = {"slack": "T0KIEL", "teams": "00000000-0000-4000-8000-000000000001"}
WAYS = ("home", "typed", "pressed", "installed")


def event(way: str, actor: Actor, language: str = "en") -> Event:
    id = f"{way}-{language}"
    match way:
        case "home":
            return HomeOpened(event_id=id, actor=actor, language=language)
        case "typed":
            return CommandTyped(event_id=id, actor=actor, language=language, name="case")
        case "pressed":
            return ActionPressed(event_id=id, actor=actor, language=language, key="review.open", subject="asg_1")
    return Arrived(event_id=id, actor=actor, profile=Profile("Ida It", "ida@demo.example", language))


async def said(world: World, way: str, actor: Actor, language: str = "en") -> str:
    outcome = await world.entry.handle(event(way, actor, language))
    assert isinstance(outcome, Refused)
    assert outcome.key == "not_a_member"
    return outcome.text


async def listed(world: World, platform: str, organisation: str = ORGANISATION) -> None:
    async with world.store.begin(organisation) as uow:
        await uow.add(Workspace(f"wsp_{organisation}", organisation, platform, HERE[platform]))
        await uow.commit()


async def administrators(world: World) -> list[str]:
    return [person.name for person in await world.find(Person) if person.has(Role.ADMIN)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("platform", HERE)
async def test_where_an_organisation_is_at_home_a_stranger_reads_whom_to_ask(
    world: World, platform: str, way: str
) -> None:
    await listed(world, platform)
    text = await said(world, way, Actor(platform, HERE[platform], "U0IDA"))
    (organisation,) = await world.find(Organisation)
    named = await administrators(world)
    assert named
    assert all(name in text for name in (organisation.name, *named))
    assert "add you with the e-mail address of this account" in text
    assert "intervision admin" not in text, "the shell is nothing for a colleague"


@pytest.mark.parametrize("must_be_listed", [True, False])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("platform", HERE)
async def test_whoever_installs_it_where_nobody_is_known_reads_how_to_go_on_and_nobodys_name(
    world: World, platform: str, way: str, must_be_listed: bool
) -> None:
    world.entry.tools = replace(world.tools, listed_only=frozenset({platform}) if must_be_listed else frozenset())
    text = await said(world, way, Actor(platform, "T0NEW", "U0IDA"))
    assert (f"intervision admin add-workspace {platform} T0NEW" in text) == must_be_listed
    assert ADD in text
    assert "lists what is missing before the first round" in text
    known = {person.name for person in await world.find(Person)} | {o.name for o in await world.find(Organisation)}
    assert [name for name in known if name in text] == []


@pytest.mark.parametrize("platform", HERE)
async def test_what_the_installer_is_told_lets_them_in_and_leads_to_the_checklist(world: World, platform: str) -> None:
    world.entry.tools = replace(world.tools, listed_only=frozenset({platform}))
    ida = Actor(platform, HERE[platform], "U0IDA")
    assert "add-workspace" in await said(world, "home", ida)
    await listed(world, platform)
    async with world.store.begin(ORGANISATION) as uow:
        one = (await uow.find(Person, limit=1))[0]
        await uow.add(
            replace(one, id="per_ida", name="Ida It", email="ida@demo.example", roles=frozenset({Role.ADMIN}))
        )
        await uow.add(
            Clinic("cli_new", ORGANISATION, "A clinic without anybody on duty", "SE", "Europe/Stockholm"),
        )
        await uow.commit()
    await world.entry.handle(event("installed", ida))
    outcome = await world.entry.handle(event("home", ida))
    assert isinstance(outcome, Say)
    assert words("en")("setup.heading") in str(outcome.card)


async def test_a_second_organisation_in_the_same_place_is_not_told_of(world: World) -> None:
    await listed(world, "slack")
    async with world.store.begin("org_2") as uow:
        await uow.add(Organisation("org_2", "org_2", "The other clinic", world.clock.now()))
        await uow.commit()
    await listed(world, "slack", "org_2")
    text = await said(world, "home", Actor("slack", HERE["slack"], "U0IDA"))
    assert text == words("en")("refusal.not_a_member")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_said_in_the_language_of_their_chat(world: World, language: str) -> None:
    w = words(language)
    assert w("stranger.installed") in await said(world, "home", Actor("slack", "T0NEW", "U0IDA"), language)
    async with world.store.begin(ORGANISATION) as uow:
        person = (await uow.find(Person, limit=1))[0]
        await uow.add(Contact("con_1", ORGANISATION, person.id, "slack", "T0NEW", "U0OTHER", seen_at=world.clock.now()))
        await uow.commit()
    asked = await said(world, "typed", Actor("slack", "T0NEW", "U0IDA"), language)
    assert [part for part in w("stranger.ask", organisation="@", names="@").split("@") if part not in asked] == []


async def test_of_a_large_service_no_organisation_is_named(world: World) -> None:
    await listed(world, "slack")
    for n in range(MOST):
        async with world.store.begin(f"org_more_{n}") as uow:
            await uow.add(Organisation(f"org_more_{n}", f"org_more_{n}", f"Clinic {n}", world.clock.now()))
            await uow.commit()
    text = await said(world, "home", Actor("slack", HERE["slack"], "U0IDA"))
    assert text == words("en")("refusal.not_a_member")


async def test_an_administrator_with_nothing_to_do_is_not_sent_to_an_administrator(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        one = next(person for person in await uow.find(Person) if person.has(Role.ADMIN))
        await uow.save(replace(one, roles=frozenset({Role.ADMIN})))
        contact = (await uow.find(Contact, person=one.id, limit=1))[0]
        await uow.commit()
    shown = await world.entry.handle(event("home", Actor(contact.platform, contact.tenant, contact.user)))
    assert words("en")("home.no_roles") not in str(shown)
    assert words("en")("administration.title") in str(shown)
