"""Empty seats: their kinds, and for every member the true reason why they cannot take one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from bot.rotation.eligibility import Register
from bot.rotation.model import Case, Kind, Pair, Reason, Shortfall


class Blocked(Mapping[str, tuple[Reason, ...]]):
    """For every member who is not on the case: why. Computed on reading, as a large service has millions of pairs."""

    def __init__(self, register: Register, case: Case, taken: frozenset[str], load: Counter[str]) -> None:
        self._register, self._case, self._taken, self._load = register, case, taken, load

    def __getitem__(self, member_id: str) -> tuple[Reason, ...]:
        if member_id in self._taken:
            raise KeyError(member_id)
        member = self._register.members[member_id]
        rules = self._register.reasons(self._case, member)
        if rules:
            return rules
        reasons: list[Reason] = []
        if self._load[member_id] >= self._register.capacity(member):
            reasons.append("at_capacity")
        if not member.experienced and self._register.wants_experience(self._case) and self._juniors_full():
            reasons.append("experience_seat")
        return tuple(reasons)

    def __iter__(self) -> Iterator[str]:
        return (m for m in sorted(self._register.members) if m not in self._taken)

    def __len__(self) -> int:
        return len(self._register.members) - len(self._taken)

    def _juniors_full(self) -> bool:
        juniors = sum(not self._register.members[m].experienced for m in self._taken)
        return juniors >= self._case.k - 1


def shortfalls(
    register: Register, pairs: frozenset[Pair], eligible: Mapping[str, int], obtainable: Mapping[str, int]
) -> tuple[Shortfall, ...]:
    """Every case with empty seats, sorted by id.

    `eligible` is how many members may review each case (started reviews included), `obtainable` how many seats it would
    get if nobody were needed elsewhere.
    """
    load = Counter(p.reviewer for p in pairs)
    taken: dict[str, set[str]] = {}
    for pair in pairs:
        taken.setdefault(pair.case, set()).add(pair.reviewer)
    found = []
    for case_id in sorted(register.cases):
        case = register.cases[case_id]
        on_it = frozenset(taken.get(case_id, ()))
        missing = case.k - len(on_it)
        if missing > 0:
            kinds = _kinds(case.k, len(on_it), eligible[case_id], obtainable[case_id])
            found.append(Shortfall(case_id, missing, kinds, Blocked(register, case, on_it, load)))
    return tuple(found)


def _kinds(wanted: int, filled: int, eligible: int, obtainable: int) -> tuple[Kind, ...]:
    kinds: list[Kind] = []
    if eligible < wanted:
        kinds.append("no_candidates")
    if obtainable < min(wanted, eligible):
        kinds.append("needs_experienced")
    if obtainable > filled:
        kinds.append("contention")
    return tuple(kinds)
