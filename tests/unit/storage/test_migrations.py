"""Migrations of filled tables: what stood in them before still means the same afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.demo.clinic import ORGANISATION
from bot.demo.clock import VirtualClock
from bot.domain.case import Case
from bot.domain.organisation import Clinic
from bot.domain.risk import Hold
from storage import open_store
from storage.keys import KeyRing
from storage.migrate import upgrade
from tests.contract.conftest import NOW

BEFORE = "0005"
ROWS = """
INSERT INTO organisation (id, organisation, name, created_at, language, policy, themes)
    VALUES ('org_demo', 'org_demo', 'Demo', '2026-11-01', 'en', '{}', '[]');
INSERT INTO clinic (id, organisation, name, country, timezone, region, emergency_phone, policy)
    VALUES ('cli_1', 'org_demo', 'Kiel', 'DE', 'Europe/Berlin', 'SH', '112', '{}');
INSERT INTO person (id, organisation, name, email, clinic, roles, created_at, language, timezone, languages, fte,
    weekdays, notify_on, language_chosen, version)
    VALUES ('per_1', 'org_demo', 'Somebody', 'x@demo.example', 'cli_1', '["therapist"]', '2026-11-01', 'en',
    'Europe/Berlin', '["en"]', 1, '[0]', '', 0, 1);
INSERT INTO hold (id, organisation, origin, raised_by, raised_at, alerted, alerted_at, version)
    VALUES ('hol_1', 'org_demo', 'submission', 'per_1', '2026-11-02', 'per_1', '2026-11-02', 1);
"""


async def test_an_alert_under_way_keeps_its_clinic_and_who_was_called(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    upgrade(url, BEFORE)
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as connection:
        connection.executescript(ROWS)
    upgrade(url)
    store = await open_store(url, KeyRing.of(b"k" * 32), VirtualClock(NOW))
    async with store.begin(ORGANISATION, write=False) as uow:
        hold = await uow.get(Hold, "hol_1")
        assert (hold.clinic, hold.called, hold.waiting) == ("cli_1", ("per_1",), True)
        assert (await uow.get(Clinic, "cli_1")).duty_phone == ""
        assert not await uow.find(Case)
    await store.close()
