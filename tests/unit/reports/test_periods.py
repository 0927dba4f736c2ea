"""Spans of a report as managers type them in six languages: read as meant, or refused."""

from __future__ import annotations

from datetime import date

import pytest

from bot.reports.periods import NoSuchQuarter, Quarter, Year, parse_period

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
    ),
    Year(2026): (
        "2026", "year", "last year", "year 2026", "annual report 2026", "Jahr 2026", "Jahresbericht 2026",
        "letztes Jahr",
        "voriges Jahr", "im Jahr 2026", "år 2026", "sidste år", "årsberetning", "i fjor", "fjoråret", "årsrapport 2026",
        "förra året", "året 2026", "vorig jaar", "jaarverslag 2026", "het jaar 2026",
    ),
    RUNNING: ("this quarter", "dieses Quartal", "dette kvartal", "indeværende kvartal", "detta kvartal",
              "dit kwartaal"),
    Year(2027): ("this year", "dieses Jahr", "i år", "dette år", "detta år", "dit jaar", "2027"),
}  # fmt: skip
EACH = [(typed, span) for span, forms in TYPED.items() for typed in forms]


@pytest.mark.parametrize(("typed", "span"), EACH, ids=[typed for typed, _ in EACH])
def test_a_span_is_read_as_it_is_meant(typed: str, span: Quarter | Year) -> None:
    assert parse_period(typed, TODAY) == span


@pytest.mark.parametrize("typed", ["4/26", "q5", "soon", "Anna", "last quarter 2026", "2026 2027", "the", "kv."])
def test_what_may_mean_something_else_is_refused(typed: str) -> None:
    with pytest.raises(NoSuchQuarter):
        parse_period(typed, TODAY)
