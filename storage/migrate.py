"""Bringing a database to this version's tables, and refusing one that is not there yet or too new."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import private_files
from bot.errors import SetupError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

HERE = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Run every missing migration. Raises SetupError for a newer, locked or unwritable database."""
    from alembic import command
    from sqlalchemy.exc import DBAPIError

    from storage.engine import sqlite_file

    config = _config(url)
    path = sqlite_file(url)
    if path is not None:
        _writable(path)
    if _unknown(current(url)):
        raise SetupError(_too_new())
    try:
        command.upgrade(config, revision)
    except DBAPIError as error:
        raise SetupError(f"The database cannot be brought up to date: {reason(error)}. Nothing was changed.") from None


def current(url: str) -> str | None:
    """The revision a database is at; None when it has no tables of ours. Raises SetupError when it does not answer."""
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    from storage.engine import sqlite_file

    path = sqlite_file(url)
    if path is not None and not path.exists():
        return None
    engine = create_engine(sync_url(url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise SetupError(f"The database does not answer: {reason(error)}.") from None
    finally:
        engine.dispose()


def check_version(url: str) -> None:
    """Raises SetupError unless this program may work on the database.

    It may when the database is at this program's version, or at a newer one that says it still serves this one
    (the middle of a rolling upgrade).
    """
    found = current(url)
    own = _revisions().get_current_head()
    if found is None:
        raise SetupError("The database is not set up yet. Run: intervision migrate")
    if _unknown(found):
        if own in _served(url):
            return
        raise SetupError(_too_new())
    if found != own:
        raise SetupError("The database is of an older version. Make a backup, then run: intervision migrate")


def still_served(script: Any, revision: str) -> list[str]:
    """This revision and the older ones whose programs work on it: back to the last that takes something away.

    A revision that removes or tightens what the release before it still uses says so with `contract = True`.
    """
    served = []
    for step in script.iterate_revisions(revision, "base"):
        served.append(step.revision)
        if getattr(step.module, "contract", False):
            break
    return served


def _served(url: str) -> set[str]:
    from sqlalchemy import create_engine, select
    from sqlalchemy.exc import DBAPIError

    from storage.tables import compatible

    engine = create_engine(sync_url(url))
    try:
        with engine.connect() as connection:
            return set(connection.execute(select(compatible.c.revision)).scalars())
    except DBAPIError:
        return set()
    finally:
        engine.dispose()


def _config(url: str) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("sqlalchemy.url", sync_url(url).replace("%", "%%"))
    return config


def sync_url(url: str) -> str:
    """The URL for tools that do not run on the event loop."""
    from sqlalchemy.engine import make_url

    from storage.engine import async_url

    parsed = make_url(async_url(url))
    driver = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


@cache
def _revisions() -> ScriptDirectory:
    """The migrations of this version; reading them again would take most of the time in which a store is opened."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(HERE))


def _unknown(revision: str | None) -> bool:
    from alembic.util import CommandError

    try:
        return revision is not None and _revisions().get_revision(revision) is None
    except CommandError:
        return True


def _too_new() -> str:
    return "The database was made by a newer version of Intervision. Upgrade this program; nothing was changed."


def _writable(path: Path) -> None:
    try:
        private_files.folder(path.parent)
        private_files.make(path)
    except OSError as error:
        raise SetupError(
            f"The database file {path} cannot be written ({type(error).__name__}): check its owner and rights."
        ) from None


def reason(error: Any) -> str:
    """What the database said, in our words where we have some, else its first line."""
    from storage.store import WHY

    said = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
    return next((words for part, words in WHY.items() if part in said), said)
