"""A token with any single defect is refused with 401; the good one beside it is let in."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from tests.standins.teams.connector import TENANT, Connector, SigningKey
from tests.standins.teams.world import World, world

ELSEWHERE = "11111111-2222-4333-8444-555555555555"


def _now(c: Connector) -> int:
    return int(c.now().timestamp())


def _unsigned(c: Connector) -> str:
    claims = jwt.decode(c.token(), options={"verify_signature": False})
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "key-1"})


def _hmac_with_public_key(c: Connector) -> str:
    claims = jwt.decode(c.token(), options={"verify_signature": False})
    return jwt.encode(claims, "k" * 64, algorithm="HS256", headers={"kid": "key-1"})


def _tampered(c: Connector) -> str:
    head, body, signature = c.token().split(".")
    return ".".join((head, body[:-4] + ("AAAA" if body[-4:] != "AAAA" else "BBBB"), signature))


def _no_kid(c: Connector) -> str:
    claims = jwt.decode(c.token(), options={"verify_signature": False})
    return jwt.encode(claims, c.keys[0].private, algorithm="RS256")


DEFECTS: dict[str, Callable[[Connector], str]] = {
    "missing": lambda c: "",
    "garbage": lambda c: "abc",
    "two dots": lambda c: "a.b.c",
    "unsigned": _unsigned,
    "symmetric": _hmac_with_public_key,
    "tampered": _tampered,
    "no key id": _no_kid,
    "wrong key": lambda c: jwt.encode(
        jwt.decode(c.token(), options={"verify_signature": False}),
        SigningKey("stranger").private,
        algorithm="RS256",
        headers={"kid": "key-1"},
    ),
    "unknown key": lambda c: c.token(key=SigningKey("key-9")),
    "another algorithm": lambda c: c.token(algorithm="RS512"),
    "wrong issuer": lambda c: c.token(iss="https://sts.windows.net/x/"),
    "no issuer": lambda c: c.token(iss=None),
    "wrong audience": lambda c: c.token(aud=ELSEWHERE),
    "no audience": lambda c: c.token(aud=None),
    "expired": lambda c: c.token(exp=_now(c) - 301),
    "no expiry": lambda c: c.token(exp=None),
    "expiry is a word": lambda c: c.token(exp="tomorrow"),
    "not valid yet": lambda c: c.token(nbf=_now(c) + 301),
    "other service": lambda c: c.token(serviceurl="https://smba.trafficmanager.net/emea/"),
    "no service": lambda c: c.token(serviceurl=None),
    "key not endorsed": lambda c: c.token(key=next(k for k in c.keys if k.kid == "key-2")),
}


async def _world_with_two_keys(w: World) -> None:
    w.connector.keys.append(SigningKey("key-2", endorsements=("webchat",)))


@pytest.mark.parametrize("defect", DEFECTS)
async def test_every_single_defect_is_refused(defect: str) -> None:
    async with world() as w:
        await _world_with_two_keys(w)
        person = w.person(token=DEFECTS[defect](w.connector))
        assert (await person.types("help")).status == 401
        assert w.core.events == []
        assert (await w.person().types("help")).status == 200


async def test_clocks_may_differ_by_five_minutes() -> None:
    async with world() as w:
        allowed: tuple[dict[str, Any], ...] = ({"exp": _now(w.connector) - 299}, {"nbf": _now(w.connector) + 299})
        for claims in allowed:
            assert (await w.person(token=w.connector.token(**claims)).types("help")).status == 200


async def test_another_scheme_than_bearer_is_refused() -> None:
    async with world() as w:
        headers = {"Authorization": f"Basic {w.connector.token()}"}
        async with w.bot.post(
            "/api/messages", json=w.person().activity("message", text="x"), headers=headers
        ) as answer:
            assert answer.status == 401


async def test_another_channel_is_refused_even_with_a_good_token() -> None:
    async with world() as w:
        person = w.person()
        assert (await person.post(person.activity("message", text="x", channelId="webchat"))).status == 401
        assert (await person.post(person.activity("message", text="x", channelId=None))).status == 401


async def test_a_service_address_that_is_not_microsofts_is_refused() -> None:
    async with world() as w:
        person = w.person()
        activity = person.activity("message", text="x") | {"serviceUrl": "https://botframework.com.evil.example/"}
        assert (await person.post(activity)).status == 403
        assert w.core.events == []


@pytest.mark.parametrize("where", ["conversation", "channelData", "both"])
async def test_a_tenant_that_is_not_allowed_is_refused(where: str) -> None:
    async with world() as w:
        activity = w.person().activity("message", text="x")
        if where in {"conversation", "both"}:
            activity["conversation"]["tenantId"] = ELSEWHERE
        if where in {"channelData", "both"}:
            activity["channelData"]["tenant"]["id"] = ELSEWHERE
        assert (await w.person().post(activity)).status == 403
        assert w.core.events == []


async def test_a_multi_tenant_app_lets_in_the_tenants_it_names() -> None:
    async with world(app_type="multi", allowed_tenants=[TENANT, ELSEWHERE]) as w:
        assert (await w.person(tenant=ELSEWHERE).types("help")).status == 200
        assert w.core.events[-1].actor.tenant == ELSEWHERE


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b'{"type": 1}', b'{"type": "message", "conversation": "x"}', b"[" * 100_000]
)
async def test_what_is_no_activity_is_a_bad_request(body: bytes) -> None:
    async with world() as w:
        headers = {"Authorization": f"Bearer {w.connector.token()}"}
        async with w.bot.post("/api/messages", data=body, headers=headers) as answer:
            assert answer.status == 400


async def test_keys_are_fetched_once_and_rotated_keys_are_found() -> None:
    async with world() as w:
        for _ in range(5):
            await w.person().types("help")
        assert w.connector.key_requests == 1
        w.connector.keys = [SigningKey("key-2")]
        assert (await w.person().types("help")).status == 401, "not asked again within five minutes"
        w.clock.advance(minutes=6)
        assert (await w.person().types("help")).status == 200
        assert w.connector.key_requests == 2
        w.clock.advance(hours=25)
        await w.person().types("help")
        assert w.connector.key_requests == 3


async def test_a_flood_of_unknown_keys_makes_one_look_up() -> None:
    async with world() as w:
        for i in range(20):
            assert (await w.person(token=w.connector.token(key=SigningKey("key-9"))).types(f"x{i}")).status == 401
        assert w.connector.key_requests == 1


async def test_known_keys_outlive_an_outage_of_the_key_server() -> None:
    async with world() as w:
        await w.person().types("help")
        w.connector.keys_down = True
        w.clock.advance(hours=30)
        assert (await w.person().invokes("unknown", {})).status == 200


async def test_without_any_key_teams_is_asked_to_come_back() -> None:
    async with world(metadata_url="http://127.0.0.1:9/openid") as w:
        assert (await w.person().types("help")).status == 503
        assert w.core.events == []


async def test_the_reason_is_logged_and_the_token_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    async with world() as w:
        token = w.connector.token(aud=ELSEWHERE)
        await w.person(token=token).types("help")
        logged = capsys.readouterr().out
        assert "InvalidAudienceError" in logged
        assert token.split(".")[1] not in logged
