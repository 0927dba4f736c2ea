"""What every store promises (bot/ports/work.py), over each of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.anonymise.text import AnonText
from bot.demo.clock import VirtualClock
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Organisation
from bot.domain.person import Contact, Person, Role
from bot.ports.records import Audited, AuditEntry, Draft, LogEntry, OutboxEntry, Queue, Replica, Session, SignInLink
from bot.ports.work import AlreadyThere, ChangedMeanwhile, ForeignOrganisation, NotFound, Store, those
from tests.contract.conftest import NOW


def person(org: str, key: str = "a", **changes: Any) -> Person:
    made = Person(
        f"{org}-{key}",
        org,
        f"Therapist {key}",
        f"{key}@{org}.example",
        f"{org}-clinic",
        frozenset({Role.THERAPIST}),
        NOW,
    )
    return replace(made, **changes)


def case(org: str, key: str = "1", **changes: Any) -> Case:
    made = Case(f"{org}-case-{key}", org, f"{org}-group", f"AB-{key}", "icbt", "en", 2, NOW)
    return replace(made, **changes)


def entry(org: str, key: str = "1", **changes: Any) -> OutboxEntry:
    made = OutboxEntry(f"{org}-out-{key}", org, f"assigned:{key}", f"{org}-a", "assigned", key, NOW, NOW)
    return replace(made, **changes)


@pytest.fixture
async def orgs(store: Store) -> tuple[str, str]:
    """Two organisations with a clinic, a group and a therapist each."""
    for org in ("one", "two"):
        async with store.begin(org) as uow:
            await uow.add(
                Organisation(org, org, org.title(), NOW),
                Clinic(f"{org}-clinic", org, "Kiel", "DE", "Europe/Berlin"),
                Group(f"{org}-group", org, "Group", "Europe/Berlin"),
                person(org),
            )
            await uow.commit()
    return "one", "two"


pytestmark = pytest.mark.usefixtures("orgs")


# ---- records


async def test_a_record_comes_back_as_it_went_in(store: Store) -> None:
    kept = person(
        "one",
        "b",
        roles=frozenset({Role.SUPERVISOR, Role.DPO}),
        languages=("de", "en"),
        experienced_since=date(2025, 2, 1),
    )
    async with store.begin("one") as uow:
        await uow.add(kept)
        await uow.commit()
    async with store.begin("one", write=False) as uow:
        assert await uow.get(Person, kept.id) == kept


async def test_tuples_of_days_and_mappings_come_back(store: Store) -> None:
    log = LogEntry(
        "log", "one", "case:1:a", "one-a", "one-clinic", "presenter", "icbt", (date(2027, 1, 4), date(2027, 1, 5)),
        date(2027, 1, 5), 30, 4, NOW, "round", members=("one-b",), themes=("pauses",),
    )  # fmt: skip
    message = entry("one", args={"kind": "due"})
    async with store.begin("one") as uow:
        await uow.add(log, message)
        await uow.commit()
    async with store.begin("one", write=False) as uow:
        assert await uow.get(LogEntry, "log") == log
        assert await uow.get(OutboxEntry, message.id) == message


async def test_without_commit_nothing_happened(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(case("one"))
    async with store.begin("one", write=False) as uow:
        assert await uow.find(Case) == []


async def test_an_error_undoes_everything(store: Store) -> None:
    with pytest.raises(RuntimeError, match="on purpose"):
        async with store.begin("one") as uow:
            await uow.add(case("one"))
            raise RuntimeError("on purpose")
    async with store.begin("one", write=False) as uow:
        assert await uow.count(Case) == 0


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, ["1", "2", "3"]),
        ({"code": "AB-2"}, ["2"]),
        ({"code__in": ["AB-1", "AB-3"]}, ["1", "3"]),
        ({"closed_at": None}, ["1", "2"]),
        ({"closed_at__not": None}, ["3"]),
        ({"submitted_at__le": NOW}, ["1"]),
        ({"submitted_at__gt": NOW}, ["2", "3"]),
        ({"submitted_at__lt": NOW + timedelta(hours=1)}, ["1"]),
        ({"submitted_at__ge": NOW + timedelta(hours=1)}, ["2", "3"]),
        ({"mode__not": "icbt"}, []),
        ({"group__of": those(Group, name="Group")}, ["1", "2", "3"]),
        ({"group__of": those(Group, name="Another"), "closed_at": None}, []),
    ],
)
async def test_conditions_select(store: Store, conditions: dict[str, Any], expected: list[str]) -> None:
    async with store.begin("one") as uow:
        for n in range(3):
            closed = NOW if n == 2 else None
            await uow.add(case("one", str(n + 1), submitted_at=NOW + timedelta(hours=n), closed_at=closed))
        found = await uow.find(Case, **conditions)
        assert [c.id.rpartition("-")[2] for c in found] == expected
        assert await uow.count(Case, **conditions) == len(expected)
        assert await uow.columns(Case, ("code", "closed_at"), **conditions) == [(c.code, c.closed_at) for c in found]


async def test_order_and_limit(store: Store) -> None:
    async with store.begin("one") as uow:
        for n in range(3):
            await uow.add(case("one", str(n), closed_at=NOW + timedelta(days=n) if n else None))
        latest = await uow.find(Case, order=("-closed_at",), limit=2)
        assert [c.id[-1] for c in latest] == ["2", "1"]
        assert [c.id[-1] for c in await uow.find(Case, order=("closed_at",))] == ["0", "1", "2"]
        assert [id[-1] for (id,) in await uow.columns(Case, ("id",), order=("-closed_at",))] == ["2", "1", "0"]


async def test_single_fields_are_what_the_record_holds(store: Store) -> None:
    async with store.begin("one", write=False) as uow:
        (kept,) = await uow.find(Person)
        fields = ("id", "roles", "languages", "created_at", "experienced_since")
        assert await uow.columns(Person, fields) == [tuple(getattr(kept, name) for name in fields)]
        assert await uow.columns(Person, ("id",), id__in=[]) == []


async def test_a_version_saved_by_somebody_else_first_is_refused(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(case("one"))
        await uow.commit()
    async with store.begin("one") as uow:
        first = await uow.get(Case, "one-case-1")
        saved = await uow.save(first.withdraw(NOW))
        assert saved.version == first.version + 1
        await uow.commit()
    async with store.begin("one") as uow:
        with pytest.raises(ChangedMeanwhile):
            await uow.save(first.hold(NOW))


async def test_what_exists_once_exists_once_and_the_work_goes_on(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(case("one"))
        with pytest.raises(AlreadyThere):
            await uow.add(case("one"))
        with pytest.raises(AlreadyThere):
            await uow.add(case("one", "2", code="AB-1"))
        await uow.add(case("one", "3"))
        await uow.commit()
    async with store.begin("one", write=False) as uow:
        assert await uow.count(Case) == 2


# ---- organisations


async def test_nothing_of_another_organisation_is_seen_or_changed(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(case("one"))
        await uow.set_presenter("one-case-1", "one-a")
        await uow.put_text("one-case-1", "case", {"title": AnonText.from_store("quiet")})
        await uow.commit()
    async with store.begin("two") as uow:
        with pytest.raises(NotFound):
            await uow.get(Case, "one-case-1")
        with pytest.raises(NotFound):
            await uow.presenter("one-case-1")
        assert await uow.texts("one-case-1", "case") == {}
        assert await uow.cases_of("one-a") == []
        with pytest.raises(ForeignOrganisation):
            await uow.add(case("one", "9"))
        with pytest.raises((ForeignOrganisation, NotFound)):
            await uow.save(replace(case("one"), mode="f2f"))
        await uow.remove(Case, "one-case-1")
        await uow.shred("one-case-1")
        await uow.commit()
    async with store.begin("one", write=False) as uow:
        assert await uow.count(Case) == 1
        assert (await uow.texts("one-case-1", "case"))["title"].text == "quiet"


# ---- authorship and texts


async def test_authorship_is_kept_apart_and_in_order(store: Store) -> None:
    async with store.begin("one") as uow:
        for n in (3, 1, 2):
            await uow.add(case("one", str(n)))
            await uow.set_presenter(f"one-case-{n}", "one-a")
        assert await uow.cases_of("one-a") == ["one-case-3", "one-case-1", "one-case-2"]
        assert await uow.presenters(["one-case-1", "nowhere"]) == {"one-case-1": "one-a"}


async def test_a_case_is_handed_over_to_another_presenter(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(case("one", "1"), person("one", "b"))
        await uow.set_presenter("one-case-1", "one-a")
        await uow.set_presenter("one-case-1", "one-b")
        assert await uow.presenter("one-case-1") == "one-b"
        assert (await uow.cases_of("one-a"), await uow.cases_of("one-b")) == ([], ["one-case-1"])


async def test_texts_are_replaced_part_by_part_and_gone_after_shredding(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.put_text(
            "case", "case", {"title": AnonText.from_store("a"), "background": AnonText.from_store("bå 🙂")}
        )
        await uow.put_text("case", "case", {"title": AnonText.from_store("c")})
        await uow.put_text("case", "review:1", {"reflection": AnonText.from_store("d")})
        await uow.put_sealed("case", "tags", b"sealed")
        assert {k: v.text for k, v in (await uow.texts("case", "case")).items()} == {"title": "c"}
        assert await uow.parts("case") == ["case", "review:1"]
        await uow.drop_text("case", "review:1")
        assert await uow.texts("case", "review:1") == {}
        assert await uow.sealed("case", "tags") == b"sealed"
        await uow.shred("case")
        assert await uow.texts("case", "case") == {}
        assert await uow.sealed("case", "tags") is None


# ---- effects


async def test_an_intent_is_posted_once(store: Store) -> None:
    async with store.begin("one") as uow:
        assert await uow.post(entry("one"))
        assert not await uow.post(entry("one", "1", id="other"))
        await uow.commit()
    async with store.begin("two") as uow:
        assert await uow.post(entry("two"))


async def test_an_event_is_seen_once_and_only_if_committed(store: Store) -> None:
    async with store.begin("one") as uow:
        assert not await uow.seen("slack:E1", NOW)
    async with store.begin("one") as uow:
        assert not await uow.seen("slack:E1", NOW)
        await uow.commit()
    async with store.begin("one") as uow:
        assert await uow.seen("slack:E1", NOW)


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


# ---- the outbox


async def test_claims_go_by_urgency_and_age_and_hold_until_the_lease_ends(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(
            entry("one", "1", due_at=NOW - timedelta(hours=1)), entry("one", "2"), entry("one", "3", urgent=True)
        )
        await uow.add(entry("one", "4", due_at=NOW + timedelta(hours=1)))
        await uow.commit()
    until = NOW + timedelta(minutes=1)
    async with store.system() as system:
        claimed = await system.claim(NOW, until, "r1", 10)
        await system.commit()
    assert [e.id[-1] for e in claimed] == ["3", "1", "2"]
    assert {e.attempts for e in claimed} == {1}
    async with store.system() as system:
        assert await system.claim(NOW, until, "r2", 10) == []
        again = await system.claim(until, until + timedelta(minutes=1), "r2", 1)
        assert [(e.id[-1], e.attempts) for e in again] == [("3", 2)]


async def test_whoever_lost_the_lease_settles_nothing(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(entry("one"))
        await uow.commit()
    async with store.system() as system:
        (mine,) = await system.claim(NOW, NOW + timedelta(minutes=1), "r1", 1)
        await system.commit()
    later = NOW + timedelta(minutes=2)
    async with store.system() as system:
        (theirs,) = await system.claim(later, later + timedelta(minutes=1), "r2", 1)
        await system.commit()
    async with store.system() as system:
        assert await system.begin_sending([mine, theirs], later) == {theirs.id}
        await system.commit()
    async with store.begin("one") as uow:
        first = [(mine, replace(mine, sent_at=later)), (theirs, replace(theirs, sent_at=later, delivered_id="m1"))]
        assert await uow.settle(first[:1]) == frozenset()
        assert await uow.settle(first[1:]) == {theirs.id}
        assert await uow.settle([(theirs, replace(theirs, sent_at=later, delivered_id="m2"))]) == frozenset()
        (kept,) = await uow.find(OutboxEntry)
        assert (kept.delivered_id, kept.lease_by, kept.lease_until, kept.begun_at) == ("m1", "", None, None)
        await uow.commit()
    async with store.system() as system:
        assert await system.claim(later + timedelta(hours=1), later + timedelta(hours=2), "r1", 1) == []


async def test_several_senders_never_claim_the_same_entry(store: Store) -> None:
    async with store.begin("one") as uow:
        for n in range(40):
            if n % 4 == 0:
                await uow.add(person("one", f"p{n // 4}"))
            await uow.add(entry("one", f"{n:02}", person=f"one-p{n // 4}"))
        await uow.commit()

    async def sender(name: str) -> list[str]:
        got: list[str] = []
        while True:
            async with store.system() as system:
                batch = await system.claim(NOW, NOW + timedelta(minutes=1), name, 3)
                await system.commit()
            if not batch:
                return got
            got += [e.id for e in batch]

    claimed = await asyncio.gather(*(sender(f"r{n}") for n in range(4)))
    everything = [id for each in claimed for id in each]
    assert len(everything) == len(set(everything)) == 40


async def test_a_person_is_written_to_by_one_sender_at_a_time_except_urgently(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(person("one", "b"))
        await uow.add(*(entry("one", str(n)) for n in range(3)), entry("one", "other", person="one-b"))
        await uow.commit()
    until = NOW + timedelta(minutes=1)
    async with store.system() as system:
        together = await system.claim(NOW, until, "r1", 1)
        await system.commit()
    assert [e.id for e in together] == ["one-out-0", "one-out-1", "one-out-2"]
    async with store.begin("one") as uow:
        await uow.settle([(together[0], replace(together[0], sent_at=NOW))])
        await uow.add(entry("one", "later"), entry("one", "alert", urgent=True))
        await uow.commit()
    async with store.system() as system:
        others = await system.claim(NOW, until, "r2", 10)
        await system.commit()
    assert [e.id for e in others] == ["one-out-alert", "one-out-other"]
    async with store.begin("one") as uow:
        ends = [(each, replace(each, sent_at=NOW)) for each in (*together[1:], others[0])]
        assert await uow.settle(ends) == {each.id for each, _ in ends}
        await uow.commit()
    async with store.system() as system:
        assert [e.id for e in await system.claim(NOW, until, "r2", 10)] == ["one-out-later"]


async def test_a_long_queue_of_somebody_who_is_being_written_to_hides_nobody(store: Store) -> None:
    until = NOW + timedelta(minutes=1)
    async with store.begin("one") as uow:
        await uow.add(person("one", "b"), entry("one", "0"))
        await uow.commit()
    async with store.system() as system:
        assert [e.id for e in await system.claim(NOW, until, "r1", 1)] == ["one-out-0"]
        await system.commit()
    async with store.begin("one") as uow:
        await uow.add(*(entry("one", str(n)) for n in range(1, 9)), entry("one", "last", person="one-b"))
        await uow.commit()
    async with store.system() as system:
        assert [e.id for e in await system.claim(NOW, until, "r2", 2)] == ["one-out-last"]


async def test_a_takeover_knows_whether_a_send_had_begun(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(person("one", "b"), entry("one", "1"), entry("one", "2", person="one-b"))
        await uow.commit()
    later = NOW + timedelta(minutes=2)
    async with store.system() as system:
        first, second = await system.claim(NOW, NOW + timedelta(minutes=1), "r1", 2)
        assert await system.begin_sending([first], NOW) == {first.id}
        await system.commit()
    async with store.system() as system:
        taken = await system.claim(later, later + timedelta(minutes=1), "r2", 2)
        await system.commit()
    assert [(e.id, e.attempts, e.uncertain_at) for e in taken] == [(first.id, 2, later), (second.id, 2, None)]
    async with store.begin("one") as uow:
        await uow.settle([(taken[0], replace(taken[0], due_at=NOW, uncertain_at=None))])
        await uow.commit()
    async with store.system() as system:
        assert (await system.claim(NOW, later, "r1", 1))[0].begun_at is None


async def test_a_timer_is_taken_as_it_was_read(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.wake("case.end", "c1", NOW)
        await uow.commit()
    async with store.system(write=False) as system:
        (timer,) = await system.due_timers(NOW, 10)
    async with store.begin("one") as uow:
        assert await uow.take(timer)
        await uow.wake("case.end", "c1", NOW + timedelta(days=1))
        await uow.commit()
    async with store.begin("one") as uow:
        assert not await uow.take(timer)
    async with store.begin("two") as uow:
        assert not await uow.take(replace(timer, at=NOW + timedelta(days=1), organisation="two"))


async def test_replicas_come_and_go(store: Store) -> None:
    first = Replica("r1", "1.0", NOW, NOW)
    async with store.system() as system:
        await system.beat(Replica("r2", "1.1", NOW + timedelta(seconds=1), NOW, NOW))
        await system.beat(first)
        await system.beat(replace(first, seen_at=NOW + timedelta(minutes=1), ticked_at=NOW))
        await system.commit()
    async with store.system(write=False) as system:
        assert [r.id for r in await system.replicas(NOW)] == ["r1", "r2"]
        assert [r.ticked_at for r in await system.replicas(NOW + timedelta(seconds=30))] == [NOW]
    async with store.system() as system:
        await system.leave("r1")
        await system.commit()
    async with store.begin("one", write=False) as uow:
        assert [r.id for r in await uow.replicas(NOW)] == ["r2"]


async def test_the_queue_is_counted(store: Store) -> None:
    ago = NOW - timedelta(minutes=5)
    async with store.begin("one") as uow:
        await uow.add(
            entry("one", "1", due_at=ago),
            entry("one", "2"),
            entry("one", "3", due_at=NOW + timedelta(hours=1)),
            entry("one", "4", failed_at=ago),
            entry("one", "5", sent_at=ago, uncertain_at=ago),
            entry("one", "6", failed_at=NOW - timedelta(days=8)),
            entry("one", "7", sent_at=ago),
            entry("one", "8", uncertain_at=ago, due_at=NOW + timedelta(minutes=1)),
        )
        await uow.commit()
    async with store.system(write=False) as system:
        assert await system.queue(NOW) == Queue(waiting=4, due=2, oldest=ago, failed=1, uncertain=1)


# ---- the runtime's look-ups


async def test_people_are_found_by_platform_identity_and_by_address(store: Store) -> None:
    contact = Contact("con", "one", "one-a", "slack", "T1", "U1", {"channel": "D1"}, NOW)
    async with store.begin("one") as uow:
        await uow.add(contact, person("one", "gone", removed_at=NOW))
        await uow.commit()
    async with store.system() as system:
        assert await system.contact("slack", "T1", "U1") == contact
        assert await system.contact("slack", "T2", "U1") is None
        assert await system.contacts_of_tenant("slack", "T1") == [contact]
        assert [p.id for p in await system.people_by_email("A@ONE.example")] == ["one-a"]
        assert await system.people_by_email("gone@one.example") == []
        assert await system.organisations() == ["one", "two"]


async def test_links_and_sessions_are_found_and_expire(store: Store) -> None:
    later = NOW + timedelta(minutes=15)
    async with store.begin("one") as uow:
        await uow.add(SignInLink("l", "one", "one-a", NOW, later), Session("s", "one", "one-a", NOW, later))
        await uow.add(Draft("d", "one", "one-a", "case", "", NOW, later))
        await uow.put_sealed("d", "values", b"raw")
        await uow.commit()
    async with store.system() as system:
        assert (await system.link("l")).person == "one-a"
        assert (await system.session("s")).person == "one-a"
        await system.purge_expired(later)
        await system.commit()
    async with store.begin("one", write=False) as uow:
        assert await uow.sealed("d", "values") is None
        assert await uow.find(Draft) == []
    async with store.system() as system:
        assert await system.link("l") is None
        assert await system.session("s") is None


# ---- drawers


async def test_a_drawer_keeps_replaces_expires_and_hands_out_once(store: Store, clock: VirtualClock) -> None:
    drawer, other = store.drawer("slack"), store.drawer("teams")
    await drawer.put("install/T1", b"one")
    await drawer.put("install/T1", b"two")
    await drawer.put("state/x", b"once", expires=NOW + timedelta(minutes=10))
    assert await drawer.get("install/T1") == b"two"
    assert await other.get("install/T1") is None
    assert list(await drawer.keys("install/")) == ["install/T1"]
    taken = await asyncio.gather(*(drawer.take("state/x") for _ in range(4)))
    assert sorted(taken, key=str) == [None, None, None, b"once"] or taken.count(b"once") == 1
    await drawer.put("state/y", b"late", expires=NOW + timedelta(minutes=10))
    clock.advance(timedelta(minutes=10))
    assert await drawer.get("state/y") is None
    assert await drawer.take("state/y") is None
    assert list(await drawer.keys("state/")) == []
    await drawer.delete("install/T1")
    await drawer.delete("install/T1")
    assert await drawer.get("install/T1") is None


@pytest.mark.parametrize("forged", ["a\0b", "\ud800", "\udfff\0"], ids=["zero", "half", "both"])
async def test_what_no_database_can_hold_is_an_id_of_nothing(store: Store, forged: str) -> None:
    """JSON carries the character 0 and halves of a pair; a forged id with them is like any other forged id."""
    async with store.begin("one") as uow:
        with pytest.raises(NotFound):
            await uow.get(Person, forged)
        assert await uow.find(Person, id=forged) == []
        assert await uow.find(Person, id__in=[forged]) == []
        assert await uow.cases_of(forged) == []
        assert not await uow.seen(forged, NOW)
        assert await uow.texts(forged, forged) == {}
        await uow.save(replace(await uow.get(Person, "one-a"), name=f"Therapist {forged}"))
        await uow.commit()
    async with store.system() as system:
        assert await system.contact("slack", forged, forged) is None
        assert await system.people_by_email(forged) == []
        assert await system.link(forged) is None
    drawer = store.drawer("teams")
    assert await drawer.get(forged) is None
    assert await drawer.take(forged) is None
    assert list(await drawer.keys(forged)) == []
    await drawer.delete(forged)


async def test_the_store_says_that_it_is_ready(store: Store) -> None:
    assert await store.ready()
