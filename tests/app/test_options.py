"""What follows a typed command: words of any of the languages, and a list of them for anything else."""

from __future__ import annotations

import pytest

from bot.ui.inbound import Say, Show
from bot.ui.model import Notice, plain
from tests.world import World


def notices(outcome: object) -> str:
    assert isinstance(outcome, Say)
    return " ".join(plain(b.line) for b in outcome.card.body if isinstance(b, Notice))


@pytest.mark.parametrize(("key", "typed"), [("a", "/case frobnicate"), ("s", "/round frobnicate")])
async def test_an_unknown_word_lists_the_options_and_is_not_repeated(world: World, key: str, typed: str) -> None:
    said = notices(await world.player(key).type(typed))
    assert f"{typed.split(maxsplit=1)[0]} new" in said
    assert "frobnicate" not in said


async def test_the_options_are_listed_in_the_readers_language(world: World) -> None:
    assert "/case återkalla" in notices(await world.player("d").type("/case frobnicate"))


@pytest.mark.parametrize("word", ["new", "neu", "nytt"])
async def test_words_of_every_language_are_understood(world: World, word: str) -> None:
    assert isinstance(await world.player("a").type(f"/case {word}"), Show)


@pytest.mark.parametrize("typed", ["/case", "/case mine", "/case withdraw", "/round status"])
async def test_known_words_list_nothing(world: World, typed: str) -> None:
    assert notices(await world.player("s").type(typed)) == ""
