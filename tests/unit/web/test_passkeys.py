"""Passkeys: who is let in by one, and that nothing else lets anybody in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.web.passkeys import site_of
from bot.ui.inbound import Actor
from bot.ui.sign_in import HeldPasskey, NewPasskey
from tests.standins.authenticator import Authenticator, b64, unb64
from tests.unit.web.client import Browser, DrawnForm, Page
from tests.unit.web.stage import KIEL, ScriptedPasskeys, Stage

ORIGIN = "http://localhost:8377"
FAILED = "did not sign you in"
OWN = "/settings/passkeys"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage(public_url=ORIGIN) as running:
        yield running


def asked(page: Page, way: str) -> tuple[DrawnForm, str]:
    """The form of a passkey and what its page asks to sign."""
    (tag,) = [given for name, given in page.tags if name == "form" and given.get("data-passkey") == way]
    return page.form(tag["action"]), tag["data-options"]


async def makes(browser: Browser, device: Authenticator, name: str = "Phone") -> Page:
    form, options = asked(await browser.open(OWN), "make")
    return await browser.send(form, credential=device.make(options), name=name)


async def signs_in(stage: Stage, device: Authenticator, **typed: str) -> tuple[Page, bool]:
    """What somebody reads who comes with it, and whether they are in."""
    async with Browser(stage, None) as browser:
        form, options = asked(await browser.open("/sign-in"), "use")
        page = await browser.send(form, credential=device.sign(options), **typed)
        return page, "Your supervision" in (await browser.open("/")).text


async def test_a_passkey_is_made_named_used_renamed_and_removed(stage: Stage) -> None:
    device = Authenticator(ORIGIN)
    async with Browser(stage) as browser:
        made = await makes(browser, device)
        assert ("The passkey is added" in made.text, "Phone" in made.text) == (True, True)
        page, is_in = await signs_in(stage, device)
        assert is_in, page.text
        used = await browser.open(OWN)
        assert "last used on" in used.text
        renamed = await browser.send(used.form(f"{OWN}/rename"), name="Old phone")
        assert 'value="Old phone"' in renamed.html
        removed = await browser.send(renamed.form(f"{OWN}/remove"))
        assert "You have no passkey yet" in removed.text
    page, is_in = await signs_in(stage, device)
    assert (page.status, "is not known here" in page.text, is_in) == (403, True, False)


async def test_a_device_is_told_which_passkeys_its_owner_has(stage: Stage) -> None:
    device = Authenticator(ORIGIN)
    async with Browser(stage) as browser:
        await makes(browser, device)
        _, options = asked(await browser.open(OWN), "make")
    wanted = json.loads(options)
    assert [each["id"] for each in wanted["excludeCredentials"]] == [b64(device.id)]
    chosen = wanted["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert wanted["attestation"] == "none"


LIES: dict[str, Callable[[Authenticator], Authenticator]] = {
    "on another page": lambda device: replace(device, origin="https://evil.example"),
    "with another key": lambda device: replace(device, key=Authenticator(ORIGIN).key),
    "without asking its owner": lambda device: replace(device, verifies=False),
}


@pytest.mark.parametrize("lie", LIES)
async def test_what_proves_nothing_lets_nobody_in(stage: Stage, lie: str) -> None:
    device = Authenticator(ORIGIN)
    async with Browser(stage) as browser:
        await makes(browser, device)
    page, is_in = await signs_in(stage, LIES[lie](device))
    assert (page.status, FAILED in page.text, is_in) == (403, True, False)


@pytest.mark.parametrize("lie", ["on another page", "without asking its owner"])
async def test_what_proves_nothing_is_not_kept(stage: Stage, lie: str) -> None:
    async with Browser(stage) as browser:
        page = await makes(browser, LIES[lie](Authenticator(ORIGIN)))
    assert (page.status, "No passkey was added" in page.text) == (422, True)
    assert await kept(stage).of(KIEL) == []


async def test_a_counter_that_goes_back_is_a_copy(stage: Stage) -> None:
    device = Authenticator(ORIGIN, counter=5)
    async with Browser(stage) as browser:
        await makes(browser, device)
    assert not (await signs_in(stage, replace(device, counter=5)))[1]
    assert (await signs_in(stage, replace(device, counter=6)))[1]
    assert not (await signs_in(stage, replace(device, counter=6)))[1]


async def test_an_answer_signs_in_once_in_the_browser_that_asked_and_for_ten_minutes(stage: Stage) -> None:
    device = Authenticator(ORIGIN)
    async with Browser(stage) as browser:
        await makes(browser, device)
    async with Browser(stage, None) as browser, Browser(stage, None) as other:
        form, options = asked(await browser.open("/sign-in"), "use")
        answer = device.sign(options)
        await other.open("/sign-in")
        assert (await other.send(form, credential=answer)).status == 403, "another browser"
        stage.clock += timedelta(minutes=11)
        assert (await browser.send(form, credential=answer)).status == 403, "too late"
        form, options = asked(await browser.open("/sign-in"), "use")
        answer = device.sign(options)
        stage.clock += timedelta(minutes=1)
        assert (await browser.send(form, credential=answer)).status == 200
    stage.clock += timedelta(seconds=1)
    async with Browser(stage, None) as browser:
        form, options = asked(await browser.open("/sign-in"), "use")
        again = device.sign(options)
        assert (await browser.send(form, credential=again)).status == 200
        browser.http.cookie_jar.clear(lambda cookie: cookie.key == "intervision")
        assert (await browser.send(form, credential=again)).status == 403, "signed once"


RUBBISH = ["", "{}", "[]", "null", "x" * 30_000, '{"id":"a","rawId":"a","type":"public-key","response":{}}', "[" * 5000]


@pytest.mark.parametrize("rubbish", range(len(RUBBISH)))
async def test_rubbish_is_a_friendly_no(stage: Stage, rubbish: int) -> None:
    async with Browser(stage) as browser, Browser(stage, None) as stranger:
        form, _ = asked(await stranger.open("/sign-in"), "use")
        page = await stranger.send(form, credential=RUBBISH[rubbish])
        assert (page.status, FAILED in page.text) == (403, True)
        form, _ = asked(await browser.open(OWN), "make")
        page = await browser.send(form, credential=RUBBISH[rubbish], name="Phone")
        assert (page.status, "No passkey was added" in page.text) == (422, True)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
async def test_no_changed_byte_is_believed(stage: Stage, part: str) -> None:
    device = Authenticator(ORIGIN)
    async with Browser(stage) as browser:
        await makes(browser, device)
    async with Browser(stage, None) as browser:
        for at in (0, 10, -1):
            form, options = asked(await browser.open("/sign-in"), "use")
            answer = json.loads(device.sign(options))
            changed = bytearray(unb64(answer["response"][part]))
            changed[at] ^= 1
            answer["response"][part] = b64(bytes(changed))
            assert (await browser.send(form, credential=json.dumps(answer))).status == 403


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\x00b"])
async def test_a_name_is_asked_for(stage: Stage, name: str) -> None:
    async with Browser(stage) as browser:
        page = await makes(browser, Authenticator(ORIGIN), name)
    assert (page.status, "name of 1 to 40 characters" in page.text) == (422, True)


async def test_nobody_changes_the_passkeys_of_somebody_else(stage: Stage) -> None:
    device = Authenticator(ORIGIN)
    async with Browser(stage) as browser, Browser(stage, Actor("web", "org_1", "per_2")) as other:
        mine = await makes(browser, device)
        form = mine.form(f"{OWN}/remove")
        assert (await other.send(form)).status == 403, "a button of another browser"
    assert len(await kept(stage).of(KIEL)) == 1


@pytest.mark.parametrize(
    ("url", "possible"),
    [
        ("https://clinic.example", True),
        ("https://clinic.example:8443", True),
        ("http://localhost:8377", True),
        ("http://clinic.example", False),
        ("http://127.0.0.1:8377", False),
        ("https://10.0.0.1", False),
        ("https://[::1]", False),
    ],
)
async def test_passkeys_are_offered_where_browsers_make_them(url: str, possible: bool) -> None:
    assert bool(site_of(url)) == possible
    async with Stage(public_url=url.replace("https", "http")) as stage, Browser(stage) as browser:
        page = await browser.open(OWN)
        assert page.status == 200
        assert ("data-passkey" in page.html) == bool(site_of(url.replace("https", "http")))


async def test_a_remembered_device_keeps_its_cookie(stage: Stage) -> None:
    stage.sign_in.remember = 30
    device = Authenticator(ORIGIN)
    async with Browser(stage) as browser:
        await makes(browser, device)
    async with Browser(stage, None) as browser:
        form, options = asked(await browser.open("/sign-in"), "use")
        async with browser.http.post(
            form.action,
            data={**form.values, "credential": device.sign(options), "remember": "1"},
            allow_redirects=False,
        ) as answer:
            assert answer.cookies["intervision"]["max-age"] == str(30 * 86_400)
        browser.http.cookie_jar.clear()
        assert "for 30 days" in (await browser.open("/sign-in")).text


def kept(stage: Stage) -> ScriptedPasskeys:
    return stage.passkeys


def test_keys_do_not_show_in_logs() -> None:
    made = NewPasskey("id", "the key", 0, "Phone")
    held = HeldPasskey("id", "credential", "the key", 0, "Phone", Stage().clock, None)
    assert "the key" not in repr(made) + repr(held)
