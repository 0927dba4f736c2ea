"""What the gate's worker leaves behind when it breaks or dies: no file, no log line, no traceback has the text."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from bot.anonymise import Gate, GateClosed, GateSettings, Known, Sensitive
from bot.anonymise import gate as gate_module
from bot.anonymise.recognisers import RECOGNISERS
from bot.runtime.gate_process import GateProcess
from tests.privacy.canary import CANARY
from tests.privacy.stored_bytes import found_in

PLACE = "Whitehaven"
TEXT = f"My client {CANARY} lives in {PLACE}, 07700 900123."

_WORKER = """
import asyncio, faulthandler, logging, os, signal, sys, warnings

logging.basicConfig(level=logging.DEBUG)
warnings.simplefilter("always")
written = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path, mode, flags = arguments
        if (flags or 0) & (os.O_WRONLY | os.O_RDWR) or set(mode or "") & set("wax+"):
            written.append(os.fsdecode(path))
    elif event in ("subprocess.Popen", "os.mkdir", "socket.connect"):
        written.append(event)

text = sys.stdin.read()

from bot.anonymise import GateSettings, Known, Sensitive
from tests.gate import GateInAWorker

async def main():
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0
    worker = GateInAWorker(GateSettings())
    ask = lambda text: worker.examine({"x": Sensitive(text)}, lang="en", known=Known(), tags=None, mask=[text[:9]])
    await ask("Ready?")
    sys.addaudithook(watch)
    examined = await ask(text)
    print(len(examined.fields["x"].findings), written, examined)

    def dies(passage):
        print("dying", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)
        yield

    worker._gate._recognisers[next(iter(worker._gate._recognisers))] = dies
    await ask(text)

faulthandler.enable(all_threads=True)
asyncio.run(main())
"""


@pytest.mark.slow
def test_a_worker_that_dies_leaves_no_text_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONDEVMODE": "1"}
    died = subprocess.run(
        [sys.executable, "-c", _WORKER], input=TEXT.encode(), capture_output=True, env=environment, check=False
    )
    out, err = died.stdout.decode(), died.stderr.decode()
    assert died.returncode < 0, err[-2_000:]
    assert "DEBUG" in err
    found, _, rest = out.partition(" ")
    assert int(found) >= 3
    assert rest.startswith("[] ")  # no file opened to write, no process started, nobody connected to
    assert CANARY.casefold() not in (out + err).casefold()
    assert "900123" not in out + err
    assert found_in(tmp_path, CANARY) == []


@pytest.mark.parametrize("part", ["recogniser", "gate"])
def test_what_breaks_closes_the_gate_and_quotes_nothing(
    part: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    def broken(*quoted: object) -> object:
        raise ValueError(TEXT, *quoted)

    if part == "recogniser":
        monkeypatch.setitem(RECOGNISERS, "email", broken)
    gate = Gate(GateSettings(name_model="", tagger=False))
    if part == "gate":
        monkeypatch.setattr(gate_module, "repeated", broken)
    with pytest.raises(GateClosed) as caught:
        gate.examine({"x": Sensitive(TEXT)}, lang="en", mask=(PLACE,))
    error = caught.value
    assert (error.__cause__, error.__context__) == (None, None)
    told = "".join(traceback.format_exception(error)) + repr(error) + str(error.values) + caplog.text
    assert CANARY not in told
    assert PLACE not in told
    assert error.values["recogniser"] == ("email" if part == "recogniser" else "gate")
    assert set(error.values) == {"recogniser", "place"}


@pytest.mark.slow
async def test_a_gate_process_that_dies_leaves_no_text_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Killed with the text in its hands: developers' mode asked for around it, temporary files looked through."""
    for name, value in {"TMPDIR": str(tmp_path), "PYTHONDEVMODE": "1", "PYTHONFAULTHANDLER": "1"}.items():
        monkeypatch.setenv(name, value)
    process = GateProcess(GateSettings(name_model="", tagger=False))
    long = {"x": Sensitive(f"{TEXT} Nothing more to tell. " * 2_000)}
    try:
        await process.examine({"x": Sensitive("Ready?")}, lang="en", known=Known(), tags=None, mask=[])
        asked = asyncio.ensure_future(process.examine(long, lang="en", known=Known(), tags=None, mask=[PLACE]))
        await asyncio.sleep(0)  # it holds the text now
        assert process._process is not None
        os.kill(process._process.pid, signal.SIGSEGV)
        with pytest.raises(GateClosed):
            await asked
    finally:
        await process.stop()
    out, err = capfd.readouterr()
    assert CANARY not in out + err
    assert PLACE not in out + err
    assert found_in(tmp_path, CANARY) == []
