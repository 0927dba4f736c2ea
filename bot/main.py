"""The composition root: configuration in, a running program out. The only file that names adapters and storage."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters import discover
from bot import private_files
from bot.admin.readiness import unready, untranslated_sentences
from bot.anonymise import GateSettings
from bot.app.addresses import AddressBook
from bot.app.dependencies import Tools
from bot.app.entry import Entry
from bot.app.steps.addresses import keep_all_addresses
from bot.app.steps.feeds import FeedService
from bot.app.steps.leavers_files import LeaversFiles
from bot.app.steps.outside_signature import OutsideSigning
from bot.app.steps.passkeys import PasskeyService
from bot.app.steps.sign_in import SignInService
from bot.config import FhirSettings, Mistakes, ServerSettings, Settings, checked
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.introductions import Introducer
from bot.delivery.returned import Returns
from bot.errors import SetupError
from bot.log import Log, configure
from bot.ports.health_records import HealthRecords
from bot.ports.system import Clock, Ids, Rng
from bot.ports.unit_of_work import Store
from bot.reports.rule_sets import RuleSet, built_in, read_folder
from bot.runtime.absence_calendars import AbsenceReader
from bot.runtime.clock_jumps import REMEDY, would_doubt
from bot.runtime.dead_man import EVERY as PING_EVERY
from bot.runtime.dead_man import DeadManSwitch
from bot.runtime.gate_process import GateProcess
from bot.runtime.health import Health
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.housekeeping import ANCHOR_EVERY, AnchorFile, Housekeeper
from bot.runtime.metrics import Metrics
from bot.runtime.shared_clock import SharedClock
from bot.runtime.size import REMEDY as REMEDY_OF_SIZE
from bot.runtime.size import people_of, too_many
from bot.runtime.system import SystemClock, SystemIds, SystemRng, release, replica_name
from bot.runtime.ticker import Ticker
from bot.runtime.witness import GitWitness, WitnessAway
from bot.ui.inbound import Actor
from bot.ui.platform import (
    Capabilities,
    DeliveryFailed,
    DeliveryUnknown,
    Demo,
    Platform,
    Plugin,
    Problem,
    Services,
    Testable,
)
from bot.ui.strings import LANGUAGES, untranslated
from storage import open_store
from storage.engine import sqlite_file
from storage.keys import KeyRing

if TYPE_CHECKING:
    from adapters.host import Host

LOOK_AROUND = timedelta(minutes=1)
"""Between two looks at whether housekeeping is due."""
GATHER = timedelta(seconds=2)
"""One look at what is due takes about that long, with everything it leads to."""
LAST_SECONDS = 8
"""Given to what is under way when the program is told to stop."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass
class App:
    """Everything wired together; `run` serves until told to stop."""

    settings: Settings
    store: Store
    clock: Clock
    tools: Tools
    log: Log
    entry: Entry
    sign_in: SignInService
    ticker: Ticker
    dispatcher: Dispatcher
    platforms: Mapping[str, Platform]
    host: Host
    heart: Heartbeat
    housekeeper: Housekeeper
    introducer: Introducer
    absence_reader: AbsenceReader
    health: Health
    gate: GateProcess
    _sending: asyncio.Task[None] | None = field(default=None, init=False)
    _watching: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self, *, ticking: bool = True) -> None:
        """Listen, connect, tick and send. Without `ticking` the caller moves time and drains the outbox (demo)."""
        if ticking:
            # Before anything is claimed: the database's time, and what dead programs of this machine still hold.
            alone = self.store.occupy()
            await self.heart.beat()
            await self.heart.take_back(alone=alone)
        await self.host.start()
        for platform in self.platforms.values():
            await platform.start()
        if ticking:
            await keep_all_addresses(self.store, self.clock.now(), self.tools)
            self.heart.start()
            self.ticker.start()
            self.heart.schedule.start(self._jobs())
            self._sending = asyncio.create_task(self.dispatcher.run())
            self.health.sending = lambda: not (self._sending and self._sending.done())
            self._watching = asyncio.create_task(self.gate.watch(self.log))
            self.health.gate = lambda: self.gate.fault == ""
        for language in LANGUAGES:
            if missing := untranslated(language):
                self.log.warning("language.untranslated", what=language, count=len(missing))
        self.log.info("serve.ready", port=self.host.port)

    def _jobs(self) -> dict[str, tuple[Callable[[], Awaitable[None]], timedelta]]:
        """What the program does for itself, and how often."""
        jobs: dict[str, tuple[Callable[[], Awaitable[None]], timedelta]]
        jobs = {
            "housekeeping": (self.housekeeper.run_if_due, LOOK_AROUND),
            "anchors": (self.housekeeper.anchor_if_moved, ANCHOR_EVERY),
            "introductions": (self.introducer.run_if_due, LOOK_AROUND),
            "absence_calendars": (self.absence_reader.run_if_due, LOOK_AROUND),
        }
        if url := self.settings.monitor.ping_url:
            from adapters.outgoing import ping

            switch = DeadManSwitch(
                partial(ping, url),
                self.health,
                self.ticker,
                self.clock,
                self.log,
                lambda: bool(self.dispatcher.outages.away),
            )
            jobs["ping"] = (switch.look, PING_EVERY)
        return jobs

    async def stop(self) -> None:
        """Take no new work, finish what is under way within eight seconds, release everything.

        A message that is still on its way then is looked for by whoever takes its lease over.
        """
        self.ticker.stop()
        self.heart.schedule.stop()
        self.dispatcher.stop()
        if self._watching:
            self._watching.cancel()
        sending = [self._sending] if self._sending else []
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await asyncio.gather(self.host.stop(), *sending)
                await asyncio.gather(*(platform.stop() for platform in self.platforms.values()))
        except TimeoutError:
            self.log.warning("serve.cut_short")
        await self.gate.stop()
        await self.heart.stop()
        await self.store.close()

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        try:
            await self.start()
            gc.collect()
            gc.freeze()  # modules and tables live as long as the program: no collection walks them again
            await stop.wait()
        finally:
            await self.stop()

    async def settle(self) -> None:
        """Do everything that is due at this moment of the clock, message by message (demo, tests)."""
        while await self.ticker.tick() + await self.dispatcher.drain():
            pass


async def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    rng: Rng | None = None,
    store: Store | None = None,
    demo: Demo | None = None,
    log: Log | None = None,
) -> App:
    """Wire the program. Clock, ids, chance and store can be replaced by tests and the demo.

    Raises SetupError, Mistakes for anything wrong with the installation.
    """
    shared = SharedClock(SystemClock()) if clock is None else None
    clock = clock or shared or SystemClock()
    log = log or configure(json=settings.log.json_lines, level=settings.log.level)
    plugins = discover()
    sections, gate = check_sections(settings, plugins)
    keys = KeyRing.load(**settings.keys.model_dump())
    store = store or await open_store(settings.database.url, keys, clock)
    gate_process = GateProcess(gate)
    platforms: dict[str, Platform] = {}
    tools = Tools(
        ids=ids or SystemIds(),
        rng=rng or SystemRng(),
        gate=gate_process,
        calendars=HolidayCalendars(),
        public_url=settings.server.public_url.rstrip("/"),
        rule_sets=_rule_sets(settings.reports.rule_sets),
        platforms={name: _capabilities(plugin, demo) for name, plugin in plugins.items()},
        by_address=tuple(name for name in sections if plugins[name].capabilities.by_address),
        connected=frozenset(sections),
        backup_days=settings.backup.keep_days,
        listed_only=frozenset(name for name, section in sections.items() if getattr(section, "by_oauth", False)),
        gather=GATHER,
        beats=demo is None,
        running=platforms,
        records=_records(settings.fhir),
    )
    entry = Entry(store, clock, tools, log)
    sign_in = SignInService(store, clock, tools)
    for name, section in sections.items():
        services = Services(
            handle=entry.handle,
            drawer=store.drawer(name),
            now=clock.now,
            new_id=tools.ids.new,
            public_url=tools.public_url,
            language_of=_language_of(store),
            would_refuse=entry.would_refuse,
            keep=entry.keep,
            returned=Returns(store, clock, tools).take,
            sign_in=sign_in,
            passkeys=PasskeyService(store, clock, tools),
            outside=OutsideSigning(store, clock, tools),
            leavers=LeaversFiles(store, clock, tools),
            addresses=AddressBook(entry),
            carriers=tuple(other for other in sections if plugins[other].capabilities.interrupts),
            demo=demo if plugins[name].capabilities.own_pages else None,
            calendar=FeedService(store, clock, tools).read,
            phone_of=_phone_of(entry),
            ready=store.ready,
        )
        platforms[name] = plugins[name].create(section, services)
    name, metrics = replica_name(), Metrics()
    dispatcher = Dispatcher(store, clock, tools, log, platforms, name, metrics=metrics)
    anchors = AnchorFile.of(settings.audit.anchors)
    witness = GitWitness.of(settings.audit.witness, settings.audit.anchors)
    housekeeper = Housekeeper(store, clock, tools, log, anchors, witness, metrics=metrics)
    ticker = Ticker(store, clock, tools, log, settings.clock.tick_seconds, metrics=metrics)
    heart = Heartbeat(store, clock, log, ticker, name, release(), shared=shared, metrics=metrics)
    ticker.paused = dispatcher.paused = lambda: heart.clock_off
    heart.away = lambda: {platform for platform, _ in dispatcher.outages.away}
    health = Health(store, clock, heart, metrics, wanted=settings.monitor.replicas)
    from adapters.host import Host  # the web server is the heaviest import, and only a built program has one
    from adapters.public_web import PublicWeb

    host = Host(
        settings.server.bind,
        settings.server.port,
        list(platforms.values()),
        ready=health.ready,
        missing=lambda: health.missing,
        proxies=settings.server.proxies,
        metrics=health.page,
        metrics_for=settings.server.metrics,
    )
    return App(
        settings,
        store,
        clock,
        tools,
        log,
        entry,
        sign_in,
        ticker,
        dispatcher,
        platforms,
        host,
        heart,
        housekeeper,
        Introducer(store, clock, log, platforms),
        AbsenceReader(store, clock, tools, log, PublicWeb()),
        health,
        gate_process,
    )


def _records(settings: FhirSettings) -> HealthRecords | None:
    """The server of health records, if one is configured."""
    if not settings.server:
        return None
    from adapters.fhir_server import FhirServer  # aiohttp is loaded only where it is used

    return FhirServer(**settings.model_dump())


async def open_without_keys(settings: Settings, clock: Clock) -> Store:
    """The store for whoever reads nothing that is encrypted (`intervision status`); no key is looked for or made."""
    return await open_store(settings.database.url, KeyRing.of(bytes(32)), clock, texts=False)


def check_sections(settings: Settings, plugins: Mapping[str, Any]) -> tuple[dict[str, Any], GateSettings]:
    """Each adapter's section by its own model, every mistake at once."""
    lines: list[str] = []
    sections: dict[str, Any] = {}
    for name, values in settings.adapters.items():
        if name not in plugins:
            known = ", ".join(sorted(plugins))
            lines.append(f"adapters.{name}: there is no such adapter; there are {known}")
        else:
            sections[name] = checked(plugins[name].settings, values, f"adapters.{name}", lines)
    if not any(plugins[name].capabilities.own_pages for name in sections):
        # A message that only goes out leads to the pages, and they are on only where their section stands.
        alone = [name for name in sections if plugins[name].capabilities.by_address]
        lines += [
            f"adapters.{name}: leads people to pages that are switched off; add a line [adapters.web]" for name in alone
        ]
    gate = checked(GateSettings, settings.anonymise, "anonymise", lines)
    if lines:
        raise Mistakes("in use", lines)
    return sections, gate


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
        if path is not None and path.is_file() and (mode := private_files.loose(path)):
            what = f"{path} can be read or changed by others (mode {mode})"
            problems.append(Problem(where, what, f"run: chmod 600 {path}*", fatal=False))
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


def _capabilities(plugin: Plugin, demo: Demo | None) -> Capabilities:
    """What a platform can do; the demo mails whatever its pages are given, and a mail is noticed."""
    mailed = demo is not None and plugin.capabilities.own_pages
    return replace(plugin.capabilities, interrupts=True) if mailed else plugin.capabilities


def _rule_sets(folder: str) -> Mapping[str, RuleSet]:
    """The built-in rule sets and the organisation's own; a faulty file is refused with its lines."""
    if folder and not Path(folder).is_dir():
        raise SetupError(f"reports.rule_sets: there is no folder {folder}.")
    return read_folder(Path(folder)) if folder else built_in()


def _phone_of(entry: Entry) -> Callable[[Actor], str]:
    def phone_of(actor: Actor) -> str:
        known = entry.numbers.of(actor)
        return known.phone if known else ""

    return phone_of


def _language_of(store: Store) -> Any:
    async def language_of(actor: Actor) -> str:
        async with store.system(write=False) as system:
            contact = await system.contact(actor.platform, actor.tenant, actor.user)
            person = await system.person(contact.organisation, contact.person) if contact else None
        return person.language if person else ""

    return language_of
