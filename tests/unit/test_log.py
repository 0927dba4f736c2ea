"""What reaches the log when a library or the interpreter says something: the kind, never the words."""

from __future__ import annotations

import asyncio
import io
import logging

import pytest
import structlog

from bot.log import KindsOnly, configure

WORDS = "Berta from Kiel"


@pytest.fixture
def said() -> io.StringIO:
    """What stands in the log."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(KindsOnly())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield written
    finally:
        root.removeHandler(handler)


def test_a_library_that_logs_what_it_was_given_shows_its_kind_alone(said: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Error handling request /sign-in/%s", WORDS, exc_info=ValueError(WORDS))
    assert said.getvalue() == "ERROR aiohttp.server ValueError\n"


async def test_a_task_nobody_waited_for_shows_its_kind_alone(said: io.StringIO) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": WORDS, "exception": RuntimeError(WORDS)})
    assert said.getvalue() == "ERROR asyncio RuntimeError\n"


def test_the_programs_own_log_is_set_up_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    before = structlog.get_config()
    try:
        configure(json=True, level="debug")
        logging.getLogger("sqlalchemy").error("parameters: %s", WORDS, exc_info=ValueError(WORDS))
    finally:
        structlog.configure(**before)
    assert capsys.readouterr().err == "ERROR sqlalchemy ValueError\n"


def test_a_log_that_is_no_terminal_is_without_colours(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        configure(json=False, level="info").info("serve.ready", port=8377)
    finally:
        structlog.configure(**before)
    line = capsys.readouterr().err
    assert "serve.ready" in line and "port=8377" in line and "\x1b" not in line
