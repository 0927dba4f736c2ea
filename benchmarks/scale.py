"""Pages and jobs of a service with history at two sizes: what each takes, and how it grows from one to the other."""

from __future__ import annotations

import asyncio
import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.model import Section, Table
from bot.scale.trial import Asked, Service, ask_all
from tests.postgres import database, server

SMALL, LARGE = (int(size) for size in os.environ.get("SCALE_PEOPLE", "1000,10000").split(","))
ROUNDS = int(os.environ.get("SCALE_ROUNDS", "26"))
STORES = {"SQLite": "sqlite", "PostgreSQL": "postgresql"}


def run() -> Section:
    """Fill both sizes on both databases and ask everything."""
    tables, sizes = [], []
    for name, kind in STORES.items():
        found: list[Sequence[Asked]] = []
        for people in (SMALL, LARGE):
            with _url(kind) as url:
                service, asked = asyncio.run(ask_all(people, url, ROUNDS))
            found.append(asked)
            sizes.append(_size(name, people, service))
        tables.append(Table(_columns(), tuple(_rows(*found)), name))
    filled = Table(("database", "people", "rows", "rows a person", "filled in, s"), tuple(sizes), "What was filled")
    load = f"{os.getloadavg()[0]:.0f}"
    return Section(
        title="A service at two sizes",
        intro=f"Groups of 8 with {ROUNDS} closed rounds, one under review and one that collects, with logs, leave, "
        "notices and an audit trail. Processor time of the program for one request as it "
        "is answered, without the wire; the least of three, as other work shares the machine.",
        tables=(*tables, filled),
        notes=(
            "Grows: exponent of the processor time; 0 is the same at any size, 1 in step with the service.",
            "On PostgreSQL the server's own processor time is not in the numbers.",
            f"Load of the machine meanwhile: {load} on {os.cpu_count()} processors.",
        ),
    )


@contextmanager
def _url(kind: str) -> Iterator[str]:
    """An empty database for one filling."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'service.sqlite3'}"
    else:
        with server() as at, database(at) as url:
            yield url.render_as_string(hide_password=False)


def _columns() -> tuple[str, ...]:
    return ("asked", f"{SMALL:,} people, ms", f"{LARGE:,} people, ms", "grows", "statements", "should be, ms")


def _rows(small: Sequence[Asked], large: Sequence[Asked]) -> Iterator[tuple[str, ...]]:
    before = {each.name: each.milliseconds for each in small}
    for each in large:
        was = before[each.name]
        grows = math.log(each.milliseconds / was) / math.log(LARGE / SMALL) if min(was, each.milliseconds) > 0 else 0.0
        told = "–" if each.milliseconds < 10 else f"{grows:.1f}"
        numbers = (f"{was:.0f}", f"{each.milliseconds:.0f}", told, f"{each.statements:,}", f"≤ {each.limit:.0f}")
        yield each.name, *numbers


def _size(name: str, people: int, service: Service) -> tuple[str, ...]:
    return name, f"{people:,}", f"{service.rows:,}", f"{service.rows / people:.0f}", f"{service.seconds:.0f}"
