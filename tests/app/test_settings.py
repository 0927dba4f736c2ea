"""A person's language, accounts and place for notices: from the profile, by command, by code, and undone again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest

from bot.anonymise import Sensitive
from bot.app.commands import TYPED
from bot.app.people.settings_handlers import connecting_code
from bot.app.steps.strangers import ADD
from bot.app.typed_words import Meant, meant
from bot.calendars.spoken import ComeBack, SwitchMode, TakeLeave, understand
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.organisation import Workspace
from bot.domain.person import Contact, Person
from bot.ports.records import OutboxEntry
from bot.ui.inbound import ActionPressed, Actor, Arrived, CommandTyped, Done, Outcome, Profile, Refused, Say, Show
from bot.ui.model import Text, plain
from bot.ui.strings import LANGUAGES, words
from tests.world import World

NUMBERS = count()
HER = Actor("slack", "T0KIEL", "U0A")
HERS_TOO = Actor("teams", "tenant-lund", "aad-a")


async def arrives(world: World, actor: Actor, language: str = "", email: str = "a@demo.example") -> Outcome:
    profile = Profile(name="A", email=email, language=language)
    return await world.entry.handle(Arrived(event_id=f"arr-{next(NUMBERS)}", actor=actor, profile=profile))


async def types(world: World, actor: Actor, text: str) -> Outcome:
    name, _, rest = text.lstrip("/").partition(" ")
    event = CommandTyped(event_id=f"cmd-{next(NUMBERS)}", actor=actor, name=name, text=Sensitive(rest))
    return await world.entry.handle(event)


async def presses(world: World, actor: Actor, key: str, subject: str = "") -> Outcome:
    return await world.entry.handle(
        ActionPressed(event_id=f"act-{next(NUMBERS)}", actor=actor, key=key, subject=subject)
    )


async def her(world: World) -> Person:
    return (await world.find(Person, id=person_id("a")))[0]


async def code_of(world: World, actor: Actor) -> str:
    shown = await presses(world, actor, "settings.connect")
    assert isinstance(shown, Show)
    texts = [plain(block.line) for block in shown.form.body if isinstance(block, Text)]
    return next(text for text in texts if text.startswith("/settings "))


# ---- language -----------------------------------------------------------------------------------


async def test_the_profile_gives_the_language_and_its_change_is_followed(world: World) -> None:
    await arrives(world, HER, "da-DK")
    assert (await her(world)).language == "da"
    await arrives(world, HER, "sv-SE")
    assert (await her(world)).language == "sv"
    await arrives(world, HER, "fi-FI")
    assert (await her(world)).language == "sv", "a language that is none of ours changes nothing"


async def test_two_profiles_with_two_languages_do_not_take_turns(world: World) -> None:
    await arrives(world, HER, "da-DK")
    await arrives(world, HERS_TOO, "de-DE")
    await arrives(world, HER, "da-DK")
    assert (await her(world)).language == "de", "only a changed profile changes the language"


@pytest.mark.parametrize("typed", ["sv", "Svenska", "swedish", "schwedisch"])
async def test_a_chosen_language_stays_whatever_the_profile_says(world: World, typed: str) -> None:
    await arrives(world, HER, "da-DK")
    outcome = await types(world, HER, f"/language {typed}")
    assert outcome == Done(words("sv")("settings.saved"))
    await arrives(world, HER, "de-DE")
    assert (await her(world)).language == "sv"
    home = await world.player("a").home()
    assert home.title.startswith("Hej")


async def test_an_unknown_language_is_answered_with_those_there_are(world: World) -> None:
    outcome = await types(world, world.player("a").actor, "/language klingon")
    assert isinstance(outcome, Refused)
    assert "Nederlands" in outcome.text


async def test_the_settings_follow_the_chat_again_when_asked_to(world: World) -> None:
    await arrives(world, HER, "nb-NO")
    player = world.player("a")
    form = await player.open("settings.open")
    await player.send(form, {"language": ("de",), "languages": ("en",), "notices": ("slack",)})
    person = await her(world)
    assert (person.language, person.language_chosen, person.notify_on) == ("de", True, "slack")
    await player.send(form, {"language": ("profile",), "languages": ("en",), "notices": ("last",)})
    person = await her(world)
    assert (person.language, person.language_chosen, person.notify_on) == ("nb", False, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_to_type_is_understood(language: str) -> None:
    w = words(language)
    commands = ("help", "home", "caseload", "case", "review", "round", "supervision", "settings", "language")
    for key in commands:
        for word in w(f"command.{key}").split():
            assert meant(word, "", date(2027, 1, 18), TYPED) == Meant(key, ""), f"{word} in {language}"
    for kind, act in (("leave", TakeLeave), ("mode", SwitchMode), ("back", ComeBack)):
        for example in w(f"caseload.example.{kind}").split(" · "):
            assert isinstance(understand(example, date(2027, 1, 18), language), act), example
    assert connecting_code(f"{w('typed.connect').split()[0]} k7qf 2m9p") == "K7QF2M9P"


def unknown_here(language: str) -> Refused:
    """What somebody reads where no account is known yet."""
    w = words(language)
    steps = f"1. {w('stranger.add_yourself', command=ADD)}\n2. {w('stranger.then')}"
    return Refused("not_a_member", f"{w('stranger.nobody_yet')}\n{w('stranger.installed')}\n{steps}")


# ---- accounts -----------------------------------------------------------------------------------


async def test_a_code_typed_on_the_other_side_makes_one_participant_of_two_accounts(world: World) -> None:
    await arrives(world, HER)
    shown = await presses(world, HER, "settings.connect")
    assert isinstance(shown, Show)
    command = await code_of(world, HER)
    assert await types(world, HERS_TOO, "/home") == unknown_here("en")
    german = CommandTyped(event_id="in German", actor=HERS_TOO, name="home", language="de-AT")
    assert await world.entry.handle(german) == unknown_here("de")
    assert isinstance(await types(world, HERS_TOO, command.lower()), Done)
    assert isinstance(await types(world, HERS_TOO, "/home"), Say)
    contacts = await world.find(Contact, person=person_id("a"))
    assert {c.platform for c in contacts} == {"web", "slack", "teams"}


async def test_a_code_works_once_and_for_a_quarter_of_an_hour(world: World) -> None:
    await arrives(world, HER)
    command = await code_of(world, HER)
    assert isinstance(await types(world, HERS_TOO, command), Done)
    third = Actor("teams", "tenant-lund", "aad-x")
    assert _key(await types(world, third, command)) == "code_not_valid"
    late = await code_of(world, HER)
    world.clock.advance_to(world.clock.now() + timedelta(minutes=15))
    assert _key(await types(world, third, late)) == "code_not_valid"
    assert _key(await types(world, third, "/settings connect AAAA-2222")) == "code_not_valid"


async def test_a_code_is_no_link_to_sign_in_with(world: World) -> None:
    from bot.app.steps.sign_in import SignInService

    await arrives(world, HER)
    command = await code_of(world, HER)
    code = command.split()[-1].replace("-", "")
    service = SignInService(world.store, world.clock, world.tools)
    assert await service.redeem(f"connect:{code}") is None


async def test_somebody_elses_account_is_not_taken_over(world: World) -> None:
    await arrives(world, HER)
    await arrives(world, HERS_TOO, email="b@demo.example")
    command = await code_of(world, HER)
    assert _key(await types(world, HERS_TOO, command)) == "account_taken"
    assert (await world.find(Contact, platform="teams"))[0].person == person_id("b")


async def test_a_disconnected_account_is_a_strangers_until_it_is_connected_again(world: World) -> None:
    await arrives(world, HER)
    await arrives(world, HERS_TOO)
    [teams] = await world.find(Contact, platform="teams")
    assert _key(await presses(world, HERS_TOO, "settings.disconnect", teams.id)) == "account_in_use"
    assert isinstance(await presses(world, HER, "settings.disconnect", teams.id), Done)
    assert _key(await arrives(world, HERS_TOO)) == "not_a_member", "its address alone does not bring it back"
    assert _key(await types(world, HERS_TOO, "/home")) == "not_a_member"
    assert isinstance(await types(world, HERS_TOO, await code_of(world, HER)), Done)
    assert isinstance(await types(world, HERS_TOO, "/home"), Say)


async def test_nobody_disconnects_an_account_of_somebody_else(world: World) -> None:
    await arrives(world, HER)
    [slack] = await world.find(Contact, platform="slack")
    assert _key(await world.player("b").press("settings.disconnect", slack.id)) == "not_found_here"


async def test_an_address_counts_only_where_the_organisation_is_at_home(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Workspace("wsp_1", ORGANISATION, "slack", "T0KIEL"))
        await uow.commit()
    elsewhere = Actor("slack", "T0STRANGE", "U0A")
    assert _key(await arrives(world, elsewhere)) == "not_a_member"
    assert isinstance(await arrives(world, HER), Done)
    assert _key(await types(world, elsewhere, await code_of(world, HER))) == "workspace_not_joined"


async def test_where_any_workspace_may_install_the_app_an_unlisted_one_is_refused_and_administrators_hear_once(
    world: World,
) -> None:
    world.entry.tools = replace(world.tools, listed_only={"slack"})
    stranger = Actor("slack", "T0STRANGE", "U0A")
    for _ in range(3):
        assert _key(await arrives(world, stranger)) == "not_a_member"
    assert await world.find(Contact, platform="slack") == []
    told = await world.find(OutboxEntry, card="workspace_refused")
    assert [entry.person for entry in told] == [person_id("m")], "the administrator, once"
    await world.advance(days=1)
    (card,) = [card for card in world.inbox("m") if card.key == "notice.workspace_refused"]
    assert "T0STRANGE" in card.summary
    (let_in,) = card.actions
    assert (let_in.key, dict(let_in.args)) == ("setup.workspace", {"platform": "slack", "tenant": "T0STRANGE"})
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Workspace("wsp_1", ORGANISATION, "slack", HER.tenant))
        await uow.commit()
    assert isinstance(await arrives(world, HER), Done)
    assert _key(await types(world, stranger, await code_of(world, HER))) == "workspace_not_joined"


async def test_a_workspace_in_which_somebody_is_known_stays_the_organisations(world: World) -> None:
    assert isinstance(await arrives(world, HER), Done)
    world.entry.tools = replace(world.tools, listed_only={"slack"})
    await change_email(world, "b", "anna.two@demo.example")
    second = Actor("slack", HER.tenant, "U0SECOND")
    profile = Profile(name="B", email="anna.two@demo.example")
    assert isinstance(await world.entry.handle(Arrived(event_id="second", actor=second, profile=profile)), Done)


async def change_email(world: World, key: str, email: str) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(key)), email=email))
        await uow.commit()


def _key(outcome: Outcome) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.key
