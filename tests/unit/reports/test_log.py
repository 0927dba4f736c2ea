"""One person's log: totals by hand, corrections, digests, and its CSV, PDF and calendar."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from pypdf import PdfReader

from bot.domain.policy import Mode
from bot.domain.supervision import EventType, Medium, Role, SupervisionEvent, correct, sign
from bot.reports.export_csv import csv_bytes, log_csv
from bot.reports.export_ics import log_ics
from bot.reports.export_pdf import log_pdf
from bot.reports.log import OwnLog, SignedEntryChanged, digest, own_log, verify
from bot.reports.rule_sets import built_in
from bot.ui.strings import LANGUAGES, words

T0 = datetime(2027, 3, 1, 8, tzinfo=UTC)
TODAY = date(2027, 12, 31)
SETS = built_in()
ENGLISH = words("en").sentences()
NAMES = {"p2": "Therapist B (Ærø)"}


def entry(id_: str, day: date, minutes: int = 60, **changes: Any) -> SupervisionEvent:
    made = SupervisionEvent(
        id=id_,
        person="p1",
        clinic="c1",
        role=Role.REVIEWER,
        mode=Mode.ICBT,
        days=(day,),
        minutes=minutes,
        group_size=4,
        recorded_at=T0,
        type=EventType.GROUP,
        members=("p2", "p3"),
    )
    return dataclasses.replace(made, **changes)


def signed(made: SupervisionEvent) -> SupervisionEvent:
    return sign(made, by="p2", at=T0, is_supervisor=False)


def sample() -> list[SupervisionEvent]:
    corrected = signed(entry("b", date(2027, 2, 1), 30, learning_point="fråga om återkoppling"))
    return [
        signed(entry("a", date(2027, 1, 1))),
        corrected,
        correct(corrected, new_id="b2", by="p1", at=T0 + timedelta(days=1), minutes=45),
        entry("c", date(2026, 12, 31), 20, minutes_estimated=True),
        entry("d", date(2022, 12, 31), 600),  # more than five years ago
        correct(entry("e", date(2027, 5, 1)), new_id="e2", by="p1", at=T0, withdrawn=True),
        entry("e", date(2027, 5, 1), recorded_at=T0 - timedelta(hours=1)),
    ]


def log(rules: str = "psykolognaevnet") -> OwnLog:
    return own_log(sample(), SETS[rules], today=TODAY)


def test_totals_of_twelve_months_and_five_years() -> None:
    year, five = log().last_12_months, log().last_5_years
    assert (year.first, year.events, year.minutes, year.signed_minutes, year.counted) == (
        date(2027, 1, 1), 2, 105, 60, Fraction(40),
    )  # fmt: skip
    assert (five.first, five.events, five.minutes, five.estimated_minutes) == (date(2023, 1, 1), 3, 125, 20)


def test_corrections_show_what_they_replaced() -> None:
    earlier = log().earlier
    assert [e.minutes for e in earlier["b"]] == [30]
    assert len(earlier["e"]) == 2  # withdrawn: every version stays readable
    assert [line.entry.id for line in log().lines] == ["c", "a", "b2"]


def test_a_period_shows_its_days_and_prints_its_own_totals_whenever_it_is_printed() -> None:
    for printed in (TODAY, date(2028, 12, 31)):
        shown = own_log(sample(), SETS["plain"], today=printed, first=date(2027, 1, 1), last=date(2027, 1, 31))
        assert [line.entry.id for line in shown.lines] == ["a"]
        assert (shown.period.first, shown.period.last, shown.period.events) == (date(2027, 1, 1), date(2027, 1, 31), 1)
        assert shown.last_12_months.last == date(2027, 1, 31)


def test_a_changed_or_missing_signed_entry_is_found() -> None:
    one = signed(entry("a", TODAY))
    digests = {"a": digest(one)}
    verify([one], digests)
    for changed in ([dataclasses.replace(one, minutes=61)], [], [dataclasses.replace(one, signed_by="p3")]):
        with pytest.raises(SignedEntryChanged) as refused:
            verify(changed, digests)
        assert refused.value.values == {"entry": "a"}


@given(st.integers(-12, 12), st.permutations(["p2", "p3"]))
def test_the_digest_does_not_depend_on_time_zones_or_the_order_of_members(hours: int, members: list[str]) -> None:
    one = signed(entry("a", TODAY))

    moved = T0.astimezone(timezone(timedelta(hours=hours)))
    same = dataclasses.replace(one, recorded_at=moved, signed_at=moved, members=tuple(members))
    assert digest(same) == digest(one)


@pytest.mark.parametrize("language", ["da_DK", "de_DE", "nb_NO", "nl_NL", "sv_SE", "da", "de", "nb", "nl", "sv"])
def test_csv_opens_in_columns_where_numbers_have_a_comma(language: str) -> None:
    text = csv_bytes(["a", "b"], [[Decimal("40.50"), "x, y; z"], [1000, Decimal("0.5")]], language=language).decode()
    assert text == '\ufeffa;b\r\n40,50;"x, y; z"\r\n1000;0,5\r\n'


def test_csv_in_english_has_commas_and_points() -> None:
    text = csv_bytes(["a", "b"], [[Decimal("40.50"), "x, y; z"], [-1, Decimal("0.5")]], language="en_GB").decode()
    assert text == '\ufeffa,b\r\n40.50,"x, y; z"\r\n-1,0.5\r\n'


@pytest.mark.parametrize("language", ["en", "de"])
@given(st.text(alphabet=" =+-@,;\t\r\n\"'ab", max_size=12), st.text(alphabet="=@,;a \n", max_size=6))
def test_no_words_become_a_formula_however_a_spreadsheet_cuts_the_line(language: str, one: str, two: str) -> None:
    text = csv_bytes(["x"], [["q", one, two]], language=language).decode("utf-8-sig")
    cells = [
        cell
        for separator in ",;"
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cell in row
    ]
    cut = [cell for line in text.splitlines() for cell in re.split("[,;]", line)]
    assert not [cell for cell in (*cells, *cut) if cell.lstrip(' "').startswith(("=", "+", "-", "@"))]


def test_csv_is_read_back_and_cannot_run_formulas() -> None:
    rows = list(csv.reader(io.StringIO(log_csv(log(), words=ENGLISH, names=NAMES, language="en").decode("utf-8-sig"))))
    assert rows[0][:3] == ["Date", "Role", "Caseload mode"]
    assert [row[0] for row in rows[1:]] == ["2026-12-31", "2027-01-01", "2027-02-01"]
    assert [row[8] for row in rows[1:]] == ["0.00", "40.00", "0.00"]
    assert rows[2][12] == "Therapist B (Ærø) 2027-03-01"
    (text,) = csv.reader(io.StringIO(csv_bytes(["=1+1"], [], language="en").decode("utf-8-sig")))
    assert text == ["'=1+1"]


def test_the_calendar_has_days_and_minutes_and_no_learning_point() -> None:
    made = log_ics(log("plain"), words=ENGLISH, made_at=T0)
    events = list(Calendar.from_ical(made).walk("VEVENT"))
    assert [str(e["uid"]) for e in events] == ["c@log.intervision", "a@log.intervision", "b@log.intervision"]
    assert events[1].decoded("dtstart") == date(2027, 1, 1)
    assert b"koppling" not in made


def test_a_shared_calendar_does_not_tell_who_presented() -> None:
    both = [
        entry("a", TODAY, minutes, role=role, minutes_estimated=estimated)
        for role, minutes, estimated in (
            (Role.PRESENTER, 30, True),
            (Role.REVIEWER, 20, True),
            (Role.PRESENTER, 40, False),
            (Role.REVIEWER, 40, False),
        )
    ]
    made = [log_ics(own_log([each], SETS["plain"], today=TODAY), words=ENGLISH, made_at=T0) for each in both]
    assert made[0] == made[1] != made[2] == made[3]


def pdf(made: OwnLog, language: str = "en") -> bytes:
    name = "Therapist A (Kiel)"
    return log_pdf(made, name=name, names=NAMES, printed=TODAY, words=words(language).sentences(), language=language)


def test_the_pdf_reads_back_with_every_letter_pages_and_the_disclaimer() -> None:
    many = [
        entry(f"x{n}", date(2027, 1, 1) + timedelta(days=n), learning_point="åäöøæßéü Ærø", type=EventType.PEER)
        for n in range(60)
    ]
    reader = PdfReader(io.BytesIO(pdf(own_log(many, SETS["fgzpt"], today=TODAY), "sv")))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) > 2
    assert all(f"Sida {n} av {len(texts)}" in text for n, text in enumerate(texts, start=1))
    assert "Den säger inte att timmar är godkända" in texts[0].replace("\n", " ")
    assert "50 timmar på 60 månader: 60" in texts[0].replace("\n", " ")
    assert "åäöøæßéü" in texts[1]


@pytest.mark.parametrize(
    ("rules", "medium", "noted"),
    [
        ("fgzpt", Medium.WRITTEN, True),
        ("fgzpt", Medium.VIDEO, False),
        ("babcp", Medium.WRITTEN, False),  # peers do not count there, so nothing written does
        ("plain", Medium.WRITTEN, False),  # no body
    ],
)
def test_counted_written_work_is_said_to_be_for_the_body_to_accept(rules: str, medium: Medium, noted: bool) -> None:
    made = own_log([entry("a", TODAY, type=EventType.PEER, medium=medium)], SETS[rules], today=TODAY)
    text = PdfReader(io.BytesIO(pdf(made))).pages[0].extract_text().replace("\n", " ")
    assert ("Whether the body takes it for supervision" in text) is noted


def test_the_lines_to_sign_on_stand_on_a_page_with_what_is_signed() -> None:
    """Wherever the table ends on its page, and with its head where it goes over to the next."""
    for rows in (*range(1, 4), *range(14, 30)):
        many = [entry(f"e{n}", TODAY - timedelta(n), learning_point=f"mark{n}") for n in range(rows)]
        made = PdfReader(io.BytesIO(pdf(own_log(many, SETS["plain"], today=TODAY))))
        pages = [page.extract_text().replace("\n", " ") for page in made.pages]
        assert ENGLISH["log.signature_supervisor"] in pages[-1]
        assert pages[-1].count("mark") >= min(2, rows), (rows, pages[-1])
        assert ENGLISH["log.learning_point"].split()[0] in pages[-1], (rows, "the head of the table")
        assert sum(page.count("mark") for page in pages) == rows


def test_the_pdf_of_an_empty_log_and_of_markup_typed_by_people() -> None:
    assert "no entries" in PdfReader(io.BytesIO(pdf(own_log([], SETS["plain"], today=TODAY)))).pages[0].extract_text()
    nasty = [entry("a", TODAY, learning_point="<b>&amp;</i> <img src='x'/>")]
    text = PdfReader(io.BytesIO(pdf(own_log(nasty, SETS["plain"], today=TODAY)))).pages[0].extract_text()
    assert "<b>&amp;</i>" in text


def test_the_same_log_gives_the_same_bytes() -> None:
    assert pdf(log()) == pdf(log())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_printed_in_every_language_without_a_missing_letter(language: str) -> None:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf(log(), language))).pages)
    assert words(language).sentences()["log.title"] in text
    assert "\ufffd" not in text
    assert words(language).sentences()["log.reason.part"].split()[0] in text
