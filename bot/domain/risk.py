"""A hold: who raised a risk concern about a case, and what became of the alert. Never clinical detail.

DOMAIN.md section 5: this is not an emergency channel; the record says who, when, acknowledged.
What it must not know: how a message is sent (`bot/app/steps/alerts.py`); which clocks stand still (`steps/holds.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.errors import Refusal


class HoldOver(Refusal):
    """The hold was already released or the case withdrawn."""


class NotOnHold(Refusal):
    """Only the presenter of a case with a standing risk concern can be looked up."""


class OwnCaseConcerned(Refusal):
    """Who presented the case does not decide about its hold as long as another supervisor can."""


class RaisedItYourself(Refusal):
    """Whoever raised a concern does not end it alone as long as another supervisor can."""


class TakesPartInCase(Refusal):
    """Who reviews a case or raised its concern does not look its presenter up while a supervisor without a part can."""


class HoldOrigin(StrEnum):
    """Where a hold came from."""

    SUBMISSION = "submission"
    CONCERN = "concern"


class UnmaskReason(StrEnum):
    """Why a supervisor looks up who presents a held case; a key, so that no clinical detail enters the audit trail."""

    REACH = "reach"
    COVER = "cover"
    DUTY = "duty"
    DOCUMENTED = "documented"


class ReadReason(StrEnum):
    """Why a supervisor opens the text of a case they take no part in; a key, for the same reason."""

    RISK = "risk"
    CONDUCT = "conduct"
    SUPPORT = "support"
    DOCUMENTED = "documented"


@dataclass(frozen=True)
class Hold:
    """One risk concern; no case yet when raised at submission.

    `clinic` is where the presenter works: its duty supervisor is alerted first. `called` are the people alerted so
    far, in order; the last one has `alerted_at + risk_acknowledgement_minutes` to take it on. `undelivered_at` is
    when an alert was last found not to have arrived anywhere; `exhausted_at` when nobody was left to alert.
    """

    id: str
    organisation: str
    case: str | None
    origin: str
    clinic: str
    raised_by: str
    raised_at: datetime
    called: tuple[str, ...] = ()
    alerted_at: datetime | None = None
    undelivered_at: datetime | None = None
    exhausted_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    released_by: str | None = None
    released_at: datetime | None = None
    version: int = 0

    @property
    def alerted(self) -> str | None:
        """The person whose answer is waited for."""
        return self.called[-1] if self.called else None

    @property
    def waiting(self) -> bool:
        """Nobody has taken it on yet."""
        return not (self.acknowledged_at or self.released_at)

    def call(self, person: str, now: datetime) -> Hold:
        """The next person is alerted; whether that arrives is not known yet."""
        return replace(self, called=(*self.called, person), alerted_at=now, exhausted_at=None)

    def not_delivered(self, now: datetime) -> Hold:
        """The alert to the person called last reached them nowhere."""
        return replace(self, undelivered_at=now)

    def exhaust(self, now: datetime) -> Hold:
        """Everybody who could be alerted was."""
        return replace(self, exhausted_at=now)

    def acknowledge(self, person: str, now: datetime) -> Hold:
        """A supervisor took it on; the first one counts."""
        if self.released_at:
            raise HoldOver
        return self if self.acknowledged_at else replace(self, acknowledged_by=person, acknowledged_at=now)

    def release(self, person: str, now: datetime) -> Hold:
        """Only a supervisor releases a hold (checked by the command's roles)."""
        if self.released_at:
            raise HoldOver
        return replace(self, released_by=person, released_at=now)
