"""`intervision anonymity GROUP`: to how many people each member can be narrowed down as the group is now."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import ConfigOption, JsonOption, OrgOption, run_async

if TYPE_CHECKING:
    from bot.domain.anonymity_budget import Budget


def anonymity(
    group: str,
    language: Annotated[str, typer.Option(help="Of cases in this language, like sv; empty: read by everybody.")] = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """To how many people reviewers, a supervisor and a presenter can narrow each member down.

    Private lists count as if everybody used theirs, so the numbers tell nothing of anybody's.
    """
    rows = run_async(_read(config, org, group, language))
    if as_json:
        print(json.dumps([{"name": name, **asdict(each)} for name, each in rows], indent=1, ensure_ascii=False))
        return
    print(f"{'member':<32}{'reviewers':>10}{'supervisor':>12}{'presenter':>11}   of")
    for name, each in rows:
        supervisors = "-" if each.by_supervisors is None else each.by_supervisors
        print(f"{name:<32}{each.by_reviewers:>10}{supervisors:>12}{each.by_presenters:>11}{each.of:>5}")


async def _read(config: Path | None, org: str, group: str, language: str) -> list[tuple[str, Budget]]:
    from bot.admin.context import named, organisation_id
    from bot.app.context import Work
    from bot.app.facts.anonymity import budgets
    from bot.app.facts.permissions import members
    from bot.config import load
    from bot.domain.organisation import Group
    from bot.domain.person import Role
    from bot.main import build

    app = await build(load(config))
    try:
        async with app.store.begin(await organisation_id(app.store, org), write=False) as uow:
            work = Work(uow, app.clock.now(), app.tools)
            found = await named(uow, Group, group)
            people = [person for person in await members(work, found) if person.has(Role.THERAPIST)]
            known = await budgets(work, found, people, language)
            return [(person.name, known[person.id]) for person in people]
    finally:
        await app.store.close()
