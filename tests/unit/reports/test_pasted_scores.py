"""Score series as they are pasted from records in six languages: read as meant, or asked about, never misread."""

from __future__ import annotations

import pytest

from bot.reports.scores import InvalidScores, holds_dates, in_weeks, parse_scores

READ: dict[str, dict[str, tuple[int, ...]]] = {
    "PHQ-9 total score: 18 (moderately severe)": {"PHQ-9": (18,)},
    "PHQ9=14; GAD7=11": {"PHQ-9": (14,), "GAD-7": (11,)},
    "GAD-7: 15 -> 12 -> 7": {"GAD-7": (15, 12, 7)},
    "PHQ-9 15 (moderate), GAD-7 12 (moderate), WSAS 22": {"PHQ-9": (15,), "GAD-7": (12,), "WSAS": (22,)},
    "Session\tPHQ-9\tGAD-7\n1\t18\t14\n2\t16\t13\n3\t12\t9": {"PHQ-9": (18, 16, 12), "GAD-7": (14, 13, 9)},
    "Week 1: PHQ-9 = 18, GAD-7 = 14\nWeek 4: PHQ-9 = 11, GAD-7 = 9": {"PHQ-9": (18, 11), "GAD-7": (14, 9)},
    "PHQ-9 from 18 to 9": {"PHQ-9": (18, 9)},
    "PHQ-9: 18 Punkte, GAD-7: 14 Punkte": {"PHQ-9": (18,), "GAD-7": (14,)},
    "Sitzung 1: PHQ-9 18, GAD-7 14\nSitzung 5: PHQ-9 11, GAD-7 9": {"PHQ-9": (18, 11), "GAD-7": (14, 9)},
    "BDI-II Summenwert 31 (schwer)": {"BDI-II": (31,)},
    "GAD-7 Woche 1: 14; Woche 3: 12; Woche 6: 8": {"GAD-7": (14, 12, 8)},
    "PHQ-9 vor Behandlung 19, nach Behandlung 8": {"PHQ-9": (19, 8)},
    "PHQ-9 von 18 auf 9": {"PHQ-9": (18, 9)},
    "Woche;PHQ-9;GAD-7\n1;18;14\n3;15;12\n6;9;7": {"PHQ-9": (18, 15, 9), "GAD-7": (14, 12, 7)},
    "ISI-Score: 21/28": {"ISI": (21,)},
    "PHQ-9 voormeting 18, nameting 7": {"PHQ-9": (18, 7)},
    "Sessie 1: PHQ-9 18, GAD-7 13\nSessie 4: PHQ-9 12, GAD-7 9": {"PHQ-9": (18, 12), "GAD-7": (13, 9)},
    "PHQ-9: 15 punten (matig ernstig)": {"PHQ-9": (15,)},
    "GAD-7 week 1 14, week 5 8": {"GAD-7": (14, 8)},
    "PHQ-9 bij start 19, nu 11": {"PHQ-9": (19, 11)},
    "Week\tPHQ-9\n1\t18\n2\t17\n3\t15": {"PHQ-9": (18, 17, 15)},
    "PHQ-9 van 18 naar 9": {"PHQ-9": (18, 9)},
    "BDI-II totaalscore 28": {"BDI-II": (28,)},
    "ISI 20, 17 en 12": {"ISI": (20, 17, 12)},
    "PHQ-9 intake: 21, halverwege: 14, einde: 8": {"PHQ-9": (21, 14, 8)},
    "PHQ-9: 18 point, GAD-7: 12 point": {"PHQ-9": (18,), "GAD-7": (12,)},
    "Uge 1: PHQ-9 18, GAD-7 14\nUge 4: PHQ-9 12, GAD-7 10": {"PHQ-9": (18, 12), "GAD-7": (14, 10)},
    "PHQ-9 før behandling 20, efter behandling 9": {"PHQ-9": (20, 9)},
    "PHQ-9 fra 18 til 9": {"PHQ-9": (18, 9)},
    "WHO-5 40, 52, 64": {"WHO-5": (40, 52, 64)},
    "PHQ-9 ved start 19, nu 12": {"PHQ-9": (19, 12)},
    "Session 1: GAD-7 15\nSession 2: GAD-7 13\nSession 3: GAD-7 9": {"GAD-7": (15, 13, 9)},
    "PHQ-9 samlet score 16 (moderat)": {"PHQ-9": (16,)},
    "Uge;PHQ-9\n1;18\n2;16\n4;11": {"PHQ-9": (18, 16, 11)},
    "PHQ-9: 18 poeng, GAD-7: 11 poeng": {"PHQ-9": (18,), "GAD-7": (11,)},
    "Uke 1: PHQ-9 18\nUke 3: PHQ-9 14\nUke 6: PHQ-9 8": {"PHQ-9": (18, 14, 8)},
    "PHQ-9 før behandling 20, etter behandling 9": {"PHQ-9": (20, 9)},
    "Sesjon 1 PHQ-9 17 GAD-7 12\nSesjon 4 PHQ-9 10 GAD-7 8": {"PHQ-9": (17, 10), "GAD-7": (12, 8)},
    "PHQ-9 ved oppstart 19, nå 12": {"PHQ-9": (19, 12)},
    "PHQ-9 totalskår 15 (moderat)": {"PHQ-9": (15,)},
    "GAD-7 15, 12 og 8": {"GAD-7": (15, 12, 8)},
    "ISI skår 19": {"ISI": (19,)},
    "Uke\tGAD-7\n1\t15\n2\t12": {"GAD-7": (15, 12)},
    "MADRS-S 28 poäng": {"MADRS-S": (28,)},
    "PHQ-9: 18 p, GAD-7: 14 p": {"PHQ-9": (18,), "GAD-7": (14,)},
    "Vecka 1: PHQ-9 18, GAD-7 14\nVecka 4: PHQ-9 12, GAD-7 9": {"PHQ-9": (18, 12), "GAD-7": (14, 9)},
    "PHQ-9 före behandling 20, efter behandling 9": {"PHQ-9": (20, 9)},
    "PHQ-9 från 18 till 9": {"PHQ-9": (18, 9)},
    "MADRS-S vecka 1: 27, vecka 5: 16, vecka 10: 9": {"MADRS-S": (27, 16, 9)},
    "PHQ-9 vid start 19, nu 12": {"PHQ-9": (19, 12)},
    "LSAS-SR 78, 65 och 49": {"LSAS": (78, 65, 49)},
    "PHQ-9 totalpoäng 16 (måttlig)": {"PHQ-9": (16,)},
    "Vecka;MADRS-S;GAD-7\n1;27;14\n2;25;13": {"MADRS-S": (27, 25), "GAD-7": (14, 13)},
    "HADS A 12, D 9": {"HADS-A": (12,), "HADS-D": (9,)},
    "DASS-21: D 20, A 14, S 26": {"DASS-21-D": (20,), "DASS-21-A": (14,), "DASS-21-S": (26,)},
    "PHQ-9 T0 18, T1 12": {"PHQ-9": (18, 12)},
    "| Week | PHQ-9 | GAD-7 |\n|---|---|---|\n| 1 | 18 | 14 |\n| 4 | 9 | 8 |": {"PHQ-9": (18, 9), "GAD-7": (14, 8)},
    "date,PHQ-9,GAD-7\n05/01/2026,18,14\n19/01/2026,15,12": {"PHQ-9": (18, 15), "GAD-7": (14, 12)},
    "WHO-5 Rohwert 12, 16": {"WHO-5": (48, 64)},
    "WHO-5 12 %": {"WHO-5": (12,)},
    "WHO-5 13, 16": {"WHO-5": (52, 64)},
}
ASKED_ABOUT = (
    "WHO-5: 12",
    "HADS 12/9",
    "Assessment: PHQ-9 17, GAD-7 15. Week 6: PHQ-9 9, GAD-7 8.",
    "Baseline PHQ-9 20, mid-treatment 14, end of treatment 6",
    "PHQ-9 scores over sessions 1-4: 18, 16, 13, 10",
    "PHQ-9 zu Beginn 17, nach 6 Wochen 10",
    "Eingangsdiagnostik PHQ-9 16, Abschluss PHQ-9 5",
    "MDI er ikke brugt; PHQ-9 17",
)
"""What stands there may mean several things: a session's number, a week, another instrument."""


@pytest.mark.parametrize("typed", READ)
def test_a_pasted_form_is_read_as_it_is_meant(typed: str) -> None:
    assert {each.instrument.name: each.scores for each in parse_scores(typed)} == READ[typed]


@pytest.mark.parametrize("typed", ASKED_ABOUT)
def test_what_may_mean_several_things_is_asked_about(typed: str) -> None:
    with pytest.raises(InvalidScores):
        parse_scores(typed)


def test_dates_of_a_table_of_any_make_are_found_and_kept_as_weeks() -> None:
    commas = "date,PHQ-9\n05/01/2026,18\n19/01/2026,15"
    pipes = "| date | PHQ-9 |\n|---|---|\n| 5.1.2026 | 18 |\n| 19.1.2026 | 15 |"
    for table in (commas, pipes):
        assert holds_dates(table)
        kept = in_weeks(parse_scores(table), "week")
        assert "2026" not in kept
        assert parse_scores(kept) == parse_scores(table)


def test_per_cent_kept_as_text_reads_back_as_per_cent() -> None:
    low = parse_scores("WHO-5 12 %, 20 %")
    assert parse_scores(in_weeks(low, "week")) == low
