"""One hard year under every built-in rule set, worked out by hand, and the sentences that say so.

A month of leave, sessions of every kind, size and medium, two rounds, one of them too short for a meeting, a meeting
of peers outside rounds, one entry nobody signed. The periods of the goals are the calendar year 2027 or, for
Australia, December 2026 to November 2027.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from bot.domain.caseload import Period
from bot.domain.policy import Mode
from bot.domain.supervision import EventType, Medium, Role, SupervisionEvent
from bot.reports.export_pdf import _Show
from bot.reports.goal_words import goal_sentence
from bot.reports.log import own_log
from bot.reports.rule_sets import apply, built_in, goal_results
from bot.ui.strings import LANGUAGES, words

T0 = datetime(2027, 1, 1, tzinfo=UTC)
SETS = built_in()
LEAVE = (Period(date(2027, 7, 1), date(2027, 7, 31)),)
FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)
LED_BY = {(1, 15): "Eva Lind, specialist", (2, 10): "Ove Krog", (10, 1): "Eva Lind", (12, 5): "eva lind, specialist"}
"""Who supervised, as it was written down on the day."""


def at(
    month: int, day: int, type_: str, minutes: int, size: int, medium: str, role: str = "reviewer", round_: str = ""
) -> SupervisionEvent:
    signed = (month, day) != (5, 14)
    return SupervisionEvent(
        f"{month}-{day}", "p", "c", Role(role), Mode.ICBT, (date(2027, month, day),), minutes, size, T0,
        EventType(type_), Medium(medium), round=round_ or None, signed_by="s" if signed else None,
        signed_at=T0 if signed else None, supervisor=LED_BY.get((month, day), ""),
    )  # fmt: skip


YEAR = (
    at(1, 15, "individual", 60, 2, "in_person", "presenter"),
    at(2, 10, "group", 120, 5, "in_person", "presenter"),
    at(3, 10, "group", 90, 8, "video"),
    at(4, 12, "peer", 30, 4, "written", "presenter", "r1"),
    at(4, 14, "peer", 20, 4, "written", round_="r1"),
    at(5, 14, "individual", 45, 2, "phone", "presenter"),
    at(8, 20, "peer", 20, 4, "written", round_="r2"),
    at(9, 15, "group", 60, 14, "in_person"),
    at(10, 1, "live", 50, 2, "in_person"),
    at(11, 12, "peer", 100, 6, "in_person"),
    at(12, 5, "individual", 90, 2, "in_person", "presenter"),
)


@dataclass(frozen=True)
class By:
    """What a body makes of the year: counted minutes of each entry, and of each goal (asked, found, reached in, of)."""

    minutes: tuple[Fraction | int, ...]
    goals: tuple[tuple[Fraction | int, Fraction | int, int, int], ...] = ()
    first: date = FIRST
    last: date = LAST


EVERYTHING = (60, 120, 90, 30, 20, 45, 20, 60, 50, 100, 90)
LED = (60, 120, 90, 0, 0, 45, 0, 60, 50, 0, 90)
EXPECTED = {
    "plain": By(EVERYTHING),
    # With a supervisor, four participants at most: seven and thirteen are too many.
    "norway-45": By((60, 120, 0, 0, 0, 45, 0, 0, 50, 0, 90)),
    # Peers alone: 170 minutes are 17 sixths of 50 hours.
    "fgzpt": By((0, 0, 0, 30, 20, 0, 20, 0, 0, 100, 0), ((50, Fraction(17, 6), 1, 1),)),
    "norway-maintenance": By(EVERYTHING, ((46, Fraction(685, 60), 1, 1),)),
    # Groups without their leader: 7 and 13 are too many, and peers have none. 365 minutes in twelve months; four
    # individual sessions.
    "babcp": By((60, 120, 0, 0, 0, 45, 0, 0, 50, 0, 90), ((Fraction(3, 2), Fraction(365, 720), 1, 1), (1, 4, 1, 1))),
    # Four supervisees: twice the time by four, a half.
    "babcp-training": By((60, 60, 0, 0, 0, 45, 0, 0, 50, 0, 90), ((40, Fraction(305, 60), 1, 1),)),
    # Peers of four: half, of six a sixth. Seven and thirteen supervisees: by their number. Only December has 90
    # minutes, June none; July is leave.
    "bacp": By(
        (60, 60, Fraction(90, 7), 15, 10, 45, 10, Fraction(60, 13), 50, Fraction(50, 3), 90),
        ((Fraction(3, 2), 0, 1, 11),),
    ),
    # Four supervisees two thirds, seven half, thirteen nothing; peers have no supervisor; one is not signed.
    "psykolognaevnet": By(
        (60, 80, 45, 0, 0, 0, 0, 0, 50, 0, 90),
        (
            (160, Fraction(325, 60), 1, 1),
            (40, Fraction(200, 60), 1, 1),
            (40, Fraction(125, 60), 1, 1),
            (40, Fraction(200, 60), 1, 1),  # Eva Lind: 60, 50 and 90; Ove Krog: 80
            (80, Fraction(45, 60), 1, 1),
        ),
    ),
    # Peers alone. Round r1 lasts 50 minutes, r2 only 20: r1 and 12 November are two meetings.
    "opk": By((0, 0, 0, 30, 20, 0, 0, 0, 0, 100, 0), ((4, 2, 0, 1),)),
    "lpk-rlp": By((0, 0, 0, 30, 20, 0, 20, 0, 0, 100, 0)),
    # Peers alone, an hour and a half, eight participants at most.
    "nip": By((0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0), ((4, 1, 0, 1),)),
    # One of several forms of continuing education: every minute, and no amount is asked for.
    "fsp": By(EVERYTHING),
    # With a supervisor: from 14 May to 15 September are 124 days, 31 of them leave.
    "europsy": By(LED, ((14, 93, 1, 1),)),
    # Own cases alone; its year ends in November, so December is not in it.
    "psyba": By(
        (60, 120, 0, 30, 0, 45, 0, 0, 0, 0, 90), ((10, Fraction(255, 60), 0, 1),), date(2026, 12, 1), date(2027, 11, 30)
    ),
    # In person and alone. 51 whole weeks, three of them leave throughout; there in those of 15 January and 5 December.
    "ptp-sweden": By((60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 90), ((1, 0, 2, 48),)),
    # 515 minutes cover 20 times as many with clients; no session in April, June, August and November.
    "iacp": By(LED, ((20, Fraction(515, 60) * 20, 1, 1), (1, 0, 7, 11))),
    # Peers left out: 515 minutes are 103 ninths of units of 45.
    "austria": By(LED, ((150, Fraction(103, 9), 1, 1),)),
    # Sessions of 50 minutes and more: the telephone call of 45 is left out, 470 minutes are left.
    "iahip": By((60, 120, 90, 0, 0, 0, 0, 60, 50, 0, 90), ((25, Fraction(470, 60) * 25, 1, 1),)),
}


@pytest.mark.parametrize("name", sorted(SETS))
def test_the_hard_year_by_hand(name: str) -> None:
    rules, expected = SETS[name], EXPECTED[name]
    counted = apply(rules, YEAR, leave=LEAVE, today=LAST)
    assert tuple(line.minutes for line in counted) == expected.minutes
    found = goal_results(rules, counted, today=expected.last, first=expected.first, leave=LEAVE)
    assert tuple((r.asked, r.found, r.reached_in, r.of) for r in found) == expected.goals


BODIES = {
    "babcp", "psykolognaevnet", "opk", "fgzpt", "norway-45", "europsy",
    "bacp", "babcp-training", "psyba", "ptp-sweden", "iacp", "iahip",
    "austria", "lpk-rlp", "norway-maintenance", "nip", "fsp",
}  # fmt: skip
"""Every body that the product promises a rule set of."""


def test_every_body_has_a_source_a_day_of_reading_and_a_fixture() -> None:
    assert set(EXPECTED) == set(SETS) == BODIES | {"plain"}
    for name, rules in SETS.items():
        assert name == "plain" or (rules.source.startswith("http") and rules.read), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_compared_is_said_once(language: str) -> None:
    """The export puts “Not compared:” before it."""
    label = words(language)("log.not_compared", text="").strip()
    assert label
    for name, rules in SETS.items():
        assert label not in rules.gaps(language), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_goal_is_a_sentence_in_every_language(language: str) -> None:
    w = words(language)
    show = _Show(w.sentences(), w.locale, {})
    for name, rules in SETS.items():
        span = EXPECTED[name]
        counted = apply(rules, YEAR, leave=LEAVE, today=LAST)
        for result in goal_results(rules, counted, today=span.last, first=span.first, leave=LEAVE):
            told = goal_sentence(result, words=w.sentences(), show=show)
            assert "{" not in told
            assert show.number(result.asked) in told


def told(name: str, goal: int, language: str = "en") -> str:
    """The sentence of one goal of the hard year."""
    w, span = words(language), EXPECTED[name]
    counted = apply(SETS[name], YEAR, leave=LEAVE, today=LAST)
    results = goal_results(SETS[name], counted, today=span.last, first=span.first, leave=LEAVE)
    return goal_sentence(results[goal], words=w.sentences(), show=_Show(w.sentences(), w.locale, {}))


def test_what_is_missing_is_named_as_people_call_it() -> None:
    """Months and years by name, weeks by their first day; what was asked once says how much was there."""
    monthly = (
        "at least 1 meeting in each calendar month: there in 7 of 11; not in Apr 2027, Jun 2027, Aug 2027, Nov 2027"
    )
    assert told("iacp", 1) == monthly
    assert told("opk", 0) == "at least 4 meetings in each calendar year: 2 there (2027)"
    assert told("psyba", 0) == "10 hours in each year from 1 Dec: 4.25 there (from 1 Dec 2026)"
    assert told("ptp-sweden", 0).startswith(
        "1 hour in each week: there in 2 of 48; not in those that begin on 4 Jan 2027,"
    )


def test_a_period_without_a_whole_year_is_told_which_days_would_be_one() -> None:
    """Months and weeks are too short to be missed; 29 February is no first day of a year (the file refuses it)."""
    w = words("en")
    show = _Show(w.sentences(), w.locale, {})
    counted = apply(SETS["psyba"], YEAR, leave=LEAVE, today=LAST)
    (result,) = goal_results(SETS["psyba"], counted, today=LAST, first=FIRST, leave=LEAVE)
    told = goal_sentence(result, words=w.sentences(), show=show)
    assert told.endswith("no whole one lies in this period; a whole one is 1 Dec 2026 to 30 Nov 2027")


@pytest.mark.parametrize(
    ("rules", "first", "last", "today", "said"),
    [
        ("opk", date(2027, 1, 1), date(2027, 12, 31), date(2027, 12, 31), "(2027)"),
        ("opk", date(2027, 1, 1), date(2027, 12, 31), date(2027, 11, 30), "(2027); counted up to 30 Nov 2027"),
        ("psyba", date(2026, 12, 1), date(2027, 11, 30), date(2027, 11, 30), "(from 1 Dec 2026)"),
        ("bacp", date(2027, 1, 1), date(2027, 12, 31), date(2027, 12, 31), "asked from 14 May 2027 on"),
    ],
)
def test_a_year_is_asked_where_the_log_begins_in_it_or_it_still_runs(
    rules: str, first: date, last: date, today: date, said: str
) -> None:
    w = words("en")
    show = _Show(w.sentences(), w.locale, {})
    began = date(2027, 5, 14)
    entries = [each for each in YEAR if began <= each.day <= today]
    log = own_log(entries, SETS[rules], today=today, first=first, last=last, since=began)
    told = [goal_sentence(result, words=w.sentences(), show=show) for result in log.goals]
    assert said in told[0]
    assert all("no whole one" not in each for each in told)


@pytest.mark.parametrize(
    ("language", "one"), [("de", "1 Stunde "), ("sv", "1 timme "), ("nl", "1 uur "), ("da", "1 time ")]
)
def test_one_hour_is_no_plural(language: str, one: str) -> None:
    assert told("ptp-sweden", 0, language).startswith(one)
