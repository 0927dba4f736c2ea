"""Whatever is typed: an answer, in time that grows with the text only, and nothing hidden by odd characters."""

from __future__ import annotations

import time

import pytest

from bot.anonymise import Gate, GateClosed, GateSettings, Sensitive

RULES = Gate(GateSettings(name_model="", english_model=""))


def redacted(text: str, gate: Gate = RULES, lang: str | None = "en") -> str:
    return gate.examine({"x": Sensitive(text)}, lang=lang).redact()["x"].text


@pytest.mark.parametrize("nothing", ["", " ", "\n\n", "\t", "\u200b", "\x00", "\ufeff"])
def test_nothing_is_answered_with_nothing_found(nothing: str) -> None:
    assert RULES.examine({"x": Sensitive(nothing)}, lang=None).fields["x"].findings == ()


@pytest.mark.parametrize(
    "typed",
    [
        "My client Tam\u200dsin writes",  # zero-width joiner inside the name
        "My client Tam\u00adsin writes",  # soft hyphen
        "My client Т\u0430msin writes",  # Cyrillic capital T and a
        "My client \u202eTamsin\u202c writes",  # right-to-left override
        "My client \uff34amsin writes",  # full-width T
        "My client <b>Tamsin</b> writes",
        "My client Tamsin\x00 writes",
        "🙂 My client Tamsin 🙂 writes 👩‍👩‍👧",
    ],
)
def test_odd_characters_hide_no_name(typed: str) -> None:
    shown = redacted(typed)
    assert "amsin" not in shown
    assert "msin" not in shown
    assert "[PERSON 1" in shown


def test_digits_spelled_with_spaces_are_digits() -> None:
    shown = redacted("her number is 0 7 7 0 0 9 0 0 1 2 3 and her id 9 4 3 - 4 7 6 - 5 9 1 9")
    assert not any(c.isdigit() for c in shown.replace("1]", "]").replace("2]", "]"))


def test_right_to_left_text_is_answered_and_its_identifiers_go() -> None:
    shown = redacted("שלום, כתבי אל a@example.org או 07700 900123 مرحبا")
    assert "example.org" not in shown
    assert "900123" not in shown
    assert "שלום" in shown


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 20_000,
        "A. " * 6_600,
        "a@" * 10_000,
        "a.b." * 5_000,
        "1 " * 10_000,
        "1-" * 10_000,
        "(" * 20_000,
        "www." * 5_000,
        "+44 " * 5_000,
        "Van der " * 2_500,
        "1.1.1.1." * 2_500,
        "AB12-" * 4_000,
        "x_" * 10_000,
        "Ærø straße 1, " * 1_400,
        "at at at " * 2_200,
        "['" * 10_000,
        "\u0301" * 20_000,
        "GB82 WEST " * 2_000,
    ],
    ids=lambda text: text[:8],
)
def test_a_hostile_text_costs_no_more_than_linear(hostile: str) -> None:
    """Twice the text may cost thrice the processor time, not four times; measured on the worker's own clock."""
    half = hostile[: len(hostile) // 2]
    redacted(half[:2_000])
    small, large = _cost(half), _cost(hostile)
    assert large < 3.2 * small + 0.25


def _cost(text: str) -> float:
    start = time.process_time()
    RULES.examine({"x": Sensitive(text)}, lang="en")
    return time.process_time() - start


@pytest.mark.slow
def test_the_models_answer_twenty_thousand_characters_too() -> None:
    text = "My client Tamsin Oakes lives in Whitehaven and rings her sister Yasmin on Fridays. " * 240
    shown = redacted(text[:20_000], Gate(GateSettings()))
    assert "Tamsin" not in shown
    assert "Whitehaven" not in shown


def test_a_pattern_that_takes_too_long_closes_the_gate() -> None:
    gate = Gate(GateSettings(name_model="", english_model="", patterns=(r"(?:a|a)+\d",)))
    with pytest.raises(GateClosed) as closed:
        gate.examine({"x": Sensitive("a" * 60 + "c")}, lang="en")
    assert closed.value.values == {"recogniser": "pattern"}


@pytest.mark.parametrize("wrong", ["(", "a*", ""])
def test_a_pattern_that_cannot_be_used_is_told_at_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="patterns"):
        GateSettings(patterns=(wrong,))


def test_a_model_that_is_not_there_closes_the_gate() -> None:
    gate = Gate(GateSettings(english_model="no_such_model"))
    with pytest.raises(GateClosed) as closed:
        gate.examine({"x": Sensitive("Tamsin writes")}, lang="en")
    assert closed.value.values == {"recogniser": "english"}
    assert "Tamsin" not in repr(closed.value)
