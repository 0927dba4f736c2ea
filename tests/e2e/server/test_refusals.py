"""A faulty installation: one clear sentence, a code that is not 0, no traceback, and nothing half-written."""

from __future__ import annotations

import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from bot.cli.main import main
from storage import engine
from storage.tables import compatible
from tests.migrated import migrated

COMMANDS = ("serve", "migrate", "check", "admin list", "admin add-organisation Service")


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """The folder of an installation in order."""
    (tmp_path / "data").mkdir()
    migrated(tmp_path / "data" / "clinic.sqlite3")
    configure(tmp_path)
    return tmp_path


def configure(
    folder: Path, *, port: int = 18377, database: str = "data/clinic.sqlite3", key: str = "clinic.key"
) -> None:
    (folder / "intervision.toml").write_text(
        f'[server]\nport = {port}\n[database]\nurl = "sqlite:///{folder / database}"\n'
        f'[keys]\nfile = "{folder / key}"\n[log]\nlevel = "error"\n'
    )


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[Path, str], str]:
    """Run a command that must fail; what it said."""

    def run(folder: Path, command: str) -> str:
        monkeypatch.setattr(
            sys, "argv", ["intervision", *command.split(), "--config", str(folder / "intervision.toml")]
        )
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        structlog.reset_defaults()  # the command's log wrote to this test's standard error
        assert ended.value.code not in {0, None}
        assert "Traceback" not in said.err + said.out
        return said.err.strip()

    return run


def state(folder: Path) -> dict[str, str]:
    """Every file with its content; a database's is its rows, as SQLite keeps its own books in the file."""
    files = [p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm"))]
    return {str(p.relative_to(folder)): rows(p) if p.suffix == ".sqlite3" else p.read_text() for p in files}


def rows(path: Path) -> str:
    """A database as statements."""
    with closing(sqlite3.connect(path)) as database:
        return "\n".join(database.iterdump())


def change(folder: Path, statement: str) -> None:
    """Change the database behind the program's back."""
    with closing(sqlite3.connect(folder / "data" / "clinic.sqlite3")) as database:
        database.execute(statement)
        database.commit()


def sentence(said: str) -> bool:
    """One line that begins with the program's name."""
    return said.startswith("intervision: ") and "\n" not in said


def test_every_unknown_key_is_named_at_once(clinic: Path, refused: Callable[[Path, str], str]) -> None:
    (clinic / "intervision.toml").write_text('[server]\ncolour = "red"\n[databse]\nurl = "x"\n[log]\nlevel = "loud"\n')
    before = state(clinic)
    said = refused(clinic, "serve")
    assert {line.strip().partition(":")[0] for line in said.splitlines()[1:]} == {
        "server.colour",
        "databse",
        "log.level",
    }
    assert state(clinic) == before


def test_a_port_in_use(clinic: Path, refused: Callable[[Path, str], str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        configure(clinic, port=port)
        said = refused(clinic, "serve")
    assert sentence(said)
    assert f"Port {port}" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_of_a_newer_version(clinic: Path, refused: Callable[[Path, str], str], command: str) -> None:
    change(clinic, "UPDATE alembic_version SET version_num = '9999'")
    change(clinic, f"DELETE FROM {compatible.name}")  # it serves no older program
    (clinic / "clinic.key").write_text("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n")
    before = state(clinic)
    said = refused(clinic, command)
    assert sentence(said)
    assert "newer version" in said
    assert state(clinic) == before


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is waited for only a moment."""
    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 50)
    real = sqlite3.dbapi2.connect
    monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda *a, **k: real(*a, **{**k, "timeout": 0.05}))


@pytest.fixture
def locked(clinic: Path) -> Iterator[Path]:
    """Another program holds the whole database."""
    database = sqlite3.connect(clinic / "data" / "clinic.sqlite3", isolation_level=None)
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("BEGIN EXCLUSIVE")
    yield clinic
    database.rollback()
    database.close()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_locked_database(locked: Path, impatient: None, refused: Callable[[Path, str], str], command: str) -> None:
    said = refused(locked, command)
    assert sentence(said)
    assert "locked" in said


@pytest.mark.parametrize(
    ("command", "told"), [("migrate", "cannot be written"), ("serve", "not set up"), ("check", "not set up")]
)
def test_a_folder_that_cannot_be_written(
    clinic: Path, refused: Callable[[Path, str], str], command: str, told: str
) -> None:
    (clinic / "file").write_text("no folder")
    configure(clinic, database="file/clinic.sqlite3")
    said = refused(clinic, command)
    assert sentence(said)
    assert told in said


def test_a_key_file_that_cannot_be_made(clinic: Path, refused: Callable[[Path, str], str]) -> None:
    (clinic / "file").write_text("no folder")
    configure(clinic, key="file/clinic.key")
    said = refused(clinic, "serve")
    assert sentence(said)
    assert "key file" in said


@pytest.mark.parametrize("command", ["serve", "check"])
def test_a_lost_key_is_not_replaced_by_a_fresh_one(
    clinic: Path, refused: Callable[[Path, str], str], command: str
) -> None:
    change(clinic, "INSERT INTO data_key VALUES ('case_1', 'org_1', '0123456789ab', x'00')")
    before = state(clinic)
    said = refused(clinic, command)
    assert sentence(said)
    assert "0123456789ab" in said
    assert state(clinic) == before
