"""The supervisor's overview: most urgent first, one tap for each remedy, a heat map, and warnings about the cadence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.app.facts.permissions import members
from bot.app.overview.standings import standing, standings_of
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.texts import REVIEWS
from bot.domain.assignment import Assignment
from bot.domain.organisation import Group
from bot.domain.person import Contact
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Done, Outcome, Refused, Say, Show
from bot.ui.model import Action, Buttons, Form, Notice, Row, Table, Tone, plain
from tests.app.published_round import published
from tests.app.shown import text
from tests.world import World


async def rows(world: World) -> dict[str, Row]:
    """The lines of people, by name, in order."""
    outcome = await world.player("s").type("/supervision overview")
    assert isinstance(outcome, Say)
    found = [b for b in outcome.card.body if isinstance(b, Row)]
    return {plain(row.line).split(" · ")[0]: row for row in found}


def action(row: Row, key: str) -> Action:
    return next(a for a in row.actions if a.key == key)


async def press(world: World, act: Action) -> Outcome:
    return await world.player("s").press(act.key, act.subject, **act.args)


async def test_the_most_urgent_stand_first_with_state_days_and_target(world: World) -> None:
    await world.player("e").type("/caseload leave until 12 Feb")
    await world.player("f").type("/caseload f2f")
    await world.advance(days=16)
    order = [plain(row.line).split(" · ")[1] for row in (await rows(world)).values()]
    urgency = ["message not delivered", "overdue", "due soon", "round under way", "no round", "on leave", "on track"]
    assert order == sorted(order, key=urgency.index)
    assert "on leave" in plain((await rows(world))["Therapist E (Lund)"].line)
    assert "of 21 (14 + 7)" in plain((await rows(world))["Therapist A (Kiel)"].detail)


async def test_who_cannot_be_reached_is_not_overdue(world: World) -> None:
    await world.advance(days=40)
    async with world.store.begin(ORGANISATION) as uow:
        for contact in await uow.find(Contact, person=person_id("a")):
            await uow.save(replace(contact, failed_at=world.clock.now()))
        await uow.commit()
    assert "message not delivered" in plain((await rows(world))["Therapist A (Kiel)"].line)
    assert next(iter(await rows(world))) == "Therapist A (Kiel)"


async def test_a_nudge_arrives_once_a_day_and_only_while_something_is_due(world: World) -> None:
    await world.advance(days=16)
    row = (await rows(world))["Therapist A (Kiel)"]
    for _ in range(2):
        assert isinstance(await press(world, action(row, "supervision.nudge")), Done)
    await world.settle()
    nudges = [c for c in world.inbox("a") if c.key == "notice.nudge"]
    assert len(nudges) == 1
    assert "Own case presented" in nudges[0].summary
    assert "case.new" in {a.key for a in nudges[0].actions}


async def test_nobody_nudges_themselves(world: World) -> None:
    await world.advance(days=16)
    own = (await rows(world))["Supervisor (Kiel)"]
    assert "overdue" in plain(own.line)
    assert {act.key for act in own.actions} == {"supervision.member"}


async def test_one_tap_leads_to_reassign_leave_working_time_and_signing(world: World) -> None:
    assignments = await published(world)
    await world.advance(days=12)
    late = next(s for s in assignments if s.reviewer != person_id("s"))
    letter = late.reviewer[-1].upper()
    row = next(row for name, row in (await rows(world)).items() if name.startswith(f"Therapist {letter} "))
    assert isinstance(await press(world, action(row, "review.reassign")), Show)
    page = await press(world, action(row, "supervision.member"))
    assert isinstance(page, Show)
    offered = {a.key for a in page.form.actions}
    assert {"caseload.leave", "caseload.work", "log.sign.member"} <= offered
    for act in page.form.actions:
        assert isinstance(await press(world, act), Show | Done)


async def test_the_heat_map_has_a_line_a_member_and_numbers(world: World) -> None:
    await world.player("e").type("/caseload leave until 12 Feb")
    outcome = await world.player("s").press("overview.weeks", GROUP)
    assert isinstance(outcome, Say)
    table = next(b for b in outcome.card.body if isinstance(b, Table))
    assert "Members: 8, weeks: 13." in text(outcome)
    assert len(table.rows) == 8
    counts = [[plain(cell) for cell in row[1:]] for row in table.rows]
    for numbers, dark in zip(counts, table.shades, strict=True):
        assert [n not in {"0", "–"} for n in numbers] == [shade > 0 for shade in dark[1:]]
    assert len(table.columns) == 14
    on_leave = next(row for row in table.rows if plain(row[0]) == "Therapist E (Lund)")
    assert plain(on_leave[-1]) == "–"


async def test_the_set_up_warns_when_the_cadence_cannot_meet_a_target(world: World) -> None:
    """Seven days and the seven of a round's window, as rhythm and report count them."""
    for weeks in (2, 4):
        async with world.store.begin(ORGANISATION) as uow:
            group = await uow.get(Group, GROUP)
            await uow.save(replace(group, policy={"cadence_weeks": weeks}))
            await uow.commit()
        said = text(await world.player("s").type("/supervision overview"))
        assert ("the target of 7 days" in said) == (weeks == 4)
        assert ("a target of 21 days, would fit" in said) == (weeks == 4)


async def test_asked_together_everybody_stands_where_they_stand_alone(world: World) -> None:
    """What is read for all at once is what would be read for each."""
    await published(world)
    await world.player("e").type("/caseload leave until 12 Feb")
    await world.advance(days=12)
    async with world.entry.reading(world.player("s").actor) as ctx:
        assert ctx
        group = await ctx.uow.get(Group, GROUP)
        together = await standings_of(ctx, group, await members(ctx, group))
        policy = await ctx.policy(group)
        for each in together:
            assert each == await standing(ctx, each.person, policy), each.person.name
        assert any(each.owed for each in together)


async def test_only_supervisors_of_the_group_get_any_of_it(world: World) -> None:
    for key in ("a", "m", "p"):
        for step, subject in (("supervision.member", person_id("b")), ("overview.weeks", GROUP)):
            assert isinstance(await world.player(key).press(step, subject), Refused)
    stranger = await world.player("s").press("supervision.member", person_id("m"))
    assert isinstance(stranger, Refused)
    assert stranger.key == "not_found_here"


async def test_a_series_in_preparation_is_warned_about_at_its_own_cadence(world: World) -> None:
    form = await world.player("s").open("series.new")
    for rhythm, warned in (("4", True), ("1", False)):
        values = {"rhythm": (rhythm,), "anchor": "2027-01-25", "at": "09:00"}
        shown = await world.player("s").send(form, values)
        assert isinstance(shown, Show), shown
        assert ("the target of 14 days" in text(shown)) is warned


async def test_the_year_ahead_names_thin_rounds_and_who_will_miss_what(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for key in "abcdef":
            first, last = date(2027, 7, 5), date(2027, 7, 25)
            await uow.add(LeaveEntry(f"lea_{key}", ORGANISATION, person_id(key), first, last, world.clock.now(), "s"))
        await uow.commit()
    outcome = await world.player("s").press("overview.year", GROUP)
    assert isinstance(outcome, Say)
    shown = text(outcome)
    assert "Thin rounds" in shown
    assert "2 of 8 there" in shown
    assert "Therapist" in shown or "Everybody can meet" in shown
    refused = await world.player("b").press("overview.year", GROUP)
    assert isinstance(refused, Refused)


async def test_the_year_ahead_counts_rounds_that_are_open_or_under_way(world: World) -> None:
    """At best all meet it: whether somebody presents in it is nobody's to know, and who reviews in it will."""
    ahead = "Own case presented, 42 days, allowed 35"
    assert ahead in text(await world.player("s").press("overview.year", GROUP))
    await published(world)
    shown = text(await world.player("s").press("overview.year", GROUP))
    assert ahead not in shown
    assert "a round under way counts as met" in shown
    assert "Thin: fewer cases can be reviewed" in shown


async def test_the_year_ahead_begins_with_the_round_that_collects_cases(world: World) -> None:
    supervisor = world.player("s")
    await supervisor.send(await supervisor.open("round.new"), {"group": (GROUP,)})
    shown = text(await supervisor.press("overview.year", GROUP))
    assert "The next 27 rounds" in shown
    assert "42 days" not in shown


async def test_the_year_ahead_says_when_nobody_has_planned_what_it_plays(world: World) -> None:
    """Until the group has a series; and no praise stands above targets that are missed."""
    supervisor = world.player("s")
    shown = await supervisor.press("overview.year", GROUP)
    assert isinstance(shown, Say)
    assert "Nobody has planned these rounds" in text(shown)
    assert "series.new" in [a.key for b in shown.card.body if isinstance(b, Buttons) for a in b.actions]
    assert "missed" in text(shown)
    assert "No round is thin." not in text(shown)
    assert not any(isinstance(block, Notice) and block.tone is Tone.OK for block in shown.card.body)
    values = {"rhythm": ("2",), "anchor": "2027-01-25", "at": "09:00", "group": (GROUP,)}
    form = await supervisor.send(await supervisor.open("series.new"), values)
    assert not isinstance(form, Refused)
    if isinstance(form, Show):
        assert isinstance(form.form, Form)
        await supervisor.send(form.form, values)
    assert "Nobody has planned these rounds" not in text(await supervisor.press("overview.year", GROUP))


async def test_the_legend_says_the_numbers_of_the_group(world: World) -> None:
    assert "(days ahead: 3), or the last 25 %" in text(await world.player("s").type("/supervision overview"))
    async with world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={**group.policy, "due_soon_days": 5, "due_soon_percent": 40}))
        await uow.commit()
    assert "(days ahead: 5), or the last 40 %" in text(await world.player("s").type("/supervision overview"))


async def test_the_pages_say_what_they_count(world: World) -> None:
    """Where days, states and squares stand, their meaning stands beside them."""
    player = world.player("s")
    for shown in (await player.type("/supervision overview"), await player.type("/supervision")):
        assert "A round counts from the day it went out if everything was in by its deadline" in text(shown)
    overview = text(await player.type("/supervision overview"))
    for state in ("Due soon:", "Overdue:", "No round:"):
        assert state in overview
    weeks = text(await player.press("overview.weeks", GROUP))
    assert "On how many days of a week each member had supervision" in weeks
    assert "Of a round that is not over only reviews that are in count here" in weeks


async def test_of_a_running_round_reviews_count_on_the_overview_and_own_cases_do_not(world: World) -> None:
    """As the page says: who reviews the supervisor knows anyway, who presents nobody is to know."""
    given = {a.reviewer: a for a in await published(world)}
    mine = given[min(set(given) - {person_id("d"), person_id("s")})]
    player = world.player(mine.reviewer.rpartition("_")[2])
    before = await rows(world)
    await world.advance(days=4)
    for owed in await world.find(Assignment, reviewer=mine.reviewer, submitted_at=None, ended_at=None):
        form = await player.open("review.open", owed.id)
        await player.send_and_confirm(form, {"reflection": REVIEWS[0][0], "suggestion": REVIEWS[0][1]})
    after = await rows(world)
    fresh = [name for name, row in after.items() if "day 4 of" in plain(row.detail)]
    assert [name.split(" (")[0] for name in fresh] == [f"Therapist {mine.reviewer[-1].upper()}"]
    assert set(after) == set(before)


async def test_without_a_series_the_year_ahead_goes_on_from_the_last_round(world: World) -> None:
    """On its weekday, whatever day somebody looks."""
    await published(world)  # Monday, 18 January
    await world.advance(days=5)
    assert "one every 2 weeks from Mon, 1 Feb 2027 on" in text(await world.player("s").press("overview.year", GROUP))
