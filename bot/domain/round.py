"""A round: one pass of collecting cases, assigning reviewers, publishing, reviewing, closing.

The status is computed from what happened, never stored beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.policy import Policy
from bot.domain.series import PhaseDays
from bot.errors import Refusal


class RoundStatus(StrEnum):
    """Where a round stands (DOMAIN.md section 3)."""

    COLLECTING = "collecting"
    ASSIGNED = "assigned"
    REVIEWING = "reviewing"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class RoundNotCollecting(Refusal):
    """A case joins a round only while the round collects cases."""


class RoundNotAssigned(Refusal):
    """A round is published only after its plan was made and can be previewed."""


class RoundAlreadyPublished(Refusal):
    """The plan of a published round is changed case by case, not planned anew."""


class RoundEnded(Refusal):
    """A closed or cancelled round takes no changes."""


@dataclass(frozen=True)
class Round:
    """One pass. All moments are aware UTC; `seed` breaks ties of the plan, the same seed gives the same plan.

    `series` and `occurrence` name the recurring plan it came from; both empty for a one-off round.
    `clarify_days`, `review_days` and `takeaway_days` are this round's own working days for a phase; None: the policy's.
    `left_out` get no review in this round and `caps` replaces what a person may hold in it: the supervisor tried both
    in the preview and kept them. `asked` were asked to present because cases were missing, `passed` answered "not this
    time" (person ids). `urgent` is a round of one case that could not wait: nobody was invited to present in it.
    `kind` is "message" where members are asked to retell a message (`message_review.CaseKind`).
    """

    id: str
    organisation: str
    group: str
    opened_at: datetime
    collect_until: datetime
    publish_at: datetime
    seed: int
    series: str | None = None
    occurrence: date | None = None
    number: int = 0
    clarify_days: int | None = None
    review_days: int | None = None
    takeaway_days: int | None = None
    asked: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    caps: Mapping[str, int] = field(default_factory=dict)
    planned_at: datetime | None = None
    published_at: datetime | None = None
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    version: int = 0
    urgent: bool = False
    kind: str = "case"

    def days(self, policy: Policy) -> PhaseDays:
        """Working days of each phase of this round."""
        own = {"clarify": self.clarify_days, "review": self.review_days, "takeaway": self.takeaway_days}
        return replace(PhaseDays.of(policy), **{phase: days for phase, days in own.items() if days is not None})

    @property
    def status(self) -> RoundStatus:
        """Computed from the moments."""
        if self.cancelled_at:
            return RoundStatus.CANCELLED
        if self.closed_at:
            return RoundStatus.CLOSED
        if self.published_at:
            return RoundStatus.REVIEWING
        return RoundStatus.ASSIGNED if self.planned_at else RoundStatus.COLLECTING

    @property
    def open(self) -> bool:
        """Neither closed nor cancelled."""
        return self.status not in {RoundStatus.CLOSED, RoundStatus.CANCELLED}

    def ask(self, people: Iterable[str]) -> Round:
        """These people were asked to present."""
        return replace(self, asked=tuple(dict.fromkeys((*self.asked, *people))))

    def pass_on(self, person: str) -> Round:
        """ "Not this time": somebody else is asked; it is neither rewarded nor held against anybody."""
        if self.status is not RoundStatus.COLLECTING:
            raise RoundNotCollecting
        return replace(self, passed=tuple(dict.fromkeys((*self.passed, person))))

    def take_up(self, person: str) -> Round:
        """Who passed can present after all, until the plan is made."""
        if self.status is not RoundStatus.COLLECTING:
            raise RoundNotCollecting
        return replace(self, passed=tuple(each for each in self.passed if each != person))

    def plan(self, now: datetime) -> Round:
        """The plan was made (or made again); nobody but supervisors sees it yet."""
        self.must_be_unpublished()
        return replace(self, planned_at=now)

    def keep(self, left_out: Iterable[str], caps: Mapping[str, int]) -> Round:
        """The supervisor's own caps and absences for this round, instead of those kept before."""
        self.must_be_unpublished()
        return replace(self, left_out=tuple(sorted(left_out)), caps=dict(sorted(caps.items())))

    def reopen(self) -> Round:
        """Back to collecting: the plan is thrown away before anyone saw it."""
        self.must_be_unpublished()
        return replace(self, planned_at=None)

    def publish(self, now: datetime) -> Round:
        """The plan becomes real; reviewers are told."""
        self.must_be_unpublished()
        if not self.planned_at:
            raise RoundNotAssigned
        return replace(self, published_at=now)

    def close(self, now: datetime) -> Round:
        """The last case is done, or a supervisor ends the round."""
        self.must_be_open()
        return replace(self, closed_at=now)

    def cancel(self, now: datetime) -> Round:
        """The round does not take place; its cases wait for the next one. A published round is closed instead."""
        self.must_be_unpublished()
        return replace(self, cancelled_at=now)

    def must_be_unpublished(self) -> None:
        """Refuse by name a step about a round whose plan is public or that ended."""
        self.must_be_open()
        if self.published_at:
            raise RoundAlreadyPublished

    def must_be_open(self) -> None:
        """Refuse by name a step about a round that was closed or cancelled."""
        if not self.open:
            raise RoundEnded
