"""The numbers that are asked of the gate hold on the development notes, on notes by hand and on fresh ones."""

from __future__ import annotations

import pytest

from benchmarks.deid.fresh import fresh_notes
from benchmarks.deid.notes import Note, by_hand, development
from benchmarks.deid.score import NUMBERED, Mask, Score, score
from bot.anonymise import Gate, GateSettings, Sensitive

SETS = {"development": development, "by hand": by_hand, "fresh": lambda: fresh_notes(20_261, 96)}


def measured(notes: list[Note]) -> Score:
    gate, masks = Gate(GateSettings()), {}
    for note in notes:
        found = gate.examine({"x": Sensitive(note.text)}, lang=note.lang).fields["x"].findings
        masks[note.id] = [Mask(f.start, f.end, f.tier == "auto") for f in found]
    return score(notes, masks)


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_the_gate_finds_what_is_asked_of_it_without_masking_the_rest(name: str) -> None:
    result = measured(SETS[name]())
    assert result.recall() >= 0.93
    assert result.recall(NUMBERED) >= 0.99
    assert result.recall(["ORG"]) >= 0.80
    assert result.recall(["PLACE"]) >= 0.94
    assert result.recall(["DATE"]) >= 0.97
    assert result.worst_language() >= 0.90
    assert result.without_leak >= 0.65
    assert result.without_direct_leak >= 0.88
    assert result.masked_words <= 0.06
    assert result.flags_a_note <= 8


def test_fresh_notes_are_the_same_for_the_same_seed() -> None:
    assert fresh_notes(3, 12) == fresh_notes(3, 12)
    assert fresh_notes(3, 12) != fresh_notes(4, 12)


def test_the_scoring_counts_an_identifier_only_when_it_is_wholly_covered() -> None:
    (note,) = [n for n in development() if n.id == "d-en-01"]
    gold = max((g for g in note.gold if not g.soft), key=lambda g: g.end - g.start)
    half = score([note], {note.id: [Mask(gold.start, gold.start + 3)]})
    whole = score([note], {note.id: [Mask(g.start, g.end) for g in note.gold]})
    assert half.recall() == 0 < len(half.leaks)
    assert (whole.recall(), whole.masked_words, whole.without_leak) == (1, 0, 1)
