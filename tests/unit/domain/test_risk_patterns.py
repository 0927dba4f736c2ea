"""How a table of phrases becomes one pattern."""

from __future__ import annotations

import pytest

from bot.domain.risk_patterns import pattern, plain


def test_an_empty_phrase_in_a_table_means_nothing() -> None:
    """It would be found in every text."""
    found = pattern("no way out | | alone |")
    assert found.search("there is no way out")
    assert found.search("alone at night")
    assert not found.search("a quiet week.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Für fuer fur", "fur fur fur"),
        ("Läkare laekare", "lakare lakare"),
        ("Öl oel øl", "ol ol ol"),
        ("Straße café", "strasse cafe"),
        ("Can’t won't didn't she'll he'd", "cannot will not did not she will he would"),
        ("mej dej sej nej", "mig dig sig nej"),
    ],
)
def test_one_spelling_of_a_text(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("phrases", "found", "not_found"),
    [
        ("rope | bridge", ["a rope", "the bridge"], ["ropes", "bridges", "a | b"]),
        ("a (rope|belt) | bridge", ["a rope", "a belt", "bridge"], ["belt", "a bridg"]),
        ("(a|b) c | (d|e) f", ["a c", "b c", "d f", "e f"], ["c", "f", "a f", "e"]),
        ("ends (all |it )?now", ["ends now", "ends all now", "ends it now"], ["ends allnow"]),
        ("rope*", ["ropes", "rope"], ["tightrope"]),
        ("takes his life", ["takes, his life"], ["takes life"]),
        ("takes … life", ["takes life", "takes a b c d e life"], ["takes a b c d e f life", "takes a, b life"]),
        ("takes .. life", ["takes life", "takes a b life"], ["takes a b c life"]),
        ("takes ~ life", ["takes life", "takes a, b c d e f g h life"], ["takes a b c d e f g h i life"]),
        ("ends it $", ["ends it", "ends it, he says", "ends it and goes"], ["ends it with style"]),
        ("ends it", ["ends it with style"], ["ends its"]),
        ("ends …", ["ends it"], ["bends"]),
        ("ends ..", ["ends it"], ["bends"]),
    ],
)
def test_signs_of_a_table_mean_what_its_page_says(phrases: str, found: list[str], not_found: list[str]) -> None:
    assert [text for text in found if not pattern(phrases).search(text)] == []
    assert [text for text in not_found if pattern(phrases).search(text)] == []


@pytest.mark.parametrize(("within", "reaches"), [(True, False), (False, True)])
def test_a_gap_within_a_clause_does_not_reach_over_and(within: bool, reaches: bool) -> None:
    assert bool(pattern("denies … plan", within_clause=within).search("denies pain and has a plan")) is reaches
    assert pattern("denies … plan", within_clause=within).search("denies any such plan")
