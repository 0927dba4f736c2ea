"""People as administrators change them by forms: added, found, changed, moved, left and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.assignment import Assignment
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person, Role
from bot.ports.records import AuditEntry
from bot.ui.inbound import Invalid, Outcome, Refused, Say, Show
from bot.ui.model import ChoiceField, Form, Row, plain
from tests.app.published_round import published
from tests.world import World

NEW = {
    "name": "Åse Sørby",
    "email": "ase@demo.example",
    "clinic": ("cli_aarhus",),
    "language": ("da",),
    "group": ("all",),
}


async def send(world: World, form: Form, **values: Sequence[str]) -> Outcome:
    return await world.player("m").send(form, values)


async def listed(world: World, **wanted: Sequence[str]) -> list[str]:
    """The names that a search finds, in the order of the page."""
    form = form_of(await world.player("m").press("staff.list"), "list")
    found = form_of(await send(world, form, **wanted), "find")
    return [plain(block.line).split(" · ")[0] for block in found.body if isinstance(block, Row)]


async def of(world: World, key: str) -> Person:
    return (await world.find(Person, id=person_id(key)))[0]


async def test_people_are_searched_filtered_and_sorted(world: World) -> None:
    assert len(await listed(world)) == 10
    assert await listed(world, text="lund") == ["Therapist D (Lund)", "Therapist E (Lund)"]
    assert await listed(world, text="THERAPIST e@") == ["Therapist E (Lund)"]
    assert await listed(world, who=("dpo",)) == ["Data-protection officer (Kiel)"]
    assert await listed(world, clinic=("cli_aarhus",), who=("therapist",)) == [
        "Therapist F (Aarhus)",
        "Therapist G (Aarhus)",
    ]
    assert (await listed(world, sort=("clinic",)))[0].endswith("(Aarhus)")
    assert await listed(world, group=("nonsense",), text="nobody at all") == []
    assert await listed(world, who=("left",)) == []


async def test_a_long_list_has_pages(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for n in range(60):
            person = replace(
                await uow.get(Person, person_id("a")), id=f"p{n}", email=f"p{n}@x.example", name=f"P {n:02}"
            )
            await uow.add(person)
        await uow.commit()
    form = form_of(await world.player("m").press("staff.list"), "list")
    (onward,) = [a for a in form.actions if a.args.get("page") == "1"]
    second = form_of(await world.player("m").press(onward.key, **onward.args), "list")
    assert {a.args["page"] for a in second.actions if "page" in a.args} == {"0", "2"}
    first_names, next_names = ([b for b in f.body if isinstance(b, Row)] for f in (form, second))
    assert not {plain(b.line) for b in first_names} & {plain(b.line) for b in next_names}


async def test_a_person_is_added_changed_moved_and_put_back(world: World) -> None:
    form = await world.player("m").open("staff.add")
    shown = form_of(await send(world, form, **NEW, roles=("therapist",)), "add")
    (added,) = await world.find(Person, email="ase@demo.example")
    assert (added.clinic, added.timezone) == ("cli_aarhus", "Europe/Copenhagen")
    assert added.roles == {Role.THERAPIST}
    assert shown.subject == added.id
    form = await world.player("m").open("staff.change", added.id)
    changed = form_of(
        await send(world, form, name="Åse Sørby", email="a.s@demo.example", clinic=("cli_lund",)), "change"
    )
    (moved,) = await world.find(Person, id=added.id)
    assert (moved.email, moved.clinic, moved.timezone) == ("a.s@demo.example", "cli_lund", "Europe/Stockholm")
    undo = next(a for a in changed.actions if a.key == "staff.undo")
    assert isinstance(await world.player("s").press(undo.key, undo.subject), Refused)
    assert isinstance(await world.player("m").press(undo.key, undo.subject), Say)
    (back,) = await world.find(Person, id=added.id)
    assert (back.clinic, back.timezone) == ("cli_aarhus", "Europe/Copenhagen")
    lines = await world.find(AuditEntry, subject=added.id)
    assert {line.actor for line in lines} == {person_id("m")}
    assert "Åse" not in str(lines)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "A@demo.example"}, "email"),  # somebody's, but for the case of a letter
        ({"email": "nobody"}, "email"),
        ({"email": "two words@x.example"}, "email"),
        ({"name": ""}, "name"),
        ({"roles": ()}, "roles"),
        ({"roles": ("emperor",)}, "roles"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(world: World, values: dict[str, Sequence[str]], field: str) -> None:
    form = await world.player("m").open("staff.add")
    outcome = await send(world, form, **{**NEW, "roles": ("therapist",), **values})
    assert isinstance(outcome, Invalid)
    assert field in outcome.form.errors
    assert len(await world.find(Person)) == 10


async def test_the_last_administrator_stays_one(world: World) -> None:
    me = await of(world, "m")
    form = await world.player("m").open("staff.roles", me.id)
    assert isinstance(await send(world, form, roles=("manager",)), Invalid)
    form = await world.player("m").open("staff.remove", me.id)
    assert isinstance(await send(world, form), Invalid)
    assert await of(world, "m") == me


async def test_roles_change_and_are_put_back(world: World) -> None:
    form = await world.player("m").open("staff.roles", person_id("a"))
    shown = form_of(await send(world, form, roles=("therapist", "supervisor")), "roles")
    assert (await of(world, "a")).roles == {Role.THERAPIST, Role.SUPERVISOR}
    undo = next(a for a in shown.actions if a.key == "staff.undo")
    await world.player("m").press(undo.key, undo.subject)
    assert (await of(world, "a")).roles == {Role.THERAPIST}


async def test_somebody_leaves_and_comes_back(world: World) -> None:
    assignments = await published(world)
    who = assignments[0].reviewer
    form = await world.player("m").open("staff.remove", who)
    assert isinstance(await send(world, form), Show)
    assert not await world.find(Assignment, reviewer=who, ended_at=None, submitted_at=None)
    name = (await world.find(Person, id=who))[0].name
    assert await listed(world, who=("left",)) == [name]
    assert name not in await listed(world)
    assert isinstance(await world.player("m").press("staff.change", who), Refused)
    assert isinstance(await world.player("m").press("staff.return", who), Show)
    assert (await world.find(Person, id=who))[0].active


async def test_a_last_day_to_come_is_kept_and_given_up(world: World) -> None:
    form = await world.player("m").open("staff.remove", person_id("b"))
    assert isinstance(await send(world, form, day="2027-01-01"), Invalid)
    assert isinstance(await send(world, form, day="2027-01-29", cover=(person_id("a"),)), Show)
    person = await of(world, "b")
    assert (f"{person.leaves_on}", person.leaving_cover) == ("2027-01-29", person_id("a"))
    await world.player("m").press("staff.stay", person_id("b"))
    assert (await of(world, "b")).leaves_on is None


async def test_groups_are_joined_and_left_on_a_day(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Group("grp_two", ORGANISATION, "Second group", "Europe/Berlin"))
        await uow.commit()
    form = await world.player("m").open("staff.join", person_id("a"))
    assert isinstance(await send(world, form, group=("grp_two",), day="2027-02-01"), Show)
    (joined,) = await world.find(Membership, group="grp_two")
    assert f"{joined.joined_on}" == "2027-02-01"
    form = await world.player("m").open("staff.leave", person_id("a"))
    choice = form.fields[0]
    assert isinstance(choice, ChoiceField)
    assert isinstance(await send(world, form, group=(choice.options[0].value,), day="2027-01-29"), Show)
    (left,) = await world.find(Membership, group=GROUP, person=person_id("a"))
    assert f"{left.left_on}" == "2027-01-29"


async def test_nobody_but_administrators_comes_here(world: World) -> None:
    for key in ("a", "s", "p"):
        for step in ("staff.list", "staff.show", "staff.change", "staff.roles", "staff.remove", "staff.return"):
            assert isinstance(await world.player(key).press(step, person_id("b")), Refused), (key, step)


AUDITED: dict[str, tuple[str, str, dict[str, Sequence[str]]]] = {
    "a clinic is added": (
        "places.add_clinic",
        "",
        {"name": "Malmö", "country": "SE", "timezone": "Europe/Stockholm"},
    ),
    "a group is added": ("places.add_group", "", {"name": "Second", "timezone": "Europe/Berlin"}),
    "a clinic is renamed": ("places.rename", "cli_lund", {"name": "Lund Nord"}),
    "duty is named": ("places.duty", "cli_kiel", {"duty": ("per_demo_s",), "deputy": ("nobody",)}),
    "a person is added": ("staff.add", "", {**NEW, "roles": ("therapist",)}),
    "details are changed": ("staff.change", "per_demo_c", {"name": "C", "email": "c2@demo.example"}),
    "roles are changed": ("staff.roles", "per_demo_c", {"roles": ("therapist", "supervisor")}),
    "a group is left": ("staff.leave", "per_demo_c", {"group": (GROUP,)}),
    "a last day is set": ("staff.remove", "per_demo_c", {"day": "2027-02-01"}),
    "access ends": ("staff.remove", "per_demo_c", {}),
}


@pytest.mark.parametrize(("key", "subject", "values"), AUDITED.values(), ids=AUDITED)
async def test_every_change_is_a_line_of_the_trail(
    world: World, key: str, subject: str, values: dict[str, Sequence[str]]
) -> None:
    before = len(await world.find(AuditEntry, actor=person_id("m")))
    shown = await send(world, await world.player("m").open(key, subject), **values)
    assert isinstance(shown, Show), shown
    lines = (await world.find(AuditEntry, actor=person_id("m"), order=("number",)))[before:]
    assert lines
    assert all(line.detail for line in lines) or lines[-1].what == "person_removed"
    assert "Malmö" not in str(lines), "ids and counts, no names"


async def test_joining_a_group_and_giving_up_a_last_day_are_lines_of_the_trail(world: World) -> None:
    form = await world.player("m").open("places.add_group")
    await send(world, form, name="Second", timezone="Europe/Berlin")
    (second,) = await world.find(Group, name="Second")
    await send(world, await world.player("m").open("staff.join", person_id("c")), group=(second.id,))
    await send(world, await world.player("m").open("staff.remove", person_id("c")), day="2027-02-01")
    await world.player("m").press("staff.stay", person_id("c"))
    details = [line.detail for line in await world.find(AuditEntry, what="person_changed", subject=person_id("c"))]
    assert details == [
        {"joined": second.id, "on": "2027-01-18"},
        {"leaves_on": "- -> 2027-02-01"},
        {"leaves_on": "2027-02-01 -> -"},
    ]
