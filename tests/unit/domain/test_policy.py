"""A clinic's own numbers: accepted, inherited, or refused with every mistake named."""

from __future__ import annotations

import dataclasses
from datetime import time

import pytest

from bot.domain.policy import (
    PAIRS,
    SETTINGS,
    Anonymity,
    InvalidPolicy,
    Mode,
    Policy,
    SecondLookRule,
    Setting,
    Target,
    resolve,
)


def test_defaults_are_the_products_own_and_contradict_nothing() -> None:
    policy = resolve()
    assert policy == Policy()
    assert policy.target(Mode.ICBT, novice=False) == Target(14, 28)
    assert policy.target(Mode.BLENDED, novice=True) == Target(14, 28)
    assert policy.target(Mode.ICBT, novice=True) == Target(7, 14)
    assert policy.target(Mode.F2F, novice=True) == Target(28, 56)
    assert [policy.cap(mode) for mode in (Mode.ICBT, Mode.BLENDED, Mode.F2F, Mode.PAUSED)] == [3, 2, 2, 0]


def test_every_default_passes_its_own_validation() -> None:
    assert Policy().with_overrides(dataclasses.asdict(Policy())) == Policy()


def test_a_group_overrides_its_clinic_and_a_clinic_its_organisation() -> None:
    policy = resolve(
        {"cap_icbt": 5, "target_any_f2f": 21, "cadence_weeks": 4},
        {"cap_icbt": 4, "reminder_time": "08:30"},
        {"cap_icbt": 2, "anonymity": "open", "second_look": "flagged", "reminder_on_due_day": False},
    )
    assert (policy.cap_icbt, policy.target_any_f2f, policy.cadence_weeks) == (2, 21, 4)
    assert (policy.reminder_time, policy.anonymity) == (time(8, 30), Anonymity.OPEN)
    assert policy.second_look is SecondLookRule.FLAGGED
    assert not policy.reminder_on_due_day


def test_a_policy_that_is_remembered_is_that_of_the_same_values_of_the_same_kind() -> None:
    kept = resolve({"reminder_on_due_day": True, "cap_icbt": 1})
    assert resolve({"reminder_on_due_day": True, "cap_icbt": 1}) is kept
    for unlike in ({"reminder_on_due_day": 1}, {"cap_icbt": True}, {"cap_icbt": [1]}, {"cap_icbt": {"a": 1}}):
        with pytest.raises(InvalidPolicy):
            resolve({"reminder_on_due_day": True, "cap_icbt": 1, **unlike})


def test_all_mistakes_of_all_levels_are_told_at_once() -> None:
    with pytest.raises(InvalidPolicy) as refused:
        resolve(
            {"reviewers_per_case": 9, "colour": "green", "cadence_weeks": 3},
            {"messages_from": "25:00", "reminder_on_due_day": "yes"},
            {"anonymity": "none", "second_look": "sometimes", "cap_icbt": True, "cap_f2f": 1.5, "target_any_icbt": 40},
        )
    assert {m.where for m in refused.value.mistakes} == {
        "organisation.reviewers_per_case",
        "organisation.colour",
        "organisation.cadence_weeks",
        "clinic.messages_from",
        "clinic.reminder_on_due_day",
        "group.anonymity",
        "group.second_look",
        "group.cap_icbt",
        "group.cap_f2f",
        "group.target_any_icbt",  # longer than the target for own cases
    }
    text = str(refused.value)
    assert "organisation.reviewers_per_case: 9 is not accepted; expected a whole number 1–4" in text
    assert "one of: 1, 2, 4" in text
    assert "one of: off, flagged, always" in text
    assert "not more than target_own_icbt (28)" in text


@pytest.mark.parametrize(("target", "soon"), [(7, 3), (14, 4), (28, 7), (56, 14), (2, 1), (1, 0)])
def test_due_soon_leaves_time_to_act(target: int, soon: int) -> None:
    assert Policy().due_soon_from(target) == soon


def test_equal_ends_of_the_messaging_hours_leave_no_time_to_write() -> None:
    with pytest.raises(InvalidPolicy, match="less than messages_until"):
        Policy().with_overrides({"messages_from": "17:00"})


@pytest.mark.parametrize(("smaller", "larger", "may_equal"), PAIRS)
def test_of_two_numbers_in_order_some_may_be_equal_and_some_not(smaller: str, larger: str, may_equal: bool) -> None:
    equal = {smaller: getattr(Policy(), larger)}
    if may_equal:
        assert getattr(Policy().with_overrides(equal), smaller) == equal[smaller]
    else:
        with pytest.raises(InvalidPolicy, match=f"less than {larger}"):
            Policy().with_overrides(equal)


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("reviewer_per_case", 2, "do you mean reviewers_per_case"),
        ("qqqq", 1, "they are: amber_percent"),
        ("cap_icbt", True, "a whole number"),
        ("cap_icbt", "3", "a whole number"),
        ("reminder_time", "09:00+01:00", "a local time"),
        ("reminder_time", 9, "a local time"),
        ("reminder_on_due_day", 1, "true or false"),
    ],
)
def test_what_would_have_been_accepted_is_told(name: str, given: object, expected: str) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        Policy().with_overrides({name: given})
    (mistake,) = refused.value.mistakes
    assert expected in mistake.expected


def test_levels_without_numbers_of_their_own_change_nothing() -> None:
    assert resolve(None, {}, None) == Policy()
    assert Policy().with_overrides({}) == Policy()


def test_a_name_that_holds_the_word_is_offered_and_at_most_five_of_them() -> None:
    with pytest.raises(InvalidPolicy) as refused:
        Policy().with_overrides({"target": 1})
    said = refused.value.mistakes[0].expected
    assert said.startswith("one of the settings; do you mean ")
    assert 1 <= said.count("target_") <= 5


@pytest.mark.parametrize(
    ("opens", "reminders", "morning"),
    [
        ("08:00", "08:00", "08:00"),
        ("08:00", "10:00", "10:00"),  # two hours later they still wait for the reminders
        ("08:00", "10:01", "08:00"),
        ("08:00", "07:00", "08:00"),  # before the hours for messages
        ("22:00", "23:00", "23:00"),
    ],
)
def test_a_nights_news_waits_for_reminders_that_come_early(opens: str, reminders: str, morning: str) -> None:
    hours = {"messages_from": opens, "messages_until": "23:30", "reminder_time": reminders}
    assert Policy().with_overrides(hours).morning == time.fromisoformat(morning)


def test_whoever_sets_a_weight_of_repeats_wants_it_used() -> None:
    assert Policy().load_before_repeats
    assert not Policy().with_overrides({"repeat_weight": 3}).load_before_repeats
    assert Policy().with_overrides({"repeat_weight": 3, "load_before_repeats": True}).load_before_repeats
    assert Policy().with_overrides({"cap_icbt": 3}).load_before_repeats


@pytest.mark.parametrize("setting", [s for s in SETTINGS.values() if s.high], ids=lambda s: s.name)
def test_a_number_is_whole_and_within_its_limits(setting: Setting) -> None:
    for given in (setting.low - 1, setting.high + 1, float(setting.low), str(setting.low)):
        with pytest.raises(InvalidPolicy):
            Policy().with_overrides({setting.name: given})


def test_due_soon_is_a_share_of_a_long_target_rounded_up() -> None:
    assert Policy(due_soon_percent=25).due_soon_from(365) == 92


def test_a_word_like_no_name_is_answered_with_the_names_that_hold_it() -> None:
    with pytest.raises(InvalidPolicy) as refused:
        Policy().with_overrides({"idle": 3})
    assert "do you mean sign_in_idle_minutes?" in str(refused.value)
