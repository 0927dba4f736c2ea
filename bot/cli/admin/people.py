"""`intervision admin`, the commands about people: staff files, who joins, changes, leaves and comes back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.admin.shell import DryRunOption, Shell, command, day
from bot.errors import SetupError

OnOption = Annotated[str, typer.Option("--on", help="On this day, like 2027-03-01; today if left out.")]
CoverOption = Annotated[str, typer.Option(help="E-mail of the therapist who presents their open cases from then on.")]
SkipBadOption = Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows out instead of refusing the file.")]
RowOption = Annotated[str, typer.Option(help="For everybody whose row names none.")]
PersonnelIdOption = Annotated[str, typer.Option(help="What the staff system calls them.")]


@command("import", second_person=True)
def import_people(
    shell: Shell,
    file: Path,
    clinic: RowOption = "",
    group: RowOption = "",
    roles: RowOption = "",
    skip_bad: SkipBadOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """People from a staff file as it is; who is there already is brought up to date.

    Any delimiter, encoding and heading language; exports of chats, directories and staff systems.
    """
    _import(shell, file, clinic, group, roles, skip_bad, dry_run, remove_missing=False)


@command("sync", second_person=True)
def sync_people(
    shell: Shell,
    file: Path,
    remove_missing: Annotated[
        bool, typer.Option("--remove-missing", help="Who is missing in the file leaves the service.")
    ] = False,
    clinic: RowOption = "",
    group: RowOption = "",
    roles: RowOption = "",
    skip_bad: SkipBadOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """A monthly staff file: joiners are added, changes made, who is missing is named or removed. Twice does no harm."""
    _import(shell, file, clinic, group, roles, skip_bad, dry_run, remove_missing=remove_missing)


def _import(
    shell: Shell,
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

    async def step(admin: Any) -> list[Any]:
        lines = await apply_file(admin, shell.org, file, wanted)
        return [line.plain for line in lines] if shell.as_json else [*map(str, lines), _counted(lines, dry_run)]

    shell.run(step)


def _counted(lines: Any, dry_run: bool) -> str:
    """ "3 new, 1 changed; nothing was done yet"."""
    numbers = Counter(line.what for line in lines)
    said = ", ".join(f"{number} {what}" for what, number in numbers.items()) or "nobody"
    return f"{said}; nothing was changed (dry run)" if dry_run else f"{said}; everybody else stays as they are"


@command("add-person", second_person=True)
def add_person(
    shell: Shell,
    name: str,
    email: str,
    clinic: Annotated[str, typer.Option(help="By its name.")],
    group: Annotated[str, typer.Option(help="By its name.")] = "",
    roles: Annotated[str, typer.Option(help="With blanks between: therapist supervisor manager dpo admin.")] = "",
    language: str = "",
    timezone: Annotated[str, typer.Option(help="The clinic's if left out.")] = "",
    experienced_since: Annotated[str, typer.Option(help="The day the work began, like 2024-03-01.")] = "",
    personnel_id: PersonnelIdOption = "",
    fte: Annotated[str, typer.Option(help="Share of a full post, above 0 and at most 1.")] = "",
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
    shell.run(lambda admin: person(admin, shell.org, values))


@command("join-group")
def join_group(shell: Shell, email: str, group: str, on: OnOption = "") -> None:
    """A person belongs to a group from a day on."""
    from bot.admin.people import join_group as join

    shell.run(lambda admin: join(admin, shell.org, email, group, day(on) if on else None))


@command("leave-group")
def leave_group(shell: Shell, email: str, group: str, on: OnOption = "", cover: CoverOption = "") -> None:
    """A person's last day in a group; their open reviews move, their own cases there change hands or end."""
    from bot.admin.people import leave_group as leave

    shell.run(lambda admin: leave(admin, shell.org, email, group, day(on) if on else None, cover))


@command("change-person", second_person=True)
def change_person(
    shell: Shell,
    email: str,
    name: str = "",
    new_email: Annotated[str, typer.Option("--email", help="The new address.")] = "",
    clinic: Annotated[str, typer.Option(help="By its name.")] = "",
    timezone: str = "",
    language: str = "",
    languages: Annotated[str, typer.Option(help="Those they review in, with blanks between.")] = "",
    personnel_id: PersonnelIdOption = "",
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
    shell.run(lambda admin: change(admin, shell.org, email, given))


@command("remove-person", second_person=True)
def remove_person(
    shell: Shell,
    email: str,
    on: Annotated[str, typer.Option("--on", help="The last day of work, like 2027-03-31; at once if left out.")] = "",
    cover: CoverOption = "",
    dry_run: DryRunOption = False,
) -> None:
    """End a person's access on every platform; open reviews move, own cases change hands or end."""
    from bot.admin.people import remove_person as apply

    shell.run(lambda admin: apply(admin, shell.org, email, day(on) if on else None, cover, dry_run=dry_run))


@command("keep-person")
def keep_person(shell: Shell, email: str) -> None:
    """A leaving planned for a day to come is given up."""
    from bot.admin.people import stay

    shell.run(lambda admin: stay(admin, shell.org, email))


@command("return-person", second_person=True)
def return_person(
    shell: Shell,
    email: str,
    group: Annotated[str, typer.Option(help="Join this group from today on.")] = "",
) -> None:
    """Somebody who left comes back with their log and history."""
    from bot.admin.people import return_person as apply

    shell.run(lambda admin: apply(admin, shell.org, email, group))


@command("sign-in-link", second_person=True)
def sign_in_link(shell: Shell, email: str) -> None:
    """A single-use link to the web pages for one person, valid for 15 minutes."""
    from bot.admin.sign_in import sign_in_link as make

    shell.run(lambda admin: make(admin, shell.org, email))


@command("forget-account")
def forget_account(
    shell: Shell,
    email: Annotated[str, typer.Argument(help="Whose; left out with --everybody.")] = "",
    everybody: Annotated[bool, typer.Option("--everybody", help="After a provider was set up anew.")] = False,
) -> None:
    """The next account of single sign-on with a person's address is theirs, not the one known so far."""
    from bot.admin.sign_in import forget_account as forget
    from bot.admin.sign_in import forget_all_accounts

    if everybody == bool(email):
        raise SetupError("Name a person by their address, or --everybody.")
    shell.run(lambda admin: forget_all_accounts(admin, shell.org) if everybody else forget(admin, shell.org, email))
