"""What reaches the log when a library or the interpreter says something: the kind, never the words."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog

from bot.log import Silent, configure, place_of, report
from tests.sources import ROOT, files, nodes

WORDS = "Berta from Kiel"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What stands in the log, in the form for machines."""
    written = io.StringIO()
    before = structlog.get_config()
    root = logging.getLogger()
    handlers = root.handlers
    root.handlers = []
    try:
        configure(json=True, level="debug")
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
        yield written
    finally:
        root.handlers = handlers
        structlog.configure(**before)


def one_line(said: io.StringIO) -> dict[str, str]:
    (line,) = said.getvalue().splitlines()
    assert WORDS not in line
    record: dict[str, str] = json.loads(line)
    return record


def test_a_library_that_logs_what_it_was_given_shows_its_kind_and_place(said: io.StringIO) -> None:
    try:
        broken()
    except KeyError:
        logging.getLogger("aiohttp.server").exception("Error handling request /sign-in/%s", WORDS)
    record = one_line(said)
    assert (record["event"], record["what"], record["error"]) == ("library.message", "aiohttp.server", "KeyError")
    assert record["place"].startswith("tests/unit/test_log.py:")
    assert record["level"] == "error"


async def test_a_task_nobody_waited_for_shows_its_kind_and_place(said: io.StringIO) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": WORDS, "exception": RuntimeError(WORDS)})
    record = one_line(said)
    assert (record["what"], record["error"]) == ("asyncio", "RuntimeError")
    assert record["place"].startswith("asyncio/base_events.py:")


def test_a_library_is_heard_from_warnings_on(said: io.StringIO) -> None:
    logging.getLogger("sqlalchemy").info("parameters: %s", WORDS)
    assert said.getvalue() == ""
    logging.getLogger("sqlalchemy").warning("parameters: %s", WORDS)
    assert one_line(said)["place"].startswith("tests/unit/test_log.py:")


def broken() -> None:
    raise KeyError(WORDS)


def caught() -> KeyError:
    try:
        broken()
    except KeyError as error:
        return error
    raise AssertionError


def test_a_place_names_files_and_lines_innermost_first_and_no_values() -> None:
    innermost, caller = place_of(caught()).split(" < ")
    assert re.fullmatch(r"tests/unit/test_log\.py:\d+", innermost)
    assert int(innermost.split(":")[1]) < int(caller.split(":")[1])


def test_a_reported_error_has_kind_place_and_the_same_fault_every_time(said: io.StringIO) -> None:
    log = Silent()
    for _ in range(2):
        report(log, "tick.failed", caught(), subject="cas_1")
    first, second = (ids for _, ids in log.records)
    assert first["fault"] == second["fault"]
    assert (first["error"], first["subject"]) == ("KeyError", "cas_1")
    report(structlog.get_logger(), "tick.failed", caught())
    assert one_line(said)["place"].count(".py:") == 2


def kind_alone(node: ast.AST) -> bool:
    """Whether this is `type(…).__name__`."""
    return isinstance(node, ast.Attribute) and node.attr == "__name__" and isinstance(node.value, ast.Call)


@pytest.mark.parametrize("package", ["bot", "adapters", "storage"])
def test_what_is_caught_is_reported_with_its_place(package: str) -> None:
    """A log call that names only the kind of a caught error hides where it came from."""
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files(package)
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"info", "warning", "error", "exception", "critical"}
        and any(keyword.arg in {"error", "reason"} and kind_alone(keyword.value) for keyword in node.keywords)
        and not any(keyword.arg == "place" for keyword in node.keywords)
    ]
    assert hidden == []


def test_a_log_that_is_no_terminal_is_without_colours(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        configure(json=False, level="info").info("serve.ready", port=8377)
    finally:
        structlog.configure(**before)
    line = capsys.readouterr().err
    assert "serve.ready" in line and "port=8377" in line and "\x1b" not in line
