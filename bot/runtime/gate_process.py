"""The gate in a process of its own, so that no page and no chat waits while it loads or reads a text.

It and its language models take more memory and processor time than everything else here, and Python runs one thread at
a time. Raw text goes through a pipe between two processes of the same user, nowhere else; the process ends with the
pipe, so also when the program is killed. This module, started by itself, is its other end: it confines itself
(`sandbox.py`) before it reads a text. Its answers are JSON and are checked (`gate_answers.py`): whoever takes that
process over must not get any further by what it answers. An answer that is late, that belongs to no question or that
is not understood ends the process as a loss of it does.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import pickle
import secrets
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from bot.anonymise import (
    Examined,
    GateClosed,
    GateSettings,
    Known,
    Sensitive,
    TagBook,
)
from bot.anonymise.models import RAMPART
from bot.log import Log, place_of
from bot.runtime import gate_answers, sandbox
from bot.runtime.child import command

if TYPE_CHECKING:
    from bot.anonymise import Gate

T = TypeVar("T")
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds between two attempts to start a gate that does not start."""
_LENGTH = struct.Struct(">Q")
_PROVE = "prove"
_GOODBYE = 2.0
"""Seconds within which a process that closed its pipe has ended and can say how."""

LONGEST_WAIT = 300.0
"""Seconds for an answer, also for the first, before which every model is loaded."""
_LONGEST_ANSWER = 32 * 1024 * 1024
"""Bytes; what is found in the longest form takes a hundredth of it."""


class GateProcess:
    """Implements `bot.app.dependencies.Anonymiser`; one text at a time, on one event loop.

    `fault` is why the gate does not work, as last seen: "" when it does, None before it was ever tried. `walls` is what
    the process said when it was started last: of each wall around it "" when it stands, or why not.
    """

    def __init__(self, settings: GateSettings) -> None:
        self.fault: str | None = None
        self.walls: dict[str, str] = {}
        self._settings = settings
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._warming: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()

    async def examine(
        self, fields: Mapping[str, Sensitive], *, lang: str | None, known: Known, tags: TagBook | None, mask: list[str]
    ) -> Examined:
        """`Gate.examine` in the process. Raises GateClosed when it could not."""
        raw = {name: text.reveal() for name, text in fields.items()}
        # Once asked, the answer is waited for even if nobody wants it any more: the next one comes behind it.
        question = (raw, lang, known, tags, mask)
        answer = await asyncio.shield(self._ask(question, lambda said: gate_answers.examined(said, fields)))
        if answer is None:
            raise GateClosed(recogniser="process", reason=self.fault)
        if isinstance(answer, GateClosed):
            raise answer
        return answer

    async def prove(self) -> str:
        """Start the process, load every model and read a text of the gate's own; what is wrong, or ""."""
        fault = await asyncio.shield(self._ask(_PROVE, gate_answers.a_line))
        if fault:
            self.fault = fault
        return self.fault or ""

    async def watch(self, log: Log) -> None:
        """Prove the gate now and after each loss, with growing pauses while it does not start; never returns."""
        pause = FIRST_PAUSE
        while True:
            self._lost.clear()
            if fault := await self.prove():
                log.error("gate.broken", reason=fault)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                log.info("gate.ready")
                pause = FIRST_PAUSE
                await self._lost.wait()

    def warm(self) -> None:
        """Start loading in the process; a text that arrives earlier waits."""
        if self._process is None and self._warming is None:
            self._warming = asyncio.get_running_loop().create_task(self._warm())

    async def stop(self) -> None:
        """End the process at once, whatever it is at."""
        self._kill()
        async with self._turn:
            await self._end()

    async def _warm(self) -> None:
        async with self._turn:
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await self._started()
            except (OSError, asyncio.IncompleteReadError, ValueError):
                await self._end()
        self._warming = None

    async def _ask(self, question: Any, read: Callable[[Any], T]) -> T | None:
        """What `read` makes of the answer; None when the process was not started or was lost (`fault` says how)."""
        async with self._turn:
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    process = await self._started()
                    # Nobody over there can know the number of the next question, and so none answers it beforehand.
                    number = secrets.token_hex(8)
                    await _send(process, (number, question))
                    answer = read(_answer_to(number, await _answer(process)))
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                self.fault = await self._how_it_ended(error)
                await self._end()
                self._lost.set()
                return None
            self.fault = ""
            return answer

    async def _how_it_ended(self, error: Exception) -> str:
        if isinstance(error, ValueError):
            return "its answer cannot be read"
        if self._process is None:
            return (
                f"it cannot be started ({errno.errorcode.get(getattr(error, 'errno', 0) or 0, type(error).__name__)})"
            )
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                code = await self._process.wait()
                return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"no answer ({type(error).__name__})"

    async def _started(self) -> Process:
        if self._process is None:
            # A session of its own: Ctrl+C in a terminal is for the program, which then ends it.
            self._process = await asyncio.create_subprocess_exec(
                *command("bot.runtime.gate_process"),
                stdin=PIPE,
                stdout=PIPE,
                start_new_session=True,
                env=sandbox.environment(),
            )
            await _send(self._process, self._settings)
            self.walls = gate_answers.lines(await _answer(self._process), sandbox.WALLS)
        return self._process

    async def _end(self) -> None:
        self._kill()
        process, self._process = self._process, None
        if process is not None:
            await process.communicate()

    def _kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()


async def _send(process: Process, what: Any) -> None:
    assert process.stdin is not None
    process.stdin.write(_packed(what))
    await process.stdin.drain()


async def _answer(process: Process) -> Any:
    """Raises ValueError for what is no answer."""
    assert process.stdout is not None
    (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
    if length > _LONGEST_ANSWER:
        raise ValueError(length)
    return gate_answers.decoded(await process.stdout.readexactly(length))


def _answer_to(number: str, said: Any) -> Any:
    if not isinstance(said, dict) or said.get("number") != number or "answer" not in said:
        raise ValueError("an answer to nothing that was asked")
    return said["answer"]


def serve() -> None:
    """The other end: settings first, answered with the walls that stand, then text after text until the pipe closes."""
    questions = sys.stdin.buffer
    settings: GateSettings = _read(questions)
    answers = os.fdopen(sandbox.silence(), "wb")
    elsewhere = [] if settings.name_model in {"", RAMPART} else [Path(settings.name_model).resolve()]
    _tell(answers, sandbox.close(elsewhere))
    gate = cache(lambda: _gate(settings))
    with suppress(Exception):  # told with the first text
        gate()
    while (asked := _read(questions)) is not None:
        number, question = asked
        answer = _fault(settings, gate) if question == _PROVE else _examined(gate, *question)
        _tell(answers, {"number": number, "answer": answer})


def _gate(settings: GateSettings) -> Gate:
    # Only here, behind the walls, and so that the program itself holds no recogniser.
    from bot.anonymise import Gate

    return Gate(settings)


def _fault(settings: GateSettings, gate: Callable[[], Gate]) -> str:
    try:
        from bot.anonymise.proof import fault_of
    except Exception as error:  # a part that is missing or does not load
        return _one_line(f"{type(error).__name__}: {error}")
    return _one_line(fault_of(settings, gate))


def _one_line(fault: str) -> str:
    return " ".join(fault.split())[: gate_answers.LONGEST_LINE]


def _examined(
    gate: Callable[[], Gate],
    raw: Mapping[str, str],
    lang: str | None,
    known: Known,
    tags: TagBook | None,
    mask: list[str],
) -> dict[str, Any]:
    fields = {name: Sensitive(text) for name, text in raw.items()}
    try:
        examined = gate().examine(fields, lang=lang, known=known, tags=tags, mask=mask)
    except GateClosed as closed:
        return {"closed": {name: str(value) for name, value in closed.values.items()}}
    except Exception as error:  # nothing is shared, and the error's message could hold the text
        return {"closed": {"recogniser": type(error).__name__, "place": place_of(error)}}
    return {
        "lang": examined.lang,
        "flags": [asdict(flag) for flag in examined.flags],
        "tags": examined.tags.to_json(),
        "findings": {name: [asdict(found) for found in result.findings] for name, result in examined.fields.items()},
    }


def _read(source: IO[bytes]) -> Any:
    """The next message; None at the end of the pipe."""
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    return pickle.loads(source.read(*_LENGTH.unpack(head)))  # noqa: S301 written by the program that started us


def _tell(answers: IO[bytes], what: Any) -> None:
    packed = json.dumps(what).encode()
    answers.write(_LENGTH.pack(len(packed)) + packed)
    answers.flush()


def _packed(what: Any) -> bytes:
    packed = pickle.dumps(what)
    return _LENGTH.pack(len(packed)) + packed


if __name__ == "__main__":
    serve()
