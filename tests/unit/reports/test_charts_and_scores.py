"""Charts say the same in picture, table and sentence; score series are read or refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.frequency import Gap
from bot.reports.charts import bars_chart, gaps_chart, scores_chart
from bot.reports.instruments import INSTRUMENTS
from bot.reports.scores import InvalidScores, Problem, holds_dates, in_weeks, parse_scores
from bot.ui.strings import LANGUAGES, words

EN = words("en").sentences()
MONDAY = date(2027, 1, 4)
GAPS = [
    Gap(MONDAY, MONDAY + timedelta(days=14), 14, 14, False),
    Gap(MONDAY + timedelta(days=14), MONDAY + timedelta(days=34), 20, 14, False),
    Gap(MONDAY + timedelta(days=34), MONDAY + timedelta(days=40), 6, 14, True),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rhythm_in_every_language(language: str) -> None:
    chart = gaps_chart(GAPS, words=words(language).sentences(), language=language, image_format="png")
    assert chart.image.startswith(b"\x89PNG")
    assert [row[1:3] for row in chart.rows] == [("14", "14"), ("20", "14"), ("6", "14")]
    assert len({row[3] for row in chart.rows}) == 3  # within, longer, still running
    assert "3" in chart.alt


def test_the_sentence_says_what_the_bars_show() -> None:
    chart = gaps_chart(GAPS, words=EN, language="en")
    assert chart.alt == "Gaps: 3, longer than allowed: 1. Last gap in days: 6, allowed: 14."
    assert chart.image.lstrip().startswith(b"<?xml")
    assert gaps_chart(GAPS, words=EN, language="en").image == chart.image


@pytest.mark.parametrize(
    ("days", "is_open", "spared", "allowed", "says"),
    [
        (21, False, False, "21 (14 + 7)", "within allowed days"),
        (22, False, False, "21 (14 + 7)", "longer than allowed"),
        (22, False, True, "21 (14 + 7)", "longer, but no round in it"),
        (9, True, False, "21 (14 + 7)", "still running"),
        (22, True, False, "21 (14 + 7)", "still running, longer than allowed"),
        (22, True, True, "21 (14 + 7)", "still running"),
    ],
)
def test_each_gap_says_whether_it_is_over_and_how_it_stands(
    days: int, is_open: bool, spared: bool, allowed: str, says: str
) -> None:
    gap = Gap(MONDAY, MONDAY + timedelta(days=days), days, 14, is_open, 7, spared)
    (row,) = gaps_chart([gap], words=EN, language="en").rows
    assert row[1:] == (str(days), allowed, says)


def test_charts_of_nothing_say_so() -> None:
    for chart in (
        gaps_chart([], words=EN, language="en"),
        bars_chart("t", [], head=("a", "b"), alt="", words=EN),
    ):
        assert (chart.alt, chart.rows) == ("Nothing to show yet.", ())


@pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=lambda each: each.name)
def test_bands_cover_the_whole_range_in_order(instrument) -> None:  # type: ignore[no-untyped-def]  # parametrised
    lasts = [last for last, _ in instrument.bands]
    assert lasts == sorted(set(lasts))
    assert lasts[-1] == instrument.high
    assert all(f"band.{key}" in EN for _, key in instrument.bands)


@pytest.mark.parametrize(
    ("name", "score", "band"),
    [("PHQ-9", 9, "mild"), ("PHQ-9", 10, "moderate"), ("PHQ-9", 20, "severe"), ("GAD-7", 15, "severe"),
     ("WHO-5", 28, "very_low_wellbeing"), ("WHO-5", 52, "good_wellbeing"), ("ISI", 8, "subthreshold"),
     ("PCL-5", 31, "above_cutoff"), ("AUDIT", 8, "hazardous"), ("WSAS", 20, "significant"),
     ("BDI-II", 13, "minimal"), ("BDI-II", 14, "mild"), ("BDI-II", 29, "severe"), ("HADS-A", 8, "mild"),
     ("HADS-D", 11, "moderate"), ("DASS-21-D", 10, "mild"), ("DASS-21-A", 20, "extremely_severe"),
     ("DASS-21-S", 34, "extremely_severe"), ("LSAS", 29, "below_cutoff"), ("LSAS", 60, "above_generalised"),
     ("PSWQ", 62, "above_cutoff"), ("Y-BOCS", 16, "moderate"), ("Y-BOCS", 32, "extreme"), ("MADRS", 7, "mild"),
     ("MADRS", 35, "severe"), ("CORE-OM", 10, "mild"), ("CORE-OM", 25, "severe"), ("EQ-VAS", 60, "no_bands")],
)  # fmt: skip
def test_published_bands(name: str, score: int, band: str) -> None:
    assert INSTRUMENTS[name].band(score) == band


@pytest.mark.parametrize(
    ("typed", "series"),
    [
        ("PHQ-9: 18, 15, 12, 9", {"PHQ-9": ((1, 2, 3, 4), (18, 15, 12, 9))}),
        ("phq9 18 15 - 12; GAD7: 14 → 9", {"PHQ-9": ((1, 2, 3), (18, 15, 12)), "GAD-7": ((1, 2), (14, 9))}),
        ("GAD-7 week 1: 14, week 4: 9", {"GAD-7": ((1, 4), (14, 9))}),
        ("PHQ 9 Woche 2 17 Woche 6 11", {"PHQ-9": ((2, 6), (17, 11))}),
        ("WHO-5\n28\n32\n48", {"WHO-5": ((1, 2, 3), (28, 32, 48))}),
        ("Week\tPHQ-9\tGAD-7\n1\t18\t14\n3\t12\t–\n5\t\t8", {"PHQ-9": ((1, 3), (18, 12)), "GAD-7": ((1, 5), (14, 8))}),
        ("PHQ-9; ISI\n18;20\n12;15", {"PHQ-9": ((1, 2), (18, 12)), "ISI": ((1, 2), (20, 15))}),
        (
            "Session 1 PHQ-9 18 GAD-7 14\nSession 3: PHQ-9 12, GAD-7 9",
            {"PHQ-9": ((1, 3), (18, 12)), "GAD-7": ((1, 3), (14, 9))},
        ),
        ("Session 1 PHQ-9 18 GAD-7 14", {"PHQ-9": ((1,), (18,)), "GAD-7": ((1,), (14,))}),
        ("Sitzung 2: BDI-II 31", {"BDI-II": ((2,), (31,))}),
        ("PHQ-9 pre 18 post 9", {"PHQ-9": ((1, 2), (18, 9))}),
        ("PHQ-9: 18/27 (moderately severe), 9/27 (mild)", {"PHQ-9": ((1, 2), (18, 9))}),
        ("GAD-7 9/21", {"GAD-7": ((1,), (9,))}),
        ("WHO-5 raw 13, 17", {"WHO-5": ((1, 2), (52, 68))}),
        ("Date\tPHQ-9\n01.02.2027\t18\n15.02.2027\t15\n01.03.2027\t9", {"PHQ-9": ((1, 3, 5), (18, 15, 9))}),
        ("Date;LSAS-SR\n2027-01-04;88\n2027-01-18;61", {"LSAS": ((1, 3), (88, 61))}),
        ("Date;W&SAS\n02/01/2027;30\n02/15/2027;22", {"WSAS": ((1, 3), (30, 22))}),  # the month first
        (
            "LSAS-SR 72; PSWQ: 66, 50; Y-BOCS 24",
            {"LSAS": ((1,), (72,)), "PSWQ": ((1, 2), (66, 50)), "Y-BOCS": ((1,), (24,))},
        ),
        ("HADS-A 12 HADS-D 9", {"HADS-A": ((1,), (12,)), "HADS-D": ((1,), (9,))}),
        ("HADS anxiety 12, HADS depression 9", {"HADS-A": ((1,), (12,)), "HADS-D": ((1,), (9,))}),
        (
            "DASS-21 D 14, DASS-21 A 8, DASS-S 20",
            {"DASS-21-D": ((1,), (14,)), "DASS-21-A": ((1,), (8,)), "DASS-21-S": ((1,), (20,))},
        ),
        (
            "CORE-OM 17; CORE-10: 19; EQ-5D-5L VAS 60; K-10 28; MADRS 31; MADRS-S 24",
            {
                "CORE-OM": ((1,), (17,)),
                "CORE-10": ((1,), (19,)),
                "EQ-VAS": ((1,), (60,)),
                "K10": ((1,), (28,)),
                "MADRS": ((1,), (31,)),
                "MADRS-S": ((1,), (24,)),
            },
        ),
    ],
)
def test_series_typed_and_pasted(typed: str, series: dict[str, tuple[tuple[int, ...], tuple[int, ...]]]) -> None:
    assert {each.instrument.name: (each.weeks, each.scores) for each in parse_scores(typed)} == series


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("", Problem.NO_INSTRUMENT), ("18, 15, 12", Problem.NO_INSTRUMENT), ("PHQ-9", Problem.NO_SCORES),
     ("PHQ-9: 28", Problem.OUT_OF_RANGE), ("WHO-5: 30, 43", Problem.STEP), ("DASS-21-D: 13", Problem.STEP),
     ("PHQ-9: 18,5", Problem.DECIMAL), ("CORE-OM 12.4", Problem.DECIMAL), ("HADS: 12, 9", Problem.WHICH_SCALE),
     ("DASS-21 14", Problem.WHICH_SCALE), ("EQ-5D 0", Problem.WHICH_SCALE),
     ("Date; PHQ-9\n1.2.2027;18\n3.2.2027;15", Problem.NOT_UNDERSTOOD), ("PHQ-9 18/28", Problem.DATE),
     ("PHQ-9 12.1.: 18", Problem.DATE),
     ("PHQ-9 2027-01-12 18", Problem.DATE), ("PHQ-9: 18 then less", Problem.NOT_UNDERSTOOD),
     ("PHQ-9 week 4: 9, week 1: 14", Problem.NOT_UNDERSTOOD), ("PHQ-9 1 2\nPHQ-9 3", Problem.TWICE),
     ("PHQ-9: " + "1 " * 61, Problem.TOO_MANY), ("Week\tPHQ-9\n1\tlow", Problem.NOT_UNDERSTOOD)],
)  # fmt: skip
def test_series_that_cannot_be_read_name_the_problem_and_echo_nothing(typed: str, problem: Problem) -> None:
    with pytest.raises(InvalidScores) as refused:
        parse_scores(typed)
    assert problem in {mistake.problem for mistake in refused.value.mistakes}
    assert "then" not in repr(refused.value.values)


@given(st.text(max_size=60) | st.from_regex(r"(PHQ-9|WHO-5|week|\d{1,3}|[ ,:;\t\n-]){1,12}", fullmatch=True))
def test_no_text_ends_in_anything_but_series_or_a_refusal(typed: str) -> None:
    try:
        for series in parse_scores(typed):
            assert series.scores
            assert len(series.weeks) == len(series.scores)
    except InvalidScores as refused:
        assert refused.mistakes


def test_dates_of_a_table_are_kept_as_weeks_that_read_back_alike() -> None:
    typed = "Date\tPHQ-9\tGAD-7\n01.02.2027\t18\t14\n15.02.2027\t15\t-"
    assert holds_dates(typed)
    assert not holds_dates("PHQ-9: 18, 15")
    for week in ("week", "Woche", "uge", "uke", "vecka"):
        kept = in_weeks(parse_scores(typed), week)
        assert "2027" not in kept
        assert parse_scores(kept) == parse_scores(typed)


def test_the_chart_of_a_series_names_its_bands() -> None:
    (series,) = parse_scores("PHQ-9 week 1: 18, week 3: 12, week 8: 4")
    chart = scores_chart(series, words=EN)
    assert chart.rows == (("1", "18", "moderately severe"), ("3", "12", "moderate"), ("8", "4", "minimal"))
    assert chart.alt == "PHQ-9, measurements: 3. First: 18, last: 4, lowest: 4, highest: 18."
