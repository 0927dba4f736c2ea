"""An administrator makes a group of a Slack channel and of a Teams team, by buttons and forms of the chat alone."""

from __future__ import annotations

import pytest

from bot.demo.clinic import GROUP, person_id
from bot.demo.player import form_of
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person as Known
from bot.domain.person import Role
from bot.ui.inbound import Actor, Refused, Say, Show
from bot.ui.platform import Introduction, Platform
from bot.ui.rosters import RosterFailed, Selection
from tests.e2e.slack.player import InSlack
from tests.e2e.teams.player import InTeams
from tests.gate import rules_alone
from tests.standins.slack.world import connected, until
from tests.standins.teams.cards import texts
from tests.standins.teams.client import Person
from tests.standins.teams.clinic import TeamsClinic, aad_of, teams_clinic
from tests.standins.teams.connector import BOT, TENANT, personal_chat
from tests.witness import Witness
from tests.world import World, make_world

SOUTH = {"group": ("new",), "new_group": "South"}
TEAM = "19:psychologists@thread.tacv2"


async def members(world: World, group: str) -> set[str]:
    (found,) = await world.find(Group, name=group)
    people = {m.person for m in await world.find(Membership, group=found.id, left_on=None)}
    return {p.email for p in await world.find(Known, id__in=sorted(people))}


async def test_a_channel_becomes_a_group_in_slack() -> None:
    platforms: dict[str, Platform] = {}
    world = await make_world(rules_alone(), platforms=platforms)
    witness = Witness(world)
    async with connected("http", handle=witness.handle) as slack:
        platforms["slack"] = slack.platform
        m = InSlack(world, slack, witness, "m")
        await m.person.opens_home()
        a = InSlack(world, slack, witness, "a")
        await a.person.opens_home()
        new = [
            slack.slack.kept.person(f"UN{n}", profile={"real_name": f"New {n}", "email": f"new{n}@demo.example"})
            for n in range(3)
        ]
        guest = slack.slack.kept.person("UGUEST", is_restricted=True)
        slack.slack.kept.filled("C0SOUTH", a.person.user, *new, guest)
        form = form_of(await m.press("roster.open"), "open")
        looked = await m.send(form, {**SOUTH, "channel": "C0SOUTH", "roles": ("therapist", "supervisor")})
        assert isinstance(looked, Show), looked
        for said in ("New 0", "new0@demo.example", "left out", "guest"):
            assert said in m.person.reads
        assert not await world.find(Group, name="South"), "nothing was done yet"
        await m.person.presses("Add them")
        await m.person.until("one welcome")
        everybody = {"a@demo.example", *(f"new{n}@demo.example" for n in range(3))}
        assert await members(world, "South") == everybody
        (added,) = await world.find(Known, email="new1@demo.example")
        assert added.roles == {Role.THERAPIST, Role.SUPERVISOR}
        (known,) = await world.find(Known, id=person_id("a"))
        assert known.roles == {Role.THERAPIST}
        await m.person.presses("Undo (10 minutes)")
        await m.person.until("3 people are not added after all")
        assert not await world.find(Group, name="South")
        looked = await m.send(form_of(await m.press("roster.open"), "open"), {"people": new, "group": (GROUP,)})
        assert isinstance(looked, Show), looked
        await m.person.presses("Add them")
        await m.person.until("one welcome")
        (added,) = await world.find(Known, email="new1@demo.example")
        picked = await m.send(form_of(await m.press("roster.find"), "find"), {"person": new[1]})
        assert form_of(picked, "picked").subject == added.id
        refused = await a.press("roster.open")
        assert isinstance(refused, Refused)
        assert refused.key == "not_allowed"
        assert slack.slack.refusals == []


async def test_a_team_with_the_app_becomes_a_group_in_teams() -> None:
    async with teams_clinic(rules_alone()) as at:
        m = InTeams(at.world, at.witness, at.person("m"), "m")
        await m.person.installs()
        roster = [at.connector.members[personal_chat(f"29:{aad_of(key)}")][0] for key in ("m", "a", "b")]
        strangers = [
            {"id": f"29:n{n}", "aadObjectId": f"n{n}", "name": f"New {n}", "email": f"new{n}@demo.example"}
            for n in range(3)
        ]
        guest = {"id": "29:g", "aadObjectId": "g", "name": "G", "email": "g@else.example", "userRole": "guest"}
        at.connector.members[TEAM] = [*roster, *strangers, guest]
        before = len(m.person.sees())
        await _app_added(at, m.person.aad)
        await until(lambda: len(m.person.sees()) > before)
        offer = texts(m.person.sees()[-1])
        for said in ("Psychologists", "7 members", "3 not known here yet", "1 guest"):
            assert said in offer
        form = form_of(await m.press("roster.open"), "open")
        assert isinstance(await m.send(form, {}), Show)
        assert "New 2" in m.read[-1]
        assert isinstance(await m.press("roster.add"), Say)
        everybody = {f"{key}@demo.example" for key in ("m", "a", "b")} | {f"new{n}@demo.example" for n in range(3)}
        assert await members(at.world, "Psychologists") == everybody
        assert await at.platform.introduce("new1@demo.example") is Introduction.FOUND
        assert len(m.person.sees()) < before + 4, "and it is offered once"


@pytest.mark.parametrize("who", ["a", "nobody"])
async def test_who_adds_the_app_and_does_not_administer_is_offered_nothing(who: str) -> None:
    async with teams_clinic(rules_alone()) as at:
        person = at.person("a")
        at.connector.members[TEAM] = [at.connector.members[personal_chat(person.id)][0]]
        await person.installs()
        before = len(person.sees())
        await _app_added(at, person.aad if who == "a" else "stranger")
        await until(lambda: not at.platform._under_way)
        assert len(person.sees()) == before


async def test_nobody_is_told_who_is_in_a_team_that_is_not_theirs() -> None:
    async with teams_clinic(rules_alone()) as at:
        m, other = at.person("m"), Actor("teams", "another-tenant", aad_of("m"))
        at.connector.members[TEAM] = [at.connector.members[personal_chat(at.person("a").id)][0]]
        await _app_added(at, at.person("a").aad)
        await until(lambda: not at.platform._under_way)
        mine = Actor("teams", TENANT, m.aad)
        for asker in (mine, other):
            assert (await at.platform.sources(asker)).lists == ()
            with pytest.raises(RosterFailed) as failed:
                await at.platform.accounts(asker, Selection(listed=TEAM))
            assert failed.value.why == "not_there"
        at.connector.rosters_down = 503
        arrivals = at.platform._arrivals
        assert arrivals, "it runs"
        arrivals.teams._read.clear()
        with pytest.raises(RosterFailed) as failed:
            await at.platform.accounts(mine, Selection(listed=TEAM))
        assert failed.value.why == "silent"


async def _app_added(at: TeamsClinic, aad: str) -> None:
    """Teams announces it in two ways."""
    owner = Person(at.bot, at.connector, aad, chat=TEAM, kind="channel")
    about = {"tenant": {"id": TENANT}, "team": {"id": TEAM, "name": "Psychologists"}}
    await owner.post(owner.activity("installationUpdate", action="add", channelData=about))
    await owner.post(owner.activity("conversationUpdate", membersAdded=[{"id": BOT}], channelData=about))
