"""`intervision simulate --group`: the coming year of a real group, read from the database as the page reads it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app as command_line
from bot.config import Settings
from bot.demo.clinic import GROUP, ORGANISATION, found, person_id
from bot.domain.organisation import Group
from bot.errors import SetupError
from bot.main import build
from bot.ports.records import LeaveEntry
from tests.migrated import migrated


@pytest.mark.slow
async def test_it_says_who_will_miss_what_in_the_group_as_it_is(tmp_path: Path) -> None:
    """Eight therapists of whom six go on leave for three weeks; no series was set up."""
    url = migrated(tmp_path / "a.sqlite3")
    settings = Settings.model_validate({"database": {"url": url}, "keys": {"file": str(tmp_path / "key")}})
    app = await build(settings)
    await found(app.store, app.tools.ids, history=False)
    today = app.clock.now().date()
    async with app.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        for key in "abcdef":
            first, last = today + timedelta(days=20), today + timedelta(days=41)
            await uow.add(LeaveEntry(f"lea_{key}", ORGANISATION, person_id(key), first, last, app.clock.now(), "s"))
        await uow.commit()
    await app.store.close()
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "{url}"\n[keys]\nfile = "{tmp_path / "key"}"\n', encoding="utf-8")

    def run(*words: str) -> str:
        result = CliRunner().invoke(command_line, ["simulate", *words, "--config", str(config)])
        return f"{result.output}{result.exception if isinstance(result.exception, SetupError) else ''}"

    told = await asyncio.to_thread(run, "--group", group.name.upper())
    assert "Nobody has planned these rounds" in told
    assert "2 of 8 there" in told
    assert "own case, " in told
    assert ", allowed 35" in told, "28 days and the round's 7"
    assert "Would help:" in told or "None of these helps alone" in told
    assert "There is no group nowhere; there are" in await asyncio.to_thread(run, "--group", "nowhere")
