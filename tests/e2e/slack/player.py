"""A demo person who does everything in Slack; what the core answered is read from what arrived there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.slack import payload_ids as wire
from bot.demo.player import Player
from bot.ui.inbound import Outcome, Show
from bot.ui.model import Action, Form
from tests.standins.slack.person import Person
from tests.standins.slack.world import World as SlackWorld
from tests.standins.slack.world import until
from tests.witness import Witness
from tests.world import World


class InSlack(Player):
    """Every step is a request as Slack signs and sends it; the answer is waited for on the person's screen."""

    def __init__(self, world: World, slack: SlackWorld, witness: Witness, key: str, locale: str = "en-GB") -> None:
        super().__init__(world.entry, key)
        self._world = slack
        self._slack = slack.slack
        self._witness = witness
        self.read: list[str] = []
        """Everything that stood on the person's surfaces, step by step."""
        self.person: Person = slack.person(
            f"U{key.upper()}", locale=locale, profile={"real_name": key, "email": f"{key}@demo.example"}
        )

    async def type(self, text: str) -> Outcome:
        before = set(self._witness.outcomes)
        await self.person.types(text)
        return await self._shown(before)

    async def press(self, key: str, subject: str = "", **args: str) -> Outcome:
        before = set(self._witness.outcomes)
        action = Action(key, "x", subject, args)
        pressed = {"type": "button", "action_id": wire.action_id(action, 0), "value": wire.action_value(action)}
        home = self._slack.kept.homes[self.person.user]
        body = self.person._interaction("block_actions") | {"actions": [pressed], "view": home.payload()}
        assert (await self._slack.bring("interaction", body | {"container": {"type": "view"}})).status == 200
        return await self._shown(before)

    async def send(self, form: Form, values: Mapping[str, Sequence[str]]) -> Outcome:
        before = set(self._witness.outcomes)
        typed = {f.name: _picked(form, f.name, values[f.name]) for f in form.fields if f.name in values}
        assert (await self.person.sends(**typed)).status == 200
        return await self._shown(before)

    async def _shown(self, before: set[str]) -> Outcome:
        """Wait for the answer to be on the person's screen, of whatever kind it is."""

        def fresh() -> list[str]:
            return [k for k in self._witness.outcomes if k not in before and "trigger" in k]

        await until(lambda: bool(fresh()), 20)
        outcome = self._witness.outcomes[fresh()[0]]
        await self._world.settled()
        if isinstance(outcome, Show):
            await until(lambda: self._sees(outcome.form))
        self.read.append(self.person.everything)
        return outcome

    def _sees(self, form: Form) -> bool:
        view = self._slack.kept.view(self.person.user)
        about = wire.read_metadata(view.body.get("private_metadata", "")) if view else wire.Metadata()
        return (about.key, about.subject, about.state) == (form.key, form.subject, dict(form.state))


def _picked(form: Form, name: str, value: Sequence[str]) -> object:
    [shown] = [f for f in form.fields if f.name == name]
    single = type(shown).__name__ == "ChoiceField"
    return value[0] if single and isinstance(value, tuple) else value
