"""Tags: one person one tag, roles, decades, distances between dates, broader words."""

from __future__ import annotations

from datetime import date

from bot.anonymise import Gate, GateSettings, Sensitive, TagBook

GATE = Gate(GateSettings(name_model="", tagger=False))


def shown(text: str, lang: str = "en", tags: TagBook | None = None) -> str:
    return GATE.examine({"x": Sensitive(text)}, lang=lang, tags=tags).redact()["x"].text


def test_one_person_has_one_tag_however_they_are_called() -> None:
    text = shown("Tamsin Oakes wrote. Then tamsin wrote again, and Tamsin O. called. Oakes is tired.")
    assert text.count("[PERSON 1]") == 4
    assert "[PERSON 2]" not in text


def test_the_same_surname_is_not_the_same_person() -> None:
    assert "[PERSON 2]" in shown("Tamsin Oakes wrote. Ralph Oakes rang.")


def test_a_role_stays_with_the_person_in_later_sentences() -> None:
    text = shown("Her sister Yasmin rang. Yasmin is worried.")
    assert text == "Her sister [PERSON 1, sister] rang. [PERSON 1, sister] is worried."


def test_a_role_is_said_once_and_in_its_base_form() -> None:
    assert shown("Her sister Yasmin rang.") == "Her sister [PERSON 1] rang."
    read = shown("Søsteren Yasmin ringede. Senere skrev Yasmin igen.", "da")
    assert read == "Søsteren [PERSON 1, søster] ringede. Senere skrev [PERSON 1, søster] igen."


def test_ages_become_decades() -> None:
    assert "[AGE 30-39]" in shown("Yasmin is 34 years old.")
    assert "[AGE 90+]" in shown("Yasmin is 93 years old.")


def test_later_dates_tell_their_distance_from_the_first() -> None:
    assert shown("On 03.02.2026 she wrote, on 15 February 2026 she stopped.") == (
        "On [DATE 1] she wrote, on [DATE 2, +12 d] she stopped."
    )


def test_dates_are_weeks_when_the_start_of_treatment_is_known() -> None:
    book = TagBook(start=date(2025, 12, 29))
    text = shown(
        "Began 29.12.2025, wrote on 12/1, rang on 3 February; fell ill 20 December 2025. Born 1.2.1980.", tags=book
    )
    assert text == (
        "Began [DATE 1, week 1], wrote on [DATE 2, week 3], rang on [DATE 3, week 6]; "
        "fell ill [DATE 4, 2 w before]. Born [DATE 5]."
    )
    kept = TagBook.from_json(book.to_json())
    assert shown("And on 19/1?", tags=kept) == "And on [DATE 6, week 4]?"


def test_a_name_is_known_again_in_a_review_of_the_same_case() -> None:
    first = GATE.examine({"x": Sensitive("Her sister Yasmin Thorsgaard rang. Yasmin is tired.")}, lang="en")
    kept = TagBook.from_json(first.tags.to_json())
    assert "yasmin" not in str(kept.to_json()).casefold()
    assert shown("What does thorsgaard want?", tags=kept) == "What does [PERSON 1, sister] want?"


def test_what_an_earlier_text_had_masked_keeps_its_kind_beside_new_words() -> None:
    """A word remembered inside a longer name stays a person, not a masked word of no kind."""
    first = GATE.examine({"x": Sensitive("I write to Yasmin at night.")}, lang="en")
    assert shown("I saw Tamsin Yasmin Thorsgaard.", tags=first.tags) == "I saw [PERSON 2]."


def test_tags_that_stand_in_a_text_are_never_given_to_others() -> None:
    assert shown("[PERSON 1, sister] and Tamsin talk.") == "[PERSON 1, sister] and [PERSON 2] talk."


def test_a_telling_job_is_replaced_only_when_its_author_agrees() -> None:
    examined = GATE.examine({"x": Sensitive("She is a former minister of fisheries, and sad.")}, lang="en")
    (flag,) = examined.flags
    assert flag.kind == "job"
    assert examined.redact()["x"].text == "She is a former minister of fisheries, and sad."
    assert examined.redact(broaden=frozenset({flag.key}))["x"].text == "She is a [JOB], and sad."
