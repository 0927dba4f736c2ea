"""`intervision backup` and `restore`: encrypted under the installation's key, proven as they are written and read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common import ConfigOption, run_async
from bot.errors import SetupError


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")], config: ConfigOption = None
) -> None:
    """Write an encrypted backup of the whole database while the program serves, and read it back."""
    from bot.runtime.system import SystemClock
    from storage.backup import write_backup

    if file.exists():
        raise SetupError(f"{file} exists; name another file.")
    url, ring = _opened(config)
    contents = run_async(write_backup(url, ring, file, SystemClock().now()))
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
