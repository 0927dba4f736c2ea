"""An excerpt that presenter and reviewers keep for others to learn from, with everybody's consent and a second look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import Refusal


class ExemplarOver(Refusal):
    """An excerpt that was taken back, or that nobody proposed, takes no further step."""


class ExemplarThere(Refusal):
    """One excerpt of a case is proposed or kept at a time."""


class NotForLearning(Refusal):
    """An excerpt is proposed of a case that closed after its reviews, while its text is kept and the policy has it."""


@dataclass(frozen=True)
class Exemplar:
    """Proposed by the presenter of a closed case; its text lies under a key of its own, the record's id.

    `agreed` are the assignments whose reviewers agreed; `looked_at` is when a supervisor let it pass. It is read by
    its group while it is kept: everybody who reads the case agreed, a supervisor looked, and nobody took it back.
    `behaviours` are keys of the prompts, `themes` of the list of themes; `mode` and `language` are the case's.
    `stepped_out` are readers who recognised the patient: it is open to them no more.
    """

    id: str
    organisation: str
    group: str
    case: str
    mode: str
    language: str
    proposed_at: datetime
    themes: tuple[str, ...] = ()
    behaviours: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()
    looked_at: datetime | None = None
    withdrawn_at: datetime | None = None
    version: int = 0
    stepped_out: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the group reads it."""
        return self.looked_at is not None and self.withdrawn_at is None

    def missing(self, asked: Collection[str]) -> set[str]:
        """Of the assignments whose reviewers are asked those who have not agreed."""
        return set(asked) - set(self.agreed)

    def agree(self, assignment: str) -> Exemplar:
        """A reviewer of the case agrees; twice is once."""
        self.must_stand()
        return self if assignment in self.agreed else replace(self, agreed=(*self.agreed, assignment))

    def keep(self, now: datetime) -> Exemplar:
        """A supervisor looked at it and lets it pass."""
        self.must_stand()
        return self if self.looked_at else replace(self, looked_at=now)

    def step_out(self, person: str) -> Exemplar:
        """A reader recognises the patient; twice is once."""
        return replace(self, stepped_out=tuple(dict.fromkeys((*self.stepped_out, person))))

    def withdraw(self, now: datetime) -> Exemplar:
        """Anybody of its case takes it back, at any time and without a reason."""
        self.must_stand()
        return replace(self, withdrawn_at=now)

    def must_stand(self) -> None:
        """Refuse by name a step about an excerpt that was taken back."""
        if self.withdrawn_at:
            raise ExemplarOver
