"""E-mail, through a relay on loopback."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contract.kits import Stand, Trouble
from tests.unit.email.mailing import TO, mailing


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    """A relay that takes mails, refuses a mailbox, has a bad moment, or breaks off after it took one."""
    with tempfile.TemporaryDirectory() as folder:
        async with mailing(Path(folder)) as (platform, relay):

            def trouble(what: Trouble) -> None:
                match what:
                    case "refused for good":
                        relay.faults["rcpt"] = ["550 5.1.1 no such user"]
                    case "refused for now":
                        relay.faults["rcpt"] = ["450 4.2.0 later"]
                    case "unanswered":
                        relay.faults["answer"] = [relay.cut]

            yield Stand(platform, TO, lambda: len(relay.taken), trouble)
