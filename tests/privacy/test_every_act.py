"""Every command of the program is played by somebody who wants to find something out; two worlds give them the same.

The commands are those of the table (`bot/app/commands.py`), found by following what is offered (`trails.py`): a door
that is added is played, or `UNPLAYED` says why not. `test_acting.py` draws plots of several acts instead.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.app.commands import COMMANDS
from bot.domain.message_review import CaseKind
from tests.gate import GateInAWorker, rules_alone
from tests.privacy.acting import Stage, by, differences, follow, press, send, wait
from tests.privacy.declared import declared
from tests.privacy.stages import (
    Setting,
    agreed,
    asked,
    asked_back,
    closed,
    emptied,
    excerpt,
    half_closed,
    looked,
    planned,
    replaced,
    reviewed,
    shared,
    told_later,
    unreached,
    weeks_later,
)
from tests.privacy.trails import Trail, trails

Make = Callable[[GateInAWorker], Awaitable[Stage]]


@dataclass(frozen=True)
class Viewpoint:
    """What an observer is to a case: two clinics that differ in what is hidden from them, and what others do first."""

    one: Make
    other: Make
    before: Trail = ()
    declared: tuple[str, ...] = ()


def at(
    stage: Callable[..., Awaitable[Stage]],
    setting: Setting,
    before: Trail = (),
    declared: tuple[str, ...] = (),
    *more: str,
    **hidden: Any,
) -> Viewpoint:
    """One at a stage; in the other world what is `hidden` is different, or the stage's last argument is (`more`)."""
    one, other = (more[0], more[1]) if more else (None, None)

    def make(changed: Setting, argument: str | None) -> Make:
        async def made(gate: GateInAWorker) -> Stage:
            return await (stage(gate, changed) if argument is None else stage(gate, changed, argument))

        return made

    return Viewpoint(make(setting, one), make(replace(setting, **hidden), other), before, declared)


HIDDEN = Setting(presenter="d", observer="b", reviewers=("b", "e"), suspects=("d", "a"))
"""B reviews; D presents, or A does."""
PLANS = replace(HIDDEN, observer="s", supervisors=("s", "g"))
AUTHOR = Setting(presenter="a", observer="a", reviewers=("b", "e"), suspects=("b", "g", "f", "e"))
VIEWPOINTS = {
    "presents": at(reviewed, AUTHOR, reviewers=("g", "f")),
    "presents, and is asked a question": at(asked, AUTHOR, reviewers=("g", "f")),
    "presents, when advice is asked": at(reviewed, AUTHOR, (wait(72),), reviewers=("g", "f")),
    "reads what was written": at(replaced, AUTHOR, (), (), "", "B"),
    "reviews": at(reviewed, HIDDEN, presenter="a"),
    "reviews, when advice is asked": at(reviewed, HIDDEN, (wait(72),), presenter="a"),
    "reviews a message, when it may be marked": at(
        reviewed, replace(HIDDEN, kind=CaseKind.MESSAGE), (wait(72),), presenter="a"
    ),
    "supervises people with worksheets": at(
        reviewed, replace(PLANS, worksheets=(("a", "P9"),)), worksheets=(("a", "P9"), ("a", "P123"))
    ),
    "is the officer of people with worksheets": at(
        reviewed,
        replace(HIDDEN, observer="p", worksheets=(("a", "P9"),)),
        worksheets=(("a", "P9"), ("a", "P123")),
    ),
    "reviews, in Slack": at(reviewed, replace(HIDDEN, platform="slack"), presenter="a"),
    "reviews beside somebody": at(reviewed, replace(HIDDEN, suspects=("e", "f")), reviewers=("b", "f")),
    "reviews and supervises": at(
        reviewed, replace(PLANS, reviewers=("s", "e")), declared=("looked-up",), presenter="a"
    ),
    "is asked to take a review over": at(
        reviewed, replace(HIDDEN, observer="g"), (by("e", "review.swap", "fellow", 7),), presenter="a"
    ),
    "is sent on leave by a supervisor": at(
        reviewed,
        replace(HIDDEN, suspects=("d", "a", "b")),
        (by("s", "caseload.leave", "person b"),),
        presenter="a",
    ),
    "has no part": at(reviewed, replace(HIDDEN, observer="c"), presenter="a"),
    "supervises": at(reviewed, PLANS, declared=("who-reviews", "looked-up"), presenter="a"),
    "supervises a group of six": at(reviewed, replace(PLANS, size=6, supervisors=("s",)), presenter="a"),
    "supervises somebody whom nothing reaches": at(unreached, replace(PLANS, suspects=("d", "a", "b")), presenter="a"),
    "supervises, and lets a case that lacks a reviewer want one fewer": at(
        emptied,
        PLANS,
        (press("round.show", "round"), follow("round.fewer")),
        ("who-reviews", "looked-up"),
        presenter="a",
    ),
    "is alerted": at(
        reviewed,
        PLANS,
        (by("b", "risk.raise", "case"), wait(1)),
        ("alert-clinic", "who-reviews", "looked-up"),
        presenter="a",
    ),
    "plans": at(planned, replace(PLANS, pairs=(("b", "c"),)), (), ("who-reviews",), "adf", "dfa"),
    "takes a second look": at(looked, PLANS, presenter="a"),
    "gets a case back": at(looked, AUTHOR, (by("s", "look.open", "look"), by("s", "look.return", "look", 1))),
    "supervises while a round ends": at(half_closed, PLANS, presenter="a"),
    "reviewed in a round that is over": at(closed, replace(HIDDEN, observer="b"), presenter="a"),
    "is asked back": at(asked_back, HIDDEN, presenter="a"),
    "is asked what became of it": at(weeks_later, AUTHOR, reviewers=("g", "f")),
    "reads what became of it": at(told_later, HIDDEN, presenter="a"),
    "proposes an excerpt": at(closed, AUTHOR, reviewers=("g", "f")),
    "is asked for an excerpt": at(excerpt, HIDDEN, presenter="a"),
    "looks at an excerpt": at(agreed, PLANS, declared=("round-over", "who-reviews", "looked-up"), presenter="a"),
    "has a case that waits": at(shared, AUTHOR),
    "reads what is shared": at(shared, HIDDEN, presenter="a"),
    "signs": at(closed, PLANS, (by("b", "log.sign", ""),), ("round-over",), presenter="a"),
    "is the officer": at(reviewed, replace(HIDDEN, observer="p"), presenter="a"),
    "manages": at(reviewed, replace(HIDDEN, observer="m"), presenter="a"),
}
QUICK = {"presents", "reviews beside somebody"}
ENDS = frozenset({"round.publish"})
"""Whoever published a round reads who reviews in it, so what follows differs; it is played from stages of its own."""
UNPLAYED = {
    **dict.fromkeys(
        ("overview.weeks", "log.rhythm", "log.export", "log.export.send", "report.show", "round.sheet"),
        "draws a picture or a file; walked by tests/unit/reports and the canary pages",
    ),
    **dict.fromkeys(
        ("caseload.leave.settle", "caseload.mode.settle"), "asks about days that overlap: app/test_amended.py"
    ),
    **dict.fromkeys(
        ("caseload.mode.delete", "caseload.work.delete", "caseload.limit.delete"),
        "about what was recorded before it, of one's own or a member's working time; app/test_amended.py",
    ),
    "overview.find": "names of groups, of which there are more than twelve; app/test_overview_of_many.py",
    **dict.fromkeys(
        ("staff.join.send", "staff.stay", "places.merge.send", "policies.find", "policies.reset"),
        "an administrator about people, places and rules, never a case",
    ),
    **dict.fromkeys(
        ("roster.open", "roster.send", "roster.add", "roster.offer", "roster.find", "roster.find.send"),
        "an administrator about people and groups of a chat that names its members, never a case: app/test_roster.py",
    ),
    "settings.disconnect": "another account of one's own",
    "operations.again": "a message that failed, without its text or case",
    "series.show": "opened from a message about a series; the same page as series.list",
    "series.said": "an answer to a message about a series",
    "log.sign.back": "for ten minutes after signing",
    "log.sign.outside.send": "without an account, by a link: app/test_outside_signature.py",
    **dict.fromkeys(("text.preview", "draft.discard"), "one's own unsent words, by the draft's id: app/test_drafts.py"),
    **dict.fromkeys(
        ("officer.find", "officer.agree", "officer.confirm", "officer.fetch", "officer.withdraw"),
        "an officer by name or code, and with a second person: app/test_officer.py",
    ),
    "caseload.leave.days": "asks about days that were typed in two ways: app/test_caseload.py",
    **dict.fromkeys(
        ("pick.server", "pick.server.send"), "one's own worksheet and a server: app/test_worksheet_server.py"
    ),
    "pick.file.send": "a file's scores go to rows of one's own worksheet: app/test_worksheet_file.py",
    "case.urgent.back": "one's own case that nobody reviews yet: app/test_urgent_cases.py",
    "case.urgent": "one's own case, out on a morning of the group: app/test_urgent_cases.py",
    "exemplar.withdraw": "one's own excerpt, once it is proposed: app/test_library.py",
    **dict.fromkeys(
        ("goal.end", "goal.half.send"), "one's own goal, which nobody else reads: app/test_learning_goal.py"
    ),
    **dict.fromkeys(
        ("library.find", "library.read", "library.recognise"),
        "what a group keeps, without code, day or name: app/test_library.py",
    ),
    "report.method": "draws a file from settings: app/test_method_sheet.py",
    **dict.fromkeys(
        ("risk.drill", "risk.drill_heard"),
        "practises the alert of a clinic, never about a case: app/test_alert_drill.py",
    ),
    "setup.workspace.send": "an administrator lets a workspace in",
    "absences.settle": "an entry of one's own calendar that overlaps leave",
}


WAYS: dict[str, dict[str, Trail]] = {}
"""Found once for both tests below."""


async def _ways(who: str, stage: Stage) -> dict[str, Trail]:
    if who not in WAYS:
        WAYS[who] = await trails(stage, VIEWPOINTS[who].before, ends=ENDS)
    return WAYS[who]


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """The gate without its learned models: what passes it is not the subject here."""
    return rules_alone()


@pytest.mark.parametrize(
    "who", [who if who in QUICK else pytest.param(who, marks=pytest.mark.slow) for who in VIEWPOINTS]
)
async def test_no_command_tells_what_is_hidden(gate: GateInAWorker, who: str) -> None:
    viewpoint = VIEWPOINTS[who]
    one, other = await viewpoint.one(gate), await viewpoint.other(gate)
    ways = await _ways(who, one)
    found = await differences(one, other, list(ways.values()), declared(*viewpoint.declared))
    told = "\n".join(map(str, found))
    assert not told, told


@pytest.mark.slow
async def test_every_command_of_the_table_is_played_by_somebody(gate: GateInAWorker) -> None:
    played: set[str] = set()
    for who, viewpoint in VIEWPOINTS.items():
        played |= set(WAYS.get(who) or await _ways(who, await viewpoint.one(gate)))
    missing = {command.key for command in COMMANDS} - played
    assert sorted(missing - set(UNPLAYED)) == []
    assert sorted(set(UNPLAYED) - missing) == [], "these are played"


@pytest.mark.parametrize("hidden", [{"presenter": "a"}, {"reviewers": ("g", "e")}])
async def test_an_officer_who_looks_people_up_reads_neither_who_presents_nor_who_reviews(
    gate: GateInAWorker, hidden: dict[str, Any]
) -> None:
    """What is stored of a person, what an erasure would do, lines of the trail, the same for both."""
    setting = replace(HIDDEN, observer="p", suspects=("d", "a", "b", "g"))
    one, other = await reviewed(gate, setting), await reviewed(gate, replace(setting, **hidden))
    looks = [(press(key, f"person {who}"),) for key in ("officer.show", "officer.erase") for who in setting.suspects]
    found = await differences(one, other, [*looks, *((press("officer.trail"), send(n)) for n in range(6))])
    told = "\n".join(map(str, found))
    assert not told, told
