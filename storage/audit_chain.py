"""The audit trail as a chain: every line holds a keyed hash over itself and the line before it.

An edited, deleted or reordered line breaks the chain at that place. A cut end breaks nothing inside, so anchors
(number and hash of the last line) are kept outside. Lines older than the policy's months are cut off the
beginning; the line about the cut names the last one that went. Lines hold ids and counts, never text.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
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


def verify(key: bytes, entries: Sequence[AuditEntry], anchors: Sequence[Anchor] = ()) -> list[AuditFault]:
    """Every break of one organisation's trail, given in the order of its numbers."""
    faults = _beginning(entries)
    before: AuditEntry | None = None
    for entry in entries:
        if before is not None and entry.number != before.number + 1:
            faults.append(AuditFault(entry.number, f"line {before.number + 1} is missing"))
        elif before is not None and not hmac.compare_digest(entry.previous, before.mac):
            faults.append(AuditFault(entry.number, "the line before it was changed or exchanged"))
        if not hmac.compare_digest(entry.mac, _mac_of(key, entry)):
            faults.append(AuditFault(entry.number, "this line was changed"))
        before = entry
    return faults + _end(entries, anchors)


def _beginning(entries: Sequence[AuditEntry]) -> list[AuditFault]:
    """A trail begins with line 1, or where the latest cut says."""
    if not entries or (entries[0].number == 1 and not entries[0].previous):
        return []
    first = entries[0]
    cuts = [e.detail for e in entries if e.what == Audited.TRAIL_CUT]
    if cuts and (cuts[-1].get("number"), cuts[-1].get("mac")) == (str(first.number - 1), first.previous):
        return []
    return [AuditFault(first.number, "the lines before it are missing")]


def _end(entries: Sequence[AuditEntry], anchors: Sequence[Anchor]) -> list[AuditFault]:
    """Every anchor names a line that is there unchanged, or one that was cut off the beginning."""
    macs = {e.number: e.mac for e in entries}
    first, last = (entries[0].number, entries[-1].number) if entries else (1, 0)
    faults = []
    for anchor in anchors:
        if anchor.number > last:
            faults.append(AuditFault(anchor.number, f"the trail ends with line {last}, an anchor knows this one"))
        elif anchor.number >= first and not hmac.compare_digest(macs.get(anchor.number, ""), anchor.mac):
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
