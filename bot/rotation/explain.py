"""Why me? The facts behind every assignment, taken from the costs of the optimum.

Facts are keys and values; the sentences live in the user interface. No fact names the presenter: how often the reviewer
has met them is a count. Who came next is for the supervisor; `Why.for_reviewer` leaves the name out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.rotation.eligibility import Register
from bot.rotation.model import Case, Instance, Member, Pair, Plan

FactKey = Literal["started", "kept", "eligible", "mode", "language", "experience", "balance", "load", "met", "topic"]
Deciding = Literal["keep", "load", "pair", "expertise", "seed"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that speaks for the assignment, or describes it.

    started {} · kept {} (stood in the plan before) · eligible {count, of} · mode {case, reviewer} · language {shared} ·
    experience {} (the only experienced reviewer of a case that needs one) · balance {tenths} · load {reviews} (in this
    round) · met {times} (this presenter, before this round) · topic {shared}
    """

    key: FactKey
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Who would take the case if the reviewer did not, nobody else moved, and what that would cost more.

    `extra` per tier in the tier's own units (load: squared tenths of a review; pair: squared meetings). `decided_by` is
    the first tier that tells the two apart, `seed` when none does. `member` is None where it must not be shown.
    """

    member: str | None
    extra: Mapping[str, int]
    decided_by: Deciding


@dataclass(frozen=True, slots=True)
class Why:
    """Why `reviewer` got `case`. `next` is None when no other eligible member has room."""

    case: str
    reviewer: str
    facts: tuple[Fact, ...]
    next: Alternative | None

    def for_reviewer(self) -> Why:
        """The same without the name of a colleague."""
        return replace(self, next=self.next and replace(self.next, member=None))


class Explainer:
    """Answers for one plan; make it once and ask for as many pairs as you like."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self._register = Register(instance)
        self._plan = plan
        self._load = Counter(p.reviewer for p in plan.assignments)
        self._on: defaultdict[str, set[str]] = defaultdict(set)
        for pair in plan.assignments:
            self._on[pair.case].add(pair.reviewer)
        self._met: Counter[tuple[str | None, str]] = Counter()
        for h in instance.history:
            self._met[h.author, h.reviewer] += h.count
        self._now = Counter((self._register.cases[p.case].author, p.reviewer) for p in plan.assignments)

    def all(self) -> tuple[Why, ...]:
        """Every assignment of the plan explained, in its order."""
        return tuple(self.why(p) for p in self._plan.assignments)

    def why(self, pair: Pair) -> Why:
        """One assignment of the plan explained."""
        case, member = self._register.cases[pair.case], self._register.members[pair.reviewer]
        return Why(case.id, member.id, tuple(self._facts(case, member)), self._next(case, member))

    def _facts(self, case: Case, member: Member) -> Iterator[Fact]:
        pair = Pair(case.id, member.id)
        if pair in self._register.locked:
            yield Fact("started", {})
        elif pair in self._register.previous:
            yield Fact("kept", {})
        people = self._register.members.values()
        yield Fact("eligible", {"count": sum(self._register.possible(case, m) for m in people), "of": len(people)})
        yield Fact("mode", {"case": case.mode, "reviewer": member.mode})
        if case.languages:
            yield Fact("language", {"shared": tuple(sorted(case.languages & member.languages))})
        if self._only_experience(case, member):
            yield Fact("experience", {})
        yield Fact("balance", {"tenths": member.balance})
        yield Fact("load", {"reviews": self._load[member.id]})
        yield Fact("met", {"times": self._met[case.author, member.id]})
        if case.tags & member.tags:
            yield Fact("topic", {"shared": tuple(sorted(case.tags & member.tags))})

    def _only_experience(self, case: Case, member: Member) -> bool:
        others = self._on[case.id] - {member.id}
        needed = self._register.wants_experience(case) and member.experienced
        return needed and not any(self._register.members[m].experienced for m in others)

    def _next(self, case: Case, member: Member) -> Alternative | None:
        """The cheapest replacement that moves nobody else; none is cheaper than the plan, as it is the optimum."""
        if Pair(case.id, member.id) in self._register.locked:
            return None
        extras = {
            m.id: self._extra(case, member, m) for m in self._register.members.values() if self._free(case, member, m)
        }
        if not extras:
            return None
        best = min(extras, key=lambda m: (self._ranked(extras[m]), m))
        return Alternative(best, extras[best], self._decided_by(extras[best]))

    def _free(self, case: Case, member: Member, other: Member) -> bool:
        if other.id in self._on[case.id] or self._load[other.id] >= self._register.capacity(other):
            return False
        if self._register.reasons(case, other):
            return False
        if other.experienced or not self._register.wants_experience(case):
            return True
        left = self._on[case.id] - {member.id}
        return sum(not self._register.members[m].experienced for m in left) < case.k - 1

    def _extra(self, case: Case, member: Member, other: Member) -> dict[str, int]:
        mine, theirs = self._load[member.id], self._load[other.id]
        met = {m.id: self._met[case.author, m.id] + self._now[case.author, m.id] for m in (member, other)}
        before = self._register.previous
        return {
            "keep": (Pair(case.id, member.id) in before) - (Pair(case.id, other.id) in before),
            "load": 20 * (other.balance - member.balance) + 100 * (2 * theirs + 1) - 100 * (2 * mine - 1),
            "pair": 2 * met[other.id] + 1 - (2 * met[member.id] - 1),
            "expertise": _off_topic(case, other) - _off_topic(case, member),
        }

    def _ranked(self, extra: Mapping[str, int]) -> tuple[int, ...]:
        """Extra costs in the order of the tiers, blended as the rules say."""
        rules = self._register.rules
        if rules.blend is None:
            return tuple(extra[t] for t in rules.order if t in extra)
        blend = extra["load"] + rules.blend * extra["pair"]
        return tuple(blend if t in {"load", "pair"} else extra[t] for t in rules.order if t in extra)

    def _decided_by(self, extra: Mapping[str, int]) -> Deciding:
        """The first tier that differs; of a blend the part that speaks more for the reviewer."""
        rules = self._register.rules
        named: dict[str, Deciding] = {"keep": "keep", "load": "load", "pair": "pair", "expertise": "expertise"}
        tiers = [t for t in rules.order if t in named]
        for tier, value in zip(tiers, self._ranked(extra), strict=True):
            if value and tier in {"load", "pair"} and rules.blend is not None:
                return "load" if extra["load"] >= rules.blend * extra["pair"] else "pair"
            if value:
                return named[tier]
        return "seed"


def why(instance: Instance, plan: Plan, pair: Pair) -> Why:
    """Why this pair stands in the plan. To explain several pairs of one plan, keep an `Explainer`."""
    return Explainer(instance, plan).why(pair)


def _off_topic(case: Case, member: Member) -> int:
    return bool(case.tags) and not case.tags & member.tags
