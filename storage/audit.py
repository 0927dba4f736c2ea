"""The audit trail as a chain: every line holds a keyed hash over itself and the line before it.

An edited, deleted or reordered line breaks the chain at that place. Lines hold ids and counts, never text.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.ports.records import AuditEntry


@dataclass(frozen=True)
class Fault:
    """Where the chain is broken and how, in one sentence."""

    number: int
    what: str


def chained(
    key: bytes,
    previous: AuditEntry | None,
    organisation: str,
    now: datetime,
    actor: str,
    what: str,
    subject: str,
    detail: Mapping[str, str],
) -> AuditEntry:
    """The next line after `previous`."""
    number = previous.number + 1 if previous else 1
    before = previous.mac if previous else ""
    mac = _mac(key, organisation, number, now, actor, what, subject, detail, before)
    id = f"aud_{organisation}_{number}"
    return AuditEntry(id, organisation, number, now, actor, what, subject, dict(detail), before, mac)


def verify(key: bytes, entries: Iterable[AuditEntry]) -> list[Fault]:
    """Every break of a chain given in the order of its numbers; a trail cut at its end needs an outside anchor."""
    faults = []
    expected, before = None, None
    for entry in entries:
        if expected is not None and entry.number != expected:
            faults.append(Fault(entry.number, f"line {expected} is missing"))
        elif before is not None and entry.previous != before:
            faults.append(Fault(entry.number, "the line before it was changed"))
        if entry.mac != _mac_of(key, entry):
            faults.append(Fault(entry.number, "this line was changed"))
        expected, before = entry.number + 1, entry.mac
    return faults


def _mac_of(key: bytes, e: AuditEntry) -> str:
    return _mac(key, e.organisation, e.number, e.at, e.actor, e.what, e.subject, e.detail, e.previous)


def _mac(
    key: bytes,
    organisation: str,
    number: int,
    at: datetime,
    actor: str,
    what: str,
    subject: str,
    detail: Mapping[str, str],
    previous: str,
) -> str:
    line = [organisation, number, at.astimezone(UTC).isoformat(), actor, what, subject, dict(detail), previous]
    canonical = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()
