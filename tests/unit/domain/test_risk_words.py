"""Sentences of clinicians that prompt the risk question again, and those that do not, in six languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.risk_words import LANGUAGES, speaks_of_a_plan

SENTENCES = Path(__file__).parent / "risk"


def sentences(language: str, mark: str) -> list[str]:
    """The sentences that must (+) or must not (-) prompt."""
    lines = (SENTENCES / f"{language}.txt").read_text("utf-8").splitlines()
    return [line[2:] for line in lines if line.startswith(mark + " ")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_with_something_concrete_prompts(language: str) -> None:
    must = sentences(language, "+")
    missed = [text for text in must if not speaks_of_a_plan([text], language)]
    assert len(must) >= 60
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_panic_grief_exposure_and_plans_of_treatment_do_not(language: str) -> None:
    must_not = sentences(language, "-")
    prompted = [text for text in must_not if speaks_of_a_plan([text], language)]
    assert len(must_not) >= 60
    assert prompted == []


def test_a_plan_counts_only_in_the_sentence_of_the_danger() -> None:
    assert not speaks_of_a_plan(["She is suicidal. Plan: module three."], "en")
    assert speaks_of_a_plan(["She is suicidal with a plan."], "en")
    assert speaks_of_a_plan(["She is suicidal. She has bought a rope."], "en")


def test_english_is_looked_for_in_every_language_and_no_other() -> None:
    assert speaks_of_a_plan(["a suicide note"], "fi")
    assert speaks_of_a_plan(["The client spoke of killing himself tonight."], "sv")
    assert not speaks_of_a_plan(["avskedsbrev"], "fi")


def test_long_text_is_read_in_no_time() -> None:
    from time import perf_counter

    text = "Sie denkt an Suizid, aber nicht an einen Plan, und ging am Freitag zur Arbeit, weil " * 200
    speaks_of_a_plan([text], "de")
    began = perf_counter()
    for language in LANGUAGES:
        speaks_of_a_plan([text], language)
    assert perf_counter() - began < 3
