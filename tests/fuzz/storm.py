"""A storm of hostile requests, judged one by one, and what is kept of the big one.

Judged: the status, the answer's text, what the program logged as an error of its own, and how far the process grew.
With `FUZZ_REQUESTS=100000` the result is kept under `benchmarks/results`, from which the page of benchmarks is written.
"""

from __future__ import annotations

import fcntl
import gc
import json
import logging
import os
import platform
import resource
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from aiohttp.http_exceptions import HttpProcessingError

from bot.ui.inbound import Event, Outcome
from tests.fuzz.mischief import Mischief

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "2000"))
SEED = int(os.environ.get("FUZZ_SEED", "20270118"))
KEEP_FROM = 100_000
MOST_GROWTH = 150
"""Megabytes the process may grow by in one storm, caches and all."""
RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "hostile.json"

Send = Callable[[Mischief], Awaitable[tuple[int, str]]]


@dataclass
class Report:
    """How one door stood: requests by status, failures of the program's own, memory in MB, CPU time in seconds."""

    door: str
    statuses: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    before: float = 0.0
    after: float = 0.0
    seconds: float = 0.0

    @property
    def requests(self) -> int:
        """How many were sent."""
        return sum(self.statuses.values())


@dataclass
class Failures(logging.Handler):
    """Collects what the program calls an error of its own, from both ways of logging, and what leaves the core."""

    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.ERROR)

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        """From the standard library's loggers; a message of impossible shape, turned away by name, is no failure."""
        raised = record.exc_info[0] if record.exc_info else None
        if record.getMessage().endswith("not understood") or (raised and issubclass(raised, HttpProcessingError)):
            return
        self.seen.append(f"{record.name}: {record.getMessage()} {record.__dict__.get('error', '')}")

    def take(self, _logger: object, method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        """From structlog."""
        if method == "error":
            self.seen.append(str(dict(line)))
        raise structlog.DropEvent

    def watched(self, handle: Callable[[Event], Awaitable[Outcome]]) -> Callable[[Event], Awaitable[Outcome]]:
        """The core, with a witness for what it raises."""

        async def told(event: Event) -> Outcome:
            try:
                return await handle(event)
            except Exception as error:
                self.seen.append(f"core: {error!r}")
                raise

        return told


@contextmanager
def listening() -> Iterator[Failures]:
    """Every error that is logged meanwhile."""
    failures = Failures()
    before = structlog.get_config()
    structlog.configure(processors=[failures.take], cache_logger_on_first_use=False)
    logging.getLogger().addHandler(failures)
    try:
        yield failures
    finally:
        logging.getLogger().removeHandler(failures)
        structlog.configure(**before)


async def storm(door: str, share: float, send: Send, failures: Failures) -> Report:
    """That share of the requests, each judged."""
    mischief, report, start = Mischief(SEED), Report(door, before=memory()), time.process_time()
    for n in range(int(REQUESTS * share)):
        status, body = await send(mischief)
        report.statuses[str(status)] += 1
        assert status < 500, f"request {n} of seed {SEED}: {status} {body[:300]}"
        assert "Traceback" not in body, f"request {n} of seed {SEED}"
        assert failures.seen == [], f"request {n} of seed {SEED}"
    return finished(report, start)


def finished(report: Report, start: float) -> Report:
    """The report with what the storm cost; kept when it was the big one. The process may not have grown too far."""
    gc.collect()
    report.after, report.seconds = memory(), time.process_time() - start
    assert report.after - report.before < MOST_GROWTH
    if REQUESTS >= KEEP_FROM:
        keep(report)
    return report


def memory() -> float:
    """What the process holds now in megabytes; where the system does not tell, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 2**20


def keep(report: Report) -> None:
    """One row of the kept result, in place of an older one of the same door; storms may run side by side."""
    with RESULT.with_suffix(".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _put(report)


def _put(report: Report) -> None:
    old = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {"tables": [{"rows": []}]}
    rows = {row[0]: row for row in old["tables"][0]["rows"]}
    statuses = ", ".join(f"{status}: {number:,}" for status, number in sorted(report.statuses.items()))
    errors = sum(number for status, number in report.statuses.items() if status.startswith("5"))
    rows[report.door] = [
        report.door,
        f"{report.requests:,}",
        str(errors),
        str(len(report.broken)),
        f"{report.before:.0f} MB",
        f"{report.after:.0f} MB",
        f"{report.seconds:.0f} s",
        statuses,
    ]
    columns = ["door", "requests", "5xx", "tracebacks", "memory before", "after", "CPU time", "answers"]
    note = (
        f"`FUZZ_REQUESTS={REQUESTS} FUZZ_SEED={SEED} python -m pytest tests/fuzz`; memory of the process that holds "
        "both sides: the program, the senders, and everything the stand-ins keep of what they were told."
    )
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {platform.system()}"
    kept = {
        "machine": machine,
        "title": "Hostile requests",
        "intro": "Bent messages, wrong shapes and strings that break parsers at every door of the program, "
        "over HTTP on one machine with the real core and SQLite behind; no answer may be 5xx, nothing may raise.",
        "tables": [{"columns": columns, "rows": [rows[door] for door in sorted(rows)], "caption": ""}],
        "notes": [note],
    }
    RESULT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
