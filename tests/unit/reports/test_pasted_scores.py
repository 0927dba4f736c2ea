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
    "Baseline PHQ-9 20, mid-treatment 14, end of treatment 6": {"PHQ-9": (20, 14, 6)},
    "GAD7=14 (sess 3)": {"GAD-7": (14,)},
    "PHQ-9 18 (baseline), 12 (week 4), 9 (week 8)": {"PHQ-9": (18, 12, 9)},
    "MADRS-S: 27p (v1), 16p (v5)": {"MADRS-S": (27, 16)},
    "PHQ-9 (18), GAD-7 (14)": {"PHQ-9": (18,), "GAD-7": (14,)},
    "PHQ-9: 18 [moderately severe]": {"PHQ-9": (18,)},
    "PHQ-9 = 18 moderately severe, GAD-7 = 14 moderate": {"PHQ-9": (18,), "GAD-7": (14,)},
    "PHQ-9 score of 18, GAD-7 score is 14": {"PHQ-9": (18,), "GAD-7": (14,)},
    "PHQ-9 was 18 at assessment and is now 11": {"PHQ-9": (18, 11)},
    "PHQ-9 18 out of 27, GAD-7 14 von 21": {"PHQ-9": (18,), "GAD-7": (14,)},
    "S1: PHQ9 18, GAD7 14\nS2: PHQ9 16, GAD7 13": {"PHQ-9": (18, 16), "GAD-7": (14, 13)},
    "PHQ-9 scores: S1 18 S2 16 S3 12": {"PHQ-9": (18, 16, 12)},
    "Session #3 - PHQ-9: 12, GAD-7: 9": {"PHQ-9": (12,), "GAD-7": (9,)},
    "Prä: PHQ-9 18, GAD-7 14; Post: PHQ-9 9, GAD-7 6": {"PHQ-9": (18, 9), "GAD-7": (14, 6)},
    "PHQ-9 Prä 18, Post 9, Katamnese 7": {"PHQ-9": (18, 9, 7)},
    "PHQ-9: 18 P. / GAD-7: 14 P.": {"PHQ-9": (18,), "GAD-7": (14,)},
    "PHQ-9 Ausgangswert 18, aktuell 9": {"PHQ-9": (18, 9)},
    "PHQ-9 behandlingsstart 18, behandlingsslut 9": {"PHQ-9": (18, 9)},
    "PHQ-9 meting 1: 18, meting 2: 12": {"PHQ-9": (18, 12)},
    "PHQ-9 begin 18, eind 9": {"PHQ-9": (18, 9)},
    "MADRS-S skattning 27": {"MADRS-S": (27,)},
    "CORE-OM mean 1.8": {"CORE-OM": (18,)},
    "CORE-10 Mittelwert 2,15": {"CORE-10": (22,)},
    "CORE-OM medelvärde: 1,8": {"CORE-OM": (18,)},
    "Measure,Score\nPHQ-9,18\nGAD-7,14": {"PHQ-9": (18,), "GAD-7": (14,)},
    "Instrument\tPre\tPost\nPHQ-9\t18\t9\nGAD-7\t14\t6": {"PHQ-9": (18, 9), "GAD-7": (14, 6)},
    "\tPrä\tPost\nPHQ-9\t18\t9\nGAD-7\t-\t6": {"PHQ-9": (18, 9), "GAD-7": (6,)},
    "Skema;Uge 1;Uge 4\nPHQ-9;18;12\nGAD-7;14;10": {"PHQ-9": (18, 12), "GAD-7": (14, 10)},
    "Vragenlijst | Start | Eind\nPHQ-9 | 18 | 9": {"PHQ-9": (18, 9)},
    "Fragebogen\t01.02.2027\t15.02.2027\nPHQ-9\t18\t12": {"PHQ-9": (18, 12)},
}
ASKED_ABOUT = (
    "WHO-5: 12",
    "HADS 12/9",
    "Assessment: PHQ-9 17, GAD-7 15. Week 6: PHQ-9 9, GAD-7 8.",
    "PHQ-9 scores over sessions 1-4: 18, 16, 13, 10",
    "PHQ-9 zu Beginn 17, nach 6 Wochen 10",
    "Eingangsdiagnostik PHQ-9 16, Abschluss PHQ-9 5",
    "MDI er ikke brugt; PHQ-9 17",
    "PHQ-9 post 9, pre 18",
    "PHQ-9 9 from 18",
    "PHQ-9 is 9, was 18",
    "PHQ-9 jetzt 9, zu Beginn 18",
    "Post: PHQ-9 9\nPre: PHQ-9 18",
    "Instrument\tPost\tPre\nPHQ-9\t9\t18",
    "S2: PHQ-9 18\nS1: PHQ-9 12",
    "LSAS 78 of 100",
    "LSAS 78 von 100",
    "PHQ-9 (9 items) 18",
    "PHQ-9 (18) 9",
    "PHQ-9 moderate 10-14, score 12",
    "PHQ-9 18 %",
    "PHQ-9 > 10",
    "PHQ-9 18 (1 item missing)",
    "PHQ-9 18 (item 9 = 2)",
    "PHQ-9 18 after 4 sessions",
    "CORE-OM 1.8",
    "CORE-OM mean 18",
    "CORE-OM mean 4.5",
    "CORE-OM total 61 (of 136)",
    "Instrument;Cut-off;Score\nPHQ-9;10;18",
    "Test,Max,Score\nPHQ-9,27,18",
    "Datum;PHQ-9\n4 Jan 2027;18\n18 Jan 2027;12",
    "PHQ-9: n/a, GAD-7: 14",
    "PHQ-9 18, ?, 12",
    "PHQ-9 (04.01.2027): 18",
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
    spaced = "Datum;PHQ-9\n5. 1. 2026;18\n19. 1. 2026;15"
    across = "Fragebogen\t05.01.2026\t19.01.2026\nPHQ-9\t18\t15"
    for table in (commas, pipes, spaced, across):
        assert holds_dates(table)
        kept = in_weeks(parse_scores(table), "week")
        assert "2026" not in kept
        assert parse_scores(kept) == parse_scores(table)
        assert parse_scores(table)[0].weeks == (1, 3)


def test_weeks_behind_scores_and_in_the_head_of_a_table_are_kept() -> None:
    for typed in (
        "PHQ-9 18 (sess 1), 12 (sess 4)",
        "Skema;Uge 1;Uge 4\nPHQ-9;18;12",
        "Uge 1: PHQ-9 18; Uge 4: PHQ-9 12",
    ):
        assert parse_scores(typed)[0].weeks == (1, 4), typed


def test_per_cent_kept_as_text_reads_back_as_per_cent() -> None:
    low = parse_scores("WHO-5 12 %, 20 %")
    assert parse_scores(in_weeks(low, "week")) == low
