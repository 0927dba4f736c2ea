"""The vendor's libraries log requests, answers and texts of errors, which quote what people typed.

Their loggers are cut off from the program's; what they have to say is passed on as level, library
and exception type, without their words, at any level.
"""

from __future__ import annotations

import logging

from bot.log import LibraryLogs

LIBRARIES = ("slack_bolt", "slack_sdk")
NAME = "slack_bolt.intervision"
"""The app's name in the library, under its own root: the library makes loggers of it."""


class Withhold(logging.Handler):
    """Passes on that a library said something, and not what."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line of level, place and exception type."""
        if record.levelno < logging.WARNING:
            return
        LibraryLogs().emit(record)


def hush() -> None:
    """Cut the libraries' loggers off, those made later too; may be called again."""
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers = [Withhold()]
        logger.propagate = False
        # At DEBUG the libraries build their texts before any handler can stop them.
        logger.setLevel(logging.INFO)


def library_logger() -> logging.Logger:
    """The logger to hand to the libraries: they copy its level, and at DEBUG would build texts from payloads."""
    logger = logging.getLogger(f"{NAME}.base")
    logger.setLevel(logging.INFO)
    return logger
