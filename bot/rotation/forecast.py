"""A real group's coming rounds, played ahead: who is there, how many cases can be reviewed, who will miss what.

Everything is the real thing: people with their posts, modes, caps, planned leave and targets, presenters asked in turn,
every plan from `assign`. What cannot be known (who falls ill, who does not write) is left out, so a target missed here
is missed by the plan itself. To find the change that helps, the same rounds are played under each change alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from bot.rotation.fairness import PastRound, ahead, balances, clamped
from bot.rotation.model import Case, History, Instance, Member, Rules
from bot.rotation.presenters import Period, Presenter, to_ask, waited_days


@dataclass(frozen=True)
class Somebody:
    """One member: since when they wait for each kind, days allowed from the first round on, and leave.

    `under_way`: the day a round that is not over went out, which at best they meet; who presents is nobody's to know.
    """

    id: str
    since_any: date
    since_own: date
    target_any: int
    target_own: int
    leave: tuple[Period, ...] = ()
    under_way: date | None = None


@dataclass(frozen=True)
class Coming:
    """One round to come: everybody as they will be then, and how much of each is there."""

    day: date
    members: tuple[Member, ...]
    weights: Mapping[str, Fraction]


@dataclass(frozen=True)
class Settings:
    """What a supervisor could change: reviewers a case, days between rounds, more open reviews at once."""

    reviewers: int
    cadence_days: int
    window: int
    rules: Rules
    more_room: int = 0
    never_assign: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Played:
    """A round as it turned out: `wanted` cases for everybody's targets, `cases` that found at least one reviewer."""

    day: date
    present: int
    members: int
    wanted: int
    cases: int

    @property
    def thin(self) -> bool:
        """Fewer cases than the targets need, or less than half of the group there."""
        return self.cases < self.wanted or 2 * self.present < self.members


@dataclass(frozen=True)
class Missed:
    """The longest gap of somebody beyond the days allowed, target and window, in days without leave."""

    person: str
    own_case: bool
    days: int
    target: int
    window: int = 0

    @property
    def allowed(self) -> int:
        """As on the overview: the target and the days a round gives."""
        return self.target + self.window


@dataclass(frozen=True)
class Forecast:
    """All rounds, and who will miss what."""

    rounds: tuple[Played, ...]
    missed: tuple[Missed, ...] = ()
    reviews: Mapping[str, int] = field(default_factory=dict)


def forecast(rounds: Sequence[Coming], people: Sequence[Somebody], settings: Settings, seed: int = 1) -> Forecast:
    """Play the rounds in order of their days."""
    play = _Play(people, settings, seed)
    return Forecast(tuple(play.round(coming) for coming in rounds), play.missed(rounds), dict(play.reviews))


class _Play:
    def __init__(self, people: Sequence[Somebody], settings: Settings, seed: int) -> None:
        self._people = {person.id: person for person in people}
        self._settings, self._seed = settings, seed
        self._since = {(p.id, own): p.since_own if own else p.since_any for p in people for own in (False, True)}
        self._counted = {
            (id, own): max(since, self._people[id].under_way or since) for (id, own), since in self._since.items()
        }
        self._longest: Counter[tuple[str, bool]] = Counter()
        self._met: Counter[tuple[str, str]] = Counter()
        self._log: list[PastRound] = []
        self.reviews: Counter[str] = Counter()

    def round(self, coming: Coming) -> Played:
        """Ask presenters in turn, plan, and note who had an event."""
        members = [self._with_room(member) for member in coming.members]
        here = {m.id for m in members if m.present}
        asked = to_ask(
            [self._presenter(id) for id in sorted(here) if id in self._people],
            coming.day, self._settings.cadence_days, seed=self._seed,
        )  # fmt: skip
        reviewers = min(self._settings.reviewers, max(len(here) - 1, 0))
        modes = {m.id: m.mode for m in members}
        cases = tuple(Case(f"{coming.day}-{t.presenter}", t.presenter, reviewers, modes[t.presenter]) for t in asked)
        from bot.rotation.assignment import assign  # brings the solver, which only a forecast needs

        plan = assign(self._instance(coming, members, cases))
        done = Counter(pair.reviewer for pair in plan.assignments)
        presented = {case.author for case in cases if plan.reviewers_of(case.id)}
        for case in cases:
            self._met.update((case.author or "", reviewer) for reviewer in plan.reviewers_of(case.id))
        free = frozenset(m.id for m in members if m.present and m.room)
        self._log.append(PastRound(free, done, coming.weights))
        self.reviews.update(done)
        for person in sorted(here & set(self._people)):
            if person in presented:
                self._event(person, True, coming.day)
            if person in presented or done[person]:
                self._event(person, False, coming.day)
        return Played(coming.day, len(here), len(members), len(cases), len(presented))

    def missed(self, rounds: Sequence[Coming]) -> tuple[Missed, ...]:
        """Everybody whose longest gap, the one open at the end included, is beyond target and window."""
        if not rounds:
            return ()
        found = []
        for person in self._people.values():
            for own in (False, True):
                days = max(self._longest[person.id, own], self._waited(person.id, own, rounds[-1].day))
                target = person.target_own if own else person.target_any
                if days > target + self._settings.window:
                    found.append(Missed(person.id, own, days, target, self._settings.window))
        return tuple(sorted(found, key=lambda each: (-each.days, each.person, each.own_case)))

    def _with_room(self, member: Member) -> Member:
        more = self._settings.more_room if member.capacity else 0
        return replace(member, capacity=member.capacity + more, open_cap=None)

    def _presenter(self, id: str) -> Presenter:
        person = self._people[id]
        return Presenter(id, self._since[id, True], person.target_own, person.leave)

    def _waited(self, id: str, own: bool, day: date) -> int:
        person = self._people[id]
        return waited_days(Presenter(id, self._counted[id, own], 1, person.leave), day)

    def _event(self, id: str, own: bool, day: date) -> None:
        self._longest[id, own] = max(self._longest[id, own], self._waited(id, own, day))
        self._since[id, own] = self._counted[id, own] = day

    def _instance(self, coming: Coming, members: Sequence[Member], cases: tuple[Case, ...]) -> Instance:
        balance = balances(self._log)
        free = [m.id for m in members if m.present and m.room]
        shift = ahead(free, coming.weights, sum(case.k for case in cases))
        return Instance(
            members=tuple(replace(m, balance=clamped(balance.get(m.id, 0) + shift.get(m.id, 0))) for m in members),
            cases=cases,
            rules=self._settings.rules,
            never_assign=self._settings.never_assign,
            history=tuple(History(a, r, n) for (a, r), n in sorted(self._met.items())),
            seed=self._seed,
            id=str(coming.day),
        )
