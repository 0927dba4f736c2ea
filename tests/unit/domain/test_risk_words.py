"""Words that prompt an author to answer the risk question again, in six languages; thoughts alone prompt nothing."""

from __future__ import annotations

import pytest

from bot.domain.risk_words import speaks_of_a_plan

PROMPTS = [
    ("en", "She speaks of suicide and has bought pills."),
    ("en", "He wrote a farewell letter last week."),
    ("da", "Hun taler om selvmord og har samlet tabletter."),
    ("de", "Er denkt an Suizid und hat einen Plan für heute Abend."),
    ("nb", "Hun har skrevet et avskjedsbrev."),
    ("nl", "Hij denkt aan zelfmoord en heeft touw gekocht."),
    ("sv", "Hon talar om självmord och har köpt rep."),
    ("sv", "The client spoke of killing himself tonight."),
]
SILENT = [
    ("en", "Suicidal thoughts came up twice, without intent; we made a safety agreement."),
    ("en", "We made a plan for the weekend and talked about the train."),
    ("da", "Tanker om selvmord uden hensigt."),
    ("de", "Suizidgedanken ohne Absicht; die Behandlung geht weiter."),
    ("nb", "Planen for uken er klar, og hun tok toget."),
    ("nl", "Gedachten aan zelfmoord zonder voornemen."),
    ("sv", "Självmordstankar utan avsikt. " + "Ord " * 40 + "plan för veckan."),
]


@pytest.mark.parametrize(("language", "text"), PROMPTS)
def test_danger_with_something_concrete_prompts(language: str, text: str) -> None:
    assert speaks_of_a_plan([text], language)


@pytest.mark.parametrize(("language", "text"), SILENT)
def test_thoughts_alone_and_plans_alone_do_not(language: str, text: str) -> None:
    assert not speaks_of_a_plan([text], language)


def test_an_unknown_language_is_read_as_english_only() -> None:
    assert speaks_of_a_plan(["a suicide note"], "fi")
    assert not speaks_of_a_plan(["avskedsbrev"], "fi")
