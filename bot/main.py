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
from bot.config import FhirSettings, Mistakes, Settings, checked
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.introductions import Introducer
from bot.delivery.returned import Returns
from bot.delivery.shown_now import DeliveredMessages
from bot.errors import SetupError
from bot.log import Log, configure
from bot.ports.health_records import HealthRecords
from bot.ports.system import Clock, Ids, Rng
from bot.ports.unit_of_work import Store
from bot.reports.rule_sets import RuleSet, built_in, read_folder
from bot.runtime.absence_calendars import AbsenceReader
from bot.runtime.dead_man import EVERY as PING_EVERY
from bot.runtime.dead_man import DeadManSwitch
from bot.runtime.gate_process import GateProcess
from bot.runtime.health import Health
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.housekeeping import ANCHOR_EVERY, AnchorFile, Housekeeper
from bot.runtime.metrics import Metrics
from bot.runtime.shared_clock import SharedClock
from bot.runtime.system import SystemClock, SystemIds, SystemRng, release, replica_name
from bot.runtime.ticker import Ticker
from bot.runtime.witness import GitWitness
from bot.ui.inbound import Actor
from bot.ui.platform import (
    Capabilities,
    Demo,
    Platform,
    Plugin,
    Services,
)
from bot.ui.strings import LANGUAGES, untranslated
from storage import open_store
from storage.keys import KeyRing

if TYPE_CHECKING:
    from adapters.host import Host

LOOK_AROUND = timedelta(minutes=1)
"""Between two looks at whether housekeeping is due."""
GATHER = timedelta(seconds=2)
"""One look at what is due takes about that long, with everything it leads to."""
LAST_SECONDS = 8
"""Given to what is under way when the program is told to stop."""


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
    entry = Entry(store, clock, tools, log, messages=DeliveredMessages())
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
