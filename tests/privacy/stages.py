"""Clinics in which people act: who presents, who reviews, who set which list, at what moment; one fact differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast

from bot.anonymise import AnonText
from bot.app.context import Work
from bot.app.rounds.handlers import publish
from bot.app.steps import worksheet
from bot.demo.clinic import GROUP, MEMBERS, ORGANISATION, person_id
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case
from bot.domain.exemplar import Exemplar
from bot.domain.message_review import CaseKind
from bot.domain.organisation import Clinic, Group, Membership, NeverAssign
from bot.domain.person import Contact, Person, Role
from bot.domain.policy import SecondLookRule
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.ports.records import LeaveEntry, LogEntry
from bot.reports.case_choice import Patient
from tests.app.risk import chats
from tests.gate import GateInAWorker
from tests.privacy.acting import Stage
from tests.world import SequentialIds, World


@dataclass(frozen=True)
class Setting:
    """A clinic of `size` therapists (letters in the order of `FIRST`) and what is true in it."""

    presenter: str = "a"
    reviewers: tuple[str, str] = ("b", "e")
    observer: str = "b"
    suspects: tuple[str, ...] = ()
    """People the observer may point at."""
    size: int = 8
    supervisors: tuple[str, ...] = ("s",)
    officers: tuple[str, ...] = ("p",)
    duty: tuple[str, str] = ("s", "g")
    away: str = ""
    removed: str = ""
    lists: tuple[tuple[str, str], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    """Pairs on the supervisors' list."""
    platform: str = "web"
    elsewhere: str = "f"
    """Who presents another case of the round."""
    worksheets: tuple[tuple[str, str], ...] = ()
    """Whose private worksheet has a patient with which number."""
    kind: CaseKind = CaseKind.CASE
    minutes: int = 0
    """So many minutes later than on the hour the others did what they did."""


TEXTS = {"title": "Stuck halfway", "background": "The mail is me@clinic.example.", "key_question": "What now?"}
"""Something in it is masked, so the author sees the preview and agrees."""
ANSWERS = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",), "guessable": ("yes",)}
"""The last is asked only where few could have written it."""
MORE = ("t", "u", "v", "w")
"""Further therapists of groups larger than the demo's."""


async def clinic(gate: GateInAWorker, setting: Setting) -> World:
    """The demo clinic with the group's size, roles, duty, absences and lists of a setting."""
    place = await chats(gate)
    world = place.world
    if setting.platform != "web":
        await place.connect(setting.observer, setting.platform)
    await furnish(world, setting)
    return world


async def furnish(world: World, setting: Setting) -> None:
    """Make a demo clinic that of a setting."""
    needed = dict.fromkeys((setting.presenter, *setting.reviewers, setting.observer, *setting.suspects, "a"))
    kept = [key for key in (*needed, *MEMBERS) if key in MEMBERS]
    kept = list(dict.fromkeys(kept))[: setting.size]
    async with world.store.begin(ORGANISATION) as uow:
        for key in set(MEMBERS) - set(kept):
            await uow.remove(Membership, f"mem_demo_{key}")
        for key in MORE[: max(0, setting.size - len(MEMBERS))]:
            like = await uow.get(Person, person_id("b"))
            name, email = f"Therapist {key.upper()} (Kiel)", f"{key}@demo.example"
            await uow.add(replace(like, id=person_id(key), name=name, email=email, version=0))
            await uow.add(Membership(f"mem_demo_{key}", ORGANISATION, GROUP, person_id(key), date(2026, 1, 1)))
            await uow.add(Contact(f"con_demo_{key}", ORGANISATION, person_id(key), "web", ORGANISATION, person_id(key)))
        for person in await uow.find(Person):
            key = person.id.removeprefix("per_demo_")
            roles = set(person.roles) - {Role.SUPERVISOR, Role.DPO}
            roles |= {Role.SUPERVISOR} if key in setting.supervisors else set()
            roles |= {Role.DPO} if key in setting.officers else set()
            await uow.save(replace(person, roles=frozenset(roles)))
        for place_ in await uow.find(Clinic):
            first, second = map(person_id, setting.duty)
            await uow.save(
                replace(place_, duty_supervisor=first, deputy_supervisor=second, duty_phone="+49 431 000 113")
            )
        for one, other in setting.pairs:
            await uow.add(NeverAssign(f"pair_{one}{other}", ORGANISATION, person_id(one), person_id(other)))
        for number, (by, other) in enumerate(setting.lists):
            await uow.add(
                NeverAssign(f"never_{number:06}", ORGANISATION, person_id(by), person_id(other), person_id(by))
            )
        work = Work(uow, world.clock.now(), world.tools)
        for key, own in setting.worksheets:
            scores = {"PHQ-9": ((1, 10), (5, 10 + len(own)))}
            patient = Patient(f"row_{own}", own, 5, date(2027, 1, 18), scores=scores)
            await worksheet.keep(work, await uow.get(Person, person_id(key)), patient)
        await uow.commit()


async def reviewed(gate: GateInAWorker, setting: Setting) -> Stage:
    """A published case under review by two."""
    world = await clinic(gate, setting)
    case = await _published(world, setting)
    await _after(world, setting)
    return await _stage(world, setting, case)


async def unreached(gate: GateInAWorker, setting: Setting) -> Stage:
    """The same, and nothing reaches the first reviewer."""
    stage = await reviewed(gate, setting)
    async with stage.world.store.begin(ORGANISATION) as uow:
        for contact in await uow.find(Contact, person=person_id(setting.reviewers[0])):
            await uow.save(replace(contact, failed_at=stage.world.clock.now(), failure="blocked"))
        await uow.commit()
    return await _stage(stage.world, setting, stage.subjects["case"])


async def emptied(gate: GateInAWorker, setting: Setting) -> Stage:
    """The same after the second reviewer stepped out, while nobody else was free."""
    stage = await reviewed(gate, setting)
    async with stage.world.store.begin(ORGANISATION) as uow:
        gone = await uow.get(Assignment, stage.subjects["fellow"])
        await uow.save(gone.end(stage.world.clock.now(), EndReason.DECLINED))
        await uow.commit()
    return await _stage(stage.world, setting, stage.subjects["case"])


async def stepped_out(gate: GateInAWorker, setting: Setting) -> Stage:
    """The same after the second reviewer recognised the patient; somebody else has the case."""
    stage = await reviewed(gate, setting)
    await stage.world.advance(hours=5)
    await stage.world.player(setting.reviewers[1]).press("review.recognise", stage.subjects["fellow"])
    await stage.world.settle()
    return await _stage(stage.world, setting, stage.subjects["case"])


async def asked(gate: GateInAWorker, setting: Setting) -> Stage:
    """A published case under review; Reviewer A asked its presenter a question."""
    world = await clinic(gate, setting)
    case = await _published(world, setting)
    await world.advance(hours=5)
    (asking,) = await world.find(Assignment, case=case, letter="A")
    player = world.player(setting.reviewers[0])
    await player.send_and_confirm(await player.open("review.open", asking.id), {"question": "Since when?"})
    await world.settle()
    return await _stage(world, setting, case)


async def replaced(gate: GateInAWorker, setting: Setting, out: str) -> Stage:
    """Reviews released after Reviewer A asked and whoever has the letter `out`, or nobody, was replaced."""
    stage = await asked(gate, setting)
    world, case = stage.world, stage.subjects["case"]
    await world.advance(hours=20)
    for gone in await world.find(Assignment, case=case, letter=out):
        await world.player(gone.reviewer.removeprefix("per_demo_")).press("review.recognise", gone.id)
    await world.settle()
    await world.advance(hours=71)
    active = await world.find(Assignment, case=case, ended_at=None, order=("letter",))
    for number, each in enumerate(active):
        reviewer = world.player(each.reviewer.removeprefix("per_demo_"))
        review = {"reflection": f"I see effort, {number}.", "suggestion": "Ask less."}
        await reviewer.send_and_confirm(await reviewer.open("review.open", each.id), review)
        await world.settle()
    known = {"case": case, "round": active[0].round, "group": GROUP}
    own = next((each.id for each in active if each.reviewer == person_id(setting.observer)), "")
    known |= {"assignment": own} if own else {}
    cast("SequentialIds", world.tools.ids).count = 100_000  # drafts are named by ids: the same ones in both worlds
    return Stage(world, setting.observer, known, setting.platform)


async def _published(world: World, setting: Setting) -> str:
    """The presenter sends a case by the form; it is published to the two reviewers of the setting."""
    author = world.player(setting.presenter)
    form = {CaseKind.CASE: "case.new", CaseKind.MESSAGE: "message.new"}[setting.kind]
    texts = {**TEXTS, "excerpt": TEXTS["background"]} if setting.kind is CaseKind.MESSAGE else TEXTS
    preview, _ = await author.send_and_confirm(await author.open(form), {**texts, **ANSWERS})
    assert preview is not None, "the text must pass through the preview, so that its agreement is recorded"
    await world.settle()
    now, ids = world.clock.now(), world.tools.ids
    (case,) = await world.find(Case, closed_at=None)
    async with world.store.begin(ORGANISATION) as uow:
        opened = now - timedelta(days=7)
        round_ = Round(ids.new("round"), ORGANISATION, GROUP, opened, now, now, 1, number=9, planned_at=now)
        await uow.add(round_)
        await uow.save(replace(case, round=round_.id, code="KQ-472"))
        for letter, key in zip("AB", setting.reviewers, strict=True):
            assignment = Assignment(
                ids.new("assignment"), ORGANISATION, case.id, round_.id, person_id(key), letter, now
            )
            await uow.add(assignment)
        await publish(Work(uow, now, world.tools), round_)
        await uow.commit()
    await world.settle()
    return case.id


async def looked(gate: GateInAWorker, setting: Setting) -> Stage:
    """A case that waits for a second look."""
    world = await clinic(gate, setting)
    async with world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={**group.policy, "second_look": SecondLookRule.ALWAYS.value}))
        await uow.commit()
    author = world.player(setting.presenter)
    await author.send_and_confirm(await author.open("case.new"), {**TEXTS, **ANSWERS})
    await world.settle()
    (case,) = await world.find(Case, closed_at=None)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(case, code="KQ-472"))
        await uow.commit()
    (look,) = await world.find(SecondLook, case=case.id)
    return Stage(world, setting.observer, {"case": case.id, "look": look.id, "group": GROUP}, setting.platform)


async def _stage(world: World, setting: Setting, case: str) -> Stage:
    assignments = await world.find(Assignment, case=case, order=("assigned_at", "letter"))
    known = {"case": case, "round": assignments[0].round, "group": GROUP}
    known |= {f"person {key}": person_id(key) for key in setting.suspects}
    known |= {
        name: assignment.id for name, assignment in zip(("assignment", "fellow", "third"), assignments, strict=False)
    }
    own = await world.find(LogEntry, person=person_id(setting.observer), round=known["round"], limit=1)
    known |= {"entry": own[0].id} if own else {}
    return Stage(world, setting.observer, known, setting.platform)


async def closed(gate: GateInAWorker, setting: Setting) -> Stage:
    """A round that is over: its one case was reviewed and closed with a takeaway, its text is still there."""
    world = await clinic(gate, setting)
    case = await _published(world, setting)
    await _played(world, setting, case)
    await _after(world, setting)
    return await _stage(world, setting, case)


async def asked_back(gate: GateInAWorker, setting: Setting) -> Stage:
    """The reviews are released, and the presenter asked the reviewers back."""
    world = await clinic(gate, setting)
    case = await _published(world, setting)
    await _reviews(world, setting, case)
    author = world.player(setting.presenter)
    await author.send_and_confirm(await author.open("ask_back.open", case), {"ask_back": "Which one first?"})
    await world.settle()
    return await _stage(world, setting, case)


async def weeks_later(gate: GateInAWorker, setting: Setting, *, told: bool = False) -> Stage:
    """Four weeks after the takeaway: the presenter is asked what became of it, and with `told` has told it."""
    world = await clinic(gate, setting)
    case = await _published(world, setting)
    await _played(world, setting, case)
    await world.advance(days=27)
    await world.advance(hours=6)
    if told:
        author = world.player(setting.presenter)
        await author.send_and_confirm(await author.open("follow_up.open", case), {"follow_up": "It helped."})
        await world.settle()
        await world.advance(days=1)
    return await _stage(world, setting, case)


async def told_later(gate: GateInAWorker, setting: Setting) -> Stage:
    """The same once it was told."""
    return await weeks_later(gate, setting, told=True)


async def shared(gate: GateInAWorker, setting: Setting) -> Stage:
    """A case that waits, and one that its presenter shared for information."""
    stage = await planned(gate, setting, setting.presenter * 2)
    cases = await stage.world.find(Case, round=stage.subjects["round"], order=("code",))
    await stage.world.player(setting.presenter).press("case.share", cases[1].id)
    await stage.world.advance(hours=26)
    return Stage(stage.world, setting.observer, {**stage.subjects, "shared": cases[1].id}, setting.platform)


async def excerpt(gate: GateInAWorker, setting: Setting, *, agreed: bool = False) -> Stage:
    """A closed case of which an excerpt is proposed; with `agreed` it waits for a second look."""
    stage = await closed(gate, setting)
    world, case = stage.world, stage.subjects["case"]
    author = world.player(setting.presenter)
    told = {"excerpt": "You wrote four times.", "why": "It praises effort."}
    await author.send_and_confirm(await author.open("exemplar.open", case), told)
    await world.settle()
    for assignment in await world.find(Assignment, case=case) if agreed else ():
        await world.player(assignment.reviewer.removeprefix("per_demo_")).press("exemplar.agree", assignment.id)
    await world.settle()
    (proposed,) = await world.find(Exemplar)
    stage = await _stage(world, setting, case)
    return replace(stage, subjects={**stage.subjects, "exemplar": proposed.id})


async def agreed(gate: GateInAWorker, setting: Setting) -> Stage:
    """The same once everybody agreed."""
    return await excerpt(gate, setting, agreed=True)


async def half_closed(gate: GateInAWorker, setting: Setting) -> Stage:
    """The same while another case of the round still runs."""
    world = await clinic(gate, setting)
    case = await _published(world, setting)
    (shown,) = await world.find(Case, id=case)
    async with world.store.begin(ORGANISATION) as uow:
        other = replace(shown, id="case_900001", code="ZZ-222", version=0)
        await uow.add(other)
        await uow.set_presenter(other.id, person_id(setting.elsewhere))
        (assignment,) = await uow.find(Assignment, case=case, letter="A")
        who = person_id(setting.reviewers[1])
        await uow.add(replace(assignment, id="assignment_900001", case=other.id, reviewer=who, letter="C", version=0))
        await uow.commit()
    await _played(world, setting, case)
    return await _stage(world, setting, case)


async def _played(world: World, setting: Setting, case: str) -> None:
    """Reviews and takeaway; what others than the observer did, they did `minutes` later."""
    await _reviews(world, setting, case)
    late = 0 if setting.presenter == setting.observer else setting.minutes
    await world.advance(days=2, minutes=late)
    author = world.player(setting.presenter)
    await author.send_and_confirm(await author.open("takeaway.open", case), {"takeaway": "I ask less."})
    await world.settle()
    await world.advance(days=1, minutes=60 - late)


async def _reviews(world: World, setting: Setting, case: str) -> None:
    assignments = await world.find(Assignment, case=case, order=("letter",))
    for assignment, key in zip(assignments, setting.reviewers, strict=True):
        late = 0 if key == setting.observer else setting.minutes
        await world.advance(hours=72, minutes=late)
        reviewer = world.player(key)
        review = {"reflection": "I see effort.", "suggestion": "Ask less."}
        await reviewer.send_and_confirm(await reviewer.open("review.open", assignment.id), review)
        await world.settle()
        await world.advance(minutes=60 - late)


async def planned(gate: GateInAWorker, setting: Setting, authors: Sequence[str], *, now_too: str = "") -> Stage:
    """A round that collects, with a case of each author, in the order of their codes; `now_too` sent one just now."""
    world = await clinic(gate, setting)
    now, ids = world.clock.now(), world.tools.ids
    async with world.store.begin(ORGANISATION) as uow:
        opened = now - timedelta(days=6)
        round_ = Round(
            ids.new("round"), ORGANISATION, GROUP, opened, now + timedelta(days=1), now + timedelta(days=1), 1, number=9
        )
        await uow.add(round_)
        cases = []
        for number, author in enumerate([*authors, *now_too]):
            case = Case(
                id=ids.new("case"),
                organisation=ORGANISATION,
                group=GROUP,
                code=f"KQ-47{number}",
                mode="icbt",
                language="en",
                reviewers=2,
                submitted_at=now - timedelta(days=2) if number < len(authors) else now,
                round=round_.id,
            )
            cases.append(case.id)
            await uow.add(case)
            await uow.set_presenter(case.id, person_id(author))
            await uow.put_text(case.id, "case", {name: AnonText.from_store(text) for name, text in TEXTS.items()})
        await uow.commit()
    return Stage(world, setting.observer, {"round": round_.id, "case": cases[0], "group": GROUP}, setting.platform)


async def _after(world: World, setting: Setting) -> None:
    """What happened to somebody after the case was sent: they left for weeks, or were removed."""
    async with world.store.begin(ORGANISATION) as uow:
        if setting.away:
            first = world.clock.now().date()
            await uow.add(
                LeaveEntry(
                    "leave_x",
                    ORGANISATION,
                    person_id(setting.away),
                    first,
                    first + timedelta(days=35),
                    world.clock.now(),
                    person_id(setting.away),
                )
            )
        if setting.removed:
            person = await uow.get(Person, person_id(setting.removed))
            await uow.save(replace(person, removed_at=world.clock.now()))
        await uow.commit()
