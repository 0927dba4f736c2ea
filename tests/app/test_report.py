"""The quarterly report in the product: numbers from stored facts, kept at first sight, revised, hidden where small."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from bot.app.steps.recount import recount, recount_everything
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Membership, Organisation
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.ports.records import Audited, AuditEntry, CountedQuarter, LogEntry, PersonQuarter, PublishedReport
from bot.reports.sheets import dump_sheet, load_sheet
from bot.runtime.housekeeping import Housekeeper
from bot.runtime.recount_check import miscounted
from bot.ui.inbound import Hand, Outcome, Refused, Say
from bot.ui.model import Buttons, Picture, Table, plain
from tests.app.published_round import published
from tests.app.shown import text
from tests.world import World


def table(outcome: Outcome) -> list[list[str]]:
    assert isinstance(outcome, Say), outcome
    found = next(b for b in outcome.card.body if isinstance(b, Table))
    return [[plain(cell) for cell in row] for row in found.rows]


async def rows(world: World, typed: str) -> dict[tuple[str, str], dict[str, str]]:
    """The CSV by clinic and mode."""
    handed = await world.player("m").type(f"/report {typed} csv")
    assert isinstance(handed, Hand), handed
    read = csv.DictReader(io.StringIO(handed.document.content.decode("utf-8-sig")))
    return {(row["clinic"], row["mode"]): row for row in read}


async def test_the_demo_clinics_quarter_by_hand(world: World) -> None:
    """Eight therapists joined on 27 September 2026; six rounds from 26 October on, every fourteen days."""
    whole = (await rows(world, "q4 2026"))["All", "All"]
    cases = {e.source.split(":")[1] for e in await world.find(LogEntry) if e.day <= date(2026, 12, 31)}
    presented = await world.find(LogEntry, role="presenter")
    reviewed = await world.find(LogEntry, role="reviewer")
    assert whole["therapists"] == "8"
    assert whole["coverage"] == "> 90"  # of eight, 100 would be true of each
    # Rounds were published on 26 Oct, 9 and 23 Nov, 7 and 21 Dec and 4 Jan: five of them in the quarter.
    assert whole["cases"] == str(4 * 5)
    assert whole["reviews"] == str(sum(e.day <= date(2026, 12, 31) for e in reviewed)) == str(8 * 5)
    assert whole["turnaround"] == "6"
    assert (whole["on_time"], whole["met"]) == ("> 90", "")
    assert len(cases) == 20
    assert len(presented) == 24


async def test_small_clinics_are_hidden_and_nothing_is_left_to_subtract(world: World) -> None:
    shown = await rows(world, "q4 2026")
    assert shown["All", "All"]["hidden"] == ""
    for clinic in ("Kiel", "Lund", "Aarhus"):  # four, two and two people
        assert shown[clinic, "All"]["hidden"] == "hidden"
        assert shown[clinic, "All"]["therapists"] == ""


async def test_the_card_has_charts_with_words_tables_and_the_way_to_files(world: World) -> None:
    outcome = await world.player("m").type("/report")
    assert isinstance(outcome, Say)
    assert "Quarter 4 of 2026" in outcome.card.title
    pictures = [b for b in outcome.card.body if isinstance(b, Picture)]
    assert all(p.alt and p.png.startswith(b"\x89PNG") for p in pictures)
    assert [row[0] for row in table(outcome)] == ["All", "Internet-delivered (iCBT)"]
    assert "Hidden (6): Aarhus, Aarhus · Internet-delivered (iCBT)" in text(outcome)
    assert [a.args["format"] for a in outcome.card.actions] == ["pdf", "csv"]
    pdf = await world.player("m").press("report.show", outcome.card.actions[0].subject, format="pdf")
    assert isinstance(pdf, Hand)
    page = "".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf.document.content)).pages)
    assert "Demo service" in page
    assert "Therapist A" not in page
    audited = await world.find(AuditEntry, what=Audited.EXPORTED.value)
    assert [a.detail for a in audited] == [{"quarter": "2026-Q4"}]


async def test_the_same_facts_give_the_same_check_sum(world: World) -> None:
    first = text(await world.player("m").type("/report q4"))
    assert text(await world.player("m").type("/report q4")) == first
    assert len(await world.find(PublishedReport)) == 2  # the quarter and the one before it, for the trend


async def test_a_later_correction_is_marked_as_revised(world: World) -> None:
    before = (await rows(world, "q4"))["All", "All"]
    entry = (await world.find(LogEntry, role="presenter", person=person_id("a"), order=("day",)))[0]
    await world.player("a").press("log.withdraw", entry.id)
    after = (await rows(world, "q4"))["All", "All"]
    assert after["own_within"] != before["own_within"]
    assert "own_within" in after["revised"].split()
    assert before["revised"] == ""
    assert "* revised" in text(await world.player("m").type("/report q4"))


async def test_who_moves_or_joins_late_stays_out_of_the_revision(world: World) -> None:
    await rows(world, "q4")
    async with world.store.begin(ORGANISATION) as uow:
        person = await uow.get(Person, person_id("d"))
        await uow.save(replace(person, clinic="cli_kiel"))  # Kiel would have five now
        for n in range(3):
            late = replace(person, id=f"per_late_{n}", email=f"late{n}@demo.example", name=f"Late {n}", version=0)
            joined = Membership(f"mem_late_{n}", ORGANISATION, GROUP, late.id, date(2026, 10, 1))
            await uow.add(late, joined)
        await uow.commit()
    after = await rows(world, "q4")
    assert after["All", "All"]["therapists"] == "8"
    assert after["Kiel", "All"]["hidden"] == "hidden"


@pytest.mark.parametrize(
    ("typed", "key"), [("q1 2027", "quarter_not_over"), ("q9", "no_such_quarter"), ("soon", "no_such_quarter")]
)
async def test_what_is_no_quarter_that_is_over_is_refused(world: World, typed: str, key: str) -> None:
    refused = await world.player("m").type(f"/report {typed}")
    assert isinstance(refused, Refused)
    assert refused.key == key
    assert await world.find(PublishedReport) == []


async def test_a_service_too_small_shows_no_number(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for key in "efgs":
            person = await uow.get(Person, person_id(key))
            await uow.save(replace(person, roles=person.roles - {Role.THERAPIST}))
        await uow.commit()
    shown = text(await world.player("m").type("/report q4"))
    assert "Fewer than 5" in shown
    assert "100" not in shown


async def test_only_managers_get_it(world: World) -> None:
    for key in ("a", "s", "p"):
        refused = await world.player(key).type("/report q4")
        assert isinstance(refused, Refused)
        assert refused.key == "not_allowed"


async def test_a_manager_sees_their_own_clinic_only(world: World) -> None:
    """Kiel and Aarhus have four people each here, and four is enough."""
    async with world.store.begin(ORGANISATION) as uow:
        for key in "de":
            await uow.save(replace(await uow.get(Person, person_id(key)), clinic="cli_aarhus"))
        of_all = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(of_all, policy={"report_minimum_group": 4}))
        await uow.commit()
    whole = await rows(world, "q4")
    assert whole["Kiel", "All"]["hidden"] == whole["Aarhus", "All"]["hidden"] == ""
    async with world.store.begin(ORGANISATION) as uow:
        manager = await uow.get(Person, person_id("m"))
        await uow.save(replace(manager, roles=frozenset({Role.MANAGER})))
        await uow.commit()
    assert await rows(world, "q4") == {place: row for place, row in whole.items() if place[0] == "Kiel"}
    card = await world.player("m").type("/report q4")
    assert isinstance(card, Say)
    assert "Kiel" in text(card)
    assert "Aarhus" not in text(card)
    assert [row[0] for row in table(card)] == ["Kiel", "Kiel · Internet-delivered (iCBT)"]
    pdf = await world.player("m").type("/report q4 pdf")
    assert isinstance(pdf, Hand)
    page = "".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf.document.content)).pages)
    assert "Aarhus" not in page
    assert "Lund" not in page


async def test_quarters_follow_each_other(world: World) -> None:
    await published(world)  # twelve reviews are asked for and nobody writes one
    await world.advance(days=80)
    outcome = await world.player("m").type("/report q1 2027")
    whole = next(row for row in table(outcome) if row[0] == "All")
    assert whole[1] == "8"
    trend = (await rows(world, "q1 2027"))["All", "All"]["trend"]
    assert trend == ""  # against the quarter before it would tell that all eight met every round then
    met = (await rows(world, "q1 2027"))["All", "All"]
    assert (met["asked"], met["on_time"]) == ("16", "50")  # eight met in the round of 4 January, eight not in this one
    assert world.clock.now().date() - date(2027, 3, 31) < timedelta(days=20)


async def kept(world: World) -> set[tuple[int, int]]:
    return {(r.year, r.number) for r in await world.find(PublishedReport)}


async def test_a_week_after_its_end_a_quarters_first_report_is_kept_unasked(world: World) -> None:
    keeper = Housekeeper(world.store, world.clock, world.tools, world.log, uptime=world.dispatcher.uptime)
    await keeper.run_if_due()
    assert not await kept(world)  # just started: what is due comes first
    await world.advance(hours=1)
    await keeper.run_if_due()
    assert await kept(world) == {(2026, 4), (2026, 3)}  # the demo's people joined in September
    await world.advance(days=78, hours=23)  # 7 April
    await keeper.run_if_due()
    assert (2027, 1) not in await kept(world)
    await world.advance(days=1)
    await keeper.run_if_due()
    await keeper.run_if_due()
    assert await kept(world) == {(2027, 1), (2026, 4), (2026, 3)}


async def test_what_is_shown_is_kept_until_a_fact_changes_it(world: World) -> None:
    """The same card from the kept lines as from everybody's rows; a correction shows at once."""
    await world.advance(days=7)  # the first report is made unasked by then
    keeper = Housekeeper(world.store, world.clock, world.tools, world.log)
    for _ in range(3):
        await keeper.run_if_due()
        await world.advance(hours=1)
    lines = [each for each in await world.find(CountedQuarter) if (each.year, each.number) == (2026, 4)]
    assert lines[0].report["rows"]
    assert lines[0].report["members"] == {}
    shown = text(await world.player("m").type("/report q4"))
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(lines[0], report={}))
        await uow.commit()
    assert text(await world.player("m").type("/report q4")) == shown
    entry = (await world.find(LogEntry, role="presenter", person=person_id("a"), order=("day",)))[0]
    await world.player("a").press("log.withdraw", entry.id)
    assert "* revised" in text(await world.player("m").type("/report q4"))
    for _ in range(2):
        await world.advance(hours=1)
        await keeper.run_if_due()
    assert "* revised" in text(await world.player("m").type("/report q4"))


async def test_the_check_finds_a_spoilt_row_and_has_it_made_again(world: World) -> None:
    await recount_everything(world.store, ORGANISATION, world.clock.now(), world.tools)
    assert await miscounted(world.store, world.clock.now(), world.tools) == []
    async with world.store.begin(ORGANISATION) as uow:
        (row,) = await uow.find(PersonQuarter, person=person_id("a"), year=2026, number=4)
        await uow.save(replace(row, data=dump_sheet(load_sheet("", row.data)._replace(cases=99))))
        await uow.commit()
    (problem,) = await miscounted(world.store, world.clock.now(), world.tools)
    assert problem.where == f"{ORGANISATION}, 2026-Q4, {person_id('a')}"
    assert problem.what == "the kept row is not what the facts give: cases"
    await recount(world.store, ORGANISATION, world.clock.now(), world.tools)
    assert await miscounted(world.store, world.clock.now(), world.tools) == []
    assert await world.find(PersonQuarter, person=person_id("a"), year=2026, number=4) == [row]


async def test_what_a_manager_asked_for_before_is_not_made_again(world: World) -> None:
    await rows(world, "q4 2026")
    before = await world.find(PublishedReport)
    keeper = Housekeeper(world.store, world.clock, world.tools, world.log, uptime=world.dispatcher.uptime)
    for _ in range(2):
        await keeper.run_if_due()
        await world.advance(hours=1)
    assert await world.find(PublishedReport) == before
    assert not [record for record in world.log.records if record[0] == "report.kept"]


@pytest.mark.parametrize("typed", ["2026", "last year", "Jahr"])
async def test_the_year_for_the_board_says_each_figure_in_a_sentence(world: World, typed: str) -> None:
    outcome = await world.player("m").type(f"/report {typed}")
    assert isinstance(outcome, Say)
    shown = text(outcome)
    assert outcome.card.title == "Year 2026"
    # Five of the six rounds went out in 2026; the one of 21 December was due on the 28th.
    assert (
        "Rounds asked 40 times, a person once a round: for a review, or by taking their case. Over 90% of the times"
        in shown
    )
    assert "Cases presented: 20; reviews written: 40." in shown
    assert (
        "Half of the cases had their reviews within 13 days of being sent in." in shown
    )  # a week of collecting, six days
    assert (
        "In an average quarter 71% of the waits between presenting one case and the next were within the allowed days"
        in shown
    )
    assert "In each quarter with rounds half of the gaps between two supervisions were at most 14 days, nine" in shown
    assert "No risk alert was raised." in shown
    entries = [e for e in await world.find(LogEntry) if e.day.year == 2026]
    hours = sum(e.minutes for e in entries) / 60
    assert f"{hours:.1f} hours were recorded in the logs; 100% of the minutes are estimates" in shown
    assert f"{hours / 8:.1f} hours of supervision for each full post, reviews written counted in" in shown


async def test_the_years_page_comes_as_one_page_of_pdf_and_as_csv(world: World) -> None:
    handed = await world.player("m").type("/report 2026 pdf")
    assert isinstance(handed, Hand)
    pages = PdfReader(io.BytesIO(handed.document.content)).pages
    assert len(pages) == 1
    assert "Therapist" not in pages[0].extract_text().replace("Therapists", "")
    handed = await world.player("m").type("/report 2026 csv")
    assert isinstance(handed, Hand)
    lines = list(csv.DictReader(io.StringIO(handed.document.content.decode("utf-8-sig"))))
    assert [line["span"] for line in lines] == ["2026-Q3", "2026-Q4", "2026"]
    assert (lines[-1]["asked"], lines[-1]["met"], lines[-1]["cases"]) == ("40", "", "20")
    audited = await world.find(AuditEntry, what=Audited.EXPORTED.value)
    assert [a.detail for a in audited] == [{"quarter": "2026"}] * 2


@pytest.mark.parametrize(
    ("typed", "name"),
    [("/report year 2026 as pdf", "2026.pdf"), ("/rapport kvartal 4 i fjor som csv", "2026-Q4.csv"),
     ("/bericht letztes Jahr als pdf", "2026.pdf"), ("/verslag 4de kwartaal 2026 als csv", "2026-Q4.csv")],
)  # fmt: skip
async def test_a_file_is_asked_for_in_a_sentence(world: World, typed: str, name: str) -> None:
    handed = await world.player("m").type(typed)
    assert isinstance(handed, Hand), handed
    assert handed.document.name.endswith(name)


async def test_a_quarter_without_rounds_says_so_and_has_no_gaps(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        records: tuple[type[Any], ...] = (LogEntry, Assignment, Case, Round)
        for record in records:
            await uow.remove(record, *[each.id for each in await uow.find(record)])
        await uow.commit()
    quarter, year = [text(await world.player("m").type(f"/report {words}")) for words in ("q4", "2026")]
    assert "No round could reach any of these therapists in this quarter, so there is nothing to measure." in quarter
    for label in ("Own-case waits within allowed days %", "Gaps within allowed days %", "Median gap (days)"):
        assert f"{label}: –" in quarter
    assert "Own-case waits:" not in year
    assert "Gaps (days, nine of ten):" not in year


async def test_a_year_is_hidden_where_one_of_its_quarters_is(world: World) -> None:
    """Else the year less the shown quarters would be the hidden one."""
    async with world.store.begin(ORGANISATION) as uow:
        for key in "efgs":
            for membership in await uow.find(Membership, person=person_id(key)):
                await uow.save(replace(membership, joined_on=date(2026, 10, 1)))
        await uow.commit()
    shown = await world.player("m").type("/report 2026")
    assert isinstance(shown, Say)
    assert "no figure of the year is shown" in text(shown)
    assert "40 times" not in text(shown)
    assert shown.card.actions == ()


async def test_a_running_year_and_the_time_before_the_service_are_refused(world: World) -> None:
    for typed, key in (("2027", "year_not_over"), ("2025", "nothing_to_report"), ("q2 2026", "nothing_to_report")):
        refused = await world.player("m").type(f"/report {typed}")
        assert isinstance(refused, Refused)
        assert refused.key == key
        assert ("quarter 3 of 2026" in refused.text) == (key == "nothing_to_report")


async def test_nothing_is_offered_that_has_no_report(world: World) -> None:
    card = await world.player("m").type("/report q3 2026")  # everybody joined in it
    assert isinstance(card, Say)
    offered = [a.label for b in card.card.body if isinstance(b, Buttons) for a in b.actions]
    assert offered == ["Quarter 4 of 2026", "Year 2026", "All reports"]
    async with world.store.begin(ORGANISATION) as uow:
        for membership in await uow.find(Membership):
            await uow.save(replace(membership, joined_on=date(2027, 1, 4)))
        await uow.commit()
    home = await world.player("m").home()
    labels = [a.label for b in home.body if isinstance(b, Buttons) for a in b.actions]
    assert "Latest quarterly report" not in labels


async def test_asking_for_one_named_person_is_refused_and_audited(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for key, name in (("a", "Signe Holm"), ("b", "Signe Aas"), ("c", "Maja Krog")):
            await uow.save(replace(await uow.get(Person, person_id(key)), name=name))
        await uow.commit()
    for typed in ("Signe Holm", "q4 signe holm pdf", "holm, last quarter", "a@demo.example"):
        refused = await world.player("m").type(f"/report {typed}")
        assert isinstance(refused, Refused)
        assert refused.key == "report_of_a_person"
    noted = await world.find(AuditEntry, what=Audited.REFUSED.value)
    assert [(n.actor, n.subject) for n in noted] == [(person_id("m"), person_id("a"))] * 4
    await world.player("m").type("/report Signe")
    noted = await world.find(AuditEntry, what=Audited.REFUSED.value)
    assert (noted[-1].actor, noted[-1].subject) == (person_id("m"), ORGANISATION), "two are called so"
    for typed in ("nobody we know", "Kiel", "Therapist", "q5"):
        refused = await world.player("m").type(f"/report {typed}")
        assert isinstance(refused, Refused)
        assert refused.key == "no_such_quarter"
    assert len(await world.find(AuditEntry, what=Audited.REFUSED.value)) == 5


NAMED = [
    "Therapist D", "therapist d (lund)", "d therapist", "q4 2026 Therapist D", "Therapist D 2026 pdf", "D. Therapist",
    "Therapist-D", "for Therapist D", "Therapist, D", "Therapist D's year", "report of therapist d, last quarter",
]  # fmt: skip


async def test_somebody_named_by_any_two_words_of_their_name_is_refused_and_audited(world: World) -> None:
    """As in the demo, "Therapist D (Lund)": the first word is everybody's, the second a letter."""
    async with world.store.begin(ORGANISATION) as uow:
        (named,) = [p for p in await uow.find(Person) if p.name.startswith("Therapist D")]
        await uow.save(replace(await uow.get(Person, person_id("g")), name="Anna Maria van der Berg"))
        await uow.commit()
    for typed in NAMED:
        refused = await world.player("m").type(f"/report {typed}")
        assert isinstance(refused, Refused), typed
        assert refused.key == "report_of_a_person", typed
        noted = await world.find(AuditEntry, what=Audited.REFUSED.value)
        assert noted[-1].subject == named.id, typed
    for typed in ("van der Berg", "Anna Berg", "Maria der", "anna.maria"):
        refused = await world.player("m").type(f"/report {typed}")
        assert isinstance(refused, Refused)
        assert refused.key == "report_of_a_person", typed
    count = len(await world.find(AuditEntry, what=Audited.REFUSED.value))
    assert count == len(NAMED) + 4
    for typed in ("Therapist Kiel", "Therapist", "something else", "a of"):
        refused = await world.player("m").type(f"/report {typed}")
        assert isinstance(refused, Refused)
        assert refused.key == "no_such_quarter", typed
    assert len(await world.find(AuditEntry, what=Audited.REFUSED.value)) == count


async def test_each_figure_has_its_sentence_in_print_too(world: World) -> None:
    handed = await world.player("m").type("/report q4 2026 pdf")
    assert isinstance(handed, Hand)
    printed = " ".join(PdfReader(io.BytesIO(handed.document.content)).pages[0].extract_text().split())
    assert "Over 90% of the therapists whom a round could reach had supervision at least once." in printed
    assert "Half of the cases had their reviews within 6 days of going out." in printed


async def test_each_figure_of_the_quarter_has_its_sentence(world: World) -> None:
    shown = text(await world.player("m").type("/report q4 2026"))
    assert "Over 90% of the therapists whom a round could reach had supervision at least once." in shown
    assert "Half of the cases had their reviews within 6 days of going out." in shown


async def test_a_service_that_stopped_is_seen_although_nobody_is_blamed_for_it(world: World) -> None:
    """On the card, in print and in the table: how many rounds went out, and since when none did."""
    async with world.store.begin(ORGANISATION) as uow:
        for round_ in await uow.find(Round, published_at__ge=datetime(2026, 11, 1, tzinfo=UTC)):
            await uow.save(replace(round_, cancelled_at=round_.published_at))
        await uow.commit()
    shown = text(await world.player("m").type("/report q4 2026"))
    handed = await world.player("m").type("/report q4 2026 pdf")
    assert isinstance(handed, Hand)
    printed = " ".join(PdfReader(io.BytesIO(handed.document.content)).pages[0].extract_text().split())
    last = max(r.published_at for r in await world.find(Round, cancelled_at=None) if r.published_at).date()
    days = (date(2026, 12, 31) - last).days
    assert days > 60
    for page in (shown, printed):
        assert f"The last one went out on {last.day} {last:%b} 2026, {days} days before the quarter's end." in page
    table = await world.player("m").type("/report q4 2026 csv")
    assert isinstance(table, Hand)
    everybody = next(csv.DictReader(io.StringIO(table.document.content.decode("utf-8-sig"))))
    assert (everybody["last_round"], everybody["days_since_round"]) == (last.isoformat(), str(days))
