"""The demo as a running program: a virtual clock, the demo bar's levers, the wiring."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from bot import private_files
from bot.config import Settings
from bot.demo.clinic import KEYS, ORGANISATION, START, found, person_id
from bot.demo.clock import VirtualClock
from bot.demo.mailbox import DemoMailbox
from bot.demo.seed import play_until_today
from bot.domain.organisation import Organisation
from bot.domain.person import Person
from bot.main import App, build
from bot.ports.unit_of_work import NotFound
from bot.ui.inbound import Actor
from bot.ui.platform import Address, DemoMail, Drawer, Message, Persona

MOMENT = "virtual-now"
DATABASE, FIRST_DAY = "demo.sqlite3", "demo.first-day.sqlite3"
LONGEST_STEP = timedelta(days=60)


class DemoControl:
    """Implements `bot.ui.platform.Demo`; `app` is set once the program is wired."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.app: App | None = None
        self.anew = asyncio.Event()
        """Set when somebody begins anew: whoever runs the program ends it, calls `begin_anew`, opens it again."""
        self._mailbox: DemoMailbox | None = None

    async def mailed(self, to: Address, message: Message) -> None:
        """Keep it as a mail."""
        await self.mailbox.put(to, message)

    async def mails_of(self, actor: Actor) -> Sequence[DemoMail]:
        """As kept."""
        return await self.mailbox.of(actor.user)

    @property
    def mailbox(self) -> DemoMailbox:
        """Made when the first message goes out."""
        if self._mailbox is None:
            app = self._running
            self._mailbox = DemoMailbox(app.store, app.entry, app.tools.public_url)
        return self._mailbox

    async def personas(self) -> Sequence[Persona]:
        """The ten demo people with their roles and languages."""
        shown = []
        async with self._running.store.begin(ORGANISATION, write=False) as uow:
            for key in KEYS:
                person = await uow.get(Person, person_id(key))
                roles = tuple(sorted(role.value for role in person.roles))
                actor = Actor("web", ORGANISATION, person.id)
                shown.append(Persona(actor, person.name, roles, person.language, person.timezone))
        return shown

    async def session_as(self, actor: Actor) -> str:
        """A signed-in session of a persona."""
        async with self._running.store.begin(ORGANISATION, write=False) as uow:
            person = await uow.get(Person, actor.user)
        return await self._running.sign_in.open_session(person)

    async def advance(self, days: int) -> None:
        """Move time day by day through everything that becomes due."""
        await self.advance_by(timedelta(days=days))

    async def to_next_event(self) -> None:
        """Jump to the next thing that becomes due."""
        following = await self._next()
        if following is not None:
            await self.advance_by(max(following - self._clock.now(), timedelta(seconds=1)))

    async def restart(self) -> None:
        """Said to whoever runs the program."""
        self.anew.set()

    async def advance_by(self, by: timedelta) -> None:
        """Move time, stopping at every moment at which something becomes due, and keep the new moment."""
        end = self._clock.now() + by
        while True:
            await self._running.settle()
            following = await self._next()
            if following is None or following > end:
                break
            self._clock.advance_to(max(following, self._clock.now() + timedelta(seconds=1)))
        self._clock.advance_to(end)
        await self._running.settle()
        await self.drawer.put(MOMENT, self._clock.now().isoformat().encode())

    @property
    def drawer(self) -> Drawer:
        """Where the demo keeps its virtual moment between starts."""
        drawer: Drawer = self._running.store.drawer("demo")
        return drawer

    async def resume(self) -> None:
        """Go on at the moment at which the demo was left."""
        kept = await self.drawer.get(MOMENT)
        if kept:
            self._clock.advance_to(datetime.fromisoformat(kept.decode()))

    async def _next(self) -> datetime | None:
        async with self._running.store.system(write=False) as system:
            return await system.next_due()

    @property
    def _running(self) -> App:
        assert self.app is not None
        return self.app


class DemoStage:
    """What the story needs of the running demo."""

    def __init__(self, app: App, control: DemoControl) -> None:
        self.entry = app.entry
        self.store = app.store
        self._control = control

    async def advance(self, **by: float) -> None:
        """Move the virtual clock and do everything that becomes due."""
        await self._control.advance_by(timedelta(**by))


async def open_demo(folder: Path, port: int, *, with_round: bool = True) -> tuple[App, DemoControl]:
    """The demo program over a database in `folder`, made and seeded at the first start."""
    from storage.migrate import upgrade

    url = f"sqlite:///{folder / DATABASE}"
    settings = Settings.model_validate(
        {
            "server": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
            "database": {"url": url},
            "keys": {"file": str(folder / "demo.key")},
            "log": {"level": "warning"},
        }
    )
    upgrade(url)
    clock = VirtualClock(START)
    control = DemoControl(clock)
    app = await build(settings, clock=clock, demo=control)
    control.app = app
    if await _is_new(app):
        await found(app.store, app.tools.ids)
        if with_round:
            await play_until_today(DemoStage(app, control))
            await asyncio.to_thread(_keep_first_day, folder)
    await control.resume()
    return app, control


def _keep_first_day(folder: Path) -> None:
    """A copy of the database as it begins."""
    private_files.make(folder / FIRST_DAY)
    with closing(sqlite3.connect(folder / DATABASE)) as now, closing(sqlite3.connect(folder / FIRST_DAY)) as kept:
        now.backup(kept)


def begin_anew(folder: Path) -> None:
    """Put the first day back; the program must be closed. A demo older than the kept copy is made from nothing."""
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (folder / name).unlink(missing_ok=True)
    if (folder / FIRST_DAY).exists():
        private_files.write(folder / DATABASE, (folder / FIRST_DAY).read_bytes())


async def _is_new(app: App) -> bool:
    try:
        async with app.store.begin(ORGANISATION, write=False) as uow:
            await uow.get(Organisation, ORGANISATION)
    except NotFound:
        return True
    return False
