"""What the numbers of a policy are called, what they count, and in which order administrators see them.

A number is a field of `bot.domain.policy.Policy`; its range is there. A test says when one is missing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from enum import StrEnum

from bot.domain.policy import SETTINGS, Mode
from bot.ui.strings import Words

PARTS: Mapping[str, tuple[str, ...]] = {
    "rounds": (
        "reviewers_per_case",
        "experienced_reviewers_for_novice",
        "novice_months",
        "load_before_repeats",
        "repeat_weight",
        "review_within_clinic",
        "mode_must_fit",
        "cadence_weeks",
        "cadence_weekday",
        "cadence_time",
        "anonymity",
        "small_group",
        "second_look",
        "second_look_working_days",
        "second_look_unseen",
        "declines_per_round",
        "message_reviews",
    ),
    "caps": (
        "cap_icbt",
        "cap_blended",
        "cap_f2f",
        "cap_paused",
        "cap_novice_fewer",
        "cap_after_leave",
        "ramp_up_days",
    ),
    "answers": (
        "collect_working_days",
        "comment_working_days",
        "clarify_working_days",
        "takeaway_working_days",
        "urgent_cases",
        "urgent_working_days",
        "share_for_information",
        "ask_back",
        "thank_for_suggestions",
        "follow_up_days",
        "learning_library",
        "learning_goals",
    ),
    "reminders": (
        "reminder_on_assignment",
        "reminder_before_working_days",
        "reminder_on_due_day",
        "reminder_after_days",
        "supervisor_told_after_days",
        "reminder_time",
        "reminders_per_day",
        "messages_from",
        "messages_until",
    ),
    "rhythm": (
        "target_any_icbt",
        "target_own_icbt",
        "target_any_blended",
        "target_own_blended",
        "target_any_novice_icbt",
        "target_own_novice_icbt",
        "target_any_f2f",
        "target_own_f2f",
        "due_soon_percent",
        "due_soon_days",
        "amber_percent",
    ),
    "silence": (
        "long_leave_weeks",
        "return_notice_working_days",
        "missed_before_question",
        "missed_before_supervisor",
    ),
    "minutes": ("minutes_per_review", "minutes_per_own_case"),
    "keeping": (
        "text_days",
        "draft_hours",
        "draft_days",
        "log_years",
        "audit_months",
        "risk_years",
        "report_minimum_group",
        "attendance_sheets",
        "second_person",
    ),
    "worksheet": (
        "worksheet",
        "worksheet_days",
        "worksheet_silent_days",
        "worksheet_undiscussed_days",
    ),
    "sign_in": ("sign_in_idle_minutes", "sign_in_remember_days", "risk_acknowledgement_minutes"),
}
"""Every number once, by the part of the page on which it stands."""

UNITS: Mapping[str, str] = {
    "reviewers_per_case": "reviewers",
    "experienced_reviewers_for_novice": "reviewers",
    "declines_per_round": "reviews",
    "missed_before_question": "reviews",
    "missed_before_supervisor": "reviews",
    "urgent_cases": "times",
    "cap_novice_fewer": "reviews",
    "cap_after_leave": "reviews",
    "small_group": "people",
    "report_minimum_group": "people",
    "reminders_per_day": "times",
}
"""What is counted, where the end of the name does not say so."""
ENDINGS = ("working_days", "days", "hours", "minutes", "weeks", "months", "years")
"""Units as names of numbers end in, the longer ones first."""
MODES = ("icbt", "blended", "f2f", "paused")


def part_of(name: str) -> str:
    """The part of the page on which a number stands."""
    return next(part for part, names in PARTS.items() if name in names)


def called(w: Words, name: str) -> str:
    """What a number says, in words: "Time to write a review"."""
    for beginning in ("target_any", "target_own", "cap"):
        mode = name.removeprefix(f"{beginning}_")
        if mode in MODES:
            return w(f"policy.{beginning}", mode=w(f"mode.{mode}"))
        if mode == "novice_icbt":
            return w(f"policy.{beginning}", mode=w("policy.novice", mode=w(f"mode.{Mode.ICBT.value}")))
    return w(f"policy.{name}")


def unit(name: str) -> str:
    """What a number counts: a unit of time, reviews, per cent; empty for a weight, a weekday and what is no number."""
    if name.startswith("target_"):
        return "days"
    if name.startswith("cap_"):
        return "reviews"
    if name.startswith("minutes_"):
        return "minutes"
    ending = next((each for each in ENDINGS if name.endswith(f"_{each}")), "")
    return UNITS.get(name, ending or ("percent" if name.endswith("_percent") else ""))


def minutes_in(name: str) -> int:
    """The minutes in one of a number's unit, where it is a length of time that people say in words; 0 elsewhere."""
    if isinstance(SETTINGS[name].default, bool) or SETTINGS[name].options:
        return 0
    return {"minutes": 1, "hours": 60}.get(unit(name), 0)


def in_words(w: Words, name: str, value: object) -> str:
    """A value as a person reads it: "5 working days", "yes", "Monday"."""
    if isinstance(value, bool):
        return w("policies.yes") if value else w("policies.no")
    if isinstance(SETTINGS[name].default, time):
        return w.time(value if isinstance(value, time) else time.fromisoformat(str(value)))
    if isinstance(SETTINGS[name].default, StrEnum):
        return w(f"policies.{name}.{value}")
    number = int(str(value))
    if name == "cadence_weekday":
        return w.weekday(number)
    counted = unit(name)
    if counted == "percent":
        return w.percent(number)
    return w.count(f"policies.unit.{counted}", number) if counted else w.number(number)


def range_in_words(w: Words, name: str) -> str:
    """What a number may be: "1 to 4 reviewers", "1 week, 2 weeks or 4 weeks"; empty for what is no number."""
    setting = SETTINGS[name]
    if isinstance(setting.default, (bool, time, StrEnum)):
        return ""
    if setting.options:
        return w.either([in_words(w, name, each) for each in setting.options])
    low = w.number(setting.low) if unit(name) else in_words(w, name, setting.low)
    return w("policies.range", low=low, high=in_words(w, name, setting.high))
