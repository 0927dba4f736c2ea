"""What protecting a text costs: sealing and opening alone, wrapping a key, and a stored text end to end on SQLite."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.model import Section, Table
from bot.anonymise.text import AnonText
from bot.demo.clock import VirtualClock
from storage import open_store
from storage.keys import KeyRing, seal, unseal
from storage.migrate import upgrade

TEXT = ("A paraphrased message of week four. " * 120)[:4000].encode()
MANY, STORED = 5000, 300


def run() -> Section:
    """CPU time a text of 4 kB, against the limit of 1 ms."""
    key, ring = os.urandom(32), KeyRing.of(os.urandom(32))
    sealed, (kek, wrapped) = seal(key, TEXT, "text|cas|case|background"), ring.wrap(key, "cas")
    rows = (
        _row("seal one text", lambda: seal(key, TEXT, "text|cas|case|background")),
        _row("open one text", lambda: unseal(key, sealed, "text|cas|case|background")),
        _row("open one text whose case key must be unwrapped first", lambda: _both(ring, kek, wrapped, sealed)),
        _row("wrap a case key", lambda: ring.wrap(key, "cas")),
    )
    write, read = asyncio.run(_stored())
    stored = (
        ("write a case's text in a transaction of its own", f"{write:.2f} ms"),
        ("read it back", f"{read:.2f} ms"),
    )
    return Section(
        title="Encryption of texts",
        intro="AES-256-GCM under a data key per case, wrapped by a key-encryption key. The limit is 1 ms a text.",
        tables=(
            Table(("what", "CPU time", "limit"), rows, "Encryption alone"),
            Table(("what", "time"), stored, "With everything around it, on SQLite"),
        ),
        notes=(
            f"A text of {len(TEXT):,} bytes, {MANY:,} times; the median of ten runs.",
            f"The second table is the mean of {STORED} cases with synchronous writes to this machine's disk.",
        ),
    )


def _both(ring: KeyRing, kek: str, wrapped: bytes, sealed: bytes) -> bytes:
    return unseal(ring.unwrap(kek, wrapped, "cas"), sealed, "text|cas|case|background")


def _row(what: str, step: Callable[[], object]) -> tuple[str, str, str]:
    runs = []
    for _ in range(10):
        start = time.process_time()
        for _ in range(MANY // 10):
            step()
        runs.append((time.process_time() - start) / (MANY // 10))
    return what, f"{statistics.median(runs) * 1000:.4f} ms", "1 ms"


async def _stored() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'store.sqlite3'}"
        upgrade(url)
        store = await open_store(url, KeyRing.of(os.urandom(32)), VirtualClock(datetime(2027, 1, 18, tzinfo=UTC)))
        start = time.perf_counter()
        for n in range(STORED):
            async with store.begin("org") as uow:
                await uow.put_text(f"cas_{n}", "case", {"background": AnonText.from_store(TEXT.decode())})
                await uow.commit()
        middle = time.perf_counter()
        for n in range(STORED):
            async with store.begin("org", write=False) as uow:
                await uow.texts(f"cas_{n}", "case")
        end = time.perf_counter()
        await store.close()
        return (middle - start) / STORED * 1000, (end - middle) / STORED * 1000
