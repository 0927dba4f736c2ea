"""What can happen to a round after it was planned, and what the supervisor can try: changes of an instance.

Each change is small data; `changed` gives the instance as it would be after it. `repair.py` plans around a change that
happened, `what_if` around one that is only considered, `remedies.py` looks for those that help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.rotation.model import ANY_MODE, Case, Instance, Member, Pair, Plan, Previous

Item = TypeVar("Item", Member, Case)


@dataclass(frozen=True, slots=True)
class Away:
    """A member is on leave or absent from now on; their reviews are given up except on the cases of `keeps`."""

    member: str
    keeps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Back:
    """Members are neither absent nor paused any more; a paused caseload counts as blended until they say otherwise."""

    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Declined:
    """A member does not want this review."""

    case: str
    member: str


@dataclass(frozen=True, slots=True)
class Recused:
    """A member recognised the patient or has another conflict with this case."""

    case: str
    member: str


@dataclass(frozen=True, slots=True)
class CaseAdded:
    """A case that came after the round was planned."""

    case: Case


@dataclass(frozen=True, slots=True)
class CaseRemoved:
    """A case that was withdrawn or put on hold."""

    case: str


@dataclass(frozen=True, slots=True)
class CapSet:
    """A member may hold this many reviews in this round, whatever is still open from earlier ones."""

    member: str
    capacity: int


@dataclass(frozen=True, slots=True)
class LanguagesWidened:
    """A case may be reviewed in any language."""

    case: str


@dataclass(frozen=True, slots=True)
class ModesOpened:
    """Cases may be reviewed by members of any mode."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A member agreed to take this case on top of what they hold."""

    case: str
    member: str


Change = Away | Back | Declined | Recused | CaseAdded | CaseRemoved | CapSet | LanguagesWidened | ModesOpened | Asked


@dataclass(frozen=True, slots=True)
class Difference:
    """Two plans compared: pairs gone, pairs new, pairs in both."""

    removed: tuple[Pair, ...]
    added: tuple[Pair, ...]
    unchanged: tuple[Pair, ...]

    @property
    def affected(self) -> frozenset[str]:
        """The reviewers who lose or gain a review: the only ones who need to hear of it."""
        return frozenset(p.reviewer for p in (*self.removed, *self.added))


def difference(before: Plan, after: Plan) -> Difference:
    """What changes for whom from one plan to the other."""
    old, new = set(before.assignments), set(after.assignments)
    return Difference(tuple(sorted(old - new)), tuple(sorted(new - old)), tuple(sorted(old & new)))


def planned(instance: Instance, plan: Plan, started: Iterable[Pair] = ()) -> Instance:
    """The instance with `plan` as its previous plan; `started` reviews and those locked already stay locked."""
    locked = {Pair(p.case, p.reviewer) for p in instance.previous if p.locked} | set(started)
    previous = tuple(Previous(p.case, p.reviewer, p in locked) for p in plan.assignments)
    return replace(instance, previous=previous)


def changed(instance: Instance, change: Change) -> Instance:
    """The instance after the change. An id that is not in the round changes nothing."""
    match change:
        case Away(member, keeps):
            instance = _with_member(instance, member, lambda m: replace(m, absent=True))
            instance = _released(instance, lambda p: p.reviewer == member and p.case not in keeps)
            return _locked(instance, lambda p: p.reviewer == member)
        case Back(members):
            for member in members:
                instance = _with_member(instance, member, _present)
            return instance
        case Declined(case_id, member) | Recused(case_id, member):
            instance = _with_case(instance, case_id, lambda c: replace(c, recused=c.recused | {member}))
            return _released(instance, lambda p: (p.case, p.reviewer) == (case_id, member))
        case CaseAdded(new):
            return replace(instance, cases=(*(c for c in instance.cases if c.id != new.id), new))
        case CaseRemoved(case_id):
            instance = replace(instance, cases=tuple(c for c in instance.cases if c.id != case_id))
            return _released(instance, lambda p: p.case == case_id)
        case CapSet(member, capacity):
            return _with_member(instance, member, lambda m: replace(m, capacity=capacity, open_cap=None))
        case LanguagesWidened(case_id):
            return _with_case(instance, case_id, lambda c: replace(c, languages=frozenset()))
        case ModesOpened():
            return replace(instance, rules=replace(instance.rules, mode_compat=ANY_MODE))
        case Asked(case_id, member):
            return _asked(instance, case_id, member)


def _asked(instance: Instance, case_id: str, member: str) -> Instance:
    """The pair settled like a started review, with one more place for it."""
    instance = _with_member(instance, member, lambda m: replace(m, capacity=m.room + 1, open_cap=None))
    kept = tuple(p for p in instance.previous if (p.case, p.reviewer) != (case_id, member))
    return replace(instance, previous=(*kept, Previous(case_id, member, locked=True)))


def _present(member: Member) -> Member:
    return replace(member, absent=False, mode="both" if member.mode == "paused" else member.mode)


def _released(instance: Instance, gone: Callable[[Previous], bool]) -> Instance:
    return replace(instance, previous=tuple(p for p in instance.previous if not gone(p)))


def _locked(instance: Instance, kept: Callable[[Previous], bool]) -> Instance:
    return replace(instance, previous=tuple(replace(p, locked=p.locked or kept(p)) for p in instance.previous))


def _with_member(instance: Instance, member: str, edit: Callable[[Member], Member]) -> Instance:
    return replace(instance, members=_edited(instance.members, member, edit))


def _with_case(instance: Instance, case_id: str, edit: Callable[[Case], Case]) -> Instance:
    return replace(instance, cases=_edited(instance.cases, case_id, edit))


def _edited(items: tuple[Item, ...], name: str, edit: Callable[[Item], Item]) -> tuple[Item, ...]:
    return tuple(edit(i) if i.id == name else i for i in items)
