"""Every rule set against results worked out by hand, and faulty files refused with their lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from bot.domain.caseload import Period
from bot.domain.policy import Mode
from bot.domain.supervision import EventType, Role, SupervisionEvent
from bot.reports.rule_sets import InvalidRuleSet, Reason, apply, built_in, goal_results, read_folder, read_text
from bot.ui.strings import LANGUAGES

T0 = datetime(2027, 1, 1, tzinfo=UTC)
TODAY = date(2027, 12, 31)
SETS = built_in()


def entry(
    minutes: int,
    size: int,
    day: date = date(2027, 6, 1),
    *,
    type_: EventType = EventType.GROUP,
    role: Role = Role.REVIEWER,
    signed: bool = True,
    documented: bool = True,
) -> SupervisionEvent:
    return SupervisionEvent(
        id=f"{day}-{minutes}-{size}-{type_}-{role}-{signed}",
        person="p1",
        clinic="c1",
        role=role,
        mode=Mode.ICBT,
        days=(day,),
        minutes=minutes,
        group_size=size,
        recorded_at=T0,
        type=type_,
        documented=documented,
        signed_by="p2" if signed else None,
        signed_at=T0 if signed else None,
    )


def minutes(name: str, entries: Iterable[SupervisionEvent], leave: tuple[Period, ...] = ()) -> list[Fraction]:
    return [line.minutes for line in apply(SETS[name], entries, leave=leave, today=TODAY)]


def test_sixty_minutes_in_a_group_of_four_are_forty_for_denmark() -> None:
    assert minutes("psykolognaevnet", [entry(60, 4)]) == [40]


def test_denmark_by_group_size() -> None:
    """By supervisees: everybody present less who leads. Five supervisees are two thirds, two count in full."""
    sizes = [2, 3, 4, 6, 7, 13, 14]
    assert minutes("psykolognaevnet", [entry(60, n) for n in sizes]) == [60, 60, 40, 40, 30, 30, 0]
    assert minutes("psykolognaevnet", [entry(60, 4, type_=EventType.PEER)]) == [0]  # nobody authorised leads it


def test_denmark_leaves_out_the_unsigned_and_a_long_leave_but_not_eight_weeks() -> None:
    first = date(2027, 2, 1)
    eight = Period(first, first + timedelta(days=55))
    longer = Period(first, first + timedelta(days=56))
    inside, outside = entry(60, 2, first + timedelta(days=10)), entry(60, 2, date(2027, 8, 1))
    assert minutes("psykolognaevnet", [inside, outside], (eight,)) == [60, 60]
    assert minutes("psykolognaevnet", [inside, outside], (longer,)) == [0, 60]
    assert minutes("psykolognaevnet", [inside, outside], (Period(first, None),)) == [0, 0]
    (line,) = apply(SETS["psykolognaevnet"], [entry(60, 2, signed=False)], today=TODAY)
    assert line.minutes == 0
    assert line.reason is Reason.NOT_SIGNED


def test_babcp_leaves_out_who_leads_averages_the_months_and_reduces_only_below_half_a_post() -> None:
    entries = [entry(60, 7, date(2027, 11, 5)), entry(60, 8, date(2027, 12, 6)), entry(30, 2, date(2027, 12, 7))]
    assert minutes("babcp", entries) == [60, 0, 30]
    counted = apply(SETS["babcp"], entries, today=TODAY)
    average, individual = goal_results(SETS["babcp"], counted, today=TODAY, first=date(2027, 11, 1))
    assert (average.found, average.asked, average.reached) == (Fraction(3, 4), Fraction(3, 2), False)
    assert individual.found == 1
    assert individual.reached
    asked = [goal_results(SETS["babcp"], counted, today=TODAY, fte=share)[0].asked for share in (0.8, 0.5, 0.4, 0.1)]
    assert asked == [Fraction(3, 2), Fraction(3, 2), Fraction(6, 5), Fraction(3, 4)]
    group = apply(SETS["babcp"], [entry(90, 4, date(2027, 12, 5))], today=TODAY)
    found = goal_results(SETS["babcp"], group, today=TODAY, first=date(2027, 12, 1))
    assert [result.reached for result in found] == [True, False]  # group time alone is not enough
    assert minutes("babcp", [entry(90, 4, type_=EventType.PEER)]) == [0]  # nobody leads it


def test_a_norwegian_hour_has_45_minutes() -> None:
    assert minutes("norway-45", [entry(60, 5), entry(60, 6), entry(30, 1)]) == [60, 0, 30]  # four and who leads
    assert SETS["norway-45"].hours(Fraction(90)) == 2


def test_fgzpt_needs_agenda_and_attendance_and_fifty_hours_in_five_years() -> None:
    days = [date(2023, 1, 1) + timedelta(days=30 * n) for n in range(50)]
    entries = [entry(60, 5, day, type_=EventType.PEER) for day in days]
    entries.append(entry(60, 5, date(2022, 12, 31), type_=EventType.PEER))  # more than five years ago
    entries.append(entry(600, 5, documented=False, type_=EventType.PEER))
    entries.append(entry(600, 5))  # led: no peer review
    (result,) = goal_results(SETS["fgzpt"], apply(SETS["fgzpt"], entries, today=TODAY), today=TODAY)
    assert result.since == date(2023, 1, 1)
    assert result.found == result.asked == 50
    assert result.reached


def test_opk_counts_meetings_of_three_and_more() -> None:
    days = [date(2027, month, 10) for month in (1, 4, 7, 10)]
    entries = [entry(90, 3, day, type_=EventType.PEER) for day in days]
    entries += [entry(90, 2, date(2027, 5, 1), type_=EventType.PEER), entry(90, 4, date(2027, 5, 2))]
    counted = apply(SETS["opk"], entries, today=TODAY)
    assert [line.minutes for line in counted] == [90, 90, 90, 90, 0, 0]
    assert [line.reason for line in counted[-2:]] == [Reason.GROUP_SIZE, Reason.TYPE]
    (result,) = goal_results(SETS["opk"], counted, today=TODAY)
    assert result.found == 4
    assert result.reached


def test_opk_counts_rounds_not_days_and_none_that_is_too_short() -> None:
    """Four reviews of twenty minutes in one week are one meeting, or none; not four."""
    reviews = [entry(20, 4, date(2027, 6, n), type_=EventType.PEER) for n in (7, 8, 9, 10)]
    week = [dataclasses.replace(each, round="r1") for each in reviews]
    counted = apply(SETS["opk"], week, today=TODAY)
    assert [line.minutes for line in counted] == [20] * 4
    (result,) = goal_results(SETS["opk"], counted, today=TODAY, first=date(2027, 1, 1))
    assert result.found == 1
    assert result.missed == (date(2027, 1, 1),)
    (short, _) = apply(SETS["opk"], week[:2], today=TODAY)
    assert short.minutes == 0
    assert short.reason is Reason.TOO_SHORT


def test_europsy_compares_the_longest_gap_with_two_weeks() -> None:
    entries = [entry(20, 4, date(2027, 1, 1) + timedelta(days=14 * n)) for n in range(27)]
    peers = [entry(20, 4, date(2027, 1, 8), type_=EventType.PEER)]
    assert minutes("europsy", peers) == [0]  # the meetings are those with the supervisor
    (result,) = goal_results(SETS["europsy"], apply(SETS["europsy"], entries, today=TODAY), today=TODAY)
    assert result.found == 14
    assert result.reached
    (missed,) = goal_results(SETS["europsy"], apply(SETS["europsy"], entries[:-2], today=TODAY), today=TODAY)
    assert missed.found == 28
    assert not missed.reached


def test_plain_counts_every_minute_in_every_role_and_others_only_what_was_received() -> None:
    led = entry(45, 20, role=Role.SUPERVISOR, signed=False)
    assert minutes("plain", [led]) == [45]
    assert minutes("norway-45", [led]) == [0]


def test_every_rule_set_says_in_six_languages_what_it_counts_and_promises_nothing() -> None:
    for rules in SETS.values():
        assert set(rules.states) == set(LANGUAGES)
        assert not rules.names or {"en", *rules.names} == set(LANGUAGES)
        assert not rules.not_compared or set(rules.not_compared) == set(LANGUAGES), rules.id
        assert rules.statement("fi") == rules.states["en"]
        for sentence in rules.states.values():
            assert not any(word in sentence.lower() for word in ("accredit", "akkredit", "ackredit", "geaccred"))


FAULTY = """name = ""
hour_minutes = 0
colour = "red"
types = ["team"]
leave_weeks = 8.5
requires_signature = "yes"

[states]
da = "Tæller alt."

[[group]]
from = 1
to = 2
counts = "1"

[[group]]
from = 4
counts = "5/3"

[[goal]]
kind = "points"
amount = -1
months = 0
extra = 1
"""


def test_a_faulty_file_is_refused_with_every_line_and_reason() -> None:
    with pytest.raises(InvalidRuleSet) as refused:
        read_text(FAULTY, file="ours.toml")
    assert [(m.line, m.problem.split(":")[0]) for m in refused.value.mistakes] == [
        (1, "name"),
        (2, "hour_minutes"),
        (3, "colour"),
        (4, "types"),
        (5, "leave_weeks"),
        (6, "requires_signature"),
        (8, "states"),
        (17, "from"),
        (18, "counts"),
        (21, "kind"),
        (22, "amount"),
        (23, "months"),
        (24, "extra"),
    ]
    assert 'ours.toml, line 18: counts: needs a share in quotes from "0" to "1", e.g. "2/3"' in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [("name = 'a'\nhour_minutes 60\n", 2, "not valid TOML"), ("", 1, "name"), ("name = 'a'\nstates = 3", 2, "states"),
     ("group = 1\ngoal = 2\n", 1, "group")],
)  # fmt: skip
def test_files_that_are_hardly_rule_sets(text: str, line: int, part: str) -> None:
    with pytest.raises(InvalidRuleSet) as refused:
        read_text(text, file="x.toml")
    assert any(m.line == line and part in m.problem for m in refused.value.mistakes)


def test_an_organisation_adds_its_own_beside_the_built_in_ones(tmp_path: Path) -> None:
    text = 'name = "Ours"\nhour_minutes = 50\n[states]\nen = "All."\n[[group]]\nfrom = 1\ncounts = "1"\n'
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    known = read_folder(tmp_path)
    assert set(known) == {*SETS, "ours"}
    assert known["ours"].hours(Fraction(100)) == 2
    (tmp_path / "plain.toml").write_text(text, encoding="utf-8")
    (tmp_path / "latin.toml").write_bytes("name = 'Nævn'".encode("latin-1"))
    with pytest.raises(InvalidRuleSet) as refused:
        read_folder(tmp_path)
    assert [m.file for m in refused.value.mistakes] == ["latin.toml", "plain.toml"]


def test_an_open_last_group_is_needed_for_sizes_beyond_the_named_ones() -> None:
    text = 'name = "A"\nhour_minutes = 60\n[states]\nen = "x"\n[[group]]\nfrom = 1\nto = 3\ncounts = "1"\n'
    rules = read_text(text, file="a.toml")
    assert [rules.share_of(n) for n in (3, 4)] == [1, 0]


def test_groups_and_goals_of_the_wrong_shape_are_named() -> None:
    text = 'name = "A"\nhour_minutes = 60\ngoal = 3\n[states]\nen = "x"\n[[group]]\nfrom = 1\ncounts = "1/0"\n'
    text += '[[group]]\nfrom = 2\ncounts = "1"\n'
    with pytest.raises(InvalidRuleSet) as refused:
        read_text(text, file="a.toml")
    assert [(m.line, m.problem.split(":")[0]) for m in refused.value.mistakes] == [
        (3, "goal"),
        (6, "to"),
        (8, "counts"),
    ]


def test_one_faulty_file_of_a_folder_stops_the_folder(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(InvalidRuleSet, match=r"bad.toml, line 1: not valid TOML"):
        read_folder(tmp_path)
