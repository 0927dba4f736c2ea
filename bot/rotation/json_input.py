"""Reading untrusted JSON: typed values out, every mistake collected with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST = 1_000_000
"""Largest number accepted anywhere: keeps every sum of the optimum within 64 bits."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where in the instance, as a path like `members[3].capacity`, and what is wrong there (never an id or a text)."""

    path: str
    problem: str


class Reader:
    """Reads typed values out of JSON and collects what is wrong on the way; a wrong value reads as its default."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def wrong(self, path: str, problem: str) -> None:
        self.mistakes.append(Mistake(path, problem))

    def text(self, source: Mapping[str, Any], key: str, path: str) -> str:
        """A text that must be there."""
        value = source.get(key)
        if isinstance(value, str) and value and _whole(value):
            return value
        self.wrong(
            f"{path}.{key}", "is missing" if key not in source else "must be a text of whole characters, not empty"
        )
        return ""

    def maybe_text(self, source: Mapping[str, Any], key: str, path: str) -> str | None:
        value = source.get(key)
        if value is None or isinstance(value, str):
            return value
        self.wrong(f"{path}.{key}", "must be a text or null")
        return None

    def choice(self, source: Mapping[str, Any], key: str, path: str, options: tuple[str, ...], default: str) -> str:
        value = source.get(key, default)
        if isinstance(value, str) and value in options:
            return value
        self.wrong(f"{path}.{key}", f"must be one of {', '.join(options)}")
        return default

    def number(
        self,
        source: Mapping[str, Any],
        key: str,
        path: str,
        *,
        default: int | None = None,
        least: int = 0,
        most: int = MOST,
    ) -> int:
        """A whole number between `least` and `most`; it must be there unless a default is given."""
        value = source.get(key, default)
        if type(value) is int and least <= value <= most:
            return value
        if value is None and key not in source:
            self.wrong(f"{path}.{key}", "is missing")
        elif type(value) is not int:
            self.wrong(f"{path}.{key}", "must be a whole number")
        else:
            self.wrong(f"{path}.{key}", f"must lie between {least} and {most}")
        return default or 0

    def maybe_number(self, source: Mapping[str, Any], key: str, path: str, *, most: int = MOST) -> int | None:
        return None if source.get(key) is None else self.number(source, key, path, most=most)

    def truth(self, source: Mapping[str, Any], key: str, path: str) -> bool:
        value = source.get(key, False)
        if isinstance(value, bool):
            return value
        self.wrong(f"{path}.{key}", "must be true or false")
        return False

    def texts(self, source: Mapping[str, Any], key: str, path: str) -> tuple[str, ...]:
        value = source.get(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self.wrong(f"{path}.{key}", "must be a list of texts")
        return ()

    def objects(self, source: Mapping[str, Any], key: str, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The objects of a list with the path of each."""
        value = source.get(key)
        where = f"{path}.{key}" if path else key
        if value is None:
            return
        if not isinstance(value, list):
            self.wrong(where, "must be a list")
            return
        for i, item in enumerate(value):
            if isinstance(item, dict):
                yield f"{where}[{i}]", item
            else:
                self.wrong(f"{where}[{i}]", "must be an object")

    def pairs(self, source: Mapping[str, Any], key: str) -> tuple[tuple[str, str], ...]:
        """A list of [id, id]."""
        value = source.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong(key, "must be a list of pairs of ids")
            return ()
        good = []
        for i, item in enumerate(value):
            if isinstance(item, list) and len(item) == 2 and all(isinstance(v, str) for v in item):
                good.append((item[0], item[1]))
            else:
                self.wrong(f"{key}[{i}]", "must be a pair of ids")
        return tuple(good)


def _whole(text: str) -> bool:
    """Whether the text holds no half of a surrogate pair, which could neither be printed nor stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
