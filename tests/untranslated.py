"""Finding words that are in no language of the reader: what is shown, less everything that may stand there.

What may stand there: the sentences of one language's catalogues, dates and numbers as CLDR writes them,
languages' own names, case codes, and what the test itself put in (all of it begins with "zz").
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from bot.ui.strings import LANGUAGES, own_name, words

# The same in every language: names of products, instruments and what people type.
_ANYWHERE = (
    "Intervision",
    "Slack",
    "Microsoft Teams",
    "OneDrive",
    "PHQ",
    "GAD",
    "icbt",
    "f2f",
    "blended",
    "DEMO",
    "status",
    "AM",
    "PM",
)
_MEANT = re.compile(
    r"\bzz\w*|Demo service|\S+@\S+|/\w+|\b[A-Z]{2}-\d{3}\b|:\w+:|\[[^\]\n]*\]|https?://\S+|\bcal\b|\b[0-9a-f]{16}\b",
    re.IGNORECASE,
)


def foreign_words(shown: str, language: str) -> list[str]:
    """Words of three letters and more that the language's catalogues and calendar do not explain, in order."""
    rest = _explained(language).sub(" ", _bare(shown))
    return re.findall(r"[^\W\d_]{3,}", rest)


@cache
def _explained(language: str) -> re.Pattern[str]:
    pieces = {*_ANYWHERE, *map(own_name, LANGUAGES), *_calendar(language)}
    for sentence in (form.replace("\u00a0", " ") for form in words(language).every_form()):
        # Placeholders, commands and marks split a sentence into what stays together on every platform.
        for part in re.split(r"\{\w+\}|\n", sentence):
            pieces |= {
                piece.strip(" .,:;!?()…–—·+„“”«»") for piece in re.split(r" {2,}", _MEANT.sub("  ", _marks(part)))
            }
    typed = [text for key, text in words(language).sentences().items() if key.startswith(("typed.", "command."))]
    pieces |= {word for text in typed for word in text.split()}
    pieces |= {piece[:1].upper() + piece[1:] for piece in pieces}  # what begins a sentence: "Over 90%"
    known = sorted((re.escape(p) for p in pieces if re.search(r"\w", p)), key=len, reverse=True)
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(known)})(?!\w)")  # also right after a number: "4e kwartaal"


def _bare(shown: str) -> str:
    # A bar keeps apart what stood on both sides, which may read like another sentence when it meets.
    return re.sub(r"\s+", " ", _marks(_MEANT.sub(" ¦ ", shown.replace("\u200b", ""))))


def _marks(text: str) -> str:
    return re.sub(r"[*_~`<>|]", " ", text)


def _calendar(language: str) -> set[str]:
    locale = Locale.parse(language)
    names: set[str] = set()
    for kind in (locale.months, locale.days):
        for context in kind.values():
            for width in context.values():
                names |= {str(name).rstrip(".") for name in width.values()}
    names |= {pattern.get("end", "").format("", "").strip(" ,") for pattern in locale.list_patterns.values()}
    return {name for name in names if len(name) > 1}
