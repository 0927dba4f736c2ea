"""The audit trail: what it records, its lines, and how it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Audited(StrEnum):
    """What the audit trail records."""

    TEXT_OPENED = "text_opened"
    UNMASKED = "unmasked"
    EXPORTED = "exported"
    RECORD_READ = "record_read"
    ERASED = "erased"
    PURGED = "purged"
    HOLD_RAISED = "hold_raised"
    HOLD_ACKNOWLEDGED = "hold_acknowledged"
    HOLD_RELEASED = "hold_released"
    CASE_SUBMITTED = "case_submitted"
    CASE_WITHDRAWN = "case_withdrawn"
    ROUND_PUBLISHED = "round_published"
    REASSIGNED = "reassigned"
    PAIR_ADDED = "pair_added"
    PAIR_REMOVED = "pair_removed"
    ROLE_CHANGED = "role_changed"
    POLICY_CHANGED = "policy_changed"
    PERSON_ADDED = "person_added"
    PERSON_REMOVED = "person_removed"
    PERSON_RETURNED = "person_returned"
    PERSON_CHANGED = "person_changed"
    PLACE_CHANGED = "place_changed"
    LINK_MADE = "link_made"
    ACCOUNT_BOUND = "account_bound"
    ACCOUNT_REFUSED = "account_refused"
    ACCOUNT_FORGOTTEN = "account_forgotten"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    ENTRY_SIGNED = "entry_signed"
    SIGNATURE_TAKEN_BACK = "signature_taken_back"
    GATE_CONFIRMED = "gate_confirmed"
    LOOK_OPENED = "look_opened"
    EXCERPT_OPENED = "excerpt_opened"
    LOOK_PASSED = "look_passed"
    LOOK_RETURNED = "look_returned"
    LOOK_UNSEEN = "look_unseen"
    LOOK_LEFT = "look_left"
    TRAIL_READ = "trail_read"
    TRAIL_CUT = "trail_cut"
    REFUSED = "refused"
    AGREEMENT_ENDED = "agreement_ended"
    DATA_ASKED = "data_asked"
    DATA_AGREED = "data_agreed"
    KEYS_RENEWED = "keys_renewed"
    KEYS_FORGOTTEN = "keys_forgotten"
    RESTORED = "restored"
    ALERT_DRILL = "alert_drill"
    DRILL_HEARD = "drill_heard"
    STEP_ASKED = "step_asked"
    STEP_AGREED = "step_agreed"
    STEP_CONFIRMED = "step_confirmed"


@dataclass(frozen=True)
class AuditEntry:
    """One line of the hash-chained trail: who, what, on which id; `detail` holds ids and counts, never text."""

    id: str
    organisation: str
    number: int
    at: datetime
    actor: str
    what: str
    subject: str
    detail: Mapping[str, str]
    previous: str
    mac: str


@dataclass(frozen=True)
class Anchor:
    """How far an organisation's trail reached at a moment: kept outside the database, it shows a cut end."""

    organisation: str
    number: int
    mac: str
    at: datetime


@dataclass(frozen=True)
class AuditFault:
    """Where a trail is broken (the number of a line) and how, in one English sentence."""

    number: int
    what: str
