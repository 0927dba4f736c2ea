"""Everything a store keeps as records, each with `id` and `organisation`."""

from __future__ import annotations

from typing import Any

from bot.domain.case import Assignment, Case, Question
from bot.domain.organisation import Clinic, Closure, Group, Membership, NeverAssign, Organisation, Workspace
from bot.domain.person import Contact, Person
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.ports.records import (
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
    PublishedReport,
    SeriesEntry,
    Session,
    Signature,
    SignInLink,
    SignRequest,
    Timer,
    UndoStep,
)

RECORDS: tuple[type[Any], ...] = (
    Organisation,
    Workspace,
    Clinic,
    Closure,
    Group,
    Person,
    Contact,
    Membership,
    NeverAssign,
    ModeEntry,
    LeaveEntry,
    FteEntry,
    LimitEntry,
    ExperienceEntry,
    SeriesEntry,
    Round,
    Case,
    Assignment,
    Question,
    Hold,
    SecondLook,
    LogEntry,
    SignRequest,
    Signature,
    PublishedReport,
    OutboxEntry,
    Draft,
    SignInLink,
    UndoStep,
    Session,
    CalendarFeed,
    AuditEntry,
    Timer,
)

# Fields that name another record; on a database they are foreign keys (within the organisation).
REFERENCES: dict[type[Any], dict[str, type[Any]]] = {
    Clinic: {"duty_supervisor": Person, "deputy_supervisor": Person},
    Closure: {"clinic": Clinic},
    Person: {"clinic": Clinic, "leaving_cover": Person},
    Contact: {"person": Person},
    Membership: {"group": Group, "person": Person, "cover": Person},
    NeverAssign: {"one": Person, "other": Person},
    ModeEntry: {"person": Person},
    LeaveEntry: {"person": Person, "cover": Person},
    FteEntry: {"person": Person},
    LimitEntry: {"person": Person},
    ExperienceEntry: {"person": Person},
    SeriesEntry: {"group": Group, "clinic": Clinic},
    Round: {"group": Group, "series": SeriesEntry},
    Case: {"group": Group, "round": Round},
    Assignment: {"case": Case, "round": Round, "reviewer": Person},
    Question: {"case": Case, "assignment": Assignment},
    Hold: {"case": Case},
    SecondLook: {"case": Case},
    LogEntry: {"person": Person, "round": Round},
    SignRequest: {"person": Person, "signer": Person},
    Signature: {"person": Person},
    OutboxEntry: {"person": Person},
    Draft: {"person": Person},
    SignInLink: {"person": Person},
    UndoStep: {"person": Person},
    Session: {"person": Person},
    CalendarFeed: {"person": Person},
}

# What is asked often: each becomes an index (unique combinations are indexed already).
INDEXES: dict[type[Any], tuple[tuple[str, ...], ...]] = {
    Person: (("organisation", "clinic"), ("organisation", "leaving_cover")),
    Closure: (("organisation", "clinic"),),
    Group: (("organisation", "name"),),
    Membership: (("organisation", "group"), ("organisation", "person"), ("organisation", "cover")),
    SeriesEntry: (("organisation", "group"), ("organisation", "clinic")),
    Case: (("organisation", "group"), ("organisation", "round"), ("organisation", "submitted_at")),
    Assignment: (("organisation", "case"), ("organisation", "round"), ("organisation", "reviewer")),
    Question: (("organisation", "case"), ("organisation", "assignment")),
    NeverAssign: (("organisation", "one"), ("organisation", "other")),
    Hold: (("organisation", "case"),),
    SecondLook: (("organisation", "case"), ("organisation", "end")),
    ModeEntry: (("organisation", "person"),),
    LeaveEntry: (("organisation", "person"), ("organisation", "cover")),
    FteEntry: (("organisation", "person"),),
    LimitEntry: (("organisation", "person"),),
    ExperienceEntry: (("organisation", "person"),),
    SignRequest: (("organisation", "signer"), ("organisation", "person")),
    Signature: (("organisation", "person"),),
    LogEntry: (("organisation", "person", "day"), ("organisation", "day"), ("organisation", "round")),
    OutboxEntry: (("organisation", "person"), ("organisation", "slot"), ("organisation", "created_at")),
    Contact: (("organisation", "person"),),
    CalendarFeed: (("organisation", "person"),),
    Draft: (("organisation", "person"), ("organisation", "subject")),
    SignInLink: (("organisation", "person"),),
    UndoStep: (("organisation", "person"),),
    Session: (("organisation", "person"),),
    AuditEntry: (("organisation", "at"),),
    Round: (("organisation", "group"), ("organisation", "opened_at")),
    Timer: (("at",), ("organisation", "at")),
}

# Combinations that exist once; the second insert raises `AlreadyThere`.
UNIQUE: dict[type[Any], tuple[tuple[str, ...], ...]] = {
    Person: (("organisation", "email"),),
    Contact: (("platform", "tenant", "user"),),
    Workspace: (("organisation", "platform", "tenant"),),
    Round: (("series", "occurrence"),),
    Case: (("organisation", "code"),),
    LogEntry: (("organisation", "source"),),
    Signature: (("organisation", "entry"),),
    PublishedReport: (("organisation", "year", "number"),),
    OutboxEntry: (("organisation", "dedupe"),),
    AuditEntry: (("organisation", "number"),),
}
