"""Runs the tests that touch a function against a fault in it, in a forked process: files are never changed.

The tests are collected once. A first child runs them all while every function of the targets tells that it was
called; then each fault has a child of its own, in which the live function gets the code with the fault, and the tests
that touch it run, the shortest first, until one fails.
"""

from __future__ import annotations

import builtins
import gc
import os
import pickle
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TypeAlias

import pytest

from tests.mutants.faults import Fault, Source

Cache: TypeAlias = "_lru_cache_wrapper[Any]"
SLOWEST_TEST = 3.0
"""Seconds of processor time; a test that takes longer is left out, so that a fault costs little."""
BUDGET = 5.0
"""Seconds of processor time that the tests of one fault may take together; of more tests the shortest are asked."""
MANY = "tests/app/"
"""Tests of whole pages and stories, of which one function has up to three hundred examples: the rules have tables."""
PATIENCE = 30
"""Seconds beyond three times what the tests take, after which a fault that makes them hang counts as found."""


class Found(StrEnum):
    """What became of a fault."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNTOUCHED = "untouched"
    """No test calls the function."""
    NONE = "none"
    """The fault could not be put in: the code would need other variables from outside."""


@dataclass
class Touched:
    """Which tests call each function, and how long each test takes."""

    tests: Mapping[tuple[str, str], Sequence[int]]
    seconds: Mapping[int, float]
    broken: Sequence[str]


@dataclass(eq=False)
class Harness:
    """A plugin that takes the place of pytest's loop over the tests."""

    sources: Mapping[str, Source]
    faults: Sequence[Fault]
    tell: Callable[[Fault, Found], None] = lambda _fault, _found: None
    results: dict[Fault, Found] = field(default_factory=dict)
    failed: bool = False
    touched: Touched | None = None
    examples: int | None = None
    """Of a test of `MANY` so many examples are asked; None: all of them."""
    caches: Sequence[Cache] = ()
    """What the tests' modules may have filled while they were collected, before a fault was put in."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        seen: Counter[str] = Counter()
        kept = []
        for item in items:
            test = item.nodeid.partition("[")[0]
            seen[test] += 1
            if self.examples is None or not test.startswith(MANY) or seen[test] <= self.examples:
                kept.append(item)
        items[:] = kept

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = session.items
        gc.unfreeze()  # what is frozen is not among the objects that are looked through
        functions, self.caches = live_functions(), live_caches(self.sources)
        gc.freeze()  # else every child looks through all of it for garbage, and copies what it looks at
        self.touched = _in_child(lambda: self._trace(items, functions))
        if self.touched is None:
            raise RuntimeError("The run of all tests ended without an answer.")
        for fault in self.faults:
            self.results[fault] = found = self._try(fault, items, functions, self.touched)
            self.tell(fault, found)
        return True

    def _trace(self, items: Sequence[pytest.Item], functions: Mapping[tuple[str, str], list[FunctionType]]) -> Touched:
        called: set[int] = set()
        builtins.__touched__ = called  # type: ignore[attr-defined]  # every module finds it there
        names = [(path, name) for path, source in self.sources.items() for name in source.functions]
        numbers: dict[str, dict[str, int]] = {}
        for number, (path, name) in enumerate(names):
            numbers.setdefault(path, {})[name] = number
        for path, of_file in numbers.items():
            for name, code in self.sources[path].codes_that_tell(of_file).items():
                for function in functions.get((path, name), ()):
                    function.__code__ = code
        tests: dict[tuple[str, str], list[int]] = {}
        seconds, broken = {}, []
        for at, item in enumerate(items):
            called.clear()
            self.failed = False
            began = time.process_time()
            self._run(item, items[at + 1] if at + 1 < len(items) else None)
            seconds[at] = time.process_time() - began
            if self.failed:
                broken.append(item.nodeid)
            elif seconds[at] <= SLOWEST_TEST:
                for number in called:
                    tests.setdefault(names[number], []).append(at)
        return Touched(tests, seconds, broken)

    def _try(
        self,
        fault: Fault,
        items: Sequence[pytest.Item],
        functions: Mapping[tuple[str, str], list[FunctionType]],
        touched: Touched,
    ) -> Found:
        place = (fault.path, fault.function)
        numbers = self._asked(touched, place, items)
        if not numbers:
            return Found.UNTOUCHED
        code = self.sources[fault.path].code_with(fault)
        if any(function.__code__.co_freevars != code.co_freevars for function in functions[place]):
            return Found.NONE
        chosen = [items[at] for at in numbers]
        patience = PATIENCE + int(3 * sum(touched.seconds[at] for at in numbers))
        found = _in_child(lambda: self._survives(code, functions[place], chosen), patience=patience)
        return found if isinstance(found, Found) else Found.KILLED

    @staticmethod
    def _asked(touched: Touched, place: tuple[str, str], items: Sequence[pytest.Item]) -> list[int]:
        """The tests that call a function for as long as the budget lasts: those named after its module first, as they
        are most likely to notice, then the shortest.
        """
        file = Path(place[0])
        subject = file.stem.removesuffix("handlers").strip("_") or file.parent.name

        def order(at: int) -> tuple[bool, float]:
            return subject not in items[at].path.stem, touched.seconds[at]

        spent, asked = 0.0, []
        for at in sorted(touched.tests.get(place, ()), key=order):
            spent += touched.seconds[at]
            if spent <= BUDGET:
                asked.append(at)
        return asked

    def _survives(self, code: CodeType, functions: Sequence[FunctionType], items: Sequence[pytest.Item]) -> Found:
        for function in functions:
            function.__code__ = code
        for cache in self.caches:
            cache.cache_clear()
        self.failed = False
        for at, item in enumerate(items):
            self._run(item, items[at + 1] if at + 1 < len(items) else None)
            if self.failed:
                return Found.KILLED
        return Found.SURVIVED

    @staticmethod
    def _run(item: pytest.Item, following: pytest.Item | None) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def live_functions() -> dict[tuple[str, str], list[FunctionType]]:
    """Every function there is by its file below this folder and its qualified name."""
    here = f"{Path.cwd()}{os.sep}"
    found: dict[tuple[str, str], list[FunctionType]] = {}
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(here):
            key = (each.__code__.co_filename.removeprefix(here), each.__code__.co_qualname)
            found.setdefault(key, []).append(each)
    return found


def live_caches(sources: Mapping[str, Source]) -> list[Cache]:
    """The caches of functions in these files, which would answer from before a fault."""
    names = {str(Path.cwd() / path) for path in sources}
    found = [each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper)]
    return [
        each
        for each in found
        if getattr(each.__wrapped__, "__code__", None) and each.__wrapped__.__code__.co_filename in names
    ]


def _in_child(work: Callable[[], Any], *, patience: int = 0) -> Any:
    """What the work gives in a forked process; None when that ends without an answer or loses its patience."""
    sys.stdout.flush()
    sys.stderr.flush()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = os.dup(2)
        try:
            os.close(read)
            _silence()
            signal.alarm(patience)
            with os.fdopen(write, "wb") as answer:
                pickle.dump(work(), answer)
        except BaseException:
            os.write(said, traceback.format_exc().encode())
            raise
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        given = answer.read()
    os.waitpid(child, 0)
    return pickle.loads(given) if given else None


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def run(
    sources: Mapping[str, Source],
    faults: Sequence[Fault],
    tests: Sequence[str],
    tell: Callable[[Fault, Found], None],
    examples: int | None = None,
) -> Harness:
    """Try each fault against those of the tests that touch its function."""
    harness = Harness(sources, faults, tell, examples=examples)
    options = [
        "-q",
        "-s",
        "-m",
        "not slow and not postgres and not browser",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
    ]
    code = pytest.main([*options, "-p", "no:xdist", "--no-header", "--no-summary", *tests], plugins=[harness])
    if code or harness.touched is None:
        raise SystemExit(f"The tests could not be collected (exit {code}).")
    return harness
