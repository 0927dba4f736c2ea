"""Run a command under a systemd unit's own system-call filter, on a machine where systemd does not run.

`python -m tests.as_service UNIT COMMAND ...` reads the unit's `SystemCallFilter=`, `SystemCallErrorNumber=` and
`RestrictAddressFamilies=`, asks `systemd-analyze` which calls a group such as `@system-service` holds, loads the filter
by libseccomp as systemd does (seccomp(2), inherited by every child) and becomes the command. An unprivileged user can
do this as well as root: a filter only takes rights away.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import socket
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

_KILL_PROCESS, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_EQUAL = 4
"""SCMP_CMP_EQ of libseccomp's `seccomp.h`, as the actions above it."""


class _Argument(ctypes.Structure):
    """`struct scmp_arg_cmp`: a condition on one argument of a call."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


def missing() -> str:
    """What this machine lacks to apply a filter; empty when nothing."""
    if shutil.which("systemd-analyze") is None:
        return "systemd-analyze, which knows the groups of system calls"
    return "" if find_library("seccomp") else "libseccomp"


def settings(unit: Path, name: str) -> list[str]:
    """The values of each line `name=` of a unit, in order."""
    return re.findall(rf"^{name}=(.*)$", unit.read_text(encoding="utf-8"), re.M)


def allowed_calls(unit: Path) -> set[str]:
    """The system calls that the unit's filter lets through: what lines allow less what `~` lines take away."""
    allowed: set[str] = set()
    for line in settings(unit, "SystemCallFilter"):
        named = _expanded(line.removeprefix("~").split())
        allowed = allowed - named if line.startswith("~") else allowed | named
    return allowed | _expanded(["@default"])


def apply(unit: Path) -> None:
    """Put this process, and all it starts from now on, under the unit's filter. Cannot be undone."""
    lib = ctypes.CDLL(find_library("seccomp"), use_errno=True)
    lib.seccomp_init.restype = ctypes.c_void_p
    number = settings(unit, "SystemCallErrorNumber")
    otherwise = _ERRNO | getattr(errno, number[-1]) if number else _KILL_PROCESS
    context = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(otherwise)))
    families = [getattr(socket, name) for line in settings(unit, "RestrictAddressFamilies") for name in line.split()]
    for name in sorted(allowed_calls(unit)):
        call = lib.seccomp_syscall_resolve_name(name.encode())
        if call < 0:  # of another architecture, or newer than this machine's library
            continue
        if name == "socket" and families:
            for family in families:
                condition = _Argument(0, _EQUAL, family, 0)
                _done(lib.seccomp_rule_add_array(context, ctypes.c_uint32(_ALLOW), call, 1, ctypes.byref(condition)))
        else:
            _done(lib.seccomp_rule_add_array(context, ctypes.c_uint32(_ALLOW), call, 0, None))
    _done(lib.seccomp_load(context))


def command(unit: Path, *words: str) -> list[str]:
    """The command line that runs `words` under the unit's filter."""
    return [sys.executable, "-m", "tests.as_service", str(unit), *words]


def _expanded(names: list[str]) -> set[str]:
    calls: set[str] = set()
    while names:
        name = names.pop()
        if name.startswith("@"):
            run = subprocess.run(
                ["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True
            )
            names += [
                word for line in run.stdout.splitlines()[1:] if (word := line.strip()) and not word.startswith("#")
            ]
        else:
            calls.add(name)
    return calls


def _done(result: int) -> None:
    if result < 0:
        raise OSError(-result, os.strerror(-result))


if __name__ == "__main__":
    apply(Path(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
