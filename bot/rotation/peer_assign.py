"""The exchange format `peer-assign/1`: JSON objects in, instances out, and plans back to JSON.

Unknown keys are ignored. A malformed or contradictory instance is refused with the path of every mistake. Beyond the
format, these optional keys are read: `rules.pair_weight`, top-level `never_assign`, a member's `open_reviews` and
`open_cap`, a case's `recused` and `on_hold`. Without `rules.pair_weight` the tiers are strict, as the format says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast, get_args

from bot.errors import Refusal
from bot.rotation.eligibility import Register
from bot.rotation.json_input import MOST, Mistake, Reader
from bot.rotation.model import (
    MODE_COMPAT,
    TIERS,
    Case,
    History,
    Instance,
    Member,
    Mode,
    Plan,
    Previous,
    Reason,
    Rules,
)

FORMAT = "peer-assign/1"
MOST_SEED = 1 << 63
MOST_MEETINGS = 10_000
NEVER_RIGHT: frozenset[Reason] = frozenset(
    {"own", "conflict", "never_assign", "recused", "former_therapist", "same_clinic", "language", "not_candidate"}
)
"""Rules no started review can break. Absence, mode and capacity may change after the start; such a review stays."""


class InstanceInvalid(Refusal):
    """An instance that is malformed or contradicts itself; `mistakes` names every place."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(count=len(mistakes), first=f"{mistakes[0].path}: {mistakes[0].problem}")
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "; ".join(f"{m.path}: {m.problem}" for m in self.mistakes)


def answer(json_object: object) -> dict[str, Any]:
    """Plan an instance given as parsed JSON; the answer as JSON. Raises `InstanceInvalid`."""
    from bot.rotation.assignment import assign

    return plan_to_json(assign(parse_instance(json_object)))


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """A plan as the format's answer."""
    return {
        "assignments": [{"case": p.case, "reviewer": p.reviewer} for p in plan.assignments],
        "shortfalls": [
            {
                "case": s.case,
                "missing": s.missing,
                "kind": list(s.kinds),
                "blocked": {member: list(reasons) for member, reasons in s.blocked.items()},
            }
            for s in plan.shortfalls
        ],
        "bottleneck": sorted(plan.bottleneck),
    }


def parse_instance(json_object: object) -> Instance:
    """An instance from parsed JSON. Raises `InstanceInvalid` with every mistake found."""
    reader = Reader()
    instance = _instance(reader, json_object)
    if not reader.mistakes and instance:
        _check_locks(reader, instance)
    if reader.mistakes or instance is None:
        raise InstanceInvalid(tuple(reader.mistakes))
    return instance


def _instance(reader: Reader, source: object) -> Instance | None:
    if not isinstance(source, dict):
        reader.wrong("$", "must be an object")
        return None
    if source.get("format") != FORMAT:
        reader.wrong("format", f"must be {FORMAT}")
    for key in ("members", "cases"):
        if not isinstance(source.get(key), list):
            reader.wrong(key, "is missing" if key not in source else "must be a list")
    rules = _rules(reader, source.get("rules"))
    members = tuple(_member(reader, m, path) for path, m in reader.objects(source, "members"))
    cases = tuple(_case(reader, c, path, rules) for path, c in reader.objects(source, "cases"))
    member_ids, case_ids = [m.id for m in members], [c.id for c in cases]
    _check_unique(reader, "members", member_ids)
    _check_unique(reader, "cases", case_ids)
    _check_candidates(reader, cases, set(member_ids))
    return Instance(
        id=reader.maybe_text(source, "id", "$") or "",
        seed=reader.number(source, "seed", "$", default=0, least=-MOST_SEED, most=MOST_SEED),
        rules=rules,
        members=members,
        cases=cases,
        conflicts=reader.pairs(source, "conflicts"),
        never_assign=reader.pairs(source, "never_assign"),
        history=tuple(_history(reader, h, path) for path, h in reader.objects(source, "history")),
        previous=_previous(reader, source.get("previous"), set(member_ids), set(case_ids)),
    )


def _rules(reader: Reader, source: object) -> Rules:
    if source is None:
        source = {}
    if not isinstance(source, dict):
        reader.wrong("rules", "must be an object")
        source = {}
    same_clinic = reader.choice(source, "same_clinic", "rules", ("allow", "block"), "allow")
    return Rules(
        order=_order(reader, source),
        mode_compat=_mode_compat(reader, source.get("mode_compat")),
        same_clinic="block" if same_clinic == "block" else "allow",
        require_experienced=reader.truth(source, "require_experienced", "rules"),
        pair_weight=reader.maybe_number(source, "pair_weight", "rules", most=MOST_MEETINGS),
    )


def _order(reader: Reader, source: Mapping[str, Any]) -> tuple[str, ...]:
    order = reader.texts(source, "order", "rules") or TIERS
    for i, tier in enumerate(order):
        if tier not in TIERS:
            reader.wrong(f"rules.order[{i}]", f"must be one of {', '.join(TIERS)}")
        elif tier in order[:i]:
            reader.wrong(f"rules.order[{i}]", "stands twice")
    if order[0] != "fill":
        reader.wrong("rules.order[0]", "must be fill: a seat that can be filled is never left empty")
    return order


def _mode_compat(reader: Reader, source: object) -> Mapping[str, frozenset[str]]:
    if source is None:
        return MODE_COMPAT
    if not isinstance(source, dict):
        reader.wrong("rules.mode_compat", "must be an object of lists")
        return MODE_COMPAT
    return {mode: frozenset(reader.texts(source, mode, "rules.mode_compat")) for mode in source}


def _member(reader: Reader, source: Mapping[str, Any], path: str) -> Member:
    return Member(
        id=reader.text(source, "id", path),
        mode=cast("Mode", reader.choice(source, "mode", path, get_args(Mode), "both")),
        capacity=reader.number(source, "capacity", path),
        absent=reader.truth(source, "absent", path),
        languages=frozenset(reader.texts(source, "languages", path)),
        clinic=reader.maybe_text(source, "clinic", path),
        experienced=reader.truth(source, "experienced", path),
        tags=frozenset(reader.texts(source, "tags", path)),
        balance=reader.number(source, "balance", path, default=0, least=-MOST),
        open_reviews=reader.number(source, "open_reviews", path, default=0),
        open_cap=reader.maybe_number(source, "open_cap", path),
    )


def _case(reader: Reader, source: Mapping[str, Any], path: str, rules: Rules) -> Case:
    experience = source.get("require_experienced")
    listed = source.get("candidates") is not None
    return Case(
        id=reader.text(source, "id", path),
        author=reader.maybe_text(source, "author", path),
        k=reader.number(source, "k", path),
        mode=reader.choice(source, "mode", path, tuple(rules.mode_compat), "both"),
        languages=frozenset(reader.texts(source, "languages", path)),
        former_therapists=frozenset(reader.texts(source, "former_therapists", path)),
        tags=frozenset(reader.texts(source, "tags", path)),
        overdue=reader.number(source, "overdue", path, default=0),
        require_experienced=None if experience is None else reader.truth(source, "require_experienced", path),
        candidates=reader.texts(source, "candidates", path) if listed else None,
        recused=frozenset(reader.texts(source, "recused", path)),
        on_hold=reader.truth(source, "on_hold", path),
    )


def _history(reader: Reader, source: Mapping[str, Any], path: str) -> History:
    return History(
        author=reader.maybe_text(source, "author", path),
        reviewer=reader.text(source, "reviewer", path),
        count=reader.number(source, "count", path, most=MOST_MEETINGS),
    )


def _previous(reader: Reader, source: object, members: set[str], cases: set[str]) -> tuple[Previous, ...]:
    if source is None:
        return ()
    if not isinstance(source, dict):
        reader.wrong("previous", "must be an object")
        return ()
    found: list[Previous] = []
    seen: set[tuple[str, str]] = set()
    for path, item in reader.objects(source, "assignments", "previous"):
        case, reviewer = reader.text(item, "case", path), reader.text(item, "reviewer", path)
        if case and case not in cases:
            reader.wrong(f"{path}.case", "no case has this id")
        if reviewer and reviewer not in members:
            reader.wrong(f"{path}.reviewer", "no member has this id")
        if (case, reviewer) in seen:
            reader.wrong(path, "stands twice")
        seen.add((case, reviewer))
        found.append(Previous(case, reviewer, reader.truth(item, "locked", path)))
    return tuple(found)


def _check_unique(reader: Reader, kind: str, ids: list[str]) -> None:
    times = Counter(ids)
    first = {i: ids.index(i) for i, n in times.items() if n > 1 and i}
    for i, name in enumerate(ids):
        if name in first and i != first[name]:
            reader.wrong(f"{kind}[{i}].id", f"the same id as {kind}[{first[name]}]")


def _check_candidates(reader: Reader, cases: tuple[Case, ...], members: set[str]) -> None:
    for i, case in enumerate(cases):
        for j, candidate in enumerate(case.candidates or ()):
            if candidate not in members:
                reader.wrong(f"cases[{i}].candidates[{j}]", "no member has this id")


def _check_locks(reader: Reader, instance: Instance) -> None:
    """Started reviews that contradict a rule, one by one and then together."""
    register = Register(instance)
    started: Counter[str] = Counter()
    juniors: Counter[str] = Counter()
    for i, lock in enumerate(instance.previous):
        case, member = register.cases.get(lock.case), register.members[lock.reviewer]
        if not lock.locked or case is None:
            continue
        path = f"previous.assignments[{i}]"
        for reason in register.reasons(case, member):
            if reason in NEVER_RIGHT:
                reader.wrong(path, f"locked against a hard rule: {reason}")
        started[case.id] += 1
        juniors[case.id] += not member.experienced
        if started[case.id] > case.k:
            reader.wrong(path, f"locked beyond the {case.k} seats of its case")
        elif register.wants_experience(case) and juniors[case.id] > case.k - 1:
            reader.wrong(path, "locked on the seat reserved for experience")
