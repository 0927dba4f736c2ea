"""Lengths of time as they are typed in six languages: read as what they say, asked about, or refused."""

from __future__ import annotations

import pytest

from bot.calendars.spoken import understand_duration
from bot.calendars.spoken.durations import _words

EVERYWHERE = {
    "90": 90, "90 min": 90, "90min": 90, "90 min.": 90, "90 m": 90, "90'": 90, "1:30": 90, "01:30": 90, "0:45": 45,
    "1 h 30": 90, "1h30": 90, "1h 30m": 90, "1 h 30 min": 90, "1h30min": 90, "1:30 h": 90, "1.5 h": 90, "1,5 h": 90,
    "1,5h": 90, "1.5": 90, "1,5": 90, "0,5 h": 30, "1½ h": 90, "1 1/2 h": 90, "½ h": 30, "1,25 h": 75, "2 h": 120,
    "1,75 h": 105, "45+45": 90, "45 min + 45 min": 90, "2 x 45": 90, "2x45 min": 90, "2 × 45": 90, "PT1H30M": 90,
    "9:00-10:30": 90, "9:00 – 10:30": 90, "24:00": 1440, "1 h 5": 65, "ca. 90 min": 90, "１：３０": 90, "1440": 1440,
}  # fmt: skip
SAID: dict[str, dict[str, int | None]] = {
    "en": {
        "ninety minutes": 90, "ninety": 90, "forty-five minutes": 45, "forty five min": 45, "an hour": 60, "1 hour": 60,
        "an hour and a half": 90, "one and a half hours": 90, "1 and a half hours": 90, "half an hour": 30,
        "a half hour": 30, "half hour": 30, "three quarters of an hour": 45, "quarter of an hour": 15, "2 hrs": 120,
        "a quarter of an hour": 15, "1 hr 30 mins": 90, "1 hour and 30 minutes": 90, "one hour thirty": 90,
        "an hour and a quarter": 75, "two and a half hours": 150, "2 times 45 minutes": 90, "about 90 minutes": 90,
        "a hundred and twenty minutes": 120, "one hundred twenty minutes": 120, "Two Hours": 120,
        "1 hour, 30 minutes": 90,
        "9:00 to 10:30": 90, "one and a quarter hours": 75,
    },
    "da": {
        "halvfems minutter": 90, "halvanden time": 90, "en time": 60, "1 time": 60, "1 t 30": 90, "1t30": 90,
        "2 timer": 120,
        "en halv time": 30, "en time og et kvarter": 75, "tre kvarter": 45, "1 time og 30 minutter": 90, "1,5 time": 90,
        "femogfyrre minutter": 45, "fem og fyrre minutter": 45, "to og en halv time": 150, "et kvarter": 15,
        "2 gange 45 minutter": 90, "en halvtime": 30, "ca. 90 min": 90, "hundrede og tyve minutter": 120, "tres": 60,
    },
    "de": {
        "neunzig Minuten": 90, "anderthalb Stunden": 90, "eineinhalb Stunden": 90, "1 Std. 30 Min.": 90, "1 Std 30": 90,
        "eine Stunde": 60, "eine halbe Stunde": 30, "eine Dreiviertelstunde": 45, "eine Viertelstunde": 15,
        "fünfundvierzig Minuten": 45, "zweieinhalb Stunden": 150, "eine Stunde und 30 Minuten": 90,
        "2 mal 45 Minuten": 90,
        "1,5 Stunden": 90, "1,5 Std.": 90, "hundertzwanzig Minuten": 120, "9:00 bis 10:30": 90, "fuenfzig": None,
        "eine und eine halbe Stunde": 90, "drei Viertelstunden": 45, "1 Stunde": 60, "sechzig": 60,
    },
    "nb": {
        "nitti minutter": 90, "halvannen time": 90, "en time": 60, "1 t 30": 90, "1 time 30 min": 90,
        "en halv time": 30,
        "førtifem minutter": 45, "femogførti minutter": 45, "to og en halv time": 150, "tre kvarter": 45,
        "1,5 timer": 90,
        "et kvarter": 15, "en halvtime": 30, "1 time og 30 minutter": 90, "hundre og tjue minutter": 120, "seksti": 60,
    },
    "nl": {
        "negentig minuten": 90, "anderhalf uur": 90, "1 uur": 60, "een uur": 60, "1 u 30": 90, "1u30": 90,
        "1 uur 30": 90,
        "een half uur": 30, "halfuur": 30, "drie kwartier": 45, "een kwartier": 15, "vijfenveertig minuten": 45,
        "tweeënhalf uur": 150, "1 uur en 30 minuten": 90, "twee en een half uur": 150, "een uur en een kwartier": 75,
        "1,5 uur": 90, "2 keer 45 minuten": 90, "honderdtwintig minuten": 120, "tweeënveertig minuten": 42,
        "zestig": 60,
    },
    "sv": {
        "nittio minuter": 90, "en och en halv timme": 90, "en timme": 60, "1 tim 30 min": 90, "1 t 30": 90,
        "1 timme": 60,
        "en halv timme": 30, "en halvtimme": 30, "en kvart": 15, "tre kvart": 45, "fyrtiofem minuter": 45, "2 tim": 120,
        "två och en halv timme": 150, "1,5 timmar": 90, "1 timme och 30 minuter": 90, "hundratjugo minuter": 120,
        "en timme och en kvart": 75, "2 gånger 45 minuter": 90, "trekvart": 45, "sextio": 60,
    },
}  # fmt: skip
ASKED = {"1.30": (78, 90), "1.30 h": (78, 90), "1,30": (78, 90), "1.25": (75, 85), "1.5 0": ()}
UNREAD = (
    "", "x", "h", "min", "ninety bananas", "1 h 75", "1:75", "90:00", "90-95 min", "1.5 min", "-90", "90 km", "1:30:00",
    "10:30-9:00", "12345", "1 h 30 s", "half", "90 90", "a", "1 day", "x 45", "+", "45+", "9" * 80,
)  # fmt: skip


@pytest.mark.parametrize("language", list(SAID))
def test_figures_and_marks_are_read_alike_everywhere(language: str) -> None:
    wrong = {text: got for text, n in EVERYWHERE.items() if (got := understand_duration(text, language)) != (n,)}
    assert wrong == {}


@pytest.mark.parametrize("language", list(SAID))
def test_words_of_each_language_are_read(language: str) -> None:
    meant = {text: (n,) if n else () for text, n in SAID[language].items()}
    assert {text: understand_duration(text, language) for text in meant} == meant


def test_words_of_another_language_are_read_too() -> None:
    wrong = [
        (text, reader)
        for spoken in SAID.values()
        for text, n in spoken.items()
        for reader in SAID
        if understand_duration(text, reader) not in {(n,), ()} and n
    ]
    assert wrong == []
    assert understand_duration("halvannen time", "en") == (90,)
    assert understand_duration("an hour and a half", "sv") == (90,)


@pytest.mark.parametrize("language", list(SAID))
def test_what_may_be_two_lengths_has_two_answers(language: str) -> None:
    assert {text: understand_duration(text, language) for text in ASKED} == ASKED


@pytest.mark.parametrize("language", list(SAID))
def test_what_is_no_length_is_refused(language: str) -> None:
    found = {text: understand_duration(text, language) for text in UNREAD}
    assert {text: n for text, n in found.items() if n} == {}


@pytest.mark.parametrize("language", list(SAID))
def test_every_number_up_to_three_hours_is_known_in_words(language: str) -> None:
    numbers = {int(piece.value) for piece in _words(language).values() if piece.kind == "n"}
    assert set(range(1, 181)) <= numbers
