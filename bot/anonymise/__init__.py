"""The anonymisation gate: find identifiers, then replace them; knows no platform and no database.

`gate.py` is the way in, `frame.py` runs the recognisers (`recognisers/`, one subject a file), `finding.py`
what comes out, `tags.py` the stable tags of a case, `text.py` the two kinds of text.
"""

from __future__ import annotations

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
from bot.anonymise.gate import Gate
from bot.anonymise.settings import GateSettings
from bot.anonymise.tags import TagBook
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
    "QuasiFlag",
    "Segment",
    "Sensitive",
    "TagBook",
]
