"""An attack on the served pages with the real core and a real database behind: old pages, stolen links, forged lines.

What was tried and what came of it is written up in docs/security.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.admin.context import AdminContext
from bot.admin.people import remove_person
from bot.app.steps.sign_in import LINK_MINUTES, SignInService
from bot.demo.clinic import ORGANISATION, START, person_id
from bot.demo.clock import VirtualClock
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.ports.records import Session
from storage import open_store
from storage.keys import KeyRing
from tests.app.risk import TEXTS, Scene, scene
from tests.fuzz.web_clinic import web_clinic
from tests.gate import GateInAWorker, rules_alone
from tests.migrated import migrated
from tests.unit.web.client import Browser, Page
from tests.world import World

SECRET = TEXTS["background"]
ASKING = "I have a question."


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """The gate with its rules alone."""
    return rules_alone()


@dataclass
class Served:
    """The served program, a case under review in it, and a browser for everybody."""

    at: Scene
    url: str
    admin: SignInService

    @property
    def world(self) -> World:
        """What is behind."""
        return self.at.world

    async def person(self, key: str) -> Person:
        """Somebody of the demo clinic."""
        return (await self.world.find(Person, id=person_id(key)))[0]

    async def browser(self, key: str = "") -> Browser:
        """A browser, signed in as this person; as nobody without a key."""
        at: Any = SimpleNamespace(url=self.url)  # a browser needs the address alone
        made = Browser(at, None)
        if key:
            self.take(made, await self.admin.open_session(await self.person(key)))
        return made

    def take(self, browser: Browser, session: str) -> None:
        """Put a session's cookie into a browser."""
        browser.http.cookie_jar.update_cookies({"intervision": session})

    async def change(self, record: Any) -> None:
        """Keep a record that changed."""
        async with self.world.store.begin(ORGANISATION) as uow:
            await uow.save(record)
            await uow.commit()


@pytest.fixture
async def served(gate: GateInAWorker, tmp_path: Path) -> AsyncIterator[Served]:
    """A published case of A with B and E as its reviewers, served over HTTP from SQLite."""
    store = await open_store(migrated(tmp_path / "store.sqlite3"), KeyRing.of(b"k" * 32), VirtualClock(START))
    try:
        async with web_clinic(gate, store) as (world, url, _):
            yield Served(await scene(world), url, SignInService(world.store, world.clock, world.tools))
    finally:
        await store.close()


def way_to_the_case(home: Page) -> str:
    """The link that opens the case under review."""
    return home.links["Read and ask"]


@pytest.mark.parametrize("how", ["withdrawn", "recognised", "reassigned", "held", "erased"])
async def test_an_old_page_of_a_case_that_is_gone_does_and_shows_nothing(served: Served, how: str) -> None:
    at = served.at
    async with await served.browser("b") as browser:
        home = await browser.open("/")
        page = await browser.open(way_to_the_case(home))
        assert SECRET in page.text
        form = page.form("/submit")
        match how:
            case "withdrawn":
                await at.presenter.press("case.withdraw", at.case.id)
            case "recognised":
                await at.reviewer.press("review.recognise", at.assignment.id)
            case "reassigned":
                supervisor = at.world.player("s")
                await supervisor.send(await supervisor.open("review.reassign", at.assignment.id), {})
            case "held":
                await at.concern(at.world.player("e"))
            case "erased":
                async with at.world.store.begin(ORGANISATION) as uow:
                    await uow.shred(at.case.id)
                    await uow.commit()
        sent = await browser.send(form, t_question=ASKING)
        again = await browser.open(way_to_the_case(home))
        for answer in (sent, again, await browser.open("/")):
            assert SECRET not in answer.text
            assert answer.status in {200, 403}
        if how != "erased":
            assert sent.status == 403
            async with at.world.store.begin(ORGANISATION, write=False) as uow:
                assert not [p for p in await uow.parts(at.case.id) if p.startswith("question")]


async def test_a_removed_persons_open_pages_end_at_once(served: Served) -> None:
    """The page that is open, the session, a link that was not used yet; what was typed is handed back."""
    person = await served.person("b")
    unused = (await served.admin.link_for_person(ORGANISATION, person.id)).rpartition("/")[2]
    async with await served.browser("b") as browser, await served.browser() as other:
        home = await browser.open("/")
        form = (await browser.open(way_to_the_case(home))).form("/submit")
        admin = AdminContext(served.world.store, served.world.clock, served.world.tools, served.admin)
        await remove_person(admin, ORGANISATION, person.email)
        sent = await browser.send(form, t_question=ASKING)
        assert sent.status == 401
        assert ASKING in sent.text
        for path in ("/", "/notices", way_to_the_case(home)):
            page = await browser.open(path)
            assert (page.path, SECRET in page.text) == ("/sign-in", False)
        shown = await other.open(f"/sign-in/{unused}")
        assert not [form for form in shown.forms if form.action.startswith("/sign-in/")]
        assert (await other.open("/")).path == "/sign-in"


async def test_a_role_that_was_taken_away_opens_nothing_any_more(served: Served) -> None:
    """A supervisor has the form open that asks for the reason of reading; then they are no supervisor."""
    at = served.at
    async with await served.browser("s") as browser:
        rounds = await browser.command(f"round show {at.case.round}")
        card = await browser.open("/") if "Read" not in rounds.links else rounds
        await at.concern()
        home = await browser.open("/")
        way = next((href for words, href in {**card.links, **home.links}.items() if "Read" in words), "")
        assert way, "the supervisor is offered the text"
        form = (await browser.open(way)).form("/submit")
        supervisor = await served.person("s")
        await served.change(replace(supervisor, roles=frozenset({Role.THERAPIST})))
        reason = {"o.reason": "planning"}
        answers = [await browser.post("/submit", form.values | reason), await browser.open(way)]
        assert [answer.status for answer in answers] == [403, 403]
        assert not [answer for answer in answers if SECRET in answer.text]


async def test_a_link_is_worth_one_session_however_many_use_it_at_once(served: Served) -> None:
    link = (await served.admin.link_for_person(ORGANISATION, person_id("b"))).rpartition("/")[2]
    before = len(await served.world.find(Session, person=person_id("b")))
    browsers = [await served.browser() for _ in range(6)]
    try:
        forms = [(await browser.open(f"/sign-in/{link}")).form(f"/sign-in/{link}") for browser in browsers]
        answers = await asyncio.gather(*(b.send(f) for b, f in zip(browsers, forms, strict=True)))
    finally:
        for browser in browsers:
            await browser.http.close()
    assert sorted(answer.status for answer in answers) == [200, 403, 403, 403, 403, 403]
    assert len(await served.world.find(Session, person=person_id("b"))) == before + 1


async def test_a_stolen_link_or_session_is_worth_nothing_once_it_is_over(served: Served) -> None:
    old = (await served.admin.link_for_person(ORGANISATION, person_id("b"))).rpartition("/")[2]
    session = await served.admin.open_session(await served.person("b"))
    async with await served.browser() as owner, await served.browser() as thief:
        for browser in (owner, thief):
            served.take(browser, session)
        assert (await thief.open("/")).path == "/"
        await owner.send((await owner.open("/")).form("/sign-out"))
        assert (await thief.open("/")).path == "/sign-in"
        served.world.clock.advance_to(served.world.clock.now().replace(minute=LINK_MINUTES + 1))
        shown = await thief.open(f"/sign-in/{old}")
        assert not [form for form in shown.forms if form.action.startswith("/sign-in/")]
        assert (await thief.open("/")).path == "/sign-in"


async def test_a_form_sent_many_times_at_once_has_one_effect(served: Served) -> None:
    async with await served.browser("b") as browser:
        page = await browser.open(way_to_the_case(await browser.open("/")))
        concern = await browser.open(next(href for words, href in page.links.items() if "risk" in words.casefold()))
        form = concern.form("/submit")
        answers = await asyncio.gather(*(browser.post("/submit", form.values) for _ in range(6)))
        assert {answer.status for answer in answers} == {200}
    assert len(await served.world.find(Hold, case=served.at.case.id)) == 1


async def test_nobody_reads_anothers_answers_notices_or_pages(served: Served) -> None:
    async with await served.browser("b") as browser, await served.browser("e") as other:
        answer = await browser.command("help")
        assert answer.path.startswith("/answer/")
        assert (await other.open(answer.path)).path == "/"
        home = await browser.open("/")
        assert (await other.open(way_to_the_case(home))).status == 403
        stolen = (await browser.open(way_to_the_case(home))).form("/submit")
        assert (await other.send(stolen, t_question=ASKING)).status == 403


LINES = ("a\r\nSet-Cookie: intervision=x", "a\nX-Evil: 1", "\r\n\r\n<script>", "%0d%0aX-Evil:%201", "a\0b")


@pytest.mark.parametrize("line", LINES)
async def test_no_header_line_is_made_of_what_was_typed(served: Served, line: str) -> None:
    async with await served.browser("b") as browser:
        home = await browser.open("/")
        pages = [
            await browser.command(line),
            await browser.post("/submit", {"ticket": line, "t.x": line}),
            await browser.open(
                "/notices?before=" + line.replace("\r", "%0d").replace("\n", "%0a").replace("\0", "%00")
            ),
            await browser.post("/command", home.form("/command").values | {line: line, "command": "settings " + line}),
        ]
        for page in pages:
            assert page.status < 500
            assert "X-Evil" not in page.headers
            assert all("intervision=x" not in value for value in page.headers.getall("Set-Cookie", []))
            assert "<script>" not in page.html.replace('<script src="/static/', "")


TRAVERSALS = (
    "/static/../../etc/passwd",
    "/static/..%2f..%2f..%2fetc%2fpasswd",
    "/static/%2e%2e/%2e%2e/config.py",
    "/static/....//....//etc/passwd",
    "/calendar/../../etc/passwd.ics",
    "/answer/..%2f..%2fstore.sqlite3",
    "//etc/passwd",
    "/static/page.css%00.html",
)


@pytest.mark.parametrize("path", TRAVERSALS)
async def test_no_path_reaches_the_disk(served: Served, path: str) -> None:
    """Sent as it stands: a client library would tidy it up."""
    host, port = served.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.split()[1] in {"303", "400", "404"}
    assert "root:" not in answer


async def test_a_reviewers_own_name_does_not_reach_the_presenter(served: Served) -> None:
    """Signed by habit: the gate shows the author what it takes out, and the presenter never reads it."""
    at = served.at
    name = "Ingrid Solberg"
    await served.change(replace(await served.person("b"), name=name))
    await at.world.advance(days=3)
    async with await served.browser("b") as browser:
        page = await browser.open((await browser.open("/")).links["Write the review"])
        written = {"t.reflection": f"You kept asking. Best, {name}", "t.suggestion": "Ingrid would ask less."}
        preview = await browser.post("/submit", page.form("/submit").values | written)
        assert "[PERSON 1]" in preview.text, "the author sees what stands for the name"
        confirmed = await browser.post("/submit", preview.form("/submit").values)
        assert confirmed.status == 200
    assignment = (await at.world.find(Assignment, id=at.assignment.id))[0]
    assert assignment.submitted_at, "the review is in"
    async with at.world.store.begin(ORGANISATION, write=False) as uow:
        kept = await uow.texts(at.case.id, f"review:{assignment.id}")
    await at.world.advance(days=14)
    assert (await at.world.find(Case, id=at.case.id))[0].released_at
    async with await served.browser("a") as browser:
        home = await browser.open("/")
        read = await browser.open(next(href for words, href in home.links.items() if "review" in words.casefold()))
        assert "You kept asking." in read.text
        for word in name.split():
            assert word not in read.html
            assert word not in repr([text.text for text in kept.values()])
