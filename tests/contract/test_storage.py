"""What every store promises (bot/ports/unit_of_work.py), over each of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.anonymise.text import AnonText
from bot.demo.clock import VirtualClock
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Contact, Person, Role
from bot.ports.records import Draft, LogEntry, OutboxEntry, Session, SignInLink
from bot.ports.unit_of_work import AlreadyThere, ChangedMeanwhile, ForeignOrganisation, NotFound, Store, those
from tests.contract.conftest import NOW
from tests.contract.records import case, entry, orgs, person

__all__ = ["orgs"]

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
        ({"closed_at__not": NOW}, ["1", "2"]),
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
        assert await uow.tally(Case, "code", **conditions) == {c.code: 1 for c in found}
        assert await uow.tally(Case, "mode", **conditions) == dict(Counter(c.mode for c in found))
        assert await uow.columns(Case, ("code", "closed_at"), **conditions) == [(c.code, c.closed_at) for c in found]


async def test_one_word_among_several_is_found_and_no_part_of_one(store: Store) -> None:
    async with store.begin("one") as uow:
        (kept,) = await uow.find(Person)
        both = frozenset({Role.SUPERVISOR, Role.THERAPIST})
        for n, roles in enumerate((both, frozenset({Role.DPO}), frozenset())):
            await uow.add(replace(kept, id=f"one-x{n}", email=f"{n}@x.example", roles=roles))
        new: dict[str, Any] = {"id__in": ["one-x0", "one-x1", "one-x2"]}
        for role in Role:
            found = [p.id for p in await uow.find(Person, roles__has=role.value, **new)]
            assert found == [p.id for p in await uow.find(Person, **new) if role in p.roles], role
            assert await uow.count(Person, roles__has=role.value, **new) == len(found)
        assert await uow.find(Person, roles__has="super", **new) == []


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
        link, session = await system.link("l"), await system.session("s")
        assert link and session
        assert (link.person, session.person) == ("one-a", "one-a")
        assert await system.expired(later) == await system.purge_expired(later, 100)
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


AWKWARD = ("a", "a%", "a_", "a/", "a\ud7ff", "a\ue000", "a\U0010ffff", "A", "ab", "b", "é", "\U0010ffff")


@pytest.mark.parametrize("prefix", ["", *AWKWARD, "a\U0010ffff\U0010ffff"])
async def test_a_drawers_keys_are_found_by_exactly_their_beginning(store: Store, prefix: str) -> None:
    drawer = store.drawer("web")
    kept = sorted({*AWKWARD, *(f"{each}x" for each in AWKWARD)})
    for key in kept:
        await drawer.put(key, b"")
    assert list(await drawer.keys(prefix)) == [key for key in kept if key.startswith(prefix)]


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
