"""A case, its assignments, questions and reviews: the rules of one asynchronous intervision.

Phases (DOMAIN.md section 4): present → clarify (questions only) → reflect and advise → release →
takeaway. No text is here: texts live encrypted beside the case and are drawn on demand.
Every step returns a new value or refuses by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.errors import Refusal


class CaseStatus(StrEnum):
    """Where a case stands, computed from its facts."""

    SECOND_LOOK = "second_look"
    SENT_BACK = "sent_back"
    WAITING = "waiting"
    CLARIFYING = "clarifying"
    REVIEWING = "reviewing"
    RELEASED = "released"
    CLOSED = "closed"
    ON_HOLD = "on_hold"
    WITHDRAWN = "withdrawn"


class CannotReviewOwnCase(Refusal):
    """Nobody reviews a case they presented."""


class CaseOnHold(Refusal):
    """A case on hold takes no step until a supervisor releases it."""


class CaseEnded(Refusal):
    """A withdrawn or closed case takes no further step."""


class CaseKeptBack(Refusal):
    """A case that waits for a second look or for its author's changes goes to no reviewer."""


class CaseNotSentBack(Refusal):
    """A case that was sent is changed only after a second look sent it back."""


class CaseNotReleased(Refusal):
    """The takeaway is written after the reviews were released."""


class AlreadyReleased(Refusal):
    """Once reviews are with the presenter nobody new is asked for one; who has one may still send it."""


class NotYourCase(Refusal):
    """Only the presenter may do this with a case."""


class NotYourReview(Refusal):
    """Only the assigned reviewer may do this, and only while assigned."""


class ReviewAlreadyIn(Refusal):
    """A review is sent once; what was sent stays as it was."""


class ClarifyOnly(Refusal):
    """In the clarifying days reviewers ask questions; reflections and suggestions follow."""


class ClarifyOver(Refusal):
    """Questions are asked in the clarifying days; after that reviewers reflect and advise."""


class CaseIsOut(Refusal):
    """A case that is with its reviewers already needs no other way to them."""


class NotUrgent(Refusal):
    """There is no wish for reviews out of turn to take back."""


class AlreadyUrgent(Refusal):
    """A case is asked about once out of turn."""


class AlreadyAskedBack(Refusal):
    """The presenter asks back once; a longer talk belongs into the next round."""


class AlreadyAnsweredBack(Refusal):
    """Each reviewer answers once what the presenter asked back."""


class NothingAskedBack(Refusal):
    """There is nothing to answer, or the text of the case is gone."""


class PatientObjects(Refusal):
    """A patient who objects is not presented."""


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
class Case:
    """What is known of a case besides its text. `code` is what peers see: random, linked to nothing.

    `language` is the language of its text; `week` and `weeks` place it in the programme; `reviewers`
    is how many reviews it wants. Moments are aware UTC. `held_at` is set while a risk hold stands. `anonymity` is what
    its author was promised when it was sent (`policy.Anonymity`): a later change of policy does not touch it.
    `kind` is "message" where what is presented is one message to the patient (`message_review.CaseKind`).
    `look_since` is set while it waits for a second look, `sent_back_at` while its author is to change the text.
    `asked_back_at` is when the presenter asked its reviewers something after the release. `urgent_at` is the morning
    on which it goes out by itself because its presenter needs reviews this week; `shared_at` the morning from which its
    group may read it for information, without reviews: neither is the moment at which somebody pressed a button.
    `stepped_out` are readers of such a case who recognised the patient: it is open to them no more.
    """

    id: str
    organisation: str
    group: str
    code: str
    mode: str
    language: str
    reviewers: int
    submitted_at: datetime
    novice: bool = False
    week: int | None = None
    weeks: int | None = None
    themes: tuple[str, ...] = ()
    anonymity: str = "both"
    round: str | None = None
    published_at: datetime | None = None
    clarify_until: datetime | None = None
    released_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    held_at: datetime | None = None
    purged_at: datetime | None = None
    version: int = 0
    look_since: datetime | None = None
    sent_back_at: datetime | None = None
    asked_back_at: datetime | None = None
    urgent_at: datetime | None = None
    shared_at: datetime | None = None
    kind: str = "case"
    stepped_out: tuple[str, ...] = ()

    def status(self, now: datetime) -> CaseStatus:
        """Computed from the facts; a hold outranks everything but the end."""
        if self.withdrawn_at:
            return CaseStatus.WITHDRAWN
        if self.closed_at:
            return CaseStatus.CLOSED
        if self.held_at:
            return CaseStatus.ON_HOLD
        if self.released_at:
            return CaseStatus.RELEASED
        if not self.published_at:
            return self._before_publication()
        if self.clarify_until and now < self.clarify_until:
            return CaseStatus.CLARIFYING
        return CaseStatus.REVIEWING

    @property
    def open(self) -> bool:
        """Neither closed nor withdrawn."""
        return not (self.closed_at or self.withdrawn_at)

    @property
    def kept_back(self) -> bool:
        """Not for reviewers yet: a second look or the author's changes come first."""
        return self.look_since is not None or self.sent_back_at is not None

    def ask_for_look(self, now: datetime) -> Case:
        """A supervisor is to read it before anybody reviews it."""
        self.must_go_on()
        return replace(self, look_since=now, sent_back_at=None)

    def look_over(self) -> Case:
        """The second look is over: the case waits for reviewers."""
        self.must_go_on()
        return replace(self, look_since=None)

    def send_back(self, now: datetime) -> Case:
        """The text still tells too much: its author changes it or takes the case back."""
        self.must_go_on()
        return replace(self, look_since=None, sent_back_at=now)

    def must_wait_for_reviewers(self) -> None:
        """Refuse by name what is for a case that nobody reviews yet."""
        self.must_go_on()
        if self.kept_back:
            raise CaseKeptBack
        if self.published_at:
            raise CaseIsOut

    def ask_urgently(self, at: datetime) -> Case:
        """Its presenter needs reviews this week: it goes out by itself at `at`, to whoever has room."""
        self.must_wait_for_reviewers()
        if self.urgent_at:
            raise AlreadyUrgent
        return replace(self, urgent_at=at)

    def wait_after_all(self) -> Case:
        """The wish for reviews this week is taken back before it goes out: it waits for its round."""
        self.must_wait_for_reviewers()
        if not self.urgent_at:
            raise NotUrgent
        return replace(self, urgent_at=None)

    def share(self, now: datetime, at: datetime) -> Case:
        """For information: the group reads it from `at` on, nobody reviews it, and it is closed."""
        self.must_wait_for_reviewers()
        return replace(self, closed_at=now, shared_at=at, urgent_at=None, round=None)

    def step_out(self, person: str) -> Case:
        """A reader of what is shared for information recognises the patient; twice is once."""
        return replace(self, stepped_out=tuple(dict.fromkeys((*self.stepped_out, person))))

    def publish(self, now: datetime, clarify_until: datetime) -> Case:
        """Reviewers may read it from now on; a case published before keeps its first moments."""
        self.must_go_on()
        if self.kept_back:
            raise CaseKeptBack
        return replace(self, published_at=self.published_at or now, clarify_until=self.clarify_until or clarify_until)

    def release(self, now: datetime) -> Case:
        """All reviews that are in reach the presenter together."""
        self.must_go_on()
        return self if self.released_at else replace(self, released_at=now)

    def take_away(self, now: datetime) -> Case:
        """The presenter named what they will try: the case closes."""
        self.must_go_on()
        self.must_be_released()
        return replace(self, closed_at=now)

    def ask_back(self, now: datetime) -> Case:
        """The presenter asks the reviewers once what the released reviews leave open."""
        self.must_go_on()
        self.must_be_released()
        if self.asked_back_at:
            raise AlreadyAskedBack
        return replace(self, asked_back_at=now)

    def must_take_answers(self) -> None:
        """Refuse by name an answer to what nobody asked back, or whose text is gone; a closed case still takes it."""
        if self.held_at:
            raise CaseOnHold
        if self.withdrawn_at:
            raise CaseEnded
        if not self.asked_back_at or self.purged_at:
            raise NothingAskedBack

    def end(self, now: datetime) -> Case:
        """The round ended without a takeaway: the case closes all the same."""
        self.must_go_on()
        return replace(self, closed_at=now)

    def withdraw(self, now: datetime) -> Case:
        """The presenter takes it back at any time before it closes; its text goes. From a hold a supervisor does.

        What is shared for information is nobody else's work, so it is taken back at any time.
        """
        if not (self.shared_at and not self.withdrawn_at and not self.held_at):
            self.must_go_on()
        return replace(self, withdrawn_at=now)

    def withdraw_from_hold(self, now: datetime) -> Case:
        """A supervisor ends a held case for good (checked by the command's roles)."""
        self.must_be_open()
        return replace(self, withdrawn_at=now, held_at=None)

    def hold(self, now: datetime) -> Case:
        """A risk concern stops everything; the clocks stand still from this moment."""
        self.must_be_open()
        return self if self.held_at else replace(self, held_at=now)

    def resume(self) -> Case:
        """A supervisor released the hold; the clarifying deadline is moved by the caller, who knows the calendar."""
        return replace(self, held_at=None)

    def _before_publication(self) -> CaseStatus:
        if self.look_since:
            return CaseStatus.SECOND_LOOK
        return CaseStatus.SENT_BACK if self.sent_back_at else CaseStatus.WAITING

    def must_go_on(self) -> None:
        """Refuse by name a step about a case that ended or is on hold."""
        self.must_be_open()
        if self.held_at:
            raise CaseOnHold

    def must_be_released(self) -> None:
        """Refuse by name what the presenter reads or writes after the release."""
        if not self.released_at:
            raise CaseNotReleased

    def must_want_reviewers(self, now: datetime) -> None:
        """Refuse by name to give a review to somebody else: on hold, over, released, or not published yet."""
        self.must_go_on()
        if self.released_at:
            raise AlreadyReleased
        if not self.under_review(now):
            raise NotYourReview

    def under_review(self, now: datetime) -> bool:
        """Whether its reviewers ask or write, so that somebody else may still take a review."""
        return self.status(now) in {CaseStatus.CLARIFYING, CaseStatus.REVIEWING}

    def must_be_open(self) -> None:
        """Refuse by name a step about a case that ended; a hold does not stand in its way."""
        if not self.open:
            raise CaseEnded


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
