"""A year of the demo clinic pressed through the real commands, with everything in it that changes a number.

Two groups, of which some people are in both; rounds from collecting to the takeaway; reviews in time, late, declined
and never; leave that is moved, by the person and by a supervisor; a closure; switches of mode; half a post;
corrections, withdrawn entries, signatures and one taken back; a risk concern; a leaving.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from bot.admin.context import AdminContext
from bot.admin.people import group, join_group, leave_group, remove_person
from bot.admin.rules import set_policy
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import GROUP, START, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Membership
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ports.records import LeaveEntry, LogEntry
from bot.ui.inbound import Done, Outcome, Refused, Say, Show
from tests.app.closure_steps import close
from tests.app.log_steps import GROUP_OF_FOUR, sign_everything
from tests.world import World

KIEL = ZoneInfo("Europe/Berlin")
FIRST = START.date()
EVENING = "Evening group"
TEXT = {
    "title": "Silent since the fourth part", "programme": "Depression", "background": "Writes less and less.",
    "key_question": "How do I write so that the door stays open?",
}  # fmt: skip
OPTIONS = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",), "guessable": ("yes",)}
MINIMUM = 3
TAKEN_ON = (720, 61, 2400, None, 45, 5401)
"""Seconds from each concern to its being taken on."""
Step = Callable[[], Awaitable[None]]


class PressedYear:
    """Plays from Monday 18 January 2027 on; `done` counts what was really done, by its kind."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world, self.chance = world, chance
        self.done: Counter[str] = Counter()
        self._steps: list[tuple[datetime, int, Step]] = []
        self.admin = AdminContext(
            world.store, world.clock, world.tools, SignInService(world.store, world.clock, world.tools)
        )
        self.groups: dict[str, str] = {}
        self._number = count()
        self._next_concern = FIRST

    async def play(self, weeks: int, looks: Step) -> None:
        """`looks` runs once in about four weeks, between two steps."""
        await self._begin()
        for week in range(weeks):
            for each, begins in ((GROUP, week % 2 == 0), (self.groups[EVENING], week % 4 == 1)):
                if begins:
                    self.at(7 * week, 9, partial(self._round, each))
            if week % 4 == 3:
                self.at(7 * week + self.chance.randrange(7), 18, looks)
        self._plans()
        end = self._moment(7 * weeks, 8)
        while self._steps and self._steps[0][0] < end:
            moment, _, step = heapq.heappop(self._steps)
            await self._until(moment)
            await step()
        await self._until(end)

    def at(self, day: int, hour: int, step: Step) -> None:
        heapq.heappush(self._steps, (self._moment(day, hour), next(self._number), step))

    def later(self, days: int, hour: int, step: Step) -> None:
        self.at((self.today - FIRST).days + days, hour, step)

    @property
    def today(self) -> date:
        return self.world.clock.now().astimezone(KIEL).date()

    def _moment(self, day: int, hour: int) -> datetime:
        return datetime.combine(FIRST + timedelta(days=day), time(hour), KIEL)

    async def _until(self, moment: datetime) -> None:
        if moment > self.world.clock.now():
            await self.world.advance(seconds=(moment - self.world.clock.now()).total_seconds())

    def _count(self, what: str, outcome: Outcome) -> bool:
        good = isinstance(outcome, Done | Say | Show)
        self.done[what if good else f"{what} refused"] += 1
        return good

    # ---- the frame

    async def _begin(self) -> None:
        made = await group(self.admin, "", EVENING, "Europe/Berlin")
        self.groups[EVENING] = made[0].id
        for key in "bdfgs":
            await join_group(self.admin, "", f"{key}@demo.example", EVENING)
        await set_policy(self.admin, "", "", "", {"report_minimum_group": MINIMUM})

    def _plans(self) -> None:
        plan: list[tuple[int, int, Step]] = [
            (10, 10, lambda: self._typed("b", "f2f")),
            (100, 10, lambda: self._typed("b", "icbt")),
            (40, 10, lambda: self._typed("g", f"blended from {self._say(50)} to {self._say(95)}")),
            (20, 11, lambda: self._typed("c", f"leave from {self._say(24)} to {self._say(45)}")),
            (30, 11, lambda: self._moved("c", "c", 24, 37)),
            (60, 12, lambda: self._entered("d", 70, 150)),
            (110, 12, lambda: self._moved("s", "d", 70, 131)),
            (200, 12, lambda: self._typed("a", f"leave from {self._say(210)} to {self._say(230)}")),
            (205, 12, lambda: self._given_up("a")),
            (80, 13, lambda: self._closed("cli_lund", 84, 90)),
            (81, 13, lambda: self._closed("cli_kiel", 339, 351)),
            (120, 10, lambda: self._half("e", 50, 126)),
            (240, 10, lambda: self._half("e", 80, 250)),
            (170, 10, lambda: self._out_of("g", EVENING)),
            (220, 10, lambda: self._into("g", EVENING)),
            (320, 10, self._gone),
        ]
        for day, hour, step in plan:
            self.at(day, hour, step)
        for week in range(2, 50, 3):
            self.at(7 * week + 2, 15, self._by_hand)
            self.at(7 * week + 4, 15, self._corrected)
        for week in (8, 21, 34, 47):
            self.at(7 * week + 3, 16, self._signed)
            self.at(7 * week + 4, 16, self._taken_back)

    def _say(self, day: int) -> str:
        return f"{FIRST + timedelta(days=day):%d %b %Y}"

    # ---- rounds

    async def _round(self, of: str) -> None:
        supervisor = self.world.player("s")
        form = await supervisor.open("round.new")
        if not self._count("rounds", await supervisor.send(form, {"group": (of,)})):
            return
        await self.world.advance(minutes=1)
        (round_,) = await self.world.find(Round, group=of, published_at=None, closed_at=None, cancelled_at=None)
        members = sorted({m.person for m in await self.world.find(Membership, group=of) if m.holds_on(self.today)})
        for person in self.chance.sample(members, min(3, len(members))):
            await self._present(person, of)
        if self.chance.random() < 0.4:
            await self.world.player(_key(self.chance.choice(members))).press("round.pass", round_.id)
        await supervisor.open("round.preview", round_.id)
        if not self._count("published", await supervisor.press("round.publish", round_.id)):
            await supervisor.press("round.cancel", round_.id)
            return
        await self.world.settle()
        for assignment in await self.world.find(Assignment, round=round_.id, ended_at=None):
            self._reviewing(assignment)
        for case in await self.world.find(Case, round=round_.id):
            self.later(self.chance.choice((9, 11, 15)), 14, partial(self._takeaway, case))
            self.later(2, 12, partial(self._concern, case))

    async def _present(self, person: str, of: str) -> None:
        player = self.world.player(_key(person))
        outcome = await player.press("case.new")
        if isinstance(outcome, Refused):
            return
        form = await player.open("case.new")
        values: dict[str, str | tuple[str, ...]] = {**TEXT, **OPTIONS}
        if any(field.name == "group" for field in form.fields):
            values["group"] = (of,)
        _, sent = await player.send_and_confirm(form, values)
        self._count("cases", sent)

    def _reviewing(self, assignment: Assignment) -> None:
        what = self.chance.choice(("in time",) * 7 + ("late", "late", "never", "declined"))
        self.done[what] += 1
        day = {"in time": self.chance.choice((3, 4)), "late": self.chance.choice((8, 9)), "declined": 1}.get(what)
        if what == "declined":
            self.later(1, 11, lambda: self._decline(assignment))
        elif day:
            self.later(day, 10, lambda: self._review(assignment))

    async def _review(self, assignment: Assignment) -> None:
        player = self.world.player(_key(assignment.reviewer))
        if isinstance(await player.press("review.open", assignment.id), Refused):
            return
        form = await player.open("review.open", assignment.id)
        if any(field.name == "reflection" for field in form.fields):
            _, sent = await player.send_and_confirm(form, {"reflection": "It reads warm.", "suggestion": "Ask less."})
            self._count("reviews", sent)

    async def _decline(self, assignment: Assignment) -> None:
        player = self.world.player(_key(assignment.reviewer))
        outcome = await player.press("review.decline", assignment.id)
        if not isinstance(outcome, Refused):
            form = await player.open("review.decline", assignment.id)
            self._count("declines", await player.send(form, {"reason": ("declined",)}))
            for made in await self.world.find(Assignment, case=assignment.case, ended_at=None, submitted_at=None):
                if made.assigned_at == self.world.clock.now():
                    self._reviewing(made)

    async def _takeaway(self, case: Case) -> None:
        async with self.world.store.begin(case.organisation, write=False) as uow:
            presenter = await uow.presenter(case.id)
        player = self.world.player(_key(presenter))
        outcome = await player.press("takeaway.open", case.id)
        if not isinstance(outcome, Refused) and self.chance.random() < 0.7:
            form = await player.open("takeaway.open", case.id)
            used = ("A",) if self.done["takeaways"] % 2 else ()
            _, sent = await player.send_and_confirm(form, {"takeaway": "Ask one question only.", "used": used})
            self._count("takeaways", sent)

    async def _concern(self, case: Case) -> None:
        """Every eighth week at most; taken on at once, late or never."""
        if self.done["concerns"] == len(TAKEN_ON) or self.today < self._next_concern:
            return
        held = await self.world.find(Assignment, case=case.id, ended_at=None)
        first = next((each for each in held if each.reviewer != person_id("s")), None)
        if first is None:
            return
        player, supervisor = self.world.player(_key(first.reviewer)), self.world.player("s")
        if isinstance(await player.press("risk.raise", case.id), Refused):
            return
        await player.send(await player.open("risk.raise", case.id), {})
        (hold,) = await self.world.find(Hold, case=case.id)
        seconds = TAKEN_ON[self.done["concerns"]]
        self.done["concerns"] += 1
        self._next_concern = self.today + timedelta(weeks=7)
        if seconds:
            await self.world.advance(seconds=seconds)
            self._count("taken on", await supervisor.press("risk.acknowledge", hold.id))
            await self.world.advance(hours=3)
            self._count("releases", await supervisor.press("risk.release", hold.id))

    # ---- plans of people

    async def _typed(self, key: str, words: str) -> None:
        self._count("typed", await self.world.player(key).type(f"/caseload {words}"))

    async def _entered(self, key: str, first: int, last: int) -> None:
        form = await self.world.player("s").open("caseload.leave", person_id(key))
        days = {"first_day": self._iso(first), "last_day": self._iso(last), "own_cases": ("keep",), "cover": ()}
        self._count("leave entered", await self.world.player("s").send(form, days))

    async def _moved(self, by: str, key: str, first: int, last: int) -> None:
        (leave,) = await self.world.find(LeaveEntry, person=person_id(key), cancelled_at=None)
        form = await self.world.player(by).open("caseload.leave.change", leave.id)
        days = {"first_day": self._iso(first), "last_day": self._iso(last)}
        self._count("leave moved", await self.world.player(by).send(form, days))

    async def _given_up(self, key: str) -> None:
        (leave,) = await self.world.find(LeaveEntry, person=person_id(key), cancelled_at=None)
        self._count("leave given up", await self.world.player(key).press("caseload.back", leave.id))

    async def _closed(self, clinic: str, first: int, last: int) -> None:
        self._count("closures", await close(self.world, clinic, self._iso(first), self._iso(last)))

    async def _half(self, key: str, percent: int, first: int) -> None:
        form = await self.world.player(key).open("caseload.work")
        values = {"fte": str(percent), "fte_from": self._iso(first), "practising_since": ""}
        self._count("shares", await self.world.player(key).send(form, values))

    async def _out_of(self, key: str, name: str) -> None:
        await leave_group(self.admin, "", f"{key}@demo.example", name)
        self.done["left a group"] += 1

    async def _into(self, key: str, name: str) -> None:
        await join_group(self.admin, "", f"{key}@demo.example", name)

    async def _gone(self) -> None:
        await remove_person(self.admin, "", "f@demo.example")
        self.done["left the service"] += 1

    def _iso(self, day: int) -> str:
        return (FIRST + timedelta(days=day)).isoformat()

    # ---- the log

    async def _by_hand(self) -> None:
        key, day = self.chance.choice("abcdegs"), self.today - timedelta(days=self.chance.randrange(20))
        kind = self.chance.choice(("individual", "group", "live", "peer"))
        values = {
            **GROUP_OF_FOUR, "day": day.isoformat(), "type": (kind,), "members": (), "learning_point": "",
            "medium": (self.chance.choice(("in_person", "video", "phone")),), "themes": (),
            "role": (self.chance.choice(("presenter", "reviewer", "supervisor")),),
            "minutes": self.chance.choice(("30", "45", "60", "90", "120")),
            "group_size": "2" if kind == "individual" else self.chance.choice(("3", "4", "7", "9", "14")),
            "documented": self.chance.choice((("yes",), ())),
            "supervisor": self.chance.choice(("Dr. Eva Lind, specialist", "Dr. Eva Lind", "Ove Krog", "")),
        }  # fmt: skip
        player = self.world.player(key)
        self._count("by hand", await player.send(await player.open("log.add"), values))

    async def _corrected(self) -> None:
        """Minutes of a round's entry, or the day of one made by hand; every third is taken out."""
        latest = {e.corrects or e.id: e for e in await self.world.find(LogEntry, order=("recorded_at",))}
        entry = self.chance.choice([e for e in latest.values() if not e.withdrawn and _key(e.person) != "f"])
        player = self.world.player(_key(entry.person))
        if self.chance.random() < 0.3:
            self._count("withdrawn", await player.press("log.withdraw", entry.id))
            return
        form = await player.open("log.correct", entry.id)
        values: dict[str, str | tuple[str, ...]] = {"minutes": self.chance.choice(("25", "40", "55"))}
        if any(field.name == "day" for field in form.fields):
            moved = max(entry.day - timedelta(days=9), FIRST)
            values |= {
                "day": moved.isoformat(), "type": (entry.type,), "medium": (entry.medium,),
                "group_size": str(entry.group_size),
            }  # fmt: skip
        self._count("corrected", await player.send(form, values))

    async def _signed(self) -> None:
        for key in "ab":
            await sign_everything(self.world, of=key)
            self.done["signed"] += 1

    async def _taken_back(self) -> None:
        mine = await self.world.find(LogEntry, signed_by=person_id("s"), order=("day",))
        self._count("signature taken back", await self.world.player("s").press("log.sign.back", mine[-1].id))


def _key(person: str) -> str:
    return person.removeprefix(person_id(""))
