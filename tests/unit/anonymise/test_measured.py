"""The numbers that are asked of the gate hold on all sets: development, by hand, fresh, and notes of another make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.deid.apart import apart_notes
from benchmarks.deid.fresh import fresh_notes
from benchmarks.deid.notes import by_hand, development, everyday
from benchmarks.deid.score import NUMBERED, Mask, Score, score
from bot.anonymise import Gate, GateSettings, Sensitive

SETS = {
    "development": development,
    "by hand": by_hand,
    "fresh": lambda: fresh_notes(20_261, 96),
    "apart": lambda: apart_notes(20_261, 96),
    "everyday": everyday,
}


def measured(of: str) -> Score:
    """The real gate on one set."""
    make: Callable[[], Any] = SETS[of]
    gate, masks, notes = Gate(GateSettings()), {}, make()
    for note in notes:
        found = gate.examine({"x": Sensitive(note.text)}, lang=note.lang).fields["x"].findings
        masks[note.id] = [Mask(f.start, f.end, f.tier == "auto", f.cls) for f in found]
    return score(notes, masks)


LEAST: dict[str, tuple[Callable[[Score], float], float]] = {
    "all": (lambda s: s.recall(), 0.955),
    "names": (lambda s: s.recall(["NAME"]), 0.965),
    "numbers and addresses of machines": (lambda s: s.recall(NUMBERED), 0.99),
    "user names and addresses": (lambda s: s.recall(["USERNAME", "ADDRESS"]), 0.95),
    "dates": (lambda s: s.recall(["DATE"]), 0.97),
    "places": (lambda s: s.recall(["PLACE"]), 0.94),
    "organisations": (lambda s: s.recall(["ORG"]), 0.80),
    "worst language": (lambda s: s.worst_language(), 0.90),
    "notes without a leak": (lambda s: s.without_leak, 0.78),
    "notes without a direct identifier leaked": (lambda s: s.without_direct_leak, 0.88),
    "other words left readable": (lambda s: 1 - s.masked_words, 0.955),
    "other words surely masked": (lambda s: 1 - s.surely_masked_words, 0.985),
    "few questions a note": (lambda s: -s.flags_a_note, -4),
    "organisations named right": (lambda s: s.named_right("ORG"), 0.85),
}


@pytest.mark.slow
@pytest.mark.parametrize("of", SETS)
def test_the_gate_finds_what_is_asked_of_it_without_masking_the_rest(of: str) -> None:
    found = measured(of)
    assert {line: ask(found) for line, (ask, least) in LEAST.items() if not ask(found) >= least} == {}


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
