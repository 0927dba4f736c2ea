"""Tags in the words of a language: "[PERSON 1, mutter]" is kept, "[Person 1, Mutter]" is shown.

What is kept stays the same in every language, so that later texts of a case find it again. A role that stands in the
text just before its tag is not said twice: "Her sister [PERSON 1]".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.anonymise.text import AnonText

_TAG = re.compile(
    r"(?P<before>\b[^\W\d_]+ )?\[(?P<label>[A-Z][A-Z-]{1,12}) (?P<number>[0-9][0-9+-]*)(?:, (?P<note>[^\]\[]{1,30}))?\]"
)
_WEEK = re.compile(r"week (\d+)")
_BEFORE = re.compile(r"(\d+) w before")
_DAYS = re.compile(r"([+-]\d+) d")


def said(text: str, words: Mapping[str, str]) -> str:
    """The text with its tags in these words: labels by their kept form ("PERSON"); "week", "before", "days" with {n}.

    A label without a word stays as it is kept. `noun` says by "upper" that nouns are written with a capital.
    """
    return _TAG.sub(lambda tag: _said(tag, words), text)


def said_text(text: AnonText, words: Mapping[str, str]) -> AnonText:
    """As `said`, for text that passed the gate."""
    return AnonText._passed(said(text.text, words))  # this package alone makes AnonText


def _said(tag: re.Match[str], words: Mapping[str, str]) -> str:
    before, note = tag["before"] or "", tag["note"] or ""
    if note and before.strip().casefold().startswith(note.casefold()):
        note = ""
    label = words.get(tag["label"], tag["label"])
    shown = _note(note, words)
    return f"{before}[{label} {tag['number']}, {shown}]" if shown else f"{before}[{label} {tag['number']}]"


def _note(note: str, words: Mapping[str, str]) -> str:
    for pattern, key in ((_WEEK, "week"), (_BEFORE, "before"), (_DAYS, "days")):
        found = pattern.fullmatch(note)
        if found:
            return words[key].format(n=found[1]) if key in words else note
    return note[:1].upper() + note[1:] if words.get("noun") == "upper" else note
