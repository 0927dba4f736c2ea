"""What a change of leave or mode is answered: what is asked, what holds then, and which word was not read."""

from __future__ import annotations

import pytest

from bot.app.context import Work
from bot.app.facts.caseload import current_mode
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.ports.records import UndoStep
from bot.ui.inbound import Refused, Say, Show
from bot.ui.model import DateField
from tests.app.entered import Days, first_id, leaves, modes
from tests.app.shown import press, text
from tests.tables.crawl import actions
from tests.world import SequentialIds, World

MEMBER = "Therapist B (Kiel)"


@pytest.mark.parametrize(("typed", "opens"), [("leave 8-12 Mar", "2027-03-08"), ("leave 8-12 Feb", "2027-02-08")])
async def test_change_opens_the_leave_that_was_just_entered(world: World, typed: str, opens: str) -> None:
    player = world.player("b")
    for other in ("leave 15-16 Feb", "leave 1-2 Apr", "leave on 25 Jan"):
        await player.type(f"/caseload {other}")
    answer = await player.type(f"/caseload {typed}")
    assert await leaves(world)
    form = await press(player, answer, "Change")
    assert isinstance(form, Show)
    assert [str(f.value) for f in form.form.fields if isinstance(f, DateField) and f.name == "first_day"] == [opens]


OVER = [("2027-02-08", "2027-02-12"), ("2027-03-08", "2027-03-09")]


@pytest.mark.parametrize(
    ("typed", "button", "after"),
    [
        # new leave that covers what is entered, but neither begins nor ends with it
        ("leave 1-28 Feb", "Replace: Mon 1 Feb – Sun 28 Feb", [("2027-02-01", "2027-02-28"), OVER[1]]),
        # a leave that is moved or prolonged into another one
        ("move my leave from 8 Feb to week 10", "Replace: Mon 8 Mar – Sun 14 Mar", [("2027-03-08", "2027-03-14")]),
        ("extend my leave until 8 Mar", "Replace: Mon 8 Feb – Mon 8 Mar", [("2027-02-08", "2027-03-08")]),
        ("extend my leave until 8 Mar", "Join: Mon 8 Feb – Tue 9 Mar", [("2027-02-08", "2027-03-09")]),
    ],
)  # fmt: skip
async def test_leave_that_overlaps_other_leave_is_asked(world: World, typed: str, button: str, after: Days) -> None:
    player = world.player("b")
    for each in ("leave 8-12 Feb", "leave 8-9 Mar"):
        await player.type(f"/caseload {each}")
    asked = await player.type(f"/caseload {typed}")
    assert await leaves(world) == OVER
    done = await press(player, asked, button)
    assert await leaves(world) == sorted(after)
    await press(player, done, "Undo")
    assert await leaves(world) == OVER


@pytest.mark.parametrize("typed", ["leave 1-28 Feb", "extend my leave until 8 Mar", "leave 10-19 Feb"])
async def test_leave_that_overlaps_may_stay_as_it_was(world: World, typed: str) -> None:
    """The third answer changes nothing and shows what is entered; no two buttons lead to the same days."""
    player = world.player("b")
    for each in ("leave 8-12 Feb", "leave 8-9 Mar"):
        await player.type(f"/caseload {each}")
    asked = await player.type(f"/caseload {typed}")
    kept = await press(player, asked, "Leave it as it is")
    assert await leaves(world) == OVER
    assert "Mon, 8 Feb 2027 to Fri, 12 Feb 2027" in text(kept)


async def test_a_supervisor_leaves_a_members_leave_as_it_was(world: World) -> None:
    player = world.player("s")
    for each in ("leave 8-12 Feb", "leave 8-9 Mar"):
        await player.type(f"/caseload for {MEMBER}: {each}")
    asked = await player.type(f"/caseload for {MEMBER}: leave 10-19 Feb")
    kept = await press(player, asked, "Leave it as it is")
    assert await leaves(world) == OVER
    assert "Mon, 8 Feb 2027 to Fri, 12 Feb 2027" in text(kept)  # the member's page shows it


async def test_a_changed_form_that_overlaps_other_leave_is_asked(world: World) -> None:
    player = world.player("b")
    for each in ("leave 8-12 Feb", "leave 8-9 Mar"):
        await player.type(f"/caseload {each}")
    form = await player.press("caseload.leave.change", await first_id(world))
    assert isinstance(form, Show)
    values = {"first_day": "2027-02-08", "last_day": "2027-03-08", "own_cases": ("keep",), "cover": ("nobody",)}
    asked = await player.send(form.form, values)
    assert await leaves(world) == OVER
    await press(player, asked, "Join: Mon 8 Feb – Tue 9 Mar")
    assert await leaves(world) == [("2027-02-08", "2027-03-09")]


async def test_home_shows_the_leave_to_come(world: World) -> None:
    player = world.player("b")
    for each in ("leave 8-12 Feb", "leave 8-9 Mar"):
        await player.type(f"/caseload {each}")
    home = text(await player.type("/home"))
    assert "Mon, 8 Feb 2027 to Fri, 12 Feb 2027" in home
    assert "Mon, 8 Mar 2027 to Tue, 9 Mar 2027" in home


async def test_what_is_no_longer_undone_says_all_that_holds(world: World) -> None:
    player = world.player("b")
    first = await player.type("/caseload leave 8-12 Feb")
    await player.type("/caseload leave 8-9 Mar")
    await player.type("/caseload extend my leave until 14 Feb")
    steps = await world.find(UndoStep, person=person_id("b"), order=("created_at",))
    assert isinstance(first, Say)
    refused = await player.press("caseload.undo", steps[0].id)
    assert isinstance(refused, Refused)
    assert "Mon, 8 Feb 2027 to Sun, 14 Feb 2027; Mon, 8 Mar 2027 to Tue, 9 Mar 2027" in refused.text


async def test_steps_of_one_moment_keep_their_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's clock stands still, and ids are by chance: here each is smaller than the one before."""

    def smaller(ids: SequentialIds, kind: str) -> str:
        ids.count += 1
        return f"{kind}_{10**6 - ids.count}"

    monkeypatch.setattr(SequentialIds, "new", smaller)
    player = world.player("b")
    for typed in ("f2f", "icbt", "blended", "leave 8-12 Feb", "leave 8-9 Mar"):
        await player.type(f"/caseload {typed}")
    assert "blended" in text(await player.type("/caseload")).casefold()
    for left in ([("2027-02-08", "2027-02-12")], []):
        assert isinstance(await player.type("/caseload undo"), Say)
        assert await leaves(world) == left
    for mode in ("icbt", "f2f"):
        assert isinstance(await player.type("/caseload undo"), Say)
        async with world.store.begin(ORGANISATION, write=False) as uow:
            b = await uow.get(Person, person_id("b"))
            assert (await current_mode(Work(uow, world.clock.now(), world.tools), b)).value == mode


async def test_a_word_like_a_known_one_is_named_with_it(world: World) -> None:
    player = world.player("b")
    asked = await player.type("/caseload f2ff until Friday")
    assert '"f2ff" could not be read, so nothing was changed. Did you mean "f2f"?' in text(asked)
    await press(player, asked, "Face-to-face: Mon 18 Jan – Fri 22 Jan")
    assert await modes(world) == [("2027-01-18", "2027-01-22")]


@pytest.mark.parametrize("typed", ["leave chemo Friday", "leave Friday, chemotherapy"])
async def test_a_word_like_no_other_is_not_repeated(world: World, typed: str) -> None:
    asked = await world.player("b").type(f"/caseload {typed}")
    assert "chemo" not in text(asked)
    assert await leaves(world) == []


async def test_the_number_of_a_word_is_as_a_reader_counts(world: World) -> None:
    asked = await world.player("b").type("/caseload f2f until 12/2/2027 xx7zq")
    assert "Word 4 could not be read" in text(asked)


async def test_the_day_of_return_is_a_working_day(world: World) -> None:
    """Leave ends on a Friday; nobody works on Saturday."""
    answer = text(await world.player("b").type("/caseload leave until Friday"))
    assert "back on Mon 25 Jan" in answer
    assert "Sat" not in answer


async def test_a_mode_that_ends_then_already_is_said_and_not_undone(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload f2f until Friday")
    answer = text(await player.type("/caseload my f2f time ends on Friday"))
    assert "This is your caseload mode already." in answer
    assert "Sat, 23 Jan 2027" in answer
    assert await modes(world) == [("2027-01-18", "2027-01-22")]


async def test_a_mode_without_an_end_that_is_typed_with_one_is_asked(world: World) -> None:
    """Face-to-face holds for good; until Friday may mean that it ends then."""
    player = world.player("b")
    await player.type("/caseload f2f")
    asked = await player.type("/caseload f2f until Friday")
    assert await modes(world) == [("2027-01-18", None)]
    await press(player, asked, "Replace: Mon 18 Jan – Fri 22 Jan")
    assert await modes(world) == [("2027-01-18", "2027-01-22")]


@pytest.mark.parametrize(
    ("before", "typed", "said"),
    [
        ([], "leave 8-12 Feb", "Leave Mon 8 Feb – Fri 12 Feb"),
        (["leave 8-12 Feb"], "extend my leave by a week", "Leave Mon 8 Feb – Fri 12 Feb → Mon 8 Feb – Fri 19 Feb"),
        ([], "f2f until 12 Feb", "Face-to-face Mon 18 Jan – Fri 12 Feb"),
        (
            ["f2f until 12 Feb"],
            "extend f2f by a week",
            "Face-to-face Mon 18 Jan – Fri 12 Feb → Face-to-face Mon 18 Jan – Fri 19 Feb",
        ),
    ],
)
async def test_a_typed_undo_says_what_it_took_back(world: World, before: list[str], typed: str, said: str) -> None:
    player = world.player("b")
    for each in (*before, typed):
        await player.type(f"/caseload {each}")
    assert f"Taken back: {said}. This holds now." in text(await player.type("/caseload undo"))


async def test_undo_says_which_leave_was_given_up(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave 8-12 Feb")
    given_up = await player.press("caseload.back", await first_id(world))
    assert "Taken back: Leave Mon 8 Feb – Fri 12 Feb → –." in text(await press(player, given_up, "Undo"))


@pytest.mark.parametrize("typed", ["leave frobnicate friday", "leave 30 Feb", "leave on friday at 9", "f2f and leave"])
async def test_a_question_shows_the_leave_that_is_entered_with_its_buttons(world: World, typed: str) -> None:
    player = world.player("b")
    await player.type("/caseload leave 8-12 Feb")
    asked = await player.type(f"/caseload {typed}")
    assert "Mon, 8 Feb 2027 to Fri, 12 Feb 2027" in text(asked)
    assert isinstance(asked, Say)
    assert {"caseload.leave.change", "caseload.back"} <= {action.key for action in actions(asked.card)}
