"""How days and stretches are said: each rule reads one at a token and gives it with the token after it.

A rule gives every way it can read, because the same words may be grouped in several: "7–9" is two weeks after "week"
and two days before "February". The languages share the rules and differ in the tables (`words/*.toml`).
Next: `grammar.py`, which joins these to whole phrases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.calendars.spoken.lexicon import Entry, Lexicon
from bot.calendars.spoken.months import EndOf, Month, MonthAway, RestOf, RestOfMonth
from bot.calendars.spoken.things import (
    DAY_OFF,
    Away,
    DayInWeek,
    DayOfMonth,
    DayOfYear,
    EasterDay,
    FullDate,
    Holiday,
    Thing,
    Week,
    WeekAway,
    Weekday,
    Weekend,
    WeekOf,
    WeekPair,
    day_of,
)
from bot.calendars.spoken.tokens import Token

LEAP_YEAR = 2028
"""Has every day that a date without a year may name."""

Found = Iterator[tuple[Thing, int]]


class Saying:
    """One spelling of a phrase, and the days that are said in it."""

    def __init__(self, tokens: list[Token], lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.lexicon = lexicon
        self._entries = [lexicon.phrases_at(tokens, at) for at in range(len(tokens))] + [[]]
        self._roles = [{entry.role for entry, _ in entries} for entries in self._entries]
        self._things: dict[int, list[tuple[Thing, int]]] = {}

    # ---- words ---------------------------------------------------------------------------

    def take(self, at: int, *roles: str) -> Sequence[tuple[Entry, int]]:
        """Phrases of the tables with one of the roles."""
        if self._roles[at].isdisjoint(roles):
            return ()
        return [found for found in self._entries[at] if found[0].role in roles]

    def maybe(self, at: int, *roles: str) -> Sequence[int]:
        """With or without such a phrase."""
        return (at, *[after for _, after in self.take(at, *roles)])

    def kind(self, at: int) -> str:
        """The kind of a token, "" behind the last."""
        return self.tokens[at].kind if at < len(self.tokens) else ""

    # ---- things: days, weeks, months -----------------------------------------------------

    def things(self, at: int) -> list[tuple[Thing, int]]:
        """Every day or stretch said in one piece that begins at a token."""
        if at not in self._things:
            self._things[at] = list(dict.fromkeys(self._read_things(at)))
        return self._things[at]

    def _read_things(self, at: int) -> Found:
        for start in self.maybe(at, "on"):
            for behind in self.maybe(start, "the"):
                yield from self._days(behind)
                yield from self._weekends(behind)
        for start in self.maybe(at, "in", "on"):
            for behind in self.maybe(start, "the"):
                yield from self._weeks(behind)
                yield from self._months(behind)
                yield from self._whole(behind)
                yield from self._weekends(behind)
        for _, start in self.take(at, "end_of"):
            yield from ((EndOf(thing), after) for thing, after in self._closing(start))
        for entry, after in self.take(at, "end_word"):
            yield EndOf(RestOf(str(entry.value))), after
        for _, start in self.take(at, "week_of"):
            yield from (
                (WeekOf(day), after)
                for day, after in self.things(start)
                if isinstance(day, DayOfYear | FullDate) or (isinstance(day, DayOfMonth) and day.marked)
            )
        yield from self._ahead(at)

    def _days(self, at: int) -> Found:
        for entry, after in self.take(at, "away"):
            yield Away(int(entry.value)), after
        yield from self._dates(at, None)
        yield from self._weekdays(at)
        yield from self._days_of_weeks(at)
        token = self.tokens[at] if at < len(self.tokens) else None
        if token and token.kind == "number" and 1 <= token.values[0] <= 31 and not self._after_week(at):
            yield DayOfMonth(token.values[0], self._marked(at)), at + 1
        for entry, after in self.take(at, "nth"):
            yield DayOfMonth(int(entry.value), True), after
        for entry, after in self.take(at, "holiday"):
            month, day = divmod(int(entry.value), 100)
            yield Holiday(day, month), after
        for entry, after in self.take(at, "easter_day"):
            yield EasterDay(0, 0, days=int(entry.value)), after

    def _marked(self, at: int) -> bool:
        before = any(after == at for back in range(max(0, at - 2), at) for _, after in self.take(back, "the", "d"))
        return self.tokens[at].ordinal or before

    def _weekdays(self, at: int) -> Found:
        for said in ("", "this", "coming", "next", "last"):
            starts = [at] if not said else [after for _, after in self.take(at, said)]
            for start in starts:
                for entry, after in self.take(start, "weekday"):
                    yield Weekday(int(entry.value), said), after
                    if said == "coming" or not said:
                        yield from (
                            (Weekday(int(entry.value), "coming"), end) for _, end in self.take(after, "coming_after")
                        )
                    for begin in self._between(after):
                        yield from self._dates(begin, int(entry.value))
                        yield from self._numbered(begin, int(entry.value))

    def _numbered(self, at: int, weekday: int) -> Found:
        """Mon 25: the weekday makes the number a day."""
        token = self.tokens[at] if at < len(self.tokens) else Token("")
        if token.kind == "number" and 1 <= token.values[0] <= 31 and not self._dutch_date(at):
            yield DayOfMonth(token.values[0], True, weekday), at + 1

    def _between(self, at: int) -> Iterator[int]:
        """What may stand between a weekday and its date: a comma, on, the."""
        for comma in (at, at + 1) if self.kind(at) == "mark" else (at,):
            for on in self.maybe(comma, "on", "d"):
                yield from self.maybe(on, "the")

    def _days_of_weeks(self, at: int) -> Found:
        """Friday next week · Friday of week 7 · next week Friday · week 7, Monday."""
        for entry, after in self.take(at, "weekday"):
            for of in self._between(after):
                for start in self.maybe(of, "of", "in"):
                    for the in self.maybe(start, "the"):
                        for week, end in self._weeks(the):
                            if not isinstance(week, WeekPair):
                                yield DayInWeek(week, int(entry.value)), end
        for week, after in self._weeks(at):
            if isinstance(week, WeekPair):
                continue
            for start in self._between(after):
                for entry, end in self.take(start, "weekday"):
                    yield DayInWeek(week, int(entry.value)), end

    def _dates(self, at: int, weekday: int | None) -> Found:
        """12.2. · 12/2/2027 · 12 February · February 12th, 2027; its weekday may also stand behind a comma."""
        for day, month, year, after in self._figures(at):
            whole = day_of(year or LEAP_YEAR, month, day)
            if whole is None:
                continue
            ends = [(weekday, after)]
            if weekday is None and self.kind(after) == "mark":
                ends += [(int(entry.value), end) for entry, end in self.take(after + 1, "weekday")]
            for said, end in ends:
                yield (FullDate(whole, said) if year else DayOfYear(day, month, said)), end

    def _figures(self, at: int) -> Iterator[tuple[int, int, int | None, int]]:
        """Day, month and year as they stand, whether or not the calendar has them."""
        token = self.tokens[at] if at < len(self.tokens) else Token("")
        if token.kind == "date":
            day, month, year = token.values
            yield day, month, year, at + 1
        if token.kind == "day_month":
            for year_said, after in self._years(at + 1):
                yield token.values[0], token.values[1], year_said, after
        if self._dutch_date(at):
            yield token.values[0], self.tokens[at + 2].values[0], None, at + 3
        yield from self._named(at)

    @property
    def impossible(self) -> bool:
        """Whether figures name a day that no calendar has, wherever they stand."""
        named = (figures for at in range(len(self.tokens)) for figures in self._figures(at))
        return any(day_of(year or LEAP_YEAR, month, day) is None for day, month, year, _ in named)

    def _dutch_date(self, at: int) -> bool:
        """12-2 is a date in Dutch; before a month's name it is two days."""
        if self.lexicon.language != "nl" or [self.kind(at + n) for n in range(3)] != ["number", "dash", "number"]:
            return False
        return self.tokens[at + 2].values[0] <= 12 and not any(self.take(at + 3, "months"))

    def _named(self, at: int) -> Iterator[tuple[int, int, int | None, int]]:
        """12 February · the 12th of February 2027 · February 12."""
        for day, after in self._day_numbers(at):
            for of in self.maybe(after, "of"):
                for entry, end in self.take(of, "months", "months_dated"):
                    for year, behind in self._years(end):
                        yield day, int(entry.value), year, behind
            yield from self._dashed(day, after)
        for entry, after in self.take(at, "months", "months_dated"):
            for the in self.maybe(after, "the"):
                for day, end in self._day_numbers(the):
                    for year, behind in self._years(end):
                        yield day, int(entry.value), year, behind

    def _dashed(self, day: int, at: int) -> Iterator[tuple[int, int, int | None, int]]:
        """-jan-2027 · /jan, behind a number."""
        if not self._tight_dash(at):
            return
        for entry, after in self.take(at + 1, "months", "months_dated"):
            yield day, int(entry.value), None, after
            if self._tight_dash(after) and self.kind(after + 1) == "year":
                yield day, int(entry.value), self.tokens[after + 1].values[0], after + 2

    def _tight_dash(self, at: int) -> bool:
        return self.kind(at) == "dash" and self.tokens[at].tight

    def _day_numbers(self, at: int) -> Iterator[tuple[int, int]]:
        if self.kind(at) == "number":
            yield self.tokens[at].values[0], at + 1
        for entry, after in self.take(at, "nth"):
            yield int(entry.value), after

    def _years(self, at: int) -> Iterator[tuple[int | None, int]]:
        """With or without a year behind, after a comma or not."""
        yield None, at
        start = at + 1 if self.kind(at) == "mark" and self.kind(at + 1) == "year" else at
        if self.kind(start) == "year":
            yield self.tokens[start].values[0], start + 1

    def _weeks(self, at: int) -> Iterator[tuple[Week | WeekAway | WeekPair, int]]:
        for entry, after in self.take(at, "week_away"):
            yield WeekAway(int(entry.value)), after
        if self.kind(at) == "iso_week":
            yield Week(*self.tokens[at].values), at + 1
        for _, after in self.take(at, "weekword"):
            start = after + 1 if self.kind(after) == "mark" else after
            yield from self._week_pair(start)
            for number, end in self._counts(start):
                if 1 <= number <= 53:
                    yield from ((Week(number, year), behind) for year, behind in self._week_years(end))
        for number, end in self._nth_weeks(at):
            yield from ((Week(number, year), behind) for year, behind in self._week_years(end))
        # A later week of a row leaves its word out: "week 7–9", "uge 7 og 8".
        if self.kind(at) == "number" and 1 <= self.tokens[at].values[0] <= 53 and self._after_week(at):
            yield from ((Week(self.tokens[at].values[0], year), end) for year, end in self._week_years(at + 1))

    def _week_pair(self, at: int) -> Iterator[tuple[WeekPair, int]]:
        """29/30 behind the word for a week: two weeks that follow each other."""
        if self.kind(at) == "day_month" and "/" in self.tokens[at].text:
            first, second = self.tokens[at].values
            if 1 <= first < second == first + 1 <= 53:
                yield from ((WeekPair(first, year), end) for year, end in self._week_years(at + 1))

    def _nth_weeks(self, at: int) -> Iterator[tuple[int, int]]:
        """7. KW · the first of "7. bis 8. KW", which leaves its word out."""
        if self.kind(at) != "number" or not self.tokens[at].ordinal:
            return
        number = self.tokens[at].values[0]
        for entry, after in self.take(at + 1, "weekword_after"):
            if int(entry.value) <= number <= 53:
                yield number, after
        seconds = [at + 2] if self.kind(at + 1) == "dash" else []
        seconds += [after for _, after in self.take(at + 1, "until", "through", "and")]
        if 1 <= number <= 53 and any(True for second in seconds for _ in self._nth_weeks(second)):
            yield number, at + 1

    def _week_years(self, at: int) -> Iterator[tuple[int | None, int]]:
        for start in self.maybe(at, "of", "in"):
            yield from ((year, after) for year, after in self._years(start) if year or start == at)
        if self.kind(at) == "other" and self.tokens[at].text == "/" and self.kind(at + 1) == "year":  # week 29/2027
            yield self.tokens[at + 1].values[0], at + 2

    def _after_week(self, at: int) -> bool:
        """Whether a week with its word stands before the word, dash or comma in front of this number."""
        for number in range(max(0, at - 5), at):
            if self.kind(number) != "number" or not (self._after_weekword(number) or self._after_week(number)):
                continue
            if self.kind(number + 1) in {"dash", "mark"} and number + 2 == at:
                return True
            if any(after == at for _, after in self.take(number + 1, "until", "through", "and")):
                return True
        return False

    def _after_weekword(self, at: int) -> bool:
        starts = range(max(0, at - 3), at)
        return any(after == at for start in starts for _, after in self.take(start, "weekword"))

    def _weekends(self, at: int) -> Found:
        for said in ("", "this", "coming", "next"):
            starts = [at] if not said else [after for _, after in self.take(at, said)]
            for start in starts:
                for _, after in self.take(start, "weekend"):
                    yield Weekend(said), after
                    for of in self.maybe(after, "of", "in"):
                        for week, end in self._weeks(of):
                            if not isinstance(week, WeekPair):
                                yield Weekend(week=week), end

    def _months(self, at: int) -> Iterator[tuple[Month | MonthAway, int]]:
        """July · the month of July · July month · next month; beside a number a name belongs to a date."""
        for entry, after in self.take(at, "month_away"):
            yield MonthAway(int(entry.value)), after
        if at and self.kind(at - 1) == "number":
            return
        for start in (at, *self._month_words(at)):
            for entry, after in self.take(start, "months"):
                if self.kind(after) != "number":
                    for behind in (after, *self._month_words(after)):
                        yield from ((Month(int(entry.value), year), end) for year, end in self._years(behind))

    def _month_words(self, at: int) -> Iterator[int]:
        """The word "month" beside a month's name."""
        for entry, after in self.take(at, "unit", "unit_the"):
            if entry.value == "month":
                yield from self.maybe(after, "of")

    def _whole(self, at: int) -> Found:
        """The whole of July · all next week · the rest of the week."""
        for _, start in self.take(at, "whole"):
            for the in self.maybe(start, "the", "in"):
                for thing, after in self._months(the):
                    yield replace(thing, whole=True), after
                yield from self._weeks(the)
                yield from self._weekends(the)
                for entry, after in self.take(the, "unit", "unit_the"):
                    if entry.value == "week":
                        yield WeekAway(0), after
        for _, start in self.take(at, "rest"):
            yield from self._this_unit(start)
            for the in self.maybe(start, "the"):
                yield from ((RestOfMonth(m), after) for m, after in self._months(the) if isinstance(m, Month))

    def _ahead(self, at: int) -> Found:
        """In two weeks · two weeks from now · two weeks ago."""
        for start in self.maybe(at, "before_ago"):
            for count, unit, after in self._amounts(start):
                yield from ((Away(-count, unit), end) for _, end in self.take(after, "ago"))
        for _, start in self.take(at, "ago_before"):
            yield from ((Away(-count, unit), after) for count, unit, after in self._amounts(start))
        for _, start in self.take(at, "in_away"):
            yield from ((Away(count, unit), after) for count, unit, after in self._amounts(start))
        for count, unit, after in self._amounts(at):
            yield from ((Away(count, unit), end) for _, end in self.take(after, "from_now"))

    def unlike_planned(self, at: int) -> Iterator[int]:
        """Earlier than planned · a day later · instead of Monday: what may stand beside a day of return."""
        yield at
        yield from (after for _, after in self.take(at, "unlike_planned"))
        for _, _, start in self._amounts(at):
            yield from (after for _, after in self.take(start, "compared"))
        for _, start in self.take(at, "instead_of"):
            yield from (after for thing, after in self.things(start) if thing.is_day)

    def _amounts(self, at: int) -> Iterator[tuple[int, str, int]]:
        for count, middle in self._counts(at):
            for entry, after in self.take(middle, "unit"):
                yield count, unit_of(entry), after
        for entry, after in self.take(at, "unit_one"):
            yield 1, str(entry.value), after

    # ---- lengths and ends --------------------------------------------------------------

    def _closing(self, at: int) -> Found:
        """What may end: a week, a month by name, this week or month."""
        for start in self.maybe(at, "the"):
            yield from ((week, after) for week, after in self._weeks(start))
            yield from ((month, after) for month, after in self._months(start))
            yield from self._this_unit(start)

    def _this_unit(self, at: int) -> Found:
        for start in self.maybe(at, "this_unit"):
            for entry, after in self.take(start, "unit", "unit_the"):
                if entry.value in {"week", "month", "year"}:
                    yield RestOf(str(entry.value)), after

    def _counts(self, at: int) -> Iterator[tuple[int, int]]:
        if self.kind(at) == "number" and not self.tokens[at].ordinal:
            yield self.tokens[at].values[0], at + 1
        for entry, after in self.take(at, "count"):
            yield int(entry.value), after


def unit_of(entry: Entry) -> str:
    """The unit a word stands for; a day off is a day."""
    return "day" if entry.value == DAY_OFF else str(entry.value)
