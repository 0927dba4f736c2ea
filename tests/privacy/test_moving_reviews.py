"""A supervisor who moves reviews again and again: whoever has or had a review of a case does not present it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.app.context import Work
from bot.app.facts.anonymity import presenters_left
from bot.app.steps.departure import leave_service
from bot.app.steps.own_cases import COVER, settle_own_cases
from bot.demo.clinic import GROUP, MEMBERS, ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group, Membership, NeverAssign
from bot.domain.person import Contact, Person
from bot.domain.round import Round
from bot.ui.inbound import Done, Outcome, Refused, Say, Show
from bot.ui.model import ManyField
from tests.gate import GateInAWorker, rules_alone
from tests.privacy.acting import Stage
from tests.privacy.stages import Setting, reviewed, stepped_out

ROOT = Path(__file__).parents[2]
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
        form = await supervisor.open("review.reassign", subject)
        options = [o.value for f in form.fields if isinstance(f, ManyField) for o in f.options]
        sent = replace(form, key="review.reassign.send")
        answers.append(kind(await supervisor.send(sent, {"to": tuple(options[:named])} if named else {})))
        if not form.submit:
            assert {"supervision.nudge"} <= {each.key for each in form.actions}, "a way on stands beside it"
            break
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


# ---- every other act by which a review changes hands ------------------------------------------


async def decline(stage: Stage, assignment: Assignment) -> None:
    player = stage.world.player(assignment.reviewer.removeprefix("per_demo_"))
    await player.send(await player.open("review.decline", assignment.id), {"reason": ("conflict",)})


async def recognise(stage: Stage, assignment: Assignment) -> None:
    await stage.world.player(assignment.reviewer.removeprefix("per_demo_")).press("review.recognise", assignment.id)


async def take_leave(stage: Stage, assignment: Assignment) -> None:
    await stage.world.player(assignment.reviewer.removeprefix("per_demo_")).type("/caseload leave until 12 Feb")


async def enter_leave(stage: Stage, assignment: Assignment) -> None:
    """The supervisor enters leave for a reviewer who works."""
    today = stage.world.clock.now().date().isoformat()
    form = await stage.player().open("caseload.leave", assignment.reviewer)
    assert isinstance(await stage.player().send(form, {"first_day": today, "last_day": "2027-02-12"}), Say)


async def hand_over(stage: Stage, assignment: Assignment) -> None:
    """Nothing reaches the reviewer; the supervisor hands everything of theirs over."""
    async with stage.world.store.begin(ORGANISATION) as uow:
        for contact in await uow.find(Contact, person=assignment.reviewer):
            await uow.save(replace(contact, failed_at=stage.world.clock.now(), failure="blocked"))
        await uow.commit()
    assert isinstance(await stage.player().press("supervision.hand_over", assignment.reviewer), Done)


async def remove(stage: Stage, assignment: Assignment) -> None:
    async with stage.world.store.begin(ORGANISATION) as uow:
        work = Work(uow, stage.world.clock.now(), stage.world.tools)
        await leave_service(work, await uow.get(Person, assignment.reviewer), by="admin")
        await uow.commit()


async def cover_own_case(stage: Stage, assignment: Assignment) -> None:
    """The presenter goes on leave; the reviewer they name as covering therapist presents from now on."""
    async with stage.world.store.begin(ORGANISATION) as uow:
        work = Work(uow, stage.world.clock.now(), stage.world.tools)
        presenter = await uow.get(Person, await uow.presenter(assignment.case))
        await settle_own_cases(work, presenter, COVER, assignment.reviewer, presenter.id)
        await uow.commit()


ACTS = (decline, recognise, take_leave, enter_leave, hand_over, remove, cover_own_case)


@pytest.mark.parametrize("act", ACTS)
async def test_no_act_leaves_fewer_than_three_who_may_present_or_depends_on_who_does(
    gate: GateInAWorker, act: Callable[[Stage, Assignment], Awaitable[None]]
) -> None:
    """Repeated by whoever has the review; when no colleague gets it, its place stays open whoever presents."""
    for presenter in "da":
        setting = Setting(presenter=presenter, observer="s", reviewers=("b", "e"), suspects=("d", "a"))
        stage = await reviewed(gate, setting)
        moves = 0
        while held := await stage.world.find(Assignment, case=stage.subjects["case"], ended_at=None, letter="A"):
            supervisors = held[0].reviewer == person_id("s")
            await (decline if supervisors else act)(stage, held[0])
            await stage.world.settle()
            moves += 1
        ever = {each.reviewer for each in await stage.world.find(Assignment, case=stage.subjects["case"])}
        assert len({person_id(key) for key in MEMBERS} - ever - {person_id("s")}) >= 3, act.__name__
        assert moves == 3 + (person_id("s") in ever), "a supervisor who had it leaves out nobody but themselves"
        assert "seat_empty" in await stage.world.told("s")


# ---- what a supervisor can do instead ---------------------------------------------------------


@pytest.mark.parametrize("presenter", ["d", "a"])
async def test_a_supervisor_of_six_takes_a_review_over_and_learns_nothing(gate: GateInAWorker, presenter: str) -> None:
    setting = Setting(presenter=presenter, observer="s", reviewers=("b", "e"), size=6, suspects=("d", "a"))
    stage = await reviewed(gate, replace(setting, pairs=(("s", "a"),), lists=(("d", "s"),)))
    supervisor = stage.player()
    form = await supervisor.open("review.reassign", stage.subjects["assignment"])
    assert [action.key for action in form.actions] == ["review.cover", "supervision.nudge"]
    assert isinstance(await supervisor.press("review.cover", stage.subjects["assignment"]), Done)
    (mine,) = await stage.world.find(Assignment, case=stage.subjects["case"], reviewer=person_id("s"))
    assert mine.letter == "A", "the presenter sees no gap"
    assert isinstance(await supervisor.press("review.open", mine.id), Show)
    await stage.world.settle()
    assert "review_moved" in await stage.world.told("b")
    assert kind(await supervisor.press("review.cover", stage.subjects["fellow"])) == "cannot_cover", "has one already"


async def test_a_place_that_stayed_open_can_be_taken_from_the_message_and_the_round(gate: GateInAWorker) -> None:
    stage = await reviewed(gate, Setting(presenter="d", observer="s", reviewers=("b", "e"), size=6))
    await stage.world.player("b").press("review.recognise", stage.subjects["assignment"])
    await stage.world.settle()
    (told,) = [m.card for _, user, m in stage.got if user == person_id("s") and m.card.key == "notice.seat_empty"]
    assert [action.key for action in told.actions] == ["review.cover", "round.show"]
    shown = await stage.player().press("round.show", stage.subjects["round"])
    assert "review.cover" in repr(shown)
    assert isinstance(await stage.player().press("review.cover", told.actions[0].subject), Done)
    assert len(await stage.world.find(Assignment, case=stage.subjects["case"], ended_at=None)) == 2
    assert kind(await stage.player().press("review.cover", told.actions[0].subject)) == "place_taken", "it is taken"


@pytest.mark.parametrize(("size", "outcome"), [(6, "cannot_cover"), (8, "Done")])
async def test_where_another_supervisor_would_learn_too_much_it_is_refused(
    gate: GateInAWorker, size: int, outcome: str
) -> None:
    setting = Setting(presenter="d", observer="s", reviewers=("b", "e"), size=size, supervisors=("s", "a"))
    stage = await reviewed(gate, setting)
    assert kind(await stage.player().press("review.cover", stage.subjects["assignment"])) == outcome


async def test_nobody_covers_a_case_of_their_own_or_one_they_had(gate: GateInAWorker) -> None:
    stage = await reviewed(gate, Setting(presenter="s", observer="s", reviewers=("b", "e"), size=6))
    own = await stage.player().press("review.cover", stage.subjects["assignment"])
    assert kind(own) == "cannot_review_own_case"
    stage = await reviewed(gate, Setting(presenter="d", observer="s", reviewers=("s", "e"), size=6))
    await stage.player().press("review.recognise", stage.subjects["assignment"])
    again = await stage.player().press("review.cover", stage.subjects["fellow"])
    assert kind(again) == "cannot_cover"


async def test_who_joined_after_the_case_was_sent_is_nobody_who_may_present_it(gate: GateInAWorker) -> None:
    stage = await reviewed(gate, Setting(presenter="d", observer="s", reviewers=("b", "e"), size=12))
    async with stage.world.store.begin(ORGANISATION) as uow:
        for key in "tuvw":
            membership = await uow.get(Membership, f"mem_demo_{key}")
            await uow.save(replace(membership, joined_on=date(2027, 1, 30)))
        case = await uow.get(Case, stage.subjects["case"])
        work = Work(uow, stage.world.clock.now(), stage.world.tools)
        assert await presenters_left(work, case, {person_id("b"), person_id("e")}) == 5


def test_assignments_are_made_in_two_places_only() -> None:
    """The plan of a round, and the step that keeps the bound: a third place would be a way round it."""
    made = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot" / "app").rglob("*.py")
        if "new_assignment(work" in path.read_text(encoding="utf-8").replace("def new_assignment(work", "")
    }
    assert made == {"bot/app/rounds/handlers.py", "bot/app/steps/reassignment.py"}


async def test_a_reviewer_who_asks_for_somebody_else_does_not_learn_that_a_colleague_stepped_out(
    gate: GateInAWorker,
) -> None:
    """In a group of seven the bound is reached when one did."""
    setting = Setting(presenter="d", observer="b", reviewers=("b", "e"), size=7)
    for stage in (await reviewed(gate, setting), await stepped_out(gate, setting)):
        asked = await stage.player().press("review.swap", stage.subjects["assignment"])
        assert isinstance(asked, Show)
        assert isinstance(await stage.player().send(asked.form, {}), Done)
