"""What a program under test needs, imported and read once: tests/forks.py forks off a process that holds it."""

from __future__ import annotations

import importlib
from datetime import date

from bot.runtime.almanac import HolidayAlmanac
from bot.ui.strings import words

for name in (
    "tests.faults.replica",
    "bot.main",
    "bot.config",
    "adapters.web",
    "storage.sql",
    "storage.migrate",
    "alembic.command",
    "apscheduler.schedulers.asyncio",
    "apscheduler.triggers.interval",
    "prometheus_client",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg",
    "aiosqlite",
):
    importlib.import_module(name)
words("en")("app.name")
HolidayAlmanac().calendar("DE", "SH", frozenset()).is_working(date(2027, 1, 18))
