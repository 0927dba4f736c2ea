"""Phrases that only prompt an author to answer the risk question (DOMAIN.md section 5 g). They alert nobody.

Thoughts of suicide alone are common in treatment over the internet and prompt nothing; nor do panic ("afraid to die"),
grief ("her father died by suicide"), denial ("no plan") or plans of treatment. A text prompts when danger stands in one
sentence with what makes it concrete: a plan, a means, a time, a preparation, a farewell. A means that was got and a
farewell also count from the sentence before or after; a plan never does.

The phrases stand in `risk_phrases/<language>.toml`. In them a word ending in * has any ending, … stands for up to five
other words and .. for up to two, and (a|b) for either.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_GAPS = {"…": 5, "..": 2}
LANGUAGES = ("en", "da", "de", "nb", "nl", "sv")
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
    """Whether any text names danger and something concrete; English is always looked for as well."""
    languages = {language, "en"} & set(LANGUAGES)
    return any(_prompts(text, _phrases(each)) for text in texts for each in languages)


def _prompts(text: str, phrases: _Phrases) -> bool:
    sentences = [" ".join(each.split()) for each in _SENTENCE.split(text.casefold().replace("’", "'")) if each]
    dangers = [phrases.no_danger.sub(" ¤ ", each) for each in sentences]
    details = [phrases.no_plan.sub(" ¤ ", each) for each in sentences]
    return any(_asks(at, dangers, details, phrases) for at in range(len(sentences)))


def _asks(at: int, dangers: list[str], details: list[str], phrases: _Phrases) -> bool:
    danger, detail = dangers[at], details[at]
    if phrases.alone.search(danger):
        return True
    strong = phrases.strong.search(danger) or phrases.others.search(danger)
    if not strong and not phrases.weak.search(danger):
        return False
    if phrases.plan.search(detail) or phrases.means.search(detail) or (strong and phrases.time.search(detail)):
        return True
    return any(phrases.got.search(each) for each in details[max(0, at - 1) : at + 2])


@cache
def _phrases(language: str) -> _Phrases:
    tables = tomllib.loads(files(__package__).joinpath("risk_phrases", f"{language}.toml").read_text("utf-8"))
    return _Phrases(**{name: _pattern(phrases) for name, phrases in tables.items()})


def _pattern(phrases: str) -> re.Pattern[str]:
    parts = [_regex(phrase.strip()) for phrase in _alternatives(phrases) if phrase.strip()]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")


def _alternatives(phrases: str) -> list[str]:
    """The phrases of a table: parted by | outside brackets."""
    return re.split(r"\|(?![^()]*\))", " ".join(phrases.casefold().split()))


def _regex(phrase: str) -> str:
    words = []
    for word in phrase.removesuffix("…").split():
        if word in _GAPS:
            words.append(rf"(?:[^\s,]+ ){{0,{_GAPS[word]}}}?")
            continue
        plain = re.escape(word).replace(r"\(", "(?:").replace(r"\)", ")").replace(r"\|", "|").replace(r"\*", r"\w*")
        words.append(plain + ",? ")
    return "".join(words).removesuffix(",? ")
