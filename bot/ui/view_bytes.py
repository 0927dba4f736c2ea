"""Cards, and forms without a text in them, as bytes and back, for whoever keeps them a while.

A card holds no text of a case, by type. Of forms only those are packed that show and hold nothing a person wrote. Every
record is tagged with its class name; only the classes listed here are ever made from bytes.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from bot.anonymise.text import Sensitive
from bot.ui import fields, model

_RECORDS: dict[str, Any] = {
    record.__name__: record
    for record in (
        *(model.Card, model.Action, model.Confirm, model.Span),
        *(model.Heading, model.Text, model.Facts, model.Items, model.Notice),
        *(model.Row, model.Columns, model.Ticks, model.Buttons, model.Table, model.Picture),
        *(model.Form, fields.TextField, fields.ChoiceField, fields.ManyField, fields.DateField, fields.NumberField),
        fields.Option,
    )
}
_ENUMS: dict[str, type[Enum]] = {"Style": model.Style, "Tone": model.Tone}


class HoldsText(TypeError):
    """The form shows or holds what a person wrote; it is drawn anew instead."""


def packed(value: Any) -> Any:
    """A card or form (or a part of one) as plain JSON values. Raises HoldsText."""
    if isinstance(value, model.Passage | model.Preview) or (isinstance(value, Sensitive) and len(value)):
        raise HoldsText
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: packed(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"is": type(value).__name__, **fields}
    match value:
        case Enum():
            return {"is": type(value).__name__, "value": value.value}
        case Sensitive():
            return {"is": "untyped"}
        case date():
            return {"is": "date", "value": value.isoformat()}
        case bytes():
            return {"is": "bytes", "value": base64.b64encode(value).decode()}
        case Mapping():
            return {"is": "map", "value": dict(value)}
        case tuple():
            return [packed(part) for part in value]
        case _:
            return value


def unpacked(value: Any) -> Any:
    """The inverse of `packed`; raises KeyError or TypeError for anything that `packed` did not write."""
    if isinstance(value, list):
        return tuple(unpacked(part) for part in value)
    if not isinstance(value, dict):
        return value
    held = dict(value)
    match held.pop("is"):
        case "bytes":
            return base64.b64decode(held["value"])
        case "map":
            return held["value"]
        case "untyped":
            return Sensitive()
        case "date":
            return date.fromisoformat(held["value"])
        case name if name in _ENUMS:
            return _ENUMS[name](held["value"])
        case name:
            return _RECORDS[name](**{field: unpacked(part) for field, part in held.items()})


def dumps(card: model.Card) -> bytes:
    """A card as bytes."""
    return json.dumps(packed(card), ensure_ascii=False).encode()


def loads(raw: bytes) -> model.Card:
    """The card that `dumps` wrote."""
    card = unpacked(json.loads(raw))
    if not isinstance(card, model.Card):
        raise TypeError("these bytes hold no card")
    return card
