"""Hostile requests at every door: no 5xx, no traceback, no memory that only grows, and the honest one is still served.

A few thousand in every run; `make soak` sends 100,000 (FUZZ_REQUESTS, FUZZ_SEED). Everything goes to this machine.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from typer.testing import CliRunner
from yarl import URL

from adapters.web import base_view as site
from bot.cli.main import app as command_line
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact
from bot.ports.unit_of_work import Store
from tests.fuzz.mischief import Mischief
from tests.fuzz.storm import REQUESTS, SEED, Failures, Report, finished, memory, storm
from tests.fuzz.web_clinic import web_clinic
from tests.gate import GateInAWorker
from tests.standins.slack.server import SECRET
from tests.standins.slack.world import connected
from tests.standins.teams.clinic import teams_clinic
from tests.unit.web.client import Reading
from tests.world import make_world

# ---- web pages and forms


FIELDS = ("t.title", "t.key_question", "t.reason", "o.mode", "o.group", "command", "t.keep", "o.keep")
PATHS = (
    *("/", "/open", "/press", "/submit", "/command", "/notices", "/answer/x", "/sign-in", "/sign-in/x", "/sign-out"),
    *("/healthz", "/readyz", "/static/page.css", "/static/../../etc/passwd", "/demo/become", "/calendar/x.ics"),
)
TYPES = ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "text/plain", "x")


async def test_the_web_pages_withstand_a_storm(
    gate: GateInAWorker, store: Store, failures: Failures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "PAGES", (10**9, 60.0, 1.0))
    monkeypatch.setattr(site, "STEPS", (10**9, 60.0, 1.0))
    monkeypatch.setattr(site, "ASKING", (10**9, 60.0, 1.0))
    async with (
        web_clinic(gate, store, failures) as (_, url, sessions),
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        forms: list[tuple[str, str, dict[str, str]]] = []
        for key, session in sessions.items():
            await _forms(http, url, key, session, forms)
        assert len(forms) > 10

        async def send(m: Mischief) -> tuple[int, str]:
            if m.random.random() < 0.5:
                return await _honest_form_bent(http, url, sessions, forms, m)
            return await _anything(http, url, sessions, m)

        seen = (await storm("web pages", 0.6, send, failures)).statuses
        assert seen["200"] > 20, "some of it got through to the pages"
        async with http.get(f"{url}/", cookies={"intervision": sessions["a"]}) as answer:
            assert answer.status == 200


async def _forms(
    http: aiohttp.ClientSession, url: str, key: str, session: str, forms: list[tuple[str, str, dict[str, str]]]
) -> None:
    """Every form within two clicks of the start page."""
    cookies = {"intervision": session}
    async with http.get(f"{url}/", cookies=cookies) as answer:
        home = Reading(await answer.text())
    forms += [(key, f.action, f.values) for f in home.forms if f.action != "/sign-out"]
    for href in list(home.links.values())[:12]:
        if href.startswith("/open"):
            async with http.get(f"{url}{href}", cookies=cookies) as answer:
                page = Reading(await answer.text())
            forms += [(key, f.action, f.values) for f in page.forms if f.action == "/submit"]


async def _honest_form_bent(
    http: aiohttp.ClientSession,
    url: str,
    sessions: dict[str, str],
    forms: list[tuple[str, str, dict[str, str]]],
    m: Mischief,
) -> tuple[int, str]:
    """A form that was really drawn, with hostile values, sometimes in somebody else's name."""
    key, action, values = m.random.choice(forms)
    bent: list[tuple[str, str]] = [(name, value) for name, value in values.items()]
    for _ in range(m.random.randrange(6)):
        bent.append((m.random.choice((*FIELDS, m.text()[:50])), m.text()))
    if m.random.random() < 0.3:
        bent = [(name, m.text() if m.random.random() < 0.2 else value) for name, value in bent]
    who = key if m.random.random() < 0.8 else m.random.choice("asp")
    body = urlencode(bent, errors="replace").encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with http.post(
        f"{url}{action}", data=body, headers=headers, cookies={"intervision": sessions[who]}, allow_redirects=False
    ) as answer:
        return answer.status, await answer.text(errors="replace")


async def _anything(http: aiohttp.ClientSession, url: str, sessions: dict[str, str], m: Mischief) -> tuple[int, str]:
    """Any method on any path with any query, headers, cookies and body."""
    r = m.random
    path = r.choice(PATHS) if r.random() < 0.8 else "/" + m.text()[:200]
    query = {m.text()[:30] or "t": m.text()[:300] for _ in range(r.randrange(3))} | (
        {"t": m.text()[:800]} if r.random() < 0.3 else {}
    )
    headers = {"Accept-Language": _header(m), "X-Forwarded-For": _header(m), "Content-Type": r.choice(TYPES)}
    session = r.choice((*sessions.values(), _header(m)))
    if session:
        headers["Cookie"] = f"intervision={session}; intervision-note={_header(m)}; intervision-visit={_header(m)}"
    body = m.body({"ticket": m.text(), "t.title": m.text()}) if r.random() < 0.5 else b""
    method = r.choice(("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"))
    target = URL(url).with_path(path).with_query(query)
    async with http.request(method, target, headers=headers, data=body or None, allow_redirects=False) as answer:
        return answer.status, await answer.text(errors="replace")


def _header(m: Mischief) -> str:
    """A header value that HTTP allows at all; the client would refuse to send anything else."""
    return "".join(c for c in m.text()[:300] if c.isascii() and c.isprintable())


# ---- Slack


async def test_the_slack_door_withstands_a_storm(gate: GateInAWorker, store: Store, failures: Failures) -> None:
    world = await make_world(gate, store=store)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Contact("con_slack", ORGANISATION, person_id("a"), "slack", "T0CLINIC", "U0ANNA"))
        await uow.commit()
    async with connected("http", handle=failures.watched(world.entry.handle)) as slack, aiohttp.ClientSession() as http:
        slack.person()

        async def send(m: Mischief) -> tuple[int, str]:
            kind, message = m.random.choice(SLACK)
            raw = m.body(message)
            if kind == "interaction":
                raw = urlencode({"payload": raw}).encode()
            elif kind == "command":
                raw = urlencode(m.bent(message), errors="replace").encode()
            headers = _signed(raw, m.random.random() < 0.9)
            headers["Content-Type"] = "application/json" if kind == "event" else "application/x-www-form-urlencoded"
            async with http.post(f"{slack.address}/slack/events", data=raw, headers=headers) as answer:
                return answer.status, await answer.text(errors="replace")

        seen = (await storm("Slack", 0.2, send, failures)).statuses
        assert seen["200"] > 20
        assert seen["401"], "unsigned ones are turned away"


ANNA = {"user": {"id": "U0ANNA", "team_id": "T0CLINIC"}, "team": {"id": "T0CLINIC"}, "trigger_id": "1.2.x"}
BUTTON = {"action_id": "iv:0", "block_id": "b", "type": "button", "value": '["case.new","",{}]', "action_ts": "1.2"}
SLACK: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "command",
        {
            "command": "/supervision",
            "text": "x",
            "channel_id": "DU0ANNA",
            "user_id": "U0ANNA",
            "team_id": "T0CLINIC",
            "trigger_id": "1.2.x",
            "response_url": "https://hooks.slack.com/commands/x",
        },
    ),
    (
        "event",
        {
            "type": "event_callback",
            "event_id": "Ev1",
            "team_id": "T0CLINIC",
            "event": {"type": "app_home_opened", "user": "U0ANNA", "tab": "home", "channel": "DU0ANNA"},
            "authorizations": [{"team_id": "T0CLINIC", "user_id": "U0BOT", "is_bot": True}],
        },
    ),
    (
        "interaction",
        {
            "type": "block_actions",
            **ANNA,
            "container": {"type": "message", "message_ts": "1.1", "channel_id": "DU0ANNA"},
            "channel": {"id": "DU0ANNA"},
            "actions": [BUTTON],
        },
    ),
    (
        "interaction",
        {
            "type": "view_submission",
            **ANNA,
            "view": {
                "id": "V1",
                "hash": "h",
                "type": "modal",
                "callback_id": "iv.form",
                "private_metadata": '{"k":"case.submit"}',
                "state": {"values": {}},
            },
        },
    ),
)


def _signed(raw: bytes, genuine: bool) -> dict[str, str]:
    import hashlib
    import hmac

    stamp = str(int(time.time()))  # noqa: TID251  # Slack's signature carries the real time
    secret = SECRET.encode() if genuine else b"another secret"
    mac = hmac.new(secret, b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"}


@pytest.mark.parametrize("actions", [[], {}, None, [None], "x"], ids=str)
async def test_a_press_of_no_button_is_turned_away(gate: GateInAWorker, actions: object) -> None:
    """The vendor's library takes the first button before it asks whether there is one."""
    async with (
        connected("http", handle=(await make_world(gate)).entry.handle) as slack,
        aiohttp.ClientSession() as http,
    ):
        raw = urlencode({"payload": json.dumps(SLACK[2][1] | {"actions": actions})}).encode()
        headers = _signed(raw, True) | {"Content-Type": "application/x-www-form-urlencoded"}
        async with http.post(f"{slack.address}/slack/events", data=raw, headers=headers) as answer:
            assert answer.status < 500


# ---- Teams


async def test_the_teams_door_withstands_a_storm(gate: GateInAWorker, store: Store, failures: Failures) -> None:
    async with teams_clinic(gate, store=store, watched=failures.watched) as teams:
        person = teams.person("a")
        await person.installs()
        messages = (
            person.activity("message", text="supervision"),
            person.activity("message", text="", value={"iv": {"k": "case.new", "s": "", "a": {}}}),
            person.activity("invoke", name="task/fetch", value={"data": {"iv": {"k": "case.new"}}}),
            person.activity("invoke", name="task/submit", value={"data": {"iv": {"f": "case.submit"}, "title": "x"}}),
            person.activity("conversationUpdate", membersAdded=[{"id": person.id}]),
            person.activity("invoke", name="fileConsent/invoke", value={"action": "accept", "context": {}}),
        )

        async def send(m: Mischief) -> tuple[int, str]:
            message = m.random.choice(messages)
            body = m.body(message)
            genuine = teams.connector.token(serviceurl=message["serviceUrl"])
            token = genuine if m.random.random() < 0.9 else _header(m)
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            async with teams.bot.post("/api/messages", data=body, headers=headers) as answer:
                return answer.status, await answer.text(errors="replace")

        seen = (await storm("Teams", 0.2, send, failures)).statuses
        assert seen["200"] > 20
        assert seen["401"]


# ---- the shell


def test_the_command_line_withstands_a_storm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    m, run, start = Mischief(SEED), CliRunner(), time.process_time()
    report = Report("command line", before=memory())
    words = (
        *("admin", "keys", "audit", "privacy", "purge", "backup", "restore", "assign", "simulate", "check", "migrate"),
        *("list", "verify", "find", "erase", "status", "--config", "--as", "--org", "--json", "--help"),
    )
    for n in range(min(REQUESTS // 20, 2000)):
        said = [
            m.random.choice(words) if m.random.random() < 0.7 else m.text()[:200] for _ in range(m.random.randrange(5))
        ]
        if "demo" in said or "serve" in said:
            continue
        result = run.invoke(command_line, said, input=m.text().encode(errors="surrogatepass"))
        told = isinstance(result.exception, SystemExit) or type(result.exception).__name__ in {
            "NoneType",
            "SetupError",
            "Mistakes",
        }
        assert told, f"{n}: {said!r} raised {result.exception!r}"
        report.statuses[f"exit {result.exit_code}"] += 1
    finished(report, start)
