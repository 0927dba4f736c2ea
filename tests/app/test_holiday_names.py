"""Public holidays are named in the reader's language, wherever the clinic is."""

from __future__ import annotations

from datetime import date

import pytest

from bot.app.facts.holidays import named_holidays
from bot.calendars.public_holidays import has_names_in
from bot.domain.organisation import Clinic
from bot.ui.strings import LANGUAGES, Words

COUNTRIES = ("AT", "BE", "DE", "DK", "FI", "NL", "NO", "SE")
FOREIGN = [(country, reader) for country in COUNTRIES for reader in LANGUAGES if not has_names_in(country, reader)]


def clinic(country: str) -> Clinic:
    return Clinic("cli", "org", "Clinic", country, "Europe/Berlin")


@pytest.mark.parametrize(("country", "reader"), FOREIGN)
def test_every_holiday_of_another_country_has_a_name_in_the_readers_language(country: str, reader: str) -> None:
    names = named_holidays(Words(reader), clinic(country), {2026, 2027})
    ours = {text for key, text in Words(reader).sentences().items() if key.startswith("holiday.")}
    assert {day.year for day in names} == {2026, 2027}
    assert {part for name in names.values() for part in name.split("; ")} <= ours


def test_a_norwegian_reads_norwegian_names_at_home() -> None:
    assert named_holidays(Words("nb"), clinic("NO"), {2027})[date(2027, 3, 25)] == "Skjærtorsdag"


def test_the_countrys_own_name_stays_where_nobody_knows_another() -> None:
    names = named_holidays(Words("sv"), clinic("GB"), {2027})
    assert names[date(2027, 3, 26)] == "Långfredagen"
    assert names[date(2027, 5, 31)] == "Spring Bank Holiday"
