"""`intervision admin`, the commands about rules: policy, roles, themes, duty."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.admin.shell import Shell, command
from bot.errors import SetupError

ClinicOption = Annotated[str, typer.Option("--clinic", help="For one clinic, by its name.")]
GroupOption = Annotated[str, typer.Option("--group", help="For one group, by its name.")]


@command("policy")
def show_policy(shell: Shell, clinic: ClinicOption = "", group: GroupOption = "") -> None:
    """Every number that holds and which level says so."""
    from bot.admin.rules import policy

    shell.run(lambda admin: policy(admin, shell.org, clinic, group))


@command("set-policy", second_person=True)
def set_policy(
    shell: Shell,
    settings: Annotated[list[str], typer.Argument(help="NAME=VALUE; NAME= takes the value of the level above again.")],
    clinic: ClinicOption = "",
    group: GroupOption = "",
) -> None:
    """Change numbers of the organisation, of a clinic or of a group; all of them or none."""
    from bot.admin.rules import set_policy as change

    given = dict(_setting(each) for each in settings)
    shell.run(lambda admin: change(admin, shell.org, clinic, group, given))


@command("set-roles", second_person=True)
def set_roles(shell: Shell, email: str, roles: list[str]) -> None:
    """The roles a person holds from now on: therapist supervisor manager dpo admin."""
    from bot.admin.rules import set_roles as apply

    shell.run(lambda admin: apply(admin, shell.org, email, roles))


@command("set-themes")
def set_themes(
    shell: Shell,
    themes: Annotated[list[str] | None, typer.Argument(help="Keys of the product's list, or your own words.")] = None,
) -> None:
    """The themes offered on cases and log entries; without any, the product's list."""
    from bot.admin.rules import set_themes as apply

    shell.run(lambda admin: apply(admin, shell.org, themes or []))


@command("set-duty")
def set_duty(
    shell: Shell,
    clinic: str,
    duty: Annotated[str, typer.Option(help="E-mail of the duty supervisor.")],
    deputy: Annotated[str, typer.Option(help="E-mail of the deputy.")] = "",
    phone: Annotated[str, typer.Option(help="Number that reaches whoever is on duty.")] = "",
) -> None:
    """Who is alerted when a risk concern is raised at a clinic."""
    from bot.admin.rules import set_duty as apply

    shell.run(lambda admin: apply(admin, shell.org, clinic, duty, deputy, phone))


@command("alert-drill")
def alert_drill(
    shell: Shell,
    clinic: str,
    wait: Annotated[int, typer.Option(min=0, max=600, help="Seconds to wait for what becomes of it.")] = 60,
) -> None:
    """Send whoever is on duty a drill of the risk alert now, and say by which channel it arrived and how fast."""
    from bot.admin.drill import run_drill

    shell.run(lambda admin: run_drill(admin, shell.org, clinic, wait))


def _setting(text: str) -> tuple[str, object]:
    """`name=value` as a policy takes it: truth, a whole number, or a word; None for nothing."""
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise SetupError(f"{text} is not a setting; write it like reviewers_per_case=3.")
    if value in {"true", "false"}:
        return name, value == "true"
    if value.removeprefix("-").isdecimal():
        return name, int(value)
    return name, _length(name, value) or value or None


def _length(name: str, value: str) -> int | None:
    """A number of minutes or hours as people say it: "1h30", "ninety minutes"; None for what is none, or may be two."""
    from bot.app.administration.policy_table import minutes_in
    from bot.calendars.spoken import understand_duration
    from bot.domain.policy import SETTINGS

    per = minutes_in(name) if name in SETTINGS else 0
    read = understand_duration(value, "en") if per else ()
    return read[0] // per if len(read) == 1 and read[0] % per == 0 else None
