"""Anything in any order: submit, plan, publish, ask, review, decline, leave, take away, close, wait.

Loads are preferred to repeats here, so every plan is as even as it can be.
After every step: nobody reviews their own case, nobody sits twice on one, no case is lost, every
status agrees with its facts, log entries are exactly the closed facts, no notice went out twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.app.context import Work
from bot.app.facts.round_planning import situation
from bot.demo.clinic import GROUP, MEMBERS, ORGANISATION
from bot.demo.texts import CASES, REVIEWS
from bot.domain.assignment import Assignment
from bot.domain.case import Case, CaseStatus
from bot.domain.organisation import Group
from bot.domain.round import Round, RoundStatus
from bot.domain.second_look import SecondLook
from bot.ports.records import LogEntry, OutboxEntry
from bot.rotation.eligibility import Register
from bot.ui.inbound import Outcome, Show
from tests.gate import GateInAWorker, rules_alone
from tests.world import World, make_world

people = st.sampled_from(MEMBERS)
numbers = st.integers(0, 30)
OPTIONS = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}


class Rounds(RuleBasedStateMachine):
    """The demo clinic under random hands."""

    gate: ClassVar[GateInAWorker] = rules_alone()

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.world: World = self.do(make_world(self.gate))
        self.known: set[str] = set()

    def teardown(self) -> None:
        self.loop.close()

    def do(self, step: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(step)

    def pick(self, kind: type[Any], number: int, **conditions: Any) -> Any:
        found = self.do(self.world.find(kind, **conditions))
        return found[number % len(found)] if found else None

    def answer(self, player: Any, outcome: Outcome, values: dict[str, Any]) -> None:
        if isinstance(outcome, Show) and outcome.form.submit:
            self.do(player.send_and_confirm(outcome.form, values))

    @initialize()
    def begin(self) -> None:
        self.known = {c.id for c in self.do(self.world.find(Case))}
        self.do(self.prefer_even_loads())
        self.open_round()

    @rule()
    def open_round(self) -> None:
        player = self.world.player("s")
        self.answer(player, self.do(player.press("round.new")), {})

    @rule(key=people, number=numbers)
    def submit(self, key: str, number: int) -> None:
        player = self.world.player(key)
        text: dict[str, Any] = {**CASES[number % len(CASES)], **OPTIONS}
        self.answer(player, self.do(player.press("case.new")), text)
        self.known |= {c.id for c in self.do(self.world.find(Case))}

    @rule(number=numbers)
    def publish(self, number: int) -> None:
        round_ = self.pick(Round, number, published_at=None, cancelled_at=None)
        if round_:
            player = self.world.player("s")
            self.do(player.press("round.preview", round_.id))
            self.do(self.loads_are_even(round_.id))
            self.do(player.press("round.publish", round_.id))

    @rule(number=numbers)
    def ask_or_review(self, number: int) -> None:
        assignment = self.pick(Assignment, number, ended_at=None, submitted_at=None)
        if assignment:
            player = self.world.player(assignment.reviewer.rpartition("_")[2])
            reflection, suggestion = REVIEWS[number % len(REVIEWS)]
            values = {"question": "What came next?", "reflection": reflection, "suggestion": suggestion}
            self.answer(player, self.do(player.press("review.open", assignment.id)), values)

    @rule(number=numbers, reason=st.sampled_from(["declined", "conflict"]))
    def decline(self, number: int, reason: str) -> None:
        assignment = self.pick(Assignment, number, ended_at=None, submitted_at=None)
        if assignment:
            player = self.world.player(assignment.reviewer.rpartition("_")[2])
            self.answer(player, self.do(player.press("review.decline", assignment.id)), {"reason": (reason,)})

    @rule(number=numbers)
    def take_away(self, number: int) -> None:
        case = self.pick(Case, number, released_at__not=None, closed_at=None)
        if case:
            player = self.presenter(case)
            self.answer(player, self.do(player.press("takeaway.open", case.id)), {"takeaway": "I will write less."})

    @rule(number=numbers)
    def withdraw(self, number: int) -> None:
        case = self.pick(Case, number, closed_at=None, withdrawn_at=None)
        if case:
            self.do(self.presenter(case).press("case.withdraw", case.id))

    @rule(wanted=st.sampled_from(["off", "always"]), unseen=st.booleans())
    def second_looks(self, wanted: str, unseen: bool) -> None:
        self.do(self.ruled(second_look=wanted, second_look_unseen=unseen))

    @rule(number=numbers, end=st.sampled_from(["look.pass", "look.pass", "look.return", "look.recognise"]))
    def look(self, number: int, end: str) -> None:
        look = self.pick(SecondLook, number, ended_at=None)
        if look:
            player = self.world.player("s")
            self.do(player.press("look.open", look.id))
            self.answer(player, self.do(player.press(end, look.id)), {"telling": ("name",), "note": "Line two."})

    @rule(number=numbers)
    def change(self, number: int) -> None:
        case = self.pick(Case, number, sent_back_at__not=None, withdrawn_at=None)
        if case:
            text: dict[str, Any] = {**CASES[number % len(CASES)], **OPTIONS}
            player = self.presenter(case)
            self.answer(player, self.do(player.press("case.change", case.id)), text)

    @rule(key=people, command=st.sampled_from(["/caseload f2f", "/caseload icbt", "/caseload leave", "/caseload back"]))
    def caseload(self, key: str, command: str) -> None:
        player = self.world.player(key)
        self.answer(player, self.do(player.type(command)), {"first_day": self.world.clock.now().date().isoformat()})

    @rule(number=numbers)
    def close_round(self, number: int) -> None:
        round_ = self.pick(Round, number, published_at__not=None, closed_at=None)
        if round_:
            self.do(self.world.player("s").press("round.close", round_.id))

    @rule(days=st.sampled_from([0.1, 1, 3, 8]))
    def wait(self, days: float) -> None:
        self.do(self.world.advance(days=days))

    # ---- what always holds

    @invariant()
    def nobody_reviews_their_own_case_or_sits_twice(self) -> None:
        assignments = self.do(self.world.find(Assignment))
        authors = self.do(self.authors(sorted({s.case for s in assignments})))
        assert not [s for s in assignments if authors[s.case] == s.reviewer]
        active = Counter((s.case, s.reviewer) for s in assignments if s.active)
        assert all(count == 1 for count in active.values())

    @invariant()
    def no_case_is_lost(self) -> None:
        cases = {c.id: c for c in self.do(self.world.find(Case))}
        assert self.known <= set(cases)
        rounds = {r.id: r for r in self.do(self.world.find(Round))}
        for case in cases.values():
            status = case.status(self.world.clock.now())
            if status is CaseStatus.WAITING and case.round:
                assert rounds[case.round].status in {RoundStatus.COLLECTING, RoundStatus.ASSIGNED}
            if case.round and rounds[case.round].status is RoundStatus.CLOSED:
                assert not case.open

    @invariant()
    def nobody_holds_more_than_a_case_wants(self) -> None:
        assignments = Counter(s.case for s in self.do(self.world.find(Assignment, ended_at=None)))
        wants = {c.id: c.reviewers for c in self.do(self.world.find(Case))}
        assert all(count <= wants[case] for case, count in assignments.items())

    @invariant()
    def what_is_kept_back_goes_to_nobody_and_who_looked_reviews_nothing(self) -> None:
        looks = self.do(self.world.find(SecondLook))
        readers = {(look.case, reader) for look in looks for reader in look.readers}
        assignments = self.do(self.world.find(Assignment))
        assert not [s for s in assignments if (s.case, s.reviewer) in readers]
        cases = {c.id: c for c in self.do(self.world.find(Case))}
        assert not [s for s in assignments if cases[s.case].kept_back]
        waiting = {look.case for look in looks if look.open}
        assert waiting == {c.id for c in cases.values() if c.look_since and c.open}

    @invariant()
    def the_log_is_exactly_the_closed_facts(self) -> None:
        cases = {c.id: c for c in self.do(self.world.find(Case, closed_at__not=None))}
        assignments = [
            s for s in self.do(self.world.find(Assignment, ended_at=None)) if s.submitted_at and s.case in cases
        ]
        authors = self.do(self.authors(sorted({s.case for s in assignments})))
        facts = {f"case:{s.case}:{s.reviewer}" for s in assignments} | {f"case:{c}:{p}" for c, p in authors.items()}
        assert Counter(e.source for e in self.do(self.world.find(LogEntry))) == Counter(dict.fromkeys(facts, 1))

    @invariant()
    def no_notice_goes_out_twice(self) -> None:
        sent = Counter(message.outbox_id for _, message in self.world.platform.sent)
        assert all(count == 1 for count in sent.values())
        assert set(sent) <= {e.id for e in self.do(self.world.find(OutboxEntry))}

    @invariant()
    def no_step_of_the_ticker_broke(self) -> None:
        assert not [record for record in self.world.log.records if record[0] == "tick.failed"]

    async def prefer_even_loads(self) -> None:
        await self.ruled()

    async def ruled(self, **policy: Any) -> None:
        async with self.world.store.begin(ORGANISATION) as uow:
            await uow.save(replace(await uow.get(Group, GROUP), policy={"load_before_repeats": True, **policy}))
            await uow.commit()

    async def loads_are_even(self, id: str) -> None:
        """Nobody has done over one review more than somebody who could have taken one of theirs.

        Whoever works in the case's mode comes before an even load.
        """
        async with self.world.store.begin(ORGANISATION, write=False) as uow:
            round_ = await uow.get(Round, id)
            work = Work(uow, self.world.clock.now(), self.world.entry.tools)
            facts = await situation(work, await uow.get(Group, GROUP), round_)
            assignments = await uow.find(Assignment, round=id, ended_at=None)
        register = Register(facts.instance)
        taken = {(s.case, s.reviewer) for s in assignments}
        load = Counter(s.reviewer for s in assignments)
        tenths = {m.id: m.balance + 10 * load[m.id] for m in register.members.values()}
        fits = {(c.id, m.id): bool(c.tags & m.tags) for c in register.cases.values() for m in register.members.values()}
        for case in register.cases.values():
            if register.wants_experience(case):
                continue
            for other in register.members.values():
                free = load[other.id] < other.room and not register.reasons(case, other)
                if free and (case.id, other.id) not in taken:
                    likewise = [r for c, r in taken if c == case.id and fits[case.id, r] <= fits[case.id, other.id]]
                    assert all(tenths[r] - tenths[other.id] <= 10 for r in likewise)

    def presenter(self, case: Case) -> Any:
        person = self.do(self.authors([case.id]))[case.id]
        return self.world.player(person.rpartition("_")[2])

    async def authors(self, cases: list[str]) -> Any:
        async with self.world.store.begin(ORGANISATION, write=False) as uow:
            return await uow.presenters(cases)


QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


class ShortRounds(Rounds.TestCase):  # type: ignore[misc, valid-type]  # made by hypothesis
    settings = settings(max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=QUIET)


@pytest.mark.slow
class LongRounds(Rounds.TestCase):  # type: ignore[misc, valid-type]  # made by hypothesis
    settings = settings(max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=QUIET)
