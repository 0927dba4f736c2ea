"""`intervision admin`, the commands about organisations, clinics, groups, workspaces and closed days."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.admin.shell import DryRunOption, Shell, command, day

ZoneOption = Annotated[str, typer.Option(help="For example Europe/Berlin.")]


@command("add-organisation", of_one_organisation=False)
def add_organisation(shell: Shell, name: str, language: str = "en") -> None:
    """A new organisation; nothing is ever visible across organisations."""
    from bot.admin.people import organisation

    shell.run(lambda admin: organisation(admin, name, language))


@command("add-clinic")
def add_clinic(
    shell: Shell,
    name: str,
    country: Annotated[str, typer.Option(help="Two letters, e.g. DE: public holidays.")],
    timezone: ZoneOption,
    region: Annotated[str, typer.Option(help="Region of the holidays, e.g. SH.")] = "",
    phone: Annotated[str, typer.Option(help="Emergency number shown when there is a risk.")] = "",
    language: Annotated[str, typer.Option(help="Language of its texts, where it is not the country's.")] = "",
) -> None:
    """A clinic with its country's holidays, its time zone and its emergency number."""
    from bot.admin.people import clinic

    shell.run(lambda admin: clinic(admin, shell.org, name, country, region, timezone, phone, language))


@command("set-clinic-language")
def set_clinic_language(
    shell: Shell,
    name: str,
    language: Annotated[str, typer.Argument(help="en, da, de, nb, nl or sv; empty for the country's.")],
) -> None:
    """In which language the texts of a clinic start."""
    from bot.admin.people import clinic_language

    shell.run(lambda admin: clinic_language(admin, shell.org, name, language))


@command("add-workspace", second_person=True)
def add_workspace(
    shell: Shell,
    platform: Annotated[str, typer.Argument(help="slack, teams, …")],
    tenant: Annotated[str, typer.Argument(help="The workspace's or tenant's id.")],
) -> None:
    """A Slack workspace or Teams tenant of the organisation; people are then recognised only in those listed."""
    from bot.admin.people import workspace

    shell.run(lambda admin: workspace(admin, shell.org, platform, tenant))


@command("leave-workspace")
def leave_workspace(shell: Shell, platform: str, tenant: str) -> None:
    """No longer the organisation's workspace: the accounts there are disconnected."""
    from bot.admin.people import leave_workspace as leave

    shell.run(lambda admin: leave(admin, shell.org, platform, tenant))


@command("add-group")
def add_group(
    shell: Shell,
    name: str,
    timezone: ZoneOption,
) -> None:
    """A group of therapists who review each other's cases."""
    from bot.admin.people import group

    shell.run(lambda admin: group(admin, shell.org, name, timezone))


@command("rename-group")
def rename_group(shell: Shell, name: str, new_name: str) -> None:
    """Another name for a group."""
    from bot.admin.lifecycle import rename
    from bot.domain.organisation import Group

    shell.run(lambda admin: rename(admin, shell.org, Group, name, new_name))


@command("rename-clinic")
def rename_clinic(shell: Shell, name: str, new_name: str) -> None:
    """Another name for a clinic."""
    from bot.admin.lifecycle import rename
    from bot.domain.organisation import Clinic

    shell.run(lambda admin: rename(admin, shell.org, Clinic, name, new_name))


@command("rename-organisation")
def rename_organisation(shell: Shell, new_name: str) -> None:
    """Another name for the organisation."""
    from bot.admin.lifecycle import rename_organisation as apply

    shell.run(lambda admin: apply(admin, shell.org, new_name))


@command("merge-groups")
def merge_groups(shell: Shell, name: str, into: str) -> None:
    """A group becomes part of another with its members, cases, rounds and history; its series end."""
    from bot.admin.lifecycle import merge_groups as apply

    shell.run(lambda admin: apply(admin, shell.org, name, into))


@command("split-group")
def split_group(shell: Shell, name: str, new_name: str, emails: list[str]) -> None:
    """A new group of some of a group's members."""
    from bot.admin.lifecycle import split_group as apply

    shell.run(lambda admin: apply(admin, shell.org, name, new_name, emails))


@command("close-group")
def close_group(shell: Shell, name: str, dry_run: DryRunOption = False) -> None:
    """The group ends today; cases are closed where a review is in and withdrawn otherwise."""
    from bot.admin.lifecycle import close_group as apply

    shell.run(lambda admin: apply(admin, shell.org, name, dry_run=dry_run))


@command("merge-clinics")
def merge_clinics(shell: Shell, name: str, into: str) -> None:
    """Everybody of a clinic works at another from now on; what was logged stays logged where it was."""
    from bot.admin.lifecycle import merge_clinics as apply

    shell.run(lambda admin: apply(admin, shell.org, name, into))


@command("close-clinic")
def close_clinic(shell: Shell, name: str) -> None:
    """A clinic at which nobody works any more."""
    from bot.admin.lifecycle import close_clinic as apply

    shell.run(lambda admin: apply(admin, shell.org, name))


@command("end-agreement", second_person=True)
def end_agreement(
    shell: Shell,
    clinic: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """A clinic leaves every group it shares with others; texts across are erased and cannot be brought back."""
    from bot.admin.people import end_agreement as apply

    if not yes:
        typer.confirm(f"Erase what {clinic} and the other clinics wrote for each other?", abort=True)
    shell.run(lambda admin: apply(admin, shell.org, clinic))


@command("add-closure")
def add_closure(shell: Shell, clinic: str, first_day: str, last_day: str, name: str = "") -> None:
    """Days a clinic is closed, both ends included, as 2026-12-21 2027-01-06; open deadlines follow."""
    from bot.admin.people import closure

    shell.run(lambda admin: closure(admin, shell.org, clinic, day(first_day), day(last_day), name))


@command("remove-closure")
def remove_closure(shell: Shell, clinic: str, first_day: str) -> None:
    """Take closed days back, named by the clinic and their first day; open deadlines follow."""
    from bot.admin.people import drop_closure

    shell.run(lambda admin: drop_closure(admin, shell.org, clinic, day(first_day)))


@command("closures")
def list_closures(shell: Shell, clinic: str) -> None:
    """The closed days of a clinic."""
    from bot.admin.people import closures

    shell.run(lambda admin: closures(admin, shell.org, clinic))


@command("list")
def list_everything(shell: Shell) -> None:
    """Clinics, groups and people of an organisation."""
    from bot.admin.people import everything

    shell.run(lambda admin: everything(admin, shell.org))
