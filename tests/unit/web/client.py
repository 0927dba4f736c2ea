"""A browser without a screen: keeps cookies, reads forms out of pages, presses buttons."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from urllib.parse import urlencode

import aiohttp

from bot.ui.inbound import Actor
from tests.unit.web.stage import KIEL, Stage


@dataclass
class DrawnForm:
    """A form as it stands in the page."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    words: str = ""


class Reading(HTMLParser):
    """The forms, links, ids and the words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[DrawnForm] = []
        self.links: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._href = ""
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append(DrawnForm(given["action"]))
            self._inside = True
        elif tag == "input" and self._inside and (given.get("type") not in {"radio", "checkbox"} or "checked" in given):
            self.forms[-1].values[given["name"]] = given.get("value", "")
        elif tag == "a":
            self._href = given.get("href", "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"
        self._href = "" if tag == "a" else self._href

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._inside:
            self.forms[-1].words += data.strip()
        if self._href and data.strip():
            self.links[data.strip()] = self._href


class Page(Reading):
    """A response, read."""

    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        self.status = response.status
        self.path = response.url.path
        self.headers = response.headers
        self.body = body
        self.html = body.decode()
        super().__init__(self.html)

    def form(self, action: str, words: str = "") -> DrawnForm:
        """The first form that posts to this address and shows these words."""
        return next(f for f in self.forms if f.action == action and words in f.words)


class Browser:
    """Opens pages and posts forms; follows redirects as browsers do."""

    def __init__(self, stage: Stage, actor: Actor | None = KIEL) -> None:
        self._stage = stage
        self.http = aiohttp.ClientSession(stage.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        if actor:
            self.http.cookie_jar.update_cookies({"intervision": stage.sign_in.let_in(actor)})

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, a: type[BaseException] | None, b: BaseException | None, c: TracebackType | None) -> None:
        await self.http.close()

    async def open(self, path: str, **headers: str) -> Page:
        """A page."""
        async with self.http.get(path, headers=headers) as response:
            return Page(response, await response.read())

    async def post(self, path: str, values: dict[str, str] | list[tuple[str, str]], *, follow: bool = True) -> Page:
        """What a form leads to."""
        body = io.BytesIO(urlencode(values).encode())
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        async with self.http.post(path, data=body, headers=headers, allow_redirects=follow) as response:
            return Page(response, await response.read())

    async def send(self, form: DrawnForm, **typed: str) -> Page:
        """The form as drawn, with these values typed in (`t_title` for `t.title`)."""
        changed = {name.replace("t_", "t.", 1) if name.startswith("t_") else name: v for name, v in typed.items()}
        return await self.post(form.action, form.values | changed)

    async def command(self, text: str) -> Page:
        """Type a command on the home page."""
        home = await self.open("/")
        return await self.send(home.form("/command"), command=text)
