"""Times of day as people type them: "09:00", "kl. 9", "9 Uhr", "9.30", "9am", "halv ti", "quarter past nine".

Every word is read or the whole is refused. An early hour that is not written as a clock shows it may be one of the
afternoon, and the English "half ten" may be either half hour: then there is more than one answer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from functools import cache
from importlib.resources import files

from bot.calendars.spoken.lexicon import LANGUAGES
from bot.calendars.spoken.tokens import clean

EARLIEST_SAID = 7
"""Nobody plans for an hour before this one in few words: "2" may be 14:00."""
LONGEST_TEXT = 40

_FIGURES = re.compile(r"(\d{1,2})[:.hu](\d{2})(?!\d)|(\d{2})(\d{2})(?!\d)|(\d{1,2})(?!\d)")


@dataclass(frozen=True)
class _Hour:
    hour: int
    minute: int = 0
    exact: bool = False
    """Written as a clock shows it: "02:30", not "2"."""


def understand_time(text: str, language: str) -> tuple[time, ...]:
    """The times of day that typed words may mean: one if they are clear, several to choose from, none if unread.

    Read in the person's language; English is read in every language, and who reads English may type in any of the six.
    """
    phrase = clean(text)
    if not phrase or len(phrase) > LONGEST_TEXT:
        return ()
    own = language if language in LANGUAGES else "en"
    for each in (own, *(lang for lang in LANGUAGES if lang != own and "en" in {own, lang})):
        found = tuple(dict.fromkeys(_times(phrase, each)))
        if found:
            return found
    return ()


def _times(phrase: str, language: str) -> Iterator[time]:
    pieces = [piece for piece in _pieces(phrase, _roles(language)) if piece != "skip"]
    halves = {"early": 0, "late": 12}
    half = halves.get(pieces[-1]) if pieces and isinstance(pieces[-1], str) else None
    match pieces if half is None else pieces[:-1]:
        case [_Hour() as said]:
            yield from _of_day(said.hour, said.minute, half, exact=said.exact)
        case ["half_past", _Hour(hour, 0, False)]:
            yield from _of_day(hour, 30, half)
        case ["half", _Hour(hour, 0, False)]:
            yield from _of_day((hour - 1) or 12, 30, half)
        case ["half_either", _Hour(hour, 0, False)]:
            yield from _of_day(hour, 30, half)
            yield from _of_day((hour - 1) or 12, 30, half)
        case ["quarter", "past", _Hour(hour, 0, False)]:
            yield from _of_day(hour, 15, half)
        case ["quarter", "to", _Hour(hour, 0, False)]:
            yield from _of_day((hour - 1) or 12, 45, half)


def _of_day(hour: int, minute: int, half: int | None, *, exact: bool = False) -> Iterator[time]:
    if half is not None and not 0 <= hour <= 12:
        return
    if half is not None:
        hours = [hour % 12 + half]
    else:
        hours = [hour + 12, hour] if not exact and 1 <= hour < EARLIEST_SAID else [hour]
    yield from (time(each, minute) for each in hours if each <= 23 and minute <= 59)


def _pieces(phrase: str, roles: Mapping[str, str | _Hour]) -> Iterator[str | _Hour]:
    """The phrase cut into the roles of its words and its hours; "?" for what is neither."""
    at = 0
    while at < len(phrase):
        if phrase[at] in " .,":
            at += 1
            continue
        figures = _FIGURES.match(phrase, at)
        if figures:
            hour, minute, whole, rest, alone = figures.groups()
            yield _Hour(int(hour or whole or alone), int(minute or rest or 0), bool(whole) or len(hour or "") == 2)
            at = figures.end()
            continue
        known = next((word for word in roles if re.match(re.escape(word) + r"(?!\w)", phrase[at:])), None)
        if known is None:
            yield "?"
            return
        yield roles[known]
        at += len(known)


@cache
def _roles(language: str) -> Mapping[str, str | _Hour]:
    """Every word of a language with what it does, the longest first."""
    folder = files(__package__).joinpath("words")
    counts = tomllib.loads(folder.joinpath(f"{language}.toml").read_text("utf-8"))["count"]
    clock = tomllib.loads(folder.joinpath("clock.toml").read_text("utf-8"))[language]
    roles: dict[str, str | _Hour] = {}
    for number, phrases in counts.items():
        if int(number) <= 12:
            roles |= {phrase.strip(): _Hour(int(number)) for phrase in phrases.split("|")}
    for role, phrases in clock.items():
        roles |= {phrase.strip(): _Hour(1) if role == "one" else role for phrase in phrases.split("|")}
    return {word: roles[word] for word in sorted(roles, key=len, reverse=True)}
