"""Bookkeeping the use-cases keep beside the domain's records, a file a subject; import the names from here.

Nothing here holds case or review text; encrypted texts are reached through `UnitOfWork` only.
"""

from __future__ import annotations

from bot.ports.records.access import (
    AbsenceCalendar,
    CalendarFeed,
    Draft,
    Passkey,
    Session,
    SessionKind,
    SignInLink,
    SignOnAccount,
    UndoStep,
)
from bot.ports.records.audit import Anchor, Audited, AuditEntry, AuditFault
from bot.ports.records.caseload import ExperienceEntry, FteEntry, LeaveEntry, LimitEntry, ModeEntry
from bot.ports.records.delivery import OutboxEntry, Queue, Replica
from bot.ports.records.quarters import CountedQuarter, PersonQuarter, RecountMark
from bot.ports.records.schedule import URGENT, SeriesEntry, Timer
from bot.ports.records.supervision import LogEntry, PublishedReport, Signature, SignRequest
from bot.ports.records.worksheet import Worksheet

__all__ = [
    "URGENT",
    "AbsenceCalendar",
    "Anchor",
    "AuditEntry",
    "AuditFault",
    "Audited",
    "CalendarFeed",
    "CountedQuarter",
    "Draft",
    "ExperienceEntry",
    "FteEntry",
    "LeaveEntry",
    "LimitEntry",
    "LogEntry",
    "ModeEntry",
    "OutboxEntry",
    "Passkey",
    "PersonQuarter",
    "PublishedReport",
    "Queue",
    "RecountMark",
    "Replica",
    "SeriesEntry",
    "Session",
    "SessionKind",
    "SignInLink",
    "SignOnAccount",
    "SignRequest",
    "Signature",
    "Timer",
    "UndoStep",
    "Worksheet",
]
