"""Logs: a fixed action name and ids, never a sentence made of data, never a body.

structlog writes one line a record to standard error (JSON for machines, columns for people).
Only names listed in `ALLOWED` pass; anything else is dropped, so a slip cannot leak text.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Protocol

ALLOWED = frozenset(
    {
        "event",
        "person",
        "organisation",
        "case",
        "round",
        "assignment",
        "outbox",
        "platform",
        "refusal",
        "count",
        "card",
        "attempt",
        "seconds",
        "port",
        "what",
        "subject",
        "reason",
        "status",
        "method",
        "path",
        "error",
        "code",
        "place",
        "fault",
    }
)
FRAMES = 4
"""How many of the innermost frames a place names: enough to see who called, short enough for one line."""
ROOT = Path(__file__).resolve().parent.parent


class Log(Protocol):
    """What the program logs through."""

    def info(self, action: str, **ids: object) -> None:
        """Something happened as it should."""

    def warning(self, action: str, **ids: object) -> None:
        """Something an administrator may want to look at."""

    def error(self, action: str, **ids: object) -> None:
        """Something that needs an administrator."""


def place_of(error: BaseException) -> str:
    """Where an error was raised, innermost frame first: "bot/app/entry.py:120 < bot/delivery/dispatcher.py:88".

    A traceback quotes what a program was given; its frames hold file names and line numbers alone.
    """
    frames = reversed(traceback.extract_tb(error.__traceback__)[-FRAMES:])
    return " < ".join(f"{_short(frame.filename)}:{frame.lineno}" for frame in frames)


def report(log: Log, action: str, error: BaseException, **ids: object) -> None:
    """Log a caught programming error by its kind and its place, without its message or its traceback.

    `fault` is the same for the same kind at the same place, so that a log can be grouped by it.
    """
    kind, place = type(error).__name__, place_of(error)
    fault = hashlib.sha256(f"{action} {kind} {place}".encode()).hexdigest()[:8]
    log.error(action, error=kind, place=place, fault=fault, **ids)


def _short(filename: str) -> str:
    """The path inside the program, or the package and file of a library."""
    path = Path(filename)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])


def configure(*, json: bool, level: str) -> Log:
    """Set up logging once, in `main`; the libraries' own loggers stay at warning."""
    import structlog

    logging.basicConfig(level=logging.WARNING, handlers=[LibraryLogs()])
    renderer: Any = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_ids,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    log: Any = structlog.get_logger()
    return _Named(log)


class LibraryLogs(logging.Handler):
    """Passes on that a library said something: its logger, level, place and kind of exception, in the program's form.

    Its message and its traceback quote what it was given: an address with a sign-in link in it, a request, a text.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """One line; where an exception is told of, its own place comes first."""
        import structlog

        raised = record.exc_info[1] if record.exc_info else None
        ids = {"what": record.name, "place": f"{_short(record.pathname)}:{record.lineno}"}
        if raised is not None:
            ids |= {"error": type(raised).__name__, "place": place_of(raised) or ids["place"]}
        structlog.get_logger().log(record.levelno, "library.message", **ids)


def only_ids(_logger: object, _method: str, record: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Keep the action, level, time and listed names; shorten values, so that nothing like a text fits."""
    own = {"action", "level", "timestamp", "event", "place"}
    return {k: v if k in own else str(v)[:80] for k, v in record.items() if k in own or k in ALLOWED}


class _Named:
    """Passes the action as structlog's event and a platform event's id as `about`."""

    def __init__(self, log: Any) -> None:
        self._log = log

    def info(self, action: str, **ids: object) -> None:
        self._log.info(action, **_renamed(ids))

    def warning(self, action: str, **ids: object) -> None:
        self._log.warning(action, **_renamed(ids))

    def error(self, action: str, **ids: object) -> None:
        self._log.error(action, **_renamed(ids))


def _renamed(ids: Mapping[str, object]) -> dict[str, object]:
    return {"subject" if name == "event" else name: value for name, value in ids.items()}


class Silent:
    """A log for tests that keeps actions and ids in a list."""

    def __init__(self) -> None:
        self.records: list[tuple[str, dict[str, object]]] = []

    def info(self, action: str, **ids: object) -> None:
        """Keep it."""
        self.records.append((action, ids))

    warning = error = info
