"""`intervision audit …` and `intervision purge`: for data-protection officers; no case text is ever printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.cli.common import ConfigOption, JsonOption, OrgOption, command_group, run_async
from bot.errors import SetupError

if TYPE_CHECKING:
    from bot.admin.privacy import Office
    from bot.app.steps.retention_rules import Gone

T = TypeVar("T")
audit = command_group("The tamper-evident trail of who did what, for data-protection officers.")

AsOption = Annotated[str, typer.Option("--as", help="E-mail of the data-protection officer who does this; audited.")]


@audit.command("list")
def list_trail(
    officer: AsOption,
    since: Annotated[str, typer.Option(help="The first day, like 2027-01-01 (UTC).")] = "",
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who did what, when, on which id; reading it is a line of its own."""
    from bot.admin.privacy import trail

    day = _day(since) if since else None
    for line in run(config, org, officer, lambda office: trail(office, day)):
        entry = line.entry
        if as_json:
            row = {"number": entry.number, "at": line.when, "actor": line.actor, "name": line.name}
            print(json.dumps({**row, "what": entry.what, "subject": entry.subject, "detail": dict(entry.detail)}))
        else:
            detail = " ".join(f"{key}={value}" for key, value in entry.detail.items())
            name = line.name or "(author)"
            parts = (f"{entry.number:>6}", f"{line.when:<16}", name, entry.what, entry.subject, detail)
            print("  ".join(part for part in parts if part))


@audit.command("who")
def show_actor(
    number: Annotated[int, typer.Argument(help="The line's number.")],
    officer: AsOption,
    reason: Annotated[str, typer.Option(help="Why: reach, cover, duty or documented.")],
    org: OrgOption = "",
    config: ConfigOption = None,
) -> None:
    """Who sent or took back the text of one line: with a reason, as a line of its own, told to the person."""
    from bot.admin.privacy import who_acted

    print(run(config, org, officer, lambda office: who_acted(office, number, reason)))


@audit.command()
def verify(
    officer: AsOption,
    log: Annotated[
        Path | None, typer.Option(help="A file with the program's log, which noted the ends, too (journalctl -u …).")
    ] = None,
    org: OrgOption = "",
    config: ConfigOption = None,
) -> None:
    """Find any edited, deleted or reordered line, and with anchors a cut end; exit code 1 if there is one."""
    from bot.admin.privacy import faults

    try:
        logged = log.read_text(encoding="utf-8", errors="replace").splitlines() if log else []
    except OSError as error:
        raise SetupError(f"{log} cannot be read ({type(error).__name__}).") from None
    found, lines, anchors = run(config, org, officer, lambda office: faults(replace(office, log_lines=logged)))
    for fault in found:
        print(f"Line {fault.number}: {fault.what}." if fault.number else f"Outside: {fault.what}.")
    agree = ", ".join(f"{count} anchors {place} agree" for place, count in anchors.items())
    outside = agree or "no anchors, so a cut end would not show: set [audit] anchors"
    if not found:
        print(f"The trail is unbroken: {lines} lines, {outside}.")
    sys.exit(1 if found else 0)


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would go; nothing is changed.")] = False,
    org: OrgOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase everything whose time is over by the policy, as the program does itself every hour; texts are destroyed."""
    from bot.admin.privacy import purge_now

    async def step(office: Office) -> tuple[int, list[Gone]]:
        if not dry_run:
            await _believe_clock(office)
        return await purge_now(office, dry_run=dry_run)

    expired, gone = run(config, org, "", step)
    if as_json:
        rows = [{"what": g.what, "subject": g.subject, "since": g.since.isoformat()} for g in gone]
        print(json.dumps({"dry_run": dry_run, "expired": expired, "gone": rows}, indent=1))
        return
    for g in gone:
        print(f"{g.what}  {g.subject}  kept since {g.since}")
    verb = "would go" if dry_run else "went"
    print(f"{len(gone)} kept records and {expired} expired drafts, sessions, links, inbox and drawer entries {verb}.")


async def _believe_clock(office: Office) -> None:
    """Delete nothing by a clock that jumped. Raises SetupError."""
    from bot.runtime.clock_jumps import REMEDY, would_doubt

    async with office.store.system(write=False) as system:
        doubt = await would_doubt(system, office.clock.now())
    if doubt:
        raise SetupError(f"Nothing was deleted: {doubt.fault}. Remedy: {REMEDY}.")


def run(config: Path | None, org: str, email: str, step: Callable[[Office], Awaitable[T]]) -> T:
    """Open the store, take one step, close it."""
    return run_async(_run(config, org, email, step))


async def _run(config: Path | None, org: str, email: str, step: Callable[[Office], Awaitable[T]]) -> T:
    from bot.admin.privacy import Office, choose
    from bot.config import load
    from bot.main import build
    from bot.runtime.housekeeping import AnchorFile
    from bot.runtime.witness import GitWitness

    settings = load(config)
    app = await build(settings)
    try:
        organisation = await choose(app.store, org)
        anchors, days = AnchorFile.of(settings.audit.anchors), settings.backup.keep_days
        witness = GitWitness.of(settings.audit.witness, settings.audit.anchors)
        office = Office(app.store, app.clock, app.tools, organisation, email, anchors, witness, backup_days=days)
        return await step(office)
    finally:
        await app.store.close()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SetupError(f"{text} is not a day; write it like 2027-01-31.") from None
