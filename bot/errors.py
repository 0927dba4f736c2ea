"""Named refusals.

A refusal is an answer, not a failure: the class name is the key of the sentence a person reads
(`bot/ui/strings`), its docstring is the rule for developers. Everything a user may run into derives
from `Refusal`; everything that is wrong with an installation derives from `SetupError` and carries
a full English sentence that says what is wrong, where, and what to do.
"""

from __future__ import annotations


class IntervisionError(Exception):
    """Root of every error this program raises on purpose."""


class SetupError(IntervisionError):
    """The installation is wrong (configuration, keys, database); the message is one clear sentence."""


class Refusal(IntervisionError):
    """A request that a rule forbids; `values` fill the placeholders of its sentence (never case text)."""

    def __init__(self, **values: object) -> None:
        super().__init__(type(self).__name__)
        self.values = values

    @property
    def key(self) -> str:
        """The class name in snake_case, e.g. `cannot_review_own_case`; looked up as `refusal.<key>`."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class NotDone(Refusal):
    """A step of administration that cannot be done as asked; `why` is its sentence, in English as in the shell."""
