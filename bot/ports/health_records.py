"""A server of health records in FHIR R4, from which scores of one patient are read, and nothing is ever written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from bot.errors import IntervisionError

RECORD_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""An id of FHIR R4."""


class RecordsWhyNot(StrEnum):
    """Why a server was not read."""

    PRIVATE = "private"
    """Its address, or one that it leads on to, is not encrypted, another server's, or in a network not allowed."""
    SILENT = "silent"
    """Nobody answers there, or too slowly."""
    SIGN_IN = "sign_in"
    """It does not take this program's own client id and secret, or these may not read."""
    REFUSED = "refused"
    """It answers with an error, or with something else than FHIR."""
    LARGE = "large"
    """More than the scores of one patient."""


class RecordsUnread(IntervisionError):
    """The server could not be read; `why`. Neither an id nor an answer is in the message."""

    def __init__(self, why: RecordsWhyNot) -> None:
        super().__init__(why.value)
        self.why = why


class HealthRecords(Protocol):
    """Reads the scores of one patient."""

    async def __call__(self, patient: str) -> Sequence[str]:
        """The pages of the answers, each a Bundle in JSON. Raises `RecordsUnread`."""
