"""What people write beside the days: why they are away, which course it is, that a leave became longer or shorter.

All of it is read and none of it is kept. A reason says nothing alone: somebody must also say that they are away.
Next: `grammar.py`, which joins these parts to whole phrases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.calendars.spoken.parts import REASONS, Parsed, Part
from bot.calendars.spoken.saying import Saying

OWN = ("self", "the", "count")
"""Words before a noun: my, the, a."""


class Circumstances(Saying):
    """Why somebody is away and what became of a leave."""

    def reasons(self, at: int) -> Parsed:
        """Funeral · due to my uncle's funeral · because my daughter has a fever · moving house."""
        for start in self._because(at):
            # "moves, because of a move": only the second is no verb
            yield from (
                (replace(part, word="event") if start != at and part.word == "moving" else part, end)
                for part, end in self._events(start)
            )
            yield from self._ill_relatives(start)
            yield from self._escorts(start)
            for entry, after in self.take(start, "leave"):
                if start != at and entry.value in REASONS:
                    yield Part("leave", str(entry.value)), after
                if start != at and entry.value == "course":  # not in because of a course
                    yield Part("reason", "event"), after
        for entry, after in self.take(at, "leave"):  # "course in Leeds", "training on trauma", "holiday in Spain"
            tails = self._course_tails(after) if entry.value == "course" else self._places(after)
            if entry.value in {"course", "plain", "away"}:
                yield from ((Part("leave", str(entry.value)), end) for end in tails)
        for start in self._topics(at):
            for entry, after in self.take(start, "leave"):
                if entry.value == "course":
                    for end in (after, *self._course_tails(after)):
                        yield Part("leave", "course"), end

    def holidays_of_others(self, at: int) -> Parsed:
        """Because of the children's holidays · wegen Ferien der Kinder: why, and no second leave."""
        for start in self._because(at):
            if start == at:
                continue
            for named in (start, *self._owners(start)):
                for entry, after in self.take(named, "leave"):
                    if entry.value == "plain":
                        yield from ((Part("reason", "event"), end) for end in (after, *self._whose(after)))

    def company(self, at: int) -> Iterator[int]:
        """With the children: who else is there says nothing."""
        for _, start in self.take(at, "company"):
            for own in self._own(start):
                yield from (after for _, after in self.take(own, "kin", "child_kin"))

    def places(self, at: int) -> Parsed:
        """In Berlin, by itself: behind the days of a leave."""
        yield from ((Part("place"), after) for after in self._places(at))

    def changes(self, at: int) -> Parsed:
        """Cutting my holiday short · leave extended · feeling better: what goes with a day of return."""
        for entry, after in self.take(at, "changed", "well"):
            yield Part("changed", entry.role if entry.role == "well" else ""), after
        for _, start in self.take(at, "changed_before"):
            for own in self._own(start):
                for _, after in self.take(own, "leave"):
                    yield Part("changed"), after
                    for _, end in self.take(after, "changed_behind"):
                        yield Part("changed"), end
        for own in self._own(at):
            for _, after in self.take(own, "leave"):
                for said in self._own(after):
                    yield from ((Part("changed"), end) for _, end in self.take(said, "changed_behind"))

    def _because(self, at: int) -> Iterator[int]:
        """With or without "because of", and with "my" or "a" after it."""
        yield at
        for _, start in self.take(at, "because"):
            yield from self._own(start)

    def _own(self, at: int) -> Iterator[int]:
        """With up to two words such as "my" and "the"."""
        yield at
        for once in self.maybe(at, *OWN)[1:]:
            yield once
            yield from self.maybe(once, *OWN)[1:]

    def _events(self, at: int) -> Parsed:
        """Wedding · wedding of my sister · my sister's wedding · wedding in Leeds."""
        for owned in (at, *self._owners(at)):
            start = owned + 1 if self.kind(owned) == "number" and self.tokens[owned].ordinal else owned  # 70th birthday
            for entry, after in self.take(start, "reason"):
                for end in (after, *self._whose(after)):
                    for last in (end, *self._places(end)):
                        yield Part("reason", str(entry.value)), last

    def _owners(self, at: int) -> Iterator[int]:
        """Before what is theirs: my sister's."""
        for own in self._own(at):
            for _, after in self.take(own, "kin"):
                yield after

    def _whose(self, at: int) -> Iterator[int]:
        """Behind what is theirs: of my sister · at my parents'."""
        for of in self.maybe(at, "of", "because", "on"):
            for own in self._own(of):
                yield from (after for _, after in self.take(own, "kin"))

    def _ill_relatives(self, at: int) -> Parsed:
        """My son has a fever, my poorly son: child ill. My mother is ill, the kids are at home: a reason, no leave."""
        for own in self._own(at):
            yield from ((Part("leave", "child"), after) for _, after in self.take(own, "ill_child"))
            for role, part in (("child_kin", Part("leave", "child")), ("kin", Part("reason", "event"))):
                for _, named in self.take(own, role):
                    for has in self.maybe(named, "child_has"):
                        yield from ((Part("reason", "event"), after) for _, after in self.take(has, "home"))
                        for article in self.maybe(has, "count", "the"):
                            for entry, after in self.take(article, "leave"):
                                if entry.value in {"sick", "illness"}:
                                    yield part, after

    def _escorts(self, at: int) -> Parsed:
        """Taking my mother to hospital."""
        for _, start in self.take(at, "escort"):
            for own in self._own(start):
                for _, named in self.take(own, "kin", "child_kin"):
                    for mine in self._own(named):
                        for _, to in self.take(mine, "because", "onto"):
                            for place in self._own(to):
                                yield from ((Part("reason", "event"), after) for _, after in self.take(place, "reason"))

    def _topics(self, at: int) -> Iterator[int]:
        """What a course is about: up to two such words."""
        for _, once in self.take(at, "topic"):
            yield once
            yield from (twice for _, twice in self.take(once, "topic"))

    def _course_tails(self, at: int) -> Iterator[int]:
        """EMDR · in Leeds · on trauma in Leeds, behind a course."""
        for start in self.maybe(at, "of", "in", "on", "because"):
            for topic in self._topics(start):
                yield topic
                yield from self._places(topic)
        yield from self._places(at)

    def _places(self, at: int) -> Iterator[int]:
        """In Leeds · to Spain: a larger town, a country."""
        for start in self.maybe(at, "of", "in", "on", "because", "onto")[1:]:
            yield from (after for _, after in self.take(start, "place"))
