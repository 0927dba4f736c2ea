"""Languages: whose word counts, what somebody reads, in which language a case starts, and where a group falls apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.admin.context import AdminContext
from bot.admin.people import clinic, clinic_language
from bot.admin.readiness import unready
from bot.admin.roster import Wanted, apply_file
from bot.app.context import Work
from bot.app.facts.languages import language_gaps
from bot.app.facts.permissions import members
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person
from bot.domain.round import Round
from bot.errors import SetupError
from bot.ports.records import Draft
from bot.ui.inbound import Actor, Arrived, Done, Invalid, Profile, Show
from bot.ui.model import ChoiceField, Form, ManyField, Notice, Table, TextField, plain
from bot.ui.strings import LANGUAGES
from tests.app.risk import ANSWERS
from tests.world import World

DANISH = {
    "title": "Hun svarer ikke",
    "background": "Hun har skrevet til mig hver uge og lavet de første moduler, men nu har hun ikke svaret i ni dage.",
    "key_question": "Hvordan skriver jeg til hende uden at lægge pres på hende?",
}


def admin(world: World) -> AdminContext:
    return AdminContext(world.store, world.clock, world.tools, SignInService(world.store, world.clock, world.tools))


async def change(world: World, kind: type, id: str, **to: object) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(kind, id), **to))
        await uow.commit()


async def person(world: World, key: str) -> Person:
    return (await world.find(Person, id=person_id(key)))[0]


async def nel(world: World, tmp_path: Path, line: str, head: str = "name;email;clinic;language;languages") -> Person:
    file = tmp_path / "people.csv"
    file.write_text(f"{head}\nNel New;nel@demo.example;Kiel;{line}\n", encoding="utf-8")
    await apply_file(admin(world), "", file, Wanted())
    return (await world.find(Person, email="nel@demo.example"))[0]


async def opens_slack(world: World, language: str, number: int = 1) -> None:
    profile = Profile(name="Nel", email="nel@demo.example", language=language)
    actor = Actor("slack", "T1", "UNEL")
    await world.entry.handle(Arrived(event_id=f"arr-{number}", actor=actor, profile=profile))


async def speaks(world: World) -> str:
    return (await world.find(Person, email="nel@demo.example"))[0].language


async def test_an_imported_language_is_not_overwritten_by_a_client_and_a_chosen_one_not_by_a_file(
    world: World, tmp_path: Path
) -> None:
    await nel(world, tmp_path, "svenska;")
    await opens_slack(world, "en-US")
    assert await speaks(world) == "sv"
    await opens_slack(world, "nl-NL", 2)
    assert await speaks(world) == "sv"
    made = (await world.find(Person, email="nel@demo.example"))[0]
    await change(world, Person, made.id, language="de", language_chosen=True)
    await nel(world, tmp_path, "svenska;")
    assert await speaks(world) == "de"


async def test_a_client_serves_those_for_whom_nobody_named_a_language(world: World, tmp_path: Path) -> None:
    await nel(world, tmp_path, ";")
    await opens_slack(world, "nl-NL")
    assert await speaks(world) == "nl"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("dansk og svensk", ("da", "sv")),
        ("da nb sv", ("da", "nb", "sv")),
        ("Scandinavian, English", ("en", "da", "nb", "sv")),
        ("Skandinavisk/Deutsch", ("da", "de", "nb", "sv")),
        ("Norwegian|niederländisch", ("nb", "nl")),
        ("", ("en", "sv")),
    ],
)
async def test_a_file_names_what_people_read_in_their_own_words(
    world: World, tmp_path: Path, typed: str, read: tuple[str, ...]
) -> None:
    assert set((await nel(world, tmp_path, f"svenska;{typed}")).languages) == set(read)


async def test_an_unknown_language_read_is_a_fault_of_its_line(world: World, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="line 2: languages klingon is not one of"):
        await nel(world, tmp_path, "svenska;da klingon")


@pytest.mark.parametrize(
    "heading", ["Languages read", "Lesesprachen", "Læsesprog", "Läsespråk", "Lesespråk", "Leestalen"]
)
async def test_the_column_has_its_name_in_each_language(world: World, tmp_path: Path, heading: str) -> None:
    made = await nel(world, tmp_path, "nb", f"name;email;clinic;{heading}")
    assert made.languages == ("nb",)


async def test_what_somebody_chose_to_read_is_not_changed_by_the_next_file(world: World, tmp_path: Path) -> None:
    made = await nel(world, tmp_path, "svenska;sv")
    await nel(world, tmp_path, "svenska;sv da")
    assert (await world.find(Person, id=made.id))[0].languages == ("da", "sv")
    await change(world, Person, made.id, languages=("sv",), languages_chosen=True)
    await nel(world, tmp_path, "svenska;sv da")
    assert (await world.find(Person, id=made.id))[0].languages == ("sv",)


# ---- settings


def reads(form: Form) -> ManyField:
    (field,) = [f for f in form.fields if f.name == "languages"]
    assert isinstance(field, ManyField)
    return field


async def test_the_three_nordic_languages_are_one_tap(world: World) -> None:
    player = world.player("a")
    form = await player.open("settings.open")
    assert reads(form).values == ("nordic", "en", "de") or set(reads(form).values) == {"en", "da", "de", "sv"}
    assert reads(form).options[0].label == "Dansk · Norsk bokmål · Svenska"
    assert isinstance(await player.send(form, {"language": ("en",), "languages": ("nordic",)}), Done)
    assert (await person(world, "a")).languages == ("da", "nb", "sv")
    form = await player.open("settings.open")
    assert reads(form).values == ("nordic",)
    await player.send(form, {"language": ("en",), "languages": ("nl", "sv")})
    assert (await person(world, "a")).languages == ("nl", "sv")
    assert (await person(world, "a")).languages_chosen
    refused = await player.send(form, {"language": ("en",), "languages": ()})
    assert isinstance(refused, Invalid)
    assert "at least one" in refused.form.errors["languages"]
    assert (await person(world, "a")).languages == ("nl", "sv")


async def test_only_who_reviews_is_asked_what_they_read(world: World) -> None:
    manager = world.player("m")
    form = await manager.open("settings.open")
    assert "languages" not in {field.name for field in form.fields}
    assert isinstance(await manager.send(form, {"language": ("en",)}), Done)


# ---- the language of a case


@pytest.mark.parametrize(
    ("country", "named", "starts"),
    [("DK", "", "da"), ("SE", "", "sv"), ("NO", "", "nb"), ("NL", "", "nl"), ("AT", "", "de"), ("CH", "", "en"),
     ("CH", "de", "de"), ("DK", "en", "en")],
)  # fmt: skip
async def test_a_case_starts_in_the_language_of_its_clinic(world: World, country: str, named: str, starts: str) -> None:
    await change(world, Clinic, "cli_kiel", country=country, language=named)
    form = await world.player("a").open("case.new")
    (field,) = [f for f in form.fields if f.name == "language"]
    assert isinstance(field, ChoiceField)
    assert field.value == starts


async def test_a_clinics_language_is_named_by_command_and_unknown_ones_are_refused(world: World) -> None:
    at = admin(world)
    (made,) = await clinic(at, "", "Bern", "CH", "", "Europe/Zurich", "144", "de")
    assert made.writes == "de"
    (changed,) = await clinic_language(at, "", "Bern", "nl")
    assert changed.writes == "nl"
    with pytest.raises(SetupError, match="no language xx"):
        await clinic_language(at, "", "Bern", "xx")


async def preview_of(world: World, language: str) -> Form:
    player = world.player("a")
    outcome = await player.send(await player.open("case.new"), {**DANISH, **ANSWERS, "language": (language,)})
    assert isinstance(outcome, Show)
    return outcome.form


async def test_the_gate_asks_when_the_text_is_in_another_language_and_the_answer_counts(world: World) -> None:
    player, form = world.player("a"), await preview_of(world, "en")
    assert any("seems to be written in Danish" in plain(b.line) for b in form.body if isinstance(b, Notice))
    (field,) = [f for f in form.fields if f.name == "language"]
    assert isinstance(field, ChoiceField)
    assert ([o.value for o in field.options], field.value) == (["da", "en"], None)
    unanswered = await player.send(form, {})
    assert isinstance(unanswered, Invalid)
    assert "language" in unanswered.form.errors
    again = await player.send(form, {"language": ("da",)})
    assert isinstance(again, Show)
    assert again.form.key == "text.confirm"
    assert "language" not in {f.name for f in again.form.fields}, "read anew in Danish"
    assert [draft.state["language"] for draft in await world.find(Draft) if draft.kind == "case"] == ["da"]
    assert isinstance(await player.send(again.form, {}), Done)
    assert [c.language for c in await world.find(Case, withdrawn_at=None, closed_at=None)] == ["da"]


async def test_whoever_insists_keeps_the_language_they_named(world: World) -> None:
    player, form = world.player("a"), await preview_of(world, "en")
    assert isinstance(await player.send(form, {"language": ("en",)}), Done)
    assert [c.language for c in await world.find(Case, withdrawn_at=None, closed_at=None)] == ["en"]


async def test_a_language_that_makes_its_presenter_guessable_is_asked_about_like_any_other(world: World) -> None:
    await only_reads(world, **dict.fromkeys("bcdefg", ("en",)), a=("en", "da"), s=("en", "da"))
    form = await preview_of(world, "en")
    back = await world.player("a").send(form, {"language": ("da",)})
    assert isinstance(back, Invalid)
    assert back.form.key == "case.submit"
    assert "guessable" in back.form.errors
    (language,) = [f.value for f in back.form.fields if isinstance(f, ChoiceField) and f.name == "language"]
    (background,) = [f.value for f in back.form.fields if isinstance(f, TextField) and f.name == "background"]
    assert language == "da"
    assert "svaret" in background.reveal()


async def test_nobody_is_asked_where_the_language_is_right(world: World) -> None:
    form = await preview_of(world, "da")
    assert "language" not in {f.name for f in form.fields}


# ---- the plan and the check


async def only_reads(world: World, **languages: tuple[str, ...]) -> None:
    for key, read in languages.items():
        await change(world, Person, person_id(key), languages=read)


async def test_the_plan_says_how_many_could_take_a_case_and_what_language_keeps_away(world: World) -> None:
    await only_reads(world, b=("de",), c=("de",), d=("sv",), e=("sv",), f=("da",), g=("da",))
    supervisor = world.player("s")
    await supervisor.send(await supervisor.open("round.new"), {})
    player, case = world.player("a"), {**DANISH, **ANSWERS, "language": ("da",), "guessable": ("yes",)}
    preview = await player.send(await player.open("case.new"), case)
    assert isinstance(preview, Show)
    await player.send(preview.form, {})
    await world.settle()
    (round_,) = await world.find(Round, published_at=None)
    plan = await supervisor.open("round.preview", round_.id)
    (cases,) = [b for b in plan.body if isinstance(b, Table) and b.columns[0] == "Case"]
    told = " · ".join(plain(cell) for cell in cases.rows[0])
    assert "4 of 8 could take it" in told
    assert "its presenter counted in" in cases.columns[2]
    assert "language keeps 4 more from it" in told
    assert "Danish" not in told, "a language names a clinic"


async def gaps(world: World) -> tuple[list[str], list[list[str]]]:
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        group, clinics = await uow.get(Group, GROUP), {clinic.id: clinic for clinic in await uow.find(Clinic)}
        found, parts = await language_gaps(work, group, await members(work, group), clinics)
    names = [sorted(part) for part in parts.parts] if parts else []
    return [f"{gap.language} {gap.readers} of {gap.of}" for gap in found], names


async def test_a_group_that_reads_across_is_whole(world: World) -> None:
    assert await gaps(world) == ([], [])


async def test_a_mixed_group_that_falls_apart_by_language_is_named(world: World) -> None:
    for id, language in (("cli_kiel", "da"), ("cli_lund", "sv"), ("cli_aarhus", "da")):
        await change(world, Clinic, id, language=language)
    danish, swedish = dict.fromkeys("abcfgs", ("da", "en")), dict.fromkeys("de", ("sv", "en"))
    await only_reads(world, **danish, **swedish)
    found, parts = await gaps(world)
    assert found == ["sv 2 of 8"]
    assert [len(part) for part in parts] == [6, 2]
    assert parts[1] == ["Therapist D (Lund)", "Therapist E (Lund)"]
    await only_reads(world, g=("da", "sv", "nb"))
    assert await gaps(world) == ([], [])


async def test_check_warns_of_it_with_a_remedy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await change(world, Clinic, "cli_lund", language="sv")
    await only_reads(world, **dict.fromkeys("abcfgs", ("en",)), **dict.fromkeys("de", ("sv",)))
    problems = [p for p in await unready(world.store, world.clock, world.tools) if "--languages" in p.remedy]
    assert [p.fatal for p in problems] == [False, False]
    assert "only 2 of 8 read cases in sv" in problems[0].what
    assert "falls apart by language" in problems[1].what
    assert set(LANGUAGES) >= {"da", "nb", "sv"}
