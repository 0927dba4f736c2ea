"""An independent exact solver: the rules written down a second time, the tiers minimised one after the other by CP-SAT.

Shares no code with `bot.rotation` but its data classes, and uses another method (integer programming over squares
instead of flows over unit arcs).
"""

from __future__ import annotations

from collections import defaultdict

from ortools.sat.python import cp_model

from bot.rotation import Case, Instance, Member, Pair


def allowed(instance: Instance, case: Case, member: Member) -> bool:
    """Whether the hard rules let this member review this case in some plan."""
    authors = [m for m in instance.members if m.id == case.author]
    excluded = [{*pair} for pair in (*instance.conflicts, *instance.never_assign)]
    at_home = instance.rules.same_clinic == "block" and any(
        member.clinic and a.clinic == member.clinic for a in authors
    )
    return not (
        room(member) == 0
        or member.id == case.author
        or {member.id, case.author} in excluded
        or member.id in case.recused | case.former_therapists
        or at_home
        or member.mode not in instance.rules.mode_compat[case.mode]
        or (case.languages and not case.languages & member.languages)
        or (case.candidates is not None and member.id not in case.candidates)
    )


def room(member: Member) -> int:
    """Reviews the member can hold in this round."""
    if member.absent or member.mode == "paused":
        return 0
    caps = [member.capacity] if member.open_cap is None else [member.capacity, member.open_cap - member.open_reviews]
    return max(0, min(caps))


def tier_values(instance: Instance, pairs: set[Pair]) -> list[int]:
    """The value of every tier of a plan in the order of the rules, straight from the definitions."""
    cases = {c.id: c for c in instance.cases if not c.on_hold}
    people = {m.id: m for m in instance.members}
    missing = {c.id: c.k - sum(p.case == c.id for p in pairs) for c in cases.values()}
    kept = {Pair(p.case, p.reviewer) for p in instance.previous if p.case in cases} & pairs
    possible = {
        Pair(p.case, p.reviewer)
        for p in instance.previous
        if p.case in cases and (p.locked or allowed(instance, cases[p.case], people[p.reviewer]))
    }
    meetings = met(instance)
    now: dict[tuple[str | None, str], int] = defaultdict(int)
    for p in pairs:
        now[cases[p.case].author, p.reviewer] += 1
    loads = {m: sum(p.reviewer == m for p in pairs) for m in people}
    load = sum((people[m].balance + 10 * x) ** 2 - people[m].balance ** 2 for m, x in loads.items())
    pair = sum((meetings[k] + x) ** 2 - meetings[k] ** 2 for k, x in now.items())
    values = {
        "fill": sum(missing.values()),
        "keep": len(possible - kept),
        "spread": sum(x * x for x in missing.values()),
        "overdue": sum(cases[c].overdue * x for c, x in missing.items()),
        "load": load,
        "pair": pair,
        "expertise": sum(bool(cases[p.case].tags) and not cases[p.case].tags & people[p.reviewer].tags for p in pairs),
    }
    return in_order(instance, values)


def in_order(instance: Instance, values: dict[str, int]) -> list[int]:
    """Tiers in the order of the rules; a pair weight puts load + weight · pair in place of the first of the two."""
    weight, order = instance.rules.pair_weight, list(instance.rules.order)
    if weight is not None:
        values = values | {"blend": values["load"] + weight * values["pair"]}
        at = min(order.index("load"), order.index("pair"))
        order = [*order[:at], "blend", *(t for t in order[at:] if t not in {"load", "pair"})]
    return [values[t] for t in order]


def met(instance: Instance) -> dict[tuple[str | None, str], int]:
    """How often a reviewer has met a presenter before."""
    counts: dict[tuple[str | None, str], int] = defaultdict(int)
    for h in instance.history:
        counts[h.author, h.reviewer] += h.count
    return counts


def optimum(instance: Instance) -> list[int]:
    """The best possible value of every tier, each without giving up anything of those before."""
    model = cp_model.CpModel()
    cases = [c for c in instance.cases if not c.on_hold]
    locked = {(p.case, p.reviewer) for p in instance.previous if p.locked}
    x = {
        (c.id, m.id): model.new_bool_var("")
        for c in cases
        for m in instance.members
        if (c.id, m.id) in locked or allowed(instance, c, m)
    }
    for key in locked & x.keys():
        model.add(x[key] == 1)
    for m in instance.members:
        mine = [v for (_, who), v in x.items() if who == m.id]
        model.add(sum(mine) <= max(room(m), sum((c.id, m.id) in locked for c in cases)))
    for c in cases:
        model.add(sum(v for (what, _), v in x.items() if what == c.id) <= c.k)
        if instance.rules.require_experienced if c.require_experienced is None else c.require_experienced:
            juniors = [x[c.id, m.id] for m in instance.members if (c.id, m.id) in x and not m.experienced]
            model.add(sum(juniors) <= max(c.k - 1, 0))
    tiers = in_order(instance, _tiers(instance, model, cases, x))
    best = []
    for tier in tiers:
        model.minimize(tier)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(model) == cp_model.OPTIMAL
        best.append(round(solver.objective_value))
        model.add(tier == best[-1])
    return best


def _tiers(instance: Instance, model: cp_model.CpModel, cases: list[Case], x: dict[tuple[str, str], cp_model.IntVar]):  # type: ignore[no-untyped-def]  # expressions of the solver carry no public type
    people = {m.id: m for m in instance.members}

    def square(expression, bound: int):  # type: ignore[no-untyped-def]  # see above
        root = model.new_int_var(-bound, bound, "")
        model.add(root == expression)
        result = model.new_int_var(0, bound * bound, "")
        model.add_multiplication_equality(result, [root, root])
        return result

    missing = {c.id: c.k - sum(v for (what, _), v in x.items() if what == c.id) for c in cases}
    meetings, seats = met(instance), sum(c.k for c in cases)
    author = {c.id: c.author for c in cases}
    together: dict[tuple[str | None, str], list[cp_model.IntVar]] = defaultdict(list)
    for (c, m), v in x.items():
        together[author[c], m].append(v)
    tags = {c.id: c.tags for c in cases}
    return {
        "fill": sum(missing.values()),
        "keep": sum(1 - x[p.case, p.reviewer] for p in instance.previous if (p.case, p.reviewer) in x),
        "spread": sum(square(e, 5) for e in missing.values()),
        "overdue": sum(c.overdue * missing[c.id] for c in cases),
        "load": sum(
            square(m.balance + 10 * sum(v for (_, who), v in x.items() if who == m.id), 30 + 10 * seats) - m.balance**2
            for m in instance.members
        ),
        "pair": sum(square(meetings[k] + sum(v), 40 + seats) - meetings[k] ** 2 for k, v in together.items()),
        "expertise": sum(v for (c, m), v in x.items() if tags[c] and not tags[c] & people[m].tags),
    }
