"""The app is installed, removed and installed again: people arrive, teams bring their members, addresses move."""

from bot.ui.inbound import (
    Arrived,
    Gone,
)
from tests.e2e.teams.script import clinic
from tests.standins.teams.cards import texts
from tests.standins.teams.connector import BOT, personal_chat
from tests.standins.teams.world import KIEL, world


async def test_installing_greets_once_and_tells_the_core_who_arrived() -> None:
    async with world(clinic) as w:
        person = w.person(locale="sv-SE")
        w.connector.members[personal_chat(person.id)] = [
            {
                "id": person.id,
                "name": "Therapist A",
                "aadObjectId": KIEL,
                "email": "a@clinic.example",
                "userRole": "user",
            }
        ]
        await person.installs()
        await person.installs()
        assert [texts(c) for c in person.sees()] == ["Welcome"]
        arrived = w.core.heard(Arrived)
        assert len(arrived) == 2, "each installation is a sign of life, however many ways announce it"
        assert (arrived[0].profile.email, arrived[0].profile.language) == ("a@clinic.example", "sv-SE")
        assert arrived[0].profile.timezone == "Europe/Berlin"
        assert arrived[0].reference["conversation"] == personal_chat(person.id)


async def test_removing_and_adding_the_app_again_counts_as_a_new_arrival() -> None:
    async with world(clinic) as w:
        person = w.person()
        await person.installs()
        await person.post(person.activity("installationUpdate", action="remove"))
        assert w.core.heard(Gone)[0].actor.user == KIEL
        await person.installs()
        assert len(w.core.effects) == len({e.event_id for e in w.core.effects}) == 5


async def test_a_team_installation_makes_its_members_reachable_and_marks_guests() -> None:
    async with world(clinic) as w:
        team = "19:team@thread.tacv2"
        w.connector.members[team] = [
            {
                "id": f"29:{i}",
                "aadObjectId": f"0000000{i}-0000-4000-8000-000000000000",
                "name": f"T{i}",
                "userRole": role,
            }
            for i, role in enumerate(["user", "guest", "user", "user", "user"])
        ]
        installer = w.person(
            chat=team,
            kind="channel",
            extra={"channelData": {"tenant": {"id": w.address().actor.tenant}, "team": {"id": team}}},
        )
        await installer.post(installer.activity("installationUpdate", action="add"))
        await w.platform.stop()
        arrived = w.core.heard(Arrived)
        assert len(arrived) == 5
        assert [e.profile.guest for e in arrived] == [False, True, False, False, False]
        assert all("conversation" not in e.reference and e.reference["bot"] == BOT for e in arrived)


async def test_a_changed_service_address_reaches_the_core_before_the_command() -> None:
    async with world(clinic, service_hosts=["127.0.0.1", "*.botframework.com"]) as w:
        person = w.person()
        await person.types("help")
        moved = person.activity("invoke", name="unknown") | {"serviceUrl": "https://eu.botframework.com/"}
        await person.post(moved)
        assert [e.reference["service"] for e in w.core.heard(Arrived)][-1] == "https://eu.botframework.com/"
