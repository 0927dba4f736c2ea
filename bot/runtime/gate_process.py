"""The gate in a process of its own, so that no page and no chat waits while it loads or reads a text.

It and its language models take more memory and processor time than everything else here, and Python runs one thread at
a time. Raw text goes through a pipe between two processes of the same user, nowhere else; the process ends with the
pipe, so also when the program is killed. this module, started by itself, is its other end.
"""

from __future__ import annotations

import asyncio
import errno
import os
import pickle
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from bot.anonymise import Examined, FieldResult, GateClosed, GateSettings, Known, Sensitive, TagBook
from bot.log import Log, place_of
from bot.runtime.child import command

if TYPE_CHECKING:
    from bot.anonymise import Gate

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds between two attempts to start a gate that does not start."""
_LENGTH = struct.Struct(">Q")
_PROVE = "prove"
_GOODBYE = 2.0
"""Seconds within which a process that closed its pipe has ended and can say how."""

_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "TMPDIR")
"""What the process that reads raw texts is told of its surroundings: enough to start, no key and no password."""


class GateProcess:
    """Implements `bot.app.dependencies.Anonymiser`; one text at a time, on one event loop.

    `fault` is why the gate does not work, as last seen: "" when it does, None before it was ever tried.
    """

    def __init__(self, settings: GateSettings) -> None:
        self.fault: str | None = None
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
        answer = await asyncio.shield(self._ask((raw, lang, known, tags, mask)))
        if answer is None:
            raise GateClosed(recogniser="process", reason=self.fault)
        if isinstance(answer, dict):
            raise GateClosed(**answer)
        language, flags, book, findings = answer
        results = {name: FieldResult(text, findings[name]) for name, text in fields.items()}
        return Examined(results, language, flags, book)

    async def prove(self) -> str:
        """Start the process, load every model and read a text of the gate's own; what is wrong, or ""."""
        fault = await asyncio.shield(self._ask(_PROVE))
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
            with suppress(OSError):
                await self._started()
        self._warming = None

    async def _ask(self, question: Any) -> Any:
        """The other end's answer; None when the process could not be started or was lost (`fault` says how)."""
        async with self._turn:
            try:
                process = await self._started()
                await _send(process, question)
                answer = await _answer(process)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.fault = await self._how_it_ended(error)
                await self._end()
                self._lost.set()
                return None
            self.fault = ""
            return answer

    async def _how_it_ended(self, error: Exception) -> str:
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
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
            await _send(self._process, self._settings)
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
    assert process.stdout is not None
    (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
    return pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 written by the process we started


def serve() -> None:
    """The other end: settings first, then text after text until the pipe closes."""
    # Only here, so that the program itself holds no recogniser.
    from bot.anonymise import Gate
    from bot.anonymise.proof import fault_of

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    questions = sys.stdin.buffer
    settings = _read(questions)
    gate = cache(lambda: Gate(settings))
    with suppress(Exception):  # told with the first text
        gate()
    while (question := _read(questions)) is not None:
        answers.write(_packed(fault_of(settings, gate) if question == _PROVE else _examined(gate, *question)))
        answers.flush()


def _examined(
    gate: Callable[[], Gate],
    raw: Mapping[str, str],
    lang: str | None,
    known: Known,
    tags: TagBook | None,
    mask: list[str],
) -> Any:
    fields = {name: Sensitive(text) for name, text in raw.items()}
    try:
        examined = gate().examine(fields, lang=lang, known=known, tags=tags, mask=mask)
    except GateClosed as closed:
        return closed.values
    except Exception as error:  # nothing is shared, and the error's message could hold the text
        return {"recogniser": type(error).__name__, "place": place_of(error)}
    findings = {name: result.findings for name, result in examined.fields.items()}
    return examined.lang, examined.flags, examined.tags, findings


def _read(source: IO[bytes]) -> Any:
    """The next message; None at the end of the pipe."""
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    return pickle.loads(source.read(*_LENGTH.unpack(head)))  # noqa: S301 written by the program that started us


def _packed(what: Any) -> bytes:
    packed = pickle.dumps(what)
    return _LENGTH.pack(len(packed)) + packed


if __name__ == "__main__":
    serve()
