"""Microsoft's Agents Playground as a test sees it: a process, and a page in Chromium that looks like Teams.

It is a developer dependency from npm (`package.json` here, installed by `.ci/playground`). It cannot
open dialogs from a card, refresh or delete; those are posted to the bot by `tests/standins/teams`.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.browser import found

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / "@microsoft" / "m365agentsplayground"
CURRENT_USER = "aaaaaaaa-0000-4000-8000-000000000001"
SIX = tuple(f"therapist{i}@clinic.example" for i in range(6))
_LISTENING = re.compile(r"Listening on (\d+)")


def missing() -> str:
    """What is missing to run it, and how to get it; "" when all is there."""
    if not PROGRAM.is_dir() or shutil.which("node") is None:
        return "Agents Playground is not installed: run .ci/playground (needs Node.js and npm)"
    if found() is None:
        return "no Chromium found: run .ci/chromium"
    return ""


def user_id(number: int) -> str:
    """The Playground's id of a user, counted from 0."""
    return f"user-id-{number}"


def aad_id(number: int) -> str:
    """Their Entra id."""
    return f"aaaaaaaa-0000-4000-8000-{number + 1:012}"


def _config(emails: Sequence[str], first: int) -> str:
    """Users with fixed ids, the first of them at the keyboard; the program takes no comments, extra keys or users."""
    users = [
        f"""id: {user_id(i)}
    name: Therapist {chr(65 + i)}
    userPrincipleName: {email}
    aadObjectId: {aad_id(first + i)}
    givenName: Therapist
    surname: "{chr(65 + i)}"
    email: {email}"""
        for i, email in enumerate(emails)
    ]
    listed = "\n".join(f"  - {user}" for user in users[1:])
    current = users[0].replace("\n    ", "\n  ")
    return f"""version: "0.1.1"
tenantId: 00000000-0000-0000-0000-000000000001
bot:
  id: bot-id
  name: Test Bot
currentUser:
  {current}
users:
{listed}
personalChat:
  id: personal-chat-id
groupChat:
  id: group-chat-id
  name: Group Chat
team:
  id: team-id
  name: Team
  aadGroupId: team-aad-group-id
  channels:
    - id: channel-announcements-id
      name: Announcements
"""


@asynccontextmanager
async def playground(
    bot_url: str, folder: Path, emails: Sequence[str] = SIX, first: int = 0, port: int = 56150
) -> AsyncIterator[str]:
    """The Playground's address while it runs, talking to the bot at `bot_url`.

    It has exactly six users: those with these `emails`, their Entra ids counted from `first`.
    """
    assert len(emails) == len(SIX), "with any other number the Playground ends without a word"
    (folder / ".m365agentsplayground.yml").write_text(_config(emails, first), encoding="utf-8")
    command = [str(next((HERE / "node_modules" / ".bin").glob("agentsplayground"))), "start", "-e", bot_url]
    process = await asyncio.create_subprocess_exec(
        *command,
        *("-c", "msteams", "-p", str(port), "--disable-telemetry"),
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "TEAMSAPPTESTER_BROWSER": "none"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while True:
                line = (await process.stdout.readline()).decode()
                assert line, "the Playground ended before it listened"
                if listening := _LISTENING.search(line):
                    break
        yield f"http://localhost:{listening.group(1)}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
