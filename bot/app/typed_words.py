"""Which command typed words mean: its name in any of the languages, words around the name, or a time said by itself.

"/case", "new case", "meine Fälle", "sick until Friday" and "vad kan jag göra" all lead somewhere. Every word is used:
words around a name are only those of `typed.around` ("my", "show me"), and what follows a name is the command's.
"""

from __future__ import annotations

import re
import unicodedata
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
_WHITE = " \t\r\n\v\f\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}\N{LINE SEPARATOR}"
_AROUND = "\"'`\u00b4/\\.,;*_~<>()[]{}“”„‟‘’‚«»‹›"
_BRACKETS = "<>()[]{}"
_EDGES = _AROUND + "!:"
"""What is put around a command; a question mark by itself asks for help."""
_JOINER = "\N{ZERO WIDTH JOINER}"
"""It holds signs of one picture together, in a text."""
_NO_TIME = frozenset({Why.UNREAD, Why.NOTHING, Why.UNSURE, Why.CANCELLED, Why.CLOCK, Why.HALF_DAY})


@dataclass(frozen=True)
class Meant:
    """A command by its key, with the words that follow it."""

    key: str
    text: str


def meant(name: str, text: str, today: date, commands: Iterable[str]) -> Meant | None:
    """The command that was typed as `name` followed by `text`, None if nobody can tell."""
    names = _names(tuple(commands))
    first, text = _cleaned(name, text)
    begins = text and first in _all("typed.begin")  # "start" is a page, "start a round" is not
    if first in names and not begins and not _reads_something_else(names[first], text):
        return _helped(names[first], _new(names[first], _without_thanks(text)), names)
    whole = f"{first} {text}".strip()
    if len(whole) > _LONGEST:
        return None
    if "caseload" in names.values() and (_is_undo(whole) or _is_time(whole, today)):
        return Meant("caseload", whole)
    found = _around_a_name(whole, names)
    return _helped(found.key, found.text, names) if found else None


def _is_undo(whole: str) -> bool:
    """Whether nothing is said but "undo", of whatever was done last."""
    word = whole.casefold().strip(" .!")
    return bool({word, word.replace(" ", "-")} & _all("typed.undo"))


def begins_new(text: str) -> bool:
    """Whether the words after a command begin something new, so that a text may follow."""
    first, *_ = [*text.casefold().split(), ""]
    return first in _all("typed.new") | _all("typed.begin")


def only_small_words(text: str) -> bool:
    """Whether nothing is said but "can you show me how this works here"."""
    small = _all("typed.around") | _all("typed.thanks") | _all("command.help")
    return all(word in small for word in re.split(r"[\s,.!?:;]+", text.casefold()) if word)


def _cleaned(name: str, text: str) -> tuple[str, str]:
    """The first word and the rest, without what clients and people put around a command.

    Slashes, quotes, brackets, full stops, line breaks and characters nobody sees do not matter. A text that begins
    something new is left as it was typed, but for its edges.
    """
    whole = "".join(c for c in f"{name} {text}" if unicodedata.category(c) != "Cf" or c == _JOINER)
    begun = whole.lstrip(_WHITE + _AROUND)
    opened = any(bracket in whole[: len(whole) - len(begun)] for bracket in _BRACKETS)
    # "(case)" is a command in brackets, "report Therapist A (Kiel)" a name that has some.
    typed = begun.rstrip(_WHITE + (_AROUND if opened else _AROUND.translate({ord(b): None for b in _BRACKETS})))
    first, *rest = re.split(rf"[{re.escape(_WHITE)}]+", typed, maxsplit=1)
    rest_ = rest[0].strip(_WHITE) if rest else ""
    if "?" in first and not rest_ and not first.strip("?"):
        return "?", ""
    if begins_new(rest_) or len(rest_) > _LONGEST:
        return first.strip(_EDGES).casefold(), _last_as_typed(rest_, whole)
    rest_ = " ".join(rest_.split())
    return first.strip(_EDGES).casefold(), rest_.rstrip("?!") if len(rest_) > 1 else rest_


def _last_as_typed(rest: str, whole: str) -> str:
    """The end of a longer text with the full stop or quote that was taken from its edge."""
    end = whole.rstrip(_WHITE)
    return rest + end[end.rindex(rest[-1]) + 1 :] if rest else rest


def _helped(key: str, text: str, names: Mapping[str, str]) -> Meant:
    """A command followed by "help" asks about itself, and help followed by a command about that one."""
    asked = text.casefold().strip(_EDGES + "-?") or ("help" if text.strip() and not text.strip("?- ") else "")
    if key != "help" and asked in _all("command.help") | {"h"}:
        return Meant("help", key)
    if key == "help" and names.get(asked):
        return Meant("help", names[asked])
    return Meant(key, text)


def nearest(name: str, commands: Iterable[str], language: str) -> str | None:
    """The command name that looks most like what was typed, in the reader's language or in English."""
    names = _names(tuple(commands))
    own = set(_own_names(language, tuple(commands))) | set(names.values())
    found = get_close_matches(_cleaned(name, "")[0], sorted(own), n=1, cutoff=_NEAR)
    return found[0] if found else None


def _reads_something_else(key: str, text: str) -> bool:
    """Whether "read" is followed by no language: "read my reviews", "I read his diary"."""
    asks_for_help = text.casefold().strip(_EDGES + "-?") in {"", *_all("command.help")}
    return key == "reads" and not asks_for_help and not any(language for _, language in languages_in(text))


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
    export = _all("typed.export")
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
            if names[word] == "supervision" and any(each in export for each in typed[:at]):
                rest = ["export", *rest]
            return Meant(names[word], _new(names[word], " ".join(rest)))
        if word not in around | new | thanks | export and at not in named:
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
