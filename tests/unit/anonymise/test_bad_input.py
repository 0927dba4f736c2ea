"""Whatever is typed: an answer, in time that grows with the text only, and nothing hidden by odd characters."""

from __future__ import annotations

import cProfile
import importlib
import pkgutil
import re
from re import _parser  # type: ignore[attr-defined]  # how `re` itself reads a pattern; it has no public reader
from typing import Any

import pytest

from benchmarks.deid.hostile import HOSTILE
from bot import anonymise
from bot.anonymise import Gate, GateClosed, GateSettings, Sensitive

RULES = Gate(GateSettings(name_model="", tagger=False))


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


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: text[:8])
def test_a_hostile_text_costs_no_more_than_linear(hostile: str) -> None:
    """Twice the text may take twice the calls and a little more; the benchmark measures the time."""
    whole, half = hostile[:5_000], hostile[:2_500]
    redacted(half)
    assert _calls(whole) < 2.3 * _calls(half)


def _calls(text: str) -> int:
    """Functions entered, those of C included, while a text is examined: the same on every machine."""
    profile = cProfile.Profile()
    profile.runcall(RULES.examine, {"x": Sensitive(text)}, lang="en")
    return sum(entry.callcount for entry in profile.getstats())


def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Every regular expression that a module of the gate holds."""
    modules = [importlib.import_module(m.name) for m in pkgutil.walk_packages(anonymise.__path__, "bot.anonymise.")]
    return [
        (f"{module.__name__}.{name}", value)
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    ]


def test_the_patterns_of_the_gate_are_all_looked_at() -> None:
    assert len(_patterns()) > 30


@pytest.mark.parametrize("pattern", [p for _, p in _patterns()], ids=[name for name, _ in _patterns()])
def test_no_regular_expression_can_go_back_without_bound(pattern: re.Pattern[str]) -> None:
    """No repetition without an upper bound inside another one, unless it never gives back what it took."""
    assert _unbounded_depth(_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)) <= 1


def _unbounded_depth(parsed: Any) -> int:
    """How many repetitions of a thousand or more are nested, over all branches."""
    deepest = 0
    for operator, value in parsed:
        name = str(operator)
        if name == "POSSESSIVE_REPEAT":
            deepest = max(deepest, _unbounded_depth(value[2]))
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            deepest = max(deepest, (value[1] >= 1_000) + _unbounded_depth(value[2]))
        elif name == "SUBPATTERN":
            deepest = max(deepest, _unbounded_depth(value[-1]))
        elif name == "BRANCH":
            deepest = max(deepest, *(_unbounded_depth(branch) for branch in value[1]))
        elif name in ("ASSERT", "ASSERT_NOT"):
            deepest = max(deepest, _unbounded_depth(value[1]))
    return deepest


@pytest.mark.slow
def test_the_models_answer_twenty_thousand_characters_too() -> None:
    text = "My client Tamsin Oakes lives in Whitehaven and rings her sister Yasmin on Fridays. " * 240
    shown = redacted(text[:20_000], Gate(GateSettings()))
    assert "Tamsin" not in shown
    assert "Whitehaven" not in shown


def test_a_pattern_that_takes_too_long_closes_the_gate() -> None:
    gate = Gate(GateSettings(name_model="", tagger=False, patterns=(r"(?:a|a)+\d",)))
    with pytest.raises(GateClosed) as closed:
        gate.examine({"x": Sensitive("a" * 60 + "c")}, lang="en")
    assert closed.value.values["recogniser"] == "pattern"


@pytest.mark.parametrize("wrong", ["(", "a*", ""])
def test_a_pattern_that_cannot_be_used_is_told_at_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="patterns"):
        GateSettings(patterns=(wrong,))


def test_a_model_that_is_not_there_closes_the_gate() -> None:
    gate = Gate(GateSettings(name_model="/there/is/none"))
    with pytest.raises(GateClosed) as closed:
        gate.examine({"x": Sensitive("Tamsin writes")}, lang="en")
    assert closed.value.values["recogniser"] == "rampart"
    assert "Tamsin" not in repr(closed.value)
