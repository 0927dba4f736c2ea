"""Files under addresses that people named: read by the program, so only from the open internet."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from bot.errors import IntervisionError


class WhyNot(StrEnum):
    """Why a file could not be read; `absences.fault.<value>` says it to the person."""

    PRIVATE = "private"
    """The address, or one it leads on to, is not on the open internet or not encrypted."""
    SILENT = "silent"
    """Nobody answers there, or too slowly."""
    REFUSED = "refused"
    """The answer is an error: not shared, moved, gone."""
    LARGE = "large"
    """More than a calendar has."""
    OTHER = "other"
    """It is no calendar."""


class FileUnread(IntervisionError):
    """The file could not be read; `why`. Nothing of the address is in the message."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


class WebFiles(Protocol):
    """Reads a file from the open internet."""

    async def __call__(self, address: str) -> bytes:
        """The file's bytes. Raises `FileUnread`."""
