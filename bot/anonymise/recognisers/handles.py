"""User names on platforms and in games."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import clinical
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_AT = re.compile(r"(?<![\w.@/])@[\w.-]{2,40}\w")
_UNDERSCORE = re.compile(r"(?<![\w@./-])(?=[\w.-]{0,40}_)[\w.-]{3,40}(?![\w@])")
_LETTERS_DIGITS = re.compile(
    r"(?<![\w@./-])(?:[^\W\d_]{5,30}\d{1,5}|[^\W\d_]{2,20}[-.][^\W\d_]{1,20}[-.]?\d{2,4}|(?:x{1,2}|[^\W\d_]{2,10}\d)[^\W\d_]{3,20}\d{0,4})(?![\w@-])"
)
_DOTTED = re.compile(r"(?<![\w@./-])[^\W\d_]{2,20}(?:[.-][^\W_]{2,20}){1,3}(?![\w@])")
_NOT_PEOPLE = frozenset({"@bot", "@here", "@channel", "@everyone", "@all", "@intervision"})
_BRIDGES = word_set("handle_bridges")
_LETTERS_READ_AS_FIGURES = str.maketrans("0135", "oles")
_NEAR = 7
_USUAL, _VERB_NEAR = 33, 2


def handles(passage: Passage) -> Iterator[Span]:
    """@names, names with underscores or figures, and odd words after "user name"."""
    for match in _AT.finditer(passage.text):
        if match.group().casefold() not in _NOT_PEOPLE:
            yield Span(match.start(), match.end(), "USERNAME", "auto", 0.9, "handle")
    for match in _UNDERSCORE.finditer(passage.text):
        end = match.start() + len(match.group().rstrip("."))
        if any(c.isalpha() for c in match.group()):
            yield Span(match.start(), end, "USERNAME", "auto", 0.9, "handle")
    for match in _LETTERS_DIGITS.finditer(passage.text):
        stem = re.split(r"[\d]", match.group().casefold())[0].rstrip("-.")
        if (
            any(c.isdigit() for c in match.group())
            and not _misread(passage, match.group())
            and stem not in passage.shared.tests
            and stem not in passage.vocabulary.keep
        ):
            tier = "auto" if _announced(passage, match.start()) else "check"
            yield Span(match.start(), match.end(), "USERNAME", tier, 0.75, "handle")  # type: ignore[arg-type]  # both are tiers
    for match in _DOTTED.finditer(passage.text):
        two_words = "." not in match.group() and all(map(passage.usual, match.group().casefold().split("-")))
        if _announced(passage, match.start()) and not two_words:
            yield Span(match.start(), match.end(), "USERNAME", "auto", 0.8, "handle")
    for word in passage.words:
        if _odd_after_user_name(passage, word):
            yield Span(word.start, word.end, "USERNAME", "check", 0.6, "handle")


def _announced(passage: Passage, start: int) -> bool:
    return any(w.low in passage.vocabulary.users for w in passage.left_of(start, _NEAR))


def _just_announced(passage: Passage, word: Word) -> bool:
    """The word of a user name stands shortly before, in the same sentence, with no user name between."""
    for steps in range(1, _NEAR):
        other = passage.before(word, steps)
        if other is None or any(c in passage.text[other.end : word.start] for c in ".!?;\n"):
            return False
        if other.low in passage.vocabulary.users:
            return steps <= _VERB_NEAR or other.low not in passage.vocabulary.verbs | passage.vocabulary.acts
        if other.number or "_" in other.text:
            return False
    return False


def _misread(passage: Passage, text: str) -> bool:
    """ "me1atonin", "zopic1one", "anx1ety": a word of the language or a medicine with figures that were letters."""
    read = text.casefold().translate(_LETTERS_READ_AS_FIGURES)
    return read.isalpha() and (passage.usual(read) > 0 or clinical(read) or read in passage.shared.terms)


def _odd_after_user_name(passage: Passage, word: Word) -> bool:
    """A word that is no word, led to by "user name", "on Twitch as", "heter på forumet"."""
    if (
        word.number
        or len(word.text) < 4
        or word.low in _BRIDGES
        or word.low in passage.vocabulary.keep | passage.shared.terms
    ):
        return False
    before = passage.before(word)
    if before is None or word.first or passage.usual(word.low) > _USUAL:
        return False
    led = before.low in _BRIDGES or before.low in passage.vocabulary.users or ":" in word.gap or '"' in word.gap
    return led and _just_announced(passage, word) and word.low not in passage.vocabulary.users
