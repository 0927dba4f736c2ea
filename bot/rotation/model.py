"""The words of one assignment round: members, cases, rules in; pairs and shortfalls out.

Plain frozen data that mirrors the exchange format `peer-assign/1` (see `peer_assign.py`). Knows no database, no
platform and no solver. Ids are opaque strings compared code point by code point. Next: `eligibility.py` says who may
review what, `assignment.py` finds the best plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Mode = Literal["icbt", "f2f", "both", "paused"]
Reason = Literal[
    "own",
    "absent",
    "paused",
    "zero_capacity",
    "open_review_cap",
    "conflict",
    "never_assign",
    "recused",
    "former_therapist",
    "same_clinic",
    "mode",
    "language",
    "not_candidate",
    "at_capacity",
    "experience_seat",
]
Kind = Literal["no_candidates", "needs_experienced", "contention"]

TIERS = ("fill", "keep", "spread", "overdue", "load", "pair", "expertise")
"""What is minimised, most important first; see docs/rotation.md for each in plain words."""

PAIR_WEIGHT = 90
"""How much meetings may weigh against load where a group wants it: one review above the fair share costs 200, meeting
once more 2 · 90.

By simulated years, weights from 50 to 100 are the knee: people do equally much within about four reviews a year (three
where half of them work part time), and repeats are as rare as they can be. Load first, the default, keeps everybody
within one review of their share of a post and costs about one meeting in twenty more that is a repeat.
"""

MODE_COMPAT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "icbt": frozenset({"icbt", "both"}),
        "f2f": frozenset({"f2f", "both"}),
        "both": frozenset({"icbt", "f2f", "both"}),
    }
)

ANY_MODE: Mapping[str, frozenset[str]] = MappingProxyType({mode: frozenset(MODE_COMPAT) for mode in MODE_COMPAT})
"""Everybody may review every case, whatever its mode and theirs; a paused caseload still gets nothing."""


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who may review.

    `capacity` is the number of reviews they may hold in this round; `open_reviews` and `open_cap` (None: no cap) bound
    it further. `open_reviews` are those still open from earlier rounds; reviews of this round stand in the instance's
    `previous` and must not be counted here a second time. `balance` is in tenths of a review, positive when they have
    done more than their fair share (see `fairness.py`).
    """

    id: str
    mode: Mode = "both"
    capacity: int = 0
    absent: bool = False
    languages: frozenset[str] = frozenset()
    clinic: str | None = None
    experienced: bool = False
    tags: frozenset[str] = frozenset()
    balance: int = 0
    open_reviews: int = 0
    open_cap: int | None = None

    @property
    def present(self) -> bool:
        """Neither absent nor on a paused caseload."""
        return not self.absent and self.mode != "paused"

    @property
    def room(self) -> int:
        """Reviews this member may hold in this round if present: the capacity within the open-review cap."""
        if self.open_cap is None:
            return max(self.capacity, 0)
        return max(min(self.capacity, self.open_cap - self.open_reviews), 0)


@dataclass(frozen=True, slots=True)
class Case:
    """A case that wants `k` reviewers.

    `author` is its presenter and need not be a member; no `languages` means any; `overdue` is in weeks;
    `require_experienced` None takes the rule of the round; `candidates` None means everybody. `recused` are members who
    declined this case or recognised the patient. A case `on_hold` is left out of the round altogether.
    """

    id: str
    author: str | None
    k: int
    mode: str = "both"
    languages: frozenset[str] = frozenset()
    former_therapists: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    overdue: int = 0
    require_experienced: bool | None = None
    candidates: tuple[str, ...] | None = None
    recused: frozenset[str] = frozenset()
    on_hold: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy of a round.

    `pair_weight` merges the tiers `load` and `pair` into load + weight · pair; None (the default) keeps them strictly
    apart, in the order given.
    """

    order: tuple[str, ...] = TIERS
    mode_compat: Mapping[str, frozenset[str]] = field(default_factory=lambda: MODE_COMPAT)
    same_clinic: Literal["allow", "block"] = "allow"
    require_experienced: bool = False
    pair_weight: int | None = None

    @property
    def blend(self) -> int | None:
        """The weight of `pair` beside `load`, or None where the two are apart."""
        return self.pair_weight if {"load", "pair"} <= set(self.order) else None


@dataclass(frozen=True, slots=True)
class History:
    """`reviewer` has reviewed cases of `author` `count` times before."""

    author: str | None
    reviewer: str
    count: int


@dataclass(frozen=True, slots=True)
class Previous:
    """A pair of the plan before this one; `locked` when the review has been started and must stay."""

    case: str
    reviewer: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """One round to plan. `conflicts` and `never_assign` (private to the supervisor) hold both ways."""

    members: tuple[Member, ...]
    cases: tuple[Case, ...]
    rules: Rules = field(default_factory=Rules)
    conflicts: tuple[tuple[str, str], ...] = ()
    never_assign: tuple[tuple[str, str], ...] = ()
    history: tuple[History, ...] = ()
    previous: tuple[Previous, ...] = ()
    seed: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """One assignment: this reviewer reviews this case."""

    case: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A case with empty seats: how many, why, and what keeps every member who is not on it from taking one.

    `kinds`: `no_candidates` fewer people may review it than it wants; `needs_experienced` only a person with experience
    could take the last seat; `contention` the people it could have are used on other cases. `blocked` is computed when
    it is read.
    """

    case: str
    missing: int
    kinds: tuple[Kind, ...]
    blocked: Mapping[str, tuple[Reason, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """The best plan of a round, sorted by case and reviewer.

    `bottleneck` proves that no more seats can be filled: even if these members were used up completely and all others
    were free for any number of cases, no more seats than now would be taken.
    """

    assignments: tuple[Pair, ...]
    shortfalls: tuple[Shortfall, ...] = ()
    bottleneck: frozenset[str] = frozenset()

    def reviewers_of(self, case: str) -> tuple[str, ...]:
        """Who reviews this case, sorted by id."""
        return tuple(p.reviewer for p in self.assignments if p.case == case)
