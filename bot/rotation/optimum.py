"""The cheapest flow of a network, tier after tier, each without giving up anything of the tiers before.

Connected components are solved apart. As many tiers as fit into whole numbers of 64 bits are weighed into one cost (a
step in a higher tier outweighs everything the lower ones can do together) and solved at once. If some are left, the
flow is held on the optimal face of the tiers solved so far: with exact potentials an arc of positive reduced cost stays
as empty as it is, one of negative reduced cost as full (complementary slackness).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from ortools.graph.python import min_cost_flow

from bot.rotation.model import Rules
from bot.rotation.network import SINK, SOURCE, UNIT, Network

if TYPE_CHECKING:
    from bot.rotation.pool import Flags, Ints

Tier = tuple[tuple[str, int], ...]
"""What one tier adds up, as (name, weight); only a blend has more than one part."""

ABOUT_EMPTY_SEATS = {"fill", "spread", "overdue"}
"""Tiers at their best whenever every obtainable seat is taken, as in most rounds: tried first without them."""

HEADROOM = 1 << 59
"""Bound on cost · nodes: the solver multiplies costs by the number of nodes in 64 bits and needs room above."""


def tiers_of(rules: Rules) -> list[Tier]:
    """The order of the rules, with `load` and `pair` blended where the first of them stands if they are to be."""
    if rules.blend is None:
        return [((name, 1),) for name in rules.order]
    blend: Tier = (("load", 1), ("pair", rules.blend))
    tiers: list[Tier] = []
    for name in rules.order:
        if name not in {"load", "pair"}:
            tiers.append(((name, 1),))
        elif blend not in tiers:
            tiers.append(blend)
    return tiers


@dataclass(frozen=True)
class Piece:
    """A connected part of a network; `arcs` are its arcs' numbers in the whole, ends are numbered anew within it."""

    arcs: Ints
    tail: Ints
    head: Ints
    capacity: Ints
    cost: dict[str, Ints]
    nodes: int

    @property
    def seats(self) -> int:
        """Seats of its cases: the units that try to get through."""
        return int(self.capacity[self.head == SINK].sum())

    @property
    def reviews(self) -> int:
        """Reviews its members can hold."""
        return int(self.capacity[self.tail == SOURCE].sum())


def optimal_flow(network: Network, rules: Rules) -> tuple[Ints, Flags]:
    """Flow per arc, and for every node whether a review could still reach it (all true in parts without a shortage)."""
    tiers = tiers_of(rules)
    others = [t for t in tiers if t[0][0] not in ABOUT_EMPTY_SEATS]
    flow = np.zeros(len(network.tail), np.int64)
    reachable = np.ones(network.nodes, bool)
    for piece in pieces(network):
        part = lexicographic(piece, others, empty=0) if piece.reviews >= piece.seats else None
        if part is None:
            part = lexicographic(piece, tiers, empty=piece.seats)
            assert part is not None  # every seat may stay empty
            reach = _reach(piece, part)
            reachable[network.tail[piece.arcs]] = reach[piece.tail]
        flow[piece.arcs] = part
    return flow, reachable


def pieces(network: Network) -> Iterator[Piece]:
    """The connected components between source and sink."""
    if not len(network.tail):
        return
    label = _labels(network)
    inner = np.where(network.tail == SOURCE, network.head, network.tail)
    of_arc = label[inner]
    if (of_arc == of_arc[0]).all():
        yield Piece(np.arange(len(of_arc)), network.tail, network.head, network.capacity, network.cost, network.nodes)
        return
    order = np.argsort(of_arc, kind="stable")
    for arcs in np.split(order, np.flatnonzero(np.diff(of_arc[order])) + 1):
        ends = np.concatenate([[SOURCE, SINK], network.tail[arcs], network.head[arcs]])
        names, ends = np.unique(ends, return_inverse=True)
        tail, head = ends[2 : 2 + len(arcs)], ends[2 + len(arcs) :]
        cost = {tier: values[arcs] for tier, values in network.cost.items()}
        yield Piece(arcs, tail, head, network.capacity[arcs], cost, len(names))


def _labels(network: Network) -> Ints:
    """For every node the smallest node it is connected to without passing the source or the sink."""
    inner = (network.tail != SOURCE) & (network.head != SINK)
    tail, head = network.tail[inner], network.head[inner]
    label = np.arange(network.nodes)
    first = _flooded(network.nodes, tail, head)
    label[first] = tail[0]
    rest = ~first[tail]
    tail, head = tail[rest], head[rest]
    while True:
        lowest = np.minimum(label[tail], label[head])
        if (label[tail] == lowest).all() and (label[head] == lowest).all():
            return label
        np.minimum.at(label, label[tail], lowest)
        np.minimum.at(label, label[head], lowest)
        label = label[label]


def _flooded(nodes: int, tail: Ints, head: Ints) -> Flags:
    """The nodes connected to the first arc: most groups are one piece, and this finds it in a few looks."""
    wet = np.zeros(nodes, bool)
    wet[tail[0]] = True
    seen = 0
    while (now := int(wet.sum())) > seen:
        seen = now
        wet[head[wet[tail]]] = True
        wet[tail[wet[head]]] = True
    return wet


def lexicographic(piece: Piece, tiers: Sequence[Tier], empty: int) -> Ints | None:
    """Flow per arc that is optimal in the first tier, among those in the second, and so on.

    At most `empty` seats may stay empty; None if more have to.
    """
    lower = np.zeros(len(piece.arcs) + 1, np.int64)
    upper = np.append(piece.capacity, empty)
    tail, head = np.append(piece.tail, SOURCE), np.append(piece.head, SINK)
    waiting = [(cost, span) for cost, span in (summed(piece, t) for t in tiers) if cost.any()]
    while True:
        cost, used = weighed(waiting, piece)
        flow = _cheapest(tail, head, lower, upper, cost, piece)
        if flow[head == SINK].sum() < piece.seats:
            return None
        waiting = waiting[used:]
        if not waiting:
            return flow[:-1]
        reduced = cost + _slopes(piece.nodes, tail, head, upper - flow, flow - lower, cost)
        upper, lower = np.where(reduced > 0, flow, upper), np.where(reduced < 0, flow, lower)


def summed(piece: Piece, tier: Tier) -> tuple[Ints, int]:
    """Cost of a tier for every arc and the bypass (the last: an empty seat) in its smallest whole steps, and its span.

    The span bounds the difference of any two flows: a seat's way to the sink meets each part of a tier at most once.
    """
    total = np.zeros(len(piece.arcs) + 1, np.int64)
    span = 0
    weights = {name: weight * UNIT.get(name, 1) for name, weight in tier}
    step = max(gcd(*weights.values()), 1)
    for name, weight in weights.items():
        if name in piece.cost:
            part = weight // step * piece.cost[name]
            total[:-1] += part
            span += piece.seats * (max(int(part.max()), 0) - min(int(part.min()), 0))
    return total, span


def weighed(waiting: Sequence[tuple[Ints, int]], piece: Piece) -> tuple[Ints, int]:
    """One cost of as many tiers from the front as fit, and how many those are."""
    cost, used = np.zeros(len(piece.arcs) + 1, np.int64), 0
    for tier, span in waiting:
        dearest = _largest(cost) * (span + 1) + _largest(tier)
        if used and dearest * piece.nodes > HEADROOM:
            break
        cost = cost * (span + 1) + tier
        used += 1
    return cost, used


def _largest(cost: Ints) -> int:
    return max(int(cost.max()), -int(cost.min()))


def _cheapest(tail: Ints, head: Ints, lower: Ints, upper: Ints, cost: Ints, piece: Piece) -> Ints:
    """The cheapest of the largest flows between the bounds; at most all seats get from source to sink."""
    supply = np.zeros(piece.nodes, np.int64)
    supply[SOURCE], supply[SINK] = piece.seats, -piece.seats
    if lower.any():
        np.subtract.at(supply, tail, lower)
        np.add.at(supply, head, lower)
    free = np.flatnonzero(upper > lower)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail[free], head[free], (upper - lower)[free], cost[free])
    solver.set_nodes_supplies(np.arange(piece.nodes), supply)
    status = solver.solve_max_flow_with_min_cost()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"min-cost flow ended with {status}")
    flow = lower.copy()
    flow[free] += solver.flows(arcs)
    return flow


def _slopes(nodes: int, tail: Ints, head: Ints, more: Ints, less: Ints, cost: Ints) -> Ints:
    """For every arc its tail's potential minus its head's: shortest distances over arcs where flow can still move."""
    forth, back = more > 0, less > 0
    start = np.concatenate([tail[forth], head[back]])
    end = np.concatenate([head[forth], tail[back]])
    length = np.concatenate([cost[forth], -cost[back]])
    distance = np.zeros(nodes, np.int64)
    for _ in range(nodes + 1):
        nearer = distance.copy()
        np.minimum.at(nearer, end, distance[start] + length)
        if (nearer == distance).all():
            return distance[tail] - distance[head]
        distance = nearer
    raise ArithmeticError("the flow was not optimal")


def _reach(piece: Piece, flow: Ints) -> Flags:
    """Nodes a further review could still reach from the source, over room left or by moving a review elsewhere.

    Of a flow that fills all it can, this is the source's side of a smallest cut (max-flow min-cut).
    """
    reach = np.zeros(piece.nodes, bool)
    reach[SOURCE] = True
    forth, back = flow < piece.capacity, flow > 0
    while True:
        seen = int(reach.sum())
        reach[piece.head[forth & reach[piece.tail]]] = True
        reach[piece.tail[back & reach[piece.head]]] = True
        if int(reach.sum()) == seen:
            return reach
