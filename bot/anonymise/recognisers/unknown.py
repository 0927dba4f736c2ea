"""Capitalised words that no list knows: most are names of something, so they are doubtful."""

from __future__ import annotations

from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.lexicon import nearly, ordinary_words
from bot.anonymise.recognisers.word_class import bare, ordinary, place, readable
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_SHORTEST = 3
_SHORTEST_SMALL = 4
_EVERYDAY = 48
_LONGEST = 3
_METHOD_WORDS = word_set("method_words")
_AUTHOR_LEADS = word_set("author_leads")


def unknown_words(passage: Passage) -> Iterator[Span]:
    """Unknown words with a capital, alone or in a row; without one where the author writes without capitals."""
    for word in passage.words:
        if _unknown(passage, word):
            yield Span(word.start, word.end, "NAME", "check", 0.4, "unknown")
        elif passage.small and _unknown_in_small_letters(passage, word):
            yield Span(word.start, word.end, "NAME", "check", 0.3, "unknown")


def rows(passage: Passage) -> Iterator[Span]:
    """Two capitalised words or more in a row inside a sentence, one of them no ordinary word: a name of something."""
    at = 0
    while at < len(passage.words):
        row = _row(passage, passage.words[at])
        at += max(1, len(row))
        if len(row) > 1 and any(_telling(passage, word) for word in row):
            yield Span(row[0].start, row[-1].end, "ORG", "check", 0.45, "row")


def _row(passage: Passage, first: Word) -> list[Word]:
    if not _in_a_row(passage, first) or (first.first and ordinary(passage, first)):
        return []
    row = [first]
    while (after := passage.after(row[-1])) is not None:
        if not _in_a_row(passage, after) or after.first or after.gap not in (" ", "-", " & "):
            break
        row.append(after)
    return row


def _in_a_row(passage: Passage, word: Word) -> bool:
    if not word.capital or word.number or word.caps_run or word.low in passage.vocabulary.titles:
        return False
    if _by_an_author(passage, word) or word.low in passage.shared.tests or word.low in passage.vocabulary.months:
        return False
    return passage.lang != "de" or _telling(passage, word) or word.low in passage.vocabulary.org_heads


def _telling(passage: Passage, word: Word) -> bool:
    if readable(passage, word):
        return False
    return not ordinary(passage, word) or (place(word.low) is not None and passage.lang != "de")


def _unknown_in_small_letters(passage: Passage, word: Word) -> bool:
    """No word of the language, none that is one slip away from one, nothing grown together."""
    low = word.low
    if (
        not word.text[0].islower()
        or word.number
        or len(low) < _SHORTEST_SMALL
        or readable(passage, word)
        or ordinary(passage, word)
    ):
        return False
    if low in passage.shared.authors:
        return False
    return not any(nearly(low, ordinary_words(lang)) for lang in passage.langs)


def _unknown(passage: Passage, word: Word) -> bool:
    if not word.capital or word.number or len(word.text) < _SHORTEST:
        return False
    if readable(passage, word) or _by_an_author(passage, word) or _an_author(passage, word):
        return False
    if word.text.isupper() and not word.caps_run:
        return _acronym_of_a_body(passage, word)
    if ordinary(passage, word):
        return _out_of_place(passage, word)
    return True


def _acronym_of_a_body(passage: Passage, word: Word) -> bool:
    """Capitals only: a test when a figure follows, an employer or school after "at"."""
    after, before = passage.after(word), passage.before(word)
    if after is not None and after.number and after.gap.strip() in ("", "=", ":", "-", "("):
        return False
    return before is not None and before.low in passage.vocabulary.at and not word.gap.strip()


def _out_of_place(passage: Passage, word: Word) -> bool:
    """An ordinary word with a capital inside a sentence, in a language that writes nouns small."""
    if passage.lang == "de" or word.first or word.caps_run or passage.usual(word.low) >= _EVERYDAY:
        return False
    before = passage.before(word)
    return before is not None and word.gap in (" ", ' "', " “", " «", " ”") and not (before.first and word.gap == " ")


def _by_an_author(passage: Passage, word: Word) -> bool:
    return word.low in passage.shared.authors or bare(word.low) in passage.shared.authors


def _an_author(passage: Passage, word: Word) -> bool:
    """ "Novaco style", "Safran & Muran", "nach Egan": a name that stands for a method."""
    after, before = passage.after(word), passage.before(word)
    if after is not None and after.low in _METHOD_WORDS and after.gap in (" ", "-", " ("):
        return True
    if after is not None and "&" in after.gap and after.capital:
        return True
    if before is not None and ("&" in word.gap or before.low in _AUTHOR_LEADS) and not word.gap.strip(" &"):
        return before.low in passage.shared.authors or before.low in _AUTHOR_LEADS - {"by", "hos", "bei", "per"}
    return False
