"""The anonymisation gate: find identifiers, then replace them; knows no platform and no database."""

from bot.anonymise.gate import (
    Examined,
    FieldResult,
    Finding,
    Gate,
    GateClosed,
    GateSettings,
    HardIdentifierCannotBeKept,
    Known,
    Segment,
    TagBook,
)
from bot.anonymise.text import AnonText, Sensitive

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
    "Segment",
    "Sensitive",
    "TagBook",
]
