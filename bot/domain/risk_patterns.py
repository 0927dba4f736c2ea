"""Phrases of the risk prompt as patterns: how the tables in `risk_phrases/` and `risk_acts/` are written.

Phrases are parted by |. A word ending in * has any ending, … stands for up to five other words and .. for up to two,
~ for up to eight that may end in a comma, (a|b) for either, \\d for a figure, and $ for the end of a clause ("bringt
sich … um $": not "um den Schlaf").
"""

from __future__ import annotations

import re

_GAPS = {"…": 5, "..": 2}
_AND = r"(?!(?:and|but|und|aber|en|maar|og|men|och)\b)"
_SIGNS = (
    (r"\(", "(?:"),
    (r"\)", ")"),
    (r"\|", "|"),
    (r"\*", r"\w*"),
    (r"\\w\w*", r"\w*"),
    (r"\\d", r"\d"),
    (r"\d\+", r"\d+"),
)
_END = r"""(?=\s*(?:$|[,.;:!?"“”)¤]|(?:und|oder|wenn|sobald|weil|falls|und|en|og|och|and)\b))"""


def pattern(phrases: str, *, within_clause: bool = False) -> re.Pattern[str]:
    """One pattern for all phrases of a table, for text in lower case with single spaces.

    `within_clause` keeps gaps from reaching over "and": "does not want to live and has a plan" denies no plan.
    """
    parts = [
        _regex(phrase.strip(), _AND if within_clause else "") for phrase in _alternatives(phrases) if phrase.strip()
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")


def _alternatives(phrases: str) -> list[str]:
    """The phrases of a table: parted by | outside brackets."""
    return re.split(r"\|(?![^()]*\))", " ".join(phrases.casefold().split()))


def _regex(phrase: str, but_not: str) -> str:
    words = []
    ends = phrase.endswith(" $")
    for word in phrase.removesuffix(" $").removesuffix("…").removesuffix("..").split():
        if word == "~":
            words.append(r"(?:\S+ ){0,8}?")
            continue
        if word in _GAPS:
            words.append(rf"(?:{but_not}[^\s,]+ ){{0,{_GAPS[word]}}}?")
            continue
        plain = re.escape(word)
        for escaped, meant in _SIGNS:
            plain = plain.replace(escaped, meant)
        words.append(plain + ",? ")
    return "".join(words).removesuffix(",? ") + (_END if ends else "")
