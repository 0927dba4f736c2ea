"""Numbers and rules as administrators change them by forms: what holds, who set it, what is refused, what is undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import pytest

from bot.app.administration.policy_table import PARTS, called, in_words, range_in_words, unit
from bot.app.administration.policy_views import NO
from bot.cli.admin.rules import _setting
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.organisation import Clinic, Group, Organisation
from bot.domain.policy import SETTINGS, Policy
from bot.ports.records import AuditEntry
from bot.ui.inbound import Invalid, Outcome, Refused
from bot.ui.model import Action, Form, Row, plain
from bot.ui.strings import LANGUAGES, words
from tests.world import World


async def page(world: World, whose: str = "") -> Form:
    return form_of(await world.player("m").press("policies.list", whose), "list")


def said(form: Form, name: str) -> str:
    """The row of a number, as it is read."""
    (row,) = [b for b in form.body if isinstance(b, Row) and plain(b.detail).endswith(f" {name}")]
    return f"{plain(row.line)} | {plain(row.detail)}"


async def change(world: World, whose: str, name: str, value: str) -> Outcome:
    form = form_of(await world.player("m").press("policies.change", whose, name=name), "change")
    return await world.player("m").send(form, {"value": (value,)})


async def stored(world: World, kind: type[Organisation | Clinic | Group], id: str) -> Mapping[str, object]:
    (found,) = await world.find(kind, id=id)
    return found.policy


def undo_of(form: Form) -> Action:
    return next(each for each in form.actions if each.key == "policies.undo")


def test_every_number_stands_on_the_page_once() -> None:
    shown = [name for names in PARTS.values() for name in names]
    assert sorted(shown) == sorted(spec.name for spec in fields(Policy))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_said_in_words_with_its_unit_and_range(language: str) -> None:
    w = words(language)
    names = [called(w, name) for name in SETTINGS]
    assert len(set(names)) == len(names)
    for name, setting in SETTINGS.items():
        assert in_words(w, name, setting.default)
        numbered = type(setting.default) is int and setting.low != setting.high
        assert range_in_words(w, name) or not numbered


async def test_a_number_is_shown_with_default_range_and_who_set_it_when(world: World) -> None:
    before = said(await page(world), "comment_working_days")
    assert before.startswith("Time to write a review: 5 working days | Default: 5 working days · 1 to 30 working days")
    assert not isinstance(await change(world, "", "comment_working_days", "7"), Invalid)
    after = said(await page(world), "comment_working_days")
    assert "Time to write a review: 7 working days | Set here: 7 working days by Service manager" in after
    assert "18 Jan 2027" in after
    assert "Default: 5 working days" in after


async def test_levels_hold_one_below_the_other(world: World) -> None:
    await change(world, "", "reviewers_per_case", "3")
    assert "Set for the organisation: 3 reviewers" in said(await page(world, GROUP), "reviewers_per_case")
    await change(world, GROUP, "reviewers_per_case", "1")
    await change(world, "cli_kiel", "takeaway_working_days", "4")
    assert said(await page(world, GROUP), "reviewers_per_case").startswith("Reviewers of each case: 1 reviewer |")
    assert said(await page(world), "reviewers_per_case").startswith("Reviewers of each case: 3 reviewers |")
    assert (await stored(world, Clinic, "cli_kiel")) == {"takeaway_working_days": 4}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("comment_working_days", "31", "from 1 to 30"),
        ("comment_working_days", "0", "from 1 to 30"),
        ("comment_working_days", "many", "from 1 to 30"),
        ("comment_working_days", "2", "more than “Of these, the first for questions only” (2 working days)"),
        ("clarify_working_days", "5", "less than “Time to write a review” (5 working days)"),
        ("target_any_icbt", "29", "not be more than “Longest time between two own cases: iCBT” (28 days)"),
        ("target_own_icbt", "13", "not be less than “Longest time without a review or an own case: iCBT” (14 days)"),
        ("messages_from", "17:00", "less than “No messages after” (17:00)"),
        ("messages_from", "25:00", "such as 09:00"),
        ("messages_from", "nine", "such as 09:00"),
        ("cadence_weeks", "3", "choose one"),
        ("anonymity", "nobody", "choose one"),
        ("attendance_sheets", "perhaps", "choose one"),
        ("cap_paused", "1", "from 0 to 0"),
    ],
)
async def test_what_cannot_be_is_refused_with_what_can(world: World, name: str, value: str, told: str) -> None:
    before = await stored(world, Organisation, ORGANISATION)
    outcome = await change(world, "", name, value)
    assert isinstance(outcome, Invalid)
    assert told in outcome.form.errors["value"]
    assert await stored(world, Organisation, ORGANISATION) == before


async def test_a_number_that_a_groups_own_cannot_stand_beside_is_refused_with_the_group(world: World) -> None:
    assert not isinstance(await change(world, GROUP, "clarify_working_days", "4"), Invalid)
    outcome = await change(world, "", "comment_working_days", "3")
    assert isinstance(outcome, Invalid)
    assert "Northern iCBT group has a number of its own" in outcome.form.errors["value"]


@pytest.mark.parametrize(
    ("name", "typed", "kept", "shown"),
    [
        ("mode_must_fit", "true", True, "yes"),
        ("cadence_weekday", "2", 2, "Wednesday"),
        ("cadence_weeks", "4", 4, "4 weeks"),
        ("reminder_time", "8.30", "8:30", ""),
        ("reminder_time", "08.30", "08:30", "08:30"),
        ("second_look", "always", "always", "always"),
        ("due_soon_percent", "30", 30, "30%"),
    ],
)
async def test_each_kind_of_number_is_set(world: World, name: str, typed: str, kept: object, shown: str) -> None:
    outcome = await change(world, "", name, typed)
    if not shown:
        assert isinstance(outcome, Invalid)
        return
    assert (await stored(world, Organisation, ORGANISATION))[name] == kept
    assert f": {shown} |" in said(await page(world), name)


LENGTHS = [name for name in SETTINGS if unit(name) in {"minutes", "hours"}]


def test_the_walk_over_lengths_meets_them_all() -> None:
    assert {name for name in SETTINGS if "minutes" in name or "hours" in name} == set(LENGTHS)


@pytest.mark.parametrize("name", LENGTHS)
async def test_a_length_of_time_is_set_in_words_on_the_page_and_in_the_shell(world: World, name: str) -> None:
    for typed, hours in (("two hours", 2), ("2:00", 2), ("1 h", 1), ("120 min", 2), ("2,0 h", 2)):
        kept = hours * (60 if unit(name) == "minutes" else 1)
        assert not isinstance(await change(world, "", name, typed), Invalid), typed
        assert (await stored(world, Organisation, ORGANISATION))[name] == kept, typed
        assert _setting(f"{name}={typed}") == (name, kept)
    for unread in ("1 h 75", "soon", "-5", "99999"):
        assert isinstance(await change(world, "", name, unread), Invalid), unread
    assert _setting(f"{name}=soon") == (name, "soon"), "the policy itself refuses what it cannot hold"
    assert _setting(f"{name}=") == (name, None)


async def test_reset_and_undo_put_a_number_back_and_are_lines_of_the_trail(world: World) -> None:
    first = form_of(await change(world, "", "comment_working_days", "7"), "change")
    await world.player("m").press("policies.undo", undo_of(first).subject)
    assert "comment_working_days" not in await stored(world, Organisation, ORGANISATION)
    await change(world, "", "comment_working_days", "8")
    reset = form_of(await world.player("m").press("policies.reset", "", name="comment_working_days"), "reset")
    assert "comment_working_days" not in await stored(world, Organisation, ORGANISATION)
    await world.player("m").press("policies.undo", undo_of(reset).subject)
    assert (await stored(world, Organisation, ORGANISATION))["comment_working_days"] == 8
    lines = await world.find(AuditEntry, what="policy_changed", actor=person_id("m"), order=("number",))
    changes = [line.detail["comment_working_days"] for line in lines]
    assert changes == ["- -> 7", "7 -> -", "- -> 8", "8 -> -", "- -> 8"]


async def test_an_undo_is_for_ten_minutes_and_for_whoever_changed(world: World) -> None:
    form = form_of(await change(world, "", "comment_working_days", "7"), "change")
    assert isinstance(await world.player("s").press("policies.undo", undo_of(form).subject), Refused)
    await world.advance(minutes=11)
    assert isinstance(await world.player("m").press("policies.undo", undo_of(form).subject), Refused)
    assert (await stored(world, Organisation, ORGANISATION))["comment_working_days"] == 7


@pytest.mark.parametrize("key", ["a", "s", "p"])
async def test_only_administrators_see_or_change_numbers(world: World, key: str) -> None:
    for step in ("policies.list", "policies.change", "policies.reset"):
        assert isinstance(await world.player(key).press(step, "", name="log_years"), Refused)


@pytest.mark.parametrize("whose", ["", GROUP])
async def test_a_rule_that_would_tell_too_much_of_who_presents_is_refused_with_the_number(
    world: World, whose: str
) -> None:
    """Between clinics only, a reviewer of the largest clinic leaves out their own half of the group."""
    refused = await change(world, whose, "review_within_clinic", NO)
    assert isinstance(refused, Invalid)
    assert "narrow down who presents to" in refused.form.errors["value"]
    assert "The least there is 3" in refused.form.errors["value"]
    assert not await stored(world, Group, GROUP)
    await change(world, GROUP, "anonymity", "open")
    assert not isinstance(await change(world, GROUP, "review_within_clinic", NO), Invalid), "names are shown"
