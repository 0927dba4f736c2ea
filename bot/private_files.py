"""Files and folders that only the program's own user may read, from their first byte; and a look at those that are not.

Everything the program writes goes through here, or through SQLite over a file that was made here: a test walks the code
for other ways. Keys, files with a secret and a configuration with one in it are refused when others may read them.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, TextIO

from bot.errors import SetupError

FILE, FOLDER = 0o600, 0o700
_MASK = 0o077
_OTHERS, _GROUP_WRITES = 0o007, 0o020
_ENGINES = (Path("/run/secrets"),)
"""Where container engines mount secrets, with modes of their own, in a place that nobody else can enter."""


def by_default() -> None:
    """Whatever this process makes from now on, libraries' files too, is for its own user."""
    os.umask(_MASK)


def folder(path: Path) -> None:
    """Make a folder and its missing parents, for the owner only; one that is there stays as it is. Raises OSError."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=FOLDER, exist_ok=True)


def make(path: Path) -> None:
    """Make an empty file if none is there. Raises OSError."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE))


def write(path: Path, content: bytes) -> None:
    """Write a file in place of what is there. Raises OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE), "wb") as file:
        file.write(content)


def new(path: Path) -> BinaryIO:
    """A file to write, which must not be there yet. Raises OSError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE), "wb")


def added_to(path: Path) -> TextIO:
    """A file to append to. Raises OSError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE), "a", encoding="utf-8")


def loose(path: Path) -> str:
    """Who besides the owner may read or change a file, as a mode; "" when nobody who should not.

    Its group may read: `root:intervision 0640` is how a service is given a file that it must not change.
    """
    if os.name != "posix" or any(path.is_relative_to(engine) for engine in _ENGINES):
        return ""
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{mode:04o}" if mode & (_OTHERS | _GROUP_WRITES) else ""


def require(path: Path, what: str) -> None:
    """Refuse a file with a secret that others may read or change. Raises SetupError with the remedy, OSError."""
    if mode := loose(path):
        raise SetupError(
            f"{what} {path} can be read or changed by others (mode {mode}). "
            f"Run: chmod 600 {path} (640 where its group must read it)."
        )
    if os.name != "posix" or any(path.is_relative_to(engine) for engine in _ENGINES):
        return
    own = os.geteuid()
    if own and path.stat().st_uid not in (0, own):
        raise SetupError(f"{what} {path} belongs to somebody else. Run: sudo chown root {path} (and chgrp, 640).")
    around = path.absolute().parent
    mode_around = around.stat().st_mode
    if mode_around & stat.S_IWOTH and not mode_around & stat.S_ISVTX:
        raise SetupError(
            f"{what} {path} can be replaced by others: they may write in {around}. Run: chmod o-w {around}."
        )
