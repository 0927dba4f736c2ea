"""Logs: a fixed action name and ids, never a sentence made of data, never a body.

structlog writes one line a record to standard error (JSON for machines, columns for people).
Only names listed in `ALLOWED` pass; anything else is dropped, so a slip cannot leak text.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
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
    }
)


class Log(Protocol):
    """What the program logs through."""

    def info(self, action: str, **ids: object) -> None:
        """Something happened as it should."""

    def warning(self, action: str, **ids: object) -> None:
        """Something an administrator may want to look at."""

    def error(self, action: str, **ids: object) -> None:
        """Something that needs an administrator."""


def configure(*, json: bool, level: str) -> Log:
    """Set up logging once, in `main`; the libraries' own loggers stay at warning."""
    import structlog

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(KindsOnly())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
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


class KindsOnly(logging.Formatter):
    """Level, logger and kind of exception of what a library logs.

    Its message and its traceback quote what it was given: an address with a sign-in link in it, a request, a text.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        raised = record.exc_info[0] if record.exc_info else None
        return f"{record.levelname} {record.name}" + (f" {raised.__name__}" if raised else "")


def only_ids(_logger: object, _method: str, record: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Keep the action, level, time and listed names; shorten values, so that nothing like a text fits."""
    own = {"action", "level", "timestamp", "event"}
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
