"""What the supervisor could do about empty seats. Nothing is suggested that was not tried out by planning again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from bot.rotation.changes import Asked, Back, CapSet, Change, LanguagesWidened, ModesOpened, changed, planned
from bot.rotation.eligibility import Register
from bot.rotation.model import Instance, Member, Plan, Reason, Shortfall

RemedyKind = Literal["open_modes", "raise_cap", "widen_languages", "ask", "wait"]

FIXED_BY_ROOM: frozenset[Reason] = frozenset({"at_capacity", "zero_capacity", "open_review_cap"})
FIXED_BY_RETURN: frozenset[Reason] = frozenset({"absent", "paused"})


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing that would fill `gained` more seats, all else as planned.

    `open_modes`: let members of other modes review;
    `raise_cap`: let `member` hold one more; `widen_languages`: let `case` be reviewed in any language; `ask`: ask
    `member`, who is not among its candidates, to take `case`; `wait`: when `member` is back, `case` can be reviewed (it
    waits with priority). `helped` are the cases that get more reviewers. `change` goes into `what_if` or `repair`.
    """

    kind: RemedyKind
    member: str | None
    case: str | None
    gained: int
    helped: tuple[str, ...]
    change: Change


def remedies(instance: Instance, plan: Plan, limit: int = 5) -> tuple[Remedy, ...]:
    """At most `limit` remedies of each kind, the most seats first, then whoever has done least; empty when none helps.

    Conflicts, recusals, former therapists and the seat for experience are never put up for discussion.
    """
    if not plan.shortfalls:
        return ()
    start = planned(instance, plan)
    register = Register(start)
    found: list[Remedy] = []
    for suggestions in (_more_modes, _more_room, _more_languages, _more_candidates, _returns):
        tried = (_tried(start, plan, s) for s in islice(suggestions(register, plan), 4 * limit))
        found += sorted((r for r in tried if r), key=lambda r: -r.gained)[:limit]
    return tuple(found)


Suggestion = tuple[RemedyKind, str | None, str | None, Change]


def _more_modes(register: Register, plan: Plan) -> Iterator[Suggestion]:
    """All modes at once: it is one rule, for all cases."""
    if any("mode" in why for shortfall in plan.shortfalls for why in shortfall.blocked.values()):
        yield "open_modes", None, None, ModesOpened()


def _more_room(register: Register, plan: Plan) -> Iterator[Suggestion]:
    """One more review for somebody used up: of the bottleneck, or blocked on a short case by that alone."""
    blocked = {m for s in plan.shortfalls for m in _blocked_only_by(s, FIXED_BY_ROOM)}
    for member in _least_burdened(register, blocked | plan.bottleneck):
        if member.present:
            yield "raise_cap", member.id, None, CapSet(member.id, register.capacity(member) + 1)


def _more_languages(register: Register, plan: Plan) -> Iterator[Suggestion]:
    for shortfall in plan.shortfalls:
        if any(_blocked_only_by(shortfall, frozenset({"language"}))):
            yield "widen_languages", None, shortfall.case, LanguagesWidened(shortfall.case)


def _more_candidates(register: Register, plan: Plan) -> Iterator[Suggestion]:
    for shortfall in plan.shortfalls:
        for member in _least_burdened(register, _blocked_only_by(shortfall, FIXED_BY_ROOM | {"not_candidate"})):
            if "not_candidate" in shortfall.blocked[member.id]:
                yield "ask", member.id, shortfall.case, Asked(shortfall.case, member.id)


def _returns(register: Register, plan: Plan) -> Iterator[Suggestion]:
    for shortfall in plan.shortfalls:
        for member in _least_burdened(register, _blocked_only_by(shortfall, FIXED_BY_RETURN)):
            yield "wait", member.id, shortfall.case, Back(frozenset({member.id}))


def _blocked_only_by(shortfall: Shortfall, reasons: frozenset[Reason]) -> Iterator[str]:
    return (m for m, why in shortfall.blocked.items() if reasons.issuperset(why))


def _least_burdened(register: Register, members: Iterable[str]) -> list[Member]:
    return sorted((register.members[m] for m in members), key=lambda m: (m.balance, m.id))


def _tried(start: Instance, plan: Plan, suggestion: Suggestion) -> Remedy | None:
    """The suggestion as a remedy if planning again with it fills more seats."""
    from bot.rotation.assignment import assign

    kind, member, case, change = suggestion
    after = assign(changed(start, change))
    before_missing = {s.case: s.missing for s in plan.shortfalls}
    after_missing = {s.case: s.missing for s in after.shortfalls}
    gained = sum(before_missing.values()) - sum(after_missing.values())
    if gained <= 0:
        return None
    helped = tuple(c for c, n in before_missing.items() if after_missing.get(c, 0) < n)
    return Remedy(kind, member, case, gained, helped, change)
