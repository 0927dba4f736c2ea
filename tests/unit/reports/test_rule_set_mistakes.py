"""Rule set files of format 2: what they can say, and mistakes and contradictions told with line and what was meant."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from bot.reports.rule_sets import InvalidRuleSet, read_folder, read_text

NEW = """format = 2
name = "Ours"
source = "https://example.org/rules"
read = 2026-11-30
hour_minutes = 45
types = ["peer"]
media = ["video"]
leader_counts = false
minimum_minutes = 30
by = "round"

[states]
en = "Counts peer supervision."

[not_compared]
en = "The supervisor's qualification."

[[group]]
from = 1
counts = "1/n"

[[goal]]
kind = "hours"
amount = 1.5
window = "registration_year"
year_from = "12-01"
full_from = 0.5
floor = 0.75
"""


def test_format_2_says_what_bodies_ask() -> None:
    rules = read_text(NEW, file="ours.toml")
    assert (rules.minimum_minutes, rules.leader_counts, str(rules.by)) == (30, False, "round")
    assert [rules.share_of(n) for n in (1, 4)] == [1, Fraction(1, 4)]
    assert rules.gaps("de") == "The supervisor's qualification."
    (goal,) = rules.goals
    assert (goal.year_from, goal.asked_of(0.1)) == ((12, 1), Fraction(3, 4))
    assert read_text(NEW.replace("format = 2\n", ""), file="ours.toml") == rules


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('format = 2', 'format = 3', 1, "needs 1 or 2"),
        ('minimum_minutes = 30', 'minimum_minute = 30', 9, 'do you mean "minimum_minutes"?'),
        ('by = "round"', 'by = "week"', 10, "one of: entry, round, day"),
        ('media = ["video"]', 'media = ["letter"]', 7, "needs a list of"),
        ('read = 2026-11-30', 'read = "yesterday"', 4, "needs a day without quotes"),
        ('counts = "1/n"', 'counts = "n/1"', 20, 'or "1/n"'),
        ('year_from = "12-01"', 'year_from = "13-01"', 26, "needs month and day"),
        ('year_from = "12-01"', 'months = 12', 26, 'belongs to window = "rolling"'),
        ('full_from = 0.5', 'full_from = 5', 27, "needs a share of a post"),
        ('floor = 0.75', 'floor = 2', 28, "contradicts amount"),
        ('window = "registration_year"', 'window = "fortnight"', 25, "one of: rolling"),
        ('window = "registration_year"', 'window = "registration-year"', 25, 'do you mean "registration_year"?'),
        ('kind = "hours"', 'kind = "hour"', 23, 'do you mean "hours"?'),
        ('types = ["peer"]', 'types = ["peers"]', 6, 'do you mean "peer"?'),
        ('media = ["video"]', 'media = ["in person"]', 7, 'do you mean "in_person"?'),
        ('by = "round"', 'by = "rounds"', 10, 'do you mean "round"?'),
        ('hour_minutes = 45', 'hour_minutes = "45"', 5, "needs a whole number"),
        ('leader_counts = false', 'leader_counts = "no"', 8, "needs true or false"),
        ('amount = 1.5', 'amount = "1.5"', 24, "needs a number above 0"),
        ('amount = 1.5', 'amount = 0', 24, "needs a number above 0"),
        ('amount = 1.5', 'amout = 1.5', 24, 'do you mean "amount"?'),
        ('counts = "1/n"', 'counts = 1', 20, "needs a share in quotes"),
        ('[states]', '[statements]', 12, 'do you mean "states"?'),
        ('name = "Ours"', 'name = "Ours', 2, "close the quotes"),
        ('name = "Ours"', 'name = Ours', 2, "write words in quotes"),
        ('name = "Ours"', 'name: "Ours"', 2, 'write "=" between a key and its value'),
        ('name = "Ours"', 'name = “Ours”', 2, "write straight quotes"),
        ('name = "Ours"', 'name =', 2, 'write a value behind "="'),
        ('hour_minutes = 45', 'hour_minutes = 45 min', 5, "without its unit"),
        ('leader_counts = false', 'leader_counts = False', 8, "in small letters"),
        ('amount = 1.5', 'amount = 1,5', 24, "write a decimal point"),
        ('types = ["peer"]', 'types = ["peer"', 6, "write ] at its end"),
        ('[[goal]]', '[[goal]', 22, "close both brackets"),
        ('[[goal]]', '[goal]', 22, "write goals as [[goal]]"),
        ('[states]', '[states', 12, "close the bracket"),
        ('hour_minutes = 45', 'hour_minutes = 45\nhour_minutes = 60', 6, "hour_minutes stands twice, first on line 5"),
        ('[not_compared]', '[states]', 15, "[states] stands twice, first on line 12"),
        ('read = 2026-11-30', 'read = 2026-11-31', 4, "there is no such day"),
        ('read = 2026-11-30', 'read = 30.11.2026', 4, "write a day like 2026-11-30"),
        ('en = "Counts peer supervision."', 'en = "x"\nfr = "y"', 14, "the languages are da, de, en, nb, nl, sv"),
        ('[states]', '[names]\nxx = "Y"\n\n[states]', 13, "the languages are"),
        ('types = ["peer"]', 'types = ["peer", "peer"]', 6, '"peer" stands twice'),
        ('minimum_minutes = 30', 'minimum_minutes = -30', 9, "needs a whole number 1–480"),
        ('amount = 1.5', 'amount = -1', 24, "needs a number above 0"),
        ('year_from = "12-01"', 'year_from = "02-30"', 26, "needs month and day"),
        ('counts = "1/n"', 'counts = "50%"', 20, "needs a share in quotes"),
    ],
)  # fmt: skip
def test_a_mistake_of_format_2_names_file_line_and_what_was_meant(old: str, new: str, line: int, told: str) -> None:
    with pytest.raises(InvalidRuleSet) as refused:
        read_text(NEW.replace(old, new), file="ours.toml")
    assert any(m.line == line and told in m.problem for m in refused.value.mistakes), refused.value


def refused_goals(*goals: str, head: str = NEW[: NEW.index("[[goal]]")]) -> str:
    """Why a rule set with these goals is refused, with its lines; empty where it is read."""
    text = head + "".join(f"[[goal]]\n{goal}\n" for goal in goals)
    try:
        read_text(text, file="ours.toml")
    except InvalidRuleSet as refused:
        return str(refused)
    return ""


def hours(amount: object, *more: str, kind: str = "hours", window: str = "period") -> str:
    return "\n".join([f'kind = "{kind}"', f"amount = {amount}", f'window = "{window}"', *more])


INDIVIDUAL = 'which = "individual"'
LED = NEW[: NEW.index("[[goal]]")].replace('types = ["peer"]', 'types = ["individual", "group"]')


@pytest.mark.parametrize(
    ("goals", "line", "told"),
    [
        # Of the same time: twice, or more than allowed.
        ((hours(20), hours(20)), 27, "is asked twice"),
        ((hours(20), hours(10, kind="hours_at_most")), 28, "at least 20 and at most 10 hours"),
        ((hours(10, kind="hours_at_most"), hours(20)), 28, "at least 20 and at most 10 hours"),
        ((hours(20, INDIVIDUAL), hours(10, INDIVIDUAL, kind="hours_at_most")), 29, "at least 20 and at most 10"),
        # More of a part than of the whole.
        ((hours(20, INDIVIDUAL), hours(10, kind="hours_at_most")), 29, "at least 20 and at most 10"),
        # Of different times: what a month asks for is more than its year allows.
        ((hours(2, window="calendar_month"), hours(20, kind="hours_at_most", window="calendar_year")), 28,
         "at least 24 and at most 20 hours in a year"),
        ((hours(1, window="week"), hours(40, kind="hours_at_most", window="calendar_year")), 28, "at least 52"),
        ((hours(50, "months = 60", window="rolling"), hours(0.5, kind="hours_at_most", window="calendar_month")), 29,
         "at least 10 and at most 6 hours in a year"),
        # Keys that say nothing for the kind.
        ((hours(14, "leave_counts = true"),), 26, 'belongs to kind = "gap_days"'),
        ((hours(14, "full_from = 0.5", "months = 12", kind="gap_days", window="rolling"),), 26, "does not go with"),
        ((hours(3, kind="meetings", window="month_average"),), 25, "is an average of hours"),
        ((hours(20, kind="client_hours", window="week"),), 25, "client hours are covered over"),
    ],
)  # fmt: skip
def test_goals_that_contradict_each_other_are_refused(goals: tuple[str, ...], line: int, told: str) -> None:
    why = refused_goals(*goals, head=LED)
    assert f"ours.toml, line {line}: " in why
    assert told in why


@pytest.mark.parametrize(
    "goals",
    [
        (hours(20), hours(30, kind="hours_at_most")),
        (hours(20), hours(10, INDIVIDUAL, kind="hours_at_most")),  # the rest may be in groups
        (hours(2, window="calendar_month"), hours(24, kind="hours_at_most", window="calendar_year")),
        (hours(20), hours(10, kind="hours_at_most", window="calendar_year")),  # the period may be long
        (hours(20), hours(20, INDIVIDUAL)),
    ],
)
def test_goals_that_go_together_are_read(goals: tuple[str, ...]) -> None:
    assert refused_goals(*goals, head=LED) == ""


@pytest.mark.parametrize(
    ("old", "new", "goal"),
    [
        ("", "", INDIVIDUAL),  # peers are a group
        ("", "", 'which = "one_supervisor"'),  # and nobody leads them
        ('media = ["video"]', 'media = ["in_person"]', 'which = "remote"'),
        ('types = ["peer"]', 'types = ["individual"]', 'which = "group"'),
        ('counts = "1/n"', 'counts = "0"', 'which = "all"'),
    ],
)
def test_a_goal_of_what_is_not_counted_is_refused(old: str, new: str, goal: str) -> None:
    head = NEW[: NEW.index("[[goal]]")].replace(old, new)
    assert "nothing of that kind is counted here" in refused_goals(hours(10, goal), head=head)


def test_two_files_of_one_name_are_refused_as_nobody_could_tell_them_apart(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(NEW, encoding="utf-8")
    assert "ours" in read_folder(tmp_path)
    (tmp_path / "theirs.toml").write_text(NEW, encoding="utf-8")
    (tmp_path / "zz.toml").write_text(NEW.replace("Ours", "babcp"), encoding="utf-8")
    with pytest.raises(InvalidRuleSet) as refused:
        read_folder(tmp_path)
    assert [str(each) for each in refused.value.mistakes] == [
        'theirs.toml, line 1: "Ours" is the name of the rule set ours.toml, too: nobody could tell them apart',
        'zz.toml, line 1: "babcp" is the name of the rule set babcp, too: nobody could tell them apart',
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('counts = "1/n"', "counts = 1/n", 'write a share in quotes: counts = "1/n"'),
        ("hour_minutes = 45\n", "", "hour_minutes: is missing; it needs a whole number 1–120"),
        ("hour_minutes = 45", "hour_minutes = 4.5", "hour_minutes: needs a whole number 1–120"),
    ],
)
def test_a_share_without_quotes_and_a_missing_number_are_told_as_such(right: str, wrong: str, told: str) -> None:
    with pytest.raises(InvalidRuleSet) as refused:
        read_text(NEW.replace(right, wrong), file="ours.toml")
    assert told in str(refused.value)
