"""What the gate promises whatever is typed: identifiers are masked, the rest stays, faults close it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.anonymise import Gate, GateClosed, GateSettings, HardIdentifierCannotBeKept, Known, Sensitive, TagBook
from bot.anonymise.recognisers import RECOGNISERS

GATE = Gate(GateSettings())


def redacted(text: str, **more: Any) -> str:
    examined = GATE.examine({"x": Sensitive(text)}, lang=None, **more)
    return examined.redact()["x"].text


# Check digits are right, the numbers are nobody's.
@pytest.mark.parametrize(
    "identifier",
    [
        "070761-4285",  # CPR with a plausible birth date
        "19811218-9876",  # personnummer from the authority's test series
        "811218-9876",
        "943 476 5919",  # NHS number of the format's documentation
        "111222333",  # BSN of the test series
        "86095742719",  # IdNr of the format's documentation
        "GB82 WEST 1234 5698 7654 32",
        "07700 900123",
        "+49 30 23125 000",
        "client@example.org",
        "www.example.org/page",
        "https://example.org/a?b=c",
        "3 March 2026",
        "3. marts 2026",
        "12.01.2027",
        "2027-01-12",
        "12 januari 2027",
        "March 3rd, 2026",
    ],
)
def test_identifiers_are_masked(identifier: str) -> None:
    shown = redacted(f"Before {identifier} after")
    assert identifier not in shown
    assert shown.startswith("Before [")
    assert shown.endswith("] after")


@pytest.mark.parametrize(
    "harmless",
    [
        "PHQ-9: 17, 15, 12",
        "week 4 of 10",
        "module 3",
        "50 mg twice a day",
        "in 2019",
        "GAD-7 15",
        "120 minutes",
        "1.5 h",
    ],
)
def test_scores_doses_weeks_and_years_stay_readable(harmless: str) -> None:
    assert redacted(harmless) == harmless


def test_names_and_clinics_of_the_group_are_masked_everywhere() -> None:
    known = Known(names=("Kim Example",), clinics=("Northtown",))
    shown = redacted("KIM wrote; at northtown they said Kim Example knows.", known=known)
    assert "kim" not in shown.casefold()
    assert "northtown" not in shown.casefold()


def test_the_same_words_get_the_same_tag_in_later_texts_of_the_case() -> None:
    first = GATE.examine({"x": Sensitive("call 07700 900123")}, lang="en")
    kept = TagBook.from_json(first.tags.to_json())
    assert "07700" not in str(kept.to_json())
    assert redacted("again 07700 900123", tags=kept).endswith(first.fields["x"].findings[0].tag)


def test_a_word_masked_by_hand_is_found_again_in_a_later_text() -> None:
    first = GATE.examine({"x": Sensitive("the lighthouse keeper")}, lang="en", mask=("lighthouse keeper",))
    shown = redacted("that Lighthouse keeper, again", tags=TagBook.from_json(first.tags.to_json()))
    assert shown == "that [MASKED 1], again"


def test_words_the_author_selects_are_masked_in_every_field() -> None:
    fields = {"a": Sensitive("The lighthouse keeper"), "b": Sensitive("lighthouse!")}
    shown = GATE.examine(fields, lang="en", mask=("lighthouse",)).redact()
    assert "lighthouse" not in (shown["a"].text + shown["b"].text).casefold()


def test_a_hard_identifier_cannot_be_kept() -> None:
    examined = GATE.examine({"x": Sensitive("mail a@example.org")}, lang="en")
    with pytest.raises(HardIdentifierCannotBeKept):
        examined.redact(frozenset({examined.fields["x"].findings[0].tag}))


def test_a_recogniser_that_fails_closes_the_gate_without_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(passage: object) -> object:
        raise ValueError(passage)

    monkeypatch.setitem(RECOGNISERS, "email", broken)
    with pytest.raises(GateClosed) as caught:
        Gate(GateSettings()).examine({"x": Sensitive("secret words")}, lang="en")
    assert "secret" not in repr(caught.value) + str(caught.value.values)
    assert caught.value.__cause__ is None
    line = broken.__code__.co_firstlineno + 1
    assert str(caught.value.values["place"]).startswith(f"tests/unit/anonymise/test_gate.py:{line} < bot/anonymise/")


@given(st.text(max_size=400))
def test_any_text_is_answered_and_what_was_found_is_gone(text: str) -> None:
    examined = GATE.examine({"x": Sensitive(text)}, lang=None)
    shown = examined.redact()["x"].text
    for found in examined.fields["x"].findings:
        assert text[found.start : found.end]
        if found.cls == "EMAIL":
            assert text[found.start : found.end] not in shown
