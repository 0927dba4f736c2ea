"""A message review: a colleague reads one retold message to a patient and says of nine behaviours what they see.

The behaviours are those of the ICBT Therapist Rating Scale (Hadjistavropoulos 2018). Nobody is scored: the presenter
reads the reviews of their own message, and a group reads shares over a quarter, where enough people stand behind them
and no share tells of one of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

BEHAVIOURS = (
    "rapport",
    "seeks_feedback",
    "symptom_feedback",
    "psychoeducation",
    "understanding",
    "praise",
    "practice",
    "procedures",
    "clear",
)
MESSAGES_A_WEEK = 5
"""The lot falls on one of the first so many messages of a week; whoever wrote fewer counts on from the first."""
FEWEST_PEOPLE = 5
"""Below this no share is shown, whatever the policy says of reports."""
ON_THE_CARD = 3
_BEFORE_LOOK_OUT = "lookout."


class CaseKind(StrEnum):
    """What is presented: a case with its question, or one message that was written to a patient."""

    CASE = "case"
    MESSAGE = "message"


class Seen(StrEnum):
    """What a reviewer says of one behaviour in a message."""

    SEEN = "seen"
    GROW = "grow"
    NOT_SEEN = "not_seen"


@dataclass(frozen=True)
class Marks:
    """What one reviewer said of a message: each behaviour, and what of the look-out list they noticed."""

    behaviours: Mapping[str, Seen]
    look_out: tuple[str, ...] = ()

    def written(self) -> tuple[str, ...]:
        """As they stand in an assignment's ticked prompts: "praise=seen", "lookout.tone"."""
        told = tuple(f"{name}={self.behaviours[name].value}" for name in BEHAVIOURS if name in self.behaviours)
        return (*told, *(f"{_BEFORE_LOOK_OUT}{key}" for key in self.look_out))

    @classmethod
    def of(cls, prompts: Sequence[str]) -> Marks:
        """Read back from ticked prompts; anything else in them is left out."""
        behaviours = {}
        for prompt in prompts:
            name, _, said = prompt.partition("=")
            if name in BEHAVIOURS and said in set(Seen):
                behaviours[name] = Seen(said)
        look_out = tuple(p.removeprefix(_BEFORE_LOOK_OUT) for p in prompts if p.startswith(_BEFORE_LOOK_OUT))
        return cls(behaviours, look_out)


@dataclass(frozen=True)
class ReviewedMessage:
    """A message that was reviewed: who presented it, and the marks of its reviewers."""

    presenter: str
    reviews: tuple[tuple[str, Marks], ...]
    """By reviewer."""


@dataclass(frozen=True)
class Share:
    """In how many of the messages a behaviour was seen, or could grow: in per cent; None where nearly all or nearly
    none, because an exact figure would tell of one person.
    """

    percent: int | None
    many: bool
    """Without a figure: nearly all of them, or nearly none."""


@dataclass(frozen=True)
class GroupShares:
    """What a group reads of a quarter: the number of messages, each behaviour's shares, what its card practises."""

    messages: int
    seen: Mapping[str, Share]
    grow: Mapping[str, Share]
    card: tuple[str, ...]


def drawn_message(person: str, when: str) -> int:
    """Which message of a week a person retells, by lot: 1 to 5; the same however often it is asked for."""
    digest = hashlib.sha256(f"message lot|{person}|{when}".encode()).digest()
    return digest[0] % MESSAGES_A_WEEK + 1


def group_shares(messages: Sequence[ReviewedMessage], fewest: int = FEWEST_PEOPLE) -> GroupShares | None:
    """Shares of a group's messages; None with fewer presenters or reviewers than `fewest`, or where more than half of
    the messages are one person's.

    A behaviour counts for a message when at least half of its reviewers say so. A share is a figure only where it is
    of at least two presenters, and so is what it leaves out; else whoever knows their own could tell of another's.
    """
    messages = [each for each in messages if each.reviews]
    presenters = Counter(each.presenter for each in messages)
    reviewers = {who for each in messages for who, _ in each.reviews}
    fewest = max(fewest, FEWEST_PEOPLE)
    if min(len(presenters), len(reviewers)) < fewest or max(presenters.values()) * 2 > len(messages):
        return None
    seen = {name: _share(messages, name, Seen.SEEN) for name in BEHAVIOURS}
    grow = {name: _share(messages, name, Seen.GROW) for name in BEHAVIOURS}
    could = {name: [each.presenter for each in messages if _says(each, name, Seen.GROW)] for name in BEHAVIOURS}
    often = sorted((name for name in BEHAVIOURS if len(set(could[name])) > 1), key=lambda name: -len(could[name]))
    card = often[:ON_THE_CARD]
    return GroupShares(len(messages), seen, grow, tuple(card))


def _share(messages: Sequence[ReviewedMessage], name: str, what: Seen) -> Share:
    yes = [each.presenter for each in messages if _says(each, name, what)]
    no = [each.presenter for each in messages if not _says(each, name, what)]
    many = len(yes) > len(no)
    if len(set(yes)) < 2 or len(set(no)) < 2:
        return Share(None, many)
    return Share(round(100 * len(yes) / len(messages)), many)


def _says(message: ReviewedMessage, name: str, what: Seen) -> bool:
    said = [marks.behaviours.get(name) for _, marks in message.reviews]
    return 2 * sum(each is what for each in said) >= len(said)
