"""A year of rounds in a described group, so that a supervisor can try a policy before choosing it.

The world (who is away, who presents, which mode) is drawn once from the seed and does not depend on the policy, so two
policies are compared in the same year. Everything else is the real thing: the plan of every round comes from `assign`,
the balance from the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random

from bot.rotation.eligibility import Register
from bot.rotation.fairness import PastRound, ahead, balances, clamped, standings
from bot.rotation.model import Case, History, Instance, Member, Mode, Plan, Rules


@dataclass(frozen=True, slots=True)
class Group:
    """A group in numbers.

    `rounds_between_cases`: how many rounds lie between two own cases of a person on average; `regular` makes it exact.
    `reviewers` per case, `larger_cases` the share of cases that want one more. `away`: the chance a round that somebody
    present goes away for one to four rounds; `switching`: that they change their mode. `experienced`, `bilingual`:
    shares of the group; `languages`: how many there are. `capacity` per mode is reviews a round. `part_time`: the share
    of people with a fifth to four fifths of a post, whose capacity scales with it.
    """

    members: int = 24
    rounds: int = 52
    rounds_between_cases: float = 3
    regular: bool = False
    reviewers: int = 2
    larger_cases: float = 0.2
    away: float = 0.04
    switching: float = 0.02
    experienced: float = 0.5
    languages: int = 2
    bilingual: float = 0.5
    capacity_icbt: int = 3
    capacity_blended: int = 2
    capacity_f2f: int = 1
    part_time: float = 0


EXAMPLES: dict[str, Group] = {
    "equal": Group(
        regular=True,
        larger_cases=0,
        away=0,
        switching=0,
        languages=1,
        capacity_icbt=2,
        capacity_f2f=2,
        capacity_blended=2,
    ),
    "normal": Group(),
    "tight": Group(rounds_between_cases=1.4),
}
"""Groups to start from: everybody alike; an ordinary service; more cases than the group can easily review."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A case somebody presents, whatever the policy."""

    author: str
    reviewers: int
    mode: str
    language: str


@dataclass(frozen=True, slots=True)
class Week:
    """The state of the group in one round: everybody as they are then (no balance yet), and what they present.

    `weights`: how much of each person is there (`fairness.PastRound`), 1 for whoever is not named.
    """

    members: tuple[Member, ...]
    submissions: tuple[Submission, ...]
    weights: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Year:
    """How a policy did.

    `balance`: per person reviews done minus fair share. `spread`: the largest minus the smallest of them. `met`: share
    of the possible (presenter, reviewer) pairs that met; `met_by_round` the same over time. `repeats`: meetings beyond
    the first; `fewest_repeats`: what they could not have been below, given how many reviews each presenter got;
    `early_repeats`: those made while somebody never met was eligible. `full`: share of cases with every reviewer they
    wanted; `waited`: cases left over to the next round. Gaps are rounds between two reviewed cases of a presenter.
    """

    balance: dict[str, float]
    spread: float
    met: float
    met_by_round: tuple[float, ...]
    repeats: int
    fewest_repeats: int
    early_repeats: int
    cases: int
    full: float
    waited: int
    mean_gap: float
    longest_gap: int


def world(group: Group, seed: int) -> list[Week]:
    """Every round of the year, drawn from the seed."""
    chance = Random(f"{seed}/{group}")  # noqa: S311  # an invented year, not a secret
    members = [_person(group, chance, i) for i in range(group.members)]
    posts = {m.id: _post(group, chance) for m in members} if group.part_time else {}
    away = Counter[str]()
    weeks = []
    for t in range(group.rounds):
        for i, member in enumerate(members):
            members[i] = _moved_on(group, chance, member, away)
        due = (m for i, m in enumerate(members) if m.present and _presents(group, chance, t + i))
        scaled = tuple(replace(m, capacity=_scaled(m.capacity, posts.get(m.id))) for m in members)
        weeks.append(Week(scaled, tuple(_submission(group, chance, m) for m in due), posts))
    return weeks


def simulate(group: Group, rules: Rules, seed: int = 1, planner: Callable[[Instance], Plan] | None = None) -> Year:
    """One year of the group under a policy; `planner` puts another way of planning in place of `assign`."""
    if planner is None:
        from bot.rotation.assignment import assign

        planner = assign
    return _Tally(rules, seed, planner).run(world(group, seed))


def change_that_helps(group: Group, rules: Rules, seed: int, year: Year) -> tuple[str, Year] | None:
    """The one change under which most cases have every reviewer, and its year; None if none helps or is needed."""
    changes = {
        "a reviewer fewer": replace(group, reviewers=group.reviewers - 1),
        "one more open review each": replace(
            group,
            capacity_icbt=group.capacity_icbt + 1,
            capacity_blended=group.capacity_blended + 1,
            capacity_f2f=group.capacity_f2f + 1,
        ),
        "one round more between own cases": replace(group, rounds_between_cases=group.rounds_between_cases + 1),
    }
    played = {name: simulate(each, rules, seed) for name, each in changes.items() if year.full < 1 and each.reviewers}
    best = max(played, key=lambda name: played[name].full, default=None)
    return (best, played[best]) if best and played[best].full > year.full else None


def _person(group: Group, chance: Random, number: int) -> Member:
    spoken = chance.sample(
        range(group.languages), 2 if group.languages > 1 and chance.random() < group.bilingual else 1
    )
    mode: Mode = "both" if group.regular else chance.choice(("icbt", "f2f", "both", "both"))
    return Member(
        id=f"p{number + 1:03d}",
        mode=mode,
        capacity=_capacity(group, mode),
        languages=frozenset(f"language {n + 1}" for n in spoken),
        experienced=chance.random() < group.experienced,
    )


def _post(group: Group, chance: Random) -> Fraction:
    """A full post, or a fifth to four fifths of one."""
    return Fraction(chance.choice((1, 2, 3, 4)), 5) if chance.random() < group.part_time else Fraction(1)


def _scaled(capacity: int, post: Fraction | None) -> int:
    return capacity if post is None or capacity == 0 else max(1, int(capacity * post))


def _capacity(group: Group, mode: Mode) -> int:
    return {"icbt": group.capacity_icbt, "f2f": group.capacity_f2f, "both": group.capacity_blended, "paused": 0}[mode]


def _moved_on(group: Group, chance: Random, member: Member, away: Counter[str]) -> Member:
    """The person one round later: perhaps away, back, or in another mode."""
    if away[member.id]:
        away[member.id] -= 1
    elif chance.random() < group.away:
        away[member.id] = chance.choice((1, 1, 2, 4))
    mode: Mode = chance.choice(("icbt", "f2f", "both")) if chance.random() < group.switching else member.mode
    return replace(member, absent=away[member.id] > 0, mode=mode, capacity=_capacity(group, mode))


def _presents(group: Group, chance: Random, turn: int) -> bool:
    if group.regular:
        return turn % max(round(group.rounds_between_cases), 1) == 0
    return chance.random() < 1 / max(group.rounds_between_cases, 1)


def _submission(group: Group, chance: Random, author: Member) -> Submission:
    wanted = group.reviewers + (chance.random() < group.larger_cases)
    return Submission(author.id, wanted, author.mode, chance.choice(sorted(author.languages)))


class _Tally:
    """Plays the rounds and counts."""

    def __init__(self, rules: Rules, seed: int, planner: Callable[[Instance], Plan]) -> None:
        self._rules, self._seed, self._planner = rules, seed, planner
        self._log: list[PastRound] = []
        self._met: Counter[tuple[str, str]] = Counter()
        self._possible: set[tuple[str, str]] = set()
        self._met_by_round: list[int] = []
        self._early = self._cases = self._full = self._waited = 0
        self._last: dict[str, int] = {}
        self._gaps: list[int] = []

    def run(self, weeks: Iterable[Week]) -> Year:
        waiting: list[Case] = []
        for t, week in enumerate(weeks):
            fresh = [
                Case(f"r{t:03d}-{s.author}", s.author, s.reviewers, s.mode, frozenset({s.language}))
                for s in week.submissions
            ]
            waiting = self._round(t, week, [*waiting, *fresh])
        return self._year()

    def _round(self, t: int, week: Week, cases: list[Case]) -> list[Case]:
        """Plan one round, count it, and return the cases that wait for the next."""
        instance = self._instance(t, week, cases)
        plan = self._planner(instance)
        on = {c.id: plan.reviewers_of(c.id) for c in cases}
        self._count_meetings(instance, plan, on)
        available = frozenset(m.id for m in instance.members if m.present and m.room)
        self._log.append(PastRound(available, Counter(p.reviewer for p in plan.assignments), week.weights))
        self._cases += len(cases)
        self._full += sum(len(on[c.id]) == c.k for c in cases)
        for case in cases:
            if on[case.id] and case.author:
                if case.author in self._last:
                    self._gaps.append(t - self._last[case.author])
                self._last[case.author] = t
        left = [replace(c, overdue=c.overdue + 1) for c in cases if not on[c.id] and c.k]
        self._waited += len(left)
        return left

    def _instance(self, t: int, week: Week, cases: list[Case]) -> Instance:
        balance = balances(self._log)
        free = [m.id for m in week.members if m.present and m.room]
        coming = ahead(free, week.weights, sum(case.k for case in cases))
        return Instance(
            members=tuple(
                replace(m, balance=clamped(balance.get(m.id, 0) + coming.get(m.id, 0))) for m in week.members
            ),
            cases=tuple(cases),
            rules=self._rules,
            history=tuple(History(a, r, n) for (a, r), n in self._met.items()),
            seed=self._seed * 1000 + t,
        )

    def _count_meetings(self, instance: Instance, plan: Plan, on: dict[str, tuple[str, ...]]) -> None:
        register = Register(instance)
        new: Counter[tuple[str, str]] = Counter()
        for case in instance.cases:
            author = case.author or ""
            eligible = {m.id for m in instance.members if not register.reasons(case, m)}
            self._possible |= {(author, m) for m in eligible}
            strangers = any(not self._met[author, m] for m in eligible.difference(on[case.id]))
            for reviewer in on[case.id]:
                again = self._met[author, reviewer] + new[author, reviewer] > 0
                self._early += again and strangers
                new[author, reviewer] += 1
        self._met.update(new)
        self._met_by_round.append(len(self._met))

    def _year(self) -> Year:
        balance = {m: float(s.done - s.fair) for m, s in standings(self._log).items()}
        partners = Counter(a for a, _ in self._possible)
        reviews = Counter[str]()
        for (author, _), count in self._met.items():
            reviews[author] += count
        possible = max(len(self._possible), 1)
        return Year(
            balance=balance,
            spread=max(balance.values(), default=0) - min(balance.values(), default=0),
            met=len(self._met) / possible,
            met_by_round=tuple(n / possible for n in self._met_by_round),
            repeats=sum(self._met.values()) - len(self._met),
            fewest_repeats=sum(max(n - partners[a], 0) for a, n in reviews.items()),
            early_repeats=self._early,
            cases=self._cases,
            full=self._full / self._cases if self._cases else 1.0,
            waited=self._waited,
            mean_gap=sum(self._gaps) / len(self._gaps) if self._gaps else 0.0,
            longest_gap=max(self._gaps, default=0),
        )
