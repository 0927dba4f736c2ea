"""The balance ledger: how much more or less than their fair share each person has reviewed.

Always recomputed from the log of past rounds; nothing is carried from round to round, so nothing can drift, be skipped
or be corrupted. A round's reviews are shared among those who were *available* in it, by how much of each was: the share
of a full post, the days present, the other groups they review in. Whoever was on leave, paused or without capacity
takes no part in that round's share: they owe nothing for it and are owed nothing. A declined or skipped review was not
done, and neither counts for nor against anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

CLAMP = 30
"""Balances stay within ±3 reviews (30 tenths): an old debt or credit never decides several rounds to come."""


@dataclass(frozen=True, slots=True)
class PastRound:
    """What the log says of one round: who could review in it, and how many reviews each person holds or has done.

    `available`: members with room for at least one review in that round. `reviews`: per person the assignments that
    stood at the end of the round; one that was declined or moved counts for the person who took it over.
    `weights`: how much of each person was available, above 0; 1 for whoever is not named.
    """

    available: frozenset[str]
    reviews: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's account in exact reviews: `done` and `fair` share since the log begins."""

    done: int
    fair: Fraction

    @property
    def balance(self) -> int:
        """Done minus fair share in tenths of a review, within ±`CLAMP`; positive: has done more than their share."""
        return clamped(round(10 * (self.done - self.fair)))


def clamped(balance: int) -> int:
    """A balance in tenths of a review within ±`CLAMP`."""
    return max(-CLAMP, min(CLAMP, balance))


def standings(log: Iterable[PastRound]) -> dict[str, Standing]:
    """The account of everybody who was ever available or has ever reviewed.

    Who reviewed without being counted as available (a started review kept after leave began) counts as available in
    that round: they did their part of it.
    """
    done: Counter[str] = Counter()
    fair: dict[str, Fraction] = {}
    for past in log:
        took_part = past.available | {member for member, count in past.reviews.items() if count > 0}
        shares = fair_shares(took_part, past.weights)
        whole = sum(past.reviews.values())
        done.update(past.reviews)
        for member in took_part:
            fair[member] = fair.get(member, Fraction(0)) + whole * shares[member]
    return {member: Standing(done[member], share) for member, share in sorted(fair.items())}


def fair_shares(available: Iterable[str], weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The part of a round's reviews that falls to each of the people available in it; the parts add up to 1."""
    found = {member: weights.get(member, Fraction(1)) for member in available}
    whole = sum(found.values(), Fraction(0))
    return {member: weight / whole for member, weight in found.items()}


def ahead(available: Iterable[str], weights: Mapping[str, Fraction], reviews: int) -> dict[str, int]:
    """What each person's balance differs by in a round to be planned, in tenths of a review; 0 where all are alike.

    Whoever is there for half a post is as far along before the round as if they had done what the others do more in it.
    """
    shares = fair_shares(available, weights)
    return {m: round(10 * reviews * (Fraction(1, len(shares)) - share)) for m, share in sorted(shares.items())}


def balances(log: Iterable[PastRound]) -> dict[str, int]:
    """The balance of everybody in the log in tenths of a review; whoever is not in it starts at 0."""
    return {member: standing.balance for member, standing in standings(log).items()}
