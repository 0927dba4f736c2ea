"""Slack in a terminal: the stand-in with a prompt, so that the app can be tried without an account at Slack.

`python -m tests.standins.slack PEOPLE.csv` invites the people of a file as `intervision admin import` reads it, prints
the settings that connect the app, and then does what is typed (docs/howto/try-slack.md).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from collections.abc import Awaitable, Iterator
from pathlib import Path

from typer import echo

from tests.standins.slack.person import CannotPress, Person
from tests.standins.slack.server import ACK_WITHIN, APP, BOT, Delivery, Slack
from tests.standins.slack.workspace import Json, texts

PORT = 8390
SETTINGS = """\
[adapters.slack]
mode = "socket"
api_url = "{base}/api/"
app_token = "{app}"
bot_token = "{bot}"
"""
HELP = """\
as ADDRESS          become somebody                 home        open the app's Home tab
/caseload status    type any command                press LABEL press a button that is shown
set FIELD VALUE     fill in a field of the form     send        press the form's own button
messages            what the app wrote to you       quit        end"""
PATIENCE, SETTLES = 60.0, 0.3
"""Seconds to wait for an answer, and for what comes with it."""


class Terminal:
    """One prompt for everybody: who is sitting at it changes with `as`."""

    def __init__(self, slack: Slack, people: dict[str, Person]) -> None:
        self._slack = slack
        self._people = people
        self._me = next(iter(people.values()))
        self._typed: dict[str, str] = {}

    async def does(self, line: str) -> None:
        """One line; what is shown afterwards is printed."""
        word, _, rest = line.partition(" ")
        does = {
            "as": self._becomes,
            "home": self._opens_home,
            "messages": self._reads,
            "press": self._presses,
            "set": self._fills_in,
            "send": self._sends,
        }.get(word)
        if word == "help":
            echo(HELP)
        elif not self._slack.sockets:
            echo("The app is not connected yet: start it with the settings above.")
        elif line.startswith("/"):
            await self._types(line)
        elif does:
            await does(rest)
        else:
            echo(f"What is {word!r}? `help` lists what can be typed.")

    async def _becomes(self, address: str) -> None:
        if address in self._people:
            self._me, self._typed = self._people[address], {}
        else:
            echo("There are " + ", ".join(self._people))

    async def _opens_home(self, _: str) -> None:
        await self._after(self._me.opens_home())
        self._show(self._slack.kept.homes[self._me.user].body)

    async def _reads(self, _: str) -> None:
        for message in self._slack.kept.inbox(self._me.user):
            self._show(message)

    async def _presses(self, label: str) -> None:
        await self._after(self._me.presses(label))
        self._show_top()

    async def _fills_in(self, given: str) -> None:
        name, _, value = given.partition(" ")
        self._typed[name] = value

    async def _sends(self, _: str) -> None:
        form, given = self._me.modal, {name: _chosen(value) for name, value in self._typed.items()}
        self._typed = {}
        await self._after(self._me.sends(**given))
        for mistake in form.body.get("errors", ()):
            echo(mistake["text"])
        self._show_top()

    async def _types(self, line: str) -> None:
        said = len(self._slack.kept.ephemeral.get(self._me.user, []))
        await self._after(self._me.types(line))
        for answer in self._slack.kept.ephemeral.get(self._me.user, [])[said:]:
            self._show(answer)
        self._show_top()

    async def _after(self, done: Awaitable[Delivery]) -> None:
        """Do it, and wait until something is drawn that is not the app's request to wait."""
        before = self._drawn()
        answer = await done
        if answer.status != 200:
            echo(f"The app answered with {answer.status}.")
            return
        if answer.seconds > ACK_WITHIN:
            echo(f"Slack would have given up: the app took {answer.seconds:.0f} s to acknowledge.")
        for _ in range(int(PATIENCE / SETTLES)):
            await asyncio.sleep(SETTLES)
            view = self._slack.kept.view(self._me.user)
            if self._drawn() != before and not (view and "external_id" in view.body):
                return

    def _drawn(self) -> tuple[str, ...]:
        """What is on the screen; a Home tab that is drawn anew with the same words is another one."""
        home = self._slack.kept.homes.get(self._me.user)
        return (self._me.everything, home.hash if home else "")

    def _show_top(self) -> None:
        view = self._slack.kept.view(self._me.user)
        if view:
            echo(f"== {view.body['title']['text']} ==")
            self._show(view.body)
            if "submit" in view.body:
                echo(f"   send: {view.body['submit']['text']}")

    @staticmethod
    def _show(shown: Json) -> None:
        echo("\n".join(_lines(shown)) if shown.get("blocks") else shown.get("text", ""))


def _chosen(value: str) -> str | list[str]:
    """`[a, b]` ticks several options, anything else is typed or chosen as it stands."""
    return [part.strip() for part in value[1:-1].split(",") if part.strip()] if value.startswith("[") else value


def _lines(shown: Json) -> Iterator[str]:
    for block in shown["blocks"]:
        match block["type"]:
            case "actions":
                yield "   " + "  ".join(f"[{element['text']['text']}]" for element in block["elements"])
            case "input":
                element = block["element"]
                options = " | ".join(option["value"] for option in element.get("options", ()))
                optional = ", optional" if block.get("optional") else ""
                name = block["block_id"].split("|")[2]
                yield f"   {name}: {block['label']['text']}{optional}" + (f"  ({options})" if options else "")
            case "divider":
                yield "---"
            case "rich_text":
                yield from _runs(block["elements"])
            case _:
                yield texts(block)


def _runs(parts: list[Json]) -> Iterator[str]:
    """Each paragraph, quotation and point of a list on a line of its own."""
    for part in parts:
        if part["type"] == "rich_text_list":
            yield from (f" - {line}" for line in _runs(part["elements"]))
        else:
            yield "".join(run.get("text", "") for run in part["elements"])


def invited(slack: Slack, file: Path) -> dict[str, Person]:
    """A member of the workspace for each row, by e-mail address."""
    people = {}
    with file.open(encoding="utf-8", newline="") as rows:
        for number, row in enumerate(csv.DictReader(rows), start=1):
            profile = {"real_name": row["name"], "email": row["email"]}
            user = slack.kept.person(f"U{number:07}", locale="en-GB", profile=profile)
            people[row["email"]] = Person(slack, user)
    return people


async def main(file: Path, port: int) -> None:
    """Listen, and do what is typed until the input ends."""
    slack = Slack(ack_within=PATIENCE)
    people = invited(slack, file)
    if not people:
        sys.exit(f"{file} names nobody.")
    await slack.start(port)
    settings = SETTINGS.format(base=slack.base, app=APP, bot=BOT)
    echo(f"Slack's stand-in listens. Connect the app with these settings:\n\n{settings}\n{HELP}\n")
    terminal = Terminal(slack, people)
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip() == "quit":
                break
            try:
                await terminal.does(line.strip())
            except (CannotPress, KeyError) as cannot:
                echo(f"Not possible: {cannot}")
    finally:
        await slack.stop()


if __name__ == "__main__":
    given = argparse.ArgumentParser(prog="python -m tests.standins.slack", description="Slack in a terminal.")
    given.add_argument("people", type=Path, help="a file as `intervision admin import` reads it")
    given.add_argument("--port", type=int, default=PORT)
    asked = given.parse_args()
    asyncio.run(main(asked.people, asked.port))
