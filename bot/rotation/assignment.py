"""`assign`: the best plan of a round, and the proof that no more seats can be filled."""

from __future__ import annotations

import numpy as np

from bot.rotation.eligibility import Register
from bot.rotation.model import Instance, Pair, Plan
from bot.rotation.network import Network
from bot.rotation.optimum import optimal_flow
from bot.rotation.pool import Pool
from bot.rotation.shortage import shortfalls


def assign(instance: Instance) -> Plan:
    """The optimum of the tiers in strict order; equal plans are chosen between by the seed, never by input order.

    Started reviews stay whatever the rules say now. An empty group, nobody available or more seats than people are
    ordinary rounds with shortfalls.
    """
    register = Register(instance)
    pool = Pool(register)
    network = Network(pool)
    flow, reachable = optimal_flow(network, instance.rules)
    pairs = register.locked | _chosen(network, flow)
    missing = sum(c.k for c in register.cases.values()) > len(pairs)
    return Plan(
        assignments=tuple(sorted(pairs, key=lambda p: (p.case, p.reviewer))),
        shortfalls=shortfalls(register, pairs, *_supply_of_cases(network)) if missing else (),
        bottleneck=_bottleneck(network, reachable),
    )


def _chosen(network: Network, flow: np.ndarray) -> frozenset[Pair]:
    pool = network.pool
    taken = network.taken(flow)
    cases, members = pool.case[taken].tolist(), pool.member[taken].tolist()
    return frozenset(Pair(pool.cases[c].id, pool.members[m].id) for c, m in zip(cases, members, strict=True))


def _supply_of_cases(network: Network) -> tuple[dict[str, int], dict[str, int]]:
    """Per case: members who may review it, and seats obtainable; started reviews counted in both."""
    pool = network.pool
    eligible = np.bincount(pool.case, minlength=len(pool.cases)) + pool.filled
    obtainable = network.obtainable + pool.filled
    ids = [c.id for c in pool.cases]
    return dict(zip(ids, eligible.tolist(), strict=True)), dict(zip(ids, obtainable.tolist(), strict=True))


def _bottleneck(network: Network, reachable: np.ndarray) -> frozenset[str]:
    """Members no further review can reach: used up, as is everybody they could trade with."""
    pool = network.pool
    side = reachable[network.member_node : network.member_node + len(pool.members)]
    return frozenset(pool.members[i].id for i in np.flatnonzero(~side).tolist())
