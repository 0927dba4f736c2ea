"""The gate in its own process: the same answers, closed when the process is lost, gone when the program is."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from bot.anonymise import Gate, GateClosed, GateSettings, Known, Sensitive, TagBook
from bot.log import Silent
from bot.runtime import gate_process, sandbox
from bot.runtime.gate_process import GateProcess
from tests.waiting import until

SETTINGS = GateSettings(name_model="", tagger=False, patterns=("XY-[0-9]{4}",))
FIELDS = {"background": Sensitive("Call Anna Berg on +49 431 8801234, file XY-1234."), "title": Sensitive("Week 4")}
KNOWN = Known(names=("Anna Berg",))


@pytest.fixture
async def gate() -> AsyncIterator[GateProcess]:
    made = GateProcess(SETTINGS)
    yield made
    await made.stop()


def pid_of(gate: GateProcess) -> int:
    assert gate._process is not None
    return gate._process.pid


async def test_it_finds_what_the_gate_finds(gate: GateProcess) -> None:
    salt = TagBook().salt
    here = Gate(SETTINGS).examine(FIELDS, lang="en", known=KNOWN, tags=TagBook(salt), mask=("Week",))
    there = await gate.examine(FIELDS, lang="en", known=KNOWN, tags=TagBook(salt), mask=["Week"])
    assert there == here
    assert {name: text.text for name, text in there.redact().items()} == {
        name: text.text for name, text in here.redact().items()
    }
    again = await gate.examine({"more": Sensitive("Anna Berg")}, lang="en", known=KNOWN, tags=there.tags, mask=[])
    assert again.fields["more"].findings[0].tag == there.fields["background"].findings[0].tag


async def test_what_fails_over_there_is_told_with_its_place(gate: GateProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Gate:
        raise KeyError("secret words")

    answer = gate_process._examined(broken, {}, "en", KNOWN, None, [])

    async def asked(_: object, read: Callable[[object], object]) -> object:
        return read(answer)

    monkeypatch.setattr(gate, "_ask", asked)
    with pytest.raises(GateClosed) as closed:
        await gate.examine(FIELDS, lang="en", known=KNOWN, tags=None, mask=[])
    line = broken.__code__.co_firstlineno + 1
    assert closed.value.values["recogniser"] == "KeyError"
    assert str(closed.value.values["place"]).startswith(f"tests/unit/test_gate_process.py:{line} < bot/runtime/")


async def test_somebody_who_gives_up_waiting_leaves_no_answer_behind(gate: GateProcess) -> None:
    gate.warm()
    asked = asyncio.ensure_future(gate.examine(FIELDS, lang="en", known=KNOWN, tags=None, mask=[]))
    await asyncio.sleep(0)
    asked.cancel()
    found = await gate.examine({"other": Sensitive("nothing")}, lang="en", known=Known(), tags=None, mask=[])
    assert list(found.fields) == ["other"]
    assert asked.cancelled()


async def test_a_lost_process_closes_the_gate_and_the_next_text_starts_another(gate: GateProcess) -> None:
    await gate.examine(FIELDS, lang="en", known=KNOWN, tags=None, mask=[])
    os.kill(pid_of(gate), signal.SIGKILL)
    with pytest.raises(GateClosed):
        await gate.examine(FIELDS, lang="en", known=KNOWN, tags=None, mask=[])
    assert (await gate.examine(FIELDS, lang="en", known=KNOWN, tags=None, mask=[])).fields["background"].findings


async def test_it_proves_itself_and_says_what_keeps_it_from_working(gate: GateProcess) -> None:
    before = gate.fault
    assert before is None, "nobody has tried it yet"
    assert (await gate.prove(), gate.fault) == ("", "")
    nothing = GateProcess(GateSettings(name_model="/there/is/none", tagger=False))
    assert (await nothing.prove()).startswith("anonymise.name_model: /there/is/none does not load (")
    await nothing.stop()


async def test_how_the_process_was_lost_is_told_and_the_gate_proves_itself_again(gate: GateProcess) -> None:
    log = Silent()
    watching = asyncio.create_task(gate.watch(log))
    await until(lambda: gate.fault == "", 60)
    os.kill(pid_of(gate), signal.SIGTERM)
    with pytest.raises(GateClosed) as closed:
        await gate.examine(FIELDS, lang="en", known=KNOWN, tags=None, mask=[])
    assert closed.value.values == {"recogniser": "process", "reason": "killed by SIGTERM"}
    await until(lambda: gate.fault == "", 60)
    assert [action for action, _ in log.records] == ["gate.ready", "gate.ready"]
    watching.cancel()


async def test_a_gate_that_does_not_start_is_tried_again_and_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_process, "FIRST_PAUSE", 0.01)
    log = Silent()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    gate = GateProcess(SETTINGS)
    watching = asyncio.create_task(gate.watch(log))
    await until(lambda: len(log.records) > 1, 60)
    assert log.records[0] == ("gate.broken", {"reason": "ended with exit code 1"})
    monkeypatch.setattr(sys, "executable", "/there/is/none")
    await until(lambda: log.records[-1][1] == {"reason": "it cannot be started (ENOENT)"}, 60)
    watching.cancel()
    await gate.stop()


PROGRAM = """
import asyncio
from bot.anonymise import GateSettings
from bot.runtime.gate_process import GateProcess
async def main():
    gate = GateProcess(GateSettings(name_model="", tagger=False))
    gate.warm()
    while gate._process is None:
        await asyncio.sleep(0.01)
    print(gate._process.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def test_it_ends_with_a_program_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        watched = os.pidfd_open(int(program.stdout.readline()))
        program.kill()
    ended, _, _ = select.select([watched], [], [], 60)
    os.close(watched)
    assert ended


def test_a_text_can_be_sent_without_the_gates_libraries_in_the_program() -> None:
    script = """
import asyncio, sys
from bot.anonymise import GateSettings, Sensitive
from bot.runtime.gate_process import GateProcess

async def send():
    gate = GateProcess(GateSettings(name_model="", tagger=False))
    text = {"text": Sensitive("Call +49 431 8801234.")}
    examined = await gate.examine(text, lang="en", known=None, tags=None, mask=[])
    await gate.stop()
    return examined.redact()["text"].text

print(asyncio.run(send()), {"pycrfsuite", "tokenizers", "onnxruntime"} & {*sys.modules})
"""
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert run.stdout == "Call [PHONE 1]. set()\n"


async def test_the_process_that_reads_raw_texts_holds_no_key_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process says itself what it was given: nobody else may look, not even the same user."""
    monkeypatch.setenv("INTERVISION_KEY", "the key of every text")
    monkeypatch.setenv("RELAY_PASSWORD", "a password")
    gate = GateProcess(SETTINGS)
    try:
        assert await gate.prove() == ""
        assert gate.walls["environment"] == ""
        monkeypatch.setattr(sandbox, "environment", lambda: dict(os.environ))
        await gate.stop()
        await gate.prove()
        assert "INTERVISION_KEY" in gate.walls["environment"]
    finally:
        await gate.stop()
