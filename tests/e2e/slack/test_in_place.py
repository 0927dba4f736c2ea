"""Every answer is shown where the person is, and nothing that is read once stays in their chat.

Doors are rows, kinds of answers columns. A posted message would stay for good, under Slack's retention, with whatever
names it holds; so an answer is a view, an edit of the message that was pressed, or a message only the person sees.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest

from bot.ui.inbound import CommandTyped, Done, FormSubmitted, HomeOpened, Invalid, Outcome, Refused, Say, Show
from bot.ui.model import Action, Card, Form, Items, Row, Text, TextField, line
from bot.ui.platform import Address, Message
from tests.standins.slack.person import Person
from tests.standins.slack.world import World, connected, until

NAME = "Bo Berg"
ROUND = Card(
    "round", "The round", (Row(line(NAME), line("in"), (Action("why", "Why me?", "asg_1"),)),), summary="Round"
)
LONG = Card("round", "The round", tuple(Text(line(f"{NAME} {n} " + "x" * 2000)) for n in range(40)), summary="Round")
FORM = Form("case.submit", NAME, fields=(TextField("title", "Title"),), submit="Send")
WRONG = Form("case.submit", NAME, fields=FORM.fields, submit="Send", errors={"title": "Too short."})
NOTICE = Card("notice", "A notice", (Items((line("one"),)),), (Action("do.it", "Do it"),), summary="A notice")

ANSWERS: Mapping[str, Outcome] = {
    "card": Say(ROUND),
    "long card": Say(LONG),
    "form": Show(FORM),
    "wrong form": Invalid(WRONG),
    "refused": Refused("no", f"{NAME} has it."),
    "done": Done(f"{NAME} has it now."),
    "done with a card": Done("", Card("done", f"{NAME} has it now.", summary="s")),
}
Door = Callable[[World, Person], Awaitable[None]]


async def command(world: World, anna: Person) -> None:
    await anna.types("/round status", channel="C0TEAM")


async def notice(world: World, anna: Person) -> None:
    await world.platform.send(Address(world.actor(), {}), Message("out_1", NOTICE))
    await anna.presses("Do it", on=world.slack.kept.inbox("U0ANNA")[0])


async def ephemeral(world: World, anna: Person) -> None:
    """A button under an answer that only they saw."""
    answer, world.core.answer = world.core.answer, lambda _: Say(ROUND)
    await anna.types("/round status", channel="C0TEAM")
    await until(lambda: bool(anna.whispers))
    world.core.answer = answer
    await anna.presses("Why me?", on=world.slack.kept.ephemeral["U0ANNA"][-1])


async def typed(world: World, anna: Person) -> None:
    """Words typed to the app itself."""
    channel = world.slack.kept.direct("U0ANNA")
    event: dict[str, Any] = {"type": "message", "channel_type": "im", "channel": channel, "user": "U0ANNA"}
    await anna.brings({**event, "text": "round status", "ts": "1.1"})


async def submission(world: World, anna: Person) -> None:
    answer = world.core.answer
    world.core.answer = lambda event: Show(FORM) if isinstance(event, CommandTyped) else answer(event)
    await anna.types("/case")
    await anna.until("Title")
    world.core.answer = lambda event: answer(event) if isinstance(event, FormSubmitted) else Done()
    await anna.sends(title="x")


async def home(world: World, anna: Person) -> None:
    answer = world.core.answer
    world.core.answer = lambda event: Say(ROUND) if isinstance(event, HomeOpened) else answer(event)
    await anna.opens_home()
    await anna.presses("Why me?")


DOORS: tuple[Door, ...] = (command, notice, ephemeral, typed, submission, home)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A program that also reads what is typed to it."""
    async with connected("http", typed_messages=True) as made:
        yield made


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
async def test_an_answer_is_shown_in_place_and_no_message_with_a_name_stays(
    world: World, door: Door, kind: str
) -> None:
    anna = world.person()
    answer = ANSWERS[kind]
    world.core.answer = lambda _: answer
    await door(world, anna)
    seen = "has it" if "done" in kind or kind == "refused" else "Title" if "form" in kind else NAME
    await anna.until("Type /round" if door is typed and "form" in kind else seen)
    edited = door is notice and kind == "done with a card"
    assert [message for message in anna.inbox if NAME in message] == ([] if not edited else anna.inbox)
    assert len(anna.inbox) == (1 if door is notice else 0)


async def test_what_was_done_under_an_ephemeral_answer_takes_its_place(world: World) -> None:
    anna = world.person()
    world.core.answer = lambda _: ANSWERS["done with a card"]
    await ephemeral(world, anna)
    await anna.until("has it now")
    assert len(anna.whispers) == 1
    assert "Why me?" not in anna.whispers[0]


async def test_a_card_that_is_too_long_for_a_view_is_not_posted_either(world: World) -> None:
    anna = world.person()
    rows = tuple(Text(line(f"{NAME} {n} " + "y" * 2900)) for n in range(300))
    world.core.answer = lambda _: Say(Card("round", "The round", rows, summary="Round"))
    await command(world, anna)
    await until(lambda: world.slack.kept.view("U0ANNA") is not None)
    assert anna.inbox == []
