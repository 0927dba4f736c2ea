"""The attack: everything that is shown, under every filter, in every version, combined in every linear way.

Two people whom no shown number tells apart carry the same weight in every combination of shown numbers. So if each
such class has at least five people, no sum or difference is about fewer than five.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.caseload import Caseload, Mode, ModeChange
from bot.domain.chances import Asked, Chances
from bot.domain.policy import Policy
from bot.reports.figures import quarter_sentences
from bot.reports.periods import Quarter, Year
from bot.reports.quarterly import Report, quarterly
from bot.reports.quarterly_export import report_rows
from bot.reports.ranges import is_range
from bot.reports.sheets import CaseFact, Followed
from bot.reports.suppression import Cell, Group, groups_of, partition
from bot.reports.yearly import YearFacts, board
from bot.ui import strings

P = Policy()
Q = Quarter(2027, 1)
CLINICS, MODES = "ABCD", ("blended", "f2f", "icbt")
populations = st.dictionaries(
    st.tuples(st.sampled_from(CLINICS), st.sampled_from(MODES)), st.integers(0, 9), max_size=9
)


def people(counts: dict[Cell, int], salt: str = "") -> dict[str, Cell]:
    return {f"{c}{m}{salt}{n}": (c, m) for (c, m), size in counts.items() for n in range(size)}


def classes(rows: list[frozenset[str]], everybody: set[str]) -> Counter[tuple[bool, ...]]:
    columns = Counter(tuple(person in row for row in rows) for person in everybody)
    return Counter({column: size for column, size in columns.items() if any(column)})


@given(populations)
def test_no_combination_of_filters_is_about_fewer_than_five(counts: dict[Cell, int]) -> None:
    members = people(counts)
    atoms = partition(counts, 5)
    rows = [
        frozenset(p for p, cell in members.items() if cell in group)
        for group in groups_of(members.values())
        if atoms.shows(group)
    ]
    assert all(size >= 5 for size in classes(rows, set(members)).values())
    assert sum(counts.values()) < 5 or atoms.shows(Group())  # the total is never given up


@given(populations)
def test_linear_algebra_agrees_that_no_small_set_of_cells_can_be_solved_for(counts: dict[Cell, int]) -> None:
    cells = sorted(cell for cell, n in counts.items() if n)
    atoms = partition(counts, 5)
    shown = [[float(cell in group) for cell in cells] for group in groups_of(cells) if atoms.shows(group)]
    if not shown:
        return
    matrix = np.array(shown)
    onto = np.linalg.pinv(matrix) @ matrix  # projection on what can be combined
    for size in range(1, 5):
        for chosen in itertools.combinations(range(len(cells)), size):
            if 0 < sum(counts[cells[i]] for i in chosen) < 5:
                target = np.zeros(len(cells))
                target[list(chosen)] = 1
                assert np.abs(onto @ target - target).max() > 1e-9


def test_one_small_cell_takes_one_more_with_it_and_leaves_the_rest() -> None:
    counts = {("A", "icbt"): 20, ("A", "f2f"): 2, ("A", "blended"): 8, ("B", "icbt"): 9, ("B", "f2f"): 6}
    atoms = partition(counts, 5)
    hidden = {(g.clinic, g.mode) for g in groups_of(counts) if not atoms.shows(g)}
    # f2f people of A and B stand together: neither clinic's total nor its f2f number would be safe.
    assert hidden == {("A", "f2f"), ("B", "f2f"), ("A", None), ("B", None)}
    assert atoms.shows(Group(mode="f2f"))


def test_fewer_than_five_in_all_show_nothing() -> None:
    atoms = partition({("A", "icbt"): 2, ("B", "f2f"): 2}, 5)
    assert not any(atoms.shows(group) for group in groups_of([("A", "icbt"), ("B", "f2f")]))


# Versions of one quarter: somebody is moved, somebody is erased, somebody is added late.


ASKED = Chances(
    (
        Asked("r8", date(2026, 8, 1), date(2026, 8, 8), done=True),
        Asked("r11", date(2026, 11, 1), date(2026, 11, 8), done=True),
        Asked("r2", date(2027, 2, 1), date(2027, 2, 8), done=False),
    ),
    window=7,
)
"""A review in each quarter, the last one missed."""


def followed(members: dict[str, Cell], cases: dict[str, int]) -> list[Followed]:
    return [
        Followed(
            person=person,
            clinic=clinic,
            caseload=Caseload(
                modes=(ModeChange(person, Mode(mode), date(2020, 1, 1), "", datetime(2020, 1, 1, tzinfo=UTC)),)
            ),
            since=date(2026, 1, 1),
            cases=(CaseFact(date(2027, 2, 1)),) * cases.get(person, 0),
            chances=ASKED,
        )
        for person, (clinic, mode) in members.items()
    ]


def report(members: dict[str, Cell], cases: dict[str, int], published: Report | None = None) -> Report:
    return quarterly(followed(members, cases), Q, today=date(2027, 4, 5), policy=P, published=published)


def shown_sums(made: Report, members: dict[str, Cell]) -> list[frozenset[str]]:
    return [
        frozenset(p for p, cell in members.items() if cell in row.group) for row in made.rows if row.numbers is not None
    ]


@settings(max_examples=40)
@given(populations, populations, st.data())
def test_two_versions_of_a_quarter_cannot_be_subtracted(
    counts: dict[Cell, int], late: dict[Cell, int], data: st.DataObject
) -> None:
    members = people(counts)
    first = report(members, {})
    changed = dict(members)
    cells = st.tuples(st.sampled_from(CLINICS), st.sampled_from(MODES))
    for person in data.draw(st.lists(st.sampled_from(sorted(members)), unique=True)) if members else []:
        if data.draw(st.booleans()):
            changed[person] = data.draw(cells)
        else:
            del changed[person]
    cases = dict.fromkeys(members, 1)
    second = report({**changed, **people(late, "late")}, cases, published=first)

    assert {row.group for row in second.rows} == {row.group for row in first.rows}
    rows = shown_sums(first, members) + shown_sums(second, members)
    assert all(size >= 5 for size in classes(rows, set(members)).values())
    for row in second.rows:
        inside = [p for p, cell in members.items() if cell in row.group]
        if row.numbers is not None:
            erased = any(p not in changed for p in inside)
            assert row.numbers.therapists == len(inside)
            assert row.numbers.cases == (0 if erased else len(inside))
            assert ("cases" in row.revised) is not erased


def test_without_the_frozen_groups_a_move_would_be_found_by_subtraction() -> None:
    """The attack works on a report computed anew, so the test above can fail."""
    members = people({("A", "icbt"): 6, ("B", "icbt"): 6})
    moved = {**members, "Aicbt0": ("B", "icbt")}
    rows = shown_sums(report(members, {}), members) + shown_sums(report(moved, {}), moved)
    assert min(classes(rows, set(members)).values()) == 1


# Turn-around is about presenters with an answered case, themes about presenters who named them.


@settings(max_examples=40)
@given(populations, st.data())
def test_turnaround_is_shown_for_five_presenters_or_nobody(counts: dict[Cell, int], data: st.DataObject) -> None:
    members = people(counts)
    presenting = {p for p in members if data.draw(st.booleans())}
    facts = [
        Followed(
            **{
                **each.__dict__,
                "cases": (CaseFact(date(2027, 2, 1), date(2027, 2, 6)),) if each.person in presenting else (),
            }
        )
        for each in followed(members, {})
    ]
    made = quarterly(facts, Q, today=date(2027, 4, 5), policy=P)
    rows = [
        frozenset(p for p in presenting if members[p] in row.group)
        for row in made.rows
        if row.numbers is not None and row.numbers.turnaround is not None
    ]
    assert all(size >= 5 for size in classes(rows, presenting).values())


@given(st.lists(st.sets(st.sampled_from(["sleep", "worry", "drop_out"]), max_size=2), max_size=25))
def test_themes_and_what_is_left_of_the_cases_stand_for_five_presenters(tags: list[set[str]]) -> None:
    facts = [
        Followed(f"p{n}", "A", Caseload(), date(2026, 1, 1), cases=(CaseFact(date(2027, 2, 1), None, tuple(themes)),))
        for n, themes in enumerate(tags)
    ]
    shown = dict(quarterly(facts, Q, today=date(2027, 4, 5), policy=P).themes)
    for theme, count in shown.items():
        assert count == sum(theme in themes for themes in tags) >= 5
    rest = sum(not themes & set(shown) for themes in tags)
    assert not shown or rest == 0 or rest >= 5


# Across quarters: nobody can be had from one quarter's shown numbers and the next one's trend.


@settings(max_examples=25)
@given(populations, populations)
def test_a_trend_is_shown_only_between_two_shown_groups(before: dict[Cell, int], after: dict[Cell, int]) -> None:
    """The difference of two quarters tells the earlier number: so it stands only where that was shown anyway."""
    then = quarterly(followed(people(before), {}), Q.previous, today=date(2027, 4, 5), policy=P)
    now = quarterly(followed(people(after), {}), Q, today=date(2027, 4, 5), policy=P, previous=then)
    for row in now.rows:
        earlier = then.row(row.group)
        shown_before = earlier is not None and earlier.numbers is not None and "on_time" not in earlier.ranged
        assert (row.trend is not None) == (row.numbers is not None and shown_before)
    for report_, members in ((then, people(before)), (now, people(after))):
        assert all(size >= 5 for size in classes(shown_sums(report_, members), set(members)).values())


# Readers of the report who stand in it: they know their own part, so they are counted out.


@given(populations, st.data())
def test_five_others_are_left_whoever_reads(counts: dict[Cell, int], data: st.DataObject) -> None:
    members = people(counts)
    readers = {p for p in members if data.draw(st.booleans())}
    facts = [replace(each, reads=each.person in readers) for each in followed(members, {})]
    made = quarterly(facts, Q, today=date(2027, 4, 5), policy=P)
    others = set(members) - readers
    assert all(size >= 5 for size in classes(shown_sums(made, members), others).values())
    # Nor may a reader's own part, taken off, leave a class without others to hide among.
    for column in classes(shown_sums(made, members), readers):
        assert classes(shown_sums(made, members), others)[column] >= 5


@settings(max_examples=60)
@given(populations, st.data())
def test_who_becomes_a_manager_later_finds_five_others_too(counts: dict[Cell, int], data: st.DataObject) -> None:
    members = people(counts)
    if not members:
        return
    made = report(members, dict.fromkeys(members, 1))
    me = data.draw(st.sampled_from(sorted(members)))
    for version in (made, report(members, dict.fromkeys(members, 2), published=made)):
        mine = version.for_member(me)
        assert all(size >= 5 for size in classes(shown_sums(mine, members), set(members) - {me}).values())
        assert mine.themes == ()
    assert made.for_member("somebody else") is made


# Small groups in which a number holds for each person: what is said less exactly is not to be had by subtraction.


def with_values(members: dict[str, Cell], data: st.DataObject) -> list[Followed]:
    """People whose groups are all alike, so that shares of 0 and 100 % abound."""
    alike = {cell: data.draw(st.sampled_from([0, 1, 2])) for cell in sorted(set(members.values()))}
    found = []
    for number, each in enumerate(followed(members, {})):
        kind = alike[members[each.person]]
        done = kind == 0 or (kind == 1 and number % 2 == 0)
        asked = Chances((Asked("r2", date(2027, 2, 1), date(2027, 2, 8), done=done),), window=7)
        days = (date(2027, 2, 1),) if done else ()
        cases = (CaseFact(date(2027, 2, 1)),) if done else ()
        found.append(replace(each, chances=asked, event_days=days, own_case_days=days, cases=cases, reviews=days))
    return found


@settings(max_examples=80, deadline=None)
@given(populations, st.data())
def test_a_share_of_a_small_group_that_holds_for_each_is_not_to_be_had(
    counts: dict[Cell, int], data: st.DataObject
) -> None:
    members = people(counts)
    made = quarterly(with_values(members, data), Q, today=date(2027, 4, 5), policy=P)
    cells = sorted(set(members.values()))
    for name in ("coverage", "on_time", "own_within", "gap_within", "cases", "reviews"):
        exact = [
            [float(cell in row.group) for cell in cells]
            for row in made.said().rows
            if row.numbers and getattr(row.numbers, name) is not None and not is_range(getattr(row.numbers, name))
        ]
        onto = np.linalg.pinv(np.array(exact)) @ np.array(exact) if exact else np.zeros((len(cells), len(cells)))
        for row in made.rows:
            value = getattr(row.numbers, name) if row.numbers else None
            few = sum(cell in row.group for cell in members.values()) < 10
            telling = value is not None and (value < 5 if name in {"cases", "reviews"} else not 10 <= value <= 90)
            assert row.numbers is None or row.numbers.asked  # where nothing was asked, nothing done tells of nobody
            if few and telling:
                target = np.array([float(cell in row.group) for cell in cells])
                assert np.abs(onto @ target - target).max() > 1e-9, (name, row)


@settings(max_examples=60, deadline=None)
@given(populations, st.data())
def test_neither_times_met_nor_trends_nor_a_years_sums_give_a_range_away(
    counts: dict[Cell, int], data: st.DataObject
) -> None:
    members = people(counts)
    then = quarterly(with_values(members, data), Q, today=date(2027, 4, 5), policy=P)
    now = quarterly(with_values(members, data), Q, today=date(2027, 4, 5), policy=P, previous=then)
    for row, before in zip(now.said().rows, then.said().rows, strict=True):
        if row.numbers and is_range(row.numbers.on_time):
            assert row.numbers.met is None
            assert row.trend is None
        if before.numbers and is_range(before.numbers.on_time):
            assert row.trend is None
    facts = YearFacts(0, 0, 0, Fraction(1), (), 0)
    page = board(Year(2027), [then, now], facts, clinic=None, minimum=5, today=date(2028, 1, 5))
    if page.numbers is None:
        return
    for name in ("coverage", "on_time", "cases", "reviews", "met"):
        quarters = [getattr(numbers, name) for _, numbers in page.quarters]
        year = getattr(page.numbers, name)
        if any(value is None or is_range(value) for value in quarters):
            assert year is None or is_range(year)


def test_ranges_are_said_in_words_and_signs() -> None:
    members = people({("A", "icbt"): 6})
    perfect = [replace(each, event_days=(date(2027, 2, 1),)) for each in followed(members, {})]
    made = quarterly(perfect, Q, today=date(2027, 4, 5), policy=P)
    words = strings.words("en").sentences()
    (whole, *_) = report_rows(made, words=words, language="en")
    assert whole[3] == "> 90"
    assert whole[10:12] == ["< 5", "< 5"]
    numbers = made.said().rows[0].numbers
    assert numbers is not None
    said = quarter_sentences(numbers, words=words, language="en")
    assert said[0] == "Therapists who belonged to a group and were not on leave all the quarter: 6."
    assert said[1] == "Over 90% of the therapists whom a round could reach had supervision at least once."
    assert "Cases presented: under 5; reviews written: under 5." in said
