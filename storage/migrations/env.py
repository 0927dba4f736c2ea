"""Alembic's environment: online only, foreign keys off while SQLite rebuilds tables, checked afterwards."""

from __future__ import annotations

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, delete, insert, inspect, pool

from storage.migrate import still_served
from storage.statistics import tell_sizes
from storage.tables import compatible, metadata


def note_served(connection: Connection) -> None:
    """Write down which older programs may go on working; every run of `migrate` does it again."""
    at = MigrationContext.configure(connection).get_current_revision()
    if at is None or not inspect(connection).has_table(compatible.name):
        return
    connection.execute(delete(compatible))
    connection.execute(insert(compatible), [{"revision": each} for each in still_served(context.script, at)])


engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
with engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # Rebuilding a parent table with foreign keys on would empty its children without a word.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("PRAGMA busy_timeout=10000")
        connection.commit()
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=sqlite)
    with context.begin_transaction():
        context.run_migrations()
        if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise RuntimeError("a migration broke a reference; nothing was changed")
    note_served(connection)
    if sqlite:
        tell_sizes(connection)
    connection.commit()
engine.dispose()
