"""`intervision privacy …`: the rights of a person, for data-protection officers; no case text is ever printed."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import private_files
from bot.cli.audit import AsOption, run
from bot.cli.common import ConfigOption, OrgOption, command_group
from bot.errors import SetupError

if TYPE_CHECKING:
    from bot.admin.privacy import Office
    from bot.app.steps.erasure_request import Erasure

privacy = command_group("Find, export and erase what is stored about a person or a case.")

ReasonOption = Annotated[str, typer.Option("--reason", help="Why: request, duty, mistake or documented; audited.")]
SecondOption = Annotated[
    str, typer.Option("--second", help="E-mail of the second person, an officer or administrator, who agrees; audited.")
]
SubjectArgument = Annotated[str, typer.Argument(help="A person's e-mail address or a case code.")]


@privacy.command()
def find(subject: SubjectArgument, officer: AsOption, org: OrgOption = "", config: ConfigOption = None) -> None:
    """What is stored about a person or a case, as counts."""
    from bot.admin.privacy import find as step

    for found in run(config, org, officer, lambda office: step(office, subject)):
        print("  ".join(part for part in (f"{found.count:>6}", found.what, found.note) if part))


@privacy.command()
def export(
    subject: SubjectArgument,
    officer: AsOption,
    to: Annotated[Path, typer.Option(help="The JSON file to write; it must not exist yet.")],
    reason: ReasonOption,
    second: SecondOption,
    texts: Annotated[
        bool,
        typer.Option("--texts", help="Send somebody without access a link to what they wrote; the file holds no text."),
    ] = False,
    org: OrgOption = "",
    config: ConfigOption = None,
) -> None:
    """Write a person's data to a file for that person: without others' identities, audited."""
    from bot.admin.privacy import export as step

    if to.exists():
        raise SetupError(f"{to} exists; name another file.")
    content = run(
        config, org, officer, lambda office: step(replace(office, reason=reason, second=second), subject, texts=texts)
    )
    with private_files.new(to) as file:
        file.write(content)
    print(f"{to}: {len(content)} bytes without a text, readable by you only. Hand it over and delete it.")
    if texts:
        print("A link to what they wrote goes to the person alone; it ends after 90 days.")


@privacy.command()
def erase(
    subject: SubjectArgument,
    officer: AsOption,
    really: Annotated[bool, typer.Option("--really", help="Do it; without this nothing is changed.")] = False,
    reason: ReasonOption = "",
    second: SecondOption = "",
    org: OrgOption = "",
    config: ConfigOption = None,
) -> None:
    """Erase a person or a case; without --really a dry run: what would go, what stays, what is out of reach."""
    from bot.admin.privacy import erase as step
    from bot.ui.strings import words

    def asked(office: Office) -> Awaitable[Erasure]:
        return step(replace(office, reason=reason, second=second), subject, dry_run=not really)

    done = run(config, org, officer, asked)
    for title, lines in (
        ("Erased" if really else "Would be erased", done.gone),
        ("Stays", done.kept),
        ("Out of reach", done.out_of_reach),
    ):
        print(f"{title}:")
        for each in lines:
            print(f"  - {each.said(words('en'))}")
    if not really:
        print("This was a dry run. To erase, say it again with --really, --reason and --second.")
