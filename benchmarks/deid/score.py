"""How well a set of masks fits: an identifier counts only when every letter and digit of it is covered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.deid.notes import Note, words

DIRECT = frozenset({"NAME", "USERNAME", "EMAIL", "PHONE", "ID", "ADDRESS", "PLATE"})
NUMBERED = frozenset({"ID", "PHONE", "EMAIL", "URL", "POSTCODE", "PLATE", "AGE90"})


@dataclass(frozen=True)
class Mask:
    """What a system would mask; `sure` is the auto tier."""

    start: int
    end: int
    sure: bool = True
    cls: str = ""


@dataclass
class Score:
    """Shares between 0 and 1; `flags` is doubtful findings a note."""

    caught: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    by_lang: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    partly: int = 0
    missed: int = 0
    kinds: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    leaks: list[bool] = field(default_factory=list)
    direct_leaks: list[bool] = field(default_factory=list)
    words: int = 0
    over: int = 0
    over_sure: int = 0
    flags: int = 0
    notes: int = 0

    def recall(self, classes: Iterable[str] | None = None) -> float:
        """Share of identifiers fully covered, of all classes or some."""
        found = [hit for cls, hits in self.caught.items() if classes is None or cls in classes for hit in hits]
        return _share(found)

    def worst_language(self) -> float:
        """Recall of the language that fares worst."""
        return min(_share(hits) for hits in self.by_lang.values())

    @property
    def partly_covered(self) -> float:
        """Share of the missed identifiers of which a part was masked: found, and cut wrong."""
        return self.partly / self.missed if self.missed else 0.0

    def named_right(self, cls: str) -> float:
        """Share of the covered identifiers of a class whose mask has the same class."""
        return _share(self.kinds[cls])

    @property
    def without_leak(self) -> float:
        """Share of notes, of those that hold an identifier, in which none was missed."""
        return 1 - _share(self.leaks)

    @property
    def without_direct_leak(self) -> float:
        """The same for names, user names, numbers and addresses only."""
        return 1 - _share(self.direct_leaks)

    @property
    def masked_words(self) -> float:
        """Share of other words that were masked."""
        return self.over / self.words

    @property
    def surely_masked_words(self) -> float:
        """Share of other words that the auto tier masked."""
        return self.over_sure / self.words

    @property
    def flags_a_note(self) -> float:
        """Doubtful findings a note."""
        return self.flags / self.notes


def score(notes: Sequence[Note], masks: Mapping[str, Sequence[Mask]]) -> Score:
    """Compare the masks, by note id, with the gold of the notes."""
    result = Score()
    for note in notes:
        _add(result, note, masks.get(note.id, ()))
    return result


def _add(result: Score, note: Note, masks: Sequence[Mask]) -> None:
    covered, sure = _covered(masks), _covered([m for m in masks if m.sure])
    missed = []
    for gold in note.gold:
        if gold.soft:
            continue
        signs = [i for i in range(gold.start, gold.end) if note.text[i].isalnum()]
        hit = all(i in covered for i in signs)
        result.missed += not hit
        result.partly += not hit and any(i in covered for i in signs)
        if hit:
            result.kinds[gold.cls].append(
                all(m.cls == gold.cls for m in masks if m.start < gold.end and gold.start < m.end)
            )
        result.caught[gold.cls].append(hit)
        result.by_lang[note.lang].append(hit)
        if not hit:
            missed.append(gold.cls)
    if any(not gold.soft for gold in note.gold):
        result.leaks.append(bool(missed))
        result.direct_leaks.append(bool(DIRECT.intersection(missed)))
    told = {i for gold in note.gold for i in range(gold.start, gold.end)}
    for start, end in words(note.text):
        at = set(range(start, end))
        if at & told:
            continue
        result.words += 1
        result.over += bool(at & covered)
        result.over_sure += bool(at & sure)
    result.flags += sum(not mask.sure for mask in masks)
    result.notes += 1


def _covered(masks: Iterable[Mask]) -> set[int]:
    return {i for mask in masks for i in range(mask.start, mask.end)}


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0
