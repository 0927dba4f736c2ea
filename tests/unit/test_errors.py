"""A refusal's class name is the key of its sentence, and everyone has a sentence."""

from __future__ import annotations

from bot.errors import Refusal
from bot.ui.strings import words
from tests.unit.refusal_keys import refusal_keys


class CannotReviewOwnCase(Refusal):
    """Nobody reviews a case they presented."""


def test_class_name_becomes_the_key() -> None:
    assert CannotReviewOwnCase().key == "cannot_review_own_case"


def test_values_fill_the_sentence_and_stay_out_of_the_message() -> None:
    refusal = CannotReviewOwnCase(cap=3)
    assert refusal.values == {"cap": 3}
    assert "3" not in str(refusal)


def test_every_refusal_has_its_sentence() -> None:
    assert {key for key in refusal_keys() if f"refusal.{key}" not in words("en").sentences()} == set()
