"""A person at a browser without scripts: reads pages, follows buttons, sends forms again until the server answers.

A request that dies with the server is sent again unchanged, as a browser's reload does. A button is known by the key
of its command, read from the ticket it carries or the address it leads to, so that wording and layout may change.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from time import perf_counter
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import aiohttp
import jwt

from bot.app.address_table import ADDRESSES

RETRY_SECONDS = 0.05
PATIENCE_SECONDS = 300

Values = Mapping[str, str | tuple[str, ...]]


@dataclass
class Button:
    """A form or link of a page: where it leads, what it carries, which command it stands for."""

    action: str
    key: str
    subject: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    @property
    def opens(self) -> bool:
        """Whether it is a link that shows a page."""
        return not self.fields


class Page(HTMLParser):
    """What a browser makes of a page: its buttons, its forms with their values, its words."""

    def __init__(self, status: int, html: str) -> None:
        super().__init__()
        self.status = status
        self.words: list[str] = []
        self.buttons: list[Button] = []
        self._form: Button | None = None
        self._select = ""
        self._area = ""
        self.feed(html)

    @property
    def text(self) -> str:
        """Every word on the page."""
        return " ".join(self.words)

    def button(self, key: str, subject: str = "") -> Button:
        """The button of a command, about a subject if one is named."""
        found = [b for b in self.buttons if b.key == key and subject in {"", b.subject}]
        assert found, f"no {key} on this page ({self.status}): {self.text[:600]}"
        return found[0]

    def has(self, key: str) -> bool:
        """Whether the page offers a command."""
        return any(b.key == key for b in self.buttons)

    def subjects(self, key: str) -> list[str]:
        """What the page offers a command for, each once: an id, or the word that stands for it in an address."""
        return list(dict.fromkeys(b.subject for b in self.buttons if b.key == key))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = Button(at["action"], "", "")
            self.buttons.append(self._form)
        elif tag == "a" and (carried := _of_link(urlsplit(at.get("href", "")))):
            self.buttons.append(Button(at["href"], *carried))
        elif self._form and tag == "input":
            self._input(self._form, at)
        elif tag == "select":
            self._select = at["name"]
        elif self._form and tag == "option" and self._select and "selected" in at:
            self._form.fields[self._select] = [at["value"]]
        elif self._form and tag == "textarea":
            self._area = at["name"]
            self._form.fields[self._area] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._form and self._area:
            self._form.fields[self._area][0] += data.removeprefix("\n")
        elif data.strip():
            self.words.append(data.strip())

    def _input(self, form: Button, at: Mapping[str, str]) -> None:
        name, value = at.get("name", ""), at.get("value", "")
        if name == "ticket":
            form.key, form.subject = _carried(value)
        if at.get("type") in {"radio", "checkbox"} and "checked" not in at:
            return
        form.fields.setdefault(name, []).append(value)


class Person:
    """Somebody signed in. Every request is made until it is answered."""

    def __init__(self, address: str, http: aiohttp.ClientSession) -> None:
        self.address = address
        self.answered = 0
        self.sent_again = 0
        self.waited = 0.0
        """Seconds from the last request to the last byte of its answer, redirects included."""
        self._http = http

    async def home(self) -> Page:
        """The start page."""
        return await self._ask("GET", "/")

    async def type(self, text: str) -> Page:
        """Type a command into the box of the start page."""
        box = next(b for b in (await self.home()).buttons if b.action == "/command")
        return await self._ask("POST", box.action, {**box.fields, "command": [text]})

    async def press(self, page: Page, key: str, subject: str = "") -> Page:
        """Follow a button to the page it leads to."""
        button = page.button(key, subject)
        if button.opens:
            return await self._ask("GET", button.action)
        page = await self._ask("POST", button.action, button.fields)
        return await self.press(page, key, subject) if _asks_first(page, key) else page

    async def send(self, page: Page, key: str, values: Values) -> Page:
        """Fill in the form of a command and send it; a choice is a tuple."""
        form = page.button(key)
        fields = dict(form.fields)
        for name, value in values.items():
            fields[f"{'t' if isinstance(value, str) else 'o'}.{name}"] = [value] if isinstance(value, str) else [*value]
        return await self._ask("POST", form.action, fields)

    async def _ask(self, method: str, path: str, fields: Mapping[str, list[str]] | None = None) -> Page:
        data = [(name, value) for name, values in (fields or {}).items() for value in values]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                began = perf_counter()
                try:
                    async with self._http.request(method, self.address + path, data=data or None) as answer:
                        html = await answer.text()
                        self.waited = perf_counter() - began
                        self.answered += 1
                        return Page(answer.status, html)
                except (aiohttp.ClientError, ConnectionError):
                    self.sent_again += 1
                    await asyncio.sleep(RETRY_SECONDS)


@asynccontextmanager
async def at_browser(address: str, session: str) -> AsyncIterator[Person]:
    """A browser of its own for somebody with a session."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookies={"intervision": session}, cookie_jar=jar) as http:
        yield Person(address, http)


def _asks_first(page: Page, key: str) -> bool:
    """Whether this is the page that asks before something that cannot be undone."""
    return any(b.key == key and b.action == "/press" for b in page.buttons) and len(page.buttons) <= 4


def _of_link(href: SplitResult) -> tuple[str, str] | None:
    """The command of a link and what it is about; None for a link that stands for no command."""
    if href.path == "/open":
        return _carried(parse_qs(href.query)["t"][0])
    if href.path.startswith("/at/"):
        key, _, subject = href.path.removeprefix("/at/").partition("/")
        return key, subject
    for key, template in ADDRESSES.items():
        if found := re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", template), href.path):
            return key, found[1] if found.groups() else ""
    return None


def _carried(ticket: str) -> tuple[str, str]:
    held: dict[str, Any] = jwt.decode(ticket, options={"verify_signature": False})
    return held.get("key", ""), held.get("subject", "")
