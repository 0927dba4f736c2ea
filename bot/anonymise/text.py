"""The two kinds of text: what a person typed, and what passed the gate.

Privacy is in the types: whatever is drawn for a peer asks for `AnonText`, whatever arrives is
`Sensitive`, and only this package turns one into the other. Neither shows its content in a repr,
a log line or an exception.
"""

from __future__ import annotations

import re
from typing import NoReturn, final

_STRAY = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """What JSON can carry and no file or database can (the character 0, halves of a pair) becomes U+FFFD."""
    return text if text.isascii() and "\0" not in text else _STRAY.sub("\ufffd", text)


@final
class Sensitive:
    """Raw text as a person typed it; masked wherever Python would print it, not picklable."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = storable(text)

    def reveal(self) -> str:
        """The raw text; every call of this is a place a reviewer looks at."""
        return self._text

    def __len__(self) -> int:
        return len(self._text)

    def __bool__(self) -> bool:
        return bool(self._text.strip())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sensitive) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"<sensitive, {len(self._text)} characters>"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("Sensitive text is not pickled: it would leave the process in clear.")


@final
class AnonText:
    """Text that passed the gate. Made by `bot.anonymise` and read back by the encrypted store, nowhere else."""

    __slots__ = ("_text",)
    _text: str

    def __init__(self) -> None:
        raise TypeError("AnonText is made by the anonymisation gate only.")

    @classmethod
    def _passed(cls, text: str) -> AnonText:
        made = object.__new__(cls)
        made._text = text
        return made

    @classmethod
    def from_store(cls, text: str) -> AnonText:
        """What the encrypted store kept; only `storage` calls this."""
        return cls._passed(text)

    @property
    def text(self) -> str:
        """The text to draw."""
        return self._text

    def __len__(self) -> int:
        return len(self._text)

    def __bool__(self) -> bool:
        return bool(self._text.strip())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnonText) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"<anonymised, {len(self._text)} characters>"

    __str__ = __repr__
