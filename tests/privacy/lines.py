"""Everything a reader gets of an answer, line by line, with ids named by the order in which they are met."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Hashable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, cast

from bot.anonymise import AnonText, Sensitive

ID = re.compile(r"\b[a-z]+_\d{6}\b|\bsecret-\d{6}-x+|\b(?:msg|web|slack|teams)-\d+\b")
NUMBERED = re.compile(r"[_-][0-9]")
"""In every id and in few other lines, of which a run has millions."""


class Canon:
    """Names ids in the order in which they are met."""

    def __init__(self, met: Mapping[str, str]) -> None:
        self.met = dict(met)

    def of(self, text: str) -> str:
        if not NUMBERED.search(text):
            return text
        return ID.sub(lambda found: self.met.setdefault(found[0], f"id{len(self.met)}"), text)


def leaves(value: Any) -> list[str]:
    """Everything a value tells, one line for each of its blocks, fields, buttons and words."""
    told: list[str] = []
    _leaves(value, type(value).__name__, told)
    return told


def _leaves(value: Any, path: str, told: list[str]) -> None:
    """The lines of a value at a path. Most of what is told are words, so those come first: a run asks for millions."""
    if value is None or isinstance(value, str | int | float | Enum):
        told.append(f"{path}={value}")
    elif names := _names(cast("Hashable", type(value))):
        for name in names:
            part = getattr(value, name)
            if not callable(part):  # what an adapter calls is nothing a reader gets
                _leaves(part, f"{path}.{name}", told)
    elif isinstance(value, tuple | list | frozenset):
        if value and all(hasattr(each, "style") for each in value):
            told.append(f"{path}={''.join(each.text for each in value)}")
        else:
            for each in value:
                _leaves(each, path, told)
    elif isinstance(value, Mapping):
        for key in sorted(value):
            _leaves(value[key], f"{path}.{key}", told)
    else:
        told += _sealed(value, path)


def _sealed(value: Any, path: str) -> Iterator[str]:
    """The lines of what shows its content only when asked, and of anything else there may be."""
    match value:
        case AnonText():
            yield f"{path}={value.text}"
        case Sensitive():
            yield f"{path}={value.reveal()}"
        case bytes():
            yield from _file(value, path)
        case _ if not dataclasses.is_dataclass(value):
            yield f"{path}={value}"


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    """The fields of a class of records; nothing for any other class."""
    return tuple(spec.name for spec in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def _file(content: bytes, path: str) -> Iterator[str]:
    try:
        yield from (f"{path}={each}" for each in content.decode().splitlines())
    except UnicodeDecodeError:
        yield f"{path}={hashlib.sha256(content).hexdigest()}"
