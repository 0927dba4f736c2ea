"""A demo person who does everything in Teams: presses buttons that are there, fills dialogs in, reads what arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.teams import payload_ids as wire
from bot.demo.player import Player, StoryBroken
from bot.ui.inbound import Done, Outcome, Say, Show
from bot.ui.model import Form
from tests.standins.teams.cards import buttons, elements, faults, texts
from tests.standins.teams.client import Answer, Json, Person
from tests.witness import Witness
from tests.world import World

MOST_ASKED = 30
"""Times somebody presses *Show the answer*, each a few seconds."""


class InTeams(Player):
    """Every step is an activity in the connector's own form; the core's outcome says what the story reads on."""

    def __init__(self, world: World, witness: Witness, person: Person, key: str) -> None:
        super().__init__(world.entry, key)
        self._witness = witness
        self.person = person
        self.dialog: Json = {}
        """The dialog that is open, or nothing."""
        self.in_place: Json = {}
        """The card that stands where the pressed one was, or nothing."""
        self.read: list[str] = []
        """The words of every dialog that opened."""
        self.pressed_unseen: list[str] = []
        """Buttons the story pressed that no card of this person showed; none is expected."""

    async def type(self, text: str) -> Outcome:
        """Write a command in the personal chat; a form comes as a card whose button opens it."""
        before = set(self._witness.outcomes)
        await self.person.types(text)
        outcome = self._newest(before)
        if isinstance(outcome, Show):
            await self._read(await self._pressed(buttons(next(self._cards()))[0]))
        return outcome

    async def press(self, key: str, subject: str = "", **args: str) -> Outcome:
        """Press the newest button with this meaning; a home card that has grown old is asked for again."""
        found = self._find(key, subject, args)
        if found is None:
            await self.person.types("home")
            found = self._find(key, subject, args)
        if found is None:
            raise StoryBroken(f"{self.key}: no button for {key} {subject}")
        before = set(self._witness.outcomes)
        answer = await self._pressed(found)
        outcome = self._newest(before)
        if isinstance(outcome, Show):
            await self._read(answer)
        elif isinstance(outcome, Say | Done):
            assert answer.status == 200, answer
            self.dialog = {}  # a sentence closes it
            if answer.body.get("task", {}).get("type") == "continue":
                await self._read(answer)
        return outcome

    async def send(self, form: Form, values: Mapping[str, Sequence[str]]) -> Outcome:
        """Fill the open dialog in and send it; what it already holds goes along, as Teams sends it."""
        ids = {wire.input_id(field): field.name for field in form.fields}
        typed = {e["id"]: _kept(e) for e in elements(self.dialog) if str(e["type"]).startswith("Input.")}
        for input_, name in ids.items():
            if name in values:
                value = values[name]
                typed[input_] = value if isinstance(value, str) else wire.packed(value)
        title = next(b["title"] for b in buttons(self.dialog) if b["data"]["iv"].get("f"))
        before = set(self._witness.outcomes)
        answer = await self._asked(await self.person.sends(self.dialog, title, **{k: v for k, v in typed.items() if v}))
        outcome = self._newest(before)
        self.dialog = {}
        if isinstance(outcome, Show):
            await self._read(answer)
        elif isinstance(outcome, Say) and answer.dialog:
            self.dialog = answer.dialog  # the answer stands where the form was, with its buttons
        return outcome

    async def _pressed(self, button: Json) -> Answer:
        data = button["data"]
        if button["type"] == "Action.Execute":
            action = {"type": "Action.Execute", "verb": button["verb"], "data": data}
            answer = await self.person.invokes("adaptiveCard/action", {"action": action, "trigger": "manual"})
            self.in_place = answer.body["value"] if "card.adaptive" in str(answer.body.get("type")) else {}
            return answer
        name = "task/fetch" if data.get("msteams", {}).get("type") == "task/fetch" else "task/submit"
        return await self._asked(await self.person.invokes(name, {"data": data, "context": {"theme": "default"}}))

    async def _asked(self, answer: Answer) -> Answer:
        """The answer, asked for again as long as the dialog says that it takes longer."""
        for _ in range(MOST_ASKED):
            if answer.body.get("task", {}).get("type") != "continue":
                return answer
            waits = [b for b in buttons(answer.dialog) if b["data"]["iv"].get("k") == wire.HELD]
            if not waits or len(buttons(answer.dialog)) > 1 or waits[0]["data"]["iv"].get("p", 0) > 1:
                return answer
            answer = await self.person.sends(answer.dialog, waits[0]["title"])
        raise StoryBroken(f"{self.key}: no answer came")

    async def _read(self, answer: Answer) -> None:
        """Keep the dialog that opened; a long one is read to its last part, where the fields are."""
        self.dialog = answer.dialog
        while True:
            assert faults(self.dialog) == []
            self.read.append(texts(self.dialog))
            onward = [b for b in buttons(self.dialog) if b["data"]["iv"].get("p", 0) > 1]
            sends = any(b["data"]["iv"].get("f") for b in buttons(self.dialog))
            if sends or not onward:
                return
            turned = await self.person.invokes("task/submit", {"data": onward[0]["data"]})
            if turned.dialog == self.dialog:
                return
            self.dialog = turned.dialog

    def _find(self, key: str, subject: str, args: Mapping[str, str]) -> Json | None:
        for card in self._cards():
            for button in buttons(card):
                ours = button["data"].get("iv", {})
                same = ours.get("k") == key and (not subject or ours.get("s", "") == subject)
                if same and not ours.get("f") and args.items() <= ours.get("a", {}).items():
                    return button
        return None

    def _cards(self) -> Iterator[Json]:
        """What the person can press now: the open dialog, the card in a card's place, then the chat, newest first."""
        yield from filter(None, (self.dialog, self.in_place))
        yield from reversed(self.person.sees())

    def _newest(self, before: set[str]) -> Outcome:
        fresh = [k for k in self._witness.outcomes if k not in before]
        if not fresh:
            raise StoryBroken(f"{self.key}: the core heard nothing")
        return self._witness.outcomes[fresh[-1]]


def _kept(element: Json) -> str:
    return str(element.get("value") or "")
