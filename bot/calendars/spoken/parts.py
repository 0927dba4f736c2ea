"""The parts that a phrase is cut into: a word of leave, a mode, a stretch of time, why somebody is away, and so on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.calendars.spoken.things import Thing
from bot.domain.policy import Mode

WORDS = (
    *("leave", "starts", "switch", "back", "not", "attend", "absent", "again", "open", "home", "parted", "prefix"),
    *("ends", "begins", "copula", "bound_prefix", "no_cases", "works"),
)
"""Roles whose phrases are a part by themselves; a verb may be parted: "falle bis Montag aus"."""
REASONS = {"sick", "child", "illness"}
"""Words of leave that say why somebody does not come in: "ill, not coming in today"."""


@dataclass(frozen=True)
class Part:
    """One part of a phrase; `kind` says which of the fields hold."""

    kind: str
    """One of `WORDS`; mode, back_on, reason, place, since, changed, unlike, change, by, onto, so, skip, mark or dash;
    more (so much longer than it was); not_before (a day before which somebody is not there);
    or a stretch of time: single, several (days or weeks that follow each other), from, until, range, span."""
    word: str = ""
    """Of leave: which table its word stands in. Of a span: its unit. Of a reason or a change: its kind.
    Of ends and begins: "day" for "the last day of my leave", "parted" for a verb with its prefix behind ("hört auf").
    Of from: "begins" where a verb says it."""
    mode: Mode | None = None
    first: Thing | None = None
    last: Thing | None = None
    through: bool = False
    """The end was said to be included, so that a week or a month may be the end."""
    count: int = 0
    more: tuple[Thing, ...] = ()
    """What is listed after the first: Tuesday and Wednesday, after Monday."""
    begun: bool = False
    """A range said with "from"; a span said to go on from there ("and ten days ahead")."""

    @property
    def is_time(self) -> bool:
        """Whether it says when."""
        return self.kind in {"single", "several", "from", "until", "range", "span", "open"}


Parsed = Iterator[tuple[Part, int]]
