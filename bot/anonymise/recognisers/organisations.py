"""Employers, schools, clinics, shops with a name: by their head word (`org_head_words.py`), by what leads to them
(`workplaces.py`), as branches of a chain, as two partners.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.org_head_words import around_head, compound, head_word, name_end
from bot.anonymise.recognisers.phrases import led_to
from bot.anonymise.recognisers.word_class import ordinary, place, readable
from bot.anonymise.recognisers.workplaces import (
    after_a_job,
    at_a_firm,
    employed_by,
    has_a_job_at,
    worked_at,
    works_there,
)
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_HOSPITALS = word_set("hospitals")
"""Hospitals whose name is a word by itself."""
_HEIRS = word_set("heirs")
"""Who owns a firm beside its founder."""


def organisations(passage: Passage) -> Iterator[Span]:
    """Names around head words, compounds ending in one, and the object of a working phrase."""
    for word in passage.words:
        if head_word(passage, word):
            yield from around_head(passage, word)
        if word.low in _HOSPITALS and (word.capital or led_to(passage, word)):
            yield Span(word.start, word.end, "ORG", "auto", 0.8, "organisation")
        if compound(passage, word):
            yield Span(word.start, name_end(passage, word).end, "ORG", "auto", 0.8, "organisation")
        elif word.low in passage.shared.chains and word.capital and word.low not in passage.vocabulary.titles:
            yield from _branch(passage, word)
        if word.number:
            continue
        if passage.follows(word, passage.vocabulary.works, gap=2) or has_a_job_at(passage, word):
            yield from worked_at(passage, word)
        else:
            yield from at_a_firm(passage, word)
        yield from employed_by(passage, word)
        yield from after_a_job(passage, word)
        yield from _two_partners(passage, word)


def _branch(passage: Passage, chain: Word) -> Iterator[Span]:
    """ "Tesco Extra", "Coop Extra Stovner": a branch of a chain is a place where somebody works."""
    last = chain
    while (after := passage.after(last)) is not None and after.gap == " " and after.capital and not after.first:
        if readable(passage, after) or after.number or after.caps_run != chain.caps_run:
            break
        if passage.lang == "de" and ordinary(passage, after) and place(after.low) is None:
            break
        last = after
    link, town = passage.after(last), passage.after(last, 2)
    if link is not None and town is not None and works_there(passage, chain) and _in_a_town(passage, link, town):
        last = town
    if last is not chain:
        yield Span(chain.start, last.end, "ORG", "check", 0.5, "organisation")


def _in_a_town(passage: Passage, link: Word, town: Word) -> bool:
    """ "Netto på Amagerbrogade", "Albert Heijn in Hoorn"."""
    joined = link.gap == town.gap == " " and link.low in passage.vocabulary.into and not link.capital
    return joined and town.capital and not town.number and not readable(passage, town)


def _two_partners(passage: Passage, word: Word) -> Iterator[Span]:
    """ "jem & fix", "Hartwell & Finch" after a preposition; two authors stay readable."""
    after, before = passage.after(word), passage.before(word)
    if after is None or after.gap not in (" & ", "&") or after.number or before is None or word.first:
        return
    if after.low in _HEIRS and word.capital:
        yield Span(word.start, after.end, "ORG", "check", 0.5, "organisation")
        return
    if before.low not in passage.vocabulary.at or {word.low, after.low} & passage.shared.authors:
        return
    if not (readable(passage, word) or readable(passage, after)):
        yield Span(word.start, after.end, "ORG", "check", 0.5, "organisation")
