"""The text as it reads, for the recognisers: without invisible signs and look-alike letters, with a way back.

A zero-width joiner inside a name, a Cyrillic "а" among Latin letters or full-width figures must not hide anything.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеіјѕорсухԁӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορυνι",
    "ABESIJKMHOPCTXYaeijsopcyxdlABEZHIKMNOPTYXaopuvi",
)
_SPACES = frozenset(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
)
_APOSTROPHES = frozenset("\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4\uff07`")
"""Phones, word processors and chats type them for the straight one: "I’m", "O’Rourke"."""
_SHORTENED = ("'s", "'m", "'re", "'ve", "'ll", "'d", "'")
"""Endings after an apostrophe, which the cleaned text writes straight: genitives, and verbs grown onto a word."""
_DASHES = frozenset("\u2010\u2011\u2012\u2212\ufe58\ufe63\uff0d")


@dataclass(frozen=True)
class Clean:
    """The cleaned text; `origin[i]` is where its i-th character stands in the text as typed."""

    text: str
    origin: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A place of the cleaned text as a place of the text as typed."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def clean(text: str) -> Clean:
    """Read away what only hides, and read spoken stops as stops; plain text comes back as it is."""
    return _with_stops(_shown_text(text))


_STOP = r"full stop|punktum|punkt|punt"
_SPOKEN = {
    ".": _STOP,
    "?": r"question mark|spørgsmålstegn|spørsmålstegn|frågetecken|fragezeichen|vraagteken",
    ":": r"colon|kolon|doppelpunkt|dubbele punt",
    ",": r"comma|komma",
    "\n": r"new (?:paragraph|line)|nyt afsnit|ny linje|nytt avsnitt|ny rad|nytt stycke|neuer absatz|neue zeile"
    r"|nieuwe (?:alinea|regel)",
}
_SPOKEN_STOP = re.compile(rf" (?:{_STOP})(?= |\n|$)")
_SPOKEN_SIGN = re.compile(
    "|".join(rf"(?P<s{at}> (?:{said})(?= |\n|$))" for at, said in enumerate(_SPOKEN.values())), re.IGNORECASE
)
_DICTATED = 2


def _with_stops(clean: Clean) -> Clean:
    """Dictation that wrote "full stop" and "komma" out, read as if it had set them.

    Only where nearly every sentence ends so: "punkt 3" and Swedish "komma" are words elsewhere.
    """
    spoken = len(_SPOKEN_STOP.findall(clean.text))
    if spoken < _DICTATED or spoken < len(_WRITTEN_STOP.findall(clean.text)):
        return clean
    signs, parts, origin, at = tuple(_SPOKEN), list[str](), list[int](), 0
    before = clean.origin or tuple(range(len(clean.text)))
    for match in _SPOKEN_SIGN.finditer(clean.text):
        sign = signs[int((match.lastgroup or "s0")[1:])]
        parts += [clean.text[at : match.start()], sign]
        origin += [*before[at : match.start()], before[match.start()]]
        at = match.end()
    parts.append(clean.text[at:])
    return Clean("".join(parts), (*origin, *before[at:]))


_WRITTEN_STOP = re.compile(r"[.!?](?=\s|$)")


def _shown_text(text: str) -> Clean:
    if text.isascii() and not any(sign in text for sign in "\t\x00`"):
        return Clean(text, None)
    letters: list[str] = []
    origin: list[int] = []
    for i, c in enumerate(text):
        for shown in _shown(c):
            letters.append(shown)
            origin.append(i)
    joined = "".join(letters)
    if any(c in joined for c in ("а", "е", "о")) or not joined.isascii():
        joined = _latin(joined)
    return Clean(joined, tuple(origin))


def _shown(c: str) -> str:
    """What a reader sees of one character: nothing, the same, or its plain form."""
    if c in _APOSTROPHES:
        return "'"
    if c.isascii():
        return " " if c == "\t" else ("" if c == "\x00" else c)
    if c in _SPACES:
        return " "
    if c in _DASHES:
        return "-"
    kind = unicodedata.category(c)
    if kind in ("Cf", "Cc", "Cs", "Co"):
        return ""
    if kind in ("Lu", "Ll", "Nd", "No", "Lo") and ord(c) > 0x2000:
        return unicodedata.normalize("NFKC", c)
    return c


def _latin(text: str) -> str:
    """Look-alike letters as Latin ones inside words that have Latin letters as well."""
    swapped = text.translate(_LOOKALIKES)
    if swapped == text:
        return text
    result = list(text)
    start = 0
    while start < len(text):
        end = start
        while end < len(text) and text[end].isalnum():
            end += 1
        word = text[start:end]
        if any(c.isalpha() and ord(c) < 0x250 for c in word):
            result[start:end] = swapped[start:end]
        start = max(end, start + 1)
    return "".join(result)


def without_ending(low: str) -> str:
    """The word without an English or apostrophe genitive and without a verb grown onto it: "anna'll", "there've"."""
    if "'" not in low:
        return low
    for ending in _SHORTENED:
        if low.endswith(ending) and len(low) > len(ending):
            return without_ending(low[: -len(ending)])
    return low
