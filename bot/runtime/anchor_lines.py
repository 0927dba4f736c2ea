"""How the end of an audit trail is written outside the database, and read again: JSON, or a line of our log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.ports.records import Anchor

_LOGGED = {
    name: re.compile(rf"""(?:^|[\s{{,])"?{name}"?(?:=|:\s*)['"]?([\w.-]+)""")
    for name in ("organisation", "count", "subject")
}
"""The values of a logged line, in either form of our log: JSON, or `name=value`."""


def line_of(anchor: Anchor) -> str:
    """One line, with its end."""
    kept = {"at": anchor.at.isoformat(), "organisation": anchor.organisation, "number": anchor.number}
    return json.dumps(kept | {"mac": anchor.mac}) + "\n"


def anchors_in(lines: Iterable[str], organisation: str) -> list[Anchor]:
    """What such lines say of one organisation. Raises ValueError, KeyError or TypeError for another line."""
    held = [json.loads(line) for line in lines if line.strip()]
    return [
        Anchor(h["organisation"], int(h["number"]), str(h["mac"]), datetime.fromisoformat(h["at"]))
        for h in held
        if h["organisation"] == organisation
    ]


def logged_anchors(lines: Iterable[str], organisation: str) -> Iterator[Anchor]:
    """What the program's own log noted of one organisation, whatever stands before each line (journalctl does)."""
    for line in lines:
        if "audit.anchor" not in line:
            continue
        found = {name: pattern.search(line) for name, pattern in _LOGGED.items()}
        values = {name: match[1] for name, match in found.items() if match}
        if values.keys() == _LOGGED.keys() and values["organisation"] == organisation and values["count"].isdigit():
            yield Anchor(organisation, int(values["count"]), values["subject"], datetime.min.replace(tzinfo=UTC))
