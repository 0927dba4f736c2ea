"""A filter of system calls for one process: what is not listed fails as if the kernel did not know it.

Sources: seccomp(2) of the Linux manual; `linux/filter.h`, `linux/seccomp.h` and `linux/audit.h` for the constants;
`asm/unistd_64.h` and `asm-generic/unistd.h` for the numbers of the calls. Written out here because the bindings on PyPI
need libseccomp, which an image may lack, and the newest release of the one in use dates from 2021 (decision 0015).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator, Sequence

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
"""BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_JMP|BPF_JSET|BPF_K, BPF_RET|BPF_K."""
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in `struct seccomp_data`; an argument has eight bytes, the low half first on both machines below."""
_PR_SET_SECCOMP, _FILTER = 22, 2

_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64, and the column of the numbers below."""

_FREE = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "close": (3, 57), "fstat": (5, 80),
    "newfstatat": (262, 79), "stat": (4, None), "lstat": (6, None), "statx": (332, 291), "lseek": (8, 62),
    "pread64": (17, 67), "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216),
    "brk": (12, 214), "madvise": (28, 233), "mincore": (27, 232), "access": (21, None), "faccessat": (269, 48),
    "faccessat2": (439, 439), "readlink": (89, None), "readlinkat": (267, 78), "getcwd": (79, 17),
    "getdents64": (217, 61), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "poll": (7, None),
    "ppoll": (271, 73), "futex": (202, 98), "futex_waitv": (449, 449), "set_robust_list": (273, 99),
    "get_robust_list": (274, 100), "rseq": (334, 293), "set_tid_address": (218, 96), "gettid": (186, 178),
    "getpid": (39, 172), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177),
    "exit": (60, 93), "exit_group": (231, 94), "sched_yield": (24, 124), "sched_getaffinity": (204, 123),
    "getcpu": (309, 168), "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101), "gettimeofday": (96, 169), "time": (201, None), "times": (100, 153),
    "getrusage": (98, 165), "getrandom": (318, 278), "uname": (63, 160), "sysinfo": (99, 179), "getrlimit": (97, 163),
    "membarrier": (324, 283), "restart_syscall": (219, 128), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136), "sigaltstack": (131, 132),
}  # fmt: skip
"""What computing, memory, the open pipe and reading files need; numbers on x86_64 and aarch64."""

_OPENAT, _OPEN, _IOCTL = (257, 56), (2, None), (16, 29)
_FCNTL, _PRCTL, _TGKILL, _PRLIMIT = (72, 25), (157, 167), (234, 131), (302, 261)
_TO_CHANGE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_IOCTLS = (0x5401, 0x5451, 0x5450)
"""TCGETS, FIOCLEX, FIONCLEX: what opening a file asks. TIOCSTI, which types into a terminal, is not among them."""
_FCNTLS = (0, 1, 2, 3, 1030)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC; not F_SETOWN, which sends signals."""
_PRCTLS = (15, 16, 3, 39, 21, 0x53564D41)
"""PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP, PR_SET_VMA (names of memory)."""


class _Instruction(ctypes.Structure):
    """`struct sock_filter`."""

    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def load() -> str:
    """Filter this thread's calls from now on, for good; why it cannot be done, or "".

    Needs no_new_privs (prctl(2)), and must come before other threads start. The rest may compute, use memory, read and
    write what is open and open files to read: no socket, process, thread, signal to others, change of a file or of
    rights.
    """
    if platform.machine() not in _MACHINES:
        return f"the numbers of the calls of {platform.machine()} are not known to this program"
    written = [_Instruction(*step) for step in _program(*_MACHINES[platform.machine()])]
    instructions = (_Instruction * len(written))(*written)
    program = _Program(len(written), instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(program), 0, 0) != 0:
        return f"the kernel takes no filter ({errno.errorcode.get(ctypes.get_errno(), 'unknown')})"
    return ""


_Step = tuple[int, int, int, int]


def _program(architecture: int, column: int) -> Iterator[_Step]:
    yield _load(_ARCHITECTURE)
    yield (_EQUAL, 1, 0, architecture)
    yield (_RETURN, 0, 0, _KILL)
    yield _load(_NUMBER)
    for numbers in _FREE.values():
        if (number := numbers[column]) is not None:
            yield (_EQUAL, 0, 1, number)
            yield (_RETURN, 0, 0, _ALLOW)
    for numbers, test in (
        (_OPENAT, _no_bit(2, _TO_CHANGE, errno.EACCES)),
        (_OPEN, _no_bit(1, _TO_CHANGE, errno.EACCES)),
        (_IOCTL, _one_of(1, _IOCTLS, errno.ENOTTY)),
        (_FCNTL, _one_of(1, _FCNTLS, errno.EPERM)),
        (_PRCTL, _one_of(0, _PRCTLS, errno.EPERM)),
        (_TGKILL, _one_of(0, (os.getpid(),), errno.EPERM)),
        (_PRLIMIT, _nothing(2, errno.EPERM)),
    ):
        if (number := numbers[column]) is not None:
            yield (_EQUAL, 0, len(test), number)
            yield from test
    # Not EPERM: the C library tries an older call where a newer one does not exist, and gives up at a forbidden one.
    yield (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)


def _load(offset: int) -> _Step:
    return (_LOAD, 0, 0, offset)


def _low(argument: int) -> int:
    return _ARGUMENTS + 8 * argument


def _no_bit(argument: int, bits: int, error: int) -> Sequence[_Step]:
    """Allowed when the argument has none of these bits."""
    return (_load(_low(argument)), (_ANY_BIT, 1, 0, bits), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | error))


def _one_of(argument: int, values: Sequence[int], error: int) -> Sequence[_Step]:
    """Allowed when the argument is one of these, which the kernel reads as 32 bits."""
    tests = [(_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]
    return (_load(_low(argument)), *tests, (_RETURN, 0, 0, _ERRNO | error), (_RETURN, 0, 0, _ALLOW))


def _nothing(argument: int, error: int) -> Sequence[_Step]:
    """Allowed when the argument is a null pointer."""
    return (
        _load(_low(argument)),
        (_EQUAL, 0, 2, 0),
        _load(_low(argument) + struct.calcsize("I")),
        (_EQUAL, 1, 0, 0),
        (_RETURN, 0, 0, _ERRNO | error),
        (_RETURN, 0, 0, _ALLOW),
    )
