"""`intervision backup` and `restore`: encrypted under the installation's key, proven as they are written and read."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from bot.cli.common import ConfigOption, note_in_trails, run_async
from bot.errors import SetupError


def backup(
    file: Annotated[Path | None, typer.Argument(help="The file to write; or name a folder with --folder.")] = None,
    config: ConfigOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the file if it exists, once the new one is whole.")
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="DIR", help="Write a file named after this moment into this folder."),
    ] = None,
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many files to keep in the folder, this one too.")] = 7,
) -> None:
    """Write an encrypted backup of the whole database while the program serves, and read it back."""
    from bot.runtime.system import SystemClock
    from storage.backup import write_backup, write_into

    if (file is None) == (folder is None):
        raise SetupError("Name either a file to write or, with --folder, a folder.")
    if file is not None and file.exists() and not replace:
        raise SetupError(f"{file} exists; name another file, or say --replace.")
    url, ring = _opened(config)
    now = SystemClock().now()
    if folder is not None:
        file, contents = run_async(write_into(url, ring, folder, keep, now))
    else:
        assert file is not None
        contents = run_async(write_backup(url, ring, file, now))
    print(f"{file}: {sum(contents.rows.values())} rows of {len(contents.rows)} tables, read back; key {ring.active}.")


def restore(
    file: Path,
    config: ConfigOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only prove that the backup is whole and can be opened.")
    ] = False,
    migrate: Annotated[
        bool,
        typer.Option("--migrate", help="Make the tables of the backup's version first, and bring them up to date."),
    ] = False,
) -> None:
    """Fill an empty, migrated database from a backup; a damaged or foreign one changes nothing."""
    from bot.runtime.system import SystemClock
    from storage.backup import read_contents, restore_backup

    url, ring = _opened(config)
    if check:
        contents = read_contents(file, ring)
        print(f"Whole: {sum(contents.rows.values())} rows as of {contents.header.made_at}.")
        return
    done = run_async(restore_backup(url, ring, file, SystemClock().now(), migrate=migrate))
    run_async(note_in_trails(config, "restored", as_of=done.contents.header.made_at))
    print(f"Restored: {sum(done.contents.rows.values())} rows as of {done.contents.header.made_at}.")
    if done.messages or done.steps:
        print(
            f"{done.messages} messages and {done.steps} steps that were due by now are held: they may have been sent "
            "and taken since the backup. Decide: intervision outbox release | drop"
        )


def drill(config: ConfigOption = None) -> None:
    """Back up, restore into a throw-away database, prove it, say what a restore would hold now, delete both.

    For a timer: exit code 2 and one sentence when anything of it fails. Nothing is changed.
    """
    from bot.runtime.system import SystemClock, uptime
    from storage.backup import restore_backup, write_backup

    url, ring = _opened(config)
    began, now = uptime(), SystemClock().now()
    with TemporaryDirectory(prefix="intervision-drill-") as folder:
        file, aside = Path(folder) / "drill.backup", f"sqlite:///{Path(folder) / 'aside.sqlite3'}"
        written = run_async(write_backup(url, ring, file, now, note=False))
        done = run_async(restore_backup(aside, ring, file, now, migrate=True))
        if done.contents.rows != written.rows:
            raise SetupError("The drill failed: the restored database holds other rows than the backup.")
    print(
        f"The drill went well: {sum(written.rows.values())} rows backed up and restored aside in "
        f"{uptime() - began:.0f} s, every key opens. A restore now would hold {done.messages} messages and "
        f"{done.steps} steps."
    )


def _opened(config: Path | None) -> tuple[str, Any]:
    from bot.config import load
    from storage.keys import KeyRing

    settings = load(config)
    return settings.database.url, KeyRing.load(**settings.keys.model_dump())
