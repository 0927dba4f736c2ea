"""Which slips of the keyboard are read as the word of danger that was meant, and which words are left alone."""

from __future__ import annotations

import pytest

from bot.domain.risk_spelling import corrected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("paracetamol", "paracetamol"),
        ("paracetomol", "paracetamol"),  # a letter changed
        ("paracetmol", "paracetamol"),  # left out
        ("paracetaamol", "paracetamol"),  # doubled
        ("paracetramol", "paracetamol"),  # added
        ("paractemol", "paractemol"),  # one left out and one changed
        ("paraectamol", "paracetamol"),  # two neighbours swapped
        ("parcaetamol", "paracetamol"),
        ("paretacamol", "paretacamol"),  # two swapped that are no neighbours
        ("pabacetbmol", "pabacetbmol"),  # two changed
        ("paracetmaal", "paracetmaal"),  # two neighbours changed, not swapped
        ("parcatemaol", "parcatemaol"),  # two pairs swapped
        ("pracetml", "pracetml"),  # three left out
        ("aracetamol", "aracetamol"),  # the first letter is missing
        ("baracetamol", "baracetamol"),  # or wrong
        ("paracetamoll", "paracetamoll"),  # an ending is a form of the word, not a slip
        ("paracetamoi", "paracetamoi"),
        ("gdoobye", "gdoobye"),  # a letter that moved by two places
        ("goxobye", "goxobye"),  # two changed that leave the same letters when one is taken away
        ("hemself", "herself"),  # of two words as near, the first of the alphabet
        ("hallucination", "hallucination"),  # a word of danger itself, although its plural is near
        ("wrist", "wrist"),  # too short
        ("Weds goodbye, paracetomol", "Weds goodbye, paracetamol"),  # the rest of the text stays as it is
    ],
)
def test_one_slip_in_a_long_word_of_danger_is_read_as_meant(written: str, meant: str) -> None:
    assert corrected(written, "en") == meant
