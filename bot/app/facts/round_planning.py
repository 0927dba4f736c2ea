"""From stored facts to an instance of the rotation, and from its plan to assignments.

The only place that knows both: what the organisation keeps and what `bot.rotation` asks for.
Nothing is carried from round to round; balances and history are counted from the log every time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from bot import rotation
from bot.app.caching_uow import Remembering
from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.partners import pairs_of
from bot.app.facts.permissions import OPEN_CASE
from bot.app.facts.second_looks import readers_of
from bot.domain.assignment import Assignment, EndReason
from bot.domain.availability import review_weight
from bot.domain.case import Case
from bot.domain.caseload import Caseload, Mode, open_review_cap
from bot.domain.chances import window_days
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person, Role
from bot.domain.policy import Policy
from bot.domain.round import Round
from bot.ports.records import ExperienceEntry, FteEntry, LeaveEntry, LimitEntry, ModeEntry
from bot.rotation.fairness import PastRound, ahead, balances, clamped

_MODES: Mapping[str, rotation.model.Mode] = {
    "icbt": "icbt",
    "f2f": "f2f",
    "blended": "both",
    "paused": "paused",
}
MODE_FIRST = ("fill", "keep", "spread", "overdue", "expertise", "load", "pair")
"""Where a mode is a preference, whoever works in the case's mode comes before an even load."""
_FITS: Mapping[str, frozenset[str]] = {
    "icbt": frozenset({"icbt"}),
    "f2f": frozenset({"f2f"}),
    "both": frozenset({"icbt", "f2f"}),
    "paused": frozenset(),
}
"""Modes as topics: a reviewer shares one with every case that their mode fits."""
NEARBY = timedelta(days=28)
"""A group shares a person while its rounds go out this near."""
ROUNDS_AT_ONCE, CASES_AT_ONCE = 500, 5000
LEFT_FOR_GOOD = {
    EndReason.RECOGNISED,
    EndReason.CONFLICT,
    EndReason.DECLINED,
    EndReason.REASSIGNED,
    EndReason.SWAPPED,
}
WAITS: Mapping[str, str] = {
    "mode": "mode",
    "language": "language",
    "at_capacity": "full",
    "zero_capacity": "full",
    "open_review_cap": "full",
    "absent": "away",
    "paused": "away",
}
"""What a presenter may know of why nobody takes a case: nothing that points at one colleague."""
WAITING: dict[str, Any] = {"round": None, "closed_at": None, "withdrawn_at": None}
"""A case for which no round has begun yet."""
OPEN: dict[str, Any] = {"closed_at": None, "withdrawn_at": None}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class WhatIf:
    """Caps and absences of a supervisor for one round: tried in the preview, or kept with the round."""

    caps: Mapping[str, int] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    @classmethod
    def kept(cls, round_: Round) -> WhatIf:
        """Those kept with the round."""
        return cls(round_.caps, frozenset(round_.left_out))


@dataclass(frozen=True)
class Situation:
    """Everything a plan was made from, for explaining it afterwards."""

    instance: rotation.Instance
    people: Mapping[str, Person]
    cases: Mapping[str, Case]
    policy: Policy


async def situation(work: Work, group: Group, round_: Round, what_if: WhatIf | None = None) -> Situation:
    """Who could review which of the round's cases right now, with balances and history.

    What the supervisor kept for this round holds, unless `what_if` is tried instead.
    """
    what_if = what_if or WhatIf.kept(round_)
    policy = await work.policy(group)
    day = work.today(group.timezone)
    memberships = await work.uow.find(Membership, group=group.id)
    ids = sorted({m.person for m in memberships})
    everyone = {p.id: p for p in await work.uow.find(Person, id__in=ids)} if ids else {}
    # Nobody gets a review on their last day.
    present = {m.person for m in memberships if m.holds_on(day) and m.left_on != day}
    people = {
        id: p
        for id, p in everyone.items()
        if id in present and p.active and p.has(Role.THERAPIST) and (p.leaves_on is None or p.leaves_on > day)
    }
    caseloads = await caseloads_of(work, everyone.values())
    cases = await round_cases(work, round_)
    past = await _past_assignments(work, group, round_)
    owed = await _open_reviews(work, round_, people)
    wanted = await _cases(work, cases, policy)
    members = [
        _member(p, caseloads[p.id], work, policy, what_if, owed[p.id], past.balance.get(p.id, 0))
        for p in people.values()
    ]
    return Situation(
        instance=rotation.Instance(
            members=_with_coming_share(members, wanted, past.available(round_.published_at or work.now).weights),
            cases=wanted,
            rules=rules_of(policy),
            never_assign=tuple((n.one, n.other) for n in await pairs_of(work, round_)),
            history=tuple(rotation.History(a, r, n) for (a, r), n in sorted(past.met.items())),
            previous=tuple(
                rotation.Previous(a.case, a.reviewer, locked=a.started_at is not None)
                for a in await work.uow.find(Assignment, round=round_.id, ended_at=None)
            ),
            seed=round_.seed,
            id=round_.id,
        ),
        people=people,
        cases={c.id: c for c in cases},
        policy=policy,
    )


async def look_ahead(reads: Remembering, ids: Sequence[str]) -> None:
    """Read for several rounds at once who is in their groups and what is dated about each: planning asks for it."""
    groups = sorted({round_.group for round_ in await reads.look_ahead(Round, "id", ids)})
    await reads.look_ahead(Group, "id", groups)
    inside = sorted({m.person for m in await reads.look_ahead(Membership, "group", groups)})
    await reads.look_ahead(Membership, "person", inside)
    await reads.look_ahead(Person, "id", inside)
    for kind in (ModeEntry, FteEntry, ExperienceEntry):
        await reads.look_ahead(kind, "person", inside)
    for dated in (LeaveEntry, LimitEntry):
        await reads.look_ahead(dated, "person", inside, cancelled_at=None)
    cases = await reads.look_ahead(Case, "group", groups, **OPEN)
    await reads.look_ahead(Case, "group", groups, **WAITING)
    await reads.presenters([case.id for case in cases])


async def round_cases(work: Work, round_: Round) -> list[Case]:
    """The cases of a round that still want reviewers or are under way, by submission."""
    cases = await work.uow.find(Case, round=round_.id, order=("submitted_at",))
    return [c for c in cases if c.open and not c.kept_back]


async def kept_back(work: Work, round_: Round) -> list[Case]:
    """Cases of a round that wait for a second look or for their authors' changes: it is planned without them."""
    cases = await work.uow.find(Case, round=round_.id, closed_at=None, withdrawn_at=None, order=("code",))
    return [c for c in cases if c.kept_back]


async def why_waiting(work: Work, group: Group, round_: Round) -> dict[str, str]:
    """For each case of a round that finds no reviewer, what keeps most colleagues from it: a word, no names.

    "mode", "language", "full" (their caps are used up), "away", or "nobody" where it is something else.
    """
    facts = await situation(work, group, round_)
    plan = rotation.assign(facts.instance)
    found: dict[str, str] = {}
    for short in plan.shortfalls:
        counts = Counter(WAITS[reason] for why in short.blocked.values() for reason in why[:1] if reason in WAITS)
        found[short.case] = counts.most_common(1)[0][0] if counts else "nobody"
    return found


async def gather_waiting(work: Work, group: Group, round_: Round) -> None:
    """Cases that waited for a round join this one."""
    for case in await work.uow.find(Case, group=group.id, **WAITING):
        await work.uow.save(replace(case, round=round_.id))


def new_assignment(
    work: Work, round_: Round, pair: rotation.Pair, letter: str, why: Mapping[str, object]
) -> Assignment:
    """An assignment of the plan; nobody sees it before the round is published."""
    return Assignment(
        id=work.tools.ids.new("assignment"),
        organisation=work.uow.organisation,
        case=pair.case,
        round=round_.id,
        reviewer=pair.reviewer,
        letter=letter,
        assigned_at=work.now,
        why=dict(why),
    )


def next_letter(taken: set[str]) -> str:
    """The first free letter within a case."""
    return next(letter for letter in LETTERS if letter not in taken)


def modes_as_rotation(mode: Mode) -> rotation.model.Mode:
    """A caseload mode as the rotation calls it."""
    return _MODES[mode.value]


def rules_of(policy: Policy) -> rotation.Rules:
    """A review above the fair share costs twice what its repeat does at weight 100 (`rotation.PAIR_WEIGHT`)."""
    return rotation.Rules(
        order=rotation.TIERS if policy.mode_must_fit else MODE_FIRST,
        mode_compat=rotation.MODE_COMPAT if policy.mode_must_fit else rotation.ANY_MODE,
        pair_weight=None if policy.load_before_repeats else policy.repeat_weight,
        same_clinic="allow" if policy.review_within_clinic else "block",
    )


def _with_coming_share(
    members: Sequence[rotation.Member], cases: Sequence[rotation.Case], weights: Mapping[str, Fraction]
) -> tuple[rotation.Member, ...]:
    """Balances as the round to be planned shares its reviews out: whoever is there for less is asked later in it."""
    free = [m.id for m in members if m.present and m.room and weights.get(m.id)]
    coming = ahead(free, weights, sum(case.k for case in cases if not case.on_hold))
    return tuple(replace(m, balance=clamped(m.balance + coming.get(m.id, 0))) for m in members)


@dataclass(frozen=True)
class _Available:
    """Who had room for a review when a round went out, and how much of each was there."""

    people: frozenset[str]
    weights: Mapping[str, Fraction]


@dataclass(frozen=True)
class _Past:
    met: Counter[tuple[str, str]]
    balance: Mapping[str, int]
    available: Callable[[datetime], _Available]


async def _past_assignments(work: Work, group: Group, round_: Round) -> _Past:
    """Who reviewed whom how often, and everyone's balance, counted from the log of the group's other rounds.

    The round being planned is left out: its assignments stand in the instance as previous pairs.
    """
    rows = await work.uow.columns(Round, ("id", "published_at"), group=group.id, published_at__not=None)
    rounds = {id: at for id, at in sorted(rows, key=lambda row: (row[1], row[0])) if id != round_.id}
    taken: dict[str, list[tuple[str, str]]] = {id: [] for id in rounds}
    for ids in batched(list(rounds), ROUNDS_AT_ONCE):
        asked: dict[str, Any] = {"round__in": ids, "ended_at": None, "published_at__not": None}
        for id, case, reviewer in await work.uow.columns(Assignment, ("round", "case", "reviewer"), **asked):
            taken[id].append((case, reviewer))
    authors: dict[str, str] = {}
    for ids in batched(sorted({case for pairs in taken.values() for case, _ in pairs}), CASES_AT_ONCE):
        authors |= await work.uow.presenters(ids)
    available = await _availability(work, group)
    met: Counter[tuple[str, str]] = Counter()
    log: list[PastRound] = []
    for id, published in rounds.items():
        met.update((authors[case], reviewer) for case, reviewer in taken[id] if case in authors)
        there = available(published)
        log.append(PastRound(there.people, Counter(reviewer for _, reviewer in taken[id]), there.weights))
    return _Past(met, balances(log), available)


async def _open_reviews(work: Work, round_: Round, people: Collection[str]) -> Counter[str]:
    """Reviews each person still owes, over all groups: a cap is a person's, whoever gave them the work.

    Those of the round being planned are left out: they stand in the instance as previous pairs.
    """
    assignments = await work.uow.columns(
        Assignment,
        ("reviewer", "round"),
        reviewer__in=sorted(people),
        ended_at=None,
        submitted_at=None,
        published_at__not=None,
        case__of=OPEN_CASE,
    )
    return Counter(reviewer for reviewer, round_id in assignments if round_id != round_.id)


async def _availability(work: Work, group: Group) -> Callable[[datetime], _Available]:
    """Who had room for a review on the day a round was published, from the dated facts, read once for all rounds."""
    memberships = await work.uow.find(Membership, group=group.id)
    ids = sorted({m.person for m in memberships})
    found = await work.uow.find(Person, id__in=ids) if ids else []
    people = {p.id: p for p in found if p.has(Role.THERAPIST)}
    caseloads = await caseloads_of(work, people.values())
    policy = await work.policy(group)
    zone = ZoneInfo(group.timezone)
    elsewhere = await _other_groups(work, group, ids)

    def available(moment: datetime) -> _Available:
        day = moment.astimezone(zone).date()
        last = day + timedelta(days=window_days(policy))
        there = {m.person for m in memberships if m.person in people and m.holds_on(day)}
        with_room = frozenset(
            id
            for id in there
            if (gone := people[id].removed_at) is None or gone > moment
            if open_review_cap(caseloads[id], day, policy) > 0
        )
        weights = {
            id: review_weight(caseloads[id], day, last, groups=1 + elsewhere(id, moment)) for id in sorted(with_room)
        }
        return _Available(with_room, weights)

    return available


async def _other_groups(work: Work, group: Group, people: Sequence[str]) -> Callable[[str, datetime], int]:
    """In how many other groups of a person a round went out within four weeks of a moment."""
    others: dict[str, list[Membership]] = defaultdict(list)
    for membership in await work.uow.find(Membership, person__in=people) if people else []:
        if membership.group != group.id:
            others[membership.person].append(membership)
    groups = sorted({m.group for of in others.values() for m in of})
    rounds: dict[str, list[datetime]] = defaultdict(list)
    if groups:
        for id, published in await work.uow.columns(
            Round, ("group", "published_at"), group__in=groups, published_at__not=None, cancelled_at=None
        ):
            rounds[id].append(published)

    def count(person: str, moment: datetime) -> int:
        member_of = {m.group for m in others.get(person, ()) if m.holds_on(moment.date())}
        return sum(any(abs(at - moment) <= NEARBY for at in rounds[id]) for id in member_of)

    return count


def batched(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """The items in lists of at most `size`: a database takes only so many values in one question."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


def _member(
    person: Person, caseload: Caseload, work: Work, policy: Policy, what_if: WhatIf, open_reviews: int, balance: int
) -> rotation.Member:
    day = work.today(person.timezone)
    cap = what_if.caps.get(person.id, open_review_cap(caseload, day, policy))
    absent = person.id in what_if.absent or caseload.mode_on(day) is Mode.PAUSED
    return rotation.Member(
        id=person.id,
        mode=_MODES[caseload.chosen_mode_on(day).value],
        tags=_FITS[_MODES[caseload.chosen_mode_on(day).value]],
        capacity=cap,
        absent=absent,
        languages=frozenset(person.languages),
        clinic=person.clinic,
        experienced=not caseload.is_novice(day, policy),
        balance=balance,
        open_reviews=open_reviews,
        open_cap=cap,
    )


async def _cases(work: Work, cases: Sequence[Case], policy: Policy) -> tuple[rotation.Case, ...]:
    """Each case as the rotation wants it; whoever left it by choice or by a supervisor does not get it again."""
    ids = [case.id for case in cases]
    authors = await work.uow.presenters(ids)
    readers = await readers_of(work, ids)
    left: dict[str, set[str]] = {id: readers.get(id, set()) for id in ids}
    for assignment in await work.uow.find(Assignment, case__in=ids, ended_at__not=None) if ids else []:
        if assignment.end_reason in LEFT_FOR_GOOD:
            left[assignment.case].add(assignment.reviewer)
    return tuple(
        rotation.Case(
            id=case.id,
            author=authors[case.id],
            k=case.reviewers,
            mode=_MODES[case.mode],
            tags=_FITS[_MODES[case.mode]],
            languages=frozenset({case.language}),
            require_experienced=True if case.novice and policy.experienced_reviewers_for_novice else None,
            overdue=max(0, (work.now - case.submitted_at).days // 7),
            recused=frozenset(left[case.id]),
            on_hold=case.held_at is not None,
        )
        for case in cases
    )
