"""How every command of `intervision admin` runs: the options all share, the context it works in, and what it prints."""

from __future__ import annotations

import dataclasses
import inspect
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from bot.cli.common import AskerOption, ConfigOption, JsonOption, OrgOption, command_group, login, run_async
from bot.errors import SetupError

Given = ParamSpec("Given")
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would happen and change nothing.")]
admin = command_group("Organisations, clinics, groups, people, roles and closures.")


@dataclass(frozen=True)
class Shell:
    """What every command takes: the organisation it is about, the configuration, and how it prints."""

    org: str
    config: Path | None
    as_json: bool
    asker: str = ""

    def run(self, step: Callable[[Any], Awaitable[list[Any]]]) -> None:
        """Do the step in an administrator's context and print what it made."""
        records = run_async(_with_desk(self.config, step, self.asker))
        if self.as_json:
            print(json.dumps([_plain(r) for r in records], indent=1, ensure_ascii=False))
            return
        for record in records:
            print(_line(record) if hasattr(record, "id") else record)


def command(
    name: str, *, of_one_organisation: bool = True, second_person: bool = False
) -> Callable[[Callable[Concatenate[Shell, Given], None]], Callable[Concatenate[Shell, Given], None]]:
    """Register a command whose first parameter, a `Shell`, is filled from the options every command has.

    `second_person`: some of what it does needs one where the rules say so, and `--as` names who asks.
    """

    def register(does: Callable[Concatenate[Shell, Given], None]) -> Callable[Concatenate[Shell, Given], None]:
        own = list(inspect.signature(does, eval_str=True).parameters.values())[1:]

        def begin(
            *, org: str = "", config: Path | None = None, as_json: bool = False, asker: str = "", **given: Any
        ) -> None:
            does(Shell(org, config, as_json, asker), **given)  # type: ignore[call-arg]  # typer fills what `own` lists, by name

        shared = {"org": (OrgOption, ""), "config": (ConfigOption, None), "as_json": (JsonOption, False)}
        if not of_one_organisation:
            del shared["org"]
        if second_person:
            shared["asker"] = (AskerOption, "")
        keyword = inspect.Parameter.KEYWORD_ONLY
        parameters = [
            *(each.replace(kind=keyword) for each in own),
            *(
                inspect.Parameter(name, keyword, default=value, annotation=kind)
                for name, (kind, value) in shared.items()
            ),
        ]
        begin.__doc__ = does.__doc__
        begin.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
        begin.__annotations__ = {each.name: each.annotation for each in parameters}
        admin.command(name)(begin)
        return does

    return register


async def _with_desk(config: Path | None, step: Callable[[Any], Awaitable[list[Any]]], asker: str) -> list[Any]:
    from bot.admin.context import AdminContext
    from bot.config import load
    from bot.main import build

    app = await build(load(config))
    try:
        admin = AdminContext(app.store, app.clock, app.tools, app.sign_in, login(), asker)
        records = await step(admin)
        for note in dict.fromkeys(admin.notes):
            print(note, file=sys.stderr)
        return records
    finally:
        await app.store.close()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {spec.name: _plain(getattr(value, spec.name)) for spec in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | tuple):
        return sorted(_plain(item) for item in value)
    return value


def _line(record: Any) -> str:
    if "__str__" in vars(type(record)):
        return str(record)
    name = getattr(record, "name", "")
    more = [
        str(getattr(record, spec))
        for spec in ("email", "country", "timezone", "first_day", "last_day")
        if hasattr(record, spec)
    ]
    return "  ".join([type(record).__name__.lower(), record.id, name, *more])


def day(text: str) -> date:
    """A day as it is typed in the shell. Raises SetupError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SetupError(f"{text} is not a day; write it like 2026-12-21.") from None
