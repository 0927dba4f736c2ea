"""Which groups of a report may be shown, so that nothing about fewer than `minimum` people can be derived.

The people of a report are split into *atoms*: cells of clinic × mode that are large enough stand alone, small ones are
merged with others until every atom has at least `minimum` people besides those who read the report. A group (a cell,
a clinic, a mode, everybody) is shown only if it is a union of atoms. Every sum, difference or combination of shown
numbers then treats all people of an atom alike, so it can never single out fewer than `minimum` of them, under any
filter.

Between publications of the same quarter, `frozen` keeps the first publication's atoms: the difference of two versions
is then again about whole atoms, whoever was moved between clinics or modes in the meantime.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

Cell = tuple[str, str]  # clinic, mode


@dataclass(frozen=True)
class Group:
    """A filter of the report: one clinic or all (None), one mode or all (None)."""

    clinic: str | None = None
    mode: str | None = None

    def __contains__(self, cell: object) -> bool:
        if not isinstance(cell, tuple):
            return False
        return (self.clinic is None or self.clinic == cell[0]) and (self.mode is None or self.mode == cell[1])


def groups_of(cells: Iterable[Cell]) -> tuple[Group, ...]:
    """Every filter over these cells: each cell, each clinic, each mode, everybody; in order."""
    known = sorted(set(cells))
    clinics = sorted({clinic for clinic, _ in known})
    modes = sorted({mode for _, mode in known})
    return (
        Group(),
        *(Group(mode=mode) for mode in modes),
        *(group for c in clinics for group in (Group(c), *(Group(c, m) for m in modes if (c, m) in known))),
    )


@dataclass(frozen=True)
class Atoms:
    """A partition of cells; without atoms (all people together are too few) nothing is shown."""

    atoms: tuple[frozenset[Cell], ...]

    def shows(self, group: Group) -> bool:
        """Whether the group may be shown: no atom lies partly inside it."""
        return bool(self.atoms) and group not in self._cut

    @cached_property
    def _cut(self) -> frozenset[Group]:
        """The groups that some atom lies partly in."""
        cut: set[Group] = set()
        for atom in self.atoms:
            span = _Span.of(atom)
            hidden = span.hidden_with(span)
            cut |= {Group(clinic=clinic) for clinic in hidden.clinics}
            cut |= {Group(mode=mode) for mode in hidden.modes}
            cut |= {Group(*cell) for cell in atom if len(atom) > 1}
        return frozenset(cut)


def partition(people: Mapping[Cell, int], minimum: int, readers: Mapping[Cell, int] | None = None) -> Atoms:
    """Merge small cells until every atom has `minimum` people, giving up as few clinics and modes as possible.

    `readers` of a cell, those of its people who read the report, know themselves and are not counted. The smallest
    atom is merged first, each time with the atom whose merger hides the fewest more clinics and modes, then the
    smallest, then by name: the same counts always give the same atoms.
    """
    reading = readers or {}
    return merged({frozenset({cell}): size - reading.get(cell, 0) for cell, size in people.items() if size}, minimum)


def merged(sizes: Mapping[frozenset[Cell], int], minimum: int) -> Atoms:
    """The same from atoms to begin with and their sizes; without atoms where all together are too few."""
    atoms = {atom: sizes[atom] for atom in sorted(sizes, key=sorted)}
    if not atoms or sum(atoms.values()) < minimum:
        return Atoms(())
    spans = {atom: _Span.of(atom) for atom in atoms}
    lost = _Span(frozenset(), frozenset())  # clinics and modes that can no longer be shown
    while small := [atom for atom in atoms if atoms[atom] < minimum]:
        smallest = min(small, key=lambda atom: (atoms[atom], sorted(atom)))
        span, size = spans.pop(smallest), atoms.pop(smallest)
        # (more hidden, size) decides; names are compared only among equals, sorting them is slow.
        ranked = [(span.more_hidden(spans[atom], lost), atoms[atom], atom) for atom in atoms]
        best = min((hidden, other) for hidden, other, _ in ranked)
        partner = min((atom for hidden, other, atom in ranked if (hidden, other) == best), key=sorted)
        lost = lost.with_(span.hidden_with(spans[partner]))
        both = smallest | partner
        spans[both] = spans.pop(partner).with_(span)
        atoms[both] = atoms.pop(partner) + size
    return Atoms(tuple(sorted(atoms, key=sorted)))


@dataclass(frozen=True)
class _Span:
    """Clinics and modes that an atom lies in, or that are hidden."""

    clinics: frozenset[str]
    modes: frozenset[str]

    @classmethod
    def of(cls, atom: frozenset[Cell]) -> _Span:
        return cls(frozenset(clinic for clinic, _ in atom), frozenset(mode for _, mode in atom))

    def with_(self, other: _Span) -> _Span:
        return _Span(self.clinics | other.clinics, self.modes | other.modes)

    def hidden_with(self, other: _Span) -> _Span:
        """What cannot be shown once two atoms are one: every clinic and mode it only partly lies in."""
        both = self.with_(other)
        none: frozenset[str] = frozenset()
        return _Span(both.clinics if len(both.clinics) > 1 else none, both.modes if len(both.modes) > 1 else none)

    def more_hidden(self, other: _Span, lost: _Span) -> int:
        """How many clinics and modes would be hidden with the other that are not lost already."""
        clinics, modes = self.clinics | other.clinics, self.modes | other.modes
        more = len(clinics - lost.clinics) if len(clinics) > 1 else 0
        return more + (len(modes - lost.modes) if len(modes) > 1 else 0)
