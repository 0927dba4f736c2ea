"""What a program under test needs, imported and read once: tests/forks.py forks off a process that holds it."""

from __future__ import annotations

import importlib
from datetime import date

from adapters import discover
from adapters.web import pages
from bot.runtime.holidays import HolidayCalendars
from bot.ui.strings import LANGUAGES, words

for name in (
    "tests.faults.replica",
    "bot.main",
    "bot.config",
    "storage.store",
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
discover()
for template in pages._environment().list_templates():
    pages._environment().get_template(template)
for language in LANGUAGES:
    words(language)("app.name")
HolidayCalendars().calendar("DE", "SH", frozenset()).is_working(date(2027, 1, 18))
