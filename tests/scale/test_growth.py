"""Nothing costs more than in step with the service, and what is about one person or group costs the same in any.

Counted, not timed: statements, and rows that the database looks at, in a service of a size and in one four times as
large, with history. What reads the whole service on purpose stands in `OF_ALL` with its reason.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from storage.cost import Cost
from tests.migrated import migrated
from tests.scale.walk import service

GROUPS = (25, 100)
TIMES = GROUPS[1] / GROUPS[0]
STEEPEST = 1.1
"""Exponent of what may grow: in step with the service, and sorted."""
A_PERSON = 0.5
"""Rows more for each person more that are no growth: deeper indexes, and how many supervisors there are."""
PLANS_FOR_ALL = "who belongs to no group plans for all: the first fifty groups, their cases, looks and series"
MANAGES = "what is left to set up is looked for among all clinics and people"
STANDING = "every open concern of the organisation stands before everything else"
MORE_ASKED = 1.25
"""Times more statements that are no growth: plans are made by lot, and one more reviewer is a few statements more."""
OF_ALL = {
    "audit.open by p": "the page says whether the whole trail is unbroken",
    "check.open by m": "what is not ready is looked for in every clinic and group",
    "operations.": "whom nothing reaches is looked for among everybody's addresses",
    "places.list by m": "every clinic and group with how many people are there",
    "report": "the quarter's report counts everybody (kept rows: tests/app/test_slow_report.py)",
    "setup.ask_round by m": "tells the supervisors, as long as no round has gone out",
    "staff.": "every clinic and group to choose from; people are looked for by parts of their names",
    "home by m": MANAGES,
    "home.open by m": MANAGES,
    "matter.show by m": MANAGES,
    "the start page of m": MANAGES,
    "welcome.open by m": MANAGES,
    "home by s": STANDING,
    "home.open by s": STANDING,
    "matter.show by s": STANDING,
    "the start page of s": STANDING,
    "welcome.open by s": STANDING,
    "supervision.overview by v": PLANS_FOR_ALL,
    "caseload by v": PLANS_FOR_ALL,
    "home by v": PLANS_FOR_ALL,
    "home.open by v": PLANS_FOR_ALL,
    "matter.show by v": PLANS_FOR_ALL,
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


@pytest.mark.slow
@pytest.mark.postgres
async def test_every_question_has_an_index_on_postgresql(postgres_migrated: str) -> None:
    """As SQLite's plans are looked at above; here with whole tables read only where nothing else is possible."""
    async with service(postgres_migrated, GROUPS[0]) as at:
        asked = await at.questions()
    bad = "SELECT person.id FROM person WHERE person.organisation = %(o)s::VARCHAR AND person.fte = %(f)s::FLOAT"
    assert [*unindexed_on_postgresql(postgres_migrated, {bad: "a page"})], "such a question is found"
    found = unindexed_on_postgresql(postgres_migrated, asked)
    assert found == {}, "\n".join(f"{step}: {statement}" for step, statement in found.items())


def unindexed_on_postgresql(url: str, asked: Mapping[str, str]) -> dict[str, str]:
    """The same for PostgreSQL, whatever the values are."""
    found: dict[str, str] = {}
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("enable_seqscan = off", "plan_cache_mode = force_generic_plan"):
            connection.execute(f"SET {setting}")
        for number, (statement, name) in enumerate(asked.items()):
            if name.startswith(tuple(OF_ALL)) or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
                continue
            plan = planned(connection, f"question_{number}", statement)
            found |= {f"{name}: {step}": statement.replace("\n", " ") for step in whole_on_postgresql(plan, statement)}
    return found


def planned(connection: psycopg.Connection, name: str, statement: str) -> list[str]:
    """The lines of a statement's plan."""
    places = {place: f"${n + 1}" for n, place in enumerate(dict.fromkeys(PLACE.findall(statement)))}
    numbered = PLACE.sub(lambda match: places[match[1]], statement).replace("%%", "%")
    connection.execute(f"PREPARE {name} AS {numbered}".encode())
    values = f"({', '.join(['NULL'] * len(places))})" if places else ""
    return [str(step) for (step,) in connection.execute(f"EXPLAIN (COSTS OFF) EXECUTE {name}{values}".encode())]


PLACE = re.compile(r"%\((\w+)\)s")
READS = re.compile(r"(?:Seq|Bitmap Index|Index(?: Only)?) Scan(?: Backward)?(?: using \S+)? on \S+")


def whole_on_postgresql(plan: Sequence[str], statement: str) -> Iterator[str]:
    """The steps of a plan in which PostgreSQL reads all rows of an organisation or of a table."""
    table = ""
    for number, step in enumerate(plan):
        if heap := re.search(r"(?:Seq|Heap|Index|Index Only) Scan.* on (\S+)", step):
            table = heap[1].strip('"') if "Bitmap Index" not in step else table
        if not READS.search(step):
            continue
        condition = plan[number + 1].strip() if number + 1 < len(plan) else ""
        bounded = condition.startswith("Index Cond") and (" AND " in condition or "organisation" not in condition)
        few = any(each in step for each in FEW) or table in LITTLE
        counted = statement.startswith("SELECT count(*)") and "Index Only" in step
        if not (bounded or few or counted or (table in NOT_ALL and " LIMIT " in statement)):
            yield f"{step.strip()} {condition}"


@pytest.mark.parametrize(
    ("plan", "whole"),
    [
        (["Seq Scan on person", "  Filter: ((fte)::text = $2)"], True),
        (
            ["Index Scan using ix_person_organisation_clinic on person", "  Index Cond: ((organisation)::text = $1)"],
            True,
        ),
        (["Bitmap Heap Scan on person", "  ->  Bitmap Index Scan on ix_x", "  Index Cond: (organisation = $1)"], True),
        (["Index Only Scan using pk_person on person", "  Filter: (fte = $2)"], True),
        (["Index Scan using ix_x on person", "  Index Cond: ((organisation = $1) AND (clinic = $2))"], False),
        (["Index Scan using ix_person_admin on person", "  Index Cond: (organisation = $1)"], False),
        (["Seq Scan on swap", "  Filter: (organisation = $1)"], False),
    ],
)
def test_a_plan_that_reads_a_whole_table_is_told_from_one_that_does_not(plan: list[str], *, whole: bool) -> None:
    assert bool([*whole_on_postgresql(plan, "SELECT person.id FROM person")]) is whole
