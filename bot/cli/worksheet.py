"""`intervision worksheet read`: scores of a FHIR file into a therapist's private worksheet, without a browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import ConfigOption, OrgOption, command_group
from bot.cli.reports import run_step
from bot.errors import SetupError

if TYPE_CHECKING:
    from bot.app.context import Work
    from bot.app.steps.worksheet_import import TakenIn

worksheet = command_group("Therapists' private worksheets: read scores into one; nothing of one is ever shown here.")


@worksheet.command()
def read(
    file: Annotated[Path, typer.Argument(help="A FHIR R4 Bundle in JSON; - reads standard input.")],
    email: Annotated[str, typer.Option("--for", help="Whose worksheet.")],
    number: Annotated[
        str, typer.Option(help="The therapist's number for the patient, where the file is of one patient.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Where the sheet has another score for a week, the file's counts.")
    ] = False,
    org: OrgOption = "",
    config: ConfigOption = None,
) -> None:
    """Take the scores of a file into a private worksheet, by the therapist's own numbers such as P12.

    Prints how many scores, and the place of each that is not read; exit code 1 if there is one.
    Without --number only rows that are in the sheet are filled; other scores are counted.
    """
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{file} cannot be read: {type(error).__name__}.") from None
    taken = run_step(config, org, lambda work: _take_in(work, text, email, number, replace))
    print(f"{taken.scores} scores taken in; {taken.others} other entries left out.")
    if taken.strangers:
        print(f"{taken.strangers} scores of a number that is not in the sheet left out.")
    kept, replaced = (sum((each.kept == each.file) is new for each in taken.differ) for new in (False, True))
    if kept:
        print(f"{kept} scores left out: the sheet has others for these weeks (--replace takes the file's).")
    if replaced:
        print(f"{replaced} scores in place of others of these weeks.")
    for fault in taken.faults:
        print(f"Not read ({fault.problem}): {fault.place}")
    sys.exit(1 if taken.faults or taken.strangers else 0)


async def _take_in(work: Work, text: str, email: str, number: str, replace: bool) -> TakenIn:
    from bot.app.steps.worksheet import NUMBER, must_be_on
    from bot.app.steps.worksheet_import import take_in
    from bot.domain.person import Person, Role
    from bot.reports.fhir_scores import read_bundle

    people = [p for p in await work.uow.find(Person, removed_at=None) if p.email.casefold() == email.casefold()]
    if not people or not people[0].has(Role.THERAPIST):
        raise SetupError(f"No therapist here has the e-mail {email}.")
    if number and not NUMBER.fullmatch(number):
        raise SetupError("A number has at most two letters and three digits, such as P12.")
    await must_be_on(work, people[0])
    today = work.today(people[0].timezone)
    return await take_in(work, people[0], read_bundle(text, today), number, today, replace_scores=replace)
