"""A gate's process that somebody else took over: whatever it answers, the gate closes, says why and starts anew."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.anonymise import GateClosed, GateSettings, Known, Sensitive
from bot.log import Silent
from bot.runtime import gate_answers, gate_process
from bot.runtime.gate_process import GateProcess
from tests.waiting import until

FIELDS = {"text": Sensitive("Call Anna Berg on")}
UNREAD = {"recogniser": "process", "reason": "its answer cannot be read"}
HEAD = """
import json, os, pickle, struct, time
def say(sent):
    sent = struct.pack(">Q", len(sent)) + sent
    while sent:
        sent = sent[os.write(1, sent):]
def got():
    head = b""
    while len(head) < 8:
        head += os.read(0, 8 - len(head))
    (left,), read = struct.unpack(">Q", head), b""
    while len(read) < left:
        read += os.read(0, left - len(read))
    return read
def answer(sent):
    number, _ = pickle.loads(got())
    say(b'{"number": "%s", "answer": %s}' % (number.encode(), sent))
got()
"""
WALLS = "say(b'{}')\n"
REST = "\ntime.sleep(60)"


@contextmanager
def taken_over(monkeypatch: pytest.MonkeyPatch, script: str) -> Iterator[GateProcess]:
    monkeypatch.setattr(gate_process, "command", lambda _: (sys.executable, "-c", HEAD + script))
    gate = GateProcess(GateSettings())
    yield gate
    gate._kill()


async def ask(gate: GateProcess) -> Any:
    return await gate.examine(FIELDS, lang="en", known=Known(), tags=None, mask=[])


@pytest.mark.parametrize(
    "script",
    [
        "say(b'[' * 200_000)",
        "say(b'5')",
        WALLS + "got(); say(b'[' * 200_000)",
        WALLS + "got(); say(b'null')",
        WALLS + 'got(); say(b\'{"number": "1", "answer": {"closed": {}}}\')',
        WALLS + "answer(b'null')",
        WALLS + "answer(b'{\"closed\": 5}')",
        WALLS + "answer(b'9' * 5000)",
    ],
)
async def test_what_is_no_answer_ends_the_process(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    with taken_over(monkeypatch, script + REST) as gate:
        async with asyncio.timeout(20):
            with pytest.raises(GateClosed) as closed:
                await ask(gate)
        assert closed.value.values == UNREAD
        assert (gate.fault, gate._process) == (UNREAD["reason"], None)


async def test_an_answer_that_does_not_come_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_process, "LONGEST_WAIT", 0.3)
    monkeypatch.setattr(gate_process, "_GOODBYE", 0.1)
    with taken_over(monkeypatch, WALLS + REST) as gate:
        with pytest.raises(GateClosed) as closed:
            await ask(gate)
        assert (closed.value.values["reason"], gate._process) == ("no answer (TimeoutError)", None)


async def test_the_gate_is_watched_on_after_an_answer_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_process, "FIRST_PAUSE", 0.01)
    log = Silent()
    with taken_over(monkeypatch, WALLS + "got(); say(b'[' * 200_000)" + REST) as gate:
        watching = asyncio.create_task(gate.watch(log))
        await until(lambda: len(log.records) > 1, 20)
        assert not watching.done()
        watching.cancel()
    assert log.records[0] == ("gate.broken", {"reason": UNREAD["reason"]})


async def test_an_answer_ahead_of_its_question_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = json.dumps(whole()).encode()
    ahead = WALLS + f'answer({sent!r})\nsay(b\'{{"number": "1", "answer": {{}}}}\')' + REST
    with taken_over(monkeypatch, ahead) as gate:
        assert (await ask(gate)).lang == "en"
        with pytest.raises(GateClosed) as closed:
            await ask(gate)
        assert closed.value.values == UNREAD


def whole() -> dict[str, Any]:
    """An answer that holds."""
    found = {"start": 5, "end": 14, "cls": "NAME", "tier": "auto", "score": 0.9, "recogniser": "full_name"}
    return {
        "lang": "en",
        "flags": [{"field": "text", "start": 0, "end": 4, "kind": "job", "suggestion_key": "gate.flag.job"}],
        "tags": {"salt": "00" * 16, "tags": {"0" * 32: "[PERSON 1]", "written [ID 2]": "[ID 2]"}, "parts": {}},
        "findings": {"text": [{**found, "tag": "[PERSON 1, mother]", "hard": False}]},
    }


Spoil = Callable[[dict[str, Any]], object]
SPOILT: dict[str, Spoil] = {
    "lang": lambda a: a.update(lang="Q" * 50),
    "lang that is none": lambda a: a.update(lang={"a": [1]}),
    "class": lambda a: a["findings"]["text"][0].update(cls="<b>evil"),
    "recogniser": lambda a: a["findings"]["text"][0].update(recogniser="Anna Berg"),
    "score": lambda a: a["findings"]["text"][0].update(score=float("inf")),
    "score that is none": lambda a: a["findings"]["text"][0].update(score=float("nan")),
    "tag with a line": lambda a: a["findings"]["text"][0].update(tag="[PERSON 1]\nCall Anna"),
    "tag without brackets": lambda a: a["findings"]["text"][0].update(tag="Call Anna Berg"),
    "long tag": lambda a: a["findings"]["text"][0].update(tag="[PERSON 1, " + "x" * 60 + "]"),
    "end": lambda a: a["findings"]["text"][0].update(end=999),
    "flag's field": lambda a: a["flags"][0].update(field="other"),
    "flag's place": lambda a: a["flags"][0].update(end=999),
    "flag's kind": lambda a: a["flags"][0].update(kind="no such kind"),
    "flag's advice": lambda a: a["flags"][0].update(suggestion_key="risk.alert"),
    "salt": lambda a: a["tags"].update(salt="00"),
    "tags": lambda a: a["tags"].update(tags=[[1]]),
    "a tag of the book": lambda a: a["tags"].update(tags={"0" * 32: "Anna\n"}),
    "a digest of the book": lambda a: a["tags"].update(tags={"Anna Berg": "[PERSON 1]"}),
    "parts": lambda a: a["tags"].update(parts=5),
    "closed with a text": lambda a: a.update(closed={"recogniser": "Call Anna Berg"}),
    "closed at a text": lambda a: a.update(closed={"recogniser": "name", "place": "Call Anna Berg"}),
    "closed for long": lambda a: a.update(closed={"recogniser": "name", "reason": "x" * 100_000}),
    "closed with a line": lambda a: a.update(closed={"recogniser": "name", "reason": "x\ny"}),
}


@pytest.mark.parametrize("what", SPOILT)
def test_each_field_of_an_answer_is_checked(what: str) -> None:
    answer = whole()
    assert not isinstance(gate_answers.examined(answer, FIELDS), GateClosed)
    SPOILT[what](answer)
    with pytest.raises(ValueError, match="no answer"):
        gate_answers.examined(answer, FIELDS)


def test_a_closed_gate_says_which_recogniser_and_where() -> None:
    told = {"recogniser": "KeyError", "place": "bot/app/entry.py:120 < <frozen importlib._bootstrap>:241"}
    closed = gate_answers.examined({"closed": told}, FIELDS)
    assert isinstance(closed, GateClosed)
    assert closed.values == told
