"""Once an hour: delete what is over, write new e-mail addresses down, and make a quarter's first report. After each
batch of lines: note the ends of the audit trails outside the database.

It is done in portions with a commit each (`bot.app.steps.retention_run`), so that whoever writes meanwhile waits for
one portion at most. Of several replicas the one that notes it first does it; each notes anchors in its own file. After
a jump of the clock nothing of it is done until the clock is believed again (`bot.runtime.clock_jumps`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot import private_files
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.reports.handlers import due_unasked, first_reports, keep, to_show
from bot.app.steps.addresses import keep_all_addresses
from bot.app.steps.drills import remind
from bot.app.steps.recount import recount
from bot.app.steps.retention_run import purge, purge_expired
from bot.app.steps.shown_report import show
from bot.errors import SetupError
from bot.log import Log, report
from bot.ports.records import Anchor
from bot.ports.system import Clock
from bot.ports.unit_of_work import ChangedMeanwhile, Store, StoreUnavailable
from bot.reports.periods import Quarter
from bot.runtime.anchor_lines import anchors_in, line_of
from bot.runtime.clock_jumps import look
from bot.runtime.metrics import Metrics
from bot.runtime.system import uptime
from bot.runtime.witness import GitWitness, WitnessAway

EVERY = timedelta(hours=1)
ANCHOR_EVERY = timedelta(seconds=5)
"""So long at most a line of the trail stands without its end noted outside."""
WITNESS_RESTS = 60.0
"""Seconds between two attempts to reach a witness that is away."""


@dataclass(frozen=True)
class AnchorFile:
    """One JSON object a line, only ever appended to; lines of several databases may share it."""

    path: Path

    @classmethod
    def of(cls, path: str) -> AnchorFile | None:
        """None when no file is configured."""
        return cls(Path(path)) if path else None

    def append(self, anchors: Sequence[Anchor]) -> None:
        """Note the ends. Raises OSError."""
        private_files.folder(self.path.parent)
        with private_files.added_to(self.path) as file:
            file.writelines(line_of(anchor) for anchor in anchors)

    def read(self, organisation: str) -> list[Anchor]:
        """What was noted of one organisation. Raises SetupError when the file is unreadable or damaged."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
            return anchors_in(lines, organisation)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SetupError(f"audit.anchors: the file {self.path} cannot be read ({type(error).__name__}).") from None


@dataclass
class Housekeeper:
    """Beside the ticker: nothing that is due waits for it (`bot.runtime.schedule` says when it runs)."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    anchors: AnchorFile | None = None
    witness: GitWitness | None = None
    uptime: Callable[[], float] = uptime
    metrics: Metrics = field(default_factory=Metrics)
    _witness_away: bool = field(default=False, init=False)
    _put_back: bool = field(default=False, init=False)
    """A trail was shorter than what was noted of it, since this program started."""
    _looked: float | None = field(default=None, init=False)
    """By uptime, when the clock was looked at last."""
    _doubting: bool = field(default=False, init=False)
    _cleaned: datetime | None = field(default=None, init=False)
    _ends: dict[str, int] = field(default_factory=dict, init=False)
    """By organisation the number of the trail's line that was noted last."""
    _unpushed: bool = field(default=True, init=False)
    """The witness has not got everything: a program that starts pushes what one before it left."""
    _pushed_at: float | None = field(default=None, init=False)
    """By uptime, when the witness was tried last."""
    _reported: dict[str, Quarter] = field(default_factory=dict, init=False)
    """By organisation the quarter that was looked after already: its facts are many."""

    async def run_if_due(self) -> None:
        """Everything, when the last time is an hour ago; of several replicas one cleans up."""
        now = self.clock.now()
        try:
            if await self._clock_believed(now) and await self._mine(now):
                just_started, self._cleaned = self._cleaned is None, now
                organisations = await self._clean(now)
                for organisation in [] if just_started else organisations:  # who just started has more urgent work
                    await self._count(organisation, now)
                    await self._report(organisation, now)
        except (StoreUnavailable, ChangedMeanwhile):
            self.log.warning("housekeeping.again")
        except OSError as error:
            report(self.log, "audit.anchor_failed", error)
        except Exception as error:  # one mistake must not end what runs every hour
            report(self.log, "housekeeping.failed", error)

    async def _clock_believed(self, now: datetime) -> bool:
        """Whether what is over by this clock may go."""
        at = self.uptime()
        elapsed = None if self._looked is None else timedelta(seconds=at - self._looked)
        async with self.store.system() as system:
            doubt = await look(system, now, elapsed)
            await system.commit()
        self._looked = at
        if doubt and not self._doubting:
            self.log.error("clock.jumped", seconds=round((doubt.since - doubt.before).total_seconds()))
        elif self._doubting and not doubt:
            self.log.info("clock.believed")
        self._doubting = doubt is not None
        return doubt is None

    async def _mine(self, now: datetime) -> bool:
        async with self.store.system() as system:
            mine = await system.due_again("housekeeping", now, EVERY)
            await system.commit()
        return mine

    async def _clean(self, now: datetime) -> list[str]:
        expired = await purge_expired(self.store, now)
        async with self.store.system(write=False) as system:
            organisations = await system.organisations()
        self.log.info("housekeeping.expired", count=expired)
        for organisation in organisations:
            count = sum([1 async for _ in purge(self.store, organisation, now, self.tools)])
            if count:
                self.log.info("housekeeping.purged", organisation=organisation, count=count)
        await keep_all_addresses(self.store, now, self.tools)
        for organisation in organisations:
            async with self.store.begin(organisation) as uow:
                await remind(Work(uow, now, self.tools))
                await uow.commit()
        return organisations

    async def _count(self, organisation: str, now: datetime) -> None:
        """Make the rows of people's quarters again that facts overtook, and what the latest reports show of them."""
        changed = await recount(self.store, organisation, now, self.tools)
        if changed:
            self.log.info("report.recounted", organisation=organisation, count=changed)
        latest = Quarter.of(now.date()).previous
        for quarter in (latest, latest.previous):
            async with self.store.begin(organisation, write=False) as uow:
                shown = await to_show(Work(uow, now, self.tools), quarter)
            if shown:
                async with self.store.begin(organisation) as uow:
                    await show(Work(uow, now, self.tools), shown)
                    await uow.commit()

    async def _report(self, organisation: str, now: datetime) -> None:
        """Read first, write after: counting a quarter of a large service takes a moment."""
        async with self.store.begin(organisation, write=False) as uow:
            work = Work(uow, now, self.tools)
            quarter = due_unasked(work)
            if self._reported.get(organisation) == quarter:
                return
            reports = await first_reports(work, quarter)
        if reports:
            async with self.store.begin(organisation) as uow:
                await keep(Work(uow, now, self.tools), reports)
                await uow.commit()
            self.log.info("report.kept", organisation=organisation, count=len(reports))
        self._reported[organisation] = quarter

    async def anchor_if_moved(self) -> None:
        """Note the ends of trails that got lines since the last look: every few seconds, so little can be cut unseen.

        A trail that is shorter than what was noted of it is said in the log at once: its database was put back.
        """
        try:
            await self._anchor(self.clock.now())
        except (StoreUnavailable, ChangedMeanwhile):
            self.log.warning("audit.anchor_later")
        except Exception as error:  # one mistake must not end what runs every few seconds
            report(self.log, "audit.anchor_failed", error)
            self.metrics.anchors(failing=True)
        else:
            self.metrics.anchors(failing=self._put_back or self._witness_away)

    async def _anchor(self, now: datetime) -> None:
        async with self.store.system(write=False) as system:
            organisations = await system.organisations()
        found = []
        for organisation in organisations:
            async with self.store.begin(organisation, write=False) as uow:
                anchor = await uow.audit_anchor(now)
            noted = self._noted(organisation)
            if (anchor.number if anchor else 0) < noted:
                self.log.error("audit.rolled_back", organisation=organisation, count=noted)
                self._put_back = True
            if anchor and anchor.number != noted:
                found.append(anchor)
                self.log.info("audit.anchor", organisation=organisation, count=anchor.number, subject=anchor.mac)
        if self.anchors and found:
            self.anchors.append(found)
        self._ends |= {anchor.organisation: anchor.number for anchor in found}
        await self._tell_witness(found)

    async def _tell_witness(self, found: list[Anchor]) -> None:
        """Note the ends for the witness and push them; while it is away, once a minute. Nobody else waits for it."""
        if self.witness is None:
            return
        try:
            if found:
                self._unpushed = True
                await asyncio.to_thread(self.witness.note, found)
            rests = self._pushed_at is not None and self.uptime() - self._pushed_at < WITNESS_RESTS
            if self._unpushed and not (self._witness_away and rests):
                self._pushed_at = self.uptime()
                await asyncio.to_thread(self.witness.push)
                self._unpushed = self._witness_away = False
        except WitnessAway as away:
            self._witness_away = True
            self.log.warning("audit.witness_away", reason=str(away))

    def _noted(self, organisation: str) -> int:
        """How far the trail had got when it was noted last, also by a program before this one."""
        if organisation not in self._ends:
            held = self.anchors.read(organisation) if self.anchors else []
            self._ends[organisation] = held[-1].number if held else 0
        return self._ends[organisation]
