"""Files and folders that only the program's own user may read, from their first byte; and a look at those that are not.

Everything the program writes goes through here, or through SQLite over a file that was made here: a test walks the code
for other ways. Keys, files with a secret and a configuration with one in it are refused when others may read them.
"""

from __future__ import annotations

import os
import secrets
import stat
import struct
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
    """Replace a file as a whole: a reader meanwhile, or after a crash, finds the old one or the new. Raises OSError.

    A link is followed; what is no file (a pipe, `/dev/stdout`) is written to as it is.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        with os.fdopen(os.open(target, os.O_WRONLY), "wb") as stream:
            stream.write(content)
        return
    aside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}")
    try:
        with new(aside) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(path: Path) -> None:
    """Make the new name in a folder last through a power cut, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


_ACL, _ACL_VERSION = "system.posix_acl_access", 2
_USER, _GROUP, _MASK_OF_ALL = 0x02, 0x08, 0x10
_READS, _CHANGES = 0o4, 0o2


def guests(path: Path, may: int = _READS | _CHANGES) -> list[str]:
    """Whom an access control list beside the mode lets read or change a file, as "user:1000"; the owner and root aside.

    `chmod` shows such a list only as a wider group. Linux's POSIX lists (acl(5)); systems without them have none.
    """
    if not hasattr(os, "getxattr"):
        return []
    try:
        raw = os.getxattr(path, _ACL)
    except OSError:  # none, or a file system without them
        return []
    if len(raw) < 4 or struct.unpack_from("<I", raw)[0] != _ACL_VERSION:
        return ["unknown"]
    entries = list(struct.iter_unpack("<HHI", raw[4 : 4 + (len(raw) - 4) // 8 * 8]))
    mask = next((allowed for tag, allowed, _ in entries if tag == _MASK_OF_ALL), 0o7)
    own = {0, os.geteuid(), path.stat().st_uid}
    found = []
    for tag, allowed, who in entries:
        if tag in {_USER, _GROUP} and allowed & mask & may and not (tag == _USER and who in own):
            found.append(f"{'user' if tag == _USER else 'group'}:{who}")
    return found


def require(path: Path, what: str) -> None:
    """Refuse a file with a secret that others may read or change. Raises SetupError with the remedy, OSError."""
    if mode := loose(path):
        raise SetupError(
            f"{what} {path} can be read or changed by others (mode {mode}). "
            f"Run: chmod 600 {path} (640 where its group must read it)."
        )
    if os.name != "posix" or any(path.is_relative_to(engine) for engine in _ENGINES):
        return
    if named := guests(path):
        raise SetupError(
            f"{what} {path} can be read or changed by {', '.join(named)} through an access control list. "
            f"Run: setfacl -b {path} && chmod 600 {path}."
        )
    own = os.geteuid()
    if own and path.stat().st_uid not in (0, own):
        raise SetupError(f"{what} {path} belongs to somebody else. Run: sudo chown root {path} (and chgrp, 640).")
    around = path.absolute().parent
    mode_around = around.stat().st_mode
    if mode_around & stat.S_IWOTH and not mode_around & stat.S_ISVTX:
        raise SetupError(
            f"{what} {path} can be replaced by others: they may write in {around}. Run: chmod o-w {around}."
        )
    if not mode_around & stat.S_ISVTX and (named := guests(around, _CHANGES)):
        raise SetupError(
            f"{what} {path} can be replaced by {', '.join(named)}: an access control list lets them write in {around}. "
            f"Run: setfacl -b {around}."
        )
