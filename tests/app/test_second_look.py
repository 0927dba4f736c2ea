"""A supervisor's second look: asked for by policy, before anybody reviews, never a dead end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app.context import Work
from bot.app.erasure import erase_person
from bot.app.personal_data import export_person
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.texts import CASES
from bot.domain.case import Assignment, Case, CaseStatus
from bot.domain.organisation import Group, Membership, NeverAssign
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.ports.records import Audited, AuditEntry
from bot.ui.inbound import ActionPressed, Done, Invalid, Refused, Show
from bot.ui.model import Action, Card, Form, Items, Passage, Row
from tests.app.risk import words_of
from tests.world import World

OPTIONS = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
PLAIN = {"title": "Stuck halfway", "background": "Messages come every week.", "key_question": "What now?"}


async def ruled(world: World, **policy: Any) -> None:
    """The group's own rules."""
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Group, GROUP), policy=policy))
        await uow.commit()


async def person(world: World, key: str, **fields: Any) -> None:
    """Change a person."""
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(key)), **fields))
        await uow.commit()


async def sent(world: World, key: str = "a", text: dict[str, str] | None = None) -> Case:
    """A case from its author, through the gate."""
    player = world.player(key)
    before = {c.id for c in await world.find(Case)}
    _, outcome = await player.send_and_confirm(await player.open("case.new"), {**(text or PLAIN), **OPTIONS})
    assert isinstance(outcome, Done), outcome
    await world.settle()
    (case,) = [c for c in await world.find(Case) if c.id not in before]
    return case


async def again(world: World, case: Case) -> Case:
    return (await world.find(Case, id=case.id))[0]


async def status(world: World, case: Case) -> CaseStatus:
    return (await again(world, case)).status(world.clock.now())


async def look_at(world: World, case: Case) -> SecondLook:
    """The open look, else the last one."""
    looks = await world.find(SecondLook, case=case.id, order=("asked_at", "id"))
    return next((look for look in looks if look.open), looks[-1])


async def passed(world: World, case: Case, key: str = "s") -> None:
    look = await look_at(world, case)
    await world.player(key).open("look.open", look.id)
    assert isinstance(await world.player(key).press("look.pass", look.id), Done)
    await world.settle()


async def returned(world: World, case: Case, note: str = "", key: str = "s") -> None:
    look = await look_at(world, case)
    player = world.player(key)
    await player.open("look.open", look.id)
    form = await player.open("look.return", look.id)
    assert isinstance(await player.send(form, {"telling": ("name", "work"), "note": note}), Done)
    await world.settle()


async def round_(world: World) -> Round:
    player = world.player("s")
    await player.send(await player.open("round.new"), {})
    await world.settle()
    return (await world.find(Round, order=("-opened_at",)))[0]


async def published(world: World, id: str) -> None:
    player = world.player("s")
    await player.press("round.preview", id)
    assert isinstance(await player.press("round.publish", id), Done)
    await world.settle()


def got(world: World, key: str, card: str) -> list[Card]:
    return [c for c in world.inbox(key) if c.key == f"notice.{card}"]


def passages(form: Form) -> str:
    return " ".join(b.text.text for b in form.body if isinstance(b, Passage))


@pytest.fixture
async def looked(world: World) -> World:
    """A clinic in which every case is looked at."""
    await ruled(world, second_look="always")
    return world


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
    """Also not when they are among the few who could: an empty seat is better."""
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
    seats = await looked.find(Assignment, case=case.id, ended_at=None)
    assert len(seats) == 2
    assert person_id("s") not in {seat.reviewer for seat in seats}
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
    values = {f.name: f.value.reveal() for f in form.fields if f.name in PLAIN}  # type: ignore[union-attr]
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


# ---- who may look ----------------------------------------------------------------------------


async def test_nobody_looks_at_their_own_case(looked: World) -> None:
    case = await sent(looked, "s")
    assert not got(looked, "s", "look_wanted")
    look = await look_at(looked, case)
    refused = await looked.player("s").press("look.open", look.id)
    assert isinstance(refused, Refused)
    assert "look.open" not in keys(await looked.player("s").home())
    await person(looked, "g", roles=frozenset({Role.THERAPIST, Role.SUPERVISOR}))
    await passed(looked, case, "g")
    assert await status(looked, case) is CaseStatus.WAITING


async def test_with_nobody_to_look_the_author_hears_that_it_waits(looked: World) -> None:
    await sent(looked, "s")
    await looked.advance(days=4)
    assert got(looked, "s", "look_waits")
    assert not got(looked, "s", "look_late")


async def test_who_is_kept_apart_from_the_presenter_does_not_look(looked: World) -> None:
    async with looked.store.begin(ORGANISATION) as uow:
        await uow.add(NeverAssign("apart_1", ORGANISATION, person_id("a"), person_id("s"), person_id("a")))
        await uow.commit()
    case = await sent(looked)
    assert not got(looked, "s", "look_wanted")
    assert isinstance(await looked.player("s").press("look.open", (await look_at(looked, case)).id), Refused)


async def test_a_supervisor_of_another_group_alone_does_not_look(looked: World) -> None:
    """Nor hears of it: only who plans for the group may, in it or in none."""
    case = await sent(looked, "s")
    for key, group in (("m", "group_other"), ("p", None)):
        await person(looked, key, roles=frozenset({Role.SUPERVISOR}))
        if group:
            async with looked.store.begin(ORGANISATION) as uow:
                await uow.add(Group(group, ORGANISATION, "Other", "Europe/Berlin"))
                await uow.add(Membership("mem_x", ORGANISATION, group, person_id(key), looked.clock.now().date()))
                await uow.commit()
    look = await look_at(looked, case)
    assert isinstance(await looked.player("m").press("look.open", look.id), Refused)
    await looked.advance(days=2)
    assert not got(looked, "m", "look_reminder")
    assert got(looked, "p", "look_reminder")
    await passed(looked, case, "p")


async def test_on_leave_somebody_else_is_asked(looked: World) -> None:
    await person(looked, "g", roles=frozenset({Role.THERAPIST, Role.SUPERVISOR}))
    await looked.player("s").type("/caseload leave until 25 Jan")
    case = await sent(looked)
    assert not got(looked, "s", "look_wanted")
    assert got(looked, "g", "look_wanted")
    await passed(looked, case, "g")


async def test_who_recognises_the_patient_steps_out_of_everything(looked: World) -> None:
    await person(looked, "g", roles=frozenset({Role.THERAPIST, Role.SUPERVISOR}))
    await looked.player("g").type("/caseload leave until 19 Jan")
    opened = await round_(looked)
    case = await sent(looked)
    look = await look_at(looked, case)
    await looked.player("s").open("look.open", look.id)
    assert isinstance(await looked.player("s").press("look.recognise", look.id), Done)
    await looked.advance(days=2)
    assert got(looked, "g", "look_wanted")
    assert isinstance(await looked.player("s").press("look.open", look.id), Refused)
    await passed(looked, case, "g")
    await published(looked, opened.id)
    reviewers = {seat.reviewer for seat in await looked.find(Assignment, case=case.id)}
    assert not reviewers & {person_id("s"), person_id("g")}


def keys(card: Card) -> set[str]:
    return {a.key for b in card.body if isinstance(b, Row) for a in b.actions}


# ---- what ends or stops it -------------------------------------------------------------------


async def test_a_withdrawn_case_asks_nothing_of_anybody(looked: World) -> None:
    case = await sent(looked)
    look = await look_at(looked, case)
    assert isinstance(await looked.player("a").press("case.withdraw", case.id), Done)
    await looked.settle()
    assert looked.inbox("s")[-1].key == "notice.look_over"
    assert isinstance(await looked.player("s").press("look.open", look.id), Refused)
    await looked.advance(days=10)
    assert not got(looked, "s", "look_late")
    assert "look.open" not in keys(await looked.player("s").home())


async def test_on_hold_the_look_waits_and_goes_on_with_the_days_it_had(looked: World) -> None:
    """A round that is published meanwhile leaves the case out without a word about the look."""
    opened = await round_(looked)
    case = await sent(looked)
    look = await look_at(looked, case)
    player = looked.player("s")
    page = await player.open("look.open", look.id)
    assert "risk.raise" in {a.key for a in page.actions if isinstance(a, Action)}
    await player.send(await player.open("risk.raise", case.id), {})
    assert isinstance(await player.press("look.pass", look.id), Refused)
    await looked.advance(days=9)
    assert (await looked.find(Round, id=opened.id))[0].published_at
    assert not got(looked, "s", "look_late")
    assert not got(looked, "a", "look_missed")
    (hold,) = await looked.find(Hold, case=case.id)
    assert isinstance(await player.press("risk.release", hold.id), Done)
    moved = await look_at(looked, case)
    assert moved.until > look.until
    assert moved.until - looked.clock.now() < timedelta(days=4)
    await passed(looked, case)


async def test_erasing_the_author_ends_the_look_and_erasing_the_supervisor_takes_the_note(looked: World) -> None:
    await person(looked, "c", roles=frozenset({Role.THERAPIST, Role.SUPERVISOR}))
    kept, gone = await sent(looked, "a"), await sent(looked, "b")
    await returned(looked, kept, "The town in line two.", "c")
    part = f"look:{(await look_at(looked, kept)).id}"
    async with looked.store.begin(ORGANISATION) as uow:
        work = Work(uow, looked.clock.now(), looked.tools)
        await erase_person(work, await uow.get(Person, person_id("b")), "admin", 30)
        assert part in await uow.parts(kept.id)
        await erase_person(work, await uow.get(Person, person_id("c")), "admin", 30)
        assert part not in await uow.parts(kept.id)
        await uow.commit()
    assert not (await look_at(looked, gone)).open
    await looked.advance(days=10)
    assert await status(looked, gone) is CaseStatus.WITHDRAWN


async def test_everything_a_person_decided_is_in_their_own_data(looked: World) -> None:
    case = await sent(looked)
    await returned(looked, case, "The town in line two.")
    async with looked.store.begin(ORGANISATION) as uow:
        work = Work(uow, looked.clock.now(), looked.tools)
        data = (await export_person(work, await uow.get(Person, person_id("s")), texts=True)).decode()
    assert "The town in line two." in data
    assert case.code in data


async def test_a_second_delivery_of_the_press_shows_the_text_again(looked: World) -> None:
    look = await look_at(looked, await sent(looked))
    press = ActionPressed(event_id="twice", actor=looked.player("s").actor, key="look.open", subject=look.id)
    first, second = await looked.entry.handle(press), await looked.entry.handle(press)
    assert isinstance(first, Show)
    assert isinstance(second, Show)


async def test_the_demo_texts_pass_a_whole_round_with_looks(looked: World) -> None:
    opened = await round_(looked)
    cases = [await sent(looked, key, dict(CASES[n])) for n, key in enumerate("abc")]
    for case in cases:
        await passed(looked, case)
    await published(looked, opened.id)
    for case in cases:
        assert await status(looked, case) is CaseStatus.CLARIFYING
