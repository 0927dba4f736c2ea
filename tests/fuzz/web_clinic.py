"""A clinic on the web page, for hostile requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.host import Host
from adapters.web.plugin import PLUGIN, WebSettings
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import person_id
from bot.domain.person import Person
from bot.ports.unit_of_work import Store
from bot.ui.inbound import Actor
from bot.ui.platform import Services
from tests.fuzz.storm import Failures
from tests.gate import GateInAWorker
from tests.world import World, make_world


@asynccontextmanager
async def web_clinic(
    gate: GateInAWorker, store: Store | None = None, failures: Failures | None = None
) -> AsyncIterator[tuple[World, str, dict[str, str]]]:
    """The real core behind the web pages; a session of a therapist, a supervisor and the data-protection officer."""
    world = await make_world(gate, store=store)
    service = SignInService(world.store, world.clock, world.tools)

    async def english(_: Actor) -> str:
        return "en"

    services = Services(
        handle=failures.watched(world.entry.handle) if failures else world.entry.handle,
        drawer=world.store.drawer("web"),
        now=world.clock.now,
        new_id=world.tools.ids.new,
        public_url=world.tools.public_url,
        language_of=english,
        sign_in=service,
    )
    platform = PLUGIN.create(WebSettings(), services)
    host = Host("127.0.0.1", 0, [platform], ready=world.store.ready)
    await host.start()
    await platform.start()
    people = {key: (await world.find(Person, id=person_id(key)))[0] for key in "asp"}
    sessions = {key: await service.open_session(person) for key, person in people.items()}
    try:
        yield world, f"http://127.0.0.1:{host.port}", sessions
    finally:
        await host.stop()
        await platform.stop()
