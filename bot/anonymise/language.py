"""Whether a text is in another language than its author named: asked only where the words leave little doubt.

Danish and Norwegian are near enough to be taken for one another in a few lines, so they are told apart by how usual
every word is, and only when one fits clearly better.
"""

from __future__ import annotations

import re

from bot.anonymise.lexicon import ordinary_words
from bot.anonymise.vocabulary import LANGUAGES, shares

SHORTEST = 12
"""Words; a title and half a sentence say too little."""
CLEARLY = 2.0
"""The other language must have so many times as much to say as the named one."""
NORDIC = ("da", "nb", "sv")
CLEARLY_NORDIC = 1.12
"""The same among the three, by how usual the words are in each."""
_LETTERS = re.compile(r"[^\W\d_]+")


def another_language(text: str, named: str) -> str:
    """The language a text is clearly written in, if it is not the one named; empty in any doubt."""
    words = _LETTERS.findall(text.casefold())
    if len(words) < SHORTEST or named not in LANGUAGES:
        return ""
    said = dict.fromkeys(LANGUAGES, 0.0)
    for word in words:
        for language, share in shares(word).items():
            said[language] += share
    best = max(LANGUAGES, key=lambda language: said[language])
    if best in NORDIC:
        return _among_the_nordic(words, named, said)
    if best == named or said[best] < len(words) / 8 or said[best] < CLEARLY * said[named]:
        return ""
    return best


def _among_the_nordic(words: list[str], named: str, said: dict[str, float]) -> str:
    """Which of the three it is, against the named one as one of them or as a foreigner."""
    lists = {language: ordinary_words(language) for language in NORDIC}
    usual = {language: sum(lists[language].get(word, 0) for word in words) for language in NORDIC}
    best = max(NORDIC, key=lambda language: usual[language])
    if named in NORDIC:
        return best if best != named and usual[best] > CLEARLY_NORDIC * usual[named] else ""
    together = sum(said[language] for language in NORDIC)
    return best if together >= len(words) / 8 and together > CLEARLY * said[named] else ""
