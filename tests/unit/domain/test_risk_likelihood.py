"""The second reader of sentences: which parts it weighs, and its file of weights."""

from __future__ import annotations

import zlib
from array import array
from math import sqrt

import pytest

from bot.domain.risk_likelihood import BUCKETS, Weights, features, likelihood, packed, unpacked
from bot.domain.risk_words import LANGUAGES, speaks_of_a_plan

BLANKS = "___ ____ _____ ___ ____ _____ ___ ____ _____"
"""A line of a form that nobody filled in."""


def test_letter_groups_words_and_pairs_of_words_count_and_figures_are_all_alike() -> None:
    groups = [" a", "ab", "b ", " ab", "ab ", " ab ", " 0", "0 ", " 0 ", " .", ". ", " . "]
    parts = [*groups, "1ab", "10", "2ab 0"]
    assert features("Ab 7.") == features("aB 3.") == {zlib.crc32(each.encode()) % BUCKETS for each in parts}


def test_seven_parts_of_one_weight_count_as_the_root_of_seven(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = Weights(0.5, -1.0, array("b", [3] * BUCKETS))
    monkeypatch.setattr("bot.domain.risk_likelihood._weights", lambda language: weights)
    assert likelihood("ab", "en") == pytest.approx(0.5 * 3 * sqrt(7) - 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_without_letters_is_read_as_unlikely(language: str) -> None:
    assert likelihood(BLANKS, language) == likelihood("", language) < 0
    assert not speaks_of_a_plan([BLANKS], language)


def test_weights_are_read_as_they_were_written() -> None:
    weights = Weights(0.5, -4.25, array("b", [-128, 0, 1, 127]))
    assert unpacked(packed(weights)) == weights
