"""Other ways to plan a round, to stand beside ours: simple policies, and general solvers on our arcs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from random import Random

import networkx as nx
import numpy as np
from ortools.graph.python import min_cost_flow

from bot.rotation import Case, Instance, Member, Pair, Plan
from bot.rotation.eligibility import Register
from bot.rotation.network import SINK, SOURCE, Network
from bot.rotation.optimum import Piece, summed, tiers_of, weighed
from bot.rotation.pool import Pool

Choice = Callable[[Case, list[Member], Counter[str]], Member]


class Arcs:
    """The arcs, costs and supplies that our own solver is given for an instance, ready for another solver."""

    def __init__(self, instance: Instance) -> None:
        network = Network(Pool(Register(instance)))
        arcs = np.arange(len(network.tail))
        whole = Piece(arcs, network.tail, network.head, network.capacity, network.cost, network.nodes)
        self.tail, self.head = np.append(network.tail, SOURCE), np.append(network.head, SINK)
        self.capacity = np.append(network.capacity, whole.seats)
        tiers = [t for t in tiers_of(instance.rules) if t[0][0] not in {"spread", "overdue"}]
        parts = [summed(whole, t) for t in tiers]
        self.cost, _ = weighed(parts, whole)
        self.nodes, self.seats = network.nodes, whole.seats

    def by_ortools(self) -> None:
        """One bare call of the solver: what nothing on top of it can undercut."""
        solver = min_cost_flow.SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, self.capacity, self.cost)
        supply = np.zeros(self.nodes, np.int64)
        supply[SOURCE], supply[SINK] = self.seats, -self.seats
        solver.set_nodes_supplies(np.arange(self.nodes), supply)
        assert solver.solve() == solver.OPTIMAL
        solver.flows(arcs)

    def by_networkx(self) -> None:
        """Network simplex in pure Python."""
        graph = nx.MultiDiGraph()
        graph.add_node(SOURCE, demand=-self.seats)
        graph.add_node(SINK, demand=self.seats)
        columns = (self.tail.tolist(), self.head.tolist(), self.capacity.tolist(), self.cost.tolist())
        for tail, head, capacity, cost in zip(*columns, strict=True):
            graph.add_edge(tail, head, capacity=capacity, weight=cost)
        nx.network_simplex(graph)


def greedy(instance: Instance) -> Plan:
    """Scarcest case first, least burdened reviewer first, then the fewest meetings (GitHub's load balance, refined)."""
    met: dict[tuple[str | None, str], int] = defaultdict(int)
    for h in instance.history:
        met[h.author, h.reviewer] += h.count

    def least(case: Case, free: list[Member], load: Counter[str]) -> Member:
        return min(free, key=lambda m: (m.balance + 10 * load[m.id], met[case.author, m.id], m.id))

    return _one_by_one(instance, least)


def by_chance(instance: Instance) -> Plan:
    """Anybody who may."""
    chance = Random(instance.seed)
    return _one_by_one(instance, lambda _case, free, _load: chance.choice(free))


def round_robin() -> Callable[[Instance], Plan]:
    """The next in the list after the last one chosen; the pointer lives from round to round."""
    at = [0]

    def plan(instance: Instance) -> Plan:
        place = {m.id: i for i, m in enumerate(instance.members)}

        def following(_case: Case, free: list[Member], _load: Counter[str]) -> Member:
            chosen = min(free, key=lambda m: (place[m.id] - at[0]) % len(place))
            at[0] = place[chosen.id] + 1
            return chosen

        return _one_by_one(instance, following)

    return plan


def _one_by_one(instance: Instance, choose: Choice) -> Plan:
    """Fill the seats case by case, never going back: the hard rules hold, the rest is the choice's."""
    register = Register(instance)
    people = list(register.members.values())
    able = {c.id: [m for m in people if not register.reasons(c, m)] for c in register.cases.values()}
    load: Counter[str] = Counter()
    pairs = []
    for case in sorted(register.cases.values(), key=lambda c: (len(able[c.id]) - c.k, c.id)):
        on_it: list[Member] = []
        for _ in range(case.k):
            novices = sum(not m.experienced for m in on_it)
            closed = register.wants_experience(case) and novices >= case.k - 1
            free = [
                m
                for m in able[case.id]
                if m not in on_it and load[m.id] < register.capacity(m) and (m.experienced or not closed)
            ]
            if not free:
                break
            on_it.append(choose(case, free, load))
            load[on_it[-1].id] += 1
        pairs += [Pair(case.id, m.id) for m in on_it]
    return Plan(tuple(sorted(pairs, key=lambda p: (p.case, p.reviewer))))
