"""Nothing costs more than in step with the service, and what is about one person or group costs the same in any.

Counted, not timed: statements, and rows that the database looks at, in a service of a size and in one four times as
large, with history. What reads the whole service on purpose stands in `OF_ALL` with its reason.
"""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.cost import Cost
from tests.migrated import migrated
from tests.scale.walk import service

GROUPS = (25, 100)
TIMES = GROUPS[1] / GROUPS[0]
STEEPEST = 1.1
"""Exponent of what may grow: in step with the service, and sorted."""
A_PERSON = 0.55
"""Rows more for each person more that are no growth: deeper indexes, and how many supervisors there are."""
PLANS_FOR_ALL = "who belongs to no group plans for all: the first fifty groups, their cases, looks and series"
MANAGES = "what is left to set up is looked for among all clinics and people"
MORE_ASKED = 1.25
"""Times more statements that are no growth: plans are made by lot, and one more reviewer is a few statements more."""
OF_ALL = {
    "audit.open by p": "the page says whether the whole trail is unbroken",
    "check.open by m": "what is not ready is looked for in every clinic and group",
    "overview.find": "a part of a name is looked for among all groups, and every group is counted for the order",
    "operations.": "whom nothing reaches is looked for among everybody's addresses",
    "places.list by m": "every clinic and group with how many people are there",
    "report": "the quarter's report counts everybody (kept rows: tests/app/test_slow_report.py)",
    "setup.ask_round by m": "tells the supervisors, as long as no round has gone out",
    "staff.": "every clinic and group to choose from; people are looked for by parts of their names",
    "home by m": MANAGES,
    "home.open by m": MANAGES,
    "the start page of m": MANAGES,
    "welcome.open by m": MANAGES,
    "supervision.overview by v": PLANS_FOR_ALL,
    "caseload by v": PLANS_FOR_ALL,
    "home by v": PLANS_FOR_ALL,
    "home.open by v": PLANS_FOR_ALL,
    "pairs.": PLANS_FOR_ALL,
    "the start page of v": PLANS_FOR_ALL,
    "welcome.open by v": PLANS_FOR_ALL,
}
"""By the beginning of its name what reads everybody or everything, and why."""
LITTLE = (
    "clinic",
    "closure",
    "compatible",
    "data_request",
    "hold",
    "last_done",
    "never_assign",
    "organisation",
    "replica",
    "swap",
)
"""Tables of which an organisation has few rows."""
FEW = (
    "ix_person_supervisor",
    "ix_person_admin",
    "ix_person_dpo",
    "ix_hold_open",
    "ix_round_open",
    "ix_outbox_entry_open",
    "ix_case_waiting",
    "json_each",
    "CONSTANT",
)
"""Indexes of few rows: of what goes on, and of who has a role."""
NOT_ALL = ("audit_entry", "group", "membership", "round", "series_entry")
"""Read in the order of an index with a limit."""


def grew(small: Cost, large: Cost) -> float:
    """The exponent of the steeper of both counts."""
    counts = ((small.statements, large.statements), (small.rows, large.rows))
    return max(math.log(max(four, 1) / max(one, 1)) / math.log(TIMES) for one, four in counts)


@pytest.mark.slow
async def test_what_is_asked_grows_no_faster_than_the_service(tmp_path: Path) -> None:
    costs: list[dict[str, Cost]] = []
    asked: dict[str, str] = {}
    for groups in GROUPS:
        async with service(migrated(tmp_path / f"{groups}.sqlite3"), groups) as at:
            costs.append(await at.costs())
            asked |= at.asked
    small, large = costs
    more = 8 * (GROUPS[1] - GROUPS[0]) * A_PERSON
    steep = {name: round(grew(small[name], large[name]), 2) for name in small}
    too_steep = [f"{name}: {said}" for name, said in steep.items() if said > STEEPEST and large[name].rows > more]
    assert too_steep == [], "\n".join(too_steep)
    grown = {
        name: f"{one.statements} to {large[name].statements} statements, {one.rows} to {large[name].rows} rows"
        for name, one in small.items()
        if large[name].rows - one.rows > more or large[name].statements > one.statements * MORE_ASKED + 5
    }
    for_no_reason = [f"{name}: {said}" for name, said in grown.items() if not name.startswith(tuple(OF_ALL))]
    assert for_no_reason == [], "\n".join(for_no_reason)
    assert [start for start in OF_ALL if not any(name.startswith(start) for name in grown)] == [], "no longer grows"
    by_no_index = [f"{step}: {said}" for step, said in unindexed(tmp_path / f"{GROUPS[1]}.sqlite3", asked).items()]
    assert by_no_index == [], "\n".join(by_no_index)


def unindexed(database: Path, asked: dict[str, str]) -> dict[str, str]:
    """Statements for which SQLite reads all rows of an organisation or a table, each with the page that asks it."""
    found: dict[str, str] = {}
    with closing(sqlite3.connect(database)) as connection:
        for statement, name in asked.items():
            if name.startswith(tuple(OF_ALL)) or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
                continue
            values = [None] * statement.count("?")
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values):
                if whole(str(step), statement):
                    found[f"{name}: {step}"] = statement.replace("\n", " ")
    return found


def whole(step: str, statement: str) -> bool:
    """Whether SQLite reads all rows of an organisation or of a table here."""
    if not (step.startswith("SCAN") or step.endswith("(organisation=?)")) or any(few in step for few in FEW):
        return False
    if statement.startswith("SELECT count(*)") and "COVERING INDEX" in step:
        return False  # how many there are is counted in an index
    table = step.split()[1]
    return table not in LITTLE and not (table in NOT_ALL and " LIMIT " in statement)
