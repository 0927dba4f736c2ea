"""A clinic with everything a command may name."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from bot.app.access import Relation
from bot.app.context import Work
from bot.app.steps import worksheet
from bot.app.steps.second_look import ask
from bot.app.steps.series_store import as_plan
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.caseload import Mode
from bot.domain.exemplar import Exemplar
from bot.domain.person import Person
from bot.domain.series import EveryWeeks, PhaseDays, Series
from bot.domain.supervision import Role as EventRole
from bot.domain.swap import Swap
from bot.ports.records import (
    Draft,
    FteEntry,
    LeaveEntry,
    LimitEntry,
    LogEntry,
    ModeEntry,
    SeriesEntry,
    SignRequest,
    UndoStep,
)
from bot.reports.case_choice import Patient
from tests.app.risk import Scene, scene
from tests.world import World

HALF_AN_HOUR = timedelta(minutes=30)


async def laid_out(world: World) -> tuple[Scene, dict[Relation, str]]:
    """A held case with a concern and a draft; what each relation is about."""
    at = await scene(world)
    await at.concern()  # a held case finds no replacement for who steps out
    await world.player("e").press("review.recognise", (await assignment_of(world, at, "e")))
    now = world.clock.now()
    draft = Draft("dra_a", ORGANISATION, person_id("a"), "case", "", now, now + HALF_AN_HOUR, {"event": ""})
    waiting = replace(at.case, id="case_look", code="LK-222", round=None, published_at=None, clarify_until=None)
    shared = replace(waiting, id="case_shared", code="SH-222", closed_at=now, shared_at=now)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(draft, waiting, shared)
        await uow.set_presenter(shared.id, person_id("a"))
        kept = Exemplar("exm_kept", ORGANISATION, shared.group, shared.id, "icbt", "en", now, looked_at=now)
        await uow.add(kept, replace(kept, id="exm_waits", looked_at=None))
        patient = Patient("row_a", "P12", 5, now.date())
        await worksheet.keep(Work(uow, now, world.tools), await uow.get(Person, person_id("a")), patient)
        await uow.set_presenter(waiting.id, person_id("a"))
        look = await ask(Work(uow, now, world.tools), waiting)
        await uow.save(look.read_by(person_id("s")))
        b, today = person_id("b"), now.date()
        role, mode = EventRole.REVIEWER.value, Mode.ICBT.value
        plan = as_plan(Series(EveryWeeks(2), today, time(9), "Europe/Berlin"), PhaseDays())
        await uow.add(
            LogEntry("log_b", ORGANISATION, "hand:b", b, "cli_kiel", role, mode, (today,), today, 20, 2, now, b),
            Swap("swp_b", ORGANISATION, at.assignment.id, b, (person_id("f"),), now),
            SignRequest("sig_b", ORGANISATION, b, person_id("e"), ("log_b",), now),
            LeaveEntry("lea_b", ORGANISATION, b, today + timedelta(days=30), today + timedelta(days=33), now, b),
            FteEntry("fte_b", ORGANISATION, b, 0.5, today + timedelta(days=60), now, b),
            LimitEntry("lim_b", ORGANISATION, b, today + timedelta(days=60), now, b, percent=50),
            ModeEntry("mod_b", ORGANISATION, b, "f2f", today + timedelta(days=60), now, b),
            UndoStep(
                "und_b", ORGANISATION, b, "mode", now, now + HALF_AN_HOUR, {"person": b, "made": [], "cancelled": []}
            ),
            SeriesEntry("ser_b", ORGANISATION, at.case.group, "cli_kiel", plan, now),
        )
        await uow.commit()
    concern = (await at.hold()).id
    case, assignment = at.case.id, at.assignment.id
    return at, {
        Relation.OWN_CASE: case,
        Relation.OWN_REVIEW: assignment,
        Relation.INFORMED: "case_shared",
        Relation.KEPT: "exm_kept",
        Relation.EXCERPT: "exm_waits",
        Relation.OFFERED: "swp_b",
        Relation.OWN_TEXT: draft.id,
        Relation.OWN_ROW: "row_a",
        Relation.PART: case,
        Relation.MATTER: case,
        Relation.RAISED: concern,
        Relation.OWN_ENTRY: "log_b",
        Relation.ASKED: "sig_b",
        Relation.SELF_OR_MEMBER: person_id("b"),
        Relation.LEAVE: "lea_b",
        Relation.SWITCH: "mod_b",
        Relation.SHARE: "fte_b",
        Relation.LIMIT: "lim_b",
        Relation.OWN_STEP: "und_b",
        Relation.MEMBER: person_id("b"),
        Relation.CONCERN: concern,
        Relation.CONCERN_TO_END: concern,
        Relation.HELD_CASE: case,
        Relation.SHOWN_ROUND: at.assignment.round,
        Relation.SERIES: "ser_b",
        Relation.READABLE: case,
        Relation.LOOK: look.id,
        Relation.ROUND: at.assignment.round,
        Relation.ASSIGNMENT: assignment,
    }


async def assignment_of(world: World, at: Scene, key: str) -> str:
    """The assignment of a reviewer on the case."""
    return (await world.find(Assignment, case=at.case.id, reviewer=person_id(key)))[0].id
