"""A simulated year of a service of 10,000 therapists, every promise checked after every step."""

from __future__ import annotations

import multiprocessing
import resource
from collections import Counter
from time import perf_counter, process_time

from benchmarks.model import Section, Table

THERAPISTS, SEED = 10_000, 20_270_101
HALVES = 2
"""Groups do not depend on each other: two processes take half the service each."""


def run() -> Section:
    """Measure everything of this subject in one run."""
    began = perf_counter()
    with multiprocessing.get_context("spawn").Pool(HALVES) as pool:
        halves = pool.starmap(half, [(THERAPISTS // HALVES, SEED + i) for i in range(HALVES)])
    seconds = perf_counter() - began
    counts: Counter[str] = sum((counts for counts, _, _ in halves), Counter())
    happened = ("steps", "rounds", "cases", "reviews given out", "reviews in", "moved", "reminders", "supervisor told")
    measured = (
        ("elapsed", f"{seconds:.0f} s"),
        ("processor time, both halves", f"{sum(spent for _, spent, _ in halves):.0f} s"),
        ("peak memory of a half", f"{max(peak for _, _, peak in halves):.0f} MB"),
        ("promises broken", "0"),
        *((name, f"{counts[name]:,}") for name in happened),
    )
    return Section(
        title="A year of a service",
        intro=f"{THERAPISTS:,} therapists in groups of 8 and six countries for the year 2027: series, closures, leave, "
        "plans, deadlines, holds, reminders by the product's own rules, on a virtual clock.",
        tables=(Table(("measured", "value"), measured),),
        notes=(
            "After every step the promises about what it touched are checked, every midnight those about everything.",
            f"The first broken one ends the run and names its seed (here {SEED} and {SEED + 1}).",
            "The pure core runs, without store and messages: how those behave under load stands under delivery.",
            "The elapsed time holds whatever else the machine did meanwhile; the processor time does not.",
            "A short form runs with the tests (tests/stateful/test_year.py).",
        ),
    )


def half(therapists: int, seed: int) -> tuple[Counter[str], float, float]:
    """Half the service: what happened, processor seconds, peak megabytes."""
    from tests.year import Year

    began = process_time()
    counts = Year(therapists, seed).run()
    return counts, process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(run())
