"""Attacks on anonymity by what is not said: swap who presents or reviews, and compare all that the other side gets.

Two worlds differ in one person only. Whatever that person's peers can see, open, be told or be refused must be equal
to the letter in both: then no counter, order, day, language, clinic, platform, mark or name can tell them apart.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.anonymise import AnonText
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Closure, Group
from bot.domain.person import Person
from bot.ui.inbound import Done, Invalid, Refused, Say
from bot.ui.model import Form, Row, plain
from storage.memory import MemoryStore
from storage.memory.work import MemoryWork
from tests.app.risk import ANSWERS, TEXTS, chats, scene, words_of
from tests.gate import GateInAWorker, rules_alone
from tests.privacy.seen import PRESENTERS, all_seen, lay, staged

CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
COUNTER = re.compile(r"\b\d+\s*(/|of|von|af|av|van)\s*\d+\b")


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """The gate; nothing here goes through it."""
    return rules_alone()


# ---- swapping --------------------------------------------------------------------------------


async def test_a_reviewer_cannot_tell_who_presents(gate: GateInAWorker) -> None:
    views = []
    for presenter in PRESENTERS:
        at = await staged(gate, presenter, ("b", "e"))
        views.append([await all_seen(at.world, at.reviewer, at, at.assignment)])
        await at.world.advance(days=3)
        views[-1].append(await all_seen(at.world, at.reviewer, at, at.assignment))
        await lay(at.world, at.case, "review", at.assignment)
        await at.world.advance(hours=1)
        views[-1].append(await all_seen(at.world, at.reviewer, at, at.assignment))
    for other in views[1:]:
        assert other == views[0]


async def test_not_even_by_the_closed_days_of_one_clinic(gate: GateInAWorker) -> None:
    """Aarhus closes for two weeks: a case from there is clarified as long as one from Kiel."""
    days = []
    for presenter in ("a", "f"):
        world = (await chats(gate)).world
        first, last = date(2027, 1, 18), date(2027, 1, 29)
        async with world.store.begin(ORGANISATION) as uow:
            await uow.add(Closure("clo_1", ORGANISATION, "cli_aarhus", first, last, "Closed"))
            await uow.commit()
        days.append((await scene(world, presenter)).case.clarify_until)
    assert days[0] == days[1]


async def test_a_presenter_cannot_tell_who_reviews(gate: GateInAWorker) -> None:
    views = []
    for reviewers in (("b", "e"), ("d", "c"), ("f", "g")):
        at = await staged(gate, "a", reviewers)
        views.append([await all_seen(at.world, at.presenter, at, None)])
        for assignment in await at.world.find(Assignment, case=at.case.id, order=("letter",)):
            await lay(at.world, at.case, "review", assignment)
        await at.world.advance(days=9)
        views[-1].append(await all_seen(at.world, at.presenter, at, None))
    for other in views[1:]:
        assert other == views[0]


async def test_reviewers_cannot_tell_each_other(gate: GateInAWorker) -> None:
    views = []
    for second in ("c", "d", "f"):
        at = await staged(gate, "a", ("b", second))
        (other,) = [s for s in await at.world.find(Assignment, case=at.case.id) if s.id != at.assignment.id]
        await at.world.advance(days=3)
        for assignment in (at.assignment, other):
            await lay(at.world, at.case, "review", assignment)
        views.append(await all_seen(at.world, at.reviewer, at, at.assignment))
    assert views[0] == views[1] == views[2]


async def test_two_cases_of_one_author_share_nothing_a_peer_sees(gate: GateInAWorker) -> None:
    """The second case by the same presenter or by another: the reviewer's view of it is the same."""
    views = []
    for second in ("a", "c"):
        place = await chats(gate)
        at = await scene(place.world, "a", ("b", "e"))
        async with place.world.store.begin(ORGANISATION) as uow:
            met = {"met": 1 if second == "a" else 0}  # b reviews for a already
            copy = replace(at.case, id="case_two", code="ZZ-222", version=0)
            await uow.add(copy, replace(at.assignment, id="assignment_two", case="case_two", version=0, why=met))
            await uow.set_presenter("case_two", person_id(second))
            await uow.put_text("case_two", "case", {"title": AnonText.from_store("Another")})
            await uow.commit()
        assignment = (await place.world.find(Assignment, id="assignment_two"))[0]
        views.append(await all_seen(place.world, at.reviewer, replace(at, case=copy), assignment))
    assert views[0] == views[1]


# ---- counters, times, marks ------------------------------------------------------------------


async def test_nothing_moves_for_others_while_one_reviewer_works(gate: GateInAWorker) -> None:
    """Opening, writing, sending, stepping out: presenter and fellow reviewer see no trace before the release."""
    at = await staged(gate, "a", ("b", "e"))
    (other,) = [s for s in await at.world.find(Assignment, case=at.case.id) if s.id != at.assignment.id]
    fellow = at.world.player("e")
    await at.world.advance(days=3)
    before = await all_seen(at.world, at.presenter, at, None), await all_seen(at.world, fellow, at, other)
    await at.reviewer.press("review.open", at.assignment.id)
    await lay(at.world, at.case, "review", at.assignment)
    await at.world.settle()
    after = await all_seen(at.world, at.presenter, at, None), await all_seen(at.world, fellow, at, other)
    assert after == before


async def test_a_supervisor_who_takes_part_cannot_tell_whose_letter_is_whose(gate: GateInAWorker) -> None:
    """They plan the round and read who reviews; neither the order of the names nor "late" leads to a letter."""
    rows = []
    for first, second in (("b", "e"), ("e", "b")):
        at = await staged(gate, "s", (first, second))
        await lay(at.world, at.case, "review", at.assignment)
        async with at.world.store.begin(ORGANISATION) as uow:
            stored = await uow.get(Assignment, at.assignment.id)
            await uow.save(replace(stored, late=True))
            await uow.commit()
        said = await at.world.player("s").press("round.show", at.case.round or "")
        assert isinstance(said, Say)
        shown = [b for b in said.card.body if isinstance(b, Row)]
        rows.append([plain(row.line) for row in shown])
        assert not [row for row in shown if "late" in repr(row)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 2


async def test_stepping_out_shows_nobody_that_and_why(gate: GateInAWorker) -> None:
    at = await staged(gate, "a", ("b", "e"))
    before = await all_seen(at.world, at.presenter, at, None)
    assert isinstance(await at.reviewer.press("review.recognise", at.assignment.id), Done)
    await at.world.settle()
    assert await all_seen(at.world, at.presenter, at, None) == before
    ended = (await at.world.find(Assignment, id=at.assignment.id))[0]
    for card in (*at.world.inbox("s"), await at.world.player("s").home()):
        assert str(ended.end_reason) not in repr(card).casefold()


async def test_no_time_no_counter_no_platform_in_what_peers_read(gate: GateInAWorker) -> None:
    at = await staged(gate, "d", ("b", "e"))
    await at.world.advance(days=3)
    for player, assignment in ((at.reviewer, at.assignment), (at.presenter, None)):
        for outcome in await all_seen(at.world, player, at, assignment):
            form = getattr(outcome, "form", None)
            if not isinstance(form, Form):
                continue
            said = words_of(form)
            assert not CLOCK.search(said), said
            assert not COUNTER.search(said), said
            assert not re.search(r"slack|teams|browser|edited", said.casefold()), said


# ---- refusals and their cost -----------------------------------------------------------------


async def test_a_foreign_case_is_refused_like_one_that_does_not_exist_at_the_same_cost(
    gate: GateInAWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work done for an answer is counted instead of timed: the same look-ups take the same time."""
    at = await staged(gate, "a", ("b", "e"))
    made: Counter[str] = Counter()
    for name in ("get", "find", "one", "count", "presenter", "cases_of", "texts", "sealed"):
        monkeypatch.setattr(MemoryWork, name, counted(getattr(MemoryWork, name), name, made))
    bystander = at.world.player("f")
    await bystander.home()  # that somebody was seen today is written once
    for key, real in [
        *((k, at.case.id) for k in ("case.page", "case.reviews", "takeaway.open", "question.open", "risk.raise")),
        *((k, at.assignment.id) for k in ("review.open", "review.decline", "review.recognise", "why")),
    ]:
        costs, answers = [], []
        for subject in (real, "nowhere_at_all"):
            made.clear()
            outcome = await bystander.press(key, subject)
            costs.append(dict(made))
            assert isinstance(outcome, Refused)
            answers.append((outcome.key, outcome.text))
        assert answers[0] == answers[1], key
        assert costs[0] == costs[1], key


def counted(original: Any, name: str, made: Counter[str]) -> Any:
    async def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        made[name] += 1
        return await original(self, *args, **kwargs)

    return called


async def test_no_log_line_and_no_message_record_names_a_person_beside_their_case(gate: GateInAWorker) -> None:
    at = await staged(gate, "a", ("b", "e"))
    await at.world.advance(days=5)
    await at.world.player("f").press("case.page", at.case.id)
    for record in at.world.log.records:
        told = repr(record)
        assert not (at.case.id in told and person_id("a") in told), told
    assert isinstance(at.world.store, MemoryStore)


# ---- the policy of the group -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "presenter_named", "reviewer_named"),
    [("both", False, False), ("presenter", False, True), ("open", True, True)],
)
async def test_a_case_is_as_open_as_was_promised_when_it_was_sent(
    gate: GateInAWorker, policy: str, presenter_named: bool, reviewer_named: bool
) -> None:
    at = await staged(gate, "a", ("b", "e"))
    async with at.world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Case, at.case.id), anonymity=policy))
        group = await uow.get(Group, at.case.group)
        await uow.save(replace(group, policy={"anonymity": "open"}))  # later changes do not reach this case
        await uow.commit()
    page = words_of(await at.reviewer.open("review.open", at.assignment.id))
    own = words_of(await at.presenter.open("case.page", at.case.id))
    assert ("Therapist A (Kiel)" in page) == presenter_named
    assert ("Therapist B (Kiel)" in own) == reviewer_named
    assert ("see your name" in page) == reviewer_named


async def test_whoever_presents_is_told_before_writing_that_names_are_shown(gate: GateInAWorker) -> None:
    place = await chats(gate)
    a = place.world.player("a")
    assert "not your name" in words_of(await a.open("case.new"))
    async with place.world.store.begin(ORGANISATION) as uow:
        (group,) = await uow.find(Group)
        await uow.save(replace(group, policy={"anonymity": "open"}))
        await uow.commit()
    said = words_of(await a.open("case.new"))
    assert "your reviewers see your name" in said
    assert "not your name" not in said


async def test_both_sides_read_before_writing_to_how_many_they_can_be_narrowed_down(gate: GateInAWorker) -> None:
    at = await staged(gate, "a", ("b", "e"))
    assert "narrow down who presents to 5 of 8, a supervisor to 5" in words_of(await at.presenter.open("case.new"))
    assert "as far as the presenter can tell: 5" in words_of(await at.reviewer.open("review.open", at.assignment.id))


async def test_in_a_small_group_the_author_is_asked_before_sharing(gate: GateInAWorker) -> None:
    at = await staged(gate, "a", ("b", "e"))
    assert "guessable" not in [f.name for f in (await at.presenter.open("case.new")).fields]
    for person in await at.world.find(Person):
        if person.id in {person_id(k) for k in "cdfgs"}:
            async with at.world.store.begin(ORGANISATION) as uow:
                await uow.save(replace(await uow.get(Person, person.id), roles=frozenset()))
                await uow.commit()
    form = await at.presenter.open("case.new")
    assert "narrow down who presents to 2 of 3" in words_of(form)
    assert "guessable" in [f.name for f in form.fields]
    values = {**TEXTS, **ANSWERS}
    refused = await at.presenter.send(form, values)
    assert isinstance(refused, Invalid)
    assert "guessable" in refused.form.errors
    shared = await at.presenter.send(form, {**values, "guessable": ("yes",)})
    assert not isinstance(shared, Invalid)
    assert "as far as the presenter can tell: 2" in words_of(await at.reviewer.open("review.open", at.assignment.id))
