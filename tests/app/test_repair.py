"""Leave, decline, recusal, reassignment: one review moves, all others keep theirs, only those affected are told."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from bot.demo.clinic import GROUP, MEMBERS, ORGANISATION, person_id
from bot.demo.story import Story, lines_of
from bot.demo.texts import CASES
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.ports.records import LogEntry
from bot.ui.inbound import Done, Invalid, Refused, Say
from bot.ui.model import ManyField
from tests.app.published_round import published, who
from tests.app.risk import change, scene
from tests.world import World

OPTIONS = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}


async def test_declining_moves_one_assignment_and_nobody_elses(world: World) -> None:
    assignments = await published(world)
    assignment = assignments[0]
    form = await who(assignment, world).open("review.decline", assignment.id)
    assert isinstance(await who(assignment, world).send(form, {"reason": ("declined",)}), Done)
    after = await world.find(Assignment, round=assignment.round, ended_at=None)
    kept = {s.id for s in assignments} - {assignment.id}
    new = [s for s in after if s.id not in kept]
    assert kept == {s.id for s in after} - {n.id for n in new}
    assert [n.case for n in new] == [assignment.case]
    assert new[0].reviewer != assignment.reviewer
    assert new[0].letter == assignment.letter, "a gap would tell the presenter that somebody stepped out"


async def test_an_answer_to_a_decline_promises_nobody_and_a_closed_case_is_not_declined(world: World) -> None:
    """Whether a colleague can take the place would tell of who presents; once the case is closed nobody is needed."""
    at, over = await scene(world), await scene(world, code="LM-581")
    form = await at.reviewer.open("review.decline", at.assignment.id)
    done = await at.reviewer.send(form, {"reason": ("conflict",)})
    assert isinstance(done, Done)
    assert "if anybody can take it" in done.note
    form = await over.reviewer.open("review.decline", over.assignment.id)
    await change(world, await over.now(), closed_at=world.clock.now())
    for outcome in (
        await over.reviewer.press("review.decline", over.assignment.id),
        await over.reviewer.send(form, {"reason": ("conflict",)}),
    ):
        assert isinstance(outcome, Refused)
        assert outcome.key == "case_ended"
    stepped = await over.reviewer.press("review.recognise", over.assignment.id)
    assert isinstance(stepped, Done)
    assert stepped.note == "Thank you. The case is no longer open to you."


async def test_the_second_decline_without_a_reason_is_refused_a_conflict_is_not(world: World) -> None:
    assignments = await published(world)
    reviewer = next(s.reviewer for s in assignments if sum(t.reviewer == s.reviewer for t in assignments) > 1)
    first, second = [s for s in assignments if s.reviewer == reviewer][:2]
    player = who(first, world)
    await player.send(await player.open("review.decline", first.id), {"reason": ("declined",)})
    refused = await player.send(await player.open("review.decline", second.id), {"reason": ("declined",)})
    assert isinstance(refused, Refused)
    assert refused.key == "decline_already_used"
    done = await player.send(await player.open("review.decline", second.id), {"reason": ("conflict",)})
    assert isinstance(done, Done)


async def test_recognising_the_patient_ends_access_at_once_and_nobody_is_told_why(world: World) -> None:
    assignment = (await published(world))[0]
    player = who(assignment, world)
    before = await world.told(player.key)
    await player.press("review.recognise", assignment.id)
    await world.settle()
    refused = await player.press("review.open", assignment.id)
    assert isinstance(refused, Refused)
    assert refused.key == "not_your_review"
    told = (await world.told(player.key))[len(before) :]
    assert set(told) <= {"review_left"}, "their message shows it, without a ring"
    for card in [c for key in "abcdefgs" for c in world.inbox(key)]:
        assert "recogn" not in card.summary.casefold()


async def test_recognising_after_the_review_is_sent_ends_access_and_leaves_the_review(world: World) -> None:
    assignments = await published(world)
    assignment = assignments[0]
    of_case = [s for s in assignments if s.case == assignment.case]
    await world.advance(days=3)
    for each in of_case:
        form = await who(each, world).open("review.open", each.id)
        await who(each, world).send_and_confirm(form, {"reflection": "Effort.", "suggestion": "Ask less."})
    await world.settle()
    page = await who(assignment, world).open("review.open", assignment.id)
    assert "review.recognise" in {action.key for action in page.actions}
    assert isinstance(await who(assignment, world).press("review.recognise", assignment.id), Done)
    for key in ("review.open", "why", "review.recognise", "risk.raise"):
        subject = assignment.case if key == "risk.raise" else assignment.id
        assert isinstance(await who(assignment, world).press(key, subject), Refused), key
    async with world.store.begin(ORGANISATION, write=False) as uow:
        presenter = world.player((await uow.presenter(assignment.case)).rpartition("_")[2])
    shown = repr(await presenter.press("case.reviews", assignment.case))
    assert shown.count("Passage") == 1 + 2 * len(of_case), "the question, and what was sent as it was"
    told = len(world.inbox(who(assignment, world).key))
    await presenter.send_and_confirm(
        await presenter.open("takeaway.open", assignment.case), {"takeaway": "I will ask."}
    )
    await world.settle()
    assert len(world.inbox(who(assignment, world).key)) == told, "who stepped out hears no more of the case"
    logged = [e for e in await world.find(LogEntry, person=assignment.reviewer) if e.round == assignment.round]
    assert [e.source for e in logged] == [f"case:{assignment.case}:{assignment.reviewer}"], "the work was done"


async def test_a_place_stays_open_where_only_somebody_with_a_review_could_follow(world: World) -> None:
    """Nobody else's review moves: D steps out, only C could follow, and C keeps what they have."""
    caps = {person_id(key): int(key in "cde") for key in MEMBERS}
    async with world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={"reviewers_per_case": 1, "experienced_reviewers_for_novice": 0}))
        await uow.commit()
    supervisor = world.player("s")
    round_ = await Story(world, lambda _: None)._open_round()
    for number, key in enumerate("ab"):
        player = world.player(key)
        await player.send_and_confirm(await player.open("case.new"), {**CASES[number], **OPTIONS})
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save((await uow.get(Round, round_)).keep({person_id("e")}, caps))
        await uow.commit()
    await supervisor.press("round.preview", round_)
    await supervisor.press("round.publish", round_)
    assignments = {s.reviewer: s for s in await world.find(Assignment, round=round_)}
    assert set(assignments) == {person_id("c"), person_id("d")}
    await who(assignments[person_id("d")], world).press("review.recognise", assignments[person_id("d")].id)
    after = await world.find(Assignment, round=round_, ended_at=None)
    assert [each.id for each in after] == [assignments[person_id("c")].id]
    await world.settle()
    assert "review_moved" not in await world.told("c")
    assert "seat_empty" in await world.told("s")
    outcome = await supervisor.press("round.show", round_)
    assert isinstance(outcome, Say)
    text = "\n".join(told for block in outcome.card.body for told in lines_of(block))
    assert "A reviewer is missing" in text
    assert "declined" in text, "never that somebody knows the patient"


async def test_every_supervisor_hears_of_an_open_place_whatever_their_part_in_the_case(world: World) -> None:
    """It stays open whoever presents, so it tells nobody who does."""
    assignments = await published(world)
    async with world.store.begin(ORGANISATION) as uow:
        assignment = next(a for a in assignments if a.reviewer != person_id("s"))
        for id in (assignment.reviewer, await uow.presenter(assignment.case)):
            person = await uow.get(Person, id)
            await uow.save(replace(person, roles=person.roles | {Role.SUPERVISOR}))
        told = {assignment.reviewer, await uow.presenter(assignment.case), person_id("s")}
        everybody = tuple(person_id(key) for key in MEMBERS)
        await uow.save(replace(await uow.get(Round, assignment.round), left_out=everybody))
        await uow.commit()
    await who(assignment, world).press("review.recognise", assignment.id)
    await world.settle()
    for each in told:
        assert "seat_empty" in await world.told(each.rpartition("_")[2]), each


async def test_leave_from_today_moves_every_open_review(world: World) -> None:
    assignments = await published(world)
    leaving = assignments[0].reviewer
    player = who(assignments[0], world)
    assert isinstance(await player.type("/caseload leave until 12 Feb"), Say)
    after = await world.find(Assignment, round=assignments[0].round, ended_at=None)
    assert leaving not in {s.reviewer for s in after}
    await world.advance(days=4)
    assert not [c for c in world.inbox(player.key) if c.key == "notice.reminder"]


async def test_nobody_reviews_twice_or_their_own_case_after_a_repair(world: World) -> None:
    assignments = await published(world)
    for assignment in assignments[:4]:
        await who(assignment, world).press("review.recognise", assignment.id)
    after = await world.find(Assignment, round=assignments[0].round, ended_at=None)
    pairs = [(s.case, s.reviewer) for s in after]
    assert len(pairs) == len(set(pairs))
    async with world.store.begin("org_demo", write=False) as uow:
        for assignment in after:
            assert await uow.presenter(assignment.case) != assignment.reviewer


async def test_a_supervisor_gives_a_review_to_one_of_at_least_three(world: World) -> None:
    """A single name would test whether they present: it is not taken, and three are drawn among by lot."""
    supervisor = world.player("s")
    round_ = await Story(world, lambda _: None)._open_round()
    author = world.player("a")
    await author.send_and_confirm(await author.open("case.new"), {**CASES[0], **OPTIONS})
    await supervisor.press("round.preview", round_)
    await supervisor.press("round.publish", round_)
    assignment = (await world.find(Assignment, round=round_))[0]
    form = await supervisor.open("review.reassign", assignment.id)
    (field,) = form.fields
    assert isinstance(field, ManyField)
    options = [option.value for option in field.options]
    assert person_id("a") in options, "a name left out would tell who presents"
    for named in (*combinations(options, 1), *combinations(options, 2)):
        refused = await supervisor.send(form, {"to": named})
        assert isinstance(refused, Invalid), "the same for every name"
        assert "at least 3" in refused.form.errors["to"]
    three = (person_id("a"), *[id for id in options if id != person_id("a")][:2])
    before = {s.reviewer for s in await world.find(Assignment, case=assignment.case, ended_at=None)}
    done = await supervisor.send(form, {"to": three})
    assert isinstance(done, Done)
    assert done.card
    after = {s.reviewer for s in await world.find(Assignment, case=assignment.case, ended_at=None)}
    assert after - before <= set(three[1:])
    assert len(after - before) == 1
    (undo,) = [action for action in done.card.actions if action.key.endswith(".undo")]
    assert isinstance(await supervisor.press(undo.key, undo.subject), Done)
    assert {s.reviewer for s in await world.find(Assignment, case=assignment.case, ended_at=None)} == before
    assert isinstance(await supervisor.press(undo.key, undo.subject), Refused), "once"


async def test_a_reassigned_review_that_was_begun_stays_with_who_began(world: World) -> None:
    """Undone too late: what was begun is not taken away, and the supervisor reads that."""
    assignments = await published(world)
    supervisor, assignment = world.player("s"), assignments[0]
    done = await supervisor.send(await supervisor.open("review.reassign", assignment.id), {})
    assert isinstance(done, Done)
    assert done.card
    taken = [s for s in await world.find(Assignment, case=assignment.case, ended_at=None) if s not in assignments]
    async with world.store.begin("org_demo") as uow:
        await uow.save(replace(await uow.get(Assignment, taken[0].id), started_at=world.clock.now()))
        await uow.commit()
    (undo,) = [action for action in done.card.actions if action.key.endswith(".undo")]
    said = await supervisor.press(undo.key, undo.subject)
    assert isinstance(said, Done)
    assert said.note
    (still,) = await world.find(Assignment, id=taken[0].id)
    assert still.active


async def test_an_abandoned_case_and_a_cancelled_round_lose_nothing(world: World) -> None:
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    await story._present()
    assert isinstance(await world.player("s").press("round.cancel", round_), Done)
    assert {c.round for c in await world.find(Case, round=None, closed_at=None)} == {None}
    await story._open_round()
    (following,) = await world.find(Round, closed_at=None, cancelled_at=None)
    assert len(await world.find(Case, round=following.id)) == 6
