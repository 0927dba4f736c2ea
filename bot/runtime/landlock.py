"""Landlock: the kernel lets this process read named files and folders, and reach nothing else, for good.

Sources: landlock(7) of the Linux manual and `linux/landlock.h`. Any process may restrict itself, without rights.
Written out here because the bindings on PyPI are pre-releases (decision 0015); it is three system calls.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
"""The numbers of the calls, the same on every machine."""
_VERSION = 1
"""LANDLOCK_CREATE_RULESET_VERSION: the call answers with the version of the interface instead."""
_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Every right over files that a version knows, since that version."""
_NETWORK_SINCE, _TCP = 4, 0b11
"""LANDLOCK_ACCESS_NET_BIND_TCP and _CONNECT_TCP."""
_SCOPED_SINCE, _SCOPED = 6, 0b11
"""LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET and _SIGNAL: nobody outside hears of this process."""


class _Rules(ctypes.Structure):
    """`struct landlock_ruleset_attr`; an older kernel is told its size."""

    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    """`struct landlock_path_beneath_attr`, which is packed."""

    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The version of Landlock that this kernel offers to this process; 0 when none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION)))


def read_only(paths: Iterable[Path]) -> str:
    """Let this process read `paths`, with all that lies in folders, and no other file; why it cannot, or "".

    What is open stays open. Where the kernel knows how (versions 4 and 6), TCP, abstract sockets and signals to others
    are refused, too. Needs no_new_privs (prctl(2)).
    """
    known = version()
    if not known:
        return "the kernel, or what confines this program, offers no Landlock"
    every = _FILES[max(since for since in _FILES if since <= known)]
    rules = _Rules(every, _TCP if known >= _NETWORK_SINCE else 0, _SCOPED if known >= _SCOPED_SINCE else 0)
    size = 24 if known >= _SCOPED_SINCE else 16 if known >= _NETWORK_SINCE else 8
    ruleset = _call(_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return f"the kernel takes no rules ({_error()})"
    try:
        for path in paths:
            if not _allow(ruleset, path):
                return f"the kernel takes no rule for {path} ({_error()})"
        return "" if _call(_RESTRICT, ruleset, ctypes.c_uint32(0)) == 0 else f"the kernel refuses ({_error()})"
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path) -> bool:
    """Add a rule for what is there; what is not there needs none."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        folder = stat.S_ISDIR(os.fstat(opened).st_mode)
        rule = _Beneath(_READ_FILE | _READ_FOLDER if folder else _READ_FILE, opened)
        return _call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), ctypes.c_uint32(0)) == 0
    finally:
        os.close(opened)


def _call(number: int, *arguments: object) -> int:
    answer: int = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)
    return answer


def _error() -> str:
    return errno.errorcode.get(ctypes.get_errno(), "unknown")
