"""A person's rights: everything is found, exported without others, erased with a report; a dry run changes nothing."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import fields, replace
from typing import Any

import pytest

from bot.admin.privacy import Office, erase, export, find
from bot.app.steps.access_request import LINKED_RECORDS, OWN_RECORDS
from bot.app.steps.erasure_request import NOBODY, REMOVED
from bot.app.steps.leavers_files import LeaversFiles
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.data_request import DataReason, DataRequest
from bot.domain.person import Contact, Person
from bot.errors import SetupError
from bot.ports.records import AuditEntry, Draft, LogEntry, OutboxEntry, Session, SignInLink
from bot.ports.schema import RECORDS, REFERENCES
from bot.ui.inbound import ActionPressed, Actor, Hand, Refused
from bot.ui.model import plain
from bot.ui.sign_in import SignedIn
from tests.app.closed_cases import closed_case
from tests.world import World


@pytest.fixture
async def office(world: World) -> Office:
    """The pages of the demo's data-protection officer."""
    people = {p.id: p for p in await world.find(Person)}
    officer, second = people[person_id("p")].email, people[person_id("m")].email
    return Office(
        world.store, world.clock, world.tools, ORGANISATION, officer, reason=DataReason.REQUEST, second=second
    )


async def presenter_of(world: World, case: Case) -> Person:
    async with world.store.begin(ORGANISATION, write=False) as uow:
        return await uow.get(Person, await uow.presenter(case.id))


async def everything(world: World) -> list[Any]:
    return [await world.find(kind) for kind in RECORDS]


async def test_only_a_data_protection_officer_may(world: World, office: Office) -> None:
    office.email = "somebody@demo.example"
    for step in (find(office, "x"), export(office, "x", texts=False), erase(office, "x", dry_run=True)):
        with pytest.raises(SetupError, match="no data-protection officer"):
            await step


async def test_a_persons_own_words_and_nobody_elses_name_are_handed_out(world: World) -> None:
    case = await closed_case(world)
    presenter = await presenter_of(world, case)
    assignment = (await world.find(Assignment, case=case.id, submitted_at__not=None))[0]
    for person, mine in ((presenter.id, "texts"), (assignment.reviewer, "review")):
        event = ActionPressed(event_id=f"x{person}", actor=Actor("web", ORGANISATION, person), key="privacy.mine")
        handed = await world.entry.handle(event)
        assert isinstance(handed, Hand)
        data = json.loads(handed.document.content)
        rows = data["cases_presented"] if mine == "texts" else data["reviews_written"]
        assert any(row.get(mine) and any(map(str, row[mine].values())) for row in rows)
        others = [p for p in await world.find(Person) if p.id != person]
        for other in others:
            assert other.name not in handed.document.content.decode()
            assert other.id not in handed.document.content.decode(), other.id


async def test_a_chat_hands_no_texts_out(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Contact("con_x", ORGANISATION, person_id("a"), "slack", "T1", "U1"))
        await uow.commit()
    answer = await world.entry.handle(ActionPressed(event_id="x", actor=Actor("slack", "T1", "U1"), key="privacy.mine"))
    assert isinstance(answer, Refused)
    assert world.tools.public_url in answer.text


async def test_texts_go_to_the_person_and_to_no_officer(world: World, office: Office) -> None:
    case = await closed_case(world)
    presenter = await presenter_of(world, case)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        written = {text.text for text in (await uow.texts(case.id, "case")).values() if len(text.text) > 20}
    assert written
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, presenter.id), removed_at=world.clock.now()))
        await uow.commit()
    handed = json.loads(await export(office, presenter.email, texts=True))
    assert "texts" not in handed["cases_presented"][0]
    assert [text for text in written if text in json.dumps(handed, ensure_ascii=False)] == []
    (link,) = await world.find(SignInLink, person=presenter.id, purpose="leaving")
    async with world.store.begin(ORGANISATION, write=False) as uow:
        sealed = await uow.sealed(link.id, "url")
    assert sealed
    held = await LeaversFiles(world.store, world.clock, world.tools).file(sealed.decode().rpartition("/")[2], "plain")
    assert held
    with zipfile.ZipFile(io.BytesIO(held.content)) as file:
        theirs = "".join(file.read(name).decode("utf-8-sig") for name in file.namelist() if name.endswith(".txt"))
    assert all(text in theirs for text in written)


async def test_an_officer_exports_facts_and_no_texts_of_those_with_access(world: World, office: Office) -> None:
    case = await closed_case(world)
    presenter = await presenter_of(world, case)
    facts = json.loads(await export(office, presenter.email, texts=False))
    assert case.code in [row["code"] for row in facts["cases_presented"]]
    assert "texts" not in facts["cases_presented"][0]
    with pytest.raises(SetupError, match="themselves"):
        await export(office, presenter.email, texts=True)
    audited = await world.find(AuditEntry, what="exported")
    assert [a.subject for a in audited] == [presenter.id]


async def test_a_dry_run_says_the_same_and_changes_nothing(world: World, office: Office) -> None:
    case = await closed_case(world)
    presenter = await presenter_of(world, case)
    before = await everything(world)
    said = [await erase(office, subject, dry_run=True) for subject in (presenter.email, case.code)]
    assert await everything(world) == before
    assert [await erase(office, s, dry_run=True) for s in (presenter.email, case.code)] == said


async def test_an_erased_person_leaves_dates_without_a_name(world: World, office: Office) -> None:
    case = await closed_case(world)
    presenter = await presenter_of(world, case)
    other = next(c for c in await world.find(Case) if c.closed_at and not c.purged_at and c.id != case.id)
    assignments = await world.find(Assignment, reviewer=presenter.id, submitted_at__not=None)
    log = await world.find(LogEntry, person=presenter.id)
    report = await erase(office, presenter.email, dry_run=False)
    assert any(line.key == "erasure.beyond.backups" for line in report.out_of_reach)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.cases_of(presenter.id) == []
        assert await uow.parts(case.id) == []
        for assignment in assignments:
            assert await uow.texts(assignment.case, f"review:{assignment.id}") == {}
        assert other.purged_at or await uow.parts(other.id) or True
        assert await uow.audit_faults() == []
    assert {e.id for e in log} == {e.id for e in await world.find(LogEntry, person=presenter.id)}
    for kind in (Contact, Draft, Session, SignInLink):
        assert await world.find(kind, person=presenter.id) == []
    gone = (await world.find(Person, id=presenter.id))[0]
    assert (gone.name, gone.active, gone.roles) == (NOBODY, False, frozenset())
    for rows in await everything(world):
        for row in rows:
            assert presenter.name not in repr(row)
            assert presenter.email not in repr(row)
    answer = await world.player(presenter.id.rpartition("_")[2]).press("log.open")
    assert isinstance(answer, Refused)


async def test_an_open_case_is_erased_and_its_reviewers_are_told(world: World, office: Office) -> None:
    from tests.app.published_round import published

    assignments = await published(world)
    case = (await world.find(Case, id=assignments[0].case))[0]
    await erase(office, case.code, dry_run=False)
    await world.advance(hours=1)
    assert (await world.find(Case, id=case.id))[0].withdrawn_at
    told = {user for user, m in world.platform.sent if m.card.key == "notice.case_gone"}
    assert {s.reviewer for s in assignments if s.case == case.id} <= told
    assert {f.what for f in await find(office, case.code)} == {"assignments", "audit lines"}


async def test_a_person_on_duty_is_not_erased(world: World, office: Office) -> None:
    on_duty = (await world.find(Person, id=person_id("s")))[0]
    with pytest.raises(SetupError, match="on duty"):
        await erase(office, on_duty.email, dry_run=False)


def test_every_record_about_a_person_is_known_to_the_rights() -> None:
    named = {kind for kind, columns in REFERENCES.items() if Person in columns.values()}
    duty = {kind for kind in named if not any(f.name in {"person", "one", "other", "reviewer"} for f in fields(kind))}
    duty.discard(DataRequest)  # who asked and who agreed
    assert named - duty <= set(OWN_RECORDS) | set(LINKED_RECORDS)
    assert {kind.__name__ for kind in duty} == {"Clinic", "Person"}  # a profile is one's own, whoever covers
    assert set(REMOVED) <= set(OWN_RECORDS)


async def test_a_sign_in_link_waits_sealed_and_arrives_once(world: World) -> None:
    from bot.app.steps.sign_in import LINKS_AT_ONCE, SignInService

    service = SignInService(world.store, world.clock, world.tools)
    person = (await world.find(Person, id=person_id("a")))[0]
    for _ in range(LINKS_AT_ONCE + 4):
        await service.request(person.email.upper())
    await service.request("nobody@demo.example")
    assert "sign-in/" not in repr(await world.find(OutboxEntry))
    await world.settle()
    sent = [m.card for u, m in world.platform.sent if m.card.key == "notice.sign_in"]
    assert len(sent) == LINKS_AT_ONCE
    link: Any = sent[0].body[1]
    shown = plain(link.spans if hasattr(link, "spans") else link.line)
    token = shown.rpartition("/")[2]
    session = await service.redeem(token)
    assert session
    assert await service.redeem(token) is None
    assert await service.holder(session) == SignedIn(Actor("web", ORGANISATION, person.id), person.language)
