"""A round as a flow: one unit runs from the source through a reviewer and a case to the sink for every seat taken.

    source -> member                 one arc for each review, dearer the more the member has done: the tier `load`
    member -> (author, member)       only where a presenter has several cases: dearer every time the two meet: `pair`
    ... -> case (or its juniors)     one arc for each possible pair: `keep`, `pair`, `expertise`
    juniors of a case -> case        at most the places that are not reserved for experience
    case -> sink                     one arc for each seat: `fill`, `spread`, `overdue`

Every cost grows from arc to parallel arc, so the cheapest flow uses them in order and its cost is exactly the tiers'
formula. Seats beyond what a case could get if it had everybody to itself are left out at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.rotation.pool import Pool

if TYPE_CHECKING:
    from bot.rotation.pool import Flags, Ints

SOURCE, SINK = 0, 1

UNIT = {"load": 20}
"""What a cost of 1 stands for; 1 unless named. (b + 10x)² grows by 20b + 100(2x - 1) = 20 · (b + 5(2x - 1))."""


class Network:
    """Arcs of one round as arrays `tail`, `head`, `capacity`, and per tier a `cost` for every arc.

    The arcs of the pool's pairs lie together from `first_pair_arc` on, in the pool's order. `obtainable` are the seats
    each case could get at best.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._parts: list[tuple[Ints, Ints, Ints]] = []
        self._costs: list[tuple[str, int, Ints]] = []
        self._size = 0
        self._number_nodes()
        self._count_obtainable()
        self._member_arcs()
        self._pair_arcs()
        self._case_arcs()
        self.tail, self.head, self.capacity = (np.concatenate(p) for p in zip(*self._parts, strict=True))
        self.cost = {tier: self._cost_of(tier) for tier in {name for name, _, _ in self._costs}}

    def _number_nodes(self) -> None:
        pool = self.pool
        self.member_node = 2
        self.case_node = self.member_node + len(pool.members)
        self.junior_node = self.case_node + len(pool.cases)
        self.meeting_node = self.junior_node + len(pool.cases)
        self.nodes = self.meeting_node

    def _count_obtainable(self) -> None:
        """Seats each case could get if nobody were needed elsewhere."""
        pool = self.pool
        self.junior = pool.reserved[pool.case] & ~pool.experienced[pool.member]
        juniors = np.bincount(pool.case[self.junior], minlength=len(pool.cases))
        others = np.bincount(pool.case[~self.junior], minlength=len(pool.cases))
        self.obtainable = np.minimum(pool.seats, others + np.minimum(juniors, pool.juniors))

    def _member_arcs(self) -> None:
        pool = self.pool
        uses = np.minimum(pool.capacity, np.bincount(pool.member, minlength=len(pool.members)))
        member, nth = repeated(uses)
        first = self._arcs(np.full(len(member), SOURCE), member + self.member_node, np.ones(len(member), np.int64))
        nth = nth + pool.load[member]
        self._costs.append(("load", first, pool.balance[member] + 5 * (2 * nth - 1)))

    def _pair_arcs(self) -> None:
        """Arcs of the pairs; through a node of their own where the two can meet more than once in this round."""
        pool = self.pool
        tail = pool.member + self.member_node
        meeting = 2 * pool.met + 1
        shared = np.bincount(pool.author_of_case, minlength=1)[pool.author] > 1
        if shared.any():
            key = pool.author[shared] * max(len(pool.members), 1) + pool.member[shared]
            _, sample, node, times = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
            several = times > 1
            at = np.flatnonzero(shared)
            number = np.cumsum(several) - 1 + self.meeting_node
            through = several[node]
            tail[at[through]] = number[node[through]]
            meeting[at[through]] = 0
            self.nodes += int(several.sum())
            which, nth = repeated(times[several])
            pair = at[sample[several][which]]
            start = pool.member[pair] + self.member_node
            first = self._arcs(start, number[several][which], np.ones(len(which), np.int64))
            self._costs.append(("pair", first, 2 * (pool.met[pair] + nth) - 1))
        head = pool.case + np.where(self.junior, self.junior_node, self.case_node)
        first = self._arcs(tail, head, np.ones(len(tail), np.int64))
        self.first_pair_arc = first
        self._costs.append(("pair", first, meeting))
        if pool.register.previous:
            self._costs.append(("keep", first, -pool.previous().astype(np.int64)))
        off_topic = pool.off_topic()
        if off_topic.any():
            self._costs.append(("expertise", first, off_topic.astype(np.int64)))

    def _case_arcs(self) -> None:
        pool = self.pool
        gated = np.flatnonzero(np.bincount(pool.case[self.junior], minlength=len(pool.cases)))
        self._arcs(gated + self.junior_node, gated + self.case_node, pool.juniors[gated])
        case, nth = repeated(self.obtainable)
        first = self._arcs(case + self.case_node, np.full(len(case), SINK), np.ones(len(case), np.int64))
        missing = pool.wanted[case] - pool.filled[case] - nth
        self._costs.append(("fill", first, np.full(len(case), -1)))
        self._costs.append(("spread", first, -(2 * missing + 1)))
        overdue = np.array([c.overdue for c in pool.cases], np.int64)
        self._costs.append(("overdue", first, -overdue[case]))

    def _arcs(self, tail: Ints, head: Ints, capacity: Ints) -> int:
        """Append arcs; the number of the first."""
        first = self._size
        self._parts.append((tail, head, capacity))
        self._size += len(tail)
        return first

    def _cost_of(self, tier: str) -> Ints:
        cost = np.zeros(self._size, np.int64)
        for name, first, values in self._costs:
            if name == tier:
                cost[first : first + len(values)] = values
        return cost

    def taken(self, flow: Ints) -> Flags:
        """Which pairs of the pool a flow chooses."""
        return flow[self.first_pair_arc : self.first_pair_arc + len(self.pool.case)] > 0


def repeated(times: Ints) -> tuple[Ints, Ints]:
    """Every index as often as its number says, and beside it the count 1, 2, 3 … within the index."""
    index = np.repeat(np.arange(len(times)), times)
    start = np.cumsum(times) - times
    return index, np.arange(len(index)) - start[index] + 1
