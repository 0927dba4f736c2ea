"""Places of a sentence that only a person fills: before "lives" or "says", after "together with", after a relation.

There a word that no list knows as a name, or that is an ordinary word elsewhere ("Kurigunde", "OMEGA LIVES IN",
"legen, engen, skrev"), is a doubtful name.
"""

from __future__ import annotations

from bot.anonymise.finding import Tier
from bot.anonymise.recognisers.word_class import COMMON, EVERYDAY, USUAL_NAME, given, readable, related
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_AUTHOR_LEADS = word_set("author_leads")
_DETERMINERS = frozenset(
    {"the", "a", "her", "his", "my", "their", "die", "der", "ihre", "ihr", "sein", "seine", "de", "het", "haar", "zijn"}
)
_SUBORDINATORS = frozenset(
    {"that", "whether", "if", "because", "at", "om", "fordi", "att", "dass", "ob", "weil", "wenn", "dat", "of", "omdat"}
)
_NEGATIONS = frozenset({"not", "ikke", "inte", "nicht", "niet"})
_NORDIC = frozenset({"da", "nb", "sv"})
_ARTICLE_ENDINGS = ("en", "et", "an", "on", "na", "ne", "erne", "orna", "arna", "ene")


def told_by_its_frame(passage: Passage, word: Word, expected: str | None) -> tuple[Tier, float] | None:
    """A doubtful name where only a person can stand; None elsewhere and for words that never name anybody."""
    if not _could_be_a_name(passage, word):
        return None
    if _acts(passage, word) or _explained(passage, word) or _in_a_clause(passage, word):
        return "check", 0.5
    if expected in ("relation", "title", "named") and _fills(passage, word, expected):
        return "check", 0.5
    return None


def _could_be_a_name(passage: Passage, word: Word) -> bool:
    words, shared, low = passage.vocabulary, passage.shared, word.low
    if word.number or len(word.text) < 2:
        return False
    small = (words.function, words.into, words.verbs, words.acts, words.greetings, words.titles)
    other = (words.org_heads, words.months, words.seasons, shared.authors, shared.tests, shared.terms)
    if any(low in never for never in small + other) or related(passage, word):
        return False
    return given(word) >= USUAL_NAME or not readable(passage, word)


def _acts(passage: Passage, word: Word) -> bool:
    """First in its sentence, with a verb after it that has a person for its subject: "Regnild bor", "OMEGA LIVES"."""
    after = passage.after(word)
    if not word.first or after is None or after.gap != " " or after.low not in passage.vocabulary.acts:
        return False
    if passage.usual(word.low) >= EVERYDAY:
        return False
    definite = passage.lang in _NORDIC and word.low.endswith(_ARTICLE_ENDINGS)
    return not (definite and passage.usual(word.low) and given(word) < USUAL_NAME)


def _explained(passage: Passage, word: Word) -> bool:
    """ "Rune, the neighbour,", "vøgg, naboen,": a relation stands beside the word as its explanation."""
    after = passage.after(word)
    if after is None or after.gap not in (", ", " ("):
        return False
    said = passage.after(after) if after.low in _DETERMINERS else after
    if said is None or said.number or not related(passage, said) or not (word.capital or passage.small):
        return False
    plain = passage.usual(word.low) >= (COMMON if passage.lang == "de" or not word.capital else EVERYDAY)
    return not (plain and given(word) < USUAL_NAME) and not (plain and passage.usual(word.low) >= EVERYDAY)


def _in_a_clause(passage: Passage, word: Word) -> bool:
    """In small letters or in capitals, after "that" or "whether" and before a verb: "om hake ville tale"."""
    before, after, words = passage.before(word), passage.after(word), passage.vocabulary
    if before is None or after is None or after.gap != " " or word.gap != " ":
        return False
    if (
        not (passage.small or word.caps_run)
        or before.low not in _SUBORDINATORS
        or passage.usual(word.low) >= COMMON + 7
    ):
        return False
    follows = after.low in words.verbs or after.low in words.acts or after.low in _NEGATIONS
    return follows and word.low not in words.jobs


def _fills(passage: Passage, word: Word, expected: str) -> bool:
    """After "my client", "together with", "Dr": unlisted, set apart by its capital, or closed by a verb or a comma."""
    usual = passage.usual(word.low)
    if not usual:
        return word.capital or passage.small
    if expected == "title":
        return usual < EVERYDAY
    if expected == "named":
        return False
    if word.capital and not word.caps_run:
        return passage.lang != "de" and word.gap == " " and not word.first
    return usual < COMMON and (word.caps_run or passage.small) and _closed(passage, word)


def _closed(passage: Passage, word: Word) -> bool:
    """The phrase ends with the word, or with one more word that can be its surname."""
    for name in (word, passage.after(word)):
        if name is None or name.low in passage.vocabulary.function | passage.vocabulary.into:
            return False
        after = passage.after(name)
        if after is None or after.first or after.gap.strip() or after.low in passage.vocabulary.verbs:
            return True
    return False
