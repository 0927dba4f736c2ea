"""What every store promises of effects that happen once, timers and the audit trail, over each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.demo.clock import VirtualClock
from bot.ports.records import Audited, AuditEntry, OutboxEntry
from bot.ports.unit_of_work import NotFound, Store
from tests.contract.conftest import NOW
from tests.contract.records import case, entry, orgs

__all__ = ["orgs"]

pytestmark = pytest.mark.usefixtures("orgs")


@pytest.fixture(params=[2, 2_000])
def portion(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """So many lines of the trail are verified at once."""
    monkeypatch.setattr("storage.audit_trail.PORTION", request.param)
    return int(request.param)


async def test_an_intent_is_posted_once(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.post(entry("one"))
        await uow.post(entry("one", "1", id="other"))
        assert [e.id for e in await uow.find(OutboxEntry)] == [entry("one").id]
        await uow.commit()
    async with store.begin("one") as uow:
        await uow.post(entry("one", "1", id="another"))
        await uow.commit()
    async with store.begin("two") as uow:
        await uow.post(entry("two", "1", id="others"))
        await uow.commit()
    for organisation, id in (("one", entry("one").id), ("two", "others")):
        async with store.begin(organisation, write=False) as uow:
            assert [e.id for e in await uow.find(OutboxEntry)] == [id]


async def test_an_event_is_seen_once_and_only_if_committed(store: Store) -> None:
    async with store.begin("one") as uow:
        assert not await uow.seen("slack:E1", NOW)
    async with store.begin("one") as uow:
        assert not await uow.seen("slack:E1", NOW)
        await uow.commit()
    async with store.begin("one") as uow:
        assert await uow.seen("slack:E1", NOW)


async def test_an_event_that_was_seen_long_ago_counts_as_new_where_a_time_is_named(store: Store) -> None:
    within = timedelta(minutes=2)
    for later, known in ((0, False), (1, True), (2, False), (3, True), (9, False)):
        async with store.begin("one") as uow:
            assert await uow.seen("web:E1", NOW + timedelta(minutes=later), within) is known, later
            await uow.commit()


async def test_timers_are_set_moved_and_cancelled(store: Store, clock: VirtualClock) -> None:
    async with store.begin("one") as uow:
        await uow.wake("case.release", "c1", NOW + timedelta(hours=2))
        await uow.wake("case.release", "c1", NOW + timedelta(hours=1))
        await uow.wake("case.end", "c1", NOW)
        await uow.wake("case.end", "c1", None)
        await uow.commit()
    async with store.system() as system:
        assert await system.due_timers(NOW, 10) == []
        due = await system.due_timers(NOW + timedelta(hours=1), 10)
        assert [(t.what, t.subject) for t in due] == [("case.release", "c1")]
        assert await system.next_due() == NOW + timedelta(hours=1)


async def test_the_audit_trail_counts_on_in_each_organisation(store: Store) -> None:
    for org in ("one", "two", "one"):
        async with store.begin(org) as uow:
            await uow.audit(Audited.UNMASKED, f"{org}-a", "case", NOW, reason_given="yes")
            await uow.commit()
    async with store.begin("one", write=False) as uow:
        trail = await uow.find(AuditEntry, order=("number",))
        assert [(e.number, e.actor) for e in trail] == [(1, "one-a"), (2, "one-a")]


@pytest.mark.usefixtures("portion")
async def test_a_trail_is_whole_until_something_is_changed(store: Store) -> None:
    async with store.begin("one") as uow:
        assert await uow.audit_anchor(NOW) is None
        for n in range(4):
            await uow.audit(Audited.UNMASKED, "one-a", f"case-{n}", NOW + timedelta(days=n))
        anchor = await uow.audit_anchor(NOW)
        await uow.commit()
    assert anchor is not None
    async with store.begin("one") as uow:
        assert await uow.audit_faults([anchor]) == []
        lines = await uow.find(AuditEntry, order=("number",))
        await uow.save(replace(lines[1], subject="another case"))
        assert [f.number for f in await uow.audit_faults()] == [2]
    async with store.begin("one") as uow:
        await uow.remove(AuditEntry, lines[1].id)
        assert [f.number for f in await uow.audit_faults()] == [3]
    async with store.begin("one") as uow:
        await uow.remove(AuditEntry, lines[0].id)
        assert [f.number for f in await uow.audit_faults()] == [2]
    async with store.begin("one") as uow:
        await uow.remove(AuditEntry, lines[3].id)
        assert await uow.audit_faults() == []
        assert [f.number for f in await uow.audit_faults([anchor])] == [4]


@pytest.mark.usefixtures("portion")
async def test_old_lines_are_cut_off_and_the_rest_stays_whole(store: Store) -> None:
    async with store.begin("one") as uow:
        for n in range(5):
            await uow.audit(Audited.UNMASKED, "one-a", f"case-{n}", NOW + timedelta(days=n))
        early = await uow.audit_anchor(NOW)
        assert await uow.cut_audit(NOW, NOW) == 0
        assert await uow.cut_audit(NOW + timedelta(days=3), NOW + timedelta(days=9)) == 3
        await uow.commit()
    assert early is not None
    async with store.begin("one") as uow:
        assert await uow.audit_faults([early]) == []
        lines = await uow.find(AuditEntry, order=("number",))
        assert [(e.number, e.what) for e in lines] == [(4, "unmasked"), (5, "unmasked"), (6, "trail_cut")]
        await uow.remove(AuditEntry, lines[0].id)
        assert [f.number for f in await uow.audit_faults()] == [5]


async def test_lines_cut_off_while_the_trail_is_looked_at_are_no_break(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.audit_trail.PORTION", 2)
    async with store.begin("one") as uow:
        for n in range(8):
            await uow.audit(Audited.UNMASKED, "one-a", f"case-{n}", NOW + timedelta(days=n))
        asked, real = [], uow._lines  # type: ignore[attr-defined]  # what reads a portion, to come between two of them

        async def lines(**question: Any) -> list[AuditEntry]:
            asked.append(question)
            if len(asked) == 2:
                await uow.cut_audit(NOW + timedelta(days=5), NOW + timedelta(days=9))
            return await real(**question)  # type: ignore[no-any-return]  # as above

        monkeypatch.setattr(uow, "_lines", lines)
        assert await uow.audit_faults() == []
        assert all(question["limit"] <= 2 for question in asked), "never the whole trail in memory"


async def test_an_author_is_forgotten_in_ones_own_organisation_only(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(case("one"))
        await uow.set_presenter("one-case-1", "one-a")
        await uow.commit()
    async with store.begin("two") as uow:
        await uow.forget_presenter("one-case-1")
        await uow.commit()
    async with store.begin("one") as uow:
        assert await uow.presenter("one-case-1") == "one-a"
        await uow.forget_presenter("one-case-1")
        with pytest.raises(NotFound):
            await uow.presenter("one-case-1")
        assert await uow.cases_of("one-a") == []
