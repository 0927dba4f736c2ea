"""A supervisor's second look: asked for by policy, before anybody reviews, never a dead end."""

from __future__ import annotations

from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case, CaseStatus
from bot.domain.person import Person
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.ports.records import Audited, AuditEntry
from bot.ui.inbound import Done, Invalid, Refused
from bot.ui.model import Items, TextField
from tests.app.looking import (
    OPTIONS,
    PLAIN,
    got,
    look_at,
    passages,
    passed,
    person,
    published,
    returned,
    round_,
    ruled,
    sent,
    status,
)
from tests.app.risk import words_of
from tests.world import World

# ---- when it is asked for --------------------------------------------------------------------


async def test_nobody_looks_unless_the_rules_say_so(world: World) -> None:
    case = await sent(world)
    assert await status(world, case) is CaseStatus.WAITING
    assert not await world.find(SecondLook)


async def test_where_the_rule_is_flagged_only_words_that_were_kept_are_looked_at(world: World) -> None:
    await ruled(world, second_look="flagged")
    assert await status(world, await sent(world)) is CaseStatus.WAITING
    telling = {**PLAIN, "background": "She is the only female beekeeper who was on television last year."}
    assert await status(world, await sent(world, "b", telling)) is CaseStatus.SECOND_LOOK


async def test_the_author_is_told_before_writing_and_after(looked: World) -> None:
    player = looked.player("a")
    form = await player.open("case.new")
    assert "second look" in words_of(form)
    _, outcome = await player.send_and_confirm(form, {**PLAIN, **OPTIONS})
    assert isinstance(outcome, Done)
    assert "second look" in outcome.note


# ---- looking ---------------------------------------------------------------------------------


async def test_the_supervisor_reads_the_text_and_not_whose_it_is(looked: World) -> None:
    case = await sent(looked)
    (card,) = got(looked, "s", "look_wanted")
    assert case.code in card.summary
    assert PLAIN["title"] not in repr(card)
    (action,) = card.actions
    page = await looked.player("s").open(action.key, action.subject)
    assert PLAIN["background"] in passages(page)
    author = (await looked.find(Person, id=person_id("a")))[0]
    assert author.name not in repr(page)
    assert author.name not in repr(await looked.player("s").home())


async def test_in_an_open_group_the_presenter_is_named_to_who_looks(world: World) -> None:
    await ruled(world, second_look="always", anonymity="open")
    case = await sent(world)
    page = await world.player("s").open("look.open", (await look_at(world, case)).id)
    assert (await world.find(Person, id=person_id("a")))[0].name in words_of(page)


async def test_what_passes_is_planned_and_never_comes_to_who_looked(looked: World) -> None:
    """Also not when they are among the few who could: an empty assignment is better."""
    opened = await round_(looked)
    case = await sent(looked)
    await passed(looked, case)
    assert got(looked, "a", "look_passed")
    for key in "bcdefg":
        await person(looked, key, removed_at=looked.clock.now())
    await published(looked, opened.id)
    assert not await looked.find(Assignment, case=case.id)
    assert await status(looked, case) is CaseStatus.WAITING


async def test_what_passes_goes_to_reviewers(looked: World) -> None:
    opened = await round_(looked)
    case = await sent(looked)
    await passed(looked, case)
    await published(looked, opened.id)
    assignments = await looked.find(Assignment, case=case.id, ended_at=None)
    assert len(assignments) == 2
    assert person_id("s") not in {assignment.reviewer for assignment in assignments}
    entries = [e.what for e in await looked.find(AuditEntry, subject=case.id)]
    assert entries.count(Audited.LOOK_OPENED) == 1
    assert entries.count(Audited.LOOK_PASSED) == 1


async def test_nobody_decides_about_a_text_they_did_not_open(looked: World) -> None:
    look = await look_at(looked, await sent(looked))
    for key in ("look.pass", "look.return"):
        refused = await looked.player("s").press(key, look.id)
        assert isinstance(refused, Refused)
        assert refused.key == "not_to_look_at"


async def test_one_decides_once(looked: World) -> None:
    case = await sent(looked)
    await passed(looked, case)
    for key in ("look.open", "look.pass", "look.return", "look.recognise"):
        refused = await looked.player("s").press(key, (await look_at(looked, case)).id)
        assert isinstance(refused, Refused)


# ---- sending back ----------------------------------------------------------------------------


async def test_sent_back_changed_and_looked_at_again(looked: World) -> None:
    opened = await round_(looked)
    case = await sent(looked)
    await returned(looked, case, "The clinic in line two, and Bill Andersen, still stand there.")
    assert await status(looked, case) is CaseStatus.SENT_BACK
    (card,) = got(looked, "a", "look_returned")
    assert "Bill" not in repr(card)
    author = looked.player("a")
    page = await author.open("case.page", case.id)
    assert "clinic in line two" in passages(page)
    assert "Andersen" not in repr(page)
    assert [b for b in page.body if isinstance(b, Items)]
    (change,) = [a for a in page.actions if a.key == "case.change"]
    form = await author.open(change.key, change.subject)
    values = {f.name: f.value.reveal() for f in form.fields if isinstance(f, TextField) and f.name in PLAIN}
    assert values == PLAIN
    _, done = await author.send_and_confirm(form, {**PLAIN, "background": "Messages come weekly.", **OPTIONS})
    assert isinstance(done, Done)
    await looked.settle()
    assert len(await looked.find(Case, code=case.code)) == 1
    assert await status(looked, case) is CaseStatus.SECOND_LOOK
    second = await looked.player("s").open("look.open", (await look_at(looked, case)).id)
    assert "Messages come weekly." in passages(second)
    assert "clinic in line two" in passages(second)
    await passed(looked, case)
    await published(looked, opened.id)
    assert len(await looked.find(Assignment, case=case.id, ended_at=None)) == 2


async def test_what_is_sent_back_needs_a_reason_and_keeps_the_note(looked: World) -> None:
    look = await look_at(looked, await sent(looked))
    player = looked.player("s")
    await player.open("look.open", look.id)
    outcome = await player.send(await player.open("look.return", look.id), {"note": "x" * 601})
    assert isinstance(outcome, Invalid)
    assert set(outcome.form.errors) == {"telling", "note"}


async def test_a_case_that_was_not_sent_back_is_not_changed(looked: World) -> None:
    case = await sent(looked)
    refused = await looked.player("a").press("case.change", case.id)
    assert isinstance(refused, Refused)
    assert refused.key == "case_not_sent_back"


async def test_a_silent_author_is_reminded_and_in_the_end_the_case_is_withdrawn(looked: World) -> None:
    case = await sent(looked)
    await returned(looked, case)
    await looked.advance(days=6)
    assert len(got(looked, "a", "look_author_reminder")) == 1
    await looked.advance(days=40)
    assert await status(looked, case) is CaseStatus.WITHDRAWN
    assert got(looked, "a", "look_withdrawn")
    async with looked.store.begin(ORGANISATION, write=False) as uow:
        assert not await uow.parts(case.id)


# ---- when nobody looks -----------------------------------------------------------------------


async def test_a_round_goes_on_without_a_case_nobody_looked_at_and_says_so(looked: World) -> None:
    opened = await round_(looked)
    case = await sent(looked)
    preview = await looked.player("s").open("round.preview", opened.id)
    assert f"Case {case.code} is not planned" in words_of(preview)
    await looked.advance(days=8)
    assert (await looked.find(Round, id=opened.id))[0].published_at
    assert not await looked.find(Assignment, case=case.id)
    assert got(looked, "s", "look_reminder")
    assert got(looked, "s", "look_late")
    assert got(looked, "a", "look_waits")
    assert got(looked, "a", "look_missed")
    await passed(looked, case)
    following = await round_(looked)
    await published(looked, following.id)
    assert len(await looked.find(Assignment, case=case.id, ended_at=None)) == 2


async def test_where_the_rules_let_it_an_unseen_case_goes_on_after_its_time(world: World) -> None:
    await ruled(world, second_look="always", second_look_unseen=True)
    case = await sent(world)
    await world.advance(days=1)
    assert await status(world, case) is CaseStatus.SECOND_LOOK
    await world.advance(days=3)
    assert await status(world, case) is CaseStatus.WAITING
    assert got(world, "a", "look_unseen")
    assert got(world, "s", "look_unseen_supervisor")
    assert await world.find(AuditEntry, subject=case.id, what=Audited.LOOK_UNSEEN.value)
