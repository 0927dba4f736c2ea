"""Which groups of a report may be shown, so that nothing about fewer than `minimum` people can be derived.

The people of a report are split into *atoms*: cells of clinic × mode that are large enough stand alone, small ones are
merged with others until every atom has at least `minimum` people. A group (a cell, a clinic, a mode, everybody) is
shown only if it is a union of atoms. Every sum, difference or combination of shown numbers then treats all people of
an atom alike, so it can never single out fewer than `minimum` of them, under any filter.

Between publications of the same quarter, `frozen` keeps the first publication's atoms: the difference of two versions
is then again about whole atoms, whoever was moved between clinics or modes in the meantime.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Cell = tuple[str, str]  # clinic, mode


@dataclass(frozen=True)
class Group:
    """A filter of the report: one clinic or all (None), one mode or all (None)."""

    clinic: str | None = None
    mode: str | None = None

    def __contains__(self, cell: object) -> bool:
        if not isinstance(cell, tuple):
            return False
        return self.clinic in (None, cell[0]) and self.mode in (None, cell[1])


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
    """A partition of cells; `shown` answers for any filter. Cells in no atom are too few even together."""

    atoms: tuple[frozenset[Cell], ...]
    hidden: frozenset[Cell] = frozenset()

    def shows(self, group: Group) -> bool:
        """Whether the group is a union of atoms and so may be shown."""
        if any(cell in group for cell in self.hidden):
            return False
        inside = [sum(cell in group for cell in atom) for atom in self.atoms]
        return any(inside) and all(n in (0, len(atom)) for n, atom in zip(inside, self.atoms, strict=True))


def partition(people: Mapping[Cell, int], minimum: int) -> Atoms:
    """Merge small cells until every atom has `minimum` people, breaking as few clinics and modes as possible.

    The smallest atom is merged first, each time with the atom whose merger leaves the fewest clinics and modes
    undisplayable, then the smallest, then by name: the same counts always give the same atoms.
    """
    atoms = [frozenset({cell}) for cell in sorted(people) if people[cell] > 0]
    if sum(people[cell] for atom in atoms for cell in atom) < minimum:
        return Atoms((), frozenset(cell for atom in atoms for cell in atom))
    sizes = {atom: sum(people[cell] for cell in atom) for atom in atoms}
    broken: set[Group] = set()
    while small := [atom for atom in sizes if sizes[atom] < minimum]:
        smallest = min(small, key=lambda atom: (sizes[atom], sorted(atom)))
        others = [atom for atom in sizes if atom != smallest]
        partner = min(others, key=lambda other: (len(_breaks(smallest | other) - broken), sizes[other], sorted(other)))
        merged = smallest | partner
        sizes[merged] = sizes.pop(smallest) + sizes.pop(partner)
        broken |= _breaks(merged)
    return Atoms(tuple(sorted(sizes, key=sorted)))


def _breaks(atom: frozenset[Cell]) -> set[Group]:
    """The clinics and modes that such an atom lies across."""
    clinics = {clinic for clinic, _ in atom}
    modes = {mode for _, mode in atom}
    across: set[Group] = set()
    if len(clinics) > 1:
        across |= {Group(clinic=clinic) for clinic in clinics}
    if len(modes) > 1:
        across |= {Group(mode=mode) for mode in modes}
    return across
