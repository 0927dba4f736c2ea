"""Anonymity against people who act: two worlds that differ in one hidden fact, the same acts, everything compared.

What an observer may nevertheless tell is declared here, one line a difference, and admitted in `docs/privacy.md` under
the same name. `make soak` plays far more of the same: `INTERVISION_ACTING` plots a setting,
`INTERVISION_CLINICS` random clinics, `INTERVISION_SEED`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.app.facts.permissions import OPEN_CASE
from bot.demo.clinic import MEMBERS, person_id
from bot.domain.assignment import Assignment
from bot.domain.organisation import NeverAssign
from bot.ports.records import LogEntry
from bot.ui.inbound import Done
from bot.ui.model import ManyField
from tests.gate import GateInAWorker, rules_alone
from tests.privacy.acting import Act, Stage, by, differences, plots, press, send, wait
from tests.privacy.declared import DECLARED, PROMISED
from tests.privacy.declared import declared as admitted
from tests.privacy.stages import Setting, clinic, closed, half_closed, planned, replaced, reviewed, stepped_out

BUDGET = int(os.environ.get("INTERVISION_ACTING", "16"))
SEED = int(os.environ.get("INTERVISION_SEED", "7"))
CLINICS = int(os.environ.get("INTERVISION_CLINICS", "4"))
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """The gate without its learned models: what passes it is not the subject here."""
    return rules_alone()


def some(*value: object) -> Any:
    """A setting that is played in CI and left out of the quick tests."""
    return pytest.param(*value, marks=pytest.mark.slow)


# ---- what is admitted ------------------------------------------------------------------------


def test_every_declared_difference_is_admitted_on_the_privacy_page_and_no_other() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    table = page[page.index("| Difference |") : page.index("And how it is kept from them")]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.M) == list(dict.fromkeys(each.id for each in DECLARED))


async def test_each_is_promised_in_the_form_before_the_first_word(gate: GateInAWorker) -> None:
    world = (await reviewed(gate, Setting(presenter="d"))).world
    presents = repr(await world.player("a").press("case.new"))
    (assignment,) = await world.find(Assignment, reviewer=person_id("b"), case__of=OPEN_CASE, ended_at=None)
    reviews = repr(await world.player("b").press("review.open", assignment.id))
    assert set(PROMISED) == {each.id for each in DECLARED}
    for id, (where, words) in PROMISED.items():
        assert words in (presents if where.startswith("case") else reviews), id


# ---- who presents ----------------------------------------------------------------------------

RISK = ((press("risk.raise", "case"), send(), wait(1), press("risk.raise", "case"), send(), wait(24)),)
OTHERS = ((by("e", "risk.raise", "case"), wait(1), press("home.open"), wait(24), press("home.open")),)
PRESENTERS = {
    "a therapist of another clinic": Setting(presenter="d"),
    "one of two supervisors": Setting(presenter="g", supervisors=("s", "g"), duty=("s", "s")),
    "the supervisor on duty, one of two": Setting(presenter="s", supervisors=("s", "g")),
    "the only supervisor, on duty": Setting(presenter="s"),
    "the deputy": Setting(presenter="g", supervisors=("s", "g")),
    "a novice": Setting(presenter="c"),
    "somebody on leave": Setting(presenter="f", away="f"),
    "somebody removed": Setting(presenter="f", removed="f"),
    "a therapist in a group of four": Setting(presenter="d", size=4),
    "a therapist in a group of six": Setting(presenter="d", size=6),
    "a therapist in a group of twelve": Setting(presenter="d", size=12),
}


async def told_apart(one: Stage, other: Stage, *declared: str, more: tuple[tuple[Act, ...], ...] = ()) -> str:
    """The differences nobody declared, to read; empty when there are none."""
    played = [*more, *await plots(one, SEED, BUDGET)]
    found = await differences(one, other, played, admitted(*declared))
    return "\n".join(map(str, found))


@pytest.mark.parametrize("platform", ["web", some("slack"), some("teams")])
@pytest.mark.parametrize("who", [who if number in {1, 3} else some(who) for number, who in enumerate(PRESENTERS)])
async def test_a_reviewer_who_acts_cannot_tell_who_presents(gate: GateInAWorker, who: str, platform: str) -> None:
    setting = replace(PRESENTERS[who], platform=platform, suspects=(PRESENTERS[who].presenter, "a"))
    one, other = await reviewed(gate, setting), await reviewed(gate, replace(setting, presenter="a"))
    told = await told_apart(one, other, more=(*RISK, *OTHERS))
    assert not told, told


def random_setting(number: int) -> Setting:
    """A clinic by lot; in the other world the second of `suspects` presents."""
    lot = Random(f"{SEED} {number}")
    one, other, first, second, *rest = lot.sample(MEMBERS, len(MEMBERS))
    observer = lot.choice((first, second))
    supervisors = tuple(lot.sample([key for key in MEMBERS if key != observer], lot.choice((1, 2, 3))))
    return Setting(
        presenter=one,
        suspects=(one, other),
        reviewers=(first, second),
        observer=observer,
        size=lot.randint(4, 12),
        supervisors=supervisors,
        duty=(lot.choice(supervisors), lot.choice(supervisors)),
        away=lot.choice(("", one, other, rest[0])),
        removed=lot.choice(("", "", rest[1])),
        platform=lot.choice(("web", "web", "slack", "teams")),
        elsewhere=rest[2],
        minutes=lot.choice((0, 3)),
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", range(CLINICS))
async def test_in_a_random_clinic_a_reviewer_cannot_tell_who_presents(gate: GateInAWorker, number: int) -> None:
    setting = random_setting(number)
    one, other = await reviewed(gate, setting), await reviewed(gate, replace(setting, presenter=setting.suspects[1]))
    more = [*RISK, *await plots(one, SEED + number, 4)]
    found = await differences(one, other, more)
    told = "\n".join(map(str, found))
    assert not told, f"{setting}\n{told}"


@pytest.mark.parametrize("observer", ["p", some("f"), some("m"), some("c"), "s", "g"])
async def test_nor_can_an_officer_a_manager_a_bystander_or_a_supervisor(gate: GateInAWorker, observer: str) -> None:
    """The officer P, the therapist and officer F, the manager M, the member C; S who supervises, G who reviews, too."""
    setting = Setting(presenter="d", observer=observer, reviewers=("b", "g"), suspects=("d", "a"))
    setting = replace(setting, officers=("p", "f"), supervisors=("s", "g"))
    one, other = await reviewed(gate, setting), await reviewed(gate, replace(setting, presenter="a"))
    raised = ((by("b", "risk.raise", "case"), wait(1), press("home.open"), wait(24), press("home.open")),)
    told = await told_apart(one, other, "alert-clinic", "who-reviews", more=raised)
    assert not told, told


async def test_nor_a_supervisor_from_the_due_days_that_a_members_new_mode_brings(gate: GateInAWorker) -> None:
    """The answer to a switch shows the member's due days as others read them: an own case that runs counts nowhere."""
    setting = Setting(presenter="d", observer="s", reviewers=("b", "g"), suspects=("d", "a"), supervisors=("s", "g"))
    one, other = await reviewed(gate, setting), await reviewed(gate, replace(setting, presenter="a"))
    switched = [(press("caseload.plan", "person a"), send(way)) for way in (1, 2)]
    assert await differences(one, other, switched) == []


@pytest.mark.parametrize("observer", ["s", some("g"), some("p"), some("b")])
async def test_nor_from_what_follows_the_takeaway_while_the_round_runs(gate: GateInAWorker, observer: str) -> None:
    setting = Setting(presenter="d", observer=observer, reviewers=("b", "s"), supervisors=("s", "g"))
    one, other = await half_closed(gate, setting), await half_closed(gate, replace(setting, presenter="e"))
    told = await told_apart(one, other)
    assert not told, told


@pytest.mark.parametrize("observer", ["s", some("d")])
async def test_nor_from_how_many_took_part_so_far(gate: GateInAWorker, observer: str) -> None:
    """Whether the reviewer B presents the other case, or F who reviews none."""
    setting = Setting(presenter="d", observer=observer, reviewers=("b", "s"), supervisors=("s", "g"))
    one, other = await half_closed(gate, setting), await half_closed(gate, replace(setting, elsewhere="b"))
    played = (
        (press("log.entry", "entry"),),
        (press("log.sign"), send()),
        (press("log.export"),),
        (press("privacy.mine"),),
    )
    told = "\n".join(map(str, await differences(one, other, played)))
    assert not told, told


async def test_entries_name_nobody_and_count_the_round_when_it_is_over(gate: GateInAWorker) -> None:
    stage = await half_closed(gate, Setting(presenter="d", observer="s", reviewers=("b", "s")))
    entries = await stage.world.find(LogEntry, round=stage.subjects["round"])
    assert {(entry.members, entry.group_size) for entry in entries} == {((), 3)}, "the presenter and two reviewers"
    await stage.player().press("round.close", stage.subjects["round"])
    entries = await stage.world.find(LogEntry, round=stage.subjects["round"])
    assert {(entry.members, entry.group_size) for entry in entries} == {((), 4)}, "B, D, F and S"


@pytest.mark.parametrize("observer", ["b", some("g")])
async def test_nor_can_who_reviewed_or_had_no_part_when_the_round_is_over(gate: GateInAWorker, observer: str) -> None:
    setting = Setting(presenter="d", observer=observer, reviewers=("b", "s"), supervisors=("s",))
    one, other = await closed(gate, setting), await closed(gate, replace(setting, presenter="e"))
    told = await told_apart(one, other)
    assert not told, told


async def test_when_the_round_is_over_a_supervisor_reads_who_presented_in_it(gate: GateInAWorker) -> None:
    setting = Setting(presenter="d", observer="s", reviewers=("b", "s"))
    one, other = await closed(gate, setting), await closed(gate, replace(setting, presenter="e"))
    told = await told_apart(one, other, "round-over")
    assert not told, told


@pytest.mark.parametrize("observer", ["s", some("g")])
@pytest.mark.parametrize(("one", "other"), [("adf", "dfa"), ("a", "d"), some("ab", "cd")])
async def test_no_plan_no_trial_and_no_rule_of_a_round_tells_who_presents(
    gate: GateInAWorker, observer: str, one: str, other: str
) -> None:
    setting = Setting(observer=observer, supervisors=("s", "g"))
    first, second = await planned(gate, setting, one), await planned(gate, setting, other)
    tries = tuple((press("round.preview", "round"), send(n), send(n + 3)) for n in range(30))
    told = await told_apart(first, second, more=tries)
    assert not told, told


async def test_nobody_who_looks_often_reads_the_minute_in_which_a_case_was_sent(gate: GateInAWorker) -> None:
    """Counts and lists of cases outside the plan change once a day."""
    setting = Setting(observer="s", supervisors=("s", "g"))
    one, other = await planned(gate, setting, "ad"), await planned(gate, setting, "ad", now_too="e")
    looks = (Act("type", "/round"), Act("type", "/home"), press("supervision.overview"), press("round.show", "round"))
    told = await differences(one, other, [(each,) for each in looks])
    assert not told, "\n".join(map(str, told))
    assert await differences(one, other, [(wait(24), press("round.list"))]), "a day later it counts"


# ---- who reviews, who stepped out, who keeps apart, when -------------------------------------


@pytest.mark.parametrize("stage", [some(reviewed), stepped_out])
@pytest.mark.parametrize("observer", ["a", some("c"), some("p")])
async def test_nobody_who_acts_can_tell_who_reviews_or_stepped_out(
    gate: GateInAWorker, stage: Callable[..., Awaitable[Stage]], observer: str
) -> None:
    setting = Setting(presenter="a", observer=observer, reviewers=("b", "e"), suspects=("b", "g"))
    one, other = await stage(gate, setting), await stage(gate, replace(setting, reviewers=("g", "f")))
    told = await told_apart(one, other, more=RISK)
    assert not told, told


@pytest.mark.parametrize(("observer", "out"), [("a", "A"), some("a", "B"), ("b", "B")])
async def test_nor_do_the_letters_of_reviews_and_questions_tell_that_somebody_was_replaced(
    gate: GateInAWorker, observer: str, out: str
) -> None:
    """The presenter, and Reviewer A, read what they read when nobody stepped out."""
    setting = Setting(presenter="a", observer=observer, reviewers=("b", "e"))
    one, other = await replaced(gate, setting, ""), await replaced(gate, setting, out)
    told = await told_apart(one, other)
    assert not told, told


@pytest.mark.parametrize("size", [4, some(8)])
@pytest.mark.parametrize("observer", ["b", some("s")])
@pytest.mark.parametrize("other", [some((("d", "b"),)), (), some((("a", "b"), ("d", "b")))])
async def test_nobody_can_tell_who_keeps_apart_from_them(
    gate: GateInAWorker, size: int, observer: str, other: tuple[tuple[str, str], ...]
) -> None:
    setting = Setting(observer=observer, presenter="d", size=size, lists=(("a", "b"),), suspects=("a", "d"))
    first, second = await reviewed(gate, setting), await reviewed(gate, replace(setting, lists=other))
    told = await told_apart(first, second, "who-reviews")
    assert not told, told


@pytest.mark.parametrize("size", [6, some(8)])
@pytest.mark.parametrize("observer", ["a", "b", some("d")])
async def test_no_therapist_can_tell_that_supervisors_keep_two_people_apart(
    gate: GateInAWorker, size: int, observer: str
) -> None:
    """Neither by the number of people they are told to be among, nor by the question of a small group."""
    setting = Setting(presenter="a", reviewers=("b", "e"), observer=observer, size=size, suspects=("b", "c", "d"))
    one, other = await reviewed(gate, setting), await reviewed(gate, replace(setting, pairs=(("b", "c"),)))
    told = await told_apart(one, other)
    assert not told, told


@pytest.mark.parametrize("observer", ["a", "b", some("e"), "s", some("p"), some("c")])
async def test_nobody_reads_the_minute_in_which_others_acted(gate: GateInAWorker, observer: str) -> None:
    setting = Setting(presenter="a", observer=observer, supervisors=("s",))
    one, other = await closed(gate, setting), await closed(gate, replace(setting, minutes=17))
    told = await told_apart(one, other)
    assert not told, told


# ---- choosing one's own reviewers ------------------------------------------------------------


@pytest.mark.parametrize("size", [4, 5, 6, 7, 8, 12])
async def test_no_list_of_ones_own_leaves_few_enough_to_name_them(gate: GateInAWorker, size: int) -> None:
    """Every filling of the form that is accepted leaves a reviewer three presenters, a case two more than it wants."""
    world = await clinic(gate, Setting(presenter="a", observer="a", size=size))
    player = world.player("a")
    form = await player.open("apart.open")
    (field,) = form.fields
    assert isinstance(field, ManyField)
    colleagues = [option.value for option in field.options]
    assert len(colleagues) == size - 1
    for count in range(len(colleagues) + 1):
        for named in list(combinations(colleagues, count))[:20]:
            if isinstance(await player.send(form, {"people": named}), Done):
                left = len(colleagues) - len(named)
                assert not named or left >= 4, f"{named} leaves {left} of {len(colleagues)}"
                mine = await world.find(NeverAssign, set_by=person_id("a"))
                assert {pair.other for pair in mine} == set(named)


def test_the_settings_are_people_of_the_demo() -> None:
    for setting in PRESENTERS.values():
        assert {setting.presenter, *setting.reviewers} <= set(MEMBERS)
