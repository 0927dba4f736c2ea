"""The real core behind the Teams adapter: from installation to a case in the round, and a notice about it."""

from __future__ import annotations

import pytest

from bot.app.dependencies import Anonymiser
from bot.domain.case import Case
from tests.gate import rules_alone
from tests.standins.teams.cards import buttons, elements, faults
from tests.standins.teams.client import Json
from tests.standins.teams.clinic import teams_clinic

NAME = "Annegret Petersen"


@pytest.fixture(scope="module")
def gate() -> Anonymiser:
    """The real gate."""
    return rules_alone()


async def test_a_person_installs_switches_mode_and_presents_a_case(gate: Anonymiser) -> None:
    async with teams_clinic(gate) as teams:
        world, connector, person = teams.world, teams.connector, teams.person("a")
        before = len(await world.find(Case))
        await person.installs()
        assert person.sees(), "the home card greets"
        await person.types("help")
        await person.types("caseload f2f")
        await person.types("case new")
        opener = person.sees()[-1]
        form = (await person.presses(opener, "Open")).dialog
        assert faults(form) == []
        preview = (await person.sends(form, send_title(form), **filled(form))).dialog
        assert faults(preview) == []
        done = await person.sends(preview, send_title(preview), **confirmed(preview))
        assert done.status == 200
        assert len(await world.find(Case)) == before + 1
        await world.settle()
        everything = str([p.activity for p in connector.posted.values()])
        assert NAME not in everything
        assert "never sends the homework" not in everything, "no case text in any chat message"


def send_title(dialog: Json) -> str:
    """The title of the dialog's submit button."""
    return str(next(b["title"] for b in buttons(dialog) if b["data"]["iv"].get("f")))


def confirmed(preview: Json) -> dict[str, str]:
    """Agree to every replacement that the gate proposes."""
    sets = [e for e in elements(preview) if e["type"] == "Input.ChoiceSet"]
    return {e["id"]: e.get("value") or e["choices"][0]["value"] for e in sets}


def filled(form: Json) -> dict[str, str]:
    """Something in every field that needs it."""
    values: dict[str, str] = {}
    for element in elements(form):
        if element["type"] == "Input.Text":
            values[element["id"]] = f"My patient {NAME} never sends the homework. What would help?"
        elif element["type"] == "Input.ChoiceSet" and element.get("choices"):
            values[element["id"]] = element.get("value") or element["choices"][0]["value"]
    values["t.scores"] = "PHQ-9: 17, 15, 12"
    values["c.risk"] = "no"
    values["c.objection"] = "no"
    return values
