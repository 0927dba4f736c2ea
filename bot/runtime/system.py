"""The real clock, ids and chance; the only file that touches them."""

from __future__ import annotations

import os
import platform
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import tzdata

T = TypeVar("T")

_PREFIXES = {"case": "cas", "round": "rnd", "assignment": "asg", "outbox": "out", "person": "per", "question": "qst"}


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)  # noqa: TID251  # the one place


class SystemIds:
    """Random ids of 96 bits and secrets of 256 bits."""

    def new(self, kind: str) -> str:
        """An id like "cas_5f0c…"."""
        return f"{_PREFIXES.get(kind, kind[:3])}_{secrets.token_hex(12)}"

    def secret(self) -> str:
        """A URL-safe token."""
        return secrets.token_urlsafe(32)


class SystemRng:
    """The operating system's chance."""

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return secrets.choice(options)

    def number(self, below: int) -> int:
        """From 0 to below - 1."""
        return secrets.randbelow(below)


def release() -> str:
    """This program's version and that of its time-zone data, which decide together which moment a local time is."""
    return f"{version('intervision-bot')} (time zones {tzdata.IANA_VERSION})"


def uptime() -> float:
    """Seconds that go on while the process is stopped or the machine sleeps, and that nobody can set back."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def this_process() -> str:
    """Which process this is, among all that ever ran on this machine since it started; empty where nobody says."""
    return _process("self")


def has_ended(process: str) -> bool:
    """Whether a process is known to be over: one of this machine's since it started, seen from the same namespace."""
    boot, namespace, pid = process.split("/")[:3] if process.count("/") == 3 else ("", "", "")
    ours = this_process().split("/")
    if not boot or ours[:2] != [boot, namespace]:
        return False
    return _process(pid) != process


def _process(pid: str) -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = Path("/proc/self/ns/pid").stat().st_ino
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    number, fields = stat.partition(" ")[0], stat.rpartition(")")[2].split()
    # A process that ended and was not waited for yet sends nothing any more.
    return "" if fields[0] in {"Z", "X"} else f"{boot}/{namespace}/{number}/{fields[19]}"


def replica_name() -> str:
    """Tells the programs of one database apart and an administrator where to look: "<machine>:<process>:<chance>"."""
    return f"{platform.node() or 'replica'}:{os.getpid()}:{secrets.token_hex(3)}"
