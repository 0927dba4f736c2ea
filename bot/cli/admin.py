"""`intervision admin …`: organisations, clinics, groups, people, roles and closures from the shell.

Every command prints what it made, with `--json` for machines. Nothing here reads case text.
"""

from __future__ import annotations

import dataclasses
import getpass
import json
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common import ConfigOption, JsonOption, OrgOption, command_group, run_async
from bot.errors import SetupError

OnOption = Annotated[str, typer.Option("--on", help="On this day, like 2027-03-01; today if left out.")]
CoverOption = Annotated[str, typer.Option(help="E-mail of the therapist who presents their open cases from then on.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would happen and change nothing.")]
SkipBadOption = Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows out instead of refusing the file.")]

admin = command_group("Organisations, clinics, groups, people, roles and closures.")


@admin.command("add-organisation")
def add_organisation(name: str, language: str = "en", config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """A new organisation; nothing is ever visible across organisations."""
    from bot.admin.people import organisation

    _run(config, as_json, lambda desk: organisation(desk, name, language))


@admin.command("add-clinic")
def add_clinic(
    name: str,
    country: Annotated[str, typer.Option(help="Two letters, e.g. DE: public holidays.")],
    timezone: Annotated[str, typer.Option(help="For example Europe/Berlin.")],
    region: Annotated[str, typer.Option(help="Region of the holidays, e.g. SH.")] = "",
    phone: Annotated[str, typer.Option(help="Emergency number shown when there is a risk.")] = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A clinic with its country's holidays, its time zone and its emergency number."""
    from bot.admin.people import clinic

    _run(config, as_json, lambda desk: clinic(desk, org, name, country, region, timezone, phone))


@admin.command("add-workspace")
def add_workspace(
    platform: Annotated[str, typer.Argument(help="slack, teams, …")],
    tenant: Annotated[str, typer.Argument(help="The workspace's or tenant's id.")],
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A Slack workspace or Teams tenant of the organisation; people are then recognised only in those listed."""
    from bot.admin.people import workspace

    _run(config, as_json, lambda desk: workspace(desk, org, platform, tenant))


@admin.command("leave-workspace")
def leave_workspace(
    platform: str, tenant: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """No longer the organisation's workspace: the accounts there are disconnected."""
    from bot.admin.people import leave_workspace as leave

    _run(config, as_json, lambda desk: leave(desk, org, platform, tenant))


@admin.command("add-group")
def add_group(
    name: str,
    timezone: Annotated[str, typer.Option(help="For example Europe/Berlin.")],
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A group of therapists who review each other's cases."""
    from bot.admin.people import group

    _run(config, as_json, lambda desk: group(desk, org, name, timezone))


@admin.command("import")
def import_people(
    file: Path,
    clinic: Annotated[str, typer.Option(help="For everybody whose row names none.")] = "",
    group: Annotated[str, typer.Option(help="For everybody whose row names none.")] = "",
    roles: Annotated[str, typer.Option(help="For everybody whose row names none.")] = "",
    skip_bad: SkipBadOption = False,
    dry_run: DryRunOption = False,
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """People from a staff file as it is; who is there already is brought up to date.

    Any delimiter, encoding and heading language; exports of chats, directories and staff systems.
    """
    _import(config, as_json, org, file, clinic, group, roles, skip_bad, dry_run, remove_missing=False)


@admin.command("sync")
def sync_people(
    file: Path,
    remove_missing: Annotated[
        bool, typer.Option("--remove-missing", help="Who is missing in the file leaves the service.")
    ] = False,
    clinic: Annotated[str, typer.Option(help="For everybody whose row names none.")] = "",
    group: Annotated[str, typer.Option(help="For everybody whose row names none.")] = "",
    roles: Annotated[str, typer.Option(help="For everybody whose row names none.")] = "",
    skip_bad: SkipBadOption = False,
    dry_run: DryRunOption = False,
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A monthly staff file: joiners are added, changes made, who is missing is named or removed. Twice does no harm."""
    _import(config, as_json, org, file, clinic, group, roles, skip_bad, dry_run, remove_missing=remove_missing)


def _import(
    config: Path | None,
    as_json: bool,
    org: str,
    file: Path,
    clinic: str,
    group: str,
    roles: str,
    skip_bad: bool,
    dry_run: bool,
    *,
    remove_missing: bool,
) -> None:
    from bot.admin.roster import Wanted, apply_file
    from bot.admin.staff_values import roles_of

    wanted = Wanted(clinic, group, roles_of(roles), dry_run, skip_bad, remove_missing)

    async def step(desk: Any) -> list[Any]:
        lines = await apply_file(desk, org, file, wanted)
        return [line.plain for line in lines] if as_json else [*map(str, lines), _counted(lines, dry_run)]

    _run(config, as_json, step)


def _counted(lines: Any, dry_run: bool) -> str:
    """ "3 new, 1 changed; nothing was done yet"."""
    numbers = Counter(line.what for line in lines)
    said = ", ".join(f"{number} {what}" for what, number in numbers.items()) or "nobody"
    return f"{said}; nothing was changed (dry run)" if dry_run else f"{said}; everybody else stays as they are"


@admin.command("add-person")
def add_person(
    name: str,
    email: str,
    clinic: Annotated[str, typer.Option(help="By its name.")],
    group: Annotated[str, typer.Option(help="By its name.")] = "",
    roles: Annotated[str, typer.Option(help="With blanks between: therapist supervisor manager dpo admin.")] = "",
    language: str = "",
    timezone: Annotated[str, typer.Option(help="The clinic's if left out.")] = "",
    experienced_since: Annotated[str, typer.Option(help="The day the work began, like 2024-03-01.")] = "",
    personnel_id: Annotated[str, typer.Option(help="What the staff system calls them.")] = "",
    fte: Annotated[str, typer.Option(help="Share of a full post, above 0 and at most 1.")] = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """One person; many come with `import`."""
    from bot.admin.people import person

    values = {
        "name": name,
        "email": email,
        "clinic": clinic,
        "group": group,
        "roles": roles,
        "language": language,
        "timezone": timezone,
        "experienced_since": experienced_since,
        "personnel_id": personnel_id,
        "fte": fte,
    }
    _run(config, as_json, lambda desk: person(desk, org, values))


@admin.command("join-group")
def join_group(
    email: str,
    group: str,
    on: OnOption = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A person belongs to a group from a day on."""
    from bot.admin.people import join_group as join

    _run(config, as_json, lambda desk: join(desk, org, email, group, _day(on) if on else None))


@admin.command("leave-group")
def leave_group(
    email: str,
    group: str,
    on: OnOption = "",
    cover: CoverOption = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A person's last day in a group; their open reviews move, their own cases there change hands or end."""
    from bot.admin.people import leave_group as leave

    _run(config, as_json, lambda desk: leave(desk, org, email, group, _day(on) if on else None, cover))


@admin.command("change-person")
def change_person(
    email: str,
    name: str = "",
    new_email: Annotated[str, typer.Option("--email", help="The new address.")] = "",
    clinic: Annotated[str, typer.Option(help="By its name.")] = "",
    timezone: str = "",
    language: str = "",
    languages: Annotated[str, typer.Option(help="Those they review in, with blanks between.")] = "",
    personnel_id: Annotated[str, typer.Option(help="What the staff system calls them.")] = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Another name, e-mail, clinic, time zone or language; whoever moves keeps their history."""
    from bot.admin.lifecycle import change_person as change

    given = {
        "name": name,
        "email": new_email,
        "clinic": clinic,
        "timezone": timezone,
        "language": language,
        "languages": languages,
        "personnel_id": personnel_id,
    }
    _run(config, as_json, lambda desk: change(desk, org, email, given))


@admin.command("rename-group")
def rename_group(
    name: str, new_name: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Another name for a group."""
    from bot.admin.lifecycle import rename
    from bot.domain.organisation import Group

    _run(config, as_json, lambda desk: rename(desk, org, Group, name, new_name))


@admin.command("rename-clinic")
def rename_clinic(
    name: str, new_name: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Another name for a clinic."""
    from bot.admin.lifecycle import rename
    from bot.domain.organisation import Clinic

    _run(config, as_json, lambda desk: rename(desk, org, Clinic, name, new_name))


@admin.command("rename-organisation")
def rename_organisation(
    new_name: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Another name for the organisation."""
    from bot.admin.lifecycle import rename_organisation as apply

    _run(config, as_json, lambda desk: apply(desk, org, new_name))


@admin.command("merge-groups")
def merge_groups(
    name: str, into: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """A group becomes part of another with its members, cases, rounds and history; its series end."""
    from bot.admin.lifecycle import merge_groups as apply

    _run(config, as_json, lambda desk: apply(desk, org, name, into))


@admin.command("split-group")
def split_group(
    name: str,
    new_name: str,
    emails: list[str],
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A new group of some of a group's members."""
    from bot.admin.lifecycle import split_group as apply

    _run(config, as_json, lambda desk: apply(desk, org, name, new_name, emails))


@admin.command("close-group")
def close_group(
    name: str,
    dry_run: DryRunOption = False,
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """The group ends today; cases are closed where a review is in and withdrawn otherwise."""
    from bot.admin.lifecycle import close_group as apply

    _run(config, as_json, lambda desk: apply(desk, org, name, dry_run=dry_run))


@admin.command("merge-clinics")
def merge_clinics(
    name: str, into: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Everybody of a clinic works at another from now on; what was logged stays logged where it was."""
    from bot.admin.lifecycle import merge_clinics as apply

    _run(config, as_json, lambda desk: apply(desk, org, name, into))


@admin.command("close-clinic")
def close_clinic(name: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """A clinic at which nobody works any more."""
    from bot.admin.lifecycle import close_clinic as apply

    _run(config, as_json, lambda desk: apply(desk, org, name))


ClinicOption = Annotated[str, typer.Option("--clinic", help="For one clinic, by its name.")]
GroupOption = Annotated[str, typer.Option("--group", help="For one group, by its name.")]


@admin.command("policy")
def show_policy(
    clinic: ClinicOption = "",
    group: GroupOption = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every number that holds and which level says so."""
    from bot.admin.rules import policy

    _run(config, as_json, lambda desk: policy(desk, org, clinic, group))


@admin.command("set-policy")
def set_policy(
    settings: Annotated[list[str], typer.Argument(help="NAME=VALUE; NAME= takes the value of the level above again.")],
    clinic: ClinicOption = "",
    group: GroupOption = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change numbers of the organisation, of a clinic or of a group; all of them or none."""
    from bot.admin.rules import set_policy as change

    given = dict(_setting(each) for each in settings)
    _run(config, as_json, lambda desk: change(desk, org, clinic, group, given))


@admin.command("set-roles")
def set_roles(
    email: str, roles: list[str], org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """The roles a person holds from now on: therapist supervisor manager dpo admin."""
    from bot.admin.rules import set_roles as apply

    _run(config, as_json, lambda desk: apply(desk, org, email, roles))


@admin.command("set-themes")
def set_themes(
    themes: Annotated[list[str] | None, typer.Argument(help="Keys of the product's list, or your own words.")] = None,
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """The themes offered on cases and log entries; without any, the product's list."""
    from bot.admin.rules import set_themes as apply

    _run(config, as_json, lambda desk: apply(desk, org, themes or []))


@admin.command("set-duty")
def set_duty(
    clinic: str,
    duty: Annotated[str, typer.Option(help="E-mail of the duty supervisor.")],
    deputy: Annotated[str, typer.Option(help="E-mail of the deputy.")] = "",
    phone: Annotated[str, typer.Option(help="Number that reaches whoever is on duty.")] = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who is alerted when a risk concern is raised at a clinic."""
    from bot.admin.rules import set_duty as apply

    _run(config, as_json, lambda desk: apply(desk, org, clinic, duty, deputy, phone))


@admin.command("remove-person")
def remove_person(
    email: str,
    on: Annotated[str, typer.Option("--on", help="The last day of work, like 2027-03-31; at once if left out.")] = "",
    cover: CoverOption = "",
    dry_run: DryRunOption = False,
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a person's access on every platform; open reviews move, own cases change hands or end."""
    from bot.admin.people import remove_person as apply

    day = _day(on) if on else None
    _run(config, as_json, lambda desk: apply(desk, org, email, day, cover, dry_run=dry_run))


@admin.command("keep-person")
def keep_person(email: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """A leaving planned for a day to come is given up."""
    from bot.admin.people import stay

    _run(config, as_json, lambda desk: stay(desk, org, email))


@admin.command("return-person")
def return_person(
    email: str,
    group: Annotated[str, typer.Option(help="Join this group from today on.")] = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Somebody who left comes back with their log and history."""
    from bot.admin.people import return_person as apply

    _run(config, as_json, lambda desk: apply(desk, org, email, group))


@admin.command("end-agreement")
def end_agreement(
    clinic: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A clinic leaves every group it shares with others; texts across are erased and cannot be brought back."""
    from bot.admin.people import end_agreement as apply

    if not yes:
        typer.confirm(f"Erase what {clinic} and the other clinics wrote for each other?", abort=True)
    _run(config, as_json, lambda desk: apply(desk, org, clinic))


@admin.command("add-closure")
def add_closure(
    clinic: str,
    first_day: str,
    last_day: str,
    name: str = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Days a clinic is closed, both ends included, as 2026-12-21 2027-01-06; open deadlines follow."""
    from bot.admin.people import closure

    _run(config, as_json, lambda desk: closure(desk, org, clinic, _day(first_day), _day(last_day), name))


@admin.command("remove-closure")
def remove_closure(
    clinic: str, first_day: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Take closed days back, named by the clinic and their first day; open deadlines follow."""
    from bot.admin.people import drop_closure

    _run(config, as_json, lambda desk: drop_closure(desk, org, clinic, _day(first_day)))


@admin.command("closures")
def list_closures(clinic: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """The closed days of a clinic."""
    from bot.admin.people import closures

    _run(config, as_json, lambda desk: closures(desk, org, clinic))


@admin.command("list")
def list_everything(org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Clinics, groups and people of an organisation."""
    from bot.admin.people import everything

    _run(config, as_json, lambda desk: everything(desk, org))


@admin.command("sign-in-link")
def sign_in_link(email: str, org: OrgOption = "", config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """A single-use link to the web pages for one person, valid for 15 minutes."""
    from bot.admin.people import sign_in_link as make

    _run(config, as_json, lambda desk: make(desk, org, email))


def _run(config: Path | None, as_json: bool, step: Callable[[Any], Awaitable[list[Any]]]) -> None:
    records = run_async(_with_desk(config, step))
    if as_json:
        print(json.dumps([_plain(r) for r in records], indent=1, ensure_ascii=False))
        return
    for record in records:
        print(_line(record) if hasattr(record, "id") else record)


async def _with_desk(config: Path | None, step: Callable[[Any], Awaitable[list[Any]]]) -> list[Any]:
    from bot.admin.context import Desk
    from bot.config import load
    from bot.main import build

    app = await build(load(config))
    try:
        desk = Desk(app.store, app.clock, app.tools, app.sign_in, _login())
        records = await step(desk)
        for note in dict.fromkeys(desk.notes):
            print(note, file=sys.stderr)
        return records
    finally:
        await app.store.close()


def _login() -> str:
    """The account behind the shell, also behind sudo; empty where the system knows none."""
    try:
        return (os.environ.get("SUDO_USER") or getpass.getuser())[:64]
    except (KeyError, OSError):
        return ""


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


def _setting(text: str) -> tuple[str, object]:
    """`name=value` as a policy takes it: truth, a whole number, or a word; None for nothing."""
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise SetupError(f"{text} is not a setting; write it like reviewers_per_case=3.")
    if value in {"true", "false"}:
        return name, value == "true"
    return name, (int(value) if value.removeprefix("-").isdecimal() else value) if value else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SetupError(f"{text} is not a day; write it like 2026-12-21.") from None
