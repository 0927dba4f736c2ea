"""Single sign-on: how much of a sign-in is our own time, beside waiting for the provider."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp

from adapters.web.openid import Provider
from benchmarks.model import Section, Table
from tests.e2e.mail.clinic import Clinic, running
from tests.standins.openid import CLIENT, SECRET, provider

SIGN_INS = 200
SETTING = (
    f"{SIGN_INS} sign-ins one after another on the whole program (pages, SQLite file, encrypted drawers), over "
    "loopback, with a provider that signs tokens with RSA of 2,048 bits, each in a browser of its own. Own time is "
    "from the button to the first page's address, less every wait for an answer of the provider; processor time is "
    "that of the program, the provider and the browser together, which other work on the machine does not lengthen."
)


def run() -> Section:
    """Sign in many times."""
    return asyncio.run(_measured())


async def _measured() -> Section:
    waited: list[float] = []
    read = Provider._read

    async def timed(self: Provider, *args: Any, **more: Any) -> Mapping[str, Any]:
        began = time.perf_counter()
        try:
            return await read(self, *args, **more)
        finally:
            waited.append(time.perf_counter() - began)

    with tempfile.TemporaryDirectory() as folder, patch.object(Provider, "_read", timed):  # what is not ours
        from bot.demo.clinic import START

        async with provider(START) as standin:
            standin.claims = {"email": "a@demo.example", "email_verified": True}
            known = {"label": "Clinic", "issuer": standin.url, "client_id": CLIENT, "client_secret": SECRET}
            async with running(Path(folder), web={"providers": {"clinic": known}}) as clinic:
                times = [await _one(clinic, waited) for _ in range(SIGN_INS + 1)][1:]
    own, whole, spent = ([each[at] for each in times] for at in range(3))
    rows = tuple(
        (name, _ms(statistics.median(each)), _ms(sorted(each)[int(len(each) * 0.95)]), _ms(max(each)))
        for name, each in (
            ("our own", own),
            ("with the provider's answers", whole),
            ("processor time of all three", spent),
        )
    )
    return Section(
        title="Single sign-on",
        intro=f"{SETTING} Load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.",
        tables=(Table(("time", "median", "95 of 100", "longest"), rows, "A sign-in: must be < 50 ms of our own"),),
    )


async def _one(clinic: Clinic, waited: list[float]) -> tuple[float, float, float]:
    """One sign-in: seconds of our own, in all, and of the processor."""
    waited.clear()
    whole = 0.0
    here, jar = f"http://127.0.0.1:{clinic.app.host.port}", aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(here, cookie_jar=jar) as http:
        began, spent = time.perf_counter(), time.process_time()
        async with http.get("/sign-in/with/clinic", allow_redirects=False) as begun:
            there = begun.headers["Location"]
        whole += time.perf_counter() - began
        async with http.get(there, allow_redirects=False) as answered:
            back = answered.headers["Location"].removeprefix(clinic.url)
        began = time.perf_counter()
        async with http.get(back, allow_redirects=False) as home:
            assert home.status == 303, await home.text()
            assert "intervision" in home.cookies
        whole += time.perf_counter() - began
    return whole - sum(waited), whole, time.process_time() - spent


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"
