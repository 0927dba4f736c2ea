"""Who may take a second look, and what ends or stops one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.app.context import Work
from bot.app.steps.access_request import export_person
from bot.app.steps.erasure_request import erase_person
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.texts import CASES
from bot.domain.assignment import Assignment
from bot.domain.case import CaseStatus
from bot.domain.organisation import Group, Membership, NeverAssign
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ui.inbound import ActionPressed, Done, Refused, Show
from bot.ui.model import Action
from tests.app.looking import (
    got,
    keys,
    look_at,
    passed,
    person,
    published,
    returned,
    round_,
    sent,
    status,
)
from tests.world import World

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


@pytest.mark.parametrize("by", ["", "a", "s"])
async def test_no_list_decides_who_looks(looked: World, by: str) -> None:
    """Adding and removing one pair after the other would tell a supervisor who presents."""
    async with looked.store.begin(ORGANISATION) as uow:
        set_by = person_id(by) if by else ""
        await uow.add(NeverAssign("apart_1", ORGANISATION, person_id("a"), person_id("s"), set_by))
        await uow.commit()
    case = await sent(looked)
    assert got(looked, "s", "look_wanted")
    assert isinstance(await looked.player("s").press("look.open", (await look_at(looked, case)).id), Show)


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
    assert "look_wanted" in await looked.told("g")
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
    assert "look_wanted" in await looked.told("g")
    assert isinstance(await looked.player("s").press("look.open", look.id), Refused)
    await passed(looked, case, "g")
    await published(looked, opened.id)
    reviewers = {assignment.reviewer for assignment in await looked.find(Assignment, case=case.id)}
    assert not reviewers & {person_id("s"), person_id("g")}


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
