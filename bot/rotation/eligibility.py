"""Who may review which case, and every reason why not: the hard rules, one pair at a time.

The readable form of the rules, used for explanations. `pool.py` applies the same rules to whole groups at once; a
property test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.rotation.model import Case, Instance, Member, Pair, Reason


class Register:
    """An instance made ready for questions: members and cases by id, exclusions both ways, locks and what they use."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.rules = instance.rules
        self.members: dict[str, Member] = {m.id: m for m in instance.members}
        self.cases: dict[str, Case] = {c.id: c for c in instance.cases if not c.on_hold}
        self.conflicts = both_ways(instance.conflicts)
        self.never = both_ways(instance.never_assign)
        self.previous = frozenset(
            Pair(p.case, p.reviewer) for p in instance.previous if p.case in self.cases and p.reviewer in self.members
        )
        self.locked = frozenset(
            Pair(p.case, p.reviewer)
            for p in instance.previous
            if p.locked and p.case in self.cases and p.reviewer in self.members
        )
        self.locks_of_member = Counter(p.reviewer for p in self.locked)

    def capacity(self, member: Member) -> int:
        """Reviews this member can hold in this round; a started review is never taken away, even from the absent."""
        return max(member.room if member.present else 0, self.locks_of_member[member.id])

    def wants_experience(self, case: Case) -> bool:
        """Whether one seat of this case is reserved for an experienced reviewer."""
        return self.rules.require_experienced if case.require_experienced is None else case.require_experienced

    def reasons(self, case: Case, member: Member) -> tuple[Reason, ...]:
        """Every rule that keeps `member` from `case` whatever the plan; empty when the pair is possible."""
        return (
            *self._availability(member),
            *self._personal(case, member),
            *self._fit(case, member),
        )

    def possible(self, case: Case, member: Member) -> bool:
        """Whether the pair may stand in a plan: no rule against it, or already started."""
        return Pair(case.id, member.id) in self.locked or not self.reasons(case, member)

    def _availability(self, member: Member) -> Iterable[Reason]:
        if member.absent:
            yield "absent"
        if member.mode == "paused":
            yield "paused"
        if member.capacity <= 0:
            yield "zero_capacity"
        elif member.room <= 0:
            yield "open_review_cap"

    def _personal(self, case: Case, member: Member) -> Iterable[Reason]:
        if case.author == member.id:
            yield "own"
        if (case.author, member.id) in self.conflicts:
            yield "conflict"
        if (case.author, member.id) in self.never:
            yield "never_assign"
        if member.id in case.recused:
            yield "recused"
        if member.id in case.former_therapists:
            yield "former_therapist"

    def _fit(self, case: Case, member: Member) -> Iterable[Reason]:
        author = self.members.get(case.author) if case.author is not None else None
        blocked = self.rules.same_clinic == "block"
        if blocked and author and author.id != member.id and member.clinic and author.clinic == member.clinic:
            yield "same_clinic"
        if member.mode != "paused" and member.mode not in self.rules.mode_compat.get(case.mode, ()):
            yield "mode"
        if case.languages and not case.languages & member.languages:
            yield "language"
        if case.candidates is not None and member.id not in case.candidates:
            yield "not_candidate"


def both_ways(pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[str | None, str]]:
    """Unordered exclusions as ordered pairs in both directions."""
    return frozenset(p for a, b in pairs for p in ((a, b), (b, a)))
