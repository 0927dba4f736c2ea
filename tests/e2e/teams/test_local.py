"""Anonymous mode serves the Playground on this machine and nobody behind a proxy."""

from typing import Any

import pytest

from tests.standins.teams.world import world

ANONYMOUS: dict[str, Any] = {"anonymous": True, "app_id": "", "app_secret": "", "tenant_id": ""}


async def test_unsigned_messages_of_this_machine_are_answered() -> None:
    async with world(**ANONYMOUS) as w:
        person = w.person(token="")
        assert (await person.types("help")).status == 200
        assert w.core.events


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_what_a_proxy_forwards_is_refused(header: str) -> None:
    async with world(**ANONYMOUS) as w:
        activity = w.person().activity("message", text="help")
        async with w.bot.post("/api/messages", json=activity, headers={header: "203.0.113.9"}) as answer:
            assert answer.status == 401


async def test_check_finds_unreachable_keys_and_nothing_else() -> None:
    async with world() as w:
        assert await w.platform.check() == []
    async with world(metadata_url="http://127.0.0.1:9/openid") as w:
        assert [p.where for p in await w.platform.check()] == ["adapters.teams.metadata_url"]


async def test_the_personal_tab_leads_to_the_web_pages_and_only_teams_may_frame_it() -> None:
    async with world() as w, w.bot.get("/teams/tab", headers={"Accept-Language": "en-GB,en"}) as answer:
        page = await answer.text()
        assert 'href="https://intervision.example.org/"' in page
        assert "frame-ancestors https://teams.microsoft.com" in answer.headers["Content-Security-Policy"]


async def test_the_privacy_page_that_the_manifest_names_exists() -> None:
    async with world() as w, w.bot.get("/teams/privacy") as answer:
        page = await answer.text()
        assert 'id="terms"' in page
        assert "never contain case or review texts" in page
