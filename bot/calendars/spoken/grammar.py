"""How the words of a phrase may be grouped: every way in which all of its tokens are used.

A phrase is a row of parts: a word of leave, a mode, "back on Monday", a stretch of time, words of politeness.
Next: `meaning.py`, which says what a row of parts means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from bot.calendars.spoken.lexicon import Lexicon
from bot.calendars.spoken.saying import Found, Saying
from bot.calendars.spoken.things import Away, EndOf, Thing
from bot.calendars.spoken.tokens import Token
from bot.domain.policy import Mode

WORDS = ("leave", "starts", "switch", "back", "not", "attend", "absent", "again", "open", "home", "parted", "prefix")
"""Roles whose phrases are a part by themselves; a verb may be parted: "falle bis Montag aus"."""
REASONS = {"sick", "child", "illness"}
"""Words of leave that say why somebody does not come in: "ill, not coming in today"."""


@dataclass(frozen=True)
class Part:
    """One part of a phrase; `kind` says which of the fields hold."""

    kind: str
    """One of `WORDS`; mode, back_on, skip, mark or dash; or a stretch of time: single, several (days or weeks that
    follow each other), from, until, range, span."""
    word: str = ""
    """Of leave: which table its word stands in. Of a span: its unit."""
    mode: Mode | None = None
    first: Thing | None = None
    last: Thing | None = None
    through: bool = False
    """The end was said to be included, so that a week or a month may be the end."""
    count: int = 0
    more: tuple[Thing, ...] = ()
    """What is listed after the first: Tuesday and Wednesday, after Monday."""
    begun: bool = False
    """A range said with "from"."""

    @property
    def is_time(self) -> bool:
        """Whether it says when."""
        return self.kind in {"single", "several", "from", "until", "range", "span", "open"}


Parsed = Iterator[tuple[Part, int]]


class Phrase(Saying):
    """One spelling of a phrase with the ways to read it."""

    def __init__(self, tokens: list[Token], lexicon: Lexicon) -> None:
        super().__init__(tokens, lexicon)
        self._parts: dict[int, list[tuple[Part, int]]] = {}

    def rows(self, at: int = 0) -> Iterator[tuple[Part, ...]]:
        """Every row of parts that uses all tokens from one on."""
        if at == len(self.tokens):
            yield ()
            return
        if not self._readable[at]:
            return
        for part, after in self.parts(at):
            for rest in self.rows(after):
                yield (part, *rest)

    @cached_property
    def _readable(self) -> list[bool]:
        """From which tokens on the rest can be read at all."""
        readable = [False] * len(self.tokens) + [True]
        for at in reversed(range(len(self.tokens))):
            readable[at] = any(readable[after] for _, after in self.parts(at))
        return readable

    # ---- parts ---------------------------------------------------------------------------

    def parts(self, at: int) -> list[tuple[Part, int]]:
        """Every part that begins at a token."""
        if at not in self._parts:
            self._parts[at] = list(dict.fromkeys(self._read_parts(at)))
        return self._parts[at]

    def _read_parts(self, at: int) -> Parsed:
        if self.kind(at) in {"mark", "smile", "dash"}:
            yield Part("dash" if self.kind(at) == "dash" else "mark"), at + 1
        for entry, after in self.take(at, *WORDS):
            yield Part(entry.role, str(entry.value or "")), after
            if entry.role == "leave" and entry.value not in REASONS:  # training day, days of leave
                yield from ((Part("leave", str(entry.value)), end) for end in self._day_behind(after))
        yield from self._because(at)
        for _, after in self.take(at, "self", "polite", "inclusive"):
            yield Part("skip"), after
        for start in self.maybe(at, "mode_prep"):
            for entry, after in self.take(start, "mode"):
                yield Part("mode", mode=Mode(str(entry.value))), after
        for _, after in self.take(at, "and"):
            yield Part("dash"), after
        for _, after in self.take(at, "from_now_on"):
            yield Part("from", first=Away(0)), after
        yield from self._stretches(at)
        yield from self._back_on(at)

    def _because(self, at: int) -> Parsed:
        """With a migraine · due to illness."""
        for _, start in self.take(at, "because"):
            for reason in self.maybe(start, "self", "the", "count"):
                for entry, after in self.take(reason, "leave"):
                    if entry.value in REASONS:
                        yield Part("leave", str(entry.value)), after

    def _day_behind(self, at: int) -> Iterator[int]:
        return (after for entry, after in self.take(at, "unit") if entry.value == "day")

    def _back_on(self, at: int) -> Parsed:
        """back on Monday · back from holiday on Monday · on Monday I am back · from holiday back on Monday."""
        for start in (*self.maybe(at, "unlike_planned"), *self._behind_back(at)):
            for _, after in self.take(start, "back"):
                for behind in (after, *self._behind_back(after)):
                    if behind != after or start != at:
                        yield Part("back"), behind
                    for more in self._before_return(behind):
                        for day, end in self._return_day(more):
                            for last in (*self.maybe(end, "unlike_planned"), *self._behind_back(end)):
                                yield Part("back_on", first=day), last
        yield from self._day_before_back(at)

    def _day_before_back(self, at: int) -> Parsed:
        """on Monday I am back · only on Friday back."""
        for early in self.maybe(at, "unlike_planned"):
            for day, after in self._return_day(early):
                for start in (*self._spoken_over(after), *self._behind_back(after)):
                    for end in self._back_again(start):
                        for behind in (end, *self._behind_back(end)):
                            yield Part("back_on", first=day), behind

    def _before_return(self, at: int) -> Iterator[int]:
        """again · earlier than planned · , already: what may stand between "back" and its day."""
        for again in self.maybe(at, "again"):
            yield again
            for planned in self.maybe(again, "unlike_planned"):
                for comma in (planned, planned + 1) if self.kind(planned) == "mark" else (planned,):
                    yield from (after for after in self.maybe(comma, "unlike_planned") if after != again)

    def _back_again(self, at: int) -> Iterator[int]:
        """back · already back · back earlier than planned."""
        for start in self.maybe(at, "unlike_planned"):
            for _, after in self.take(start, "back"):
                yield from self.maybe(after, "unlike_planned")

    def _spoken_over(self, at: int) -> Iterator[int]:
        """I am: up to two such words."""
        for once in self.maybe(at, "self"):
            yield from self.maybe(once, "self") if once != at else (at,)

    def _behind_back(self, at: int) -> Iterator[int]:
        """from holiday · after my leave: no leave of its own."""
        for _, start in self.take(at, "back_from"):
            for mine in self.maybe(start, "self", "the"):
                for _, after in self.take(mine, "leave"):
                    yield after

    def _return_day(self, at: int) -> Found:
        for start in self.maybe(at, "from"):
            for thing, after in self.things(start):
                if thing.is_day and not isinstance(thing, EndOf):
                    yield from ((thing, end) for end in self.maybe(after, "from_on"))

    def _stretches(self, at: int) -> Parsed:
        """Stretches of time: tomorrow · from Monday · until Friday · Mon–Fri · 2 weeks."""
        yield from self._spans(at)
        for thing, after in self.things(at):
            yield Part("single", first=thing), after
            for _, end in self.take(after, "from_on"):
                yield Part("from", first=thing), end
            yield from self._ranges(thing, after)
        for _, start in self.take(at, "from"):
            for thing, after in self.things(start):
                for end in self.maybe(after, "from_on"):
                    yield Part("from", first=thing), end
                yield from ((replace(part, begun=True), end) for part, end in self._ranges(thing, after))
        for _, start in self.take(at, "between"):
            for first, middle in self.things(start):
                for _, behind in self.take(middle, "and"):
                    for last, after in self.things(behind):
                        yield Part("range", first=first, last=last), after
        yield from self._ends(at)

    def _ranges(self, first: Thing, at: int) -> Parsed:
        """– Friday · to Friday · and Friday (the day after), after a beginning."""
        if self.kind(at) == "dash":
            for last, after in self.things(at + 1):
                yield Part("range", first=first, last=last), after
        for listed, after in self._listed(at):
            yield Part("several", first=first, more=listed), after
        for end, after in self._ends(at):
            yield Part("range", first=first, last=end.last, through=end.through), after

    def _listed(self, at: int) -> Iterator[tuple[tuple[Thing, ...], int]]:
        """and Tuesday · , Tuesday and Wednesday."""
        starts = [at + 1] if self.kind(at) == "mark" else [after for _, after in self.take(at, "and")]
        for start in starts:
            for thing, after in self.things(start):
                yield (thing,), after
                yield from (((thing, *rest), end) for rest, end in self._listed(after))

    def _ends(self, at: int) -> Parsed:
        """until Friday · up to and including week 8 · until the end of February · the month out."""
        for start, through in self._end_words(at):
            for last, after in self.things(start):
                yield Part("until", last=last, through=through), after
                for _, end in self.take(after, "inclusive"):
                    yield Part("until", last=last, through=True), end
        for word, start in self.take(at, "out"):
            if word.value == "before":  # ut februar (nb)
                for last, after in self._closing(start):
                    yield Part("until", last=EndOf(last)), after
        for last, after in self._closing(at):
            for word, end in self.take(after, "out"):
                if word.value == "after":  # februar ud (da)
                    yield Part("until", last=EndOf(last)), end

    def _end_words(self, at: int) -> Iterator[tuple[int, bool]]:
        for _, start in self.take(at, "until"):
            yield start, False
            yield from ((behind, True) for _, behind in self.take(start, "inclusive"))
        for _, start in self.take(at, "through"):
            yield start, True

    def _spans(self, at: int) -> Parsed:
        """2 weeks · for the next three days."""
        for start in self.maybe(at, "lasting"):
            for article in self.maybe(start, "the"):
                for begin in self.maybe(article, "next", "coming"):
                    for count, middle in self._counts(begin):
                        for entry, after in self.take(middle, "unit"):
                            yield Part("span", str(entry.value), count=count), after
        for start in self.maybe(at, "lasting"):
            for entry, after in self.take(start, "unit_one"):
                yield Part("span", str(entry.value), count=1), after
