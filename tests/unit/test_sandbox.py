"""The walls around the process that reads raw texts: no way out, the gate works behind them, and they are told."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.anonymise import GateClosed, GateSettings, Known, Sensitive
from bot.runtime import gate_process, landlock, sandbox, seccomp
from bot.runtime.gate_process import GateProcess
from tests import escapes
from tests.needed import needed

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
FIELDS = {"text": Sensitive("Call Anna Berg on +49 431 8801234.")}
TEXT: dict[str, Any] = {"lang": "en", "known": Known(), "tags": None, "mask": []}

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's walls are Linux's")


VICTIM = """
import ctypes, sys
secret = ctypes.create_string_buffer(b"secret!", 8)
print(ctypes.addressof(secret), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Something to reach for every way out: files, sockets and a process with a secret."""
    with ExitStack() as kept:
        for name in ("key", "config", "database", "doomed", "doomed_too"):
            (tmp_path / name).write_bytes(b"secret")
        port = kept.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        for address in (str(tmp_path / "s"), f"\0{tmp_path.name}"):
            listener = kept.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(address)
            listener.listen()
        victim = kept.enter_context(
            subprocess.Popen([sys.executable, "-c", VICTIM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        kept.callback(victim.kill)
        assert victim.stdout is not None
        yield {
            **{name: str(tmp_path / name) for name in ("key", "config", "database", "doomed", "doomed_too")},
            "folder": str(tmp_path), "temporary": str(tmp_path / "temporary"), "port": port,
            "socket": str(tmp_path / "s"), "abstract": tmp_path.name,
            "parent": victim.pid, "address": int(victim.stdout.readline()),
        }  # fmt: skip


def tried(plan: dict[str, Any], *, walls: bool) -> tuple[dict[str, Any], str]:
    environment = {**(sandbox.environment() if walls else os.environ | {"INTERVISION_KEY": "secret"})}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.escapes", json.dumps({**plan, "walls": walls})],
        check=True, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer, ran.stderr


MAY_FAIL_ANYHOW = {
    "submit_work_by_io_uring", "trace_the_parent", "take_an_open_file_of_the_parent", "copy_from_the_parents_memory",
    "make_a_namespace_of_its_own", "change_the_root", "read_the_kernels_key_ring", "ask_for_a_name",
    "read_the_parents_memory", "take_more_memory_than_allowed", "ask_the_kernel_by_netlink", "share_memory",
}  # fmt: skip
"""What a machine, a container or an ordinary user may lack without any wall of ours."""


@linux_only
def test_every_way_out_is_a_real_one(plan: dict[str, Any]) -> None:
    answer, _ = tried(plan, walls=False)
    closed = {name: why for name, why in answer["ways"].items() if why and name not in MAY_FAIL_ANYHOW}
    assert closed == {}


@linux_only
@pytest.mark.skipif(not landlock.version(), reason="this kernel offers no Landlock")
def test_no_way_leads_out(plan: dict[str, Any]) -> None:
    answer, printed = tried(plan, walls=True)
    assert answer["walls"] == dict.fromkeys(sandbox.WALLS, "")
    assert f"\n{len(answer['ways'])} ways out" in PAGE.read_text(encoding="utf-8"), "the page says how many"
    assert [name for name, why in answer["ways"].items() if not why] == []
    assert printed == "", "what a library prints would reach the log of the program"


def told_by_the_kernel(pid: int) -> tuple[str, str]:
    """Status and limits of a process."""
    proc = Path(f"/proc/{pid}")
    return (proc / "status").read_text(encoding="utf-8"), (proc / "limits").read_text(encoding="utf-8")


@linux_only
async def test_the_gate_itself_stands_behind_them() -> None:
    gate = GateProcess(GateSettings(name_model="", tagger=False))
    try:
        assert (await gate.examine(FIELDS, **TEXT)).fields["text"].findings
        assert gate._process is not None
        status, limits = told_by_the_kernel(gate._process.pid)
    finally:
        await gate.stop()
    told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert (told["NoNewPrivs"], told["Seccomp"], told["Threads"]) == ("1", "2", "1")
    assert [line.split()[-3:-1] for line in limits.splitlines() if "core" in line or "address" in line] == [
        ["0", "0"],
        [str(sandbox.MEMORY)] * 2,
    ]


def test_what_does_not_stand_is_told_with_its_reason() -> None:
    report = dict.fromkeys(sandbox.WALLS, "") | {"files": "the kernel offers no Landlock"}
    stand, missing = sandbox.lines(report)
    assert stand.endswith("environment, core, memory, rights, calls, output.")
    assert missing == "The wall 'files' does not stand: the kernel offers no Landlock."
    (none,) = sandbox.lines({})
    assert none.endswith("stand: none.")


def test_elsewhere_the_program_works_and_says_that_the_walls_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(sandbox, "_core", lambda: "")
    monkeypatch.setattr(sandbox, "_memory", lambda: "")
    report = sandbox.close()
    assert {wall for wall, why in report.items() if why.startswith("darwin has no such wall")} == {
        "rights", "files", "calls",
    }  # fmt: skip


def found(start: int, end: int) -> dict[str, Any]:
    return {
        "start": start, "end": end, "cls": "NAME", "tier": "auto", "score": 1.0, "recogniser": "x", "tag": "[X 1]",
        "hard": False,
    }  # fmt: skip


WHOLE: dict[str, Any] = {
    "lang": "en",
    "flags": [],
    "tags": {"salt": "00" * 16, "tags": {}, "parts": {}},
    "findings": {"text": [found(5, 9)]},
}


@pytest.mark.parametrize(
    "answer",
    [
        "fine",
        [],
        {},
        WHOLE | {"findings": {}},
        WHOLE | {"findings": {"text": [found(5, 900)]}},
        WHOLE | {"findings": {"text": [found(9, 5)]}},
        WHOLE | {"findings": {"text": [found(5, 9), found(8, 9)]}},
        WHOLE | {"findings": {"text": [found(5, 9) | {"tier": "kept"}]}},
        WHOLE | {"findings": {"text": [found(5, 9) | {"start": "5"}]}},
        WHOLE | {"tags": {"salt": "no hexadecimal"}},
        WHOLE | {"flags": [{"field": "text"}]},
    ],
)
async def test_an_answer_that_is_none_closes_the_gate(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, answers = GateProcess(GateSettings()), [WHOLE, answer]

    async def asked(_: object, read: Callable[[object], object]) -> object:
        try:
            return read(answers.pop(0))
        except ValueError:
            return None

    monkeypatch.setattr(gate, "_ask", asked)
    assert (await gate.examine(FIELDS, **TEXT)).fields["text"].findings[0].start == 5
    with pytest.raises(GateClosed):
        await gate.examine(FIELDS, **TEXT)


HOSTILE = """
import os, pickle, struct, sys
class Act:
    def __reduce__(self):
        return os.mkdir, (sys.argv[1],)
sent = pickle.dumps(Act())
os.write(1, struct.pack(">Q", len(sent)) + sent)
sys.stdin.read()
"""


@pytest.mark.parametrize("script", [HOSTILE, "import os, sys; os.write(1, b'\\xff' * 8); sys.stdin.read()"])
async def test_what_the_process_answers_is_never_run(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (sys.executable, "-c", script, str(tmp_path / "ran"))
    monkeypatch.setattr(gate_process, "command", lambda _: words)
    gate = GateProcess(GateSettings())
    with pytest.raises(GateClosed) as closed:
        await gate.examine(FIELDS, **TEXT)
    await gate.stop()
    assert closed.value.values == {"recogniser": "process", "reason": "its answer cannot be read"}
    assert not (tmp_path / "ran").exists()


def test_every_way_is_tried_by_its_own_name() -> None:
    assert len(escapes.WAYS) == len({function.__code__ for function in escapes.WAYS.values()})


HEADERS = {
    0: Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    1: Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("column", HEADERS, ids=["x86_64", "aarch64"])
def test_the_numbers_of_the_calls_are_the_kernels(column: int) -> None:
    needed("" if HEADERS[column].exists() else "no headers of the kernel on this machine")
    defined = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[column].read_text(encoding="utf-8"))
    known = {name: int(number) for name, number in defined}
    # On 64 bits the generic header names this one by its older twin.
    known.setdefault("newfstatat", known.get("fstatat", -1))
    some = {"openat": seccomp._OPENAT, "open": seccomp._OPEN, "ioctl": seccomp._IOCTL, "fcntl": seccomp._FCNTL}
    some |= {"prctl": seccomp._PRCTL, "tgkill": seccomp._TGKILL, "prlimit64": seccomp._PRLIMIT}
    every = {**seccomp._FREE, **some}
    listed = {name: numbers[column] for name, numbers in every.items() if numbers[column] is not None}
    assert {name: number for name, number in listed.items() if known.get(name) != number} == {}
