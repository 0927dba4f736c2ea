"""What SQLite is told of the sizes of tables, so that it takes the index that finds few rows, from the first day on.

Without numbers SQLite takes an index of the organisation alone, in the order asked for, to be as good as the one that
leads to three rows, and a page of one person reads every row of the service. Numbers it counts itself (`ANALYZE`) are
those of the day on which it counted. These are the same for every installation: what a large one has, so that a plan
never changes over night. They are written by `intervision migrate`; PostgreSQL counts for itself.
"""

from __future__ import annotations

from sqlalchemy import Connection

ORGANISATIONS = 4
"""As many of the same size: so an index of the organisation is still better than reading everybody's rows."""
MANY = 1_000_000
ROWS = {"organisation": 4, "clinic": 500, "group": 10_000, "person": 50_000, "workspace": 10, "replica": 4}
"""Rows of an organisation, where they are not very many."""
OF_ONE = {
    "person": 300,
    "reviewer": 200,
    "group": 200,
    "round": 30,
    "series": 50,
    "clinic": 1_000,
    "case": 8,
    "assignment": 2,
    "actor": 500,
    "organisation": MANY,
}
"""How many rows have the same value; of other columns `FEW`, of moments and days `AT_ONCE`."""
FEW = 4
AT_ONCE = 60
IN_PART = 1_000
"""Rows of an index of what is open, due or failed, which is little however long the history is."""


def tell_sizes(connection: Connection) -> None:
    """Replace what a SQLite database was told by what these tables and indexes have at most."""
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # makes the table of numbers where there is none
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    made = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index'").all()
    texts = {str(row[0]): str(row[1]) for row in made}
    for (table,) in connection.exec_driver_sql(names).all():
        for _, index, unique, _, partial in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').all():
            columns = [str(row[2]) for row in connection.exec_driver_sql(f'PRAGMA index_info("{index}")').all()]
            little = bool(partial) and (table == "outbox_entry" or " IS NULL" in texts[index])
            said = _numbers(table, columns, unique=bool(unique), little=little)
            connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, index, said))


def _numbers(table: str, columns: list[str], *, unique: bool, little: bool) -> str:
    """Rows of the index, then how many have the same first column, first two columns, and so on."""
    of_one_organisation = ROWS.get(table, MANY)
    rows = IN_PART if little else of_one_organisation * ORGANISATIONS
    numbers, same = [rows], rows
    for place, column in enumerate(columns, 1):
        alone = unique and place == len(columns)
        same = 1 if alone else max(1, min(same, _same(column, of_one_organisation)))
        numbers.append(same)
    return " ".join(map(str, numbers))


def _same(column: str, of_one_organisation: int) -> int:
    if column == "organisation":
        return of_one_organisation
    if column.endswith(("_at", "_on", "day")) or column == "at":
        return AT_ONCE
    return OF_ONE.get(column, FEW)
