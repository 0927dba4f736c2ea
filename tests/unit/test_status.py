"""`intervision status` and the metrics page over a real database."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from typer.testing import CliRunner

from bot.cli.main import app as command_line
from bot.cli.status import troubles
from bot.config import Settings
from bot.log import Silent
from bot.main import App, build
from bot.ports.records import Queue, Replica
from bot.runtime.metrics import Metrics
from tests.contract.conftest import NOW
from tests.migrated import migrated

MIGRATE = "intervision migrate"


@pytest.fixture
async def running(tmp_path: Path) -> App:
    url = migrated(tmp_path / "db.sqlite3")
    settings = Settings.model_validate(
        {"database": {"url": url}, "keys": {"file": str(tmp_path / "key")}, "server": {"port": 18377}}
    )
    return await build(settings, log=Silent())


def config_of(app: App, folder: Path, more: str = "") -> str:
    path = folder / "intervision.toml"
    path.write_text(f'[database]\nurl = "{app.settings.database.url}"\n{more}', encoding="utf-8")
    return str(path)


async def test_nobody_at_work_ends_with_one(running: App, tmp_path: Path) -> None:
    import asyncio

    config = config_of(running, tmp_path)
    async with running.store.begin("org_a") as uow:
        await uow.put_sealed("org_a", "a secret", b"under the installation's key, which status does not need")
        await uow.commit()
    result = await asyncio.to_thread(CliRunner().invoke, command_line, ["status", "--config", config])
    assert result.exit_code == 1, result.output
    assert "Programs at work: 0" in result.output
    assert "start intervision serve" in result.output
    assert await running.heart.beat()
    await running.ticker.tick()
    assert await running.heart.beat()
    result = await asyncio.to_thread(CliRunner().invoke, command_line, ["status", "--json", "--config", config])
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert [r["id"] for r in told["replicas"]] == [running.heart.name]
    assert told["troubles"] == []
    await running.store.close()


async def test_a_platform_that_does_not_answer_is_named_until_it_does(running: App, tmp_path: Path) -> None:
    import asyncio

    config = config_of(running, tmp_path, "[adapters.web]\n")

    async def told(*away: str) -> tuple[int, str]:
        running.heart.away = lambda: away
        await running.ticker.tick()
        assert await running.heart.beat()
        result = await asyncio.to_thread(CliRunner().invoke, command_line, ["status", "--config", config])
        return result.exit_code, result.output

    code, said = await told("web")
    assert (code, "web does not answer" in said, "intervision check" in said) == (1, True, True)
    code, said = await told()
    assert (code, "does not answer" in said) == (0, False)
    await running.store.close()


def test_an_old_queue_and_a_still_clock_are_troubles() -> None:
    working = Replica("r1", "1", NOW - timedelta(hours=1), NOW, NOW)
    quiet = Queue(0, 0, None, 0, 0)
    assert troubles(NOW, quiet, [working]) == []
    assert len(troubles(NOW, Queue(3, 3, NOW - timedelta(minutes=9), 0, 0), [working])) == 1
    for queue in (Queue(0, 0, None, 2, 0), Queue(2, 0, None, 0, 2)):
        (trouble,) = troubles(NOW, queue, [working])
        assert "page Delivery" in trouble
    (trouble,) = troubles(NOW, quiet, [working], wanted=3)
    assert trouble.startswith("1 of 3 programs")
    stopped = Replica("r1", "1", NOW - timedelta(hours=1), NOW, NOW - timedelta(minutes=9))
    assert len(troubles(NOW, quiet, [stopped])) == 1


def test_replicas_of_different_versions_or_time_zones_are_a_trouble() -> None:
    one, other = (Replica(name, name, NOW - timedelta(hours=1), NOW, NOW) for name in ("0.2 (2026a)", "0.2 (2026f)"))
    (trouble,) = troubles(NOW, Queue(0, 0, None, 0, 0), [one, other])
    assert "0.2 (2026a), 0.2 (2026f)" in trouble


async def test_metrics_are_for_this_machine_and_hold_no_ids(running: App) -> None:
    await running.host.start()
    address = f"http://127.0.0.1:{running.host.port}"
    async with ClientSession() as session:
        async with session.get(f"{address}/readyz") as answer:
            assert answer.status == 200
        async with session.get(f"{address}/metrics") as answer:
            page = await answer.text()
            assert answer.status == 200
        async with session.get(f"{address}/metrics", headers={"X-Forwarded-For": "192.0.2.1"}) as answer:
            assert answer.status == 404
    assert "intervision_ready 1.0" in page
    assert "intervision_replicas 1.0" in page
    await running.host.stop()
    await running.store.close()


def test_every_metric_says_what_it_is() -> None:
    metrics = Metrics()
    metrics.sent("web", 0.2)
    catalogue = dict(metrics.catalogue())
    assert "intervision_messages_sent_total" in catalogue
    assert all(name.startswith("intervision_") and about.endswith(".") for name, about in catalogue.items())


async def test_status_and_check_say_when_a_sqlite_file_is_outgrown(
    running: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    from bot.cli.checks import check
    from bot.demo.clinic import found
    from bot.runtime.system import SystemIds

    await found(running.store, SystemIds(), history=False)
    assert "people are many" not in " ".join(problem.what for problem in await check(running))
    monkeypatch.setattr("bot.runtime.size.MOST_ON_SQLITE", 9)
    (hint,) = [problem for problem in await check(running) if "people are many" in problem.what]
    assert hint.what.startswith("10 people")
    assert not hint.fatal
    config = config_of(running, tmp_path)
    result = await asyncio.to_thread(CliRunner().invoke, command_line, ["status", "--config", config])
    assert "10 people are many for one SQLite file" in result.output
    assert "intervision migrate --to" in result.output
    await running.store.close()
