"""What of each record is handed out to the person it is about: an allow-list, a column that is not here stays here.

`EXACT` are the person's own acts and facts; of what others did, or the program because of them, only the day is
handed out (`DAY`), as the exact moment would tell who did it. `GIVEN` says whether something is there and not what.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.data_request import DataRequest
from bot.domain.learning_goal import LearningGoal
from bot.domain.organisation import Membership
from bot.domain.person import Contact, Person
from bot.domain.risk import Hold
from bot.domain.second_look import SecondLook
from bot.domain.swap import Swap
from bot.ports.records import (
    AbsenceCalendar,
    AuditEntry,
    CalendarFeed,
    Draft,
    ExperienceEntry,
    FteEntry,
    LeaveEntry,
    LimitEntry,
    LogEntry,
    ModeEntry,
    OutboxEntry,
    Passkey,
    PersonQuarter,
    Session,
    Signature,
    SignInLink,
    SignOnAccount,
    SignRequest,
    UndoStep,
    Worksheet,
)


class Shown(Enum):
    """How a column is handed out."""

    EXACT = "exact"
    DAY = "day"
    GIVEN = "given"
    COUNT = "count"


EXACT, DAY, GIVEN, COUNT = Shown.EXACT, Shown.DAY, Shown.GIVEN, Shown.COUNT


def _fields(exact: str = "", day: str = "", given: str = "", count: str = "") -> Mapping[str, Shown]:
    named = ((exact, EXACT), (day, DAY), (given, GIVEN), (count, COUNT))
    return {name: shown for names, shown in named for name in names.split()}


FIELDS: Mapping[type[Any], Mapping[str, Shown]] = {
    Person: _fields(
        "name email roles language timezone languages experienced_since fte weekdays notify_on language_chosen",
        "created_at removed_at calibrated_at",
    ),
    Contact: _fields("platform tenant user language seen_at failure", "failed_at ended_at"),
    Membership: _fields("joined_on left_on"),
    ModeEntry: _fields("mode from_day until_day", "recorded_at cancelled_at"),
    FteEntry: _fields("fte from_day", "recorded_at cancelled_at"),
    LimitEntry: _fields("from_day until_day percent cap", "recorded_at cancelled_at"),
    ExperienceEntry: _fields("practising_since", "recorded_at"),
    LeaveEntry: _fields("first_day last_day own_cases", "recorded_at cancelled_at", "cover"),
    PersonQuarter: _fields("year number data"),
    LogEntry: _fields(
        "role mode days counts_on moved_from method minutes group_size type medium minutes_estimated documented"
        " themes withdrawn",
        "recorded_at signed_at",
        count="members",
    ),
    LearningGoal: _fields("set_on themes ended_on"),
    Signature: _fields("digest", "signed_at"),
    SignRequest: _fields("asked_at", "answered_at", count="entries"),
    CalendarFeed: _fields("created_at"),
    AbsenceCalendar: _fields("created_at read_at fault periods taken declined"),
    Worksheet: _fields("oldest_at"),
    OutboxEntry: _fields("card platform urgent failure", "created_at sent_at failed_at"),
    Draft: _fields("kind created_at expires_at"),
    Session: _fields("created_at expires_at seen_at"),
    Passkey: _fields("name created_at used_at"),
    SignOnAccount: _fields("issuer subject created_at"),
    SignInLink: _fields("purpose created_at expires_at used_at"),
    UndoStep: _fields("what created_at expires_at undone_at"),
    Case: _fields(
        "code kind mode language reviewers submitted_at novice week weeks themes anonymity",
        "published_at clarify_until released_at closed_at withdrawn_at held_at purged_at look_since sent_back_at"
        " asked_back_at urgent_at shared_at",
    ),
    Assignment: _fields(
        "letter started_at submitted_at late prompts end_reason recused_at answered_back_at",
        "assigned_at due_at published_at ended_at parted_at used_at",
    ),
    Swap: _fields("", "asked_at", count="asked passed"),
    DataRequest: _fields("act", "asked_at agreed_at"),
    SecondLook: _fields("end ended_at telling", "asked_at until"),
    Hold: _fields("origin raised_at", "acknowledged_at released_at"),
    AuditEntry: _fields("at what"),
}


def handed_out(record: Any) -> dict[str, Any]:
    """The columns of a record that its person gets; empty ones are left out."""
    row: dict[str, Any] = {}
    for name, shown in FIELDS[type(record)].items():
        value = getattr(record, name)
        if value in (None, "", (), frozenset()):
            continue
        match shown:
            case Shown.EXACT:
                row[name] = value
            case Shown.DAY:
                row[name] = value.astimezone(UTC).date() if isinstance(value, datetime) else value
            case Shown.GIVEN:
                row[name] = True
            case Shown.COUNT:
                row[f"number_of_{name}"] = len(value)
    return row
