"""Every answer is shown where the person is, and nothing that is read once stays in their chat.

Doors are rows, kinds of answers columns, as for Slack. A posted message stays for good, with whatever names it holds. A
button's answer is a dialog or takes the card's place. What is typed is answered below it, because a message opens no
dialog; of a form it is only its name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import pytest

from bot.ui.inbound import ActionPressed, CommandTyped, Done, Invalid, Outcome, Refused, Say, Show
from bot.ui.model import Action, Card, Form, Items, Row, Text, TextField, line
from bot.ui.platform import Message
from tests.standins.teams.cards import buttons, faults, texts
from tests.standins.teams.client import Answer, Json, Person
from tests.standins.teams.world import World, world

NAME = "Bo Berg"
MORE = Action("more", "More", "asg_1", opens=True)
ROUND = Card("round", "The round", (Row(line(NAME), line("in"), (MORE,)),), summary="Round")
LONG = Card("round", "The round", tuple(Text(line(f"{NAME} {n} " + "x" * 2000)) for n in range(40)), summary="Round")
FORM = Form("case.submit", NAME, fields=(TextField("title", "Title"),), submit="Send")
WRONG = Form("case.submit", NAME, fields=FORM.fields, submit="Send", errors={"title": "Too short."})
NOTICE = Card(
    "notice",
    "A notice",
    (Items((line("one"),)),),
    (Action("see", "See it", opens=True), Action("do", "Do it")),
    summary="A notice",
)
HOME = Action("home.open", "My page", opens=True)

ANSWERS: Mapping[str, Outcome] = {
    "card": Say(ROUND),
    "long card": Say(LONG),
    "form": Show(FORM),
    "wrong form": Invalid(WRONG),
    "refused": Refused("no", f"{NAME} has it."),
    "refused with a way on": Refused("no", f"{NAME} has it.", way=(HOME,)),
    "done": Done(f"{NAME} has it now."),
    "done with a card": Done("", Card("done", f"{NAME} has it now.", summary="s")),
}
Door = Callable[[World, Person], Awaitable[Answer]]


async def noticed(w: World, person: Person, button: str) -> Answer:
    """A button of a message that was delivered before."""
    await w.platform.send(w.address(), Message("out_1", NOTICE))
    return await person.presses(person.sees()[0], button, message=person.last())


async def opening(w: World, person: Person) -> Answer:
    return await noticed(w, person, "See it")


async def acting(w: World, person: Person) -> Answer:
    return await noticed(w, person, "Do it")


async def inside(w: World, person: Person) -> Answer:
    """A button of what a dialog shows."""
    answer, w.core.answer = w.core.answer, lambda _: Say(ROUND)
    dialog = (await noticed(w, person, "See it")).dialog
    w.core.answer = answer
    return await person.sends(dialog, "More")


async def submission(w: World, person: Person) -> Answer:
    answer, w.core.answer = w.core.answer, lambda _: Show(FORM)
    dialog = (await noticed(w, person, "See it")).dialog
    w.core.answer = answer
    return await person.sends(dialog, "Send", **{"t.title": "x"})


async def extension(w: World, person: Person) -> Answer:
    return await person.invokes("composeExtension/fetchTask", {"commandId": "newCase"})


DOORS: tuple[Door, ...] = (opening, acting, inside, submission, extension)


SEEN = {
    "card": [NAME, "More"],
    "long card": [NAME],
    "form": [NAME, "Title"],
    "wrong form": [NAME, "Too short."],
    "refused": [f"{NAME} has it."],
    "refused with a way on": [f"{NAME} has it.", "My page"],
    "done": [f"{NAME} has it now."],
    "done with a card": [f"{NAME} has it now."],
}
OPENERS = {"form": [NAME, "Open"], "wrong form": [NAME, "Open"], "long card": ["The round", "Open"]}
"""What a card's place has no room for is opened from there."""


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
async def test_an_answer_is_shown_in_place_and_no_new_message_stays(door: Door, kind: str) -> None:
    async with world(lambda _: ANSWERS[kind]) as w:
        person = w.person()
        answer = await door(w, person)
        await w.platform.stop()
        chat = w.connector.messages(person.conversation)
        state = kind == "done with a card"
        wanted = OPENERS.get(kind, SEEN[kind]) if door is acting else SEEN[kind]
        shown = words_of(answer) + ("".join(map(texts, person.sees())) if state else "")
        assert [words for words in wanted if words not in shown] == []
        assert len(chat) == (state if door is extension else 1), "the state of what was done, where no message shows it"
        stays = NAME in str([message.activity for message in chat])
        assert stays == (state or (door is acting and kind == "card")), "the pressed card is what it became"


def words_of(answer: Answer) -> str:
    """Every word the person sees of it, in a dialog, below the card or in its place."""
    body = answer.body
    if body.get("task", {}).get("type") == "continue":
        assert faults(answer.dialog) == []
        assert dead(answer.dialog) == []
        return str(body["task"]["value"]["title"]) + texts(answer.dialog)
    value = body.get("task", body).get("value", "")
    return texts(value) if isinstance(value, dict) else str(value)


def dead(dialog: Json) -> list[str]:
    """Buttons that Teams does not send from a dialog."""
    return [str(b["title"]) for b in buttons(dialog) if b["type"] != "Action.Submit" or "msteams" in b["data"]]


async def test_a_card_too_long_for_one_dialog_is_turned_page_by_page_and_acts_once() -> None:
    pressed = Card("round", "The round", (*LONG.body, Text(line("The end"))), (MORE,), "Round")
    async with world(lambda _: Say(pressed)) as w:
        person = w.person()
        dialog = (await opening(w, person)).dialog
        pages = [texts(dialog)]
        while any(each["title"] == "Continue reading" for each in buttons(dialog)):
            dialog = (await person.sends(dialog, "Continue reading")).dialog
            assert dead(dialog) == []
            pages.append(texts(dialog))
        assert "The end" in pages[-1]
        assert all(f"{NAME} {n} " in "".join(pages) for n in range(40))
        back = (await person.sends(dialog, "Back")).dialog
        assert texts(back) == pages[-2]
        assert len(w.core.heard(ActionPressed)) == 1


@pytest.mark.parametrize("kind", ["card", "long card", "refused with a way on", "done with a card"])
async def test_in_a_group_nobody_else_sees_what_was_answered(kind: str) -> None:
    group = "19:group@thread.v2"
    async with world(lambda _: ANSWERS[kind]) as w:
        person = w.person(chat=group, kind="groupChat")
        await person.invokes("adaptiveCard/action", {"action": {"verb": "do", "data": {"iv": {"k": "do"}}}}, "1")
        await w.platform.stop()
        assert NAME not in str([message.activity for message in w.connector.messages(group)])


@pytest.mark.parametrize("kind", ANSWERS)
async def test_what_is_typed_is_answered_below_it(kind: str) -> None:
    async with world(lambda _: ANSWERS[kind]) as w:
        person = w.person()
        await person.types("round status")
        shown = "".join([*person.reads(), *map(texts, person.sees())])
        assert [words for words in (OPENERS[kind] if "form" in kind else SEEN[kind][:1]) if words not in shown] == []
        assert len(w.core.heard(CommandTyped)) == 1
