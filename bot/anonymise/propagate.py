"""Everything found once is found everywhere in the case: the same words in other places, fields and later texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.anonymise import lexicon
from bot.anonymise.finding import Span, Tier
from bot.anonymise.recognisers.people import FORMS
from bot.anonymise.recognisers.word_class import (
    PARTICLES,
    USUAL_NAME,
    adjective_as_a_name,
    bare,
    of_a_thing,
    ordinary,
    readable,
    used_as_a_verb,
)
from bot.anonymise.tags import TagBook, kind
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

LONGEST = 5
_SHORTEST_PART = 3
_SHORTEST_SURNAME = 4
_ADDRESS_SIGNS = re.compile(r"[^\W\d_]+")
_LOCAL_PART = re.compile(r"[^@(\[{\s]+")
_PRONOUNS = word_set("pronouns")
_EVERYDAY = 48
_REPEATED = frozenset({"NAME", "ORG", "PLACE", "USERNAME", "ID", "WORD", "PLATE"})


@dataclass(frozen=True)
class _Earlier:
    cls: str
    tier: str
    hard: bool


def repeated(found: Iterable[tuple[Passage, Iterable[Span]]]) -> dict[tuple[str, ...], Span]:
    """Words to look for: each finding as a whole and, for names, every part that stands for the person."""
    wanted: dict[tuple[str, ...], Span] = {}

    def want(words: tuple[str, ...], span: Span) -> None:
        known = wanted.get(words)
        if words and (known is None or (known.tier == "check" and span.tier == "auto")):
            wanted[words] = span

    for passage, spans in found:
        for span in spans:
            if span.cls == "EMAIL":
                for part, tier in _people_in(passage, span):
                    want((part,), replace(span, cls="NAME", tier=tier, hard=False))
            if span.cls not in _REPEATED:
                continue
            words = [w for w in passage.left_of(span.end, LONGEST) if w.start >= span.start]
            want(tuple(bare(w.low) for w in words), span)
            if span.cls == "NAME":
                for word in words:
                    if len(word.low) >= _SHORTEST_PART and word.low not in PARTICLES and _tells(passage, word, span):
                        want((bare(word.low),), span)
    return wanted


def _tells(passage: Passage, word: Word, span: Span) -> bool:
    """A part that stands for the person elsewhere too; what a list keeps readable if its form told so."""
    if not readable(passage, word):
        return True
    words = passage.vocabulary
    never = words.function | words.months | words.seasons | words.keep | words.verbs
    return span.recogniser in FORMS and word.low not in never | passage.shared.tests


def _people_in(passage: Passage, address: Span) -> Iterator[tuple[str, Tier]]:
    """Names in the first part of an e-mail address: "anna.berg@", "annaberg@", "aberg85@"; usual words are doubtful."""
    local = _LOCAL_PART.match(passage.text[address.start : address.end])
    for part in _ADDRESS_SIGNS.findall(local[0].casefold() if local else ""):
        for name in _split(part):
            listed = lexicon.given_names().get(name, 0) or name in lexicon.family_names()
            usual = passage.usual(name)
            if len(name) >= _SHORTEST_PART and (listed or not usual):
                yield bare(name), "check" if usual else "auto"


def _split(part: str) -> tuple[str, ...]:
    """ "annaberg" → anna, berg; "aberg" → berg; what the lists do not know stays whole."""
    first, last = lexicon.given_names(), lexicon.family_names()
    if part in first or part in last:
        return (part,)
    for at in range(_SHORTEST_PART, len(part) - _SHORTEST_PART + 1):
        if first.get(part[:at], 0) >= USUAL_NAME and part[at:] in last:
            return part[:at], part[at:]
    return (part, part[1:]) if len(part) > _SHORTEST_SURNAME and part[1:] in last else (part,)


def again(passage: Passage, wanted: dict[tuple[str, ...], Span]) -> Iterator[Span]:
    """Every place of the passage that says the same words; ordinary words only where they are used as a name."""
    if not wanted:
        return
    for word in passage.words:
        words: tuple[str, ...] = ()
        for further in passage.words[word.index : word.index + LONGEST]:
            words = (*words, bare(further.low))
            span = wanted.get(words)
            if span is None:
                continue
            tier = _tier(passage, word, span) if len(words) == 1 else span.tier
            if tier:
                yield Span(word.start, further.end, span.cls, tier, 0.8, "repeated", span.hard)  # type: ignore[arg-type]  # a tier


def _tier(passage: Passage, word: Word, span: Span) -> str:
    """How sure a single repeated word is; empty where it is an ordinary word in an ordinary place."""
    if span.cls in ("WORD", "ID", "USERNAME", "PLATE") or not ordinary(passage, word):
        return span.tier
    if span.recogniser == "email" and (readable(passage, word) or not word.capital):
        return ""
    if span.recogniser == "email" and passage.lang == "de":
        return "" if word.first else "check"
    if span.recogniser in FORMS and word.capital and not word.caps_run and passage.usual(word.low) < _EVERYDAY:
        return "check" if word.first or passage.lang == "de" else span.tier
    if span.recogniser in FORMS and adjective_as_a_name(passage, word):
        return "check"
    if passage.lang == "de" or word.caps_run or len(word.low) < _SHORTEST_PART or used_as_a_verb(passage, word):
        return ""
    if word.capital and word.first and (_as_a_word(passage, word) or of_a_thing(passage, word)):
        return ""
    if word.capital:
        return "check" if word.first else span.tier
    after = passage.after(word)
    if span.cls == "NAME" and after is not None and after.gap == " " and after.low in passage.vocabulary.verbs:
        return "check"
    before = passage.before(word)
    led = (
        before is not None
        and not word.gap.strip()
        and before.low in passage.vocabulary.function | passage.vocabulary.into
    )
    return "check" if passage.small and not led and not readable(passage, word) else ""


def _as_a_word(passage: Passage, word: Word) -> bool:
    """ "May I ask", "Hope this helps": before a pronoun the word is a verb, though somebody bears the name."""
    after = passage.after(word)
    return after is not None and after.gap == " " and after.low in _PRONOUNS


def remembered(passage: Passage, tags: TagBook) -> Iterator[Span]:
    """Runs of words that earlier texts of the case had masked."""
    if not tags.tags:
        return
    for word in passage.words:
        for last in passage.words[word.index : word.index + LONGEST]:
            tag = tags.known(passage.text[word.start : last.end])
            if tag and not (word is last and _ordinary_here(passage, word)):
                yield Span(word.start, last.end, kind(tag), "auto", 0.9, "remembered")
        if tags.part_of_a_name(bare(word.low)) and not ordinary(passage, word):
            yield Span(word.start, word.end, "NAME", "auto", 0.9, "remembered")


def _ordinary_here(passage: Passage, word: Word) -> bool:
    return not word.capital and word.low in passage.vocabulary.function
