"""Which command typed words mean: its name in any of the languages, words around the name, or a time said by itself.

"/case", "new case", "meine Fälle", "sick until Friday" and "vad kan jag göra" all lead somewhere. Every word is used:
words around a name are only those of `typed.around` ("my", "show me"), and what follows a name is the command's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache

from bot.calendars.spoken import Ask, Why, understand
from bot.ui.strings import LANGUAGES, languages_in, words

_MAKE_NEW = frozenset({"case", "round"})
"""Commands that begin something new when "new" or "present" stands before their name."""
_NEAR = 0.75
_LONGEST = 200
_NO_TIME = frozenset({Why.UNREAD, Why.NOTHING, Why.UNSURE, Why.CANCELLED, Why.CLOCK, Why.HALF_DAY})


@dataclass(frozen=True)
class Meant:
    """A command by its key, with the words that follow it."""

    key: str
    text: str


def meant(name: str, text: str, today: date, commands: Iterable[str]) -> Meant | None:
    """The command that was typed as `name` followed by `text`, None if nobody can tell."""
    names = _names(tuple(commands))
    first = name.strip().lstrip("/").rstrip("!.").casefold()
    begins = text and first in _all("typed.begin")  # "start" is a page, "start a round" is not
    if first in names and not begins and not _reads_something_else(names[first], text):
        return Meant(names[first], _new(names[first], _without_thanks(text)))
    whole = f"{first} {text}".strip()
    if len(whole) > _LONGEST:
        return None
    if "caseload" in names.values() and _is_time(whole, today):
        return Meant("caseload", whole)
    return _around_a_name(whole, names)


def nearest(name: str, commands: Iterable[str], language: str) -> str | None:
    """The command name that looks most like what was typed, in the reader's language or in English."""
    names = _names(tuple(commands))
    own = set(_own_names(language, tuple(commands))) | set(names.values())
    found = get_close_matches(name.strip().lstrip("/").casefold(), sorted(own), n=1, cutoff=_NEAR)
    return found[0] if found else None


def _reads_something_else(key: str, text: str) -> bool:
    """Whether "read" is followed by no language: "read my reviews", "I read his diary"."""
    return key == "reads" and bool(text) and not any(language for _, language in languages_in(text))


def _says_what_it_reads(typed: list[str], names: Mapping[str, str], around: frozenset[str]) -> bool:
    """ "I also read Danish", "ich lese kein Dänisch", "languages I read: nl": words before the verb count, too."""
    verb = next((at for at, word in enumerate(typed) if names.get(word) == "reads"), None)
    before = around.union(*(_all(key) for key in ("typed.also", "typed.not", "typed.and", "command.language")))
    if verb is None or any(word not in before for word in typed[:verb]):
        return False
    return any(language for _, language in languages_in(" ".join(typed)))


def _around_a_name(whole: str, names: Mapping[str, str]) -> Meant | None:
    """My reviews · show me my cases · present a new case: a name with nothing unread before it."""
    around, new, thanks = _all("typed.around"), _all("typed.new") | _all("typed.begin"), _all("typed.thanks")
    typed = [word for word in re.split(r"[\s,.!?:;]+", whole.casefold()) if word]
    if not typed:  # "?"
        return Meant("help", "") if "help" in names.values() else None
    if "reads" in names.values() and _says_what_it_reads(typed, names, around):
        return Meant("reads", whole)
    named = [at for at, word in enumerate(typed) if word in names and word not in around]
    for at, word in enumerate(typed):
        if at in named and not (word in new and at != named[-1]):
            rest = [each for each in typed[at + 1 :] if each not in thanks]
            if _reads_something_else(names[word], " ".join(rest)):
                continue
            if names[word] in _MAKE_NEW and any(each in new for each in typed[:at]):
                rest = ["new", *rest]
            return Meant(names[word], _new(names[word], " ".join(rest)))
        if word not in around | new | thanks and at not in named:
            return None
    asks_for_help = len(typed) > 1 and all(word in around | thanks for word in typed)
    return Meant("help", "") if asks_for_help else None


def _new(key: str, text: str) -> str:
    """What follows a name, as "new" where it only says to begin one: "Fall einbringen", "casus indienen"."""
    begins = text.casefold().split()
    return "new" if key in _MAKE_NEW and begins and all(word in _all("typed.begin") for word in begins) else text


def _is_time(whole: str, today: date) -> bool:
    """Whether it is leave, a mode or a return, said without the command's name."""
    for language in LANGUAGES:
        reading = understand(whole, today, language)
        if not isinstance(reading, Ask):
            return True
        if reading.why not in _NO_TIME and (reading.readings or reading.why is Why.NO_PERIOD):
            return True
    return False


def _without_thanks(text: str) -> str:
    """The words behind a name without a "please" at their end."""
    kept = text.rstrip(" .!")
    head, _, last = kept.rpartition(" ")
    return head if last.casefold() in _all("typed.thanks") else text


@cache
def _names(commands: tuple[str, ...]) -> Mapping[str, str]:
    """Every name of a command in every language, and its key."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for key in commands:
            for name in words(language)(f"command.{key}").casefold().split():
                found.setdefault(name, key)
    return found | {key: key for key in commands}


@cache
def _own_names(language: str, commands: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for key in commands for name in words(language)(f"command.{key}").casefold().split())


@cache
def _all(key: str) -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in words(language)(key).casefold().split())
