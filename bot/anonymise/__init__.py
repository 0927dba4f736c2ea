"""The anonymisation gate: find identifiers, then replace them; knows no platform and no database.

`gate.py` is the way in, `recognition.py` runs the recognisers (`recognisers/`, one subject a file), `finding.py`
what comes out, `tags.py` the stable tags of a case, `text.py` the two kinds of text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.anonymise.finding import (
    Examined,
    FieldResult,
    Finding,
    GateClosed,
    HardIdentifierCannotBeKept,
    Known,
    QuasiFlag,
    Segment,
)
from bot.anonymise.settings import GateSettings
from bot.anonymise.tags import TagBook
from bot.anonymise.text import AnonText, Sensitive

if TYPE_CHECKING:
    from bot.anonymise.gate import Gate

__all__ = [
    "AnonText",
    "Examined",
    "FieldResult",
    "Finding",
    "Gate",
    "GateClosed",
    "GateSettings",
    "HardIdentifierCannotBeKept",
    "Known",
    "QuasiFlag",
    "Segment",
    "Sensitive",
    "TagBook",
]


def __getattr__(name: str) -> Any:
    """`Gate` comes with every recogniser; the program needs only the types, the gate has a process of its own."""
    if name == "Gate":
        from bot.anonymise.gate import Gate

        return Gate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
