"""A refusal's class name is the key of its sentence."""

from bot.errors import Refusal


class CannotReviewOwnCase(Refusal):
    """Nobody reviews a case they presented."""


def test_class_name_becomes_the_key() -> None:
    assert CannotReviewOwnCase().key == "cannot_review_own_case"


def test_values_fill_the_sentence_and_stay_out_of_the_message() -> None:
    refusal = CannotReviewOwnCase(cap=3)
    assert refusal.values == {"cap": 3}
    assert "3" not in str(refusal)
