"""What notes say around identifiers, by language: relations, titles, "works at", street words, months.

One file a language, plus `shared.toml` for what stays readable everywhere. A text is read with the words of its
own language and of English, which therapists quote in all six.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.anonymise.lexicon import ordinary_words

HERE = Path(__file__).parent
LANGUAGES = ("en", "da", "de", "nb", "nl", "sv")

_EVERYDAY = 45
Phrases = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Vocabulary:
    """Words and phrases without case; a phrase is its words in order.

    `imperatives` are those of the text's own language alone: "Ask" is a verb in English and a name in Danish.
    """

    function: frozenset[str]
    relations: frozenset[str]
    titles: frozenset[str]
    named: Phrases
    greetings: frozenset[str]
    closers: Phrases
    verbs: frozenset[str]
    beside: Phrases
    acts: frozenset[str]
    imperatives: frozenset[str]
    work_stems: tuple[str, ...]
    into: frozenset[str]
    at: frozenset[str]
    firm: frozenset[str]
    lives: Phrases
    works: Phrases
    jobs: frozenset[str]
    org_heads: frozenset[str]
    org_suffixes: tuple[str, ...]
    streets: frozenset[str]
    flats: frozenset[str]
    months: frozenset[str]
    seasons: frozenset[str]
    feast_days: tuple[str, ...]
    feast_seasons: tuple[str, ...]
    ids: frozenset[str]
    phones: frozenset[str]
    users: frozenset[str]
    plates: frozenset[str]
    ages: Phrases
    keep: frozenset[str]
    quasi: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Shared:
    """What names nobody in any language."""

    authors: frozenset[str]
    terms: frozenset[str]
    chains: frozenset[str]
    tests: frozenset[str]
    countries: frozenset[str]


@cache
def vocabulary(langs: tuple[str, ...]) -> Vocabulary:
    """The words of several languages together."""
    tables = [_table(lang) for lang in langs]

    def words(key: str) -> frozenset[str]:
        return frozenset(word for table in tables for word in table[key].split())

    def phrases(key: str) -> Phrases:
        return frozenset(tuple(phrase.split()) for table in tables for phrase in table[key])

    return Vocabulary(
        function=words("function"),
        relations=words("relations"),
        titles=words("titles"),
        named=phrases("named"),
        greetings=words("greetings"),
        closers=phrases("closers"),
        verbs=words("verbs"),
        beside=phrases("beside"),
        acts=words("acts"),
        imperatives=frozenset(tables[0]["imperatives"].split()),
        work_stems=tuple(sorted(words("work_stems"))),
        into=words("in"),
        at=words("at"),
        firm=words("firm"),
        lives=phrases("lives"),
        works=phrases("works"),
        jobs=words("jobs"),
        org_heads=frozenset(tables[0]["org_heads"].split()) - _sentence_words(tables[0])
        | frozenset(head for table in tables[1:] for head in table["org_heads"].split() if not _means(head, langs[0])),
        org_suffixes=tuple(sorted(words("org_suffixes"), key=len, reverse=True)),
        streets=words("streets"),
        flats=words("flats"),
        months=words("months"),
        seasons=words("seasons") | {season for table in tables for season in table["feast_seasons"]},
        feast_days=tuple(day for table in tables for day in table["feast_days"]),
        feast_seasons=tuple(season for table in tables for season in table["feast_seasons"]),
        ids=words("ids"),
        phones=words("phones"),
        users=words("users"),
        plates=words("plates"),
        ages=phrases("ages"),
        keep=words("keep"),
        quasi={
            kind: tuple(phrase for table in tables for phrase in table["quasi"][kind]) for kind in tables[0]["quasi"]
        },
    )


def _means(word: str, lang: str) -> bool:
    """An everyday word of the language, so no head word of English there: Swedish "vet", Danish "fund"."""
    return ordinary_words(lang).get(word, 0) >= _EVERYDAY


def _sentence_words(table: Mapping[str, Any]) -> frozenset[str]:
    """Small words and verbs of the text's own language, which are no head words: Swedish "kör" drives or sings."""
    return frozenset(" ".join(table[key] for key in ("function", "verbs", "acts")).split())


@cache
def shared() -> Shared:
    """The lists that hold in every language."""
    table, about = _table("shared"), _table("readable")
    terms = {word for key in ("therapy", "chains", "bodies") for word in table[key].split()}
    terms |= {word for key in ("terms", "clinical", "chat") for word in about[key].split()}
    return Shared(
        authors=frozenset(table["authors"].split()),
        terms=frozenset(terms),
        chains=frozenset(table["chains"].split()),
        tests=frozenset(table["tests"].split()) | frozenset((about["tests"] + " " + about["more_tests"]).split()),
        countries=frozenset(table["countries"].split()),
    )


@cache
def readable_phrases(langs: tuple[str, ...]) -> frozenset[str]:
    """Names of modules and exercises of iCBT programmes in these languages, without case."""
    return frozenset(phrase for lang in langs for phrase in _table("readable")["modules"][lang])


@cache
def readable_words(name: str) -> frozenset[str]:
    """A list of `readable.toml`."""
    return frozenset(_table("readable")[name].split())


@cache
def clinical_endings() -> tuple[str, ...]:
    """What words of medicine and medicines end in: "-ektomie", "-azepam"."""
    return tuple(_table("readable")["suffixes"].split())


@cache
def word_set(name: str) -> frozenset[str]:
    """A list of `shared.toml` that one recogniser uses in every language."""
    return frozenset(_table("shared")["sets"][name].split())


@cache
def all_months() -> frozenset[str]:
    """Names of months in all six languages: dates are quoted across languages."""
    return frozenset(word for lang in LANGUAGES for word in _table(lang)["months"].split())


def language_of(text: str) -> str:
    """The language a text says most words of; English when it says nothing.

    A word that several languages have counts for each by its share. Every text is read in English besides, so one
    that is English for the most part is taken for the other language once that has a third as much to say.
    """
    said = dict.fromkeys(LANGUAGES, 0.0)
    words = _LETTERS.findall(text.casefold())
    for word in words:
        for lang, share in shares(word).items():
            said[lang] += share
    best = max(LANGUAGES, key=lambda lang: said[lang])
    other = max((lang for lang in LANGUAGES if lang != "en"), key=lambda lang: said[lang])
    best = other if best == "en" and said[other] > max(_MIXED * said["en"], _LEAST) else best
    return _nordic(words) if best in _NORDIC else best


def _nordic(words: Sequence[str]) -> str:
    """The three share many small words; how usual every word is in each tells them apart ("uge", "uke", "vecka")."""
    lists = {lang: ordinary_words(lang) for lang in _NORDIC}
    return max(_NORDIC, key=lambda lang: sum(lists[lang].get(word, 0) for word in words))


_NORDIC = ("da", "nb", "sv")
_LETTERS = re.compile(r"[^\W\d_]++")
_MIXED, _LEAST = 0.34, 2.0
_TELLING = ("function", "relations", "verbs", "acts", "greetings", "months", "in", "at", "jobs", "keep")
_SIGNS = {"ß": "de", "ü": "de", "ä": "de sv", "ö": "de sv", "å": "sv da nb", "ø": "da nb", "æ": "da nb", "ĳ": "nl"}
_WEIGHT = {"function": 1.0, "relations": 0.8, "verbs": 0.8}


@cache
def shares(word: str) -> Mapping[str, float]:
    """How much one word speaks for each language: 1 for a small word that only one of them has."""
    weights = _weights().get(word)
    if weights:
        return {lang: weight / len(weights) for lang, weight in weights.items()}
    signs = [_SIGNS[c].split() for c in word if c in _SIGNS]
    return {lang: 0.6 / len(langs) for langs in signs for lang in langs}


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    """Word → how telling it is in each language that has it."""
    weights: dict[str, dict[str, float]] = {}
    for lang in LANGUAGES:
        for key in _TELLING:
            for word in _table(lang)[key].split():
                known = weights.setdefault(word, {})
                known[lang] = max(known.get(lang, 0.0), _WEIGHT.get(key, 0.5))
    return weights


@cache
def _table(lang: str) -> Mapping[str, Any]:
    return tomllib.loads((HERE / f"{lang}.toml").read_text(encoding="utf-8"))
