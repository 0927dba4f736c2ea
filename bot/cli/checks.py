"""What `intervision check` finds wrong with a wired program."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot import private_files
from bot.admin.readiness import unready, untranslated_sentences
from bot.config import ServerSettings, Settings
from bot.main import App
from bot.runtime.clock_jumps import REMEDY, would_doubt
from bot.runtime.housekeeping import AnchorFile
from bot.runtime.size import REMEDY as REMEDY_OF_SIZE
from bot.runtime.size import people_of, too_many
from bot.runtime.witness import GitWitness, WitnessAway
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Problem, Testable
from storage.engine import sqlite_file

LOOPBACK = ("127.0.0.1", "::1", "localhost")


async def try_mail(app: App, address: str) -> list[Problem]:
    """Send a test message to an e-mail address by every platform that can; what went wrong."""
    able = {name: platform for name, platform in app.platforms.items() if isinstance(platform, Testable)}
    if not able:
        return [Problem("adapters", "no mail can be sent from here", "configure [adapters.email]")]
    problems = []
    for name, platform in able.items():
        try:
            await platform.send_test(address)
        except DeliveryFailed as failure:
            what = f"the test mail to {address} was not taken: {failure.reason}"
            problems.append(Problem(f"adapters.{name}", what, "see the page on e-mail, what each answer means"))
        except DeliveryUnknown:
            what = f"nobody knows whether the test mail to {address} was taken: the answer got lost"
            problems.append(Problem(f"adapters.{name}", what, "look into the mailbox, else try again"))
    return problems


async def check(app: App) -> list[Problem]:
    """Everything `intervision check` finds wrong with a wired program."""
    problems = [*await _gate(app), *untranslated_sentences(), *_public_address(app.settings.server)]
    problems += _modes(app.settings)
    if not await app.store.ready():
        problems.append(
            Problem("database.url", "the database does not answer", "start it, or run: intervision migrate")
        )
    else:
        problems += [*await _clock(app), *await _trails(app)]
        problems += [*await unready(app.store, app.clock, app.tools), *await _size(app)]
    for platform in app.platforms.values():
        problems += await platform.check()
    return problems


def _modes(settings: Settings) -> list[Problem]:
    """Files that an earlier release made, or a copy left, so that others may read them."""
    kept = {"database.url": sqlite_file(settings.database.url), "audit.anchors": Path(settings.audit.anchors or ".")}
    problems = []
    for where, path in kept.items():
        if path is None or not path.is_file():
            continue
        if mode := private_files.loose(path):
            what = f"{path} can be read or changed by others (mode {mode})"
            problems.append(Problem(where, what, f"run: chmod 600 {path}*", fatal=False))
        if named := private_files.guests(path):
            what = f"{path} can be read or changed by {', '.join(named)} through an access control list"
            problems.append(Problem(where, what, f"run: setfacl -b {path}*", fatal=False))
    return problems


_WITNESS_REMEDY = "see whether git push works as the service's user, and whether the remote is there"
_ROLLED_BACK = "run: intervision audit verify, and see *A database was put back* under Operation"


def _public_address(server: ServerSettings) -> list[Problem]:
    """Links that lead to this machine alone, where others are let in."""
    if server.bind in LOOPBACK or server.public_url != ServerSettings().public_url:
        return []
    what = f"links lead to {server.public_url}, this machine alone, while {server.bind} lets others in"
    return [Problem("server.public_url", what, "set it to the address by which people reach the pages", fatal=False)]


async def _size(app: App) -> list[Problem]:
    """More people than one SQLite file is right for."""
    if sqlite_file(app.settings.database.url) is None:
        return []
    return [Problem("database.url", what, REMEDY_OF_SIZE, False) for what in too_many(await people_of(app.store))]


async def _clock(app: App) -> list[Problem]:
    """A jump of the clock by which nothing is deleted."""
    async with app.store.system(write=False) as system:
        doubt = await would_doubt(system, await system.time() or app.clock.now())
    return [Problem("clock", doubt.fault, REMEDY)] if doubt else []


async def _trails(app: App) -> list[Problem]:
    """Audit trails that are not what was noted of them outside: the database was put back."""
    settings, problems = app.settings.audit, []
    anchors, witness = AnchorFile.of(settings.anchors), GitWitness.of(settings.witness, settings.anchors)
    async with app.store.system(write=False) as system:
        organisations = await system.organisations()
    for organisation in organisations:
        held = {"audit.anchors": anchors.read(organisation)} if anchors else {}
        try:
            held |= {"audit.witness": await asyncio.to_thread(witness.read, organisation)} if witness else {}
        except WitnessAway as away:
            problems.append(Problem("audit.witness", f"the witness does not answer: {away}", _WITNESS_REMEDY))
        problems += [
            Problem("audit.witness", each.what, _WITNESS_REMEDY) for each in (witness.spoilt() if witness else ())
        ]
        async with app.store.begin(organisation, write=False) as uow:
            for where, noted in held.items():
                if noted and await uow.audit_faults(noted):
                    last = max(anchor.number for anchor in noted)
                    what = f"the audit trail of {organisation} is not the one that was noted up to line {last}"
                    problems.append(Problem(where, what, _ROLLED_BACK))
    return problems


async def _gate(app: App) -> list[Problem]:
    """What keeps the anonymisation gate from starting, tried for real under this process's own rights."""
    fault = await app.gate.prove()
    await app.gate.stop()
    if not fault:
        return []
    remedy = "see *The anonymisation gate does not start* under Operation; until then no case can be sent"
    return [Problem("anonymise", f"the anonymisation gate does not work here: {fault}", remedy)]
