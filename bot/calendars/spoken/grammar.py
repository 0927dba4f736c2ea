"""How the words of a phrase may be grouped: every way in which all of its tokens are used.

A phrase is a row of parts: a word of leave, a mode, "back on Monday", a stretch of time, words of politeness.
Next: `meaning.py`, which says what a row of parts means.
"""

from __future__ import annotations

from calendar import MONDAY
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from bot.calendars.spoken.circumstances import Circumstances
from bot.calendars.spoken.lexicon import Entry, Lexicon
from bot.calendars.spoken.months import EndOf, Month
from bot.calendars.spoken.parts import REASONS, WORDS, Parsed, Part
from bot.calendars.spoken.saying import Found, unit_of
from bot.calendars.spoken.things import Away, DayOfMonth, Thing, Weekday
from bot.calendars.spoken.tokens import Token
from bot.domain.policy import Mode

SKIP = Part("skip")


class Phrase(Circumstances):
    """One spelling of a phrase with the ways to read it."""

    def __init__(self, tokens: list[Token], lexicon: Lexicon) -> None:
        super().__init__(tokens, lexicon)
        self._parts: dict[int, list[tuple[Part, int]]] = {}

    def rows(self, most: int) -> list[tuple[Part, ...]]:
        """Every row of parts that uses all tokens; more than `most` if there are more than that.

        Words that say nothing may be grouped in many ways: side by side they are one part.
        """
        behind: list[dict[tuple[Part, ...], None]] = [{} for _ in self.tokens] + [{(): None}]
        for at in reversed(range(len(self.tokens))):
            if at not in self._reached:
                continue
            for part, after in self.parts(at):
                for rest in behind[after]:
                    said_nothing = part == SKIP and rest[:1] == (SKIP,)
                    behind[at][rest if said_nothing else (part, *rest)] = None
                    if len(behind[at]) > most:
                        break
        return list(behind[0])

    @cached_property
    def _reached(self) -> set[int]:
        """The tokens that parts lead to from the first one on; nothing is looked for behind a word that is in none."""
        reached = {0}
        for at in range(len(self.tokens)):
            if at in reached:
                reached.update(after for _, after in self.parts(at))
        return reached if len(self.tokens) in reached else set()

    @cached_property
    def _requested(self) -> bool:
        """Whether a colleague is asked to enter it: then a question mark says no doubt."""
        return any(not {"request", "you"}.isdisjoint(roles) for roles in self._roles)

    @cached_property
    def _changing(self) -> bool:
        """Whether a verb of changing stands anywhere: then "could you" may stand apart from it."""
        return any("change" in roles for roles in self._roles)

    @cached_property
    def _denied(self) -> bool:
        """Whether somebody says where they are not: then "Thursday or Friday" is both of them."""
        said = any(not {"not", "absent"}.isdisjoint(roles) for roles in self._roles)
        leave = any(
            entry.role == "leave" and entry.value not in REASONS for found in self._entries for entry, _ in found
        )
        return said and not leave

    @cached_property
    def _resumed(self) -> bool:
        """Whether somebody may say that they come again: "komme erst am 20. wieder"."""
        return all(any(role in roles for roles in self._roles) for role in ("attend", "again"))

    # ---- parts ---------------------------------------------------------------------------

    def parts(self, at: int) -> list[tuple[Part, int]]:
        """Every part that begins at a token."""
        if at not in self._parts:
            self._parts[at] = list(dict.fromkeys(self._read_parts(at)))
        return self._parts[at]

    def _read_parts(self, at: int) -> Parsed:
        yield from self._marks(at)
        yield from self._words(at)
        for _, start in self.take(at, "the"):  # der Urlaub, the leave
            yield from ((Part("leave", str(entry.value)), after) for entry, after in self.take(start, "leave"))
            yield from self._modes(start)
        yield from self.reasons(at)
        yield from self.changes(at)
        yield from self.places(at)
        yield from self.holidays_of_others(at)
        yield from ((SKIP, after) for after in self.company(at))
        silent = ("self", "polite", "inclusive", "request", *(("you",) if self._changing else ()))
        if not self._before_a_day(at):
            yield from ((SKIP, after) for _, after in self.take(at, *silent))
        for start in self.maybe(at, "mode_prep"):
            yield from self._modes(start)
        for _, after in self.take(at, "and"):
            yield Part("dash"), after
        for entry, after in self.take(at, "so", "also"):
            yield Part(entry.role), after
        for _, after in self.take(at, "from_now_on"):
            yield Part("from", first=Away(0)), after
        for _, start in self.take(at, "since"):
            yield from ((Part("since", first=thing), after) for thing, after in self.things(start) if thing.is_day)
            for entry, after in self.take(start, "weekday_past"):
                yield Part("since", first=Weekday(int(entry.value))), after
        yield from ((Part("since", first=Away(0)), after) for _, after in self.take(at, "since_today"))
        for _, start in self.take(at, "before"):
            yield from ((Part("not_before", first=day), after) for day, after in self._return_day(start))
        if self._resumed:
            yield from ((Part("unlike"), after) for _, after in self.take(at, "unlike_planned"))
        yield from self._stretches(at)
        yield from self._back_on(at)
        yield from self._changes(at)

    def _words(self, at: int) -> Parsed:
        """Phrases that are a part by themselves."""
        changed = max((after for _, after in self.take(at, "change")), default=at)
        for entry, after in self.take(at, *WORDS):
            if entry.role == "leave" and after < changed:
                continue  # the "break" of "break off my leave"
            yield Part(entry.role, str(entry.value or "")), after
            if entry.role == "leave" and entry.value not in REASONS:  # training day, days of leave
                yield from ((Part("leave", str(entry.value)), end) for end in self._day_behind(after))

    def _modes(self, at: int) -> Parsed:
        """iCBT · f2f time."""
        for entry, after in self.take(at, "mode"):
            mode = Part("mode", mode=Mode(str(entry.value)))
            yield mode, after
            behind = after + 1 if self.kind(after) == "dash" else after  # "iKBT-Phase"
            yield from ((mode, end) for _, end in self.take(behind, "mode_spell"))

    def _marks(self, at: int) -> Parsed:
        if self.kind(at) == "dash":
            yield Part("dash"), at + 1
        asked = self.kind(at) == "other" and self.tokens[at].text == "?" and self._requested
        if asked or self.kind(at) in {"mark", "smile"}:
            yield Part("mark"), at + 1

    def _changes(self, at: int) -> Parsed:
        """extend · to 8–12 Feb · by a week · two days later: what changes a leave that is entered."""
        for entry, after in self.take(at, "change"):
            yield Part("change", str(entry.value)), after
        for _, start in self.take(at, "onto"):
            for thing, after in self.things(start):
                yield Part("onto", first=thing), after
                yield from ((replace(part, kind="onto"), end) for part, end in self._ranges(thing, after))
        for start in self.maybe(at, "by"):
            for count, unit, after in self._amounts(start):
                if start != at:
                    yield Part("by", unit, count=count), after
                for entry, end in self.take(after, "compared"):
                    yield _by(entry, count, unit), end
        for entry, said in self.take(at, "compared"):  # back by a week
            for start in self.maybe(said, "by"):
                yield from ((_by(entry, count, unit), after) for count, unit, after in self._amounts(start))

        yield from self._more(at)

    def _more(self, at: int) -> Parsed:
        """another week · three more days · two days longer: so much longer than it was."""
        for start in self.maybe(at, "lasting"):
            for _, said in self.take(start, "more_before"):
                for count, unit, after in (*self._amounts(said), *self._one_unit(said)):
                    for end in self.maybe(after, "more"):
                        yield Part("more", unit, count=count), end
            for count, middle in self._counts(start):
                for _, said in self.take(middle, "more"):
                    for entry, after in self.take(said, "unit"):
                        yield Part("more", unit_of(entry), count=count), after
            for count, unit, after in self._amounts(start):
                yield from ((Part("more", unit, count=count), end) for _, end in self.take(after, "more"))

    def _one_unit(self, at: int) -> Iterator[tuple[int, str, int]]:
        """A unit without its number, behind "another"."""
        yield from ((1, unit_of(entry), after) for entry, after in self.take(at, "unit"))

    def _before_a_day(self, at: int) -> bool:
        """Whether a word that says nothing elsewhere is "before" here: Danish "før torsdag"."""
        return any(self._return_day(after) for _, after in self.take(at, "before"))

    def _day_behind(self, at: int) -> Iterator[int]:
        return (after for entry, after in self.take(at, "unit") if entry.value == "day")

    def _back_on(self, at: int) -> Parsed:
        """back on Monday · back from holiday on Monday · on Monday I am back · from holiday back on Monday."""
        for start in (*self.unlike_planned(at), *self._behind_back(at)):
            for _, after in self.take(start, "back"):
                for behind in (after, *self._behind_back(after)):
                    if behind != after or start != at:
                        yield Part("back"), behind
                    for more in self._before_return(behind):
                        for day, end in self._return_day(more):
                            for last in (*self.unlike_planned(end), *self._behind_back(end)):
                                yield Part("back_on", first=day), last
        yield from self._day_before_back(at)
        yield from self._not_back_before(at)

    def _not_back_before(self, at: int) -> Parsed:
        """not back until Monday · not until Monday back: back on Monday."""
        for _, start in self.take(at, "not"):
            for said in self._spoken_over(start):
                for back in (said, *self._back_again(said)):
                    for _, before in self.take(back, "not_before"):
                        for day, after in self._return_day(before):
                            for end in [after] if back != said else self._back_again(after):
                                for last in self.unlike_planned(end):
                                    yield Part("back_on", first=day), last

    def _day_before_back(self, at: int) -> Parsed:
        """on Monday I am back · only on Friday back."""
        for early in (*self.unlike_planned(at), *self._behind_back(at)):
            for day, after in self._return_day(early):
                for start in (*self._spoken_over(after), *self._behind_back(after)):
                    for end in self._back_again(start):
                        for behind in (end, *self._behind_back(end)):
                            yield Part("back_on", first=day), behind

    def _before_return(self, at: int) -> Iterator[int]:
        """again · earlier than planned · , already: what may stand between "back" and its day."""
        for again in self.maybe(at, "again"):
            yield again
            for planned in self.unlike_planned(again):
                for comma in (planned, planned + 1) if self.kind(planned) in {"mark", "dash"} else (planned,):
                    yield from (after for after in self.unlike_planned(comma) if after != again)

    def _back_again(self, at: int) -> Iterator[int]:
        """back · already back · again back · back earlier than planned."""
        for start in self.unlike_planned(at):
            for again in self.maybe(start, "again"):
                for _, after in self.take(again, "back"):
                    yield from self.unlike_planned(after)

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
        for start in self.maybe(at, "from", "begins"):
            for thing, after in self.things(start):
                if thing.is_day and not isinstance(thing, EndOf):
                    yield from ((thing, end) for end in self.maybe(after, "from_on"))
        for _, start in self.take(at, "since"):  # back since today
            yield from ((thing, after) for thing, after in self.things(start) if thing == Away(0))
        for _, start in self.take(at, "back_from"):  # after the weekend
            for the in self.maybe(start, "the"):
                yield from ((Weekday(MONDAY), after) for _, after in self.take(the, "weekend"))

    def _stretches(self, at: int) -> Parsed:
        """Stretches of time: tomorrow · from Monday · until Friday · Mon–Fri · 2 weeks."""
        yield from self._spans(at)
        for thing, after in self.things(at):
            yield Part("single", first=thing), after
            for _, end in self.take(after, "from_on"):
                yield Part("from", first=thing), end
            yield from self._ranges(thing, after)
        for entry, start in self.take(at, "from", "begins"):
            said = "begins" if entry.role == "begins" else ""
            for thing, after in self.things(start) if entry.value not in {"day", "parted"} else ():
                for end in self.maybe(after, "from_on"):
                    yield Part("from", said, first=thing), end
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
            dated = self._tight_dash(at) and isinstance(first, DayOfMonth)  # 12-jan is one day
            for last, after in self.things(at + 1):
                if not (dated and isinstance(last, Month)):
                    yield Part("range", first=first, last=last), after
        for listed, after in self._listed(at):
            yield Part("several", first=first, more=listed), after
        for end, after in self._ends(at):
            yield Part("range", first=first, last=end.last, through=end.through), after

    def _listed(self, at: int) -> Iterator[tuple[tuple[Thing, ...], int]]:
        """and Tuesday · , Tuesday and Wednesday."""
        starts = [at + 1] if self.kind(at) == "mark" else [after for _, after in self.take(at, "and")]
        if self._denied:
            starts += [after for _, after in self.take(at, "or_not")]
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
                            for _, end in self.take(after, "lasting_after"):
                                yield Part("span", str(entry.value), count=count, begun=True), end
        for start in self.maybe(at, "lasting"):
            for entry, after in self.take(start, "unit_one"):
                yield Part("span", str(entry.value), count=1), after
            yield from self._next_fortnight(start)

    def _next_fortnight(self, at: int) -> Parsed:
        """The next fortnight: from today on; "next week" is another."""
        for the in self.maybe(at, "the"):
            for _, begin in self.take(the, "next", "coming"):
                for entry, after in self.take(begin, "unit"):
                    if entry.value == "fortnight":
                        yield Part("span", "fortnight", count=1), after


def _by(entry: Entry, count: int, unit: str) -> Part:
    """So much earlier or later; `begun` where the word says so only beside a verb that does ("push back a week")."""
    return Part(
        "by", unit, count=-count if entry.value == "earlier" else count, through=True, begun=entry.value == "either"
    )
