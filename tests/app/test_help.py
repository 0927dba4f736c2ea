"""Help after every command and on Home; what people put around a command; a story typed where nobody reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.app.commands import TYPED
from bot.app.typed_words import Meant, meant
from bot.demo.clinic import ORGANISATION
from bot.domain.case import Case
from bot.domain.organisation import Clinic
from bot.ports.records import Draft
from bot.ui.inbound import Outcome, Refused, Say, Show
from bot.ui.model import Buttons, Card, Notice, plain
from bot.ui.strings import LANGUAGES, words
from tests.app.risk import scene
from tests.world import World

TODAY = date(2027, 1, 18)
STORIES = [
    "My patient Anna has not slept for days and says that nobody would miss her",
    "my patient anna jensen 120385-2345 is not well",
    "she wrote that she will end her life tonight with the pills she kept",
    "case my patient Anna has not slept for days and says nobody would miss her",
    "help she wants to kill herself tonight with pills",
    "review the patient told me that he hears voices at night and drinks",
    "Meine Patientin hat gestern geschrieben, dass sie nicht mehr leben will",
    "patient is very sad",
]
NO_STORIES = [
    "show me where I can see all of my reviews please",
    "round new every second Monday at 9 from 12 January on for the group",
    "caseload leave from 1 Feb until 12 Feb because of a family matter abroad",
    "settings connect K7QF2M9P",
    "report 20262",
    "reviw",
    "hello there",
]


async def said(world: World, typed: str, key: str = "b") -> Card:
    outcome = await world.player(key).type(typed)
    assert isinstance(outcome, Say), outcome
    return outcome.card


@pytest.mark.parametrize("typed", STORIES)
async def test_a_story_or_a_danger_typed_into_the_chat_is_met_and_nothing_of_it_is_kept(
    world: World, typed: str
) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        (clinic, *_) = await uow.find(Clinic, id="cli_kiel")
        await uow.save(replace(clinic, emergency_phone="+49 431 112"))
        await uow.commit()
    await world.player("b").type("language en")
    cases, drafts = len(await world.find(Case)), len(await world.find(Draft))
    card = await said(world, typed)
    assert card.key == "help.story"
    assert card.title == "Nobody reads this chat"
    told = " ".join(plain(block.line) for block in card.body if hasattr(block, "line"))
    assert "call +49 431 112 now" in told
    assert "Please delete your message" in told
    assert [action.label for action in card.actions] == ["Present a case", "Raise a risk concern", "Help"]
    assert not any(word in repr(card) for word in ("Anna", "jensen", "120385", "pills", "voices"))
    assert (len(await world.find(Case)), len(await world.find(Draft))) == (cases, drafts)
    for action in card.actions:
        assert not isinstance(await world.player("b").press(action.key, action.subject), Refused), action


@pytest.mark.parametrize("typed", NO_STORIES)
async def test_commands_slips_and_greetings_are_no_stories(world: World, typed: str) -> None:
    outcome: Outcome = await world.player("s").type(typed)
    assert "help.story" not in repr(outcome)


async def test_a_case_begun_with_its_text_is_a_case(world: World) -> None:
    outcome = await world.player("b").type("case new She has not slept for days and says that nobody would miss her")
    assert isinstance(outcome, Show)


async def test_whoever_is_no_clinician_is_offered_no_case(world: World) -> None:
    card = await said(world, STORIES[0], "m")
    assert card.key == "help.story"
    assert [action.key for action in card.actions] == ["help.open"]


@pytest.mark.parametrize("name", TYPED)
async def test_help_after_a_command_is_about_it_whoever_asks(world: World, name: str) -> None:
    for key in ("b", "s", "m"):
        for asked in (f"{name} help", f"{name} ?", f"{name} --help", f"{name} Hilfe", f"help {name}"):
            card = await said(world, asked, key)
            assert card.key == "help", asked
    await world.player("s").type("language en")
    first, *_ = (await said(world, f"{name} help", "s")).body
    if words("en").has(f"help.{name}"):
        assert plain(first.line).startswith(f"/{name} "), "its own line stands first"  # type: ignore[union-attr]  # a text


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_asked_for_in_every_language(language: str) -> None:
    for word in words(language)("command.help").split():
        assert meant("case", word, TODAY, TYPED) == Meant("help", "case"), word


@pytest.mark.parametrize(
    "typed",
    ["/case", "//case", " case ", "case.", "case!", "“case”", "„case“", "'case'", "«case»", "`case`", "**case**",
     "<case>", "> case", "case\n", "\u200bcase", "case\u200b", "\ufeffcase", "ca\u00adse", "\u2068case\u2069",
     "case\u00a0", "/case\r\n", "CASE", "(case)"],
)  # fmt: skip
def test_what_stands_around_a_command_does_not_matter(typed: str) -> None:
    name, _, rest = typed.partition(" ")
    assert meant(name, rest, TODAY, TYPED) == Meant("case", "")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("caseload\nf2f", Meant("caseload", "f2f")),
        ("/caseload\u00a0f2f.", Meant("caseload", "f2f")),
        ("“round publish”", Meant("round", "publish")),
        ("report Therapist A (Kiel)", Meant("report", "Therapist A (Kiel)")),
        ("settings\tlanguage sv.", Meant("settings", "language sv")),
        ('case new She says: "stop".', Meant("case", 'new She says: "stop".')),
        ("case\nnew\nFirst line.\nSecond line.", Meant("case", "new\nFirst line.\nSecond line.")),
    ],
)
def test_line_breaks_and_full_stops_do_not_matter_and_a_text_is_left_as_it_is(typed: str, wanted: Meant) -> None:
    name, _, rest = typed.partition(" ")
    assert meant(name, rest, TODAY, TYPED) == wanted


@pytest.mark.parametrize("key", ["b", "s", "m", "f"])
async def test_below_every_start_page_stand_help_privacy_feedback_and_who_set_this_up(world: World, key: str) -> None:
    await world.player(key).type("language en")
    foot = (await world.player(key).home()).body[-1]
    assert isinstance(foot, Buttons)
    labels = [action.label for action in foot.actions]
    assert labels == ["Help", "Privacy", "Feedback on this app", "Who set this up"]
    for action in foot.actions:
        outcome = await world.player(key).press(action.key, action.subject)
        assert isinstance(outcome, Say), action
        assert outcome.card.body


async def test_who_set_this_up_is_named(world: World) -> None:
    await world.player("b").type("language en")
    outcome = await world.player("b").press("about.setup")
    assert isinstance(outcome, Say)
    assert "Demo service runs this app" in repr(outcome.card)


# ---- words after a command ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "near"),
    [("round publsh", "/round publish"), ("case withdrw", "/case withdraw"),
     ("supervision exprt", "/supervision export"), ("review declin", "/review decline")],
)  # fmt: skip
async def test_a_slip_after_a_command_is_answered_with_the_nearest_word(world: World, typed: str, near: str) -> None:
    await world.player("s").type("language en")
    card = await said(world, typed, "s")
    notice = card.body[0]
    assert isinstance(notice, Notice)
    assert plain(notice.line) == f"That word is not known here. Did you mean {near}?"


@pytest.mark.parametrize("typed", ["review blue", "supervision blue", "round blue", "case blue"])
async def test_a_word_that_is_near_none_is_answered_with_those_there_are(world: World, typed: str) -> None:
    await world.player("s").type("language en")
    notice = (await said(world, typed, "s")).body[0]
    assert isinstance(notice, Notice)
    assert plain(notice.line).startswith("That word is not known here. You can type:")


async def test_a_review_is_opened_by_its_cases_code_and_given_up_by_a_word(world: World) -> None:
    at = await scene(world)
    for typed in (f"review {at.case.code}", f"review {at.case.code.lower()}"):
        outcome = await at.reviewer.type(typed)
        assert isinstance(outcome, Show), outcome
        assert outcome.form.subject == at.assignment.id
    for typed in ("review decline", f"review afslå {at.case.code}", f"review abgeben {at.case.code}"):
        outcome = await at.reviewer.type(typed)
        assert isinstance(outcome, Show), outcome
        assert (outcome.form.key, outcome.form.subject) == ("review.decline.send", at.assignment.id)
    for typed in ("review SK-000", f"review decline {at.case.code} now-or-never", "review decline XX-000"):
        outcome = await at.reviewer.type(typed)
        assert isinstance(outcome, Say), "nothing is opened by words that are not all read"
        assert isinstance(outcome.card.body[0], Notice)


async def test_nobody_opens_the_review_of_another_by_its_code(world: World) -> None:
    at = await scene(world)
    outcome = await at.presenter.type(f"review {at.case.code}")
    assert isinstance(outcome, Say)
