"""A round as arrays: every possible (case, member) pair by number, the hard rules applied to the whole group at once.

Members and cases are numbered in an order drawn from the seed (a keyed hash of the id), so that equal plans are chosen
between by the seed and never by the order of the input. Started reviews (locks) are taken out first: they cost their
reviewer capacity and their case a seat, and are put back by `assignment.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from itertools import chain, repeat
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bot.rotation.eligibility import Register
from bot.rotation.model import Case, Member

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

Named = TypeVar("Named", Member, Case)
Value = TypeVar("Value")

BLOCK = 1 << 22
"""Pairs looked at in one go where a case may have anybody: bounds memory at a few tens of megabytes."""


class Pool:
    """Numbered members and cases with their numbers left after the locks, and the possible pairs between them.

    Per member: `capacity` (left), `load` (locked reviews), `balance`, `experienced`. Per case: `seats` (left),
    `juniors` (places left for reviewers without experience), `filled` (locked), `wanted` (k). Per pair, sorted by case
    then member: `case`, `member`, `author` (number of the presenter), `met` (how often they met, locks included).
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        seed = register.instance.seed
        self.members: list[Member] = drawn(register.members.values(), seed)
        self.cases: list[Case] = drawn(register.cases.values(), seed)
        self.number = {m.id: i for i, m in enumerate(self.members)}
        self._case_number = {c.id: i for i, c in enumerate(self.cases)}
        self._count_members()
        self._count_cases()
        self._find_pairs()
        self.met = self._meetings()

    def _count_members(self) -> None:
        locks = self.register.locks_of_member
        room = [m.room if m.present else 0 for m in self.members]
        self.load = ints(locks[m.id] for m in self.members) if locks else np.zeros(len(room), np.int64)
        self.available = ints(room) > 0
        self.capacity = np.maximum(ints(room) - self.load, 0)
        self.balance = ints(m.balance for m in self.members)
        self.experienced = flags(m.experienced for m in self.members)

    def _count_cases(self) -> None:
        self.wanted = ints(c.k for c in self.cases)
        self.filled = np.zeros(len(self.cases), np.int64)
        locked_juniors = np.zeros(len(self.cases), np.int64)
        for pair in self.register.locked:
            self.filled[self._case_number[pair.case]] += 1
            locked_juniors[self._case_number[pair.case]] += not self.register.members[pair.reviewer].experienced
        self.seats = np.maximum(self.wanted - self.filled, 0)
        self.reserved = flags(self.register.wants_experience(c) for c in self.cases)
        places = np.where(self.reserved, self.wanted - 1 - locked_juniors, self.seats)
        self.juniors = np.clip(places, 0, self.seats)
        authors: dict[str | None, int] = {}
        self.author_of_case = ints(authors.setdefault(c.author, len(authors)) for c in self.cases)
        self._authors = authors

    def _find_pairs(self) -> None:
        """All possible pairs of cases with a seat left, as sorted numbers."""
        width = max(len(self.members), 1)
        self._prepare_fit()
        keys = np.concatenate([self._listed_pairs(width), *self._open_pairs(width)])
        if any(c.candidates is not None for c in self.cases):
            keys = distinct(keys)
        banned = distinct(ints(self._personal_exclusions(width)))
        if len(keys) and len(banned):
            at = np.minimum(np.searchsorted(keys, banned), len(keys) - 1)
            allowed = np.ones(len(keys), bool)
            allowed[at[keys[at] == banned]] = False
            keys = keys[allowed]
        self.case, self.member = np.divmod(keys, width)
        self.author = self.author_of_case[self.case]

    def _open_pairs(self, width: int) -> Iterable[Ints]:
        """Cases without a list of candidates, a block of them at a time."""
        rows = ints(i for i, c in enumerate(self.cases) if c.candidates is None and self.seats[i] > 0)
        step = max(BLOCK // width, 1)
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            fits = self._fits[self._fit_of_case[block]]
            if self._blocks_clinics:
                fits &= self._other_clinic(block[:, None], np.arange(len(self.members))[None, :])
            row, member = np.nonzero(fits)
            yield block[row] * width + member

    def _listed_pairs(self, width: int) -> Ints:
        """Cases with a list of candidates: only those are looked at."""
        lists = {i: c.candidates for i, c in enumerate(self.cases) if c.candidates is not None and self.seats[i] > 0}
        case = np.repeat(ints(lists), ints(len(names) for names in lists.values()))
        member = ints(map(self.number.get, chain.from_iterable(lists.values()), repeat(-1)))
        case, member = case[member >= 0], member[member >= 0]
        fits = self._fits[self._fit_of_case[case], member]
        if self._blocks_clinics:
            fits &= self._other_clinic(case, member)
        return case[fits] * width + member[fits]

    def _prepare_fit(self) -> None:
        """One row of yes and no over all members for every distinct (mode, languages) among the cases."""
        modes, mode_of = coded(m.mode for m in self.members)
        tongues, tongues_of = coded(m.languages for m in self.members)
        kinds, self._fit_of_case = coded((c.mode, c.languages) for c in self.cases)
        compat = self.register.rules.mode_compat
        self._fits = np.zeros((len(kinds), len(self.members)), bool)
        for row, (mode, languages) in enumerate(kinds):
            right_mode = flags(m in compat.get(mode, ()) for m in modes)
            shared = flags(not languages or not languages.isdisjoint(t) for t in tongues)
            self._fits[row] = self.available & right_mode[mode_of] & shared[tongues_of]
        self._blocks_clinics = self.register.rules.same_clinic == "block"
        if self._blocks_clinics:
            names, self._clinic = coded(m.clinic or None for m in self.members)
            nowhere = names.index(None) if None in names else -1
            self._clinic[self._clinic == nowhere] = -1
            home = [self.number.get(c.author, -1) if c.author is not None else -1 for c in self.cases]
            self._clinic_of_case = ints(self._clinic[a] if a >= 0 else -1 for a in home)

    def _other_clinic(self, case: Ints | np.int64, member: Ints) -> Flags:
        clinic = self._clinic_of_case[case]
        other: Flags = (clinic < 0) | (clinic != self._clinic[member])
        return other

    def _personal_exclusions(self, width: int) -> Iterable[int]:
        """Own case, conflict, never-assign, recused, former therapist; and the locked pairs, already decided."""
        barred: dict[str | None, list[str]] = {}
        for author, member in (*self.register.conflicts, *self.register.never):
            barred.setdefault(author, []).append(member)
        for i, case in enumerate(self.cases):
            for member in (case.author, *barred.get(case.author, ()), *case.recused, *case.former_therapists):
                if member is not None and member in self.number:
                    yield i * width + self.number[member]
        for pair in self.register.locked:
            yield self._case_number[pair.case] * width + self.number[pair.reviewer]

    def _meetings(self) -> Ints:
        """For every pair how often the member has reviewed this presenter, started reviews of this round included."""
        width = max(len(self.members), 1)
        number, authors = self.number, self._authors
        found = [
            (authors[h.author] * width + number[h.reviewer], h.count)
            for h in self.register.instance.history
            if h.reviewer in number and h.author in authors
        ]
        found += [
            (authors[self.register.cases[pair.case].author] * width + number[pair.reviewer], 1)
            for pair in self.register.locked
        ]
        if not found or not len(self.case):
            return np.zeros(len(self.case), np.int64)
        keys, counts = np.array(sorted(found), np.int64).T
        start = np.flatnonzero(np.diff(keys, prepend=-1))
        keys, counts = keys[start], np.add.reduceat(counts, start)
        wanted = self.author * width + self.member
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, counts[at], 0)

    def previous(self) -> Flags:
        """Pairs that stood in the plan before this one."""
        width = max(len(self.members), 1)
        before = ints(self._case_number[p.case] * width + self.number[p.reviewer] for p in self.register.previous)
        return np.isin(self.case * width + self.member, before)

    def off_topic(self) -> Flags:
        """Pairs on a tagged case whose reviewer shares none of its tags."""
        topics, topic_of = coded(c.tags for c in self.cases)
        skills, skill_of = coded(m.tags for m in self.members)
        if not any(topics):
            return np.zeros(len(self.case), bool)
        misses = np.array([[bool(t) and t.isdisjoint(s) for s in skills] for t in topics], bool)
        return misses[topic_of[self.case], skill_of[self.member]]


def drawn(items: Iterable[Named], seed: int) -> list[Named]:
    """Items in the order the seed draws; the id decides between equal draws."""
    key = str(seed).encode()

    def draw(item: Named) -> tuple[bytes, str]:
        return blake2b(item.id.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest(), item.id

    return sorted(items, key=draw)


def coded(values: Iterable[Value]) -> tuple[list[Value], Ints]:
    """Distinct values in order of first appearance, and for every value its number among them."""
    codes: dict[Value, int] = {}
    numbers = ints(codes.setdefault(v, len(codes)) for v in values)
    return list(codes), numbers


def ints(values: Iterable[int]) -> Ints:
    """Whole numbers as an array of 64 bits."""
    return np.fromiter(values, np.int64)


def distinct(values: Ints) -> Ints:
    """Sorted and each value once (by sorting, which beats numpy's hashing on numbers that are nearly in order)."""
    values = np.sort(values)
    return values[np.flatnonzero(np.diff(values, prepend=-1))]


def flags(values: Iterable[bool]) -> Flags:
    """Truths as an array."""
    return np.fromiter(values, bool)
