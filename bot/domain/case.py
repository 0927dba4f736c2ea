"""A case: the rules of one asynchronous intervision; its assignments, questions and reviews: `assignment.py`.

Phases (DOMAIN.md section 4): present → clarify (questions only) → reflect and advise → release →
takeaway. No text is here: texts live encrypted beside the case and are drawn on demand.
Every step returns a new value or refuses by name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

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


class CaseIsOut(Refusal):
    """A case that is with its reviewers already needs no other way to them."""


class NotUrgent(Refusal):
    """There is no wish for reviews out of turn to take back."""


class AlreadyUrgent(Refusal):
    """A case is asked about once out of turn."""


class AlreadyAskedBack(Refusal):
    """The presenter asks back once; a longer talk belongs into the next round."""


class NothingAskedBack(Refusal):
    """There is nothing to answer, or the text of the case is gone."""


class PatientObjects(Refusal):
    """A patient who objects is not presented."""


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

        What is shared for information is nobody else's work and is never held, so it is taken back at any time.
        """
        if not self.shared_at or self.withdrawn_at:
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
