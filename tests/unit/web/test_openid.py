"""Single sign-on: who is let in, and that no doubt lets anybody in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from adapters.web.openid import ProviderSettings
from adapters.web.plugin import WebSettings
from tests.standins.openid import CLIENT, SECRET, OpenIdStandIn, provider
from tests.unit.web.client import Browser, Page
from tests.unit.web.stage import Stage

NOW = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
"""When a stage begins."""
NOT_CONFIRMED = "did not confirm who you are"
OTHERS = "http://127.0.0.1:1/another"


def settings(standin: OpenIdStandIn, **changed: Any) -> WebSettings:
    known = {"label": "Clinic account", "issuer": standin.url, "client_id": CLIENT, "client_secret": SECRET}
    return WebSettings(providers={"clinic": ProviderSettings(**{**known, **changed})})


@asynccontextmanager
async def at_the_door(standin: OpenIdStandIn, **changed: Any) -> AsyncIterator[Browser]:
    async with Stage(settings=settings(standin, **changed)) as stage, Browser(stage, None) as browser:
        yield browser


async def there(browser: Browser) -> str:
    """Begin, sign in there, and come to where the provider sends one back; its path and query."""
    async with browser.http.get("/sign-in/with/clinic", allow_redirects=False) as begun:
        assert begun.status == 303, await begun.text()
        to = begun.headers["Location"]
    async with browser.http.get(to, allow_redirects=False) as answered:
        assert answered.status == 302
        back = answered.headers["Location"]
    assert back.startswith("http://127.0.0.1:8377/sign-in/with/clinic/back?")
    return back.removeprefix("http://127.0.0.1:8377")


async def signs_in(browser: Browser) -> Page:
    return await browser.open(await there(browser))


async def is_in(browser: Browser) -> bool:
    return "Your supervision" in (await browser.open("/")).text


async def test_whoever_the_provider_vouches_for_is_let_in_to_the_page_they_asked_for() -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        first = await browser.open("/notices")
        assert "Sign in with Clinic account" in first.text
        assert (await signs_in(browser)).path == "/notices"
        assert await is_in(browser)


async def test_a_link_is_still_offered_beside_it() -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        assert (await browser.open("/sign-in")).form("/sign-in").values["ticket"]


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": OTHERS},
    "for another program": {"aud": "another"},
    "for several, first for another": {"aud": [CLIENT, "another"], "azp": "another"},
    "over": {"exp": int(NOW.timestamp()) - 3600},
    "without an end": {"exp": None},
    "an end that is no time": {"exp": "soon"},
    "not yet good": {"nbf": int(NOW.timestamp()) + 3600},
    "from tomorrow": {"iat": int(NOW.timestamp()) + 86400},
    "of another sign-in": {"nonce": "n" * 43},
    "without a nonce": {"nonce": None},
    "without a person": {"sub": None},
    "without an address": {"email": None},
    "an address that is none": {"email": "somebody"},
    "an address that nobody verified": {"email_verified": False},
    "an address of which nothing is said": {"email_verified": None},
    "verified in words only": {"email_verified": "true"},
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_token_that_proves_nothing_lets_nobody_in(lie: str) -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        standin.lies = LIES[lie]
        page = await signs_in(browser)
        assert (page.status, NOT_CONFIRMED in page.text) == (403, True)
        assert not await is_in(browser)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_token_that_anybody_can_sign_lets_nobody_in(algorithm: str) -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        standin.algorithm = algorithm
        assert (await signs_in(browser)).status == 403
        assert not await is_in(browser)


async def test_a_token_signed_with_a_key_that_is_not_published_lets_nobody_in() -> None:
    async with provider(NOW) as standin, provider(NOW) as other, at_the_door(standin) as browser:
        published = standin.key
        back = await there(browser)
        standin.key = other.key
        standin.broken["keys"] = await _keys(standin, published)
        assert (await browser.open(back)).status == 403
        assert not await is_in(browser)


async def test_a_provider_may_change_its_keys() -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        await signs_in(browser)
        standin.key_name = "key-2"
        async with Browser(browser._stage, None) as later:
            await signs_in(later)
            assert await is_in(later)


@pytest.mark.parametrize(
    "changed", ["state=x", "error=access_denied", "error=server_error", "code=", "code=x", f"iss={OTHERS}"]
)
async def test_an_answer_that_is_not_the_providers_lets_nobody_in(changed: str) -> None:
    name, _, value = changed.partition("=")
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        path, _, query = (await there(browser)).partition("?")
        parts = [part for part in query.split("&") if not part.startswith(f"{name}=")] + [f"{name}={value}"]
        page = await browser.open(f"{path}?{'&'.join(parts)}")
        assert (page.status, NOT_CONFIRMED in page.text) == (403, True)
        assert not await is_in(browser)


async def test_an_answer_signs_in_once_and_only_where_it_was_asked_for() -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        back = await there(browser)
        async with Browser(browser._stage, None) as other:
            await other.open("/sign-in")
            assert (await other.open(back)).status == 403
            assert not await is_in(other), "somebody else's answer signs nobody in unawares"
        await browser.open(back)
        assert await is_in(browser)
        async with Browser(browser._stage, None) as again:
            assert (await again.open(back)).status == 403


@pytest.mark.parametrize(
    ("email", "says"),
    [("nobody@clinic.example", "Nobody here has the address"), ("twice@clinic.example", "More than one person")],
)
async def test_who_is_not_known_or_not_alone_reads_so(email: str, says: str) -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        standin.claims["email"] = email
        page = await signs_in(browser)
        assert (page.status, says in page.text, email in page.text) == (403, True, True)
        assert not await is_in(browser)


async def test_an_account_that_is_known_needs_no_address_any_more() -> None:
    async with provider(NOW) as standin, at_the_door(standin, domains=("clinic.example",)) as browser:
        standin.claims = {"sub": "bound", "email": "a@elsewhere.example", "email_verified": False}
        await signs_in(browser)
        assert await is_in(browser)


async def test_another_account_with_a_known_address_reads_so() -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        standin.claims["sub"] = "another"
        page = await signs_in(browser)
        assert (page.status, "is not the one known here for a@clinic.example" in page.text) == (403, True)
        assert not await is_in(browser)


@pytest.mark.parametrize("subject", ["", "x" * 256, 7, ["account-1"]])
async def test_a_subject_that_is_none_lets_nobody_in(subject: object) -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        standin.claims["sub"] = subject
        assert (await signs_in(browser)).status == 403
        assert not await is_in(browser)


async def test_whoever_asks_to_be_remembered_is_where_that_is_allowed() -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        assert "Stay signed in" not in (await browser.open("/sign-in")).text
        browser._stage.sign_in.remember = 30
        assert "Stay signed in on this device for 30 days" in (await browser.open("/sign-in")).text
        async with browser.http.get("/sign-in/with/clinic?remember=1", allow_redirects=False) as begun:
            to = begun.headers["Location"]
        async with browser.http.get(to, allow_redirects=False) as answered:
            back = answered.headers["Location"].removeprefix("http://127.0.0.1:8377")
        async with browser.http.get(back, allow_redirects=False) as home:
            assert home.cookies["intervision"]["max-age"] == str(30 * 86_400)


async def test_a_clinic_behind_one_address_does_not_lock_itself_out() -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        browser._stage.platform._site.failed_attempts.most = 3
        for _ in range(8):
            async with Browser(browser._stage, None) as colleague:
                await signs_in(colleague)
                assert await is_in(colleague)
        standin.claims["email"] = "nobody@clinic.example"
        for expected in (403, 403, 403, 429):
            async with browser.http.get("/sign-in/with/clinic", allow_redirects=False) as begun:
                if begun.status == 429:
                    assert (expected, int(begun.headers["Retry-After"]) > 0) == (429, True)
                    continue
                to = begun.headers["Location"]
            async with browser.http.get(to, allow_redirects=False) as answered:
                back = answered.headers["Location"].removeprefix("http://127.0.0.1:8377")
            assert (await browser.open(back)).status == expected


async def test_an_address_may_stand_beside_the_token() -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        standin.claims = {}
        standin.user_info = {"sub": "account-1", "email": "a@clinic.example", "email_verified": True}
        await signs_in(browser)
        assert await is_in(browser)


@pytest.mark.parametrize(
    "said",
    [
        {"sub": "account-2", "email": "a@clinic.example", "email_verified": True},
        {"email": "a@clinic.example", "email_verified": True},
        {"sub": "account-1", "email": "a@clinic.example"},
        {"sub": "account-1"},
        {},
    ],
)
async def test_what_is_said_beside_the_token_of_another_account_or_unverified_lets_nobody_in(
    said: dict[str, Any],
) -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        standin.claims, standin.user_info = {}, said
        page = await signs_in(browser)
        assert (page.status, NOT_CONFIRMED in page.text) == (403, True)
        assert not await is_in(browser)


async def test_only_addresses_of_the_clinic_are_believed_where_it_says_so() -> None:
    async with provider(NOW) as standin, at_the_door(standin, domains=("other.example",)) as browser:
        assert (await signs_in(browser)).status == 403
    async with provider(NOW) as standin, at_the_door(standin, domains=("Clinic.Example",)) as browser:
        await signs_in(browser)
        assert await is_in(browser)


IN, OUT = True, False
GROUPS: dict[str, tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any], bool]] = {
    "in it": ({"groups": ["other", "staff"]}, None, {}, IN),
    "one as a word": ({"groups": "staff"}, None, {}, IN),
    "beside the token": ({}, {"sub": "account-1", "groups": ["staff"]}, {}, IN),
    "under a name of the provider's": ({"roles": ["staff"]}, None, {"groups_claim": "roles"}, IN),
    "in another": ({"groups": ["other"]}, None, {}, OUT),
    "part of a name": ({"groups": "staff-former"}, None, {}, OUT),
    "in none": ({"groups": []}, None, {}, OUT),
    "none named": ({}, None, {}, OUT),
    "none named, beside the token neither": ({}, {"sub": "account-1"}, {}, OUT),
    "too many to name (Entra ID)": ({"_claim_names": {"groups": "src1"}, "hasgroups": True}, None, {}, OUT),
    "no list": ({"groups": {"staff": True}}, None, {}, OUT),
    "the token's groups, not those beside it": (
        {"groups": ["other"], "email": None},
        {"sub": "account-1", "email": "a@clinic.example", "email_verified": True, "groups": ["staff"]},
        {},
        OUT,
    ),
    "not bound accounts either": ({"sub": "bound", "groups": ["other"]}, None, {}, OUT),
}


@pytest.mark.parametrize("case", GROUPS)
async def test_only_members_of_the_named_groups_are_let_in(case: str) -> None:
    said, beside, setting, let_in = GROUPS[case]
    async with provider(NOW) as standin, at_the_door(standin, groups=("staff", "managers"), **setting) as browser:
        standin.claims |= said
        standin.claims = {name: value for name, value in standin.claims.items() if value is not None}
        standin.user_info = beside
        page = await signs_in(browser)
        assert await is_in(browser) is let_in
        assert ("in none of the groups" in page.text) is not let_in


async def test_what_stands_beside_the_token_does_not_verify_the_tokens_address() -> None:
    async with provider(NOW) as standin, at_the_door(standin, groups=("staff",)) as browser:
        standin.claims |= {"email_verified": False}
        standin.user_info = {"sub": "account-1", "email_verified": True, "groups": ["staff"]}
        assert NOT_CONFIRMED in (await signs_in(browser)).text
        assert not await is_in(browser)


async def test_a_clinic_may_vouch_for_its_own_addresses() -> None:
    async with provider(NOW) as standin, at_the_door(standin, addresses_are_verified=True) as browser:
        del standin.claims["email_verified"]
        await signs_in(browser)
        assert await is_in(browser)


async def test_the_organisation_of_the_provider_is_the_one_that_is_looked_in() -> None:
    async with provider(NOW) as standin, at_the_door(standin, organisation=".org") as browser:
        assert (await signs_in(browser)).status == 403
        standin.claims["email"] = "a@clinic.example.org"
        await signs_in(browser)
        assert await is_in(browser)


BROKEN = {
    "down": web.Response(status=503),
    "no JSON": web.Response(text="<html>"),
    "no object": web.json_response([]),
    "elsewhere": web.Response(status=302, headers={"Location": OTHERS}),
    "endless": web.Response(body=b" " * 1024 * 1024),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("what", ["discovery", "token", "keys"])
async def test_a_provider_that_is_away_is_named_and_links_still_work(what: str, how: str) -> None:
    broken = BROKEN[how]
    standing_for = web.Response(status=broken.status, body=broken.body, headers=broken.headers)
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        if what == "discovery":
            standin.broken[what] = standing_for
            page = await browser.open("/sign-in/with/clinic")
        else:
            back = await there(browser)
            standin.broken[what] = standing_for
            page = await browser.open(back)
        assert (page.status, "Clinic account does not answer" in page.text) == (503, True)
        assert page.form("/sign-in").values["ticket"]
        assert not await is_in(browser)


async def test_a_changed_secret_is_told_to_the_person_and_to_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        standin.secret = "renewed"
        page = await signs_in(browser)
        assert (page.status, "does not accept this program" in page.text) == (502, True)
        said = capfd.readouterr()
        assert "openid.refused" in said.out + said.err
        assert SECRET not in said.out + said.err


async def test_check_names_a_provider_that_is_another_than_it_says() -> None:
    async with provider(NOW) as standin, Stage(settings=settings(standin)) as stage:
        assert not await stage.platform.check()
        standin.broken["discovery"] = web.json_response({"issuer": OTHERS})
        (problem,) = await stage.platform.check()
        assert (problem.where, "another issuer" in problem.what) == ("adapters.web.providers.clinic", True)


async def test_a_provider_nobody_configured_is_no_page() -> None:
    async with provider(NOW) as standin, at_the_door(standin) as browser:
        assert (await browser.open("/sign-in/with/another")).status == 404


@pytest.mark.parametrize("issuer", ["http://login.example", "ftp://login.example", "login.example"])
def test_an_issuer_without_tls_is_refused(issuer: str) -> None:
    with pytest.raises(ValidationError, match="must begin with https"):
        ProviderSettings(label="x", issuer=issuer, client_id="x", client_secret="x")


async def _keys(standin: OpenIdStandIn, key: Any) -> web.Response:
    kept, standin.key = standin.key, key
    answer = await standin.keys(None)  # type: ignore[arg-type]  # it looks at nothing of the request
    standin.key = kept
    return answer
