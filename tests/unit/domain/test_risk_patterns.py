"""How a table of phrases becomes one pattern."""

from __future__ import annotations

from bot.domain.risk_patterns import pattern


def test_an_empty_phrase_in_a_table_means_nothing() -> None:
    """It would be found in every text."""
    found = pattern("no way out | | alone |")
    assert found.search("there is no way out")
    assert found.search("alone at night")
    assert not found.search("a quiet week")
