"""Who gets in: sign-in links, cookies, tickets that only the browser they were drawn for can use, headers."""

from __future__ import annotations

import asyncio

import pytest

from adapters.web.tickets import Kind, Ticket, TicketRefused, Tickets
from bot.ui.inbound import ActionPressed, Arrived, FormSubmitted, Refused
from bot.ui.model import Confirm
from tests.unit.web.client import Browser
from tests.unit.web.stage import KIEL, LINK, ULM, Stage


async def test_a_link_is_used_up_by_its_button_and_not_by_looking(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        danish = {"Accept-Language": "da-DK,da;q=0.9"}
        await browser.open(f"/sign-in/{LINK}", **danish)
        page = await browser.open(f"/sign-in/{LINK}", **danish)
        assert stage.sign_in.links
        assert "Du bliver logget ind som Therapist A (Kiel)" in page.text, "nobody is signed in as another unawares"
        home = await browser.send(page.form(f"/sign-in/{LINK}"))
        assert home.path == "/"
        assert "Your supervision" in home.text
        [arrived] = stage.of(Arrived)
        assert arrived.actor == KIEL
        await browser.send(home.form("/sign-out"))
        again = await browser.open(f"/sign-in/{LINK}")
        assert again.status == 403
        assert "used already" in again.text


async def test_a_used_link_shows_the_home_of_who_is_signed_in_already(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        await browser.send((await browser.open(f"/sign-in/{LINK}")).form(f"/sign-in/{LINK}"))
        again = await browser.open(f"/sign-in/{LINK}")
    assert (again.status, again.path) == (200, "/")
    assert "Your supervision" in again.text


async def test_whoever_is_not_signed_in_is_asked_to(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        for path in ("/", "/notices", "/open?t=x", "/answer/a"):
            assert (await browser.open(path)).path == "/sign-in"
    assert not stage.events


async def test_asking_for_a_link_says_the_same_for_known_and_unknown(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        pages = []
        for email in ("known@clinic.example", "unknown@clinic.example"):
            form = (await browser.open("/sign-in")).form("/sign-in")
            pages.append((await browser.send(form, email=email)).text)
        assert pages[0] == pages[1]
        wrong = await browser.send((await browser.open("/sign-in")).form("/sign-in"), email="nobody")
        assert wrong.status == 422
        assert 'value="nobody"' in wrong.html
    assert stage.sign_in.asked == ["known@clinic.example", "unknown@clinic.example"]


async def test_the_answer_to_asking_for_a_link_does_not_wait_for_the_link(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A known address takes a transaction more: whoever could measure it would learn who has an account."""
    held, sent = asyncio.Event(), asyncio.Event()

    async def slow(*_: str) -> None:
        await held.wait()
        sent.set()

    monkeypatch.setattr(stage.sign_in, "request", slow)
    async with Browser(stage, None) as browser, asyncio.timeout(10):
        form = (await browser.open("/sign-in")).form("/sign-in")
        assert (await browser.send(form, email="known@clinic.example")).status == 200
        assert not sent.is_set()
        held.set()
        await sent.wait()


async def test_signing_out_ends_the_session(browser: Browser, stage: Stage) -> None:
    await browser.send((await browser.open("/")).form("/sign-out"))
    assert not stage.sign_in.sessions
    assert (await browser.open("/")).path == "/sign-in"


async def test_a_ticket_of_another_browser_does_nothing(browser: Browser, stage: Stage) -> None:
    theirs = (await browser.command("form everything")).form("/submit")
    async with Browser(stage, ULM) as other:
        page = await other.send(theirs, t_title="planted")
    assert page.status == 403
    assert not stage.of(FormSubmitted)


@pytest.mark.parametrize("ticket", ["", "x.y.z", "missing"])
async def test_without_a_ticket_nothing_is_done(browser: Browser, stage: Stage, ticket: str) -> None:
    for path in ("/submit", "/press", "/command", "/sign-out"):
        values = {} if ticket == "missing" else {"ticket": ticket}
        assert (await browser.post(path, values)).status == 403
    assert not stage.events
    assert stage.sign_in.sessions


async def test_a_ticket_is_only_good_for_its_own_kind(browser: Browser, stage: Stage) -> None:
    form = (await browser.command("form everything")).form("/submit")
    assert (await browser.post("/press", {"ticket": form.values["ticket"]})).status == 403
    assert not stage.of(ActionPressed)


def test_a_ticket_comes_back_as_it_was_sealed_and_no_other_way() -> None:
    tickets = Tickets(b"s" * 32)
    ticket = Ticket(
        Kind.PRESS, "a.b", "cas_1", {"x": "1"}, "evt_1", "/notices", "notice/1", Confirm("a", "b", "c", "d")
    )
    sealed = tickets.seal(ticket, "browser")
    assert tickets.open(sealed, "browser", Kind.PRESS) == ticket
    head, body, mac = sealed.split(".")
    for text in (sealed[:-2], f"{head}.{body[:-2]}AA.{mac}", f"{head}.{body}."):
        with pytest.raises(TicketRefused):
            tickets.open(text, "browser", Kind.PRESS)
    for binding, secret, kind in (
        ("other", b"s" * 32, Kind.PRESS),
        ("browser", b"t" * 32, Kind.PRESS),
        ("browser", b"s" * 32, Kind.OPEN),
    ):
        with pytest.raises(TicketRefused):
            Tickets(secret).open(sealed, binding, kind)


async def test_what_was_typed_is_given_back_when_the_session_has_ended(browser: Browser, stage: Stage) -> None:
    form = (await browser.command("form everything")).form("/submit")
    stage.sign_in.sessions.clear()
    page = await browser.send(form, t_title="an hour of <writing>")
    assert page.status == 401
    assert "an hour of <writing>" in page.text
    assert not stage.of(FormSubmitted)


async def test_a_failure_is_a_page_with_a_number_and_the_typed_text(
    browser: Browser, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.answers["gallery.form"] = RuntimeError("Berta")
    form = (await browser.command("form everything")).form("/submit")
    page = await browser.send(form, t_title="an hour of writing")
    assert page.status == 500
    assert "failure_" in page.text
    assert "an hour of writing" in page.text
    logged = "".join(capsys.readouterr())
    assert "RuntimeError" in logged
    assert "Berta" not in logged
    assert "writing" not in logged


async def test_a_refusal_gives_the_typed_text_back_and_keeps_it_nowhere(
    browser: Browser, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """The matter ended while the form was open: closed, withdrawn, moved, held or erased."""
    stage.answers["gallery.form"] = Refused("closed", "This case is closed or withdrawn.")
    form = (await browser.command("form everything")).form("/submit")
    page = await browser.send(form, t_title="an hour of <writing>", t_text="and a longer one")
    assert page.status == 403
    assert "This case is closed or withdrawn." in page.text
    assert "an hour of <writing>" in page.text
    assert "and a longer one" in page.text
    assert "an hour of <writing>" not in page.html, "escaped"
    assert "writing" not in page.path
    assert page.headers["Cache-Control"] == "no-store"
    assert "writing" not in "".join(capsys.readouterr())
    again = await browser.open("/")
    assert "writing" not in again.text


async def test_private_pages_are_kept_nowhere_and_load_nothing_from_elsewhere(browser: Browser) -> None:
    for path in ("/", "/notices", "/nowhere"):
        headers = (await browser.open(path)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "Server" not in headers


async def test_an_unknown_address_is_a_friendly_page(browser: Browser) -> None:
    page = await browser.open("/nowhere")
    assert page.status == 404
    assert "There is no such page" in page.text


async def test_assets_are_kept_for_ever_under_the_name_of_their_content(browser: Browser) -> None:
    page = await browser.open("/")
    [script] = [given["src"] for tag, given in page.tags if tag == "script"]
    assert "immutable" in (await browser.open(script)).headers["Cache-Control"]
    assert (await browser.open("/static/..%2fplugin.py")).status == 404


@pytest.mark.parametrize(("url", "secure"), [("https://intervision.example", True), ("http://127.0.0.1:8377", False)])
async def test_the_session_cookie_is_closed_to_scripts_and_other_sites(url: str, secure: bool) -> None:
    async with Stage(demo=True, public_url=url) as stage, Browser(stage, None) as browser:
        async with browser.http.get("/sign-in") as page:
            cookies = page.headers.getall("Set-Cookie")
        assert all("HttpOnly" in c and "SameSite=Lax" in c and "Path=/" in c for c in cookies)
        assert all(("Secure" in c) is secure for c in cookies)
        assert all(c.startswith("__Host-") is secure for c in cookies)


async def test_a_form_that_is_too_long_is_answered(browser: Browser, stage: Stage) -> None:
    form = (await browser.command("form everything")).form("/submit")
    page = await browser.send(form, t_title="x" * 1_200_000)
    assert page.status == 413
    assert "Your text or file is too large" in page.text
    assert not stage.of(FormSubmitted)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"no boundary here"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"),
        ("application/x-www-form-urlencoded; charset=klingon", b"ticket=x"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%ff&ticket=%00"),
        ("application/json", b"{}"),
    ],
)
async def test_a_malformed_form_is_refused(browser: Browser, stage: Stage, kind: str, body: bytes) -> None:
    for path in ("/submit", "/sign-in/x"):
        async with browser.http.post(path, data=body, headers={"Content-Type": kind}) as response:
            assert response.status == 403
    assert not stage.events


async def test_the_demo_bar_becomes_anyone_and_moves_the_clock() -> None:
    async with Stage(demo=True) as stage, Browser(stage, None) as browser:
        start = await browser.open("/")
        assert start.path == "/sign-in"
        home = await browser.send(start.form("/demo/become"), persona="per_2")
        assert home.path == "/"
        assert stage.events[-1].actor == ULM
        assert "Mon, 7 Dec 2026" in home.text
        assert "Tue, 8 Dec 2026" in (await browser.send(home.form("/demo/day"))).text
        assert (await browser.send(home.form("/demo/become"), persona="per_9")).status == 404


async def test_outside_the_demo_there_are_no_levers(browser: Browser) -> None:
    page = await browser.open("/")
    assert "/demo/" not in page.html
    assert (await browser.post("/demo/become", {"ticket": "x", "persona": "per_2"})).status == 404
