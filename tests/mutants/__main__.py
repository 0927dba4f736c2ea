"""`python -m tests.mutants`: put small faults into the rules and guards, and list those that no test notices.

`--sample N --seed S` tries so many of them, `--only TEXT` those whose place holds the text. The exit code is 1 when
fewer are found than `targets.py` asks. Every other survivor is told: after each change of a rule the sample is another,
so one that docs/mutants.md does not explain yet must not stop a change that has nothing to do with it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from tests.mutants.faults import Fault, Source, sample
from tests.mutants.harness import Found, run
from tests.mutants.targets import TARGETS, TESTS, Area, explained

EXAMPLES = 3
"""Of each test of pages and stories, for a sample: finding out which tests touch what takes most of its time."""
ROOT = Path(__file__).parents[2]


def main() -> int:
    """Try the faults, print what survived, and say how many of each area were found."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--sample", type=int, default=0)
    given.add_argument("--seed", type=int, default=0)
    given.add_argument("--only", default="")
    given.add_argument("--tests", nargs="*", default=list(TESTS))
    options = given.parse_args()
    began = time.perf_counter()
    sources = {path: Source.read(ROOT, path) for area in TARGETS for path in area.files(ROOT)}
    area_of: dict[str, Area] = {path: area for area in TARGETS for path in area.files(ROOT)}
    faults = [f for path, s in sources.items() for f in s.faults(guards_only=area_of[path].guards_only)]
    faults = [fault for fault in faults if options.only in str(fault)]
    tried = sample(faults, options.sample, options.seed) if options.sample else faults
    known = explained(ROOT)
    if options.sample:  # a survivor with a reason costs the most and tells nothing new
        tried = [fault for fault in tried if str(fault) not in known]
    print(f"{len(tried)} of {len(faults)} faults in {len(sources)} files", flush=True)
    numbers: dict[str, Counter[Found]] = {area.name: Counter() for area in TARGETS}

    def tell(fault: Fault, found: Found) -> None:
        numbers[area_of[fault.path].name][found] += 1
        if found in {Found.SURVIVED, Found.UNTOUCHED}:
            why = " (explained)" if str(fault) in known else ""
            print(f"{found}{why}: {fault} (line {fault.line})", flush=True)

    done = run(sources, tried, options.tests, tell, EXAMPLES if options.sample else None)
    assert done.touched is not None
    for name in done.touched.broken:
        print(f"not asked, fails without any fault: {name}")
    good = True
    for area in TARGETS:
        count = numbers[area.name]
        of = count.total() - count[Found.NONE]
        share = count[Found.KILLED] / of if of else 1.0
        good = good and share >= area.goal
        print(f"{area.name}: {count[Found.KILLED]} of {of} found ({share:.1%}, goal {area.goal:.0%})")
    lost = [
        f for f, found in done.results.items() if found in {Found.SURVIVED, Found.UNTOUCHED} and str(f) not in known
    ]
    print(f"{len(lost)} survived without a reason in docs/mutants.md; {time.perf_counter() - began:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
