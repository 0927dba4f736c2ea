"""One clinic on two chats: the real core, Slack on one side, Teams on the other, everybody known by address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.app.dependencies import Anonymiser
from bot.demo.clinic import GROUP, KEYS, ORGANISATION, person_id
from bot.demo.player import Player
from bot.domain.organisation import Group, Organisation
from bot.domain.person import Person
from bot.ui.inbound import Actor
from tests.e2e.slack.player import InSlack
from tests.e2e.teams.player import InTeams
from tests.standins.slack.world import World as SlackWorld
from tests.standins.slack.world import connected, until
from tests.standins.teams.clinic import TeamsClinic, teams_clinic
from tests.world import World

IN_SLACK = ("a", "b", "c", "s")
IN_TEAMS = ("d", "e", "f", "g")
LOCALES = {"en": "en-GB", "da": "da-DK", "de": "de-DE", "nb": "nb-NO", "nl": "nl-NL", "sv": "sv-SE"}


@dataclass
class Both:
    """Everything a test touches."""

    world: World
    slack: SlackWorld
    teams: TeamsClinic
    language: str

    def in_slack(self, key: str) -> InSlack:
        """A demo person in Slack, whose profile has the clinic's language."""
        return InSlack(self.world, self.slack, self.teams.witness, key, locale=LOCALES[self.language])

    def in_teams(self, key: str) -> InTeams:
        """A demo person in Teams."""
        person = replace(self.teams.person(key), locale=LOCALES[self.language], name=f"zz{key}")
        return InTeams(self.world, self.teams.witness, person, key)

    async def settled(self) -> None:
        """Wait until every answer under way stands in its chat: both chats acknowledge before they show."""
        await self.slack.settled()
        await until(lambda: not self.teams.platform._under_way, 20)

    async def everybody(self) -> dict[str, Player]:
        """Half the group in Slack, half in Teams, all of them arrived."""
        players: dict[str, Player] = {}
        for key in IN_SLACK:
            slacker = players[key] = self.in_slack(key)
            await slacker.person.opens_home()
        for key in IN_TEAMS:
            teamster = players[key] = self.in_teams(key)
            await teamster.person.installs()
        return players


@asynccontextmanager
async def both_chats(gate: Anonymiser, language: str = "en") -> AsyncIterator[Both]:
    """The clinic, running on both; people and group are named in no language."""
    async with teams_clinic(gate, language_of=lambda actor: _language(world, actor)) as teams:
        world = teams.world
        await _rename(world)
        spoken = lambda actor: _language(world, actor)  # noqa: E731  # reads as the port it stands for
        async with connected("http", handle=teams.witness.handle, language_of=spoken) as slack:
            teams.platforms["slack"] = slack.platform
            yield Both(world, slack, teams, language)


async def _language(world: World, actor: Actor) -> str:
    async with world.store.system() as system:
        contact = await system.contact(actor.platform, actor.tenant, actor.user)
    if contact is None:
        return "en"
    return (await world.find(Person, id=contact.person))[0].language


async def _rename(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for key in KEYS:
            await uow.save(replace(await uow.get(Person, person_id(key)), name=f"zz{key}", language="en"))
        await uow.save(replace(await uow.get(Group, GROUP), name="zzgroup"))
        await uow.save(replace(await uow.get(Organisation, ORGANISATION), name="zzhouse"))
        await uow.commit()
