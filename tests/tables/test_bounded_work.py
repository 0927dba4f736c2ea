"""Nothing a person can type after a command holds the event loop for long.

While the loop is held nobody else's press is answered, on no platform. What the gate's process and other threads do
does not count; what is measured is processor time of the loop's own thread, so that a busy machine changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import thread_time

import pytest

from bot.anonymise import Sensitive
from bot.app.commands import TYPED
from bot.ui.inbound import CommandTyped, Event
from tests.app.laid_out import laid_out
from tests.gate import rules_alone
from tests.world import World, make_world

LONGEST_HELD = 0.1
"""Seconds; Slack waits three for an answer, and others wait behind it."""
LONGEST_COMMAND = 4_000
"""Characters after a command: Slack's own limit."""
COSTLY = {
    "one endless word": "a",
    "digits": "1",
    "dates": "3.5.2027 ",
    "spans of days": "1 Jan to 31 Mar, ",
    "numbers with every sign": "1-2/3.4:5,6 ",
    "words of times": "from next second last monday morning until every other week after ",
    "times in German": "vom übernächsten letzten Montag bis einschließlich jeden zweiten Freitag ab halb neun ",
    "accents": "a\u0301",
    "white space": " \t\u00a0",
    "brackets": "([{<",
    "rows of a sheet": "Anna Berg;anna@clinic.example;therapist;80 %\n",
    "headings alone": "name;email;role\n",
    "a recurrence rule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;",
    "an endless rule": "FREQ=YEARLY;INTERVAL=1000;BYDAY=53MO;BYSETPOS=366;BYYEARDAY=366;",
    "scores": "PHQ-9: 18 -> 15 (27), GAD-7 total 12 points; ",
    "words of danger": "not wanting to die but maybe never wanting not to be here any more, ",
    "names": "Ask Bill and Ada-Lovelace O'Neil of the Berg clinic ",
}


def filling(part: str, length: int) -> str:
    return (part * (length // len(part) + 1))[:length]


def typed(world: World) -> Iterator[tuple[str, Event]]:
    """Each command with each costly text behind it, and each costly text as a message of its own."""
    for name in [*TYPED, "round new series", "review about", ""]:
        actor = world.player("s" if name.startswith("round") else "a").actor
        first, _, rest = name.partition(" ")
        for what, part in COSTLY.items():
            text = Sensitive(filling(f"{rest} {part}" if rest else part, LONGEST_COMMAND))
            yield f"/{name} {what}", CommandTyped(event_id="", actor=actor, name=first, text=text)


async def held(world: World, event: Event) -> float:
    """Seconds of the loop's thread; where it was long once more, since what runs first is loaded first."""
    seconds = 0.0
    for _ in range(2):
        again = replace(event, event_id=world.tools.ids.new("event"))
        began = thread_time()
        await world.entry.handle(again)
        seconds = thread_time() - began
        if seconds <= LONGEST_HELD:
            break
    return seconds


@pytest.mark.slow
async def test_no_typed_command_holds_the_loop() -> None:
    world = await make_world(rules_alone())
    await laid_out(world)
    kept, slow = world.kept(), {}
    for what, event in typed(world):
        if (seconds := await held(world, event)) > LONGEST_HELD:
            slow[what] = round(seconds, 3)
        world.restore(kept)
    assert slow == {}
