"""Phrases of the risk prompt as patterns: how the tables of `risk_phrases/`, `risk_acts/`, `risk_signs/` are written.

Phrases are parted by |. A word ending in * has any ending, … stands for up to five other words and .. for up to two,
~ for up to eight that may end in a comma, (a|b) for either, ? for what may be missing, \\d for a figure, [0-5] for one
of several, and $ for the end of a clause ("bringt sich … um $": not "um den Schlaf").

Texts and tables are compared in one spelling, `plain`: people type "umlaute" as "ae" or not at all.
"""

from __future__ import annotations

import re

_GAPS = {"…": 5, "..": 2}
_AND = r"(?!(?:and|but|und|aber|en|maar|og|men|och)\b)"
_SIGNS = (
    (r"\(", "(?:"),
    (r"\)", ")"),
    (r"\|", "|"),
    (r"\?", "?"),
    (r"\[", "["),
    (r"\]", "]"),
    (r"\-", "-"),
    (r"\*", r"\w*"),
    (r"\\w\w*", r"\w*"),
    (r"\\d", r"\d"),
    (r"\d\+", r"\d+"),
)
_END = r"""(?=\s*(?:$|[,.;:!?"“”)¤]|(?:und|oder|wenn|sobald|weil|falls|und|en|og|och|and)\b))"""

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("äåàáâã", "a"),
        **dict.fromkeys("öøóòôõ", "o"),
        **dict.fromkeys("üúùû", "u"),
        **dict.fromkeys("éèêë", "e"),
        **dict.fromkeys("ïíìî", "i"),
        **dict.fromkeys("’‘`´", "'"),
        **dict.fromkeys("„“”«»", '"'),
        "ß": "ss",
        "æ": "a",
        "ç": "c",
        "ñ": "n",
    }
)
_DIGRAPHS = re.compile("ae|oe|ue")
_SHORTENED = (
    (re.compile(r"\bcan't\b"), "cannot"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"(?<=\w)'d\b"), " would"),
    (re.compile(r"\b([dms])ej\b"), r"\1ig"),  # spoken Swedish
)


def plain(text: str) -> str:
    """A text in lower case without accents, so that "fuer", "für" and "fur" are one word, and "can't" is "cannot"."""
    text = text.casefold().translate(_LETTERS)
    for short, full in _SHORTENED:
        text = short.sub(full, text)
    return _DIGRAPHS.sub(lambda two: two[0][0], text)


def pattern(phrases: str, *, within_clause: bool = False) -> re.Pattern[str]:
    """One pattern for all phrases of a table, for `plain` text with single spaces.

    `within_clause` keeps gaps from reaching over "and": "does not want to live and has a plan" denies no plan.
    """
    parts = [
        _regex(phrase.strip(), _AND if within_clause else "") for phrase in _alternatives(phrases) if phrase.strip()
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")


def _alternatives(phrases: str) -> list[str]:
    """The phrases of a table: parted by | outside brackets."""
    parts, depth = [""], 0
    for sign in " ".join(plain(phrases).split()):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


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
        plain_word = re.escape(word)
        for escaped, meant in _SIGNS:
            plain_word = plain_word.replace(escaped, meant)
        words.append(plain_word + ",? ")
    return "".join(words).removesuffix(",? ") + (_END if ends else "")
