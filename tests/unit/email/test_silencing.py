"""*List-Unsubscribe*: which mails have it, what one press does, and what looking or guessing does not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from adapters.email.config import EmailSettings
from adapters.email.plugin import PLUGIN, EmailPlatform
from adapters.host import Host
from bot.ui.inbound import ActionPressed, Done, Event, Outcome, Refused
from tests.standins.mail import Relay, relay
from tests.unit.email.mailing import NOW, PAGES, TO, message, parts_of, services
from tests.unit.web.stage import MemoryDrawer

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Post:
    """A running adapter: what it mails, what it answers, what it told the core."""

    def __init__(self, platform: EmailPlatform, there: Relay, http: aiohttp.ClientSession, events: list[Event]) -> None:
        self.platform, self.there, self.http, self.events = platform, there, http, events

    async def link(self) -> str:
        await self.platform.send(TO, message())
        found = re.fullmatch(rf"<{PAGES}(/mail/silence/\S+)>", str(self.there.taken[-1]["List-Unsubscribe"]))
        assert found
        return found[1]


@asynccontextmanager
async def posting(folder: Path, answer: Outcome | None = None) -> AsyncIterator[Post]:
    events: list[Event] = []

    async def handle(event: Event) -> Outcome:
        events.append(event)
        return answer or Done("From now on here: Web page.")

    async def ready() -> bool:
        return True

    async with relay(folder, "none") as there:
        settings = EmailSettings(host="127.0.0.1", port=there.port, security="none", sender="bot@clinic.example")
        platform = PLUGIN.create(settings, replace(services(), handle=handle, drawer=MemoryDrawer(lambda: NOW)))
        assert isinstance(platform, EmailPlatform)
        host = Host("127.0.0.1", 0, [platform], ready=ready)
        await host.start()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{host.port}") as http:
            yield Post(platform, there, http, events)
        await host.stop()
        await platform.stop()


async def test_what_can_wait_is_silenced_by_one_press_of_the_mail_program(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        link = await post.link()
        mail = post.there.taken[0]
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert all(link in part for part in parts_of(mail))
        async with post.http.post(link, data=ONE_CLICK) as answer:
            assert (answer.status, "From now on here" in await answer.text()) == (200, True)
        (event,) = post.events
        assert isinstance(event, ActionPressed)
        assert (event.key, event.actor) == ("settings.silence_mail", TO.actor)


async def test_what_cannot_wait_cannot_be_silenced_and_says_so(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        await post.platform.send(TO, message(urgent=True))
        (mail,) = post.there.taken
        assert mail["List-Unsubscribe"] is None
        assert mail["List-Unsubscribe-Post"] is None
        assert all("Mails like this one always come." in part for part in parts_of(mail))


async def test_programs_that_look_ahead_silence_nobody_and_people_press_a_button(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        link = await post.link()
        async with post.http.get(link) as looked:
            page = await looked.text()
            assert "Alerts about a risk and sign-in links still come" in page
            assert '<form method="post"><button>' in page
            assert "default-src 'none'" in looked.headers["Content-Security-Policy"]
        async with post.http.head(link) as looked:
            assert looked.status == 200
        assert post.events == []


async def test_a_link_names_its_own_person_only(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        link = await post.link()
        named, _, code = link.rpartition("/")[2].partition(".")
        for guess in (f"{named}.{'0' * 32}", f"b3JnOnBlcl9i.{code}", named, f".{code}", f"ÿ.{code}", "x" * 3000):
            async with post.http.post(f"/mail/silence/{guess}", data=ONE_CLICK) as answer:
                assert answer.status == 404, guess
        assert post.events == []


async def test_who_guesses_on_is_told_to_wait(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        said = []
        for _ in range(40):
            async with post.http.post("/mail/silence/x.y", data=ONE_CLICK) as answer:
                said.append((answer.status, answer.headers.get("Retry-After", "")))
        assert said[0] == (404, "")
        assert said[-1] == (429, "60")


async def test_a_press_that_changed_nothing_says_so(tmp_path: Path) -> None:
    async with posting(tmp_path, Refused("store_unavailable", "later")) as post:
        link = await post.link()
        async with post.http.post(link, data=ONE_CLICK) as answer:
            assert (answer.status, "did not work" in await answer.text()) == (503, True)


@pytest.mark.parametrize("again", [1, 2])
async def test_the_link_stays_the_same(tmp_path: Path, again: int) -> None:
    async with posting(tmp_path) as post:
        first = await post.link()
        for _ in range(again):
            assert await post.link() == first
