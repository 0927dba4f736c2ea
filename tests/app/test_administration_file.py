"""A staff file on the page: looked at first, then taken over; one wrong row changes nothing unless told to."""

from __future__ import annotations

from collections.abc import Sequence

from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact, Person
from bot.ui.inbound import Actor, Done, Invalid, Outcome, Show
from bot.ui.model import Form
from tests.world import World

PASTED = "Name\tE-Mail\tKlinik\tRollen\nÅse Sørby\tase@demo.example\tAarhus\tTherapeut\n"
EXPORT = "Display name;User principal name\nOle Berg;ole@demo.example\n"
WRONG = "name,email,clinic\nGood,good@demo.example,Kiel\nBad,nobody,Kiel\n"


async def send(world: World, form: Form, text: str, do: str = "look", **more: Sequence[str]) -> Outcome:
    return await world.player("m").send(form, {"file": text, "do": (do,), **more})


async def there(world: World, email: str) -> bool:
    return bool(await world.find(Person, email=email))


async def test_rows_pasted_from_a_sheet_are_looked_at_then_taken_over(world: World) -> None:
    form = await world.player("m").open("staff.file")
    shown = await send(world, form, PASTED)
    assert isinstance(shown, Show)
    assert "new: 1" in str(shown.form)
    assert "Åse Sørby" in str(shown.form)
    assert not await there(world, "ase@demo.example")
    done = await send(world, shown.form, PASTED, "do")
    assert isinstance(done, Done)
    assert await there(world, "ase@demo.example")
    again = await send(world, shown.form, PASTED)
    assert isinstance(again, Show)
    assert "unchanged: 1" in str(again.form)


async def test_what_an_export_lacks_is_given_for_everybody(world: World) -> None:
    form = await world.player("m").open("staff.file")
    refused = await send(world, form, EXPORT)
    assert isinstance(refused, Invalid)
    assert "clinic" in refused.form.errors["file"]
    shown = await send(world, form, EXPORT, "do", clinic=("cli_lund",), group=("grp_demo",), roles=("therapist",))
    assert isinstance(shown, Done)
    (ole,) = await world.find(Person, email="ole@demo.example")
    assert (ole.clinic, set(ole.roles)) == ("cli_lund", {"therapist"})


async def test_one_wrong_row_changes_nothing_unless_told_to(world: World) -> None:
    form = await world.player("m").open("staff.file")
    shown = await send(world, form, WRONG)
    assert isinstance(shown, Show)
    assert "wrong: 1" in str(shown.form)
    assert isinstance(await send(world, form, WRONG, "do"), Invalid)
    assert not await there(world, "good@demo.example")
    assert isinstance(await send(world, form, WRONG, "do", how=("skip",)), Done)
    assert await there(world, "good@demo.example")


async def test_what_is_no_table_is_said_at_the_field(world: World) -> None:
    form = await world.player("m").open("staff.file")
    for text in ("", "hello", "a;b\n1;2\n"):
        outcome = await send(world, form, text)
        assert isinstance(outcome, Invalid), text
        assert set(outcome.form.errors) == {"file"}


async def test_a_chat_says_where_a_file_is_read(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Contact("con_m", ORGANISATION, person_id("m"), "slack", "T1", "U1", seen_at=world.clock.now()))
        await uow.commit()
    player = world.player("m")
    player.actor = Actor("slack", "T1", "U1")
    form = await player.open("staff.file")
    assert form.fields == ()
    assert "open the web page" in str(form)
