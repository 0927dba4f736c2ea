"""The attack: everything that is shown, under every filter, in every version, combined in every linear way.

Two people whom no shown number tells apart carry the same weight in every combination of shown numbers. So if each
such class has at least five people, no sum or difference is about fewer than five.
"""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, date, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.caseload import Caseload, Mode, ModeChange
from bot.domain.chances import Asked, Chances
from bot.domain.policy import Policy
from bot.reports.periods import Quarter
from bot.reports.quarterly import Report, quarterly
from bot.reports.sheets import CaseFact, Followed
from bot.reports.suppression import Cell, Group, groups_of, partition

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
        shown_before = earlier is not None and earlier.numbers is not None
        assert (row.trend is not None) == (row.numbers is not None and shown_before)
    for report_, members in ((then, people(before)), (now, people(after))):
        assert all(size >= 5 for size in classes(shown_sums(report_, members), set(members)).values())
