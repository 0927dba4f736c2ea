"""The learning library: everybody concerned agrees, a supervisor looks, anybody takes it back; novices read first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.app.context import Work
from bot.app.steps.erasure_request import erase_person
from bot.app.steps.retention_rules import RULES
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.exemplar import Exemplar
from bot.domain.person import Person
from bot.ports.records import Audited, AuditEntry, ExperienceEntry
from bot.ui.inbound import Done, Invalid, Outcome, Refused, Show
from tests.app.risk import Scene, change, scene, words_of
from tests.app.test_exchange import ONE, OTHER, PRESENTER, close, of, policy, released
from tests.world import World

EXCERPT = "You wrote four times this week; that is steady work."
WHY = "It praises effort before it asks."
FILLED = {"excerpt": EXCERPT, "why": WHY, "programme": "Depression course", "behaviours": ("praise",)}
SUPERVISOR = "s"


async def proposed(world: World) -> tuple[Scene, Exemplar]:
    at = await released(world)
    await close(at)
    form = await at.presenter.open("exemplar.open", at.case.id)
    await at.presenter.send_and_confirm(form, dict(FILLED))
    await world.settle()
    (exemplar,) = await world.find(Exemplar)
    return at, exemplar


async def kept(world: World) -> tuple[Scene, Exemplar]:
    at, exemplar = await proposed(world)
    for key in (ONE, OTHER):
        assert isinstance(await world.player(key).press("exemplar.agree", (await of(at, key)).id), Done)
    assert isinstance(await world.player(SUPERVISOR).press("exemplar.pass", exemplar.id), Done)
    await world.settle()
    return at, (await world.find(Exemplar))[0]


async def text_of(world: World, exemplar: Exemplar) -> dict[str, str]:
    async with world.store.begin(ORGANISATION, write=False) as uow:
        return {name: each.text for name, each in (await uow.texts(exemplar.id, "exemplar")).items()}


def refused(outcome: Outcome) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.key


async def test_nobody_reads_it_before_everybody_agreed_and_a_supervisor_looked(world: World) -> None:
    at, exemplar = await proposed(world)
    await world.advance(days=1)
    for key in (ONE, OTHER):
        assert (await world.told(key)).count("exemplar_asked") == 1
        assert EXCERPT not in repr(world.inbox(key))
    assert refused(await world.player("c").press("library.read", exemplar.id)) == "not_found_here"
    await world.player(ONE).press("exemplar.agree", (await of(at, ONE)).id)
    assert refused(await world.player(SUPERVISOR).press("exemplar.look", exemplar.id)) == "not_found_here"
    await world.player(OTHER).press("exemplar.agree", (await of(at, OTHER)).id)
    await world.advance(days=1)
    assert "exemplar_look" in await world.told(SUPERVISOR)
    assert refused(await world.player("c").press("library.read", exemplar.id)) == "not_found_here"
    assert isinstance(await world.player(SUPERVISOR).press("exemplar.pass", exemplar.id), Done)
    shown = await world.player("c").press("library.read", exemplar.id)
    assert EXCERPT in words_of(shown)
    names = [person.name for person in await world.find(Person)]
    assert not [hint for hint in (at.case.code, "Reviewer", *names) if hint in words_of(shown)]
    await world.advance(days=3)
    assert "exemplar_kept" in await world.told(PRESENTER)


async def test_a_look_at_an_excerpt_is_a_line_that_its_presenter_reads(world: World) -> None:
    at, exemplar = await proposed(world)
    for key in (ONE, OTHER):
        await world.player(key).press("exemplar.agree", (await of(at, key)).id)
    assert await world.find(AuditEntry, what=Audited.EXCERPT_OPENED.value) == []
    assert isinstance(await world.player(SUPERVISOR).press("exemplar.look", exemplar.id), Show)
    (entry,) = await world.find(AuditEntry, what=Audited.EXCERPT_OPENED.value)
    assert (entry.actor, entry.subject, dict(entry.detail)) == (person_id(SUPERVISOR), exemplar.id, {})
    assert "opened an excerpt for a second look" in repr(await at.presenter.press("privacy.looked"))
    assert "opened an excerpt" not in repr(await world.player(ONE).press("privacy.looked"))


TAKES_BACK: dict[str, Callable[[Scene], Awaitable[Outcome]]] = {
    "presenter": lambda at: at.presenter.press("exemplar.withdraw", at.case.id),
    "reviewer": lambda at: _by_reviewer(at),
}


async def _by_reviewer(at: Scene) -> Outcome:
    return await at.world.player(OTHER).press("exemplar.decline", (await of(at, OTHER)).id)


@pytest.mark.parametrize("who", TAKES_BACK)
@pytest.mark.parametrize("stage", [proposed, kept])
async def test_any_of_them_takes_it_back_at_any_time_and_nobody_learns_who(
    world: World, who: str, stage: Callable[[World], Awaitable[tuple[Scene, Exemplar]]]
) -> None:
    at, exemplar = await stage(world)
    await world.advance(days=2)
    assert isinstance(await TAKES_BACK[who](at), Done)
    await world.settle()
    assert await text_of(world, exemplar) == {}
    assert refused(await world.player("c").press("library.read", exemplar.id)) == "not_found_here"
    mine = await of(at, ONE)
    assert refused(await world.player(ONE).press("exemplar.consent", mine.id)) == "exemplar_over"
    assert refused(await TAKES_BACK[who](at)) == "exemplar_over"


async def test_a_reader_who_recognises_the_patient_is_out_and_the_others_read_on(world: World) -> None:
    _, exemplar = await kept(world)
    reader = world.player("c")
    assert "library.recognise" in repr(await reader.press("library.read", exemplar.id))
    done = await reader.press("library.recognise", exemplar.id)
    assert isinstance(done, Done)
    assert "no longer open to you" in done.note
    assert refused(await reader.press("library.read", exemplar.id)) == "not_found_here"
    assert "library.read" not in repr(await reader.press("library.open"))
    assert EXCERPT in words_of(await world.player("e").press("library.read", exemplar.id))
    assert "library.recognise" not in repr(await world.player(PRESENTER).press("library.read", exemplar.id))


@pytest.mark.parametrize("key", [PRESENTER, ONE])
async def test_an_erasure_of_any_of_them_takes_it_away(world: World, key: str) -> None:
    _, exemplar = await kept(world)
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await erase_person(work, await uow.get(Person, person_id(key)), "per_demo_p", 0)
        await uow.commit()
    assert await text_of(world, exemplar) == {}


@pytest.mark.parametrize(("stage", "stays"), [(proposed, False), (kept, True)])
async def test_what_is_kept_outlives_the_text_of_its_case_and_what_is_only_proposed_does_not(
    world: World, stage: Callable[[World], Awaitable[tuple[Scene, Exemplar]]], stays: bool
) -> None:
    at, exemplar = await stage(world)
    await world.advance(days=32)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.texts(at.case.id, "case") == {}
    assert bool(await text_of(world, exemplar)) is stays
    assert refused(await at.presenter.press("exemplar.open", at.case.id)) == "not_for_learning" if not stays else True


async def test_it_goes_with_the_facts_of_its_case(world: World) -> None:
    at, exemplar = await kept(world)
    long_ago = world.clock.now().replace(year=world.clock.now().year - 7)
    await change(world, (await world.find(Case, id=at.case.id))[0], closed_at=long_ago, submitted_at=long_ago)
    async with world.store.begin(ORGANISATION) as uow:
        for rule in RULES:
            await rule.portion(Work(uow, world.clock.now(), world.tools))
        await uow.commit()
    assert await world.find(Exemplar) == []
    assert await text_of(world, exemplar) == {}


@pytest.mark.parametrize(
    ("name", "typed"), [("excerpt", ""), ("why", "  "), ("excerpt", "x" * 1501), ("programme", "x" * 121)]
)
async def test_what_is_missing_or_too_long_is_told_in_the_form(world: World, name: str, typed: str) -> None:
    at = await released(world)
    await close(at)
    form = await at.presenter.open("exemplar.open", at.case.id)
    outcome = await at.presenter.send(form, {**FILLED, name: typed})
    assert isinstance(outcome, Invalid)
    assert outcome.form.errors[name]
    assert await world.find(Exemplar) == []


async def test_only_a_closed_case_with_its_text_gives_an_excerpt_and_only_one(world: World) -> None:
    at = await released(world)
    assert refused(await at.presenter.press("exemplar.open", at.case.id)) == "not_for_learning"
    await close(at)
    await policy(world, learning_library=False)
    assert refused(await at.presenter.press("exemplar.open", at.case.id)) == "not_for_learning"
    await policy(world, learning_library=True)
    form = await at.presenter.open("exemplar.open", at.case.id)
    await at.presenter.send_and_confirm(form, dict(FILLED))
    again = await at.presenter.send(form, dict(FILLED))
    assert refused(again) == "exemplar_there"
    again = await at.presenter.send(form, {**FILLED, "excerpt": ""})
    assert refused(again) == "exemplar_there", "not how it must be filled in"
    assert isinstance(await at.presenter.press("exemplar.open", at.case.id), Show), "what is proposed is shown"


async def test_of_two_excerpts_at_their_previews_one_is_proposed(world: World) -> None:
    at = await released(world)
    await close(at)
    form = await at.presenter.open("exemplar.open", at.case.id)
    sent = [await at.presenter.send(form, {**FILLED, "excerpt": f"Maria wrote {n} times."}) for n in (3, 4)]
    previews = [form_of(outcome, "preview") for outcome in sent]
    assert {preview.key for preview in previews} == {"text.confirm"}
    assert isinstance(await at.presenter.send(previews[0], {}), Done)
    assert refused(await at.presenter.send(previews[1], {})) == "exemplar_there"
    assert len(await world.find(Exemplar)) == 1


async def test_who_sent_no_review_is_not_asked_and_agrees_to_nothing(world: World) -> None:
    at, exemplar = await proposed(world)
    theirs = await of(at, OTHER)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(theirs, submitted_at=None))
        await uow.commit()
    assert refused(await world.player(OTHER).press("exemplar.agree", theirs.id)) == "exemplar_over"
    assert (await world.find(Exemplar)) == [exemplar]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({}, True),
        ({"behaviour": ("praise",)}, True),
        ({"behaviour": ("rapport",)}, False),
        ({"theme": ("homework",)}, False),
        ({"programme": "depression"}, True),
        ({"programme": "Other"}, False),
    ],
)
async def test_it_is_found_by_theme_behaviour_and_programme(
    world: World, typed: dict[str, str | tuple[str, ...]], found: bool
) -> None:
    await kept(world)
    player = world.player("c")
    shown = await player.send(await player.open("library.open"), typed)
    assert isinstance(shown, Show)
    assert ("library.read" in repr(shown.form.body)) is found


async def test_a_novice_reads_three_before_the_first_review_and_nothing_is_noted(world: World) -> None:
    _, exemplar = await kept(world)
    async with world.store.begin(ORGANISATION) as uow:
        for number in range(4):
            await uow.add(replace(exemplar, id=f"exemplar_{number}", version=0))
        who = await uow.get(Person, person_id("c"))
        since = world.clock.now().date()
        await uow.save(replace(who, experienced_since=None))
        await uow.add(ExperienceEntry("exp_c", ORGANISATION, who.id, since, world.clock.now(), who.id))
        for old in await uow.find(Assignment, reviewer=who.id):
            await uow.save(replace(old, submitted_at=None, ended_at=world.clock.now()))
        await uow.commit()
    at = await scene(world, PRESENTER, ("c", ONE), code="ZZ-222")
    await world.advance(days=5)
    novice, other = world.player("c"), world.player(ONE)
    form = await novice.open("review.open", (await of(at, "c")).id)
    assert repr(form.body).count("library.read") == 3
    assert "library.read" not in repr((await other.open("review.open", (await of(at, ONE)).id)).body)
    await novice.press("library.read", exemplar.id)
    form = await novice.open("review.open", (await of(at, "c")).id)
    assert repr(form.body).count("library.read") == 3, "nothing is noted"
    await novice.send_and_confirm(form, {"reflection": "I see effort.", "suggestion": "Ask less."})
    assert (await of(at, "c")).submitted_at, "and nothing waits for it"
    assert exemplar.group == GROUP


async def test_the_library_is_reached_from_home_from_reviews_and_by_its_name(world: World) -> None:
    reader = world.player("c")
    assert "library.open" not in repr(await reader.press("review.list")) + repr(await reader.press("home.open"))
    await kept(world)
    for place in ("review.list", "review.queue", "home.open"):
        assert "library.open" in repr(await reader.press(place)), place
        assert "library.open" not in repr(await world.player("m").press(place)), place
    for typed in ("/library", "/learning library", "/Lernbibliothek", "/review library", "/review learning library"):
        outcome = await reader.type(typed)
        assert "library.read" in repr(outcome), typed
    for typed in ("/shared", "/review shared", "/information"):
        assert "shared for information" in repr(await reader.type(typed)), typed
    assert "library.read" not in repr(await world.player("m").type("/library"))
