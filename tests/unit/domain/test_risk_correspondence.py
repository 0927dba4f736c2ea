"""Sentences about the tone of the writing ask nobody about danger; danger beside them still does."""

from __future__ import annotations

import pytest

from bot.domain.risk_words import speaks_of_a_plan

HARMLESS = [
    ("en", "He always writes at night, and I am not sure about my tone."),
    ("en", "She writes always at night and I worry that my tone is too harsh."),
    ("en", "The patient always writes at night; how do I set my tone?"),
    ("en", "He stops writing for days and then comes back at night, and the tone of my answers has become short."),
    ("de", "Die Patientin schreibt mir immer nachts; stimmt mein Ton?"),
    ("de", "Er schreibt immer nachts und hört dann auf. Liegt es an meinem Ton?"),
    ("nl", "Ze schrijft altijd 's nachts. Is mijn toon te streng?"),
    ("da", "Hun skriver altid om natten. Er min tone for hård?"),
    ("nb", "Hun skriver alltid om natten. Er tonen min for streng?"),
    ("sv", "Meddelandena kommer alltid på natten, och jag undrar över min ton."),
]
DANGER = [
    ("en", "He writes at night that he will kill himself on Friday, and I am not sure about my tone."),
    ("en", "She has collected pills and wants to die; I wonder whether my tone was right."),
    ("en", "In the same tone she wrote her farewell letter and gave her dog away."),
    ("de", "Sie hat Tabletten gesammelt und will sterben; war mein Ton richtig?"),
    ("sv", "Hon har samlat tabletter och vill dö, och jag undrar över min ton."),
]


@pytest.mark.parametrize(("language", "text"), HARMLESS)
def test_the_tone_of_the_writing_prompts_nothing(language: str, text: str) -> None:
    assert not speaks_of_a_plan([text], language)


@pytest.mark.parametrize(("language", "text"), DANGER)
def test_danger_beside_it_prompts(language: str, text: str) -> None:
    assert speaks_of_a_plan([text], language)
