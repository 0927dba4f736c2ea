"""The rotation beside its peers: one round from 24 to 50,000 members, a hundred services, and a year of rounds."""

from __future__ import annotations

import gc
import multiprocessing
import resource
import statistics
from collections.abc import Callable
from random import Random
from time import process_time

from benchmarks.model import Section, Table
from benchmarks.rotation_peers import Arcs, by_chance, greedy, round_robin
from bot.rotation import PAIR_WEIGHT, Case, History, Instance, Member, Plan, Rules, assign
from bot.rotation.simulation import EXAMPLES, Year, simulate

LANGUAGES, TOPICS = ("en", "fi", "sv"), ("trauma", "ocd", "panic", "sleep")
WORLDS = 5
"""Years averaged per policy; each is another seed."""

NOTES = (
    "Bare OR-Tools: one call on our arcs with the tiers in one cost, built beforehand; ours starts from the members.",
    "Processor time, medians of runs taken in turn, warm. Above 500 members each case lists 30 to 100 candidates.",
    "Peak memory is that of a fresh process with the instance in it.",
    "OpenReview's MinMax solver is not on the package index and was not at hand.",
    f"Years are means of {WORLDS} invented years, the same for every policy.",
    "Early repeats: meetings with a presenter already met while somebody eligible was not.",
)


def run() -> Section:
    """Measure everything of this subject in one run."""
    small = [_one_round(24, repeats=30), _one_round(500, repeats=7)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, maxtasksperchild=1) as pool:
        large = [pool.apply(_one_round, (n, 3)) for n in (5_000, 50_000)]
    return Section(
        title="Rotation",
        intro="Who reviews which case: the optimum in strict tiers beside the bare solver and simple policies.",
        tables=(_rounds_table([*small, *large]), _services_table(), *(_year_table(name) for name in EXAMPLES)),
        notes=NOTES,
    )


def invented_round(members: int, seed: int = 1) -> Instance:
    """Three languages, mixed modes, ten past meetings for every presenter, a case for every three people."""
    chance = Random(seed)
    names = [f"p{i}" for i in range(members)]
    people = tuple(
        Member(
            name,
            mode=chance.choice(("icbt", "f2f", "both", "both")),
            capacity=chance.choice((1, 2, 3)),
            languages=frozenset(chance.sample(LANGUAGES, chance.choice((1, 2)))),
            clinic=f"k{chance.randrange(10)}",
            experienced=chance.random() < 0.5,
            tags=frozenset(chance.sample(TOPICS, chance.randint(0, 2))),
            balance=chance.randint(-20, 20),
        )
        for name in names
    )
    cases = tuple(
        Case(
            f"c{i}",
            chance.choice(names),
            2 + (chance.random() < 0.2),
            mode=chance.choice(("icbt", "both", "both")),
            languages=frozenset({chance.choice(LANGUAGES[:2])}),
            tags=frozenset(chance.sample(TOPICS, chance.randint(0, 1))),
            overdue=chance.randint(0, 4),
            candidates=tuple(chance.sample(names, chance.randint(30, 100))) if members > 500 else None,
        )
        for i in range(members // 3)
    )
    history = tuple(History(c.author, chance.choice(names), chance.randint(1, 3)) for c in cases for _ in range(10))
    return Instance(members=people, cases=cases, history=history, seed=seed)


def _one_round(members: int, repeats: int) -> tuple[str, ...]:
    """One line of the table: times in milliseconds, ratio, memory."""
    instance = invented_round(members)
    arcs = Arcs(instance)
    assign(instance)
    ours, bare = [], []
    for _ in range(repeats):
        ours.append(_milliseconds(lambda: assign(instance)))
        bare.append(_milliseconds(arcs.by_ortools))
    simple = _milliseconds(lambda: greedy(instance)) if members <= 500 else None
    networkx = _milliseconds(arcs.by_networkx) if members <= 500 else None
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = statistics.median(ours) / statistics.median(bare)
    return (
        f"{members:,}",
        f"{len(arcs.tail):,}",
        _shown(statistics.median(ours)),
        _shown(statistics.median(bare)),
        f"{ratio:.2f}",
        _shown(simple),
        _shown(networkx),
        f"{memory:,.0f}" if members > 500 else "–",
    )


def _rounds_table(rows: list[tuple[str, ...]]) -> Table:
    columns = (
        "members",
        "arcs",
        "ours, ms",
        "bare OR-Tools, ms",
        "ours / bare",
        "greedy, ms",
        "networkx, ms",
        "peak MB",
    )
    return Table(columns, tuple(rows), "One round")


def _services_table() -> Table:
    services = [invented_round(500, seed) for seed in range(100)]
    assign(services[0])
    gc.collect()
    gc.freeze()  # a hundred instances at once are this benchmark's, not a service's
    taken = _milliseconds(lambda: [assign(s) for s in services])
    gc.unfreeze()
    return Table(("services", "members each", "all rounds, s"), (("100", "500", f"{taken / 1000:.1f}"),), "A country")


def _year_table(name: str) -> Table:
    policies: dict[str, tuple[Rules, Callable[[], Callable[[Instance], Plan]]]] = {
        f"ours (load + {PAIR_WEIGHT} · pair)": (Rules(pair_weight=PAIR_WEIGHT), lambda: assign),
        "ours, load strictly first": (Rules(pair_weight=None), lambda: assign),
        "greedy": (Rules(), lambda: greedy),
        "round robin": (Rules(), round_robin),
        "by chance": (Rules(), lambda: by_chance),
    }
    rows = []
    for label, (rules, planner) in policies.items():
        years = [simulate(EXAMPLES[name], rules, seed, planner()) for seed in range(1, WORLDS + 1)]
        rows.append((label, *_year_cells(years)))
    columns = (
        "policy",
        "load spread",
        "pairs met",
        "repeats (least possible)",
        "early repeats",
        "full cases",
        "longest gap",
    )
    return Table(columns, tuple(rows), f"52 rounds of 24 people, {name} group")


def _year_cells(years: list[Year]) -> tuple[str, ...]:
    def mean(value: Callable[[Year], float]) -> float:
        return statistics.mean(value(y) for y in years)

    return (
        f"{mean(lambda y: y.spread):.1f}",
        f"{mean(lambda y: y.met):.1%}",
        f"{mean(lambda y: y.repeats):.0f} ({mean(lambda y: y.fewest_repeats):.0f})",
        f"{mean(lambda y: y.early_repeats):.0f}",
        f"{mean(lambda y: y.full):.1%}",
        f"{mean(lambda y: y.longest_gap):.1f}",
    )


def _milliseconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return (process_time() - start) * 1000


def _shown(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "–"
    return f"{milliseconds:.1f}" if milliseconds < 100 else f"{milliseconds:,.0f}"
