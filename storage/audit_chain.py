"""The audit trail as a chain: every line holds a keyed hash over itself and the line before it.

An edited, deleted or reordered line breaks the chain at that place. A cut end breaks nothing inside, so anchors
(number and hash of the last line) are kept outside. Lines older than the policy's months are cut off the
beginning; the line about the cut names the last one that went. Lines hold ids and counts, never text.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.ports.records import Anchor, Audited, AuditEntry, AuditFault


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


def anchor_of(entry: AuditEntry, now: datetime) -> Anchor:
    """What to keep outside of a trail that ends with this line."""
    return Anchor(entry.organisation, entry.number, entry.mac, now)


def cut_detail(last_gone: AuditEntry) -> dict[str, str]:
    """What the line about a cut says of the last line that went."""
    return {"number": str(last_gone.number), "mac": last_gone.mac}


@dataclass
class Verification:
    """The breaks of one organisation's trail, whose lines are given in the order of their numbers, a few at a time."""

    key: bytes
    anchors: Sequence[Anchor] = ()
    faults: list[AuditFault] = field(default_factory=list)
    _first: AuditEntry | None = None
    _before: AuditEntry | None = None
    _cut: Mapping[str, str] = field(default_factory=dict)
    """What the latest cut says."""
    _macs: dict[int, str] = field(default_factory=dict)
    """Of the lines that anchors know."""

    def look_at(self, entries: Iterable[AuditEntry]) -> None:
        """The next lines."""
        known = {anchor.number for anchor in self.anchors}
        for entry in entries:
            self._look_at(entry)
            if entry.number in known:
                self._macs[entry.number] = entry.mac
            if entry.what == Audited.TRAIL_CUT:
                self._cut = entry.detail
            self._first, self._before = self._first or entry, entry

    def _look_at(self, entry: AuditEntry) -> None:
        before = self._before
        if before is not None and entry.number != before.number + 1:
            self.faults.append(AuditFault(entry.number, f"line {before.number + 1} is missing"))
        elif before is not None and not hmac.compare_digest(entry.previous, before.mac):
            self.faults.append(AuditFault(entry.number, "the line before it was changed or exchanged"))
        if not hmac.compare_digest(entry.mac, _mac_of(self.key, entry)):
            self.faults.append(AuditFault(entry.number, "this line was changed"))

    def ended(self) -> list[AuditFault]:
        """Every break, once all lines were looked at."""
        return [*self._beginning(), *self.faults, *self._end()]

    def _beginning(self) -> list[AuditFault]:
        """A trail begins with line 1, or where the latest cut says."""
        first = self._first
        if first is None or (first.number == 1 and not first.previous):
            return []
        if (self._cut.get("number"), self._cut.get("mac")) == (str(first.number - 1), first.previous):
            return []
        return [AuditFault(first.number, "the lines before it are missing")]

    def _end(self) -> list[AuditFault]:
        """Every anchor names a line that is there unchanged, or one that was cut off the beginning."""
        first, last = (self._first.number, self._before.number) if self._first and self._before else (1, 0)
        faults = []
        for anchor in self.anchors:
            if anchor.number > last:
                faults.append(AuditFault(anchor.number, f"the trail ends with line {last}, an anchor knows this one"))
            elif anchor.number >= first and not hmac.compare_digest(self._macs.get(anchor.number, ""), anchor.mac):
                faults.append(AuditFault(anchor.number, "this line is not the one that an anchor knows"))
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
