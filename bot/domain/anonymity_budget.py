"""How many people each side of a case could be, given everything the others can see or do: the anonymity budget.

Computed before anything is shared and for the worst case: every colleague uses the whole private list they may have,
whether or not they do, so the number says nothing of anybody's list. Groups are small, so every choice is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

LOOKED_AT = 24
"""Up to so many members every choice of reviewers is looked at; beyond, the number is far from small."""


@dataclass(frozen=True)
class Colleague:
    """A therapist of the group today. `away`: on leave, so nobody would guess them."""

    id: str
    clinic: str = ""
    languages: frozenset[str] = frozenset()
    away: bool = False
    supervisor: bool = False


@dataclass(frozen=True)
class Rules:
    """What narrows people down: `wanted` reviewers a case, names on a `private` list, the supervisors' `pairs`."""

    wanted: int = 2
    private: int = 2
    within_clinic: bool = True
    pairs: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Budget:
    """To how many of `of` therapists somebody can be narrowed down: by reviewers, by a supervisor, by a presenter.

    `by_reviewers` and `by_supervisors` are about a person's own case, `by_presenters` about a review of theirs;
    `by_supervisors` is None where no supervisor is a member. 1 means: they know.
    """

    by_reviewers: int
    by_supervisors: int | None
    by_presenters: int
    of: int

    @property
    def least(self) -> int:
        """The smallest number about a person's own case."""
        return min(self.by_reviewers, self.by_reviewers if self.by_supervisors is None else self.by_supervisors)


def budget(members: Sequence[Colleague], person: str, language: str, rules: Rules) -> Budget:
    """The budget of one member for a case in a language, and for a review of theirs."""
    who = next(m for m in members if m.id == person)
    here = [m for m in members if m.id == person or (not m.away and (not language or language in m.languages))]
    return Budget(
        by_reviewers=_by_reviewers(here, who, rules),
        by_supervisors=_by_supervisors(here, who, rules, {m.id for m in members if m.supervisor and m.id != person}),
        by_presenters=_by_presenters(here, who, rules),
        of=len(members),
    )


def _meets(one: Colleague, other: Colleague, rules: Rules) -> bool:
    """Whether one of the two may review a case of the other."""
    apart = frozenset((one.id, other.id)) in rules.pairs
    return one.id != other.id and not apart and (rules.within_clinic or one.clinic != other.clinic)


def _by_reviewers(here: Sequence[Colleague], who: Colleague, rules: Rules) -> int:
    """Each reviewer leaves out themselves, whom they may not review, and whom they keep apart from."""
    counts = [
        max(1, sum(_meets(each, reviewer, rules) for each in here) - rules.private)
        for reviewer in here
        if _meets(who, reviewer, rules)
    ]
    return min(counts, default=len(here))


def _by_supervisors(
    here: Sequence[Colleague], who: Colleague, rules: Rules, supervisors: Collection[str]
) -> int | None:
    """A supervisor leaves out themselves, the reviewers, and whoever may not be reviewed by them."""
    if not supervisors:
        return None
    possible = [m for m in here if _meets(m, who, rules)]
    wanted = min(rules.wanted, len(possible))
    if len(here) > LOOKED_AT:
        return max(1, len(here) - wanted - 1)
    least = len(here)
    for reviewers in combinations(possible, wanted):
        left = {m.id for m in here if all(_meets(m, reviewer, rules) for reviewer in reviewers)}
        least = min([least, *(len(left - {supervisor}) for supervisor in supervisors)])
    return max(1, least)


def left_to_supervisors(members: Sequence[Colleague], holders: Collection[str], language: str, rules: Rules) -> int:
    """How many may present a case for whoever reads everybody who has or had a review of it (`holders`).

    Computed without knowing who presents; a supervisor among them leaves out themselves. Nobody reviews a case of their
    own, so no holder is among them.
    """
    held = [m for m in members if m.id in holders]
    left = [
        m
        for m in members
        if not m.away and (not language or language in m.languages) and all(_meets(m, holder, rules) for holder in held)
    ]
    return len(left) - any(m.supervisor for m in left)


def takers_whoever_presents(
    members: Sequence[Colleague], holders: Collection[str], free: Collection[str], rules: Rules
) -> int:
    """How many of those who are `free` could take a review over at least, whoever of the others presents the case.

    Computed as if everybody used their whole private list.
    """
    takers = [m for m in members if m.id in free]
    counts = [
        max(0, sum(_meets(each, presenter, rules) for each in takers) - rules.private)
        for presenter in members
        if presenter.id not in holders
    ]
    return min(counts, default=0)


def _by_presenters(here: Sequence[Colleague], who: Colleague, rules: Rules) -> int:
    """Each possible presenter leaves out themselves and whom they keep apart from; whoever presents, the least."""
    counts = [
        max(1, sum(_meets(each, presenter, rules) for each in here) - rules.private)
        for presenter in here
        if _meets(presenter, who, rules)
    ]
    return min(counts, default=len(here))
