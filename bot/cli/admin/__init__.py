"""`intervision admin …`: organisations, clinics, groups, people, roles and closures from the shell.

Every command prints what it made, with `--json` for machines. Nothing here reads case text.
"""

from __future__ import annotations

from bot.cli.admin import organisation, people, rules
from bot.cli.admin.shell import admin

__all__ = ["admin", "organisation", "people", "rules"]
