"""`intervision backup` and `restore`: encrypted under the installation's key, proven as they are written and read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common import ConfigOption, run_async
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
) -> None:
    """Fill an empty, migrated database from a backup; a damaged or foreign one changes nothing."""
    from storage.backup import read_contents, restore_backup

    url, ring = _opened(config)
    contents = read_contents(file, ring) if check else run_async(restore_backup(url, ring, file))
    done = "Whole" if check else "Restored"
    print(f"{done}: {sum(contents.rows.values())} rows as of {contents.header.made_at}.")


def _opened(config: Path | None) -> tuple[str, Any]:
    from bot.config import load
    from storage.keys import KeyRing

    settings = load(config)
    return settings.database.url, KeyRing.load(**settings.keys.model_dump())
