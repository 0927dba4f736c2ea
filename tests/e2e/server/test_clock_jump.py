"""The real program while somebody sets its machine's clock a year ahead: it looks at what is due within seconds.

libfaketime moves the clock of the one process.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.server.process import Server
from tests.faults import rows
from tests.migrated import migrated

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
LONG = "INTERVISION_SOAK" in os.environ
pytestmark = [pytest.mark.slow, pytest.mark.skipif(LIBRARY is None, reason="no libfaketime")]


async def tick_age(server: Server) -> float:
    """Seconds since the last look at what is due, by the program's own clock."""
    async with aiohttp.ClientSession() as http, http.get(f"{server.address}/metrics") as answer:
        found = re.search(r"^intervision_tick_age_seconds (\S+)", await answer.text(), re.M)
    assert found
    return float(found[1])


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    kilobytes = re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)
    assert kilobytes
    return int(kilobytes[1]) / 1024


@pytest.mark.parametrize("jump", ["+365d", "-1h"] if LONG else ["+365d"])
async def test_the_next_look_comes_within_seconds_and_memory_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: str
) -> None:
    moved = tmp_path / "clock"
    moved.write_text("+0d")
    for name, value in {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(moved),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }.items():
        monkeypatch.setenv(name, value)
    server = Server(tmp_path)
    migrated(tmp_path / "clinic.sqlite3")
    await server.start()
    try:
        await server.ready()
        await asyncio.sleep(3)
        before = megabytes(server.pid)
        moved.write_text(jump)
        began = time.monotonic()
        await asyncio.sleep(0.2)
        while not -1 < await tick_age(server) < 60:
            assert time.monotonic() - began < 30
            await asyncio.sleep(0.1)
        seconds = time.monotonic() - began
        await asyncio.sleep(10)
        after = megabytes(server.pid)
        assert -1 < await tick_age(server) < 60
    finally:
        await server.stop()
    if LONG:
        rows.keep_cells(rows.JUMPS, jump, f"{seconds:.1f} s", f"{before:.0f} MB", f"{after:.0f} MB")
    assert seconds < 5
    assert after - before < 30
