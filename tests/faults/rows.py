"""The benchmark page's section on faults with the real adapters: what was played, row by row, kept between runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.receivers import Counted

RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "real_adapters.json"
_FOUND = ("lost", "doubled without a word", "came again and said so")


@dataclass(frozen=True)
class Table:
    """One table; its first `named` columns tell a row from the others."""

    caption: str
    columns: tuple[str, ...]
    named: int


KILLS = Table("Kills", ("receiver", "programs", "SIGKILLs", "owed", "unknown at some time", *_FOUND), 2)
OUTAGES = Table("Outages", ("receiver", "how", "seconds", "owed", "unknown at some time", *_FOUND), 3)
CLOCKS = Table("A second program whose machine's clock is wrong", ("receiver", "wrong by", "owed", *_FOUND), 2)
RESTORE = Table(
    "A restore: everything was sent after the backup, and then the database was lost",
    ("receiver", "decision", "sent after the backup", "held", *_FOUND),
    2,
)
JUMPS = Table(
    "The machine's clock is set while `serve` runs (SQLite, no receiver)",
    ("set by", "until the next look at what is due (asked: 5 s)", "memory before", "memory 10 s later"),
    1,
)
_TABLES = (KILLS, OUTAGES, CLOCKS, RESTORE, JUMPS)

_NOTES = """
gateway: 504; bad gateway: 502; reset: closed without a word; silent: never answered; refused: nothing listens; all of
these do nothing. lost: done, and closed before the answer.

Rows were measured at different loads of the machine. Those of 60 s, of SQLite, of wrong clocks and of restores ran
one after the other at a load of 5 to 15 on two processors, at the lowest priority. The outages of 20 minutes ran at a
load of 25 to 30, where the stand-in itself took many seconds: that a post arrived there after it had been looked for
is the likely, not the proven cause of the four doubles with Slack that may be asked. The 500 kills with Teams ran
before each part of an unanswered message was marked: the 69 without a word led to that fault.

**Smaller than asked**: since that mend 500 kills were played with Slack that may be asked only; the other numbers
stand in the rows. Outages of an hour are played on a clock that tests move (tests/app/test_outage_of_a_platform.py),
on real connections those of the seconds above. 502, 503, 500, 429, a page of words, half an answer, an unknown name,
a certificate nobody trusts and packets that vanish are tried call by call (tests/contract/test_outages.py) and under
delivery by one program (tests/faults/test_every_outage.py), without kills. Each row is one run.

At most 10 posts without an answer were asked for a platform that cannot be asked: that holds for each program; with
three of them up to 30 may be in flight, as where nothing is answered at all (silent).

Owed are news and invitations to rounds that open by themselves. Written by make soak.

Unknown at some time: posted, and killed or cut off before its answer was kept. Where the platform can be asked it is
looked for; elsewhere it comes again and says that it may have come before. Each notice of a message of several
counts.

Asked were at most one unknown a kill, and at most one double in 100 kills. With a word more than one in 100 kills
does where a platform cannot be asked: what a kill leaves between its post and the answer had nearly always arrived.

**Not promised**: that nothing is said twice where the platform cannot be asked (Slack as installed by default,
Microsoft Teams, mail). What was posted and not answered is said again, with that line at its top.

**Not promised**: that this comes at once. News wait for the person's next message, or four working hours; invitations
and alerts go again within minutes.

**Not promised**: that nothing comes twice after `intervision outbox release`: it sends what the backup holds as
unsent, without a word that it may have come before, since whoever releases says that it did not. Alerts go out after
a restore without being released, also those that went out before it.

**Not promised**: that a program whose machine's clock is more than ten seconds wrong sends anything but alerts; nor,
with asynchronous replication, that a failover keeps the last moments ([operation](operate.md)).

**Not promised**: anything about outages of days. An outage counts as no attempt, so a message waits through it; that
was tried for the times above, and on a clock that tests move for an hour.
"""


def keep(table: Table, found: Counted, *cells: str | int) -> None:
    """Write down one row about messages, in the place of an older one of its name."""
    keep_cells(table, *cells, found.lost, found.doubled, found.again)


def keep_cells(table: Table, *cells: str | int) -> None:
    """Write down one row."""
    from benchmarks.__main__ import machine

    line = [c if isinstance(c, str) else f"{c:,}" for c in cells]
    assert len(line) == len(table.columns)
    kept = _kept()
    rows = [row for row in kept.get(table.caption, []) if row[: table.named] != line[: table.named]]
    kept[table.caption] = sorted([*rows, line])
    section = {
        "machine": machine(),
        "title": "Delivery under faults, with the real adapters",
        "intro": "Programs as processes of their own send news and invitations to rounds by the product's own Slack "
        "and Teams adapters to stand-ins that answer after 0.03 s. What arrived is counted by marks in the texts, five "
        "hours of working time after the fault.",
        "tables": [
            {"columns": each.columns, "rows": kept[each.caption], "caption": each.caption}
            for each in _TABLES
            if kept.get(each.caption)
        ],
        "notes": [" ".join(note.split()) for note in _NOTES.split("\n\n")],
    }
    RESULT.write_text(json.dumps(section, indent=1) + "\n", encoding="utf-8")


def _kept() -> dict[str, Sequence[Any]]:
    if not RESULT.exists():
        return {}
    return {t["caption"]: t["rows"] for t in json.loads(RESULT.read_text(encoding="utf-8"))["tables"]}
