"""What makes an act of danger out of its parts: the rules alone, without phrases and the trained reader beside them."""

from __future__ import annotations

import pytest

from bot.domain.risk_acts import Sentence, means_an_act


def means(text: str, signs: str = "") -> bool:
    """Whether a sentence means an act beside signs that were found in it: when, weak, got, armed, how."""
    names = ("when", "weak", "got", "armed", "how")
    return means_an_act(Sentence(text, text, text, **{name: name in signs.split() for name in names}), "en")


@pytest.mark.parametrize(
    ("text", "together", "not_enough"),
    [
        ("she burns her arms again", ["when"], [""]),
        ("she burns the toast again", [], ["when"]),
        ("she burns her arms", [], ["when"]),
        ("it is back again tonight", ["weak when"], ["weak", "when"]),
        ("it is back tonight", [], ["weak when"]),
        ("she will self-harm", ["when"], [""]),
        ("she speaks of self-harm", [], ["when"]),
        ("she will self-harm, she fears", [], ["when"]),
        ("two years ago she said she will self-harm", [], ["when"]),
        ("he cannot go on", ["armed got"], ["armed", "got"]),
        ("he cannot go on and keeps saving", ["armed"], [""]),
        ("he keeps saving", [], ["armed"]),
        ("he made up his mind and wants to die", [""], []),
        ("he wants to die", [], [""]),
        ("he made up his mind", [], [""]),
        ("she stopped insulin because she wants to die", [""], []),
        ("she stopped insulin because she fears she wanted to die", [], [""]),
        ("she would rather die than call", ["armed", "got"], [""]),
        ("she will be gone", ["when weak", "when got"], ["when", "weak", "got", "when armed"]),
        ("the time has come", ["when weak", "when got", "when armed"], ["when", "armed", "weak"]),
        ("he worries that he does it", [], ["when armed"]),
    ],
)
def test_an_act_is_spoken_around_by_signs_that_meet(text: str, together: list[str], not_enough: list[str]) -> None:
    assert [signs for signs in together if not means(text, signs)] == []
    assert [signs for signs in not_enough if means(text, signs)] == []


KILLS = "sometimes she thinks she might kill herself"


@pytest.mark.parametrize("sign", ["when", "how", "got"])
def test_to_kill_oneself_is_a_thought_until_something_concrete_stands_beside_it(sign: str) -> None:
    assert not means(KILLS)
    assert means(KILLS, sign)


def test_to_kill_oneself_and_a_child_needs_nothing_beside_it() -> None:
    assert means("she could kill herself and the baby")


def test_of_an_obsession_neither_means_anything() -> None:
    assert not means("intrusive thoughts that she might kill herself and the baby", "when")
