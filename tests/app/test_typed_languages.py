"""Languages I read, by typed words in six languages: they set, add and take away, and every word is used or refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.ui.inbound import Done, Outcome, Refused
from bot.ui.strings import words
from tests.world import World

HELD = ("en", "de")
TYPED = {
    "/settings reads da, sv": {"da", "sv"},
    "reads danish": {"da"},
    "/reads da en sv": {"da", "en", "sv"},
    "I read Danish, Norwegian and Swedish.": {"da", "nb", "sv"},
    "I only read English": {"en"},
    "I also read Dutch": {"en", "de", "nl"},
    "I read Dutch too": {"en", "de", "nl"},
    "I don't read German": {"en"},
    "languages I read: Dutch, en": {"nl", "en"},
    "/settings reads not de": {"en"},
    "ich lese Dänisch und Englisch": {"da", "en"},
    "Ich lese auch Niederländisch": {"en", "de", "nl"},
    "ich lese kein Englisch": {"de"},
    "lese deutsch": {"de"},
    "ik lees Deens en Zweeds": {"da", "sv"},
    "ik lees ook Nederlands": {"en", "de", "nl"},
    "talen die ik lees: Duits": {"de"},
    "jeg læser dansk, norsk og svensk": {"da", "nb", "sv"},
    "jeg læser også dansk": {"en", "de", "da"},
    "jeg leser norsk og svensk": {"nb", "sv"},
    "jeg leser ikke tysk": {"en"},
    "jag läser svenska och danska": {"sv", "da"},
    "jag läser även norska": {"en", "de", "nb"},
    "språk jag läser: svenska": {"sv"},
}


async def reads(world: World, typed: str, key: str = "b") -> tuple[Outcome, set[str]]:
    outcome = await world.player(key).type(typed)
    (person,) = await world.find(Person, id=person_id(key))
    return outcome, set(person.languages)


@pytest.fixture
async def holds(world: World) -> World:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id("b")), languages=HELD, language="en"))
        await uow.commit()
    return world


@pytest.mark.parametrize(("typed", "wanted"), TYPED.items())
async def test_typed_words_set_add_and_take_away_what_somebody_reads(
    holds: World, typed: str, wanted: set[str]
) -> None:
    outcome, held = await reads(holds, typed)
    assert held == wanted
    assert isinstance(outcome, Done), outcome
    assert outcome.note.count(",") + outcome.note.count(" and ") + 1 == len(wanted), "the answer names what holds now"


async def test_without_a_language_the_answer_says_what_holds_and_changes_nothing(holds: World) -> None:
    for typed in ("/settings reads", "reads", "which languages do I read"):
        outcome, held = await reads(holds, typed)
        assert held == set(HELD)
        assert isinstance(outcome, Done), (typed, outcome)
        assert "English and Deutsch" in outcome.note


@pytest.mark.parametrize(
    ("typed", "named"),
    [("/settings reads da klingon", "klingon"), ("I read Danish fluently", "fluently"), ("reads da elvish", "elvish")],
)
async def test_a_word_that_is_no_language_refuses_the_whole_and_is_named(holds: World, typed: str, named: str) -> None:
    outcome, held = await reads(holds, typed)
    assert isinstance(outcome, Refused), outcome
    assert named in outcome.text
    assert "Svenska" in outcome.text
    assert held == set(HELD)


async def test_the_last_language_cannot_be_taken_away(holds: World) -> None:
    outcome, held = await reads(holds, "I don't read English or German")
    assert outcome == Refused("no_language_read", words("en")("refusal.no_language_read"))
    assert held == set(HELD)


@pytest.mark.parametrize("typed", ["read my reviews", "I read his diary", "ich lese meine Fälle"])
async def test_reading_something_else_is_not_about_languages(holds: World, typed: str) -> None:
    outcome, held = await reads(holds, typed)
    assert held == set(HELD)
    assert not isinstance(outcome, Refused), outcome
