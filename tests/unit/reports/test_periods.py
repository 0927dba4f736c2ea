"""Spans of a report as managers type them in six languages: read as meant, or refused."""

from __future__ import annotations

from datetime import date

import pytest

from bot.reports.periods import NoSuchQuarter, Quarter, Year
from bot.reports.typed_periods import parse_period

TODAY = date(2027, 1, 18)
LAST, RUNNING = Quarter(2026, 4), Quarter(2027, 1)
TYPED: dict[Quarter | Year, tuple[str, ...]] = {
    LAST: (
        "last quarter", "the last quarter", "Q4/26", "q4 2026", "Q4", "2026-Q4", "Q4 '26", "fourth quarter 2026",
        "letztes Quartal", "im letzten Quartal", "voriges Quartal", "4. Quartal 2026", "Quartal 4 2026",
        "viertes Quartal",
        "forrige kvartal", "sidste kvartal", "det seneste kvartal", "4. kvartal 2026", "fjerde kvartal 2026",
        "siste kvartal", "kvartal 4 2026", "K4/26", "4. kv. 2026",
        "förra kvartalet", "föregående kvartal", "4:e kvartalet 2026", "fjärde kvartalet 2026",
        "vorig kwartaal", "het afgelopen kwartaal", "4e kwartaal 2026", "vierde kwartaal 2026",
        "2026 Q4", "2026/Q4", "Q4-2026", "Q4 of 2026", "the fourth quarter of 2026", "4th quarter 2026", "quarter 4",
        "quarter four 2026", "4Q26", "4Q 2026", "Q 4 2026", "q4 last year", "IV/2026", "IV. Quartal 2026", "iv 26",
        "Q4'26", "2026Q4", "26Q4", "q4_2026", "Q IV 2026", "prev quarter", "prior quarter", "letztes Vierteljahr",
        "Q4 des Vorjahres", "the last full quarter", "Q4 2026 please",
        "Oct-Dec 2026", "October to December 2026", "Oct – Dec", "last", "report for Q4 2026",
        "Quartal 4", "4. Quartal", "das vierte Quartal 2026", "4. Quartal des letzten Jahres",
        "Oktober bis Dezember 2026",
        "vergangenes Quartal", "letztes", "im 4. Quartal des Jahres 2026",
        "kvartal 4", "4 kvartal 2026", "kvartal fire 2026", "fjerde kvartal i fjor", "okt-des 2026", "okt.–dec. 2026",
        "kv 4 2026", "oktober til december 2026", "sidste", "4. kvartal sidste år", "4. kvartalet 2026",
        "fjärde kvartalet i fjol", "kvartal fyra", "oktober till och med december 2026", "senaste",
        "kwartaal 4 2026", "vierde kwartaal van 2026", "okt t/m dec 2026", "4de kwartaal 2026",
        "vierde kwartaal vorig jaar",
    ),
    Quarter(2026, 3): ("quarter before last", "vorletztes Quartal", "Q3", "jul-sep 2026", "III/2026",
                       "voorlaatste kwartaal",
                       "2026 q3", "tredje kvartal", "juli till september"),
    Quarter(2026, 1): ("Q1 2026", "første kvartal 2026", "1:a kvartalet 2026", "I. Quartal 2026", "1ste kwartaal 2026",
                       "januari t/m maart 2026", "jan.-märz 2026", "Q1 i fjor"),
    Year(2026): (
        "2026", "year", "last year", "year 2026", "annual report 2026", "Jahr 2026", "Jahresbericht 2026",
        "letztes Jahr",
        "voriges Jahr", "im Jahr 2026", "år 2026", "sidste år", "årsberetning", "i fjor", "fjoråret", "årsrapport 2026",
        "förra året", "året 2026", "vorig jaar", "jaarverslag 2026", "het jaar 2026",
        "the whole of 2026", "full year 2026", "calendar year 2026", "last yr", "årsrapporten 2026",
        "jaaroverzicht 2026", "2026 annual report", "Jan-Dec 2026",
        "das ganze Jahr 2026", "Kalenderjahr 2026", "Vorjahr", "hele 2026", "hele året 2026", "kalenderåret 2026",
        "i fjol", "hela 2026", "heel 2026", "kalenderjaar 2026", "januar til desember 2026",
    ),
    Year(2025): ("2025", "year before last", "vorletztes Jahr", "i forfjor", "voorlaatste jaar"),
    RUNNING: ("this quarter", "dieses Quartal", "dette kvartal", "indeværende kvartal", "detta kvartal",
              "dit kwartaal"),
    Year(2027): ("this year", "dieses Jahr", "i år", "dette år", "detta år", "dit jaar", "2027"),
}  # fmt: skip
EACH = [(typed, span) for span, forms in TYPED.items() for typed in forms]


@pytest.mark.parametrize(("typed", "span"), EACH, ids=[typed for typed, _ in EACH])
def test_a_span_is_read_as_it_is_meant(typed: str, span: Quarter | Year) -> None:
    assert parse_period(typed, TODAY) == span


MAY_BE_ELSE = (
    "4/26", "q5", "soon", "Anna", "last quarter 2026", "2026 2027", "the", "kv.", "H1 2026", "1. Halbjahr 2026",
    "first half 2026", "halvår 2026", "FY26", "october", "Oct-Nov 2026", "Nov 2026 - Jan 2027", "26", "quarter",
    "et kvartal", "q4 q3", "2026-4", "last month", "1 Oct - 31 Dec 2026", "Q1-Q3 2026", "last two quarters",
    "year to date", "0. Quartal", "quarter 4 of Anna",
    "12/2026",
)  # fmt: skip


@pytest.mark.parametrize("typed", MAY_BE_ELSE)
def test_what_may_mean_something_else_is_refused(typed: str) -> None:
    with pytest.raises(NoSuchQuarter):
        parse_period(typed, TODAY)
