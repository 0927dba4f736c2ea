"""A programme's name: conditions, treatments, known programmes are kept in every language; other words are masked."""

from __future__ import annotations

import itertools

import pytest

from bot.anonymise import Sensitive
from bot.anonymise.gate import Gate
from bot.anonymise.programme_names import is_known
from bot.anonymise.settings import GateSettings

PROGRAMMES = (
    *("Depression", "Angst", "Panik", "Soziale Angst", "Online-Angsttherapie", "Insomnia", "Sömn", "Stress", "Oro"),
    *("Panikprogrammet", "Nedstemthed", "Angst og depression", "Depressie", "Sociale angst", "Slaap", "Søvn"),
    *("Bekymring", "Depresjon", "MoodGYM", "HelloBetter Schlaf", "GET.ON Stimmung", "Wellbeing Course", "velibra"),
    *("Trauer", "Zwang", "PTBS", "OCD", "Tvång", "Social anxiety, 8 modules", "Depression, 10 Module", "Tinnitus"),
    *("Kronische Schmerzen", "Chronic pain course", "BDD", "Hälsoångest", "eMeistring depresjon", "Sov godt"),
    *("Minddistrict Depressie", "KBT-i", "Stämningskollen", "Panic disorder", "Selbsthilfe bei Schlafstörungen"),
)
SURNAMES = ("Schmidt", "Müller", "Jensen", "de Vries", "Andersson", "Brown", "Anna", "Koch", "Fischer", "Krebs", "Lang")
FORMS = (
    "{programme} {name}",
    "{name} {programme}",
    "{programme} ({name})",
    "{programme} – {name}",
    "{programme}/{name}",
)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(GateSettings(allow=("Mein Weg",), name_model="", tagger=False))


def masked(gate: Gate, text: str, lang: str | None = "en") -> list[str]:
    found = gate.examine({"programme": Sensitive(text)}, lang=lang).fields["programme"].findings
    return [text[each.start : each.end] for each in found]


@pytest.mark.parametrize("lang", ["en", "de", "nl", "da", "nb", "sv", None])
def test_the_name_of_a_programme_is_kept_in_whatever_language(gate: Gate, lang: str | None) -> None:
    assert {name: found for name in PROGRAMMES if (found := masked(gate, name, lang))} == {}


def test_a_person_beside_a_programme_is_masked_in_every_form(gate: Gate) -> None:
    kept = []
    for programme, name, form in itertools.product(("Depression", "Angst", "Sömn"), SURNAMES, FORMS):
        text = form.format(programme=programme, name=name)
        if name.split()[-1] not in " ".join(masked(gate, text)):
            kept.append(text)
    assert kept == []


def test_what_a_clinic_allows_is_kept_and_what_is_hard_stays_masked(gate: Gate) -> None:
    assert masked(gate, "Mein Weg", "de") == []
    assert masked(gate, "Depression 12.03.1985") != []
    assert masked(gate, "Angst anna@clinic.example") != []


def test_other_fields_are_read_as_before(gate: Gate) -> None:
    assert gate.examine({"title": Sensitive("Stuck after week four")}, lang="en").fields["title"].findings == ()


@pytest.mark.parametrize("word", ["Lander", "Minder", "Burnett", "Frauke", "Lowe", "Hartwell", "Sorge", "Langen"])
def test_no_surname_is_taken_for_a_compound(word: str) -> None:
    assert not is_known(word)
