"""Who is kept apart from whom is read by its owner alone; contacts and cases of others stay with them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.anonymise import AnonText
from bot.app.context import Work
from bot.app.steps.second_look import ask
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import NeverAssign
from bot.domain.person import Contact
from bot.ui.inbound import Done, Invalid, Refused
from bot.ui.model import ManyField
from tests.app.risk import chats
from tests.gate import GateInAWorker, rules_alone
from tests.privacy.seen import PRESENTERS, all_seen, staged, texts


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """The gate; nothing here goes through it."""
    return rules_alone()


async def test_a_private_list_is_seen_by_its_owner_alone(gate: GateInAWorker) -> None:
    world = (await chats(gate)).world
    a, b, supervisor = (world.player(k) for k in "abs")
    before = await b.open("apart.open"), await supervisor.open("pairs.open")
    assert isinstance(await a.send(await a.open("apart.open"), {"people": (person_id("b"),)}), Done)
    assert (await b.open("apart.open"), await supervisor.open("pairs.open")) == before
    (pair,) = await world.find(NeverAssign)
    refused = await supervisor.press("pairs.remove", pair.id)
    assert isinstance(refused, Refused)
    assert refused.key == "not_found_here"
    mine = await a.open("apart.open")
    (people,) = mine.fields
    assert isinstance(people, ManyField)
    assert people.values == (person_id("b"),)
    await a.send(mine, {"people": ()})
    assert not await world.find(NeverAssign)


async def test_who_is_kept_apart_never_gets_the_case_and_nobody_reads_why(gate: GateInAWorker) -> None:
    at = await staged(gate, "a", ("b", "e"))
    form = await at.presenter.open("apart.open")
    refused = await at.presenter.send(form, {"people": tuple(person_id(k) for k in "cdf")})
    assert isinstance(refused, Invalid), "whoever keeps apart from all but a few chooses their reviewers"
    assert "at most 2" in refused.form.errors["people"]
    assert isinstance(await at.presenter.send(form, {"people": (person_id("c"), person_id("d"))}), Done)
    await at.reviewer.press("review.recognise", at.assignment.id)
    taken = {s.reviewer for s in await at.world.find(Assignment, case=at.case.id, ended_at=None)}
    assert not taken & {person_id(k) for k in "abcd"}
    supervisor = at.world.player("s")
    assignment = (await at.world.find(Assignment, case=at.case.id, reviewer=person_id("e")))[0]
    to = (await supervisor.open("review.reassign", assignment.id)).fields[0]
    assert isinstance(to, ManyField)
    offered = {o.value for o in to.options}
    assert {person_id("a"), person_id("c")} <= offered, "a missing name would tell who presents"
    form = await supervisor.open("review.reassign", assignment.id)
    answers = set()
    for key in "abcs":  # the presenter, who stepped out, who is kept apart, who could
        outcome = await supervisor.send(form, {"to": (person_id(key),)})
        assert isinstance(outcome, Invalid)
        answers.add(outcome.form.errors["to"])
    assert len(answers) == 1


async def test_contacts_of_a_person_are_nobody_elses(gate: GateInAWorker) -> None:
    at = await staged(gate, "a", ("b", "e"))
    for contact in await at.world.find(Contact, person=person_id("a")):
        assert contact.id not in repr(await all_seen(at.world, at.reviewer, at, at.assignment))


async def test_who_takes_a_second_look_cannot_tell_whose_case_it_is(gate: GateInAWorker) -> None:
    """Nor when it comes, what it is asked for until, what it is told and what the start page says."""
    views = []
    for presenter in PRESENTERS:
        world = (await chats(gate)).world
        case = Case("case_1", ORGANISATION, GROUP, "KQ-472", "icbt", "en", 2, world.clock.now())
        async with world.store.begin(ORGANISATION) as uow:
            await uow.add(case)
            await uow.set_presenter(case.id, person_id(presenter))
            await uow.put_text(case.id, "case", {"background": AnonText.from_store("Messages come every week.")})
            look = await ask(Work(uow, world.clock.now(), world.tools), case)
            await uow.commit()
        supervisor = world.player("s")
        seen: list[Any] = [await supervisor.home()]
        page = await supervisor.press("look.open", look.id)
        seen += [page, texts(page), await supervisor.press("look.return", look.id)]
        await world.advance(days=4)
        seen += [world.inbox("s"), await supervisor.home(), await supervisor.press("look.pass", look.id)]
        views.append(seen)
    for other in views[1:]:
        assert other == views[0]
