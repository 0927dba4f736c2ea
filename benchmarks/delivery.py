"""Delivery and scale: messages a second, a peak, lateness, takeover, the tick on a large database, start and stop.

Programs of their own with the real store, metronome and senders on real databases; only the receiver is the
benchmark's. The parts stand in `benchmarks/outbox/`.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from statistics import median, quantiles

from benchmarks.model import Section, Table
from benchmarks.outbox.large import GROUPS, HISTORY, PEOPLE, large
from benchmarks.outbox.life import HELD, QUEUE, start_and_stop, takeover
from benchmarks.outbox.places import Taken, databases
from benchmarks.outbox.senders import drain
from benchmarks.outbox.teams import MEMBERS, TEAMS, lateness

MESSAGES, PEAK, PACE = 8_000, 50_000, 500


def run() -> Section:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as given:
        rates = []
        for kind, programs, senders, limit in (
            ("SQLite", 1, 1, "400"), ("PostgreSQL", 1, 1, "–"), ("PostgreSQL", 2, 4, "1,000")
        ):  # fmt: skip
            with given(kind) as url:
                taken, _ = drain(url, MESSAGES, programs=programs, senders=senders)
            what = "one program" if programs == 1 else f"{programs * senders} senders in {programs} programs"
            rates.append(_rate(f"{kind}, {what}", MESSAGES, taken, limit))
        with given("PostgreSQL") as url:
            peak, [share] = drain(url, PEAK, a_second=PACE, reminders=True)
        late = []
        for kind, programs in (("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 2)):
            with given(kind) as url:
                late.append(_late(kind, programs, *lateness(url, programs)))
        sizes, plans = [], []
        for kind in ("SQLite", "PostgreSQL"):
            with given(kind) as url:
                ticks, claims, [look, claim] = asyncio.run(large(url))
            sizes.append(_look(kind, ticks, claims))
            plans += [f"{kind}'s plan of the look: {look}.", f"{kind}'s plan of the claim: {claim}."]
        life = []
        with given("PostgreSQL") as url:
            seconds = takeover(url)
            life.append(
                (f"work of a killed sender with {HELD} sends under way done by another", f"{seconds:.0f} s", "60 s")
            )
        for kind in ("SQLite", "PostgreSQL"):
            with given(kind) as url:
                ready, stopped = start_and_stop(url, Path(folder))
            life.append((f"start of serve to ready, {QUEUE:,} messages waiting, {kind}", f"{ready:.1f} s", "3 s"))
            life.append((f"SIGTERM to exit, {kind}", f"{stopped:.1f} s", "10 s"))
    return Section(
        title="Delivery and scale",
        intro="The outbox as it serves, with its log: a message is claimed, decided from the facts, drawn, noted as "
        "begun, given to a receiver and settled. PostgreSQL waits for its disk (fsync), SQLite too (synchronous=FULL).",
        tables=(
            Table(
                ("an instant receiver", "messages", "elapsed, s", "a second", "CPU of the programs, s", "asked"),
                tuple(rates),
                "Messages a second",
            ),
            Table(
                ("measured", "value", "asked"),
                (
                    ("the platform takes, messages a second", f"{PACE}", "–"),
                    ("drained, messages a second", f"{PEAK / peak.wall:,.0f}", "the platform's rate"),
                    ("memory after a tenth", f"{share.early:.0f} MB", "–"),
                    ("memory at the end", f"{share.late:.0f} MB", "no growth"),
                    ("CPU of the program", f"{peak.cpu:.0f} s of {peak.wall:.0f} s", "–"),
                ),
                f"The peak of 09:00: {PEAK:,} reminders in one zone, PostgreSQL",
            ),
            Table(
                ("database", "a round opened, median", "99th percentile", "its invitations, 99th percentile", "asked"),
                tuple(late),
                f"Lateness of {TEAMS:,} teams of {MEMBERS} whose rounds open at the same moment",
            ),
            Table(
                ("database", "a look at what is due, median", "99th percentile", "a claim, median", "asked"),
                tuple(sizes),
                f"Nothing due, {PEOPLE:,} people, {GROUPS:,} groups with a timer each, {HISTORY:,} sent messages",
            ),
            Table(("start and end", "measured", "asked"), tuple(life), "Start and end of a program"),
        ),
        notes=(
            "Each number is one run. On a machine that does other work too the CPU seconds are what to compare.",
            "The start is the second after an installation: the first compiles the program's files.",
            *plans,
        ),
    )


def _rate(what: str, count: int, taken: Taken, asked: str) -> tuple[str, ...]:
    return what, f"{count:,}", f"{taken.wall:.1f}", f"{count / taken.wall:,.0f}", f"{taken.cpu:.1f}", asked


def _late(kind: str, programs: int, opened: list[float], arrived: list[float]) -> tuple[str, ...]:
    what = f"{kind}, one program" if programs == 1 else f"{kind}, {programs} programs"
    seconds = (median(opened), quantiles(opened, n=100)[98], quantiles(arrived, n=100)[98])
    return what, *(f"{value:.1f} s" for value in seconds), "10 s"


def _look(what: str, ticks: list[float], claims: list[float]) -> tuple[str, ...]:
    ms = [f"{1000 * value:.1f} ms" for value in (median(ticks), quantiles(ticks, n=100)[98], median(claims))]
    return (what, *ms, "5 ms")
