"""What makes an act of danger out of its parts: the rules alone, without phrases and the trained reader beside them."""

from __future__ import annotations

import pytest

from bot.domain.risk_acts import Sentence, means_an_act
from bot.domain.risk_patterns import plain


def means(text: str, signs: str = "") -> bool:
    """Whether a sentence means an act beside signs that were found in it: when, weak, got, armed, how."""
    said, names = plain(text), ("when", "weak", "got", "armed", "how")
    return means_an_act(Sentence(said, said, said, **{name: name in signs.split() for name in names}), "en")


@pytest.mark.parametrize(
    ("text", "together", "not_enough"),
    [
        ("she burns her arms again", ["when"], [""]),
        ("she burns the toast again", [], ["when"]),
        ("she burns her arms", [], ["when"]),
        ("she holds her arms again", [], ["when"]),
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
        ("she stopped insulin because of nausea", [], ["when"]),
        ("she would rather die than call", ["armed", "got"], [""]),
        ("she will be gone", ["when weak", "when got"], ["when", "weak", "got", "when armed"]),
        ("the time has come", ["when weak", "when got", "when armed"], ["when", "armed", "weak"]),
        ("he worries that he does it", [], ["when armed"]),
    ],
)
def test_an_act_is_spoken_around_by_signs_that_meet(text: str, together: list[str], not_enough: list[str]) -> None:
    assert [signs for signs in together if not means(text, signs)] == []
    assert [signs for signs in not_enough if means(text, signs)] == []


@pytest.mark.parametrize(
    ("text", "together", "not_enough"),
    [
        ("she hangs herself", [""], []),
        ("she is afraid that she hangs herself", ["when"], [""]),
        ("she hangs the picture", [], ["when"]),
        ("she ends her life", ["when", "how", "got"], ["", "armed", "weak"]),
        ("she made up her mind and ends her life", [""], []),
        ("she ends therapy", [], ["when", "how", "got"]),
        ("she writes about her life", [], ["when how got"]),
        ("she likes herself", [], ["when how got"]),
        ("the boredom kills her", [], ["when how got"]),
        ("he will be dead", ["when"], [""]),
        ("he is afraid he will be dead", [], ["when"]),
        ("he jumps off the roof", ["when", "armed"], [""]),
        ("he wants to jump off the roof", [""], []),
        ("he is afraid that he jumps off the roof", [], ["when", "armed"]),
        ("he jumps for joy", [], ["when armed"]),
        ("he stands on the roof", [], ["when armed"]),
        ("two years ago she hangs herself", [], ["when"]),
    ],
)
def test_an_act_against_oneself_is_meant(text: str, together: list[str], not_enough: list[str]) -> None:
    assert [signs for signs in together if not means(text, signs)] == []
    assert [signs for signs in not_enough if means(text, signs)] == []


@pytest.mark.parametrize(
    ("text", "together", "not_enough"),
    [
        ("he threatens to hit his therapist", [""], []),
        ("he threatens to come to his therapist", [""], []),
        ("he threatens his therapist with a knife", [""], []),
        ("next time he will set the vase on fire", [], [""]),
        ("he threatens to sue his therapist", [], ["when armed got how"]),
        ("he threatens to hit the wall", [], ["when armed got how"]),
        ("he set his housemate on fire", ["when"], ["", "armed", "how"]),
        ("he set the vase on fire", [], ["when"]),
        ("next time he will set her on fire", [""], []),
        ("next time he hits her", [], [""]),
        ("next time he hits his supervisor", [""], []),
        ("he wants to hit his therapist", ["when", "armed got"], ["", "armed", "got", "how"]),
        ("he wants to set his housemate on fire", ["when", "how", "armed got"], ["", "armed"]),
        ("he fears that he wants to hit his therapist", [], ["when", "armed got"]),
        ("he hits his therapist", [], ["when", "armed got"]),
        ("she is afraid to hit the baby again as she did yesterday", [""], []),
        ("she is afraid she shook the baby again as she did yesterday", [""], []),
        ("she is afraid she shakes the baby again as she did yesterday", [""], []),
        ("she is afraid she will set the baby on fire again as she did yesterday", [""], []),
        ("she is afraid to bath the baby again as she did yesterday", [], [""]),
        ("she is afraid to hit the baby as she did yesterday", [], [""]),
        ("she is afraid to hit the baby again", [], [""]),
        ("she is afraid to hit the wall again as she did yesterday", [], [""]),
        ("intrusive thoughts that next time he hits his supervisor", [], ["when"]),
        ("two years ago he threatened to hit his therapist", [], ["when"]),
    ],
)
def test_an_act_against_others_is_meant(text: str, together: list[str], not_enough: list[str]) -> None:
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
