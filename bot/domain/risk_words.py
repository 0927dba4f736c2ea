"""Phrases that only prompt an author to answer the risk question (DOMAIN.md section 5 g). They alert nobody.

Thoughts of suicide alone are common in treatment over the internet and prompt nothing; nor do panic ("afraid to die"),
grief ("her father died by suicide"), denial ("no plan") or plans of treatment. A text prompts when danger stands in one
sentence with what makes it concrete: a plan, a means, a time, a preparation, a farewell. A means that was got and a
farewell also count from the sentence before or after; a plan never does.

The phrases stand in `risk_phrases/<language>.toml`, written as `risk_patterns.py` says. Acts are also read from their
parts: `risk_acts.py`. A second reader, `risk_likelihood.py`, was trained on sentences: it prompts where it is sure, and
keeps the rules quiet where it is sure of the opposite.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.domain.risk_acts import Sentence, means_an_act, names_a_medicine
from bot.domain.risk_correspondence import is_about_the_writing
from bot.domain.risk_likelihood import likelihood
from bot.domain.risk_patterns import pattern, plain
from bot.domain.risk_signs import is_set_elsewhere, shows_signs
from bot.domain.risk_spelling import corrected

SURE, UNLIKELY = 1.2, -1.5
"""Of a sentence's log odds: above the first it prompts without a rule, below the second no rule prompts."""
TOGETHER = 3
"""Sentences that the second reader reads at once."""
SHORTEST = 5
"""Words that say enough for their odds: "How long has it lasted?" does not."""
LANGUAGES = ("en", "da", "de", "nb", "nl", "sv")
_FULL_STOP = re.compile(r"(?<=[.!?])\s+|\n+")
_ENGLISH = re.compile(r"\b(the|and|he|she|with|that|his|himself|herself|they|says|wants|has|client)\b")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|[;\n]+|(?<=\w) [–—] ")


@dataclass(frozen=True)
class _Phrases:
    """One language's phrases, compiled."""

    alone: re.Pattern[str]
    """Prompts by itself: a farewell letter."""
    strong: re.Pattern[str]
    """To kill oneself, said as something one does or will do: concrete with a time as well."""
    weak: re.Pattern[str]
    """Thoughts and wishes: a time says nothing about them."""
    others: re.Pattern[str]
    """To harm somebody else."""
    plan: re.Pattern[str]
    time: re.Pattern[str]
    means: re.Pattern[str]
    got: re.Pattern[str]
    """A means that was got, a preparation, a farewell."""
    no_danger: re.Pattern[str]
    """Read over before danger is looked for: fear of dying, grief, denial, idioms."""
    no_plan: re.Pattern[str]
    """Read over before a plan, time or means is looked for: plans of treatment, denied plans."""


def speaks_of_a_plan(texts: Iterable[str], language: str) -> bool:
    """Whether any text names danger and something concrete. A text in English is read as English as well."""
    return any(_prompts(text, each) for text in texts for each in _languages(text, language))


def _languages(text: str, language: str) -> set[str]:
    if language not in LANGUAGES or len(set(_ENGLISH.findall(text.casefold()))) > 1:
        return {language, "en"} & set(LANGUAGES)
    return {language}


def _prompts(text: str, language: str) -> bool:
    wholes = [each for each in _FULL_STOP.split(text) if each and not is_set_elsewhere(each, language)]
    odds = {each: likelihood(each, language) for each in _read_together(wholes)}
    likely = max(odds.values(), default=0.0)
    if likely > UNLIKELY and _by_rule(text, wholes, language):
        return True
    return any(odd > SURE and not _is_harmless(each, language) for each, odd in odds.items())


def _is_harmless(text: str, language: str) -> bool:
    """About the writing itself, and without one word of danger: nothing for the second reader to prompt by alone."""
    phrases, read = _phrases(language), _read(text, language)
    danger, detail = phrases.no_danger.sub(" ¤ ", read), phrases.no_plan.sub(" ¤ ", read)
    named = (phrases.alone, phrases.strong, phrases.weak, phrases.others)
    if any(each.search(danger) for each in named) or phrases.means.search(detail) or phrases.got.search(detail):
        return False
    return is_about_the_writing(text, language)


def _read_together(sentences: Sequence[str]) -> Iterator[str]:
    """What the second reader reads at once: a sentence alone is often turned round by the next ("she never has")."""
    for at in range(max(1, len(sentences) - TOGETHER + 1)):
        together = " ".join(sentences[at : at + TOGETHER])
        if len(together.split()) > SHORTEST:
            yield together


def _by_rule(text: str, wholes: Sequence[str], language: str) -> bool:
    phrases = _phrases(language)
    sentences: list[tuple[str, str]] = []
    for whole in wholes:
        read = _read(whole, language)  # once: a text of a thousand half sentences would be read a thousand times
        sentences += [(" ".join(_read(each, language).split()), read) for each in _SENTENCE.split(whole) if each]
    dangers = [phrases.no_danger.sub(" ¤ ", each) for each, _ in sentences]
    details = [phrases.no_plan.sub(" ¤ ", each) for each, _ in sentences]
    if any(_asks(at, dangers, details, whole, language) for at, (_, whole) in enumerate(sentences)):
        return True
    return shows_signs(text, language, masks=(phrases.no_danger, phrases.no_plan))


def _read(text: str, language: str) -> str:
    return corrected(plain(text), language)


def _asks(at: int, dangers: list[str], details: list[str], whole: str, language: str) -> bool:
    danger, detail, phrases = dangers[at], details[at], _phrases(language)
    if phrases.alone.search(danger):
        return True
    when = bool(phrases.time.search(detail))
    armed = bool(phrases.means.search(detail)) or names_a_medicine(detail)
    how = armed or bool(phrases.plan.search(detail))
    weak, got = bool(phrases.weak.search(danger)), bool(phrases.got.search(detail))
    if means_an_act(Sentence(danger, detail, whole, when=when, how=how, armed=armed, weak=weak, got=got), language):
        return True
    strong = phrases.strong.search(danger) or phrases.others.search(danger)
    if not strong and not weak:
        return False
    if how or (strong and when):
        return True
    return any(phrases.got.search(each) for each in details[max(0, at - 1) : at + 2])


@cache
def _phrases(language: str) -> _Phrases:
    tables = tomllib.loads(files(__package__).joinpath("risk_phrases", f"{language}.toml").read_text("utf-8"))
    return _Phrases(
        **{name: pattern(phrases, within_clause=name.startswith("no_")) for name, phrases in tables.items()}
    )
