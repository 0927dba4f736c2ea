"""The walls around the process that reads raw texts: what it can neither read, reach nor change.

It puts them up itself, after its settings arrived and before it loads a model or reads a text, and says which stand.
Each is put up where the system can; none can be taken down again. On Linux all of them stand with a kernel of 5.13 or
newer, as an ordinary user, in a container and under the unit of docs/deploy.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path

import bot

MEMORY = 1536 * 1024 * 1024
"""Bytes of address space: four times what the models and the longest form take (334 MB measured)."""
WALLS = ("environment", "core", "memory", "rights", "files", "calls", "output")
"""What `report` speaks of, in this order."""

ENVIRONMENT = ("LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT")
"""What is told to the process of its surroundings, where set: without these an interpreter may not find itself."""
CALM = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""One thread: helpers wait busily for each other, and the filter lets none start."""
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
_MACHINE = ("/proc/cpuinfo", "/sys/devices/system/cpu")
"""What the model's runtime asks about the processor."""


def environment() -> dict[str, str]:
    """The variables the process is started with: no key, no password, no path of a configuration."""
    return {name: os.environ[name] for name in ENVIRONMENT if name in os.environ} | CALM


def close(models: Iterable[Path] = ()) -> dict[str, str]:
    """Put up every wall that this system can; for each of `WALLS` "" when it stands, or why not.

    `models` are files and folders outside the installation that the process must still read.
    """
    told = {"environment": _environment(), "core": _core(), "memory": _memory(), "rights": _rights()}
    if not sys.platform.startswith("linux"):
        told |= dict.fromkeys(("files", "calls"), f"{sys.platform} has no such wall that a program can put up itself")
    else:
        from bot.runtime import landlock, seccomp

        told["files"] = landlock.read_only([*_own_files(), *models]) if not told["rights"] else told["rights"]
        told["calls"] = seccomp.load() if not told["rights"] else told["rights"]
    told["output"] = ""  # `silence` came first
    return told


def silence() -> int:
    """Send what is printed nowhere from now on; the descriptor that answers go to, which was standard output.

    A library's message about a text would otherwise reach the program's log.
    """
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return answers


def not_dumpable() -> str:
    """No core file of this process, and its memory is closed to others of the same user; why not, or ""."""
    try:
        import resource
    except ImportError:
        return f"{sys.platform} knows no limits of a process"
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return _prctl(_PR_SET_DUMPABLE, 0) if sys.platform.startswith("linux") else ""


def lines(report: Mapping[str, str]) -> list[str]:
    """What `intervision check` says: which walls stand, and why the others do not."""
    stand = [name for name in WALLS if report.get(name) == ""]
    told = [f"Walls around the anonymisation gate that stand: {', '.join(stand) if stand else 'none'}."]
    return told + [f"The wall {name!r} does not stand: {report[name]}." for name in WALLS if report.get(name)]


def _environment() -> str:
    left = sorted(set(os.environ) - {*ENVIRONMENT, *CALM, "LC_CTYPE", "__CF_USER_TEXT_ENCODING"})
    return f"variables are set: {', '.join(left)}" if left else ""


def _core() -> str:
    return not_dumpable()


def _memory() -> str:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError) as error:
        return f"the system sets no limit ({type(error).__name__})"
    return ""


def _rights() -> str:
    if not sys.platform.startswith("linux"):
        return f"{sys.platform} has no such wall that a program can put up itself"
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _prctl(option: int, value: int) -> str:
    import ctypes
    import errno

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) == 0:
        return ""
    return f"the kernel refuses ({errno.errorcode.get(ctypes.get_errno(), 'unknown')})"


def _own_files() -> list[Path]:
    """The interpreter, its libraries, the installed packages and this program's code with the models it ships."""
    paths = sysconfig.get_paths()
    installed = {Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    installed |= {Path(path) for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}}
    interpreter = {Path(sys.base_prefix) / "lib", Path(sys.prefix) / "pyvenv.cfg"}
    return [*installed, *interpreter, Path(bot.__file__).parent, *map(Path, (*_LIBRARIES, *_MACHINE))]
