"""The quarterly numbers by hand, and against a slow computation that counts day by day."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
import statistics
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth

from bot.domain.caseload import Caseload, Leave, Mode, ModeChange
from bot.domain.chances import Chances
from bot.domain.frequency import Closures
from bot.reports.pdf import Pdf, fitting
from bot.reports.periods import NoSuchQuarter, Quarter, QuarterNotOver
from bot.reports.quarterly import Numbers, Report, quarterly
from bot.reports.quarterly_export import HIDDEN, on_time_chart, report_csv, report_head, report_pdf, themes_chart
from bot.reports.sheets import CaseFact, Followed
from bot.reports.suppression import Group
from bot.reports.typed_periods import parse_period
from bot.ui.strings import LANGUAGES, words
from tests.unit.reports.quarters import AFTER, T0, P, Q, asked, day, shown_report, therapist


def numbers(report: Report) -> Numbers:
    row = report.row(Group())
    assert row is not None
    assert row.numbers is not None
    return row.numbers


def test_a_small_service_by_hand() -> None:
    # Four keep every fourteenth day: gaps end on days 0, 14, …, 84 (seven of 14 days); day 89 is open and on time.
    regular = [therapist(n) for n in range(4)]
    # One comes every 20 days (-28, -8, 12, 32, 52, 72): four gaps of 20, and 17 days open at the end: late.
    late = therapist(
        4, every=20, own_case_days=(day(-8),), cases=(CaseFact(day(3), day(10)),), reviews=(day(1), day(95))
    )
    made = numbers(quarterly([*regular, late], Q, today=AFTER, policy=P))
    assert made.therapists == 5
    assert made.coverage == 100
    assert made.gap_within == 85  # 28 of 33
    assert (made.asked, made.on_time) == (0, None)  # no round asked anything
    assert made.gap_median == 14
    assert made.gap_p90 == 20
    assert (made.cases, made.reviews) == (1, 1)
    assert made.turnaround is None  # one presenter only
    assert made.own_within == 94  # own cases: four people with four gaps of 28 days, one open for 97


def test_a_perfect_service_reads_100_per_cent_everywhere() -> None:
    """Asked each fortnight, always in time; a round a day late for a holiday, everybody presents every second time."""
    days = (-28, -14, 0, 15, 28, 42, 56, 70, 84)
    perfect = [
        therapist(
            n,
            event_days=tuple(day(d) for d in days),
            own_case_days=tuple(day(d) for d in days[n % 2 :: 2]),
            chances=asked(*((d, True) for d in days), offered=days),
        )
        for n in range(5)
    ]
    made = numbers(quarterly(perfect, Q, today=AFTER, policy=P))
    assert (made.coverage, made.on_time, made.own_within, made.gap_within) == (100, 100, 100, 100)
    assert made.asked == 5 * 6  # those of day 84 are due on day 91, in the next quarter
    assert made.gap_median == 14
    assert made.gap_p90 == 15


def test_a_missed_review_counts_once_and_its_gap_only_beyond_target_and_window() -> None:
    people = [therapist(n, chances=asked((0, True), (14, True))) for n in range(4)]
    kept = therapist(4, event_days=(day(-14), day(0), day(22)), chances=asked((0, True), (14, False)))
    late = quarterly([*people, kept], Q, today=AFTER, policy=P)
    assert (numbers(late).asked, numbers(late).on_time) == (10, 90)


def test_nobody_is_late_where_no_round_asked_or_could_be_met() -> None:
    """A group without a round: not covered, not late, and not in the denominator either."""
    idle = [therapist(n, event_days=(), own_case_days=(), chances=Chances(window=7)) for n in range(5)]
    made = numbers(quarterly(idle, Q, today=AFTER, policy=P))
    assert (made.therapists, made.coverage, made.on_time) == (5, None, None)
    gaps = (made.own_within, made.gap_within, made.gap_median, made.gap_p90)
    assert gaps == (None, None, None, None)  # a quarter without rounds has no gaps
    asked_too = [*idle, *(therapist(9 + n, chances=asked((0, True), offered=(0,))) for n in range(5))]
    assert numbers(quarterly(asked_too, Q, today=AFTER, policy=P)).coverage == 100


def test_who_never_presents_although_rounds_went_out_is_late_with_their_own_case() -> None:
    silent = [
        therapist(n, own_case_days=(day(-20),), chances=asked((0, True), offered=(0, 14, 28, 42))) for n in range(5)
    ]
    assert numbers(quarterly(silent, Q, today=AFTER, policy=P)).own_within == 0
    between = [therapist(n, own_case_days=(day(-20),), chances=asked((0, True))) for n in range(5)]
    assert numbers(quarterly(between, Q, today=AFTER, policy=P)).own_within is None  # asked, but never to present


def test_leave_and_closure_are_left_out_and_a_quarter_of_leave_leaves_the_person_out() -> None:
    away = Caseload(leaves=(Leave("p9", day(-5), day(95)),))
    half = Caseload(leaves=(Leave("p8", day(1), day(14)),))
    made = quarterly(
        [*(therapist(n) for n in range(5)), therapist(8, caseload=half), therapist(9, caseload=away)],
        Q, today=AFTER, policy=P, closures={"A": Closures.of([day(20)])},
    )  # fmt: skip
    assert numbers(made).therapists == 6
    alone = quarterly(
        [therapist(n, event_days=(day(0), day(28)), until=day(30), caseload=half) for n in range(5)],
        Q,
        today=AFTER,
        policy=P,
    )
    assert (numbers(alone).gap_p90, numbers(alone).gap_within) == (
        31,
        50,
    )  # 31 days since joining, then 28 less 14 away


def test_coverage_counts_those_with_an_event_in_the_quarter() -> None:
    idle = [therapist(n, event_days=(day(-3), day(90))) for n in range(2)]
    made = numbers(quarterly([*(therapist(9 + n) for n in range(6)), *idle], Q, today=AFTER, policy=P))
    assert made.coverage == 75


def test_people_stand_in_the_mode_of_most_of_their_days() -> None:
    switch = ModeChange("p", Mode.F2F, day(46), "", T0)
    people = [therapist(n, caseload=Caseload(modes=(switch,))) for n in range(5)]
    assert quarterly(people, Q, today=AFTER, policy=P).row(Group("A", "icbt")) is not None
    earlier = dataclasses.replace(switch, from_date=day(45))
    people = [therapist(n, caseload=Caseload(modes=(earlier,))) for n in range(5)]
    assert quarterly(people, Q, today=AFTER, policy=P).row(Group("A", "f2f")) is not None


def test_the_trend_compares_only_what_both_quarters_show() -> None:
    people = [therapist(n, chances=asked((0, True), (14, True), (28, False), (42, True))) for n in range(10)]
    met = asked((-60, True), (-30, True))
    last = quarterly([therapist(n, every=7, chances=met) for n in range(10)], Q.previous, today=AFTER, policy=P)
    row = quarterly(people, Q, today=AFTER, policy=P, previous=last).row(Group())
    assert row is not None
    assert row.trend == -25  # one of four reviews missed by each, all met the quarter before
    few = quarterly(people[:4], Q.previous, today=AFTER, policy=P)
    row = quarterly(people, Q, today=AFTER, policy=P, previous=few).row(Group())
    assert row is not None
    assert row.trend is None


def test_the_same_facts_in_any_order_give_the_same_check_sum_and_a_correction_is_marked() -> None:
    people = [therapist(n, "AB"[n % 2]) for n in range(12)]
    first = quarterly(people, Q, today=AFTER, policy=P)
    assert quarterly(people[::-1], Q, today=AFTER, policy=P).check_sum == first.check_sum
    people[0] = therapist(0, cases=(CaseFact(day(5)),))
    second = quarterly(people, Q, today=AFTER, policy=P, published=first)
    marked = {(row.group.clinic, row.group.mode): set(row.revised) for row in second.rows if row.revised}
    assert marked == {
        (None, None): {"cases"},
        (None, "icbt"): {"cases"},
        ("A", None): {"cases"},
        ("A", "icbt"): {"cases"},
    }
    assert second.check_sum != first.check_sum
    assert "p0" not in repr(first)


def test_no_people_no_rows() -> None:
    row = quarterly([], Q, today=AFTER, policy=P).row(Group())
    assert row is not None
    assert row.numbers is None


@pytest.mark.parametrize(
    ("typed", "quarter"),
    [("q1", Quarter(2027, 1)), ("Q3", Quarter(2026, 3)), ("q1 2026", Quarter(2026, 1)), ("2026-Q4", Quarter(2026, 4)),
     ("K2 2026", Quarter(2026, 2)), ("q2", Quarter(2026, 2))],
)  # fmt: skip
def test_quarters_as_people_type_them(typed: str, quarter: Quarter) -> None:
    assert parse_period(typed, date(2027, 4, 10)) == quarter


@pytest.mark.parametrize("typed", ["", "q5", "first", "2027 q1 2027"])
def test_no_such_quarter(typed: str) -> None:
    with pytest.raises(NoSuchQuarter):
        parse_period(typed, AFTER)


def test_a_running_quarter_is_not_reported_as_its_versions_could_be_subtracted() -> None:
    with pytest.raises(QuarterNotOver) as refused:
        quarterly([], Q, today=Q.last, policy=P)
    assert refused.value.values == {"last": date(2027, 3, 31)}


def test_quarters_follow_each_other() -> None:
    assert (Quarter(2026, 4).next, Quarter(2027, 1).previous) == (Quarter(2027, 1), Quarter(2026, 4))
    assert (Quarter(2027, 4).first, Quarter(2027, 4).last) == (date(2027, 10, 1), date(2027, 12, 31))
    assert Quarter.of(date(2027, 6, 30)) == Quarter(2027, 2)


# The independent computation: offsets instead of dates, a day at a time.

LENGTH = 90  # days of the first quarter of 2027, offsets 0..89
histories = st.lists(
    st.tuples(
        st.sets(st.integers(-60, 95), max_size=12),
        st.integers(-60, 40),
        st.tuples(st.integers(-20, 95), st.integers(0, 60)),
    ),
    min_size=5,
    max_size=9,
)


@settings(max_examples=60)
@given(histories, st.sets(st.integers(-60, 95), max_size=15))
def test_the_numbers_equal_a_count_day_by_day(
    people: list[tuple[set[int], int, tuple[int, int]]], closed: set[int]
) -> None:
    facts = [
        Followed(
            f"p{n}", "A", Caseload(leaves=(Leave("p", day(a), day(a + length)),)), since=day(since),
            event_days=tuple(day(e) for e in sorted(events)),
        )
        for n, (events, since, (a, length)) in enumerate(people)
    ]  # fmt: skip
    report = quarterly(facts, Q, today=AFTER, policy=P, closures={"A": Closures.of(day(n) for n in closed)})

    everyone: list[tuple[list[int], bool]] = []
    for events, since, (a, length) in people:
        free = {n for n in range(-61, 96) if n not in closed and not a <= n <= a + length}
        if not any(n in free for n in range(max(0, since), LENGTH)):
            continue
        found: list[int] = []
        elapsed, counted_any = 0, False
        for n in range(since, LENGTH):
            elapsed += n in free and n > since
            if n in events and n > since:
                if n >= 0:
                    found.append(elapsed)
                    counted_any = True
                elapsed = 0
            elif n in events:
                elapsed = 0
        ended_on_event = LENGTH - 1 in events and since < LENGTH - 1
        if not ended_on_event and since < LENGTH - 1 and (elapsed > 14 or not counted_any):
            found.append(elapsed)
        everyone.append((found, any(0 <= e < LENGTH for e in events)))
    row = report.row(Group())
    assert row is not None
    if len(everyone) < 5:
        assert row.numbers is None
        return
    made = numbers(report)
    days = sorted(d for found, _ in everyone for d in found)
    assert made.therapists == len(everyone)
    assert made.coverage == math.floor(100 * sum(c for _, c in everyone) / len(everyone) + 0.5)
    if days:
        assert made.gap_median is not None
        assert float(made.gap_median) == statistics.median(days)
        assert made.gap_p90 == days[math.ceil(len(days) * 0.9) - 1]
        assert made.gap_within == math.floor(100 * sum(d <= 14 for d in days) / len(days) + 0.5)


# Exports


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_is_printed_in_every_language(language: str) -> None:
    sentences = words(language).sentences()
    made = report_pdf(shown_report(), organisation="Service", printed=AFTER, words=sentences, language=language)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert "Malmö" in text
    assert sentences["report.suppressed"] in text
    assert sentences["report.revised_note"] in text


def test_hidden_groups_show_nothing_in_any_column_of_the_csv() -> None:
    sentences = words("en").sentences()
    rows = list(csv.reader(io.StringIO(report_csv(shown_report(), words=sentences, language="en").decode("utf-8-sig"))))
    hidden = [row for row in rows if row[1:3] == ["Kiel", "Face-to-face"]]
    assert len(hidden) == 1
    assert hidden[0][3:] == [""] * 16 + ["hidden", ""]
    everybody = next(row for row in rows if row[1:3] == ["All", "All"])
    assert everybody[0] == "2027-Q1"
    assert everybody[3] == "30"
    assert everybody[-1] == "cases"


def test_the_charts_of_a_report_carry_their_numbers() -> None:
    report, sentences = shown_report(), words("en").sentences()
    assert themes_chart(report, words=sentences).rows == (("Drop-out", "9"), ("sleep", "9"), ("worry", "9"))
    chart = on_time_chart(report, words=sentences)
    assert chart.rows[0] == ("All", str(numbers(report).on_time))
    assert "Aarhus" in chart.alt


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_table_is_no_wider_than_the_page_and_cuts_no_word(language: str) -> None:
    """The head of every language, with names of clinics and hidden groups: columns beyond the page are lost."""
    sentences = words(language).sentences()
    pdf = Pdf("", words=sentences, language=language, landscape=True)
    head = report_head(sentences)
    hidden = ["Universitätsklinikum", sentences["log.mode.icbt"], sentences["report.suppressed"], *([HIDDEN] * 11)]
    size, widths = fitting([head, hidden], [1.0] * len(head), pdf.width)
    assert sum(widths) <= pdf.width + 0.01
    for column, width in enumerate(widths):
        longest = max((*head[column].split(), *hidden[column].split()), key=len)
        assert stringWidth(longest, "DejaVuSans-Bold", size) <= width, longest


def test_a_table_that_never_fits_cuts_words_rather_than_columns() -> None:
    Pdf("", words=words("en").sentences(), language="en")
    _, widths = fitting([["unbreakable" * 9] * 40], [1.0] * 40, 500)
    assert sum(widths) <= 500.01


def test_a_long_table_begins_on_the_page_of_its_heading() -> None:
    """It breaks over pages: the first is not left empty for it."""
    pdf = Pdf("Title", words=words("en").sentences(), language="en_GB")
    pdf.paragraph("Heading", "heading")
    pdf.table(["Row"], [[f"Row {n}"] for n in range(80)], [1])
    first, second = PdfReader(io.BytesIO(pdf.bytes())).pages
    assert "Row 20" in first.extract_text()
    assert "Row 79" in second.extract_text()
