"""A supervisor who moves reviews again and again: whoever has or had a review of a case does not present it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.case import Assignment
from bot.domain.organisation import Group, NeverAssign
from bot.domain.round import Round
from bot.ui.inbound import Done, Outcome, Refused
from bot.ui.model import ManyField
from tests.gate import GateInAWorker, rules_alone
from tests.privacy.acting import Stage
from tests.privacy.stages import Setting, reviewed

MOST = 10
"""So often a review of the case is moved at most."""


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """The gate without its learned models: what passes it is not the subject here."""
    return rules_alone()


def kind(outcome: Outcome) -> str:
    """What an answer is, without the names in it."""
    return outcome.key if isinstance(outcome, Refused) else type(outcome).__name__


async def moved(stage: Stage, named: int = 0) -> list[str]:
    """Answers to moving a review of the case, to the best choice or to one of so many named, until it is refused."""
    supervisor, answers = stage.player(), list[str]()
    for turn in range(MOST):
        held = await stage.world.find(Assignment, case=stage.subjects["case"], ended_at=None, order=("letter",))
        if not held:
            break
        subject = held[turn % len(held)].id
        opened = await supervisor.press("review.reassign", subject)
        if isinstance(opened, Refused):
            answers.append(kind(opened))
            break
        form = await supervisor.open("review.reassign", subject)
        options = [o.value for f in form.fields if isinstance(f, ManyField) for o in f.options]
        answers.append(kind(await supervisor.send(form, {"to": tuple(options[:named])} if named else {})))
    return answers


@pytest.mark.parametrize("presenter", ["d", "a"])
@pytest.mark.parametrize(("size", "fewest"), [(4, 0), (6, 0), (8, 2), (12, 6)])
async def test_however_often_a_review_is_moved_three_may_present_the_case(
    gate: GateInAWorker, size: int, fewest: int, presenter: str
) -> None:
    setting = Setting(presenter=presenter, observer="s", reviewers=("b", "e"), size=size, suspects=("d", "a"))
    stage = await reviewed(gate, setting)
    *done, last = await moved(stage)
    assert (set(done), last) == ({"Done"} if fewest else set(), "too_few_presenters")
    held = {each.reviewer for each in await stage.world.find(Assignment, case=stage.subjects["case"])}
    left = size - len(held | {person_id("s")})
    assert left == 3 if fewest else not done, "one more would leave two"


async def test_naming_people_is_limited_like_the_best_choice(gate: GateInAWorker) -> None:
    stage = await reviewed(gate, Setting(presenter="d", observer="s", reviewers=("b", "e"), size=8))
    assert (await moved(stage, named=6))[-1] == "too_few_presenters"
    held = {each.reviewer for each in await stage.world.find(Assignment, case=stage.subjects["case"])}
    assert len(held | {person_id("s")}) <= 5


@pytest.mark.parametrize("presenter", ["d", "a", "c"])
async def test_a_review_for_which_two_have_room_stays_where_a_pair_would_decide(
    gate: GateInAWorker, presenter: str
) -> None:
    """Of two who have room one may present; with a pair between them neither may be left."""
    stage = await reviewed(gate, Setting(presenter=presenter, observer="s", reviewers=("b", "e"), suspects=("d", "a")))
    async with stage.world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={**group.policy, "small_group": 2}))
        await uow.add(NeverAssign("pair_ad", ORGANISATION, person_id("a"), person_id("d")))
        (assignment,) = await uow.find(Assignment, case=stage.subjects["case"], letter="A")
        round_ = await uow.get(Round, assignment.round)
        await uow.save(replace(round_, left_out=tuple(map(person_id, "bcefgs"))))
        await uow.commit()
    assert await moved(stage) == ["too_few_takers"]
    still = await stage.world.find(Assignment, case=stage.subjects["case"], ended_at=None)
    assert {each.reviewer for each in still} == {person_id("b"), person_id("e")}, "nobody lost anything"


async def test_moving_one_review_moves_nobody_elses(gate: GateInAWorker) -> None:
    stage = await reviewed(gate, Setting(presenter="d", observer="s", reviewers=("b", "e"), size=12))
    before = await stage.world.find(Assignment, ended_at=None)
    supervisor = stage.player()
    form = await supervisor.open("review.reassign", stage.subjects["assignment"])
    outcome = await supervisor.send(form, {})
    assert isinstance(outcome, Done)
    after = {each.id for each in await stage.world.find(Assignment, ended_at=None)}
    assert {each.id for each in before} - after == {stage.subjects["assignment"]}
