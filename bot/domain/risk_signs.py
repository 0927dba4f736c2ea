"""Signs of danger in a clinician's text, and which of them prompt: alone, or together in one sentence.

A sign is a list of words (`risk_signs/<language>.toml`): a thought, a means, a blow, a voice that commands. What counts
is how signs meet, so the rules below are the same in every language. A sign is left out when it is denied in its clause
("no plan", "distanziert sich"), told of the past without anything of today, of a film, or of an obsession.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files

from bot.domain.risk_acts import names_a_medicine
from bot.domain.risk_patterns import pattern, plain
from bot.domain.risk_spelling import corrected

_BREAK = re.compile(r"(?<=[.!?])\s+(?=[^a-zäöüåæø])|[;\n]+|(?<=\w) [–—] ")
_SHORT = (
    "pat pt pts pas kl cl kd ca bzw evtl akt dr approx tbl tabl schlaftbl z b mg stk bl tlf jf inkl sog resp ev vs d nr"
)
"""Words that end in a full stop and end no sentence."""
_ABBREVIATION = re.compile(rf"\b({'|'.join(_SHORT.split())})\. ", re.IGNORECASE)
_SPLIT = re.compile(r"[;:]|,")
_LONGEST = 80
"""Words."""
_LIST_ITEM = 4
"""Words. A denial reaches over the commas of a list ("denies plans, means or intent"), not over whole clauses."""


@dataclass(frozen=True)
class Rule:
    """Signs that prompt when one of each part is in a sentence (parts: alternatives), unless a setting stands there."""

    parts: tuple[str, ...]
    unless: tuple[str, ...] = ("past", "fiction", "obsession")
    beside: bool = False
    """Whether the last part may stand in the sentence before or after."""


_TOLD = ("past", "fiction", "obsession")
_ELSEWHERE = (*_TOLD, "others_died", "works_as", "panic", "slips")
_AT_HAND = (*_TOLD, "treatment", "sport", "slips", "works_as", "panic", "fear")
RULES = (
    # suicide
    Rule(("acute",), _ELSEWHERE),
    Rule(("attempt",), _ELSEWHERE),
    Rule(("parting",), (*_ELSEWHERE, "treatment")),
    Rule(("brink",), (*_TOLD, "treatment")),
    Rule(("edge",), (*_ELSEWHERE, "treatment", "fear")),
    Rule(("setup",), (*_ELSEWHERE, "treatment", "fear")),
    Rule(("with_me",), _ELSEWHERE),
    Rule(("ready",), _AT_HAND),
    Rule(("hoards", "medicine"), _AT_HAND),
    Rule(("medicine", "in_case", "hoards"), _AT_HAND),
    Rule(("medicine", "amount", "swallowed drunk planned"), _AT_HAND),
    Rule(("search", "lethal"), (*_ELSEWHERE, "fear", "asked")),
    Rule(("ideation deathwish", "planned"), _ELSEWHERE),
    Rule(("ideation deathwish", "worse refuse drunk"), (*_ELSEWHERE, "disclaimed")),
    Rule(("ideation deathwish hopeless", "farewell"), (*_TOLD, "treatment")),
    Rule(("ideation deathwish hopeless", "visits", "place"), (*_TOLD, "fear")),
    Rule(("deathwish", "hopeless"), (*_TOLD, "fear")),
    Rule(("overdose",), _ELSEWHERE),
    Rule(("swallowed", "dose"), _ELSEWHERE),
    Rule(("selfharm", "worse stitches drunk"), (*_TOLD, "fear", "slips")),
    # others
    Rule(("weapon", "arms"), (*_AT_HAND, "fear")),
    Rule(("threat", "meant"), (*_TOLD, "fear")),
    Rule(("threat", "weapon"), (*_TOLD, "fear", "sport")),
    Rule(("vowed",), (*_TOLD, "fear")),
    Rule(("stalking",), ("past", "fiction")),
    Rule(("hurts", "attacker", "hurt_whom child"), (*_TOLD, "works_as")),
    Rule(("abuse",), _TOLD),
    Rule(("child", "neglect"), (*_TOLD, "not_neglect", "fear")),
    # loss of reality
    Rule(("voices", "command"), (*_TOLD, "not_delusion")),
    Rule(("delusion",), (*_TOLD, "not_delusion", "fear")),
    Rule(("sleepless", "spree delusion"), ("past", "fiction")),
    Rule(("mania",), ("past", "fiction")),
    # bodily danger
    Rule(("drunk", "drives"), ("past", "fiction", "fear")),
    Rule(("withdrawal",), _ELSEWHERE),
    Rule(("starving",), ("past", "fiction", "slips")),
    Rule(("lithium", "toxic"), ("past", "fiction"), beside=True),
    Rule(("medical",), (*_ELSEWHERE, "fear")),
    Rule(("chest", "refuse medicine dose"), ("past", "fiction", "panic")),
    Rule(("disaster",), ("past", "fiction", "fear")),
)
DENIABLE = frozenset(
    (
        "acute",
        "ideation",
        "deathwish",
        "hopeless",
        "attempt",
        "planned",
        "ready",
        "selfharm",
        "overdose",
        "swallowed",
        "weapon",
        "threat",
        "stalking",
        "hurts",
        "abuse",
        "delusion",
        "voices",
        "mania",
        "drunk",
        "withdrawal",
        "farewell",
        "parting",
        "medical",
        "toxic",
        "worse",
        "refuse",
        "neglect",
        "edge",
        "hoards",
        "search",
    )
)
"""Signs that a denial in their clause takes away. The others are made of a denial, or mean nothing without it."""
MASKED = frozenset(("acute", "ideation", "deathwish", "hopeless", "attempt", "planned", "selfharm", "place", "visits"))
"""Looked for where fear of dying, grief and plans of treatment have been read over (`risk_phrases`)."""


@dataclass(frozen=True)
class _Lexicon:
    signs: dict[str, re.Pattern[str]]
    farewell: tuple[re.Pattern[str], ...]

    def __getitem__(self, name: str) -> re.Pattern[str]:
        return self.signs[name]


@dataclass
class _Sentence:
    """One sentence and what was found in it."""

    said: str
    masked: str
    words: _Lexicon
    _found: dict[str, bool] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether a sign is there and not denied."""
        if name not in self._found:
            self._found[name] = self._look_for(name)
        return self._found[name]

    def _look_for(self, name: str) -> bool:
        if name == "farewell":
            return self.farewells > 0
        text = self.masked if name in MASKED else self.said
        text = self.words["idioms"].sub(" ¤ ", text)
        if name == "medicine" and names_a_medicine(text):
            return True
        if name == "disclaimed":
            return any(self._denied(text, match) for match in self.words["planned"].finditer(text))
        if name == "past":
            return bool(self.words["past"].search(text)) and not self.words["now"].search(text)
        found = self.words[name].finditer(text)
        if name not in DENIABLE:
            return next(found, None) is not None
        return any(not self._denied(text, match) for match in found)

    @cached_property
    def farewells(self) -> int:
        """How many different acts of parting are told."""
        return sum(
            any(not self._denied(self.said, match) for match in each.finditer(self.said))
            for each in self.words.farewell
        )

    def _denied(self, text: str, match: re.Match[str]) -> bool:
        """Whether its clause denies it: before it, over the short items of a list, or just after it."""
        before = self.words["no_but"].sub(" ", _after_last(self.words["but"], text[: match.start()]))
        for back, segment in enumerate(reversed(_SPLIT.split(before))):
            words = segment.split()
            if back and len(words) > _LIST_ITEM:
                break
            if self.words["no"].search(" ".join(words[-7:])):
                return True
        after = _SPLIT.split(self.words["but"].split(text[match.end() :])[0])[0].split()
        if self.words["denied"].search(" ".join(after[:2])):
            return True
        return bool(self.words["denied"].search(self.words["no"].sub(" ", " ".join(after[:5]))))


def is_set_elsewhere(text: str, language: str) -> bool:
    """Whether a sentence is of a film, of work among the ill, of panic, or of a harmless cut or rope."""
    words, said = _lexicon(language), plain(text)
    return any(words[name].search(said) for name in ("fiction", "works_as", "slips", "panic", "obsession"))


def shows_signs(text: str, language: str, masks: Sequence[re.Pattern[str]]) -> bool:
    """Whether signs of danger meet in a sentence of the text, or in one and its neighbour."""
    words = _lexicon(language)
    sentences = [_Sentence(said, masked, words) for said, masked in _sentences(text, language, masks)]
    if sum(each.farewells for each in sentences if not each.has("treatment") and not each.has("fiction")) > 1:
        return True
    return any(_meets(rule, at, sentences) for at in range(len(sentences)) for rule in RULES)


def _meets(rule: Rule, at: int, sentences: Sequence[_Sentence]) -> bool:
    sentence = sentences[at]
    *here, last = rule.parts
    if not all(_any(sentence, part) for part in here):
        return False
    places = sentences[max(0, at - 1) : at + 2] if rule.beside else [sentence]
    return any(_any(each, last) for each in places) and not any(sentence.has(name) for name in rule.unless)


def _any(sentence: _Sentence, part: str) -> bool:
    return any(sentence.has(name) for name in part.split())


def _sentences(text: str, language: str, masks: Sequence[re.Pattern[str]]) -> Iterator[tuple[str, str]]:
    text = _ABBREVIATION.sub(r"\1 ", text)
    for each in (part for whole in _BREAK.split(text) for part in _readable(whole)):
        said = " ".join(corrected(plain(each).replace('"', " "), language).split())
        if said:
            masked = said
            for mask in masks:
                masked = mask.sub(" ¤ ", masked)
            yield said, masked


def _readable(sentence: str) -> list[str]:
    """A sentence as it is, or one that never ends by its clauses."""
    return sentence.split(",") if len(sentence.split()) > _LONGEST else [sentence]


def _after_last(separator: re.Pattern[str], text: str) -> str:
    return separator.split(text)[-1]


@cache
def _lexicon(language: str) -> _Lexicon:
    tables = tomllib.loads(files(__package__).joinpath("risk_signs", f"{language}.toml").read_text("utf-8"))
    farewell = tuple(pattern(each) for each in tables.pop("weak_farewell"))
    tables.pop("spelling")
    return _Lexicon({name: pattern(each) for name, each in tables.items()}, farewell)
