"""What holds for every test: how property tests search, when Python looks for garbage, what is built once.

Property tests take the same examples in every run, so that a change is judged by what it changed.
`HYPOTHESIS_PROFILE=search` looks for new ones instead; `make test-slow` does.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from functools import cache
from types import FrameType

import pytest
import structlog
from hypothesis import settings
from typer.main import get_command

from bot import private_files
from tests.postgres import _postgres_kept, postgres_migrated, postgres_server, postgres_url

__all__ = ["_postgres_kept", "postgres_migrated", "postgres_server", "postgres_url"]

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_configure(config: pytest.Config) -> None:
    """Tests are shuffled, but chance is theirs: no test reads the seeds that would be set three times for each."""
    config.option.randomly_reset_seed = False
    private_files.by_default()  # keys and configurations that tests write are refused where others may read them
    signal.signal(signal.SIGINT, interrupted)


def interrupted(number: int, frame: FrameType | None) -> None:
    """What Python's own handler does for Ctrl-C. asyncio replaces only that one for each run of a loop, and putting it
    back describes the finished task with its result in full, which is a whole clinic where a fixture made one."""
    signal.default_int_handler(number, frame)


LONGEST = (
    "tests/mutants/",
    "tests/privacy/test_every_act.py",
    "tests/tables/test_every_view.py",
    "tests/faults/",
    "tests/e2e/server/test_confined.py",
)
"""What takes minutes of the slow tests, and of the others most seconds each, half of them waiting."""


SERVERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("browser", frozenset({"chromium"})),
    ("postgres", frozenset({"postgres_server", "postgres_url", "postgres_migrated"})),
)
"""What one worker starts once for many quick tests, and each of the others would start for a few: by mark and fixtures.
Chromium takes about a second of processor time to start, PostgreSQL with our tables two.
"""


def served(item: pytest.Item, mark: str, fixtures: frozenset[str]) -> bool:
    """Whether a quick test needs one of them."""
    marked = bool(item.get_closest_marker(mark)) or not fixtures.isdisjoint(getattr(item, "fixturenames", ()))
    return marked and not item.get_closest_marker("slow")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests begin first, a share on each worker: begun last, each would run on beside workers without work.
    Then one worker runs the quick tests in a browser, another those on a server.

    Every worker is first given an equal part of the tests in their order, then takes from whoever has most left.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    first = [item for start in LONGEST for item in items if item.nodeid.startswith(start)]
    begun = set(first)
    together: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for number, (mark, fixtures) in enumerate(SERVERS):
        its = [item for item in items if item not in begun and served(item, mark, fixtures)]
        together[number % workers] += its
        begun.update(its)
    rest = [item for item in items if item not in begun]
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        own = [*first[worker::workers], *together[worker]]
        size = (len(items) - len(ordered)) // (workers - worker)
        ordered += own + rest[: max(0, size - len(own))]
        del rest[: max(0, size - len(own))]
    items[:] = ordered + rest


@pytest.fixture(scope="session", autouse=True)
def _commands_are_built_once() -> Iterator[None]:
    """A program builds its tree of shell commands once; so does a process of tests, which runs some hundred of them."""
    with pytest.MonkeyPatch.context() as patch:
        built = cache(get_command)
        patch.setattr("typer.main.get_command", built)
        patch.setattr("typer.testing._get_command", built)
        yield


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """What a test set up for logging ends with it: its captured stream is closed by then."""
    yield
    structlog.reset_defaults()


gc.disable()
"""Nearly everything that collecting the tests makes is kept: looking for garbage took half of that time."""


def pytest_collection_finish() -> None:
    """What is there by now lives as long as the process: looking through it for garbage took a tenth of the run."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
