"""Phrases by kind in every language, and what the questions about them bring."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

import pytest

from bot.calendars.spoken import Ask, ChangeLeave, EndMode, Reading, SwitchMode, TakeLeave, Why, understand
from bot.calendars.spoken.lexicon import LANGUAGES
from bot.domain.policy import Mode
from bot.ui.strings import words
from tests.unit.calendars.phrases import CORPUS, told

TODAY, FRIDAY = date(2027, 1, 18), date(2027, 1, 22)


def by_kind() -> Iterator[tuple[str, str, str, str]]:
    """Kind, language, phrase and every answer that is right."""
    kind = lang = ""
    for line in (CORPUS / "kinds.txt").read_text("utf-8").splitlines():
        if line.startswith("##"):
            kind = line.strip("# ")
        elif line.startswith("["):
            lang = line.strip("[]")
        elif line and not line.startswith("#"):
            text, _, meant = line.rpartition(" = ")
            yield kind, lang, text, meant


PHRASES = list(by_kind())


def told_whole(reading: Reading) -> str:
    """A reading as the corpus writes it, a change of leave with what it changes."""
    if isinstance(reading, EndMode):
        ends = [f"{reading.last:%m-%d}"] if reading.last else []
        ends += [f"{reading.count} {reading.unit}"] if reading.count else []
        return " ".join(["end", reading.mode.value, *ends])
    if not isinstance(reading, ChangeLeave):
        return told(reading)
    days = [f"{day:%m-%d}" for day in (reading.first, reading.last) if day]
    amount = [f"{reading.count} {reading.unit}"] if reading.count else []
    of = [f"of {reading.of:%m-%d}"] if reading.of else []
    return " ".join([reading.how.value, *days, *amount, *of])


@pytest.mark.parametrize(("kind", "lang", "text", "meant"), PHRASES, ids=lambda part: part)
def test_phrase_of_a_kind(kind: str, lang: str, text: str, meant: str) -> None:
    assert told_whole(understand(text, TODAY, lang)) in meant.split(" | ")


def test_every_kind_stands_in_every_language() -> None:
    found = defaultdict(set)
    for kind, lang, _, _ in PHRASES:
        found[kind].add(lang)
    assert {kind: languages for kind, languages in found.items() if languages != set(LANGUAGES)} == {}


@pytest.mark.parametrize(
    ("text", "why", "word"),
    [
        ("leave frobnicate Monday", Why.UNREAD, 2),
        ("leave on Monday and my colleague", Why.UNREAD, 6),
        ("funeral on Monday", Why.NO_ACT, 0),
        ("next week", Why.NO_ACT, 0),
        ("f2f and leave", Why.UNFIT, 0),
        ("sick since Friday", Why.BEGUN, 0),
        ("extend my leave", Why.CHANGE, 0),
        ("leave Monday morning", Why.HALF_DAY, 0),
        ("leave tomorrow at 9", Why.CLOCK, 0),
        ("leave Tuesday and of Monday", Why.UNREAD, 0),  # "of" is "or" in Dutch only
        ("leave 30 Feb", Why.NO_SUCH_DAY, 0),
        ("leave next Friday", Why.TWO_READINGS, 0),
    ],
)
def test_a_question_names_what_was_not_understood(text: str, why: Why, word: int) -> None:
    reading = understand(text, TODAY, "en")
    assert isinstance(reading, Ask)
    assert (reading.why, reading.word) == (why, word)


def test_what_has_begun_is_offered_with_and_without_an_end() -> None:
    friday = date(2027, 1, 15)
    assert understand("sick since Friday", TODAY, "en") == Ask(
        Why.BEGUN, (TakeLeave(friday, None), TakeLeave(friday, TODAY))
    )


LINES = ("leave", "mode", "back", "days", "end", "year", "long", "order", "past", "whole", "clear", "change")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("line", LINES)
def test_every_example_is_understood_in_its_language(lang: str, line: str) -> None:
    examples = words(lang)(f"caseload.example.{line}", year="2028").split(" · ")
    assert len(examples) == (2 if line == "back" else 3)
    asked = [each for each in examples if isinstance(understand(each, TODAY, lang), Ask)]
    assert asked == []


LEAVE = {
    "en": "my leave",
    "de": "mein Urlaub",
    "nl": "mijn verlof",
    "da": "min orlov",
    "nb": "permisjonen min",
    "sv": "min semester",
}
DAY = {"en": "Friday", "de": "am Freitag", "nl": "vrijdag", "da": "fredag", "nb": "fredag", "sv": "fredag"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_word_of_ending_or_beginning_with_one_day_is_never_a_new_leave_or_mode(lang: str) -> None:
    """Every word of the tables, before and behind the day: a change of what is entered, a mode to come, or asked."""
    tables = tomllib.loads(files("bot.calendars.spoken").joinpath("words", f"{lang}.toml").read_text("utf-8"))
    taken = []
    for table in ("ends", "begins"):
        for said in (each.strip() for kind in ("verb", "day") for each in tables[table][kind].split("|")):
            leave, day = LEAVE[lang], DAY[lang]
            for text in (f"{leave} {said} {day}", f"{day} {said} {leave}", f"f2f {said} {day}"):
                reading = understand(text, TODAY, lang)
                begun = table == "begins" and reading == SwitchMode(Mode.F2F, FRIDAY, None)
                if not isinstance(reading, Ask | ChangeLeave | EndMode) and not begun:
                    taken.append((text, reading))
    assert taken == []


@pytest.mark.parametrize(
    ("lang", "text", "first", "last"),
    [
        ("en", "off xmas eve til jan 3rd", (12, 24), (1, 3)),
        ("en", "not in on boxing day", (12, 26), (12, 26)),
        ("de", "ab Heiligabend bis 3. Januar weg", (12, 24), (1, 3)),
        ("nl", "vrij van kerstavond t/m 3 jan", (12, 24), (1, 3)),
        ("nl", "tweede kerstdag vrij", (12, 26), (12, 26)),
        ("nl", "koningsdag vrij", (4, 27), (4, 27)),
        ("da", "fri fra juleaften til d. 3. jan", (12, 24), (1, 3)),
        ("nb", "fri fra julaften til 3. januar", (12, 24), (1, 3)),
        ("nb", "tar fri nyttårsaften", (12, 31), (12, 31)),
        ("sv", "ledig från julafton till 3 jan", (12, 24), (1, 3)),
        ("sv", "ledig på nyårsafton", (12, 31), (12, 31)),
    ],
)
def test_a_holiday_with_a_fixed_date_is_asked_with_its_days(
    lang: str, text: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    """The year of the days is that of the next such holiday."""
    year = 2026 if first[0] == 12 else 2027
    today = date(2026, 12, 11) if first[0] == 12 else TODAY
    reading = TakeLeave(date(year, *first), date(year + (last < first), *last))
    assert understand(text, today, lang) == Ask(Why.VAGUE, (reading,))
