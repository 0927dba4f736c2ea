"""Where a phrase begins and ends: what leads to a word, what follows it."""

from __future__ import annotations

from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

ARTICLES = word_set("articles")


def led_to(passage: Passage, word: Word) -> bool:
    before = passage.before(word)
    if before is not None and before.low in ARTICLES:
        before = passage.before(before)
    return before is not None and (before.low in passage.vocabulary.at or before.low in passage.vocabulary.into)


def prepared(passage: Passage, word: Word) -> bool:
    """A preposition of place follows: "rørlegger bakken på jessheim"."""
    after = passage.after(word)
    return after is not None and after.gap == " " and after.low in passage.vocabulary.into


def ends_here(passage: Passage, word: Word) -> bool:
    after = passage.after(word)
    return after is None or after.first or bool(after.gap.strip()) or "\n" in after.gap
