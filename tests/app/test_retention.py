"""Texts go when their time is over, messages say so, facts stay for their years; a dry run lists it and keeps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.app.context import Work
from bot.app.steps.retention_rules import PORTION, Gone, months_before, would_go
from bot.app.steps.retention_run import purge
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Organisation
from bot.ports.records import Audited, AuditEntry, LogEntry, OutboxEntry, PublishedReport, Signature, SignRequest
from bot.runtime.housekeeping import AnchorFile, Housekeeper
from bot.ui.inbound import Refused, Say
from tests.app.closed_cases import closed_case
from tests.world import World


async def dry_run(world: World) -> list[Gone]:
    async with world.store.begin(ORGANISATION, write=False) as uow:
        return await would_go(Work(uow, world.clock.now(), world.tools))


async def parts(world: World, case: Case) -> list[str]:
    async with world.store.begin(ORGANISATION, write=False) as uow:
        return await uow.parts(case.id)


async def test_a_text_goes_30_days_after_its_case_closed_and_its_messages_say_so(world: World) -> None:
    case = await closed_case(world)
    log = await world.find(LogEntry)
    assert await parts(world, case)
    await world.advance(days=29)
    assert await parts(world, case)
    world.platform.sent.clear()
    await world.advance(days=4)
    assert await parts(world, case) == []
    told = [m for _, m in world.platform.sent if m.card.key == "notice.text_gone" and case.code in m.card.summary]
    assignments = await world.find(Assignment, case=case.id, submitted_at__not=None)
    assert len(told) == 1 + len(assignments)
    assert all(m.replaces for m in told), "an update of the earlier message, no new one"
    assert not any(a.opens for m in told for a in m.card.actions)
    assert {e.id for e in log} <= {e.id for e in await world.find(LogEntry)}


async def test_a_dry_run_lists_what_a_shorter_policy_would_take(world: World) -> None:
    case = await closed_case(world)
    assert [g for g in await dry_run(world) if g.what == "text of case"] == []
    async with world.store.begin(ORGANISATION) as uow:
        organisation = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(organisation, policy={"text_days": 0}))
        await uow.commit()
    assert case.code in [g.subject for g in await dry_run(world) if g.what == "text of case"]
    assert await parts(world, case), "nothing went yet"
    await Housekeeper(world.store, world.clock, world.tools, world.log).run_if_due()
    assert await parts(world, case) == []
    assert [g for g in await dry_run(world) if g.what == "text of case"] == []


async def test_facts_go_after_their_years(world: World) -> None:
    case = await closed_case(world)
    await world.advance(days=7)  # takeaways come in the morning, a supervisor's days later
    world.clock.advance_to(world.clock.now().replace(year=world.clock.now().year + 2, day=1, month=12))
    whats = {g.what for g in await dry_run(world)}
    assert {"message record", "audit lines"} <= whats
    assert not whats & {"log entry", "facts of case", "risk hold"}
    world.clock.advance_to(world.clock.now().replace(year=world.clock.now().year + 5))
    keeper = Housekeeper(world.store, world.clock, world.tools, world.log, uptime=world.dispatcher.uptime)
    await keeper.run_if_due()
    for kind in (LogEntry, Assignment):
        assert await world.find(kind) == []
    assert [e.card for e in await world.find(OutboxEntry, created_at__lt=world.clock.now())] == []
    assert case.id not in {c.id for c in await world.find(Case)}
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.audit_faults() == []
        assert await uow.cases_of(case.id) == []
    assert await world.find(AuditEntry)


async def test_signatures_learning_points_and_reports_go_with_the_log(world: World) -> None:
    player = world.player("a")
    entry = {
        "day": "2027-01-11", "type": ("group",), "role": ("reviewer",), "medium": ("video",), "minutes": "60",
        "members": (person_id("b"),), "learning_point": "Ask one question only.",
    }  # fmt: skip
    await player.send(await player.open("log.add"), entry)
    added = next(e for e in await world.find(LogEntry, person=person_id("a")) if e.recorded_by != "round")
    await player.send(await player.open("log.sign"), {"signer": (person_id("s"),), "entries": (added.id,)})
    await world.settle()
    asked = (await world.find(SignRequest))[0]
    signer = world.player("s")
    await signer.send(await signer.open("log.sign.look", asked.id), {"entries": (added.id,)})
    assert isinstance(await world.player("m").type("/report q4"), Say)

    async def kept() -> tuple[int, int, int]:
        async with world.store.begin(ORGANISATION, write=False) as uow:
            points = await uow.parts(added.id)
            return len(points), await uow.count(Signature, entry=added.id), await uow.count(PublishedReport, year=2026)

    assert await kept() == (1, 1, 2)
    keeper = Housekeeper(world.store, world.clock, world.tools, world.log, uptime=world.dispatcher.uptime)
    world.clock.advance_to(datetime(2033, 1, 10, tzinfo=UTC))
    await keeper.run_if_due()
    assert await kept() == (1, 1, 0), "reports of 2026 go before an entry of 11 January 2027"
    refused = await world.player("m").type("/report q4 2026")
    assert isinstance(refused, Refused)
    assert (refused.key, "quarter 2 of 2027" in refused.text.lower()) == ("quarter_no_longer_kept", True)
    world.clock.advance_to(datetime(2033, 1, 13, tzinfo=UTC))
    await keeper.run_if_due()
    assert await kept() == (0, 0, 0)


async def test_the_ends_of_trails_are_noted_outside_after_each_batch_of_lines(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    anchors = AnchorFile(tmp_path_factory.mktemp("outside") / "anchors.jsonl")
    await closed_case(world)
    keeper = Housekeeper(world.store, world.clock, world.tools, world.log, anchors)
    await keeper.anchor_if_moved()
    await keeper.anchor_if_moved()
    noted = anchors.read(ORGANISATION)
    assert len(noted) == 1, "nothing was done since"
    async with world.store.begin(ORGANISATION) as uow:
        await uow.audit(Audited.ROLE_CHANGED, "admin", "per_demo_a", world.clock.now())
        await uow.commit()
    await keeper.anchor_if_moved()
    noted = anchors.read(ORGANISATION)
    assert [anchor.number for anchor in noted] == [noted[0].number, noted[0].number + 1]
    async with world.store.begin(ORGANISATION) as uow:
        last = (await uow.find(AuditEntry, order=("-number",), limit=1))[0]
        assert await uow.audit_faults(noted) == []
        await uow.remove(AuditEntry, last.id)
        assert [f.number for f in await uow.audit_faults(noted)] == [last.number]
        await uow.commit()
    assert anchors.read("another") == []
    world.log.records.clear()
    await Housekeeper(world.store, world.clock, world.tools, world.log, anchors).anchor_if_moved()
    assert "audit.rolled_back" in repr(world.log.records), "a database put back is said by the next program"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [((2027, 3, 31), 1, (2027, 2, 28)), ((2028, 2, 29), 12, (2027, 2, 28)), ((2027, 1, 5), 24, (2025, 1, 5))],
)
def test_months_are_calendar_months(day: tuple[int, int, int], months: int, expected: tuple[int, int, int]) -> None:
    assert months_before(datetime(*day, tzinfo=UTC), months) == datetime(*expected, tzinfo=UTC)


async def test_what_is_over_goes_in_portions_and_a_look_changes_nothing(world: World) -> None:
    """On SQLite everybody's writes wait for a transaction: it holds one portion, however much there is."""
    await closed_case(world)
    old = (await world.find(LogEntry))[0]
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(*(replace(old, id=f"log_{n}", source=f"old {n}", day=date(2019, 1, 1)) for n in range(450)))
        await uow.commit()
    writing: list[bool] = []
    begin = world.store.begin

    def counted(organisation: str, *, write: bool = True) -> Any:
        writing.append(write)
        return begin(organisation, write=write)

    world.store.begin = counted  # type: ignore[method-assign]  # counts
    assert len([g for g in await dry_run(world) if g.what == "log entry"]) == 450
    assert not any(writing)
    gone = [g.what async for g in purge(world.store, ORGANISATION, world.clock.now(), world.tools)]
    assert gone.count("log entry") == 450
    assert sum(writing) == 450 // PORTION + 1 + 1, "three portions, and one look at the trail"
    assert not await world.find(LogEntry, day__lt=date(2020, 1, 1))


async def test_of_several_replicas_one_cleans_up(world: World) -> None:
    keepers = [Housekeeper(world.store, world.clock, world.tools, world.log) for _ in range(3)]
    for keeper in keepers:
        await keeper.run_if_due()
    assert [action for action, _ in world.log.records].count("housekeeping.expired") == 1
    world.clock.advance(timedelta(hours=1))
    for keeper in keepers:
        await keeper.run_if_due()
    assert [action for action, _ in world.log.records].count("housekeeping.expired") == 2
