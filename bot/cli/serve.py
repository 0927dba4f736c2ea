"""`intervision demo | serve | migrate | check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import ConfigOption, run_async

if TYPE_CHECKING:
    import asyncio


def demo(
    story: Annotated[bool, typer.Option("--story", help="Play a whole round in the shell and exit.")] = False,
    port: Annotated[int, typer.Option(help="Where the pages are served on this machine.")] = 8377,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its database.")] = Path("var/demo"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew.")] = False,
) -> None:
    """A clinic of ten demo people on a virtual clock: in the browser, or as a printed story."""
    if fresh:
        for path in sorted(folder.glob("demo.*")):
            path.unlink()
    run_async(_story() if story else _demo(folder, port))


def serve(config: ConfigOption = None) -> None:
    """Serve until stopped: chat platforms, web pages, ticker and outbox."""
    run_async(_serve(config))


def migrate(
    config: ConfigOption = None,
    to: Annotated[
        str, typer.Option("--to", metavar="URL", help="Copy everything to this empty database and compare every row.")
    ] = "",
) -> None:
    """Bring the database to this version's tables; run it before `serve` after every upgrade."""
    from bot.config import load
    from storage.migrate import upgrade

    settings = load(config)
    upgrade(settings.database.url)
    if to:
        _copy(settings.database.url, to)
    else:
        print("The database is up to date.")


def check(
    config: ConfigOption = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also draw a chart, write a PDF, plan a round; name versions and room.")
    ] = False,
    recount: Annotated[
        bool, typer.Option("--recount", help="Also count every kept quarter anew and compare row by row.")
    ] = False,
    mail: Annotated[str, typer.Option("--mail", help="Also send a test mail to this address.")] = "",
    scale: Annotated[
        int,
        typer.Option(
            "--scale",
            min=0,
            max=200_000,
            metavar="N",
            help="Instead: fill a throw-away database with N invented people and say what hurts first.",
        ),
    ] = 0,
) -> None:
    """Find everything wrong with the installation at once and say the remedy; exit code 1 if anything is."""
    if scale:
        sys.exit(run_async(_scale(scale)))
    sys.exit(run_async(_check(config, deep=deep, recount=recount, mail=mail)))


def _copy(source: str, target: str) -> None:
    from bot.runtime.heartbeat import ALIVE
    from bot.runtime.system import SystemClock
    from storage.transfer import copy_database

    rows = copy_database(source, target, SystemClock().now() - ALIVE, lambda table, n: print(f"{n:>9}  {table}"))
    print(f"Copied and compared {rows} rows. Set [database] url to the new database; the old one was left as it is.")


async def _demo(folder: Path, port: int) -> None:
    import asyncio
    import signal

    from bot.demo.control import begin_anew

    print("Preparing the demo clinic ...", flush=True)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    while not await _demo_until(stop, folder, port):
        begin_anew(folder)


async def _demo_until(stop: asyncio.Event, folder: Path, port: int) -> bool:
    """Serve until it is to stop (True) or to begin anew (False)."""
    import asyncio

    from bot.demo.control import open_demo

    app, control = await open_demo(folder, port)
    await app.start(ticking=False)
    print(f"The demo is ready: http://127.0.0.1:{app.host.port}  (Ctrl+C ends it)", flush=True)
    await app.settle()
    sending = asyncio.create_task(app.dispatcher.run())
    waiting = [asyncio.create_task(each.wait()) for each in (stop, control.anew)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    app.dispatcher.stop()
    await sending
    await app.stop()
    return stop.is_set()


async def _story() -> None:
    import tempfile

    from bot.demo.control import DemoStage, open_demo
    from bot.demo.story import Story

    with tempfile.TemporaryDirectory() as folder:
        app, control = await open_demo(Path(folder), 8377, with_round=False)
        await Story(DemoStage(app, control), print).run()
        await app.gate.stop()
        await app.store.close()


async def _serve(config: Path | None) -> None:
    from bot.config import load
    from bot.main import build

    app = await build(load(config))
    await app.run()


async def _scale(people: int) -> int:
    from tempfile import TemporaryDirectory

    from bot.scale.trial import told, tried

    print(f"Filling a throw-away database with {people:,} invented people ...", flush=True)
    with TemporaryDirectory(prefix="intervision-scale-") as folder:
        found = await tried(people, Path(folder))
    for line in [*told(found), *outgrown(people)]:
        print(line)
    return 0


def outgrown(people: int) -> list[str]:
    """A sentence where one SQLite file is no longer right for so many people."""
    from bot.runtime.size import REMEDY, too_many

    return [f"{what[0].upper()}{what[1:]}: {REMEDY}." for what in too_many(people)]


async def _check(config: Path | None, *, deep: bool, recount: bool, mail: str) -> int:
    from bot import main
    from bot.cli import checks
    from bot.config import load
    from bot.runtime import machine_check, sandbox
    from bot.runtime.recount_check import miscounted

    app = await main.build(load(config))
    problems = await checks.check(app)
    if recount:
        problems += await miscounted(app.store, app.clock.now(), app.tools)
    if mail:
        wrong = await checks.try_mail(app, mail)
        problems += wrong
        if not wrong:
            print(f"A test mail was handed over for {mail}: look whether it arrives, and not among the unwanted.")
    await app.store.close()
    if deep:
        for fact in machine_check.facts(Path()):
            print(fact)
        problems += machine_check.problems(Path())
    for line in sandbox.lines(app.gate.walls):
        print(line)
    for problem in problems:
        print(f"{problem.where}: {problem.what.rstrip('.')}. Remedy: {problem.remedy.rstrip('.')}.")
    if not problems:
        print("Everything is in order.")
    return 1 if any(p.fatal for p in problems) else 0
