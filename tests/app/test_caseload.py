"""Mode, working time and leave as dated facts: typed, pressed, planned, corrected, entered by a supervisor."""

from __future__ import annotations

from datetime import date

import pytest

from bot.demo.clinic import person_id
from bot.demo.player import Player
from bot.demo.texts import REVIEWS
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.ports.records import ExperienceEntry, FteEntry, LeaveEntry, ModeEntry, OutboxEntry
from bot.ui.inbound import Invalid, Refused, Say, Show
from bot.ui.model import Items, plain
from tests.app.published_round import published, who
from tests.app.shown import open_case_of, press, text
from tests.world import World

# ---- mode


async def test_a_switch_shows_open_reviews_targets_and_the_next_due_day_before_and_after(world: World) -> None:
    player = world.player("b")
    before = text(await player.type("/caseload"))
    assert "28 / 56" in before  # what face-to-face would change is shown before the switch
    after = text(await player.type("/caseload f2f"))
    assert "3 → 2" in after
    assert "14 / 28 → 28 / 56" in after
    due = next(line for line in after.splitlines() if "Next supervision due" in line)
    assert "→" in due
    assert [e.mode for e in await world.find(ModeEntry, person=person_id("b"))] == ["f2f"]


async def test_a_switch_is_planned_for_a_date_and_takes_hold_on_it(world: World) -> None:
    player = world.player("b")
    planned = text(await player.type("/caseload face to face from 1 Feb"))
    assert "Mon, 1 Feb 2027" in planned
    assert "Open reviews at most: 3" in text(await player.type("/caseload"))
    await world.advance(days=15)
    assert "Open reviews at most: 2" in text(await player.type("/caseload"))


async def test_the_past_is_corrected_with_a_note_that_passes_the_gate(world: World) -> None:
    player = world.player("b")
    form = await player.type("/caseload blended 4.1.2027")
    assert isinstance(form, Show)  # a correction asks for its note
    without = await player.send(form.form, {"mode": ("blended",), "from_day": "2027-01-04", "note": ""})
    assert isinstance(without, Invalid)
    assert set(without.form.errors) == {"note"}
    note = "Forgot to switch; agreed with anna.berg@clinic.example"
    said = await player.send(form.form, {"mode": ("blended",), "from_day": "2027-01-04", "note": note})
    assert "History corrected" in text(said)
    history = text(await player.press("caseload.history"))
    assert "Forgot to switch" in history
    assert "anna.berg" not in history
    assert "Blended" in history


async def test_of_two_switches_for_one_day_both_stay_readable(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload f2f")
    await world.advance(hours=1)
    await player.type("/caseload blended")
    history = text(await player.press("caseload.history"))
    assert history.count("replaced by a later record") == 1


@pytest.mark.parametrize(
    "typed", ["/caseload gymnastics", "/caseload 12", "/caseload f2f from the 40th", "/caseload f2f on Mondays"]
)
async def test_words_that_are_not_read_change_nothing_and_bring_examples(world: World, typed: str) -> None:
    answer = text(await world.player("b").type(typed))
    assert "nothing was changed" in answer
    assert all(mode in answer for mode in ("icbt", "f2f", "blended", "leave until"))
    assert await world.find(ModeEntry) == []


async def test_a_mode_for_a_time_ends_by_itself(world: World) -> None:
    await world.player("b").type("/caseload f2f until Friday")
    entry = (await world.find(ModeEntry, person=person_id("b")))[0]
    assert (entry.from_day, entry.until_day) == (date(2027, 1, 18), date(2027, 1, 22))


@pytest.mark.parametrize(
    ("typed", "button", "leave"),
    [
        ("leave until 12 Jan", "Leave: Mon 18 Jan – Wed, 12 Jan 2028", (date(2027, 1, 18), date(2028, 1, 12))),
        ("leave next Friday", "Leave: Fri 29 Jan", (date(2027, 1, 29), date(2027, 1, 29))),
        ("leave from 12 Feb", "Leave: Fri 12 Feb – …", (date(2027, 2, 12), None)),
        ("leave until further notice", "Leave: Mon 18 Jan – …", (date(2027, 1, 18), None)),
    ],
)
async def test_in_doubt_nothing_happens_before_a_reading_is_chosen(
    world: World, typed: str, button: str, leave: tuple[date, date | None]
) -> None:
    player = world.player("b")
    asked = await player.type(f"/caseload {typed}")
    assert await world.find(LeaveEntry) == []
    await press(player, asked, button)
    assert [(e.first_day, e.last_day) for e in await world.find(LeaveEntry)] == [leave]


async def test_leave_alone_opens_its_form_and_a_share_of_full_time_its_own(world: World) -> None:
    player = world.player("b")
    for typed in ("leave", "parental leave", "barsel", "Elternzeit"):
        form = await player.type(f"/caseload {typed}")
        assert isinstance(form, Show)
        assert form.form.key == "caseload.leave.send"
    share = await player.type("/caseload 50 %")
    assert isinstance(share, Show)
    assert share.form.key == "caseload.work.send"


async def test_a_forged_reading_shows_the_caseload(world: World) -> None:
    for args in ({}, {"do": "leave", "first": "soon"}, {"do": "fly", "first": "2027-01-20"}):
        assert isinstance(await world.player("b").press("caseload.read", "", **args), Say)
    assert await world.find(LeaveEntry) == []


async def test_the_mode_already_chosen_is_said_with_what_is_planned(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload f2f from 1 Feb until 12 Feb")
    before = await world.find(ModeEntry)
    for answer in (await player.type("/caseload icbt"), await player.press("caseload.switch", mode="icbt")):
        assert "This is your caseload mode already." in text(answer)
        assert "From Mon, 1 Feb 2027: Face-to-face" in text(answer)
    assert await world.find(ModeEntry) == before


# typed on Monday 18 January · what it is asked with · its button · the end of the period then
ENDS_OF_A_MODE = [
    ("extend f2f by a week", None, "2027-02-19"),
    ("f2f for another three days", None, "2027-02-15"),
    ("shorten f2f by two days", None, "2027-02-10"),
    ("extend f2f until 19 Feb", None, "2027-02-19"),
    ("end f2f", "Face-to-face ends on Mon 18 Jan", "2027-01-18"),
    ("stop f2f", "Face-to-face ends on Mon 18 Jan", "2027-01-18"),
    ("stop f2f on Friday", "Face-to-face ends on Fri 22 Jan", "2027-01-22"),
    ("f2f", "Replace: Mon 18 Jan – …", None),
    ("f2f until 5 Feb", "Replace: Mon 18 Jan – Fri 5 Feb", "2027-02-05"),
]


@pytest.mark.parametrize(("typed", "button", "last"), ENDS_OF_A_MODE, ids=lambda part: str(part))
async def test_the_end_of_a_mode_that_runs_is_moved_or_asked(
    world: World, typed: str, button: str | None, last: str | None
) -> None:
    player = world.player("b")
    await player.type("/caseload f2f until 12 Feb")
    answer = await player.type(f"/caseload {typed}")
    if button:
        held = await world.find(ModeEntry, cancelled_at=None)
        assert [entry.until_day for entry in held] == [date(2027, 2, 12)]
        await press(player, answer, button)
    now = await world.find(ModeEntry, cancelled_at=None)
    assert [(e.mode, e.until_day) for e in now] == [("f2f", date.fromisoformat(last) if last else None)]


@pytest.mark.parametrize(
    ("before", "typed", "button", "after"),
    [
        (["f2f"], "stop f2f", "Face-to-face ends on Mon 18 Jan", [("f2f", "2027-01-18")]),
        ([], "end icbt", "Blended: Mon 18 Jan", [("blended", None)]),
        ([], "f2f for one more week", "Face-to-face: Mon 18 Jan – Sun 24 Jan", [("f2f", "2027-01-24")]),
        (["f2f from 1 Feb"], "extend f2f by a week", None, [("f2f", None)]),
        ([], "stop blended", None, []),
    ],
    ids=str,
)
async def test_what_ends_without_a_day_is_asked_about(
    world: World, before: list[str], typed: str, button: str | None, after: list[tuple[str, str | None]]
) -> None:
    player = world.player("b")
    for each in before:
        await player.type(f"/caseload {each}")
    held = await world.find(ModeEntry)
    answer = await player.type(f"/caseload {typed}")
    assert await world.find(ModeEntry) == held
    if button:
        await press(player, answer, button)
    now = await world.find(ModeEntry, cancelled_at=None)
    assert [(e.mode, e.until_day.isoformat() if e.until_day else None) for e in now] == after


async def test_the_form_says_what_a_mode_means_on_the_day_that_is_corrected(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload f2f")
    form = await player.type("/caseload blended from 4 Jan 2027")
    assert isinstance(form, Show)
    told = [plain(each) for block in form.form.body if isinstance(block, Items) for each in block.lines]
    assert ["targets 28 days" in each for each in told] == [False, True, False]


# ---- working time


async def test_share_of_full_time_and_experience_are_dated(world: World) -> None:
    player = world.player("a")
    form = await player.open("caseload.work")
    values = {"fte": "60", "fte_from": "2027-02-01", "practising_since": "2026-10-01"}
    assert isinstance(await player.send(form, values), Say)
    now = text(await player.type("/caseload"))
    assert "Share of full time: 100%" in now
    assert "novice until" in now
    assert "7 / 14" in now
    await world.advance(days=15)
    assert "Share of full time: 60%" in text(await player.type("/caseload"))
    assert [f.fte for f in await world.find(FteEntry)] == [0.6]
    assert len(await world.find(ExperienceEntry)) == 1


async def test_a_supervisor_records_it_for_a_member_and_nobody_else_does(world: World) -> None:
    form = await world.player("s").open("caseload.work", person_id("a"))
    values = {"fte": "50", "fte_from": "2027-01-18", "practising_since": ""}
    assert isinstance(await world.player("s").send(form, values), Say)
    assert "Share of full time: 50%" in text(await world.player("a").type("/caseload"))
    for step in ("caseload.work", "caseload.leave"):
        refused = await world.player("b").press(step, person_id("a"))
        assert isinstance(refused, Refused)
        assert refused.key == "not_found_here"


# ---- leave


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("from 18 Jan 2027 until 12 Jan 2028", date(2027, 1, 18), date(2028, 1, 12)),
        ("2 weeks", date(2027, 1, 18), date(2027, 1, 31)),
        ("tomorrow", date(2027, 1, 19), date(2027, 1, 19)),
        ("week 7", date(2027, 2, 15), date(2027, 2, 21)),
        ("til 12. februar", date(2027, 1, 18), date(2027, 2, 12)),
        ("vom 1.2. bis 12.2.", date(2027, 2, 1), date(2027, 2, 12)),
        ("från 1 feb till 12 feb", date(2027, 2, 1), date(2027, 2, 12)),
        ("on monday", date(2027, 1, 25), date(2027, 1, 25)),
    ],
)
async def test_leave_is_typed_as_people_type_dates(world: World, typed: str, first: date, last: date | None) -> None:
    assert isinstance(await world.player("b").type(f"/caseload leave {typed}"), Say)
    assert [(e.first_day, e.last_day) for e in await world.find(LeaveEntry)] == [(first, last)]


async def test_leave_that_ends_before_it_starts_is_refused_typed_and_in_the_form(world: World) -> None:
    player = world.player("b")
    assert "before the first" in text(await player.type("/caseload leave from 12.2.2027 to 1.2.2027"))
    form = await player.open("caseload.leave")
    sent = await player.send(form, {"first_day": "2027-02-12", "last_day": "2027-02-01", "own_cases": ("keep",)})
    assert isinstance(sent, Invalid)
    assert set(sent.form.errors) == {"last_day"}
    assert await world.find(LeaveEntry) == []


async def test_overlapping_leave_is_one_and_ends_as_one(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave until 5 Feb")
    asked = await player.type("/caseload leave from 20 Jan to 20 Feb")
    await press(player, asked, "Join")
    assert "Leave: Mon, 18 Jan 2027 to Sat, 20 Feb 2027" in text(await player.type("/caseload"))
    await world.advance(days=7)
    assert isinstance(await player.type("/caseload back"), Say)
    assert "Leave" not in text(await player.type("/caseload")).replace("Take leave", "")


async def test_a_supervisor_enters_leave_for_a_member_who_is_told_and_can_end_it(world: World) -> None:
    supervisor, member = world.player("s"), world.player("b")
    form = await supervisor.open("caseload.leave", person_id("b"))
    values = {"first_day": "2027-01-25", "last_day": "", "own_cases": ("keep",), "cover": ()}
    assert "Therapist B (Kiel) will be told" in text(await supervisor.send(form, values))
    await world.settle()
    card = next(c for c in world.inbox("b") if c.key == "notice.leave_entered")
    assert "25 Jan" in card.summary
    await world.advance(days=8)
    assert "On leave" in text(await member.type("/caseload"))
    entry = (await world.find(LeaveEntry))[0]
    assert isinstance(await supervisor.press("caseload.back", entry.id), Say)
    assert "Caseload mode: iCBT" in text(await member.type("/caseload"))


async def take_leave(player: Player, own: str, cover: str = "") -> None:
    form = await player.open("caseload.leave")
    values = {"first_day": "in 3 days", "last_day": "in 20 days", "own_cases": (own,), "cover": (cover,)}
    assert isinstance(await player.send(form, values), Say)


async def test_own_cases_are_withdrawn_when_leave_begins_not_before(world: World) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    await take_leave(world.player("a"), "withdraw")
    assert (await world.find(Case, id=case.id))[0].open
    await world.advance(days=3)
    assert (await world.find(Case, id=case.id))[0].withdrawn_at
    async with world.store.begin("org_demo", write=False) as uow:
        assert await uow.texts(case.id, "case") == {}


async def test_a_covering_therapist_presents_the_case_from_the_first_day_on(world: World) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    assignments = await world.find(Assignment, case=case.id, ended_at=None)
    cover = assignments[0].reviewer  # even one of its reviewers: the assignment goes to somebody else first
    player = world.player(cover.rpartition("_")[2])
    await take_leave(world.player("a"), "cover", cover)
    await world.advance(days=3)
    assert isinstance(await player.press("case.page", case.id), Show)
    gone = await world.player("a").press("case.page", case.id)
    assert isinstance(gone, Refused)
    now = await world.find(Assignment, case=case.id, ended_at=None)
    assert cover not in {s.reviewer for s in now}
    (told,) = await world.find(OutboxEntry, card="case_covered", person=cover)
    assert told.sent_at or told.args["carrier"], "by itself, or with the review that is no longer theirs"


async def test_whoever_covers_the_presenter_sees_the_same(world: World) -> None:
    """Naming one colleague after the other, and undoing it, would tell who reviews, and who has written already."""
    await published(world)
    case = await open_case_of(world, "a")
    await world.advance(days=3)
    for assignment in (await world.find(Assignment, case=case.id, ended_at=None))[:1]:
        reviewer = world.player(assignment.reviewer.rpartition("_")[2])
        form = await reviewer.open("review.open", assignment.id)
        await reviewer.send_and_confirm(form, {"reflection": "I see a wish.", "suggestion": "Ask less."})
    start, seen = world.kept(), {}
    for cover in "bcdefg":
        world.restore(start)
        form = await world.player("a").open("caseload.leave")
        values = {"first_day": "today", "last_day": "in 9 days", "own_cases": ("cover",), "cover": (person_id(cover),)}
        said = text(await world.player("a").send(form, values))
        await world.settle()
        seen[cover] = (said, await world.told("a"), text(Say(await world.player("a").home())))
    assert len(set(map(repr, seen.values()))) == 1, seen


async def test_cover_needs_a_name_and_refuses_a_stranger(world: World) -> None:
    player = world.player("a")
    form = await player.open("caseload.leave")
    for cover in ((), ("per_nobody",), (person_id("a"),)):
        values = {"first_day": "2027-02-03", "last_day": "", "own_cases": ("cover",), "cover": cover}
        sent = await player.send(form, values)
        assert isinstance(sent, Invalid)
        assert set(sent.form.errors) == {"cover"}


async def test_after_leave_one_review_at_most_for_two_weeks(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave until 31 Jan")
    await world.advance(days=15)
    assert "Open reviews at most: 1 (in the first 14 days after leave)" in text(await player.type("/caseload"))
    await world.advance(days=14)
    assert "Open reviews at most: 3" in text(await player.type("/caseload"))


async def test_a_released_case_waits_for_its_presenters_takeaway_until_after_the_leave(world: World) -> None:
    await published(world)
    case = await open_case_of(world, "a")
    await world.advance(days=4)
    for assignment in await world.find(Assignment, case=case.id, ended_at=None):
        reviewer = who(assignment, world)
        form = await reviewer.open("review.open", assignment.id)
        await reviewer.send_and_confirm(form, {"reflection": REVIEWS[0][0], "suggestion": REVIEWS[0][1]})
    assert (await world.find(Case, id=case.id))[0].released_at
    await world.player("a").type("/caseload leave until 28 Feb")
    await world.advance(days=30)
    assert (await world.find(Case, id=case.id))[0].open
    await world.advance(days=30)
    assert not (await world.find(Case, id=case.id))[0].open
