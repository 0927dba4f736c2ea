"""A database that is locked, full or read-only is told in one sentence by every command, never by a traceback."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer.main
from sqlalchemy import Engine, event

from bot.cli import main
from storage.migrate import upgrade

pytestmark = pytest.mark.slow

APART = {"new", "demo", "serve", "restore", "assign", "anonymise", "understand", "manifest", "simulate", "soak"}
"""They serve, work on another database, or need none."""
DAY = "2027-03-01"
GIVEN = {
    "name": "Kiel", "new_name": "Other", "into": "Bonn", "emails": "b@clinic.example", "clinic": "Kiel",
    "first_day": DAY, "last_day": DAY, "email": "b@clinic.example", "group": "North", "roles": "therapist dpo",
    "settings": "text_days=20", "themes": "alliance", "quarter": "q4/2026", "platform": "slack", "tenant": "T1",
    "language": "de", "number": "1", "subject": "a@clinic.example", "reason": "reach", "officer": "a@clinic.example",
    "rules": "psykolognaevnet", "country": "DE", "timezone": "Europe/Berlin", "to": "out.json", "text": "x",
}  # fmt: skip
GROUPS = {"rename-group", "merge-groups", "split-group", "close-group"}


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that ends and works on the configured database."""

    def below(group: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from below(command, (*words, name))
            elif (*words, name)[0] not in APART:
                yield (*words, name), command

    return below(typer.main.get_command(main.app), ())


def arguments(words: tuple[str, ...], command: Any, folder: Path) -> list[str]:
    """A sensible call."""
    said = list(words)
    for parameter in command.params:
        name = parameter.name or ""
        value = GIVEN.get(name, "")
        if name == "file":
            value = str(folder / ("staff.csv" if words[0] == "admin" else "new.backup"))
        if name == "to" and words[0] == "privacy":
            value = str(folder / "out.json")
        if words[-1] in GROUPS and name in {"name", "into"}:
            value = {"name": "North", "into": "South"}[name]
        if words[-1] == "add-person" and name == "email":
            value = "new@clinic.example"
        if parameter.param_type_name == "argument" and (parameter.required or name == "file"):
            said += value.split() if parameter.nargs == -1 else [value]
        elif parameter.required or (name == "officer"):
            said += [parameter.opts[0], value]
    if words[-1] == "end-agreement":
        said.append("--yes")
    return said


class Shell:
    """The program as a shell starts it, in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch
        (folder / "staff.csv").write_text(
            "name,email,clinic,group\n" + "".join(f"P{n},p{n}@clinic.example,Kiel,North\n" for n in range(150)),
            encoding="utf-8",
        )
        (folder / "c.toml").write_text(
            f'[database]\nurl = "sqlite:///{folder / "db.sqlite3"}"\n[keys]\nfile = "{folder / "key"}"\n',
            encoding="utf-8",
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Exit code and what stood on standard error."""
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "argv", ["intervision", *words, "--config", str(self.folder / "c.toml")])
        with pytest.raises(SystemExit) as ended:
            main.main()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), self._capsys.readouterr().err


_MADE: dict[str, bytes] = {}
"""The small clinic's files, once a process."""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)  # some commands write a file where they are called
    made = Shell(tmp_path, capsys, monkeypatch)
    if _MADE:
        for name, content in _MADE.items():
            (tmp_path / name).write_bytes(content)
        return made
    upgrade(f"sqlite:///{tmp_path / 'db.sqlite3'}")
    for words in (
        "admin add-organisation Clinics", "admin add-clinic Kiel --country DE --timezone Europe/Berlin",
        "admin add-clinic Bonn --country DE --timezone Europe/Berlin",
        "admin add-group North --timezone Europe/Berlin", "admin add-group South --timezone Europe/Berlin",
        "admin add-person A a@clinic.example --clinic Kiel --group North --roles therapist,dpo",
        "admin add-person B b@clinic.example --clinic Kiel --group North",
    ):  # fmt: skip
        code, said = made.run(*[word.replace(",", " ") for word in words.split()])
        assert code == 0, said
    _MADE.update({path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".toml"})
    return made


@contextmanager
def locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for place in ("storage.engine", "storage.store"):
        monkeypatch.setattr(f"{place}.BUSY_MILLISECONDS", 20)
    with each_connection("PRAGMA busy_timeout = 20"):
        other = sqlite3.connect(path)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()
        other.close()


@contextmanager
def each_connection(*statements: str) -> Iterator[None]:
    """Every connection that is made meanwhile runs these first."""

    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()

    event.listen(Engine, "connect", prepare)
    try:
        yield
    finally:
        event.remove(Engine, "connect", prepare)


HARMS: dict[str, Callable[[Path, pytest.MonkeyPatch], AbstractContextManager[None]]] = {
    "locked by another program": locked,
    "its disk is full": lambda path, _: each_connection("PRAGMA max_page_count = 1"),
    "it is read-only": lambda path, _: each_connection("PRAGMA query_only = ON"),
}
WRITES = {"admin add-person", "admin import", "admin set-roles", "purge", "keys rotate", "clock accept", "outbox drop"}
"""Some that write in ways of their own: records, the whole store, keys, the runtime's notes."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the shell's process ends there
@pytest.mark.parametrize("harm", HARMS)
def test_every_command_says_it_in_one_sentence(shell: Shell, monkeypatch: pytest.MonkeyPatch, harm: str) -> None:
    """Read-only by every command there is, the others by some of each kind: they are caught in one place."""
    path, kept, told = shell.folder / "db.sqlite3", shell.folder / "kept.sqlite3", {}
    shutil.copy(path, kept)
    for words, command in commands():
        if harm != "it is read-only" and " ".join(words) not in WRITES:
            continue
        with HARMS[harm](path, monkeypatch):
            code, said = shell.run(*arguments(words, command, shell.folder))
        assert said.count("\n") <= 1, f"{words}: {said}"
        assert "Usage:" not in said
        if code == 2:
            told[" ".join(words)] = said
        for file in shell.folder.glob("db.sqlite3*"):
            file.unlink()
        shutil.copy(kept, path)
    aloud = {words for words, said in told.items() if harm in said}
    # On a full disk what fits into a page that is there needs no room.
    assert aloud >= ({"admin import"} if harm == "its disk is full" else WRITES), told
