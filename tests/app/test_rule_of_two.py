"""With two pairs of eyes as a rule: no act of one person alone ends the rule or goes round it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.admin import lifecycle, people, roster, rules
from bot.admin.context import AdminContext
from bot.admin.privacy import Office, export
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.data_request import ALONE_AFTER, WEAKENING, DataRequest
from bot.domain.organisation import Organisation, Workspace
from bot.domain.person import Person, Role
from bot.errors import SetupError
from bot.ui.inbound import Done, Outcome, Refused
from tests.world import World

ADMIN, OFFICER = "m", "p"
THEIRS = "m@demo.example"
PUPPET = "a@demo.example"

Act = Callable[[World, AdminContext], Awaitable[Any]]


@pytest.fixture
async def admin(world: World) -> AdminContext:
    """The shell, with the rule on and whoever acts named truly: the administrator."""
    sign_in = SignInService(world.store, world.clock, world.tools)
    shell = AdminContext(world.store, world.clock, world.tools, sign_in, "root", asker=THEIRS)
    await rules.set_policy(shell, ORGANISATION, "", "", {"second_person": True})
    world.entry.tools = replace(world.tools, connected=("web", "slack"))
    return shell


def shell(step: Callable[[AdminContext], Awaitable[Any]]) -> Act:
    async def act(world: World, admin: AdminContext) -> Any:
        return await step(admin)

    return act


def page(key: str, subject: str, given: dict[str, Any], **args: str) -> Act:
    async def act(world: World, admin: AdminContext) -> Any:
        player = world.player(ADMIN)
        opened = await player.press(key, subject, **args)
        return await player.send(form_of(opened, key), given)

    return act


async def rule_reset(world: World, admin: AdminContext) -> Outcome:
    return await world.player(ADMIN).press("policies.reset", "", name="second_person")


ROWS = "name;email;clinic;roles\nNew One;new@demo.example;Kiel;dpo\n"
MOVED = "name;email;personnel_id;clinic\nData-protection officer (Kiel);mine@demo.example;77;Kiel\n"


def file(content: str, **wanted: Any) -> Act:
    return shell(lambda a: roster.apply_content(a, ORGANISATION, content.encode(), "f", roster.Wanted(**wanted)))


def written(content: str) -> Act:
    return page("staff.file", "", {"file": content, "do": "do"})


NEW = {"name": "New One", "email": "new@demo.example", "clinic": "Kiel", "roles": "admin"}
ACTS: dict[str, tuple[str, Act]] = {
    "the rule off, in the shell": (
        "rule_off",
        shell(lambda a: rules.set_policy(a, ORGANISATION, "", "", {"second_person": False})),
    ),
    "the rule as the product has it, in the shell": (
        "rule_off",
        shell(lambda a: rules.set_policy(a, ORGANISATION, "", "", {"second_person": None})),
    ),
    "the rule off, on the page": ("rule_off", page("policies.change", "", {"value": "false"}, name="second_person")),
    "the rule as the product has it, on the page": ("rule_off", rule_reset),
    "a role for a colleague, in the shell": (
        "new_officer",
        shell(lambda a: rules.set_roles(a, ORGANISATION, PUPPET, ["therapist", "dpo"])),
    ),
    "a role for a colleague, on the page": (
        "new_officer",
        page("staff.roles", person_id("a"), {"roles": ("therapist", "admin")}),
    ),
    "somebody new, in the shell": ("new_officer", shell(lambda a: people.person(a, ORGANISATION, NEW))),
    "somebody new, on the page": (
        "new_officer",
        page("staff.add", "", {**NEW, "clinic": ("cli_kiel",), "roles": ("dpo",)}),
    ),
    "somebody new, by a file in the shell": ("new_officer", file(ROWS)),
    "somebody new, by a file on the page": ("new_officer", written(ROWS)),
    "the officer's address, in the shell": (
        "officer_address",
        shell(lambda a: lifecycle.change_person(a, ORGANISATION, "p@demo.example", {"email": "mine@demo.example"})),
    ),
    "the officer's address, on the page": (
        "officer_address",
        page("staff.change", person_id(OFFICER), {"name": "P", "email": "mine@demo.example"}),
    ),
    "the officer's address, by a file": ("officer_address", file(MOVED)),
    "the officer's role ended, in the shell": (
        "officer_ends",
        shell(lambda a: rules.set_roles(a, ORGANISATION, "p@demo.example", ["therapist"])),
    ),
    "the officer's role ended, on the page": (
        "officer_ends",
        page("staff.roles", person_id(OFFICER), {"roles": ("therapist",)}),
    ),
    "the officer removed, in the shell": (
        "officer_ends",
        shell(lambda a: people.remove_person(a, ORGANISATION, "p@demo.example")),
    ),
    "the officer removed, on the page": ("officer_ends", page("staff.remove", person_id(OFFICER), {"day": ""})),
    "the officer missing in a file": (
        "officer_ends",
        file("name;email;clinic\nService manager (Kiel);m@demo.example;Kiel\n", remove_missing=True),
    ),
    "a workspace whose directory says who is who, in the shell": (
        "new_workspace",
        shell(lambda a: people.workspace(a, ORGANISATION, "slack", "T0MINE")),
    ),
    "a workspace, on the page": (
        "new_workspace",
        page("setup.workspace", "", {"platform": "slack", "tenant": "T0MINE"}),
    ),
}


async def guarded(world: World) -> Any:
    """What the rule rests on: itself, who could agree and where they are written to, which chats are believed."""
    officers = [p for p in await world.find(Person, removed_at=None) if p.has(Role.DPO, Role.ADMIN)]
    return (
        [each.policy for each in await world.find(Organisation)],
        sorted((p.id, p.email, sorted(p.roles)) for p in officers),
        sorted(each.tenant for each in await world.find(Workspace)),
    )


async def tried(act: Act, world: World, admin: AdminContext) -> Any:
    """The act, and what the shell refuses as its sentence."""
    try:
        return await act(world, admin)
    except SetupError as error:
        return str(error)


async def with_personnel_id(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(OFFICER)), personnel_id="77"))
        await uow.commit()


def test_every_kind_of_weakening_is_tried() -> None:
    assert {kind for kind, _ in ACTS.values()} == set(WEAKENING)


@pytest.mark.parametrize("name", ACTS)
async def test_nobody_weakens_the_rule_alone(world: World, admin: AdminContext, name: str) -> None:
    kind, act = ACTS[name]
    await with_personnel_id(world)
    before = await guarded(world)
    for _ in range(2):
        answer = await tried(act, world, admin)
        assert "second person" in answer if isinstance(answer, str) else isinstance(answer, Done), answer
        assert await guarded(world) == before
    (asked,) = await world.find(DataRequest)
    assert (asked.act, asked.asked_by) == (kind, person_id(ADMIN))
    assert isinstance(await world.player(ADMIN).press("officer.agree", asked.id), Refused)
    await world.settle()
    assert "data_request" in await world.told(OFFICER) or "rule_weakened" in await world.told(OFFICER)
    if not asked.confirmed_at:
        await world.player(ADMIN).press("officer.confirm", asked.id)
    agreed = await world.player(OFFICER).press("officer.agree", asked.id)
    if isinstance(agreed, Refused):
        # It is about the only other officer: nobody can agree, and time has to pass after they were told.
        assert await guarded(world) == before
        await world.advance(seconds=ALONE_AFTER.total_seconds())
    await tried(act, world, admin)
    assert await guarded(world) != before, "by two it is done"
    assert await world.find(DataRequest) == [], "and what was agreed to is used up"


async def test_what_was_agreed_to_is_that_address_and_no_other(world: World, admin: AdminContext) -> None:
    await rules.set_policy(admin, ORGANISATION, "", "", {"second_person": True})

    async def moved(to: str) -> Any:
        given = {"name": "S", "roles": ("supervisor", "admin"), "email": to}
        return await tried(page("staff.roles", person_id("s"), given), world, admin)

    await moved("")
    (asked,) = await world.find(DataRequest)
    await world.player(OFFICER).press("officer.agree", asked.id)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id("s")), email="mine@demo.example"))
        await uow.commit()
    before = await guarded(world)
    await moved("")
    assert await guarded(world) == before


async def test_an_undo_takes_no_officer_away_and_ends_no_rule(world: World, admin: AdminContext) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        own = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(own, policy={**own.policy, "second_person": False}))
        await uow.commit()
    on = await page("policies.change", "", {"value": "true"}, name="second_person")(world, admin)
    (back,) = [action for action in form_of(on, "on").actions if action.key == "policies.undo"]
    before = await guarded(world)
    assert isinstance(await world.player(ADMIN).press("policies.undo", back.subject), Done)
    assert await guarded(world) == before
    assert (await world.find(DataRequest))[0].act == "rule_off"


async def test_where_nobody_could_agree_others_are_told_and_time_passes(world: World, admin: AdminContext) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(OFFICER)), removed_at=world.clock.now()))
        await uow.commit()
    _, off = ACTS["the rule off, on the page"]
    before = await guarded(world)
    assert isinstance(await off(world, admin), Done)
    await world.settle()
    assert "rule_weakened" in await world.told("s")
    await world.advance(seconds=ALONE_AFTER.total_seconds() - 60)
    await off(world, admin)
    assert await guarded(world) == before
    await world.advance(seconds=60)
    await off(world, admin)
    assert await guarded(world) != before


async def test_whom_the_officer_s_end_is_about_can_stop_it(world: World, admin: AdminContext) -> None:
    _, removal = ACTS["the officer removed, on the page"]
    before = await guarded(world)
    await removal(world, admin)
    (asked,) = await world.find(DataRequest)
    form = await world.player(OFFICER).open("officer.requests")
    assert any(action.key == "officer.withdraw" for block in form.body for action in getattr(block, "actions", ()))
    assert isinstance(await world.player(OFFICER).press("officer.withdraw", asked.id), Done)
    await world.advance(seconds=ALONE_AFTER.total_seconds())
    await removal(world, admin)
    assert await guarded(world) == before, "it was asked for anew"


async def test_two_names_in_the_shell_are_not_two_people(world: World, admin: AdminContext) -> None:
    office = Office(
        world.store, world.clock, world.tools, ORGANISATION, "p@demo.example", reason="request", second=THEIRS
    )
    with pytest.raises(SetupError, match="on the pages"):
        await export(office, PUPPET, texts=False)
