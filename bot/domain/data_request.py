"""A request that needs a second person: to export or erase what is stored about somebody, or another act of weight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import Refusal

OPEN_FOR = timedelta(days=14)
"""So long a request waits for a second person, and an export that was agreed to can be fetched."""

ALONE_AFTER = timedelta(days=7)
"""A change of who guards the rule takes effect so long after it was told, where nobody else could agree to it."""


class DataAct(StrEnum):
    """What is asked for."""

    EXPORT = "export"
    ERASE = "erase"
    SIGN_IN_LINK = "sign_in_link"
    END_AGREEMENT = "end_agreement"
    FORGET_KEYS = "forget_keys"
    UNMASK = "unmask"
    RULE_OFF = "rule_off"
    NEW_OFFICER = "new_officer"
    OFFICER_ENDS = "officer_ends"
    OFFICER_ADDRESS = "officer_address"
    NEW_WORKSPACE = "new_workspace"


WEAKENING = frozenset(
    {DataAct.RULE_OFF, DataAct.NEW_OFFICER, DataAct.OFFICER_ENDS, DataAct.OFFICER_ADDRESS, DataAct.NEW_WORKSPACE}
)
"""Steps after which one person alone could be both: the rule ends, or who could agree is somebody else."""

STEPS = WEAKENING | {DataAct.SIGN_IN_LINK, DataAct.END_AGREEMENT, DataAct.FORGET_KEYS, DataAct.UNMASK}
"""Where the organisation's rules ask for a second person; the others always do. Whoever asked takes them."""


class DataReason(StrEnum):
    """Why; a list instead of words, so that nothing of a case can be written there."""

    REQUEST = "request"
    DUTY = "duty"
    MISTAKE = "mistake"
    DOCUMENTED = "documented"


class SecondPersonNeeded(Refusal):
    """Nobody agrees to their own request, nor to one about themselves."""


class NoSecondPerson(Refusal):
    """There is no other data-protection officer or administrator who could agree."""


class RequestOver(Refusal):
    """The request was carried out, taken back, or its time is over."""


@dataclass(frozen=True)
class DataRequest:
    """A request under way; the record goes when it is carried out or taken back, the audit trail keeps that it was.

    `about` is the id of a person or of a case, for some steps of a clinic or the organisation, of somebody new their
    e-mail; `act` and `reason` are words of `DataAct` and `DataReason`. `detail` is what would hold after it (roles, an
    address): what is agreed to is that and no other. `confirmed_at`: whoever asks said on a page that it is them; None
    while the shell only named them.
    """

    id: str
    organisation: str
    act: str
    about: str
    reason: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    agreed_by: str | None = None
    agreed_at: datetime | None = None
    confirmed_at: datetime | None = None
    detail: str = ""
    version: int = 0

    def confirm(self, person: str, now: datetime) -> DataRequest:
        """Whom the shell named says that they ask. Raises RequestOver for anybody else."""
        if person != self.asked_by or self.expires_at <= now:
            raise RequestOver
        return replace(self, confirmed_at=self.confirmed_at or now)

    def agree(self, person: str, now: datetime) -> DataRequest:
        """Agreed to by a second person. Raises SecondPersonNeeded, RequestOver."""
        if self.agreed_at or self.expires_at <= now:
            raise RequestOver
        if person in {self.asked_by, self.about}:
            raise SecondPersonNeeded
        return replace(self, agreed_by=person, agreed_at=now)
