"""An assignment and its review, and the questions beside it: who owes what, and when reviews are released together.

No text is here: texts live encrypted beside the case. Every step returns a new value or refuses by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.case import Case, CaseStatus, NothingAskedBack, NotYourReview
from bot.errors import Refusal


class CannotReviewOwnCase(Refusal):
    """Nobody reviews a case they presented."""


class ReviewAlreadyIn(Refusal):
    """A review is sent once; what was sent stays as it was."""


class ClarifyOnly(Refusal):
    """In the clarifying days reviewers ask questions; reflections and suggestions follow."""


class ClarifyOver(Refusal):
    """Questions are asked in the clarifying days; after that reviewers reflect and advise."""


class AlreadyAnsweredBack(Refusal):
    """Each reviewer answers once what the presenter asked back."""


class DeclineAlreadyUsed(Refusal):
    """One review a round may be declined without a reason; a conflict or a recognised patient is always possible."""


class EndReason(StrEnum):
    """Why an assignment ended without a review; others read `shown`, which keeps a reviewer's own reason."""

    DECLINED = "declined"
    CONFLICT = "conflict"
    RECOGNISED = "recognised"
    LEAVE = "leave"
    REASSIGNED = "reassigned"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    PARTED = "parted"
    SWAPPED = "swapped"

    @property
    def shown(self) -> EndReason:
        """What others read: one word for whatever a reviewer decided themselves, as why stays with them."""
        own = {EndReason.DECLINED, EndReason.CONFLICT, EndReason.RECOGNISED}
        if self in own:
            return EndReason.DECLINED
        return EndReason.REMOVED if self is EndReason.PARTED else self


@dataclass(frozen=True)
class Assignment:
    """One case for one reviewer. `due_at` is the end of the due day in the reviewer's zone, aware UTC.

    `why` holds the reasons of the plan as keys and numbers (never text). `letter` is what peers
    see within this case only ("Reviewer A"); whoever takes the review over has it, too.
    `prompts` are the keys the reviewer ticked.
    `not_reached_at` is set when the first notice could not be delivered: nobody is overdue for what they never got.
    `supervisor_told_at` is when a supervisor heard that it is late.
    `parted_at` is when the clinics of presenter and reviewer parted ways: the review counts, neither reads the other.
    `recused_at` is when the reviewer recognised the patient after sending the review: it stays as it was sent and
    counts, but nothing of the case is open to them any more.
    `answered_back_at` is when its reviewer answered what the presenter asked back; `used_at` when the presenter ticked
    its suggestion as one they use, which its reviewer reads as thanks and which is counted for nobody.
    """

    id: str
    organisation: str
    case: str
    round: str
    reviewer: str
    letter: str
    assigned_at: datetime
    due_at: datetime | None = None
    published_at: datetime | None = None
    started_at: datetime | None = None
    submitted_at: datetime | None = None
    late: bool = False
    prompts: tuple[str, ...] = ()
    ended_at: datetime | None = None
    end_reason: str | None = None
    not_reached_at: datetime | None = None
    supervisor_told_at: datetime | None = None
    why: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    parted_at: datetime | None = None
    recused_at: datetime | None = None
    answered_back_at: datetime | None = None
    used_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Still this reviewer's."""
        return self.ended_at is None

    @property
    def readable(self) -> bool:
        """Whether the reviewer may still read the case: published, theirs, neither parted from it nor recused."""
        return self.active and self.published_at is not None and not (self.parted_at or self.recused_at)

    @property
    def pending(self) -> bool:
        """Published, still this reviewer's and not in yet."""
        return self.active and self.published_at is not None and self.submitted_at is None

    def overdue(self, now: datetime, case: Case) -> bool:
        """Past its due moment; never while on hold, never when the reviewer could not be reached."""
        if not self.pending or case.held_at or self.not_reached_at or self.due_at is None:
            return False
        return now > self.due_at

    def start(self, now: datetime) -> Assignment:
        """The reviewer sent a first text or asked a question: a repair of the plan leaves it alone from now on."""
        return self if self.started_at else replace(self, started_at=now)

    def submit(self, now: datetime, case: Case, prompts: Iterable[str] = ()) -> Assignment:
        """The review is in. Refuses in the clarifying days, on hold, twice, or after the assignment ended."""
        if not self.active:
            raise NotYourReview
        if self.submitted_at:
            raise ReviewAlreadyIn
        case.must_go_on()
        if case.status(now) is CaseStatus.CLARIFYING:
            raise ClarifyOnly
        late = case.released_at is not None or (self.due_at is not None and now > self.due_at)
        return replace(self, submitted_at=now, started_at=self.started_at or now, late=late, prompts=tuple(prompts))

    def answer_back(self, now: datetime, case: Case) -> Assignment:
        """The reviewer's one answer to what the presenter asked back."""
        if not self.readable:
            raise NotYourReview
        case.must_take_answers()
        if not self.submitted_at:
            raise NothingAskedBack
        if self.answered_back_at:
            raise AlreadyAnsweredBack
        return replace(self, answered_back_at=now)

    def use(self, now: datetime) -> Assignment:
        """The presenter uses its suggestion."""
        return self if self.used_at or not self.submitted_at else replace(self, used_at=now)

    def part(self, now: datetime) -> Assignment:
        """A review that is in stays a fact, but its reviewer and its presenter no longer read each other."""
        return replace(self, parted_at=now) if self.submitted_at else self.end(now, EndReason.PARTED)

    def recuse(self, now: datetime) -> Assignment:
        """The reviewer recognised the patient after the review went out.

        An assignment without a review ends instead, and somebody else takes it.
        """
        if not self.active or not self.submitted_at:
            raise NotYourReview
        return self if self.recused_at else replace(self, recused_at=now)

    def end(self, now: datetime, reason: EndReason) -> Assignment:
        """Decline, recusal, leave, reassignment: from now on the reviewer hears no more of it."""
        if not self.active:
            raise NotYourReview
        if self.submitted_at:
            raise ReviewAlreadyIn
        return replace(self, ended_at=now, end_reason=reason.value)


@dataclass(frozen=True)
class Question:
    """A clarifying question of a reviewer to the presenter; both texts live encrypted beside the case."""

    id: str
    organisation: str
    case: str
    assignment: str
    asked_at: datetime
    answered_at: datetime | None = None

    def answer(self, now: datetime, case: Case) -> Question:
        """The presenter answers once; later answers replace the text, not the moment."""
        case.must_go_on()
        return self if self.answered_at else replace(self, answered_at=now)


def may_ask(case: Case, assignment: Assignment, now: datetime) -> None:
    """Questions belong to the clarifying days; refuses otherwise by name."""
    if not assignment.active:
        raise NotYourReview
    case.must_go_on()
    if case.status(now) is not CaseStatus.CLARIFYING:
        raise ClarifyOver


def ready_to_release(case: Case, assignments: Iterable[Assignment], now: datetime) -> bool:
    """All active reviews are in, or the last deadline passed and at least one is in; never on hold."""
    if not case.published_at or case.released_at or case.held_at or not case.open:
        return False
    active = [a for a in assignments if a.active and a.published_at]
    in_or_over = all(a.submitted_at or (a.due_at is not None and now > a.due_at) for a in active)
    return in_or_over and any(a.submitted_at for a in active)


def sees_other_reviews(assignment: Assignment) -> bool:
    """A reviewer reads the others' reviews only after sending their own."""
    return assignment.submitted_at is not None and assignment.active
