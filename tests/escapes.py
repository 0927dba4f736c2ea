"""Ways out of the process that reads raw texts, each tried for real from inside it.

`python -m tests.escapes PLAN` reads a plan (JSON: what to reach, and whether the walls go up first) and prints which
ways led out. Without walls each of them must lead out as far as the machine lets it, else it proves nothing.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.runtime import sandbox

Plan = dict[str, Any]
WAYS: dict[str, Callable[[Plan], Any]] = {}
_X86 = os.uname().machine == "x86_64"
_PTRACE, _READV = (101, 310) if _X86 else (117, 270)
_SHMGET, _ADD_KEY, _KEYCTL = (29, 248, 250) if _X86 else (194, 217, 219)


def way(function: Callable[[Plan], Any]) -> Callable[[Plan], Any]:
    """A way out: returning, with anything but False, means that it led out; raising means that it did not."""
    WAYS[function.__name__] = function
    return function


def call(number: int, *arguments: Any) -> int:
    """A system call as C would make it. Raises OSError."""
    answer: int = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer


@way
def open_the_key_file(plan: Plan) -> bytes:
    return Path(plan["key"]).read_bytes()


@way
def read_the_configuration(plan: Plan) -> bytes:
    return Path(plan["config"]).read_bytes()


@way
def list_the_data_folder(plan: Plan) -> list[Path]:
    return list(Path(plan["folder"]).iterdir())


@way
def read_the_database(plan: Plan) -> bytes:
    return Path(plan["database"]).read_bytes()


@way
def read_the_accounts_of_the_machine(_: Plan) -> bytes:
    return Path("/etc/passwd").read_bytes()


@way
def read_the_parents_environment(plan: Plan) -> bytes:
    return Path(f"/proc/{plan['parent']}/environ").read_bytes()


@way
def read_the_parents_memory(plan: Plan) -> Any:
    return os.open(f"/proc/{plan['parent']}/mem", os.O_RDONLY)


@way
def list_the_parents_open_files(plan: Plan) -> list[Path]:
    return list(Path(f"/proc/{plan['parent']}/fd").iterdir())


@way
def list_all_processes(_: Plan) -> list[Path]:
    return list(Path("/proc").iterdir())


@way
def read_a_key_of_the_environment(_: Plan) -> str:
    return os.environ["INTERVISION_KEY"]


@way
def connect_to_a_port_of_the_machine(plan: Plan) -> None:
    socket.create_connection(("127.0.0.1", plan["port"]), timeout=5).close()


@way
def send_a_datagram(plan: Plan) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"text", ("127.0.0.1", plan["port"]))


@way
def ask_for_a_name(plan: Plan) -> None:
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()


@way
def listen_on_a_port(_: Plan) -> None:
    socket.create_server(("127.0.0.1", 0)).close()


@way
def connect_to_a_unix_socket(plan: Plan) -> None:
    socket.socket(socket.AF_UNIX).connect(plan["socket"])


@way
def connect_to_an_abstract_socket(plan: Plan) -> None:
    socket.socket(socket.AF_UNIX).connect("\0" + plan["abstract"])


@way
def ask_the_kernel_by_netlink(_: Plan) -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()


@way
def make_a_pair_of_sockets(_: Plan) -> None:
    socket.socketpair()


@way
def submit_work_by_io_uring(_: Plan) -> None:
    call(425, ctypes.c_uint(1), ctypes.create_string_buffer(120))


@way
def start_a_program(_: Plan) -> None:
    subprocess.run(["/bin/true"], check=True)


@way
def become_another_program(plan: Plan) -> bool:
    if plan["walls"]:
        os.execv("/bin/true", ["/bin/true"])
    return os.access("/bin/true", os.X_OK)


@way
def spawn_a_program(_: Plan) -> None:
    os.waitpid(os.posix_spawn("/bin/true", ["/bin/true"], {}), 0)


@way
def fork(_: Plan) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


@way
def start_a_thread(_: Plan) -> None:
    thread = threading.Thread(target=str)
    thread.start()
    thread.join()


@way
def make_a_program_in_memory(_: Plan) -> None:
    os.close(os.memfd_create("program"))


@way
def trace_the_parent(plan: Plan) -> None:
    call(_PTRACE, ctypes.c_long(0x4206), ctypes.c_long(plan["parent"]), None, None)


@way
def copy_from_the_parents_memory(plan: Plan) -> None:
    here = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(here), 8)
    there = (ctypes.c_void_p * 2)(plan["address"], 8)
    call(_READV, ctypes.c_long(plan["parent"]), vector, ctypes.c_ulong(1), there, ctypes.c_ulong(1), ctypes.c_ulong(0))


@way
def take_an_open_file_of_the_parent(plan: Plan) -> None:
    call(438, os.pidfd_open(plan["parent"]), 0, ctypes.c_uint(0))


@way
def write_a_new_file(plan: Plan) -> None:
    Path(plan["folder"], "out").write_text("text", encoding="utf-8")


@way
def write_into_the_temporary_folder(plan: Plan) -> None:
    Path(plan["temporary"]).write_text("text", encoding="utf-8")


@way
def change_a_file(plan: Plan) -> None:
    os.close(os.open(plan["config"], os.O_WRONLY))


@way
def change_the_model(_: Plan) -> None:
    os.close(os.open(Path(sandbox.__file__).parents[1] / "anonymise/rampart/config.json", os.O_RDWR))


@way
def make_a_folder(plan: Plan) -> None:
    Path(plan["folder"], "made").mkdir()


@way
def delete_a_file(plan: Plan) -> None:
    Path(plan["doomed"]).unlink()


@way
def rename_a_file(plan: Plan) -> None:
    Path(plan["config"]).rename(Path(plan["config"]))


@way
def link_to_a_file(plan: Plan) -> None:
    Path(plan["folder"], "link").symlink_to(plan["key"])


@way
def open_a_file_to_all(plan: Plan) -> None:
    Path(plan["config"]).chmod(0o600)


@way
def empty_a_file(plan: Plan) -> None:
    os.truncate(plan["doomed_too"], 0)


@way
def share_memory(_: Plan) -> None:
    call(_SHMGET, ctypes.c_int(0), ctypes.c_ulong(4096), ctypes.c_int(0o1600))


@way
def signal_the_parent(plan: Plan) -> None:
    os.kill(plan["parent"], signal.SIGCONT)


@way
def signal_the_group(_: Plan) -> None:
    os.killpg(os.getpgid(0), 0)


@way
def slow_the_parent(plan: Plan) -> None:
    os.setpriority(os.PRIO_PROCESS, plan["parent"], os.getpriority(os.PRIO_PROCESS, plan["parent"]))


@way
def change_the_user(_: Plan) -> None:
    os.setuid(os.getuid())


@way
def make_a_namespace_of_its_own(_: Plan) -> bool:
    return bool(ctypes.CDLL(None).unshare(0x10000000) == 0)


@way
def change_the_root(_: Plan) -> None:
    os.chroot("/")


@way
def read_the_kernels_key_ring(_: Plan) -> None:
    call(_KEYCTL, ctypes.c_int(0), ctypes.c_int(-3), ctypes.c_int(0))


@way
def raise_a_limit(_: Plan) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@way
def leave_a_core_file(_: Plan) -> bool:
    return resource.getrlimit(resource.RLIMIT_CORE)[1] != 0 or ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) != 0


@way
def become_dumpable(_: Plan) -> bool:
    return bool(ctypes.CDLL(None).prctl(4, ctypes.c_ulong(1), 0, 0, 0) == 0)


@way
def take_more_memory_than_allowed(_: Plan) -> None:
    mmap.mmap(-1, sandbox.MEMORY).close()


@way
def type_into_a_terminal(plan: Plan) -> bool:
    """By FIONREAD in place of TIOCSTI, which many kernels refuse to everybody; the filter lists neither."""
    _, ours = plan["terminal"] if plan["walls"] else os.openpty()
    return bool(ctypes.CDLL(None).ioctl(ours, ctypes.c_ulong(0x541B), ctypes.create_string_buffer(4)) == 0)


def ended(way_out: Callable[[Plan], Any], plan: Plan) -> str:
    """ "" when it led out, else what stopped it."""
    try:
        return "refused" if way_out(plan) is False else ""
    except (OSError, RuntimeError, MemoryError, KeyError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def main(plan: Plan) -> None:
    """Try each way and print how it ended."""
    told = os.fdopen(os.dup(1), "w")
    report: dict[str, str] = {}
    if plan["walls"]:
        plan["terminal"] = os.openpty()
        os.close(sandbox.silence())
        report = sandbox.close()
        for stream in (1, 2):
            os.write(stream, b"a text that a library prints\n")
        results = {name: ended(function, plan) for name, function in WAYS.items()}
    else:
        results = {name: _apart(function, plan) for name, function in WAYS.items()}
    told.write(json.dumps({"walls": report, "ways": results}))
    told.flush()


def _apart(function: Callable[[Plan], Any], plan: Plan) -> str:
    """Tried in a child of its own, which it may change as it likes."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.write(write, ended(function, plan).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
