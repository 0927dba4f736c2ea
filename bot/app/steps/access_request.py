"""What is stored about one person or one case: found as counts, exported as data. Others' identities are left out.

Texts are exported to their own author only: the presenter's case and takeaway, the reviewer's questions and reviews.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from bot.app.context import Work
from bot.app.facts.case_authors import changed_hands, wrote
from bot.app.steps.export_fields import FIELDS, handed_out
from bot.app.steps.worksheet import as_written, rows_of
from bot.domain.assignment import Assignment, Question
from bot.domain.case import Case
from bot.domain.data_request import DataRequest
from bot.domain.exemplar import Exemplar
from bot.domain.follow_up import FollowUp
from bot.domain.organisation import Group, NeverAssign
from bot.domain.person import Person
from bot.domain.risk import Hold
from bot.domain.second_look import SecondLook
from bot.domain.swap import Swap
from bot.ports.records import AuditEntry, PersonQuarter, Worksheet
from bot.reports.sheets import named_numbers

OWN_RECORDS: tuple[type[Any], ...] = tuple(
    kind for kind in FIELDS if "person" in {spec.name for spec in dataclasses.fields(kind)}
)
"""Records with a field `person`: each belongs to one person alone."""
LINKED_RECORDS: dict[type[Any], tuple[str, ...]] = {
    NeverAssign: ("one", "other"),
    Assignment: ("reviewer",),
    SecondLook: ("decided_by",),
    Swap: ("asked", "passed"),
    DataRequest: ("asked_by", "agreed_by", "about"),
    AuditEntry: ("actor",),
    Hold: ("raised_by", "called", "acknowledged_by", "released_by"),
}
"""Records that name a person beside other things."""
LISTS = frozenset({(Hold, "called"), (Swap, "asked"), (Swap, "passed")})
"""Of these fields those that hold several people: no condition finds one of them, so they are looked through."""


@dataclasses.dataclass(frozen=True)
class Found:
    """How many records of a kind there are; `note` says what of them is text."""

    what: str
    count: int
    note: str = ""


async def find_person(work: Work, person: Person) -> list[Found]:
    """Where the person stands, kind by kind."""
    found = [Found("profile", 1)]
    for kind in OWN_RECORDS:
        found.append(Found(kind.__name__, await work.uow.count(kind, person=person.id)))
    for kind, fields in LINKED_RECORDS.items():
        ids = {r.id for name in fields for r in await naming(work, kind, name, person.id)}
        found.append(Found(kind.__name__, len(ids)))
    cases = await work.uow.cases_of(person.id)
    texts = [part for case in cases for part in await work.uow.parts(case)]
    found.append(Found("cases presented", len(cases), f"{len(texts)} texts still exist"))
    return [f for f in found if f.count]


async def naming(work: Work, kind: type[Any], field: str, person: str) -> list[Any]:
    """The records of a kind that name a person in a field, alone or among others."""
    if (kind, field) in LISTS:
        ids = [id for id, named in await work.uow.columns(kind, ("id", field)) if person in named]
        return await work.uow.find(kind, id__in=ids) if ids else []
    condition: dict[str, Any] = {field: person}
    return await work.uow.find(kind, **condition)


async def find_case(work: Work, case: Case) -> list[Found]:
    """What exists of a case; neither its presenter nor its reviewers are named."""
    parts = await work.uow.parts(case.id)
    kinds: Mapping[type[Any], str] = {
        Assignment: "assignments",
        Question: "questions",
        FollowUp: "follow-ups",
        Exemplar: "excerpts",
        SecondLook: "second looks",
        Hold: "risk holds",
    }
    found = [Found(name, await work.uow.count(kind, case=case.id)) for kind, name in kinds.items()]
    found.append(Found("texts", len(parts), ", ".join(sorted({p.partition(":")[0] for p in parts}))))
    audited = await work.uow.count(AuditEntry, subject=case.id)
    return [f for f in (*found, Found("audit lines", audited)) if f.count]


async def export_person(work: Work, person: Person, *, texts: bool) -> bytes:
    """Everything about a person as JSON (UTF-8); with `texts` also those the person wrote, as far as they exist.

    Column by column by an allow-list (`export_fields.py`): no id of anybody else, days where others acted.
    """
    data: dict[str, Any] = {"exported_at": work.now, "profile": handed_out(person)}
    for kind in OWN_RECORDS:
        data[kind.__name__] = [await _own(work, row, texts) for row in await work.uow.find(kind, person=person.id)]
    data["cases_presented"] = [await _case(work, id, person.id, texts) for id in await work.uow.cases_of(person.id)]
    assignments = await work.uow.find(Assignment, reviewer=person.id, published_at__not=None)
    data["reviews_written"] = [await _review(work, assignment, texts) for assignment in assignments]
    looks = await work.uow.find(SecondLook, decided_by=person.id)
    data["second_looks"] = [await _look(work, look, texts) for look in looks]
    data["risk_concerns"] = [await _concern(work, hold, person) for hold in await _concerns(work, person)]
    lines = await work.uow.find(AuditEntry, actor=person.id, order=("number",))
    data["audit_lines"] = [handed_out(row) for row in lines]
    data["kept_apart_from"] = await work.uow.count(NeverAssign, set_by=person.id)
    return json.dumps(data, indent=1, ensure_ascii=False, default=_written).encode()


async def _concerns(work: Work, person: Person) -> list[Hold]:
    """The concerns a person raised, was alerted of, took on or released."""
    found = [hold for name in LINKED_RECORDS[Hold] for hold in await naming(work, Hold, name, person.id)]
    return sorted({hold.id: hold for hold in found}.values(), key=lambda hold: hold.raised_at)


async def _concern(work: Work, hold: Hold, person: Person) -> dict[str, Any]:
    """A concern as this person took part in it; the moment it was raised is exact for whoever raised it."""
    parts = {
        "raised": hold.raised_by == person.id,
        "alerted": person.id in hold.called,
        "took_on": hold.acknowledged_by == person.id,
        "released": hold.released_by == person.id,
    }
    row = handed_out(hold)
    if not parts["raised"]:
        row["raised_at"] = hold.raised_at.date()
    return {"my_part": [name for name, is_mine in parts.items() if is_mine], **row}


async def _own(work: Work, record: Any, texts: bool) -> dict[str, Any]:
    """A record of the person's own, with the notes they wrote to it."""
    row = handed_out(record)
    if isinstance(record, PersonQuarter):
        row["data"] = named_numbers(record.data)
    if isinstance(record, Worksheet) and texts:
        person = await work.uow.get(Person, record.person)
        row["rows"] = [as_written(each) for each in await rows_of(work, person)]
    for part in await work.uow.parts(record.id) if texts else ():
        row |= await _text(work, record.id, part)
    return row


async def _case(work: Work, id: str, person: str, texts: bool) -> dict[str, Any]:
    case = await work.uow.get(Case, id)
    row = {**handed_out(case), "group": (await work.uow.get(Group, case.group)).name}
    if texts:
        mine = await written_of_case(work, id, person)
        row["texts"] = {part: mine.get(part, {}) for part in ("case", "ask_back", "takeaway", "follow_up", "exemplar")}
        row["answers"] = [text.get("answer", "") for part, text in mine.items() if part.startswith("question:")]
    return row


async def written_of_case(work: Work, id: str, presenter: str) -> dict[str, dict[str, str]]:
    """What the presenter wrote of a case, by part: of one that changed hands only what was certainly theirs."""
    parts = ["case"] if await wrote(work, id, presenter) else []
    if not await changed_hands(work, id):
        parts += [f"question:{q.id}" for q in await work.uow.find(Question, case=id, order=("asked_at",))]
        parts += ["ask_back", "takeaway"]
    found = {part: await _text(work, id, part) for part in parts}
    for kept in await work.uow.find(Exemplar, case=id, withdrawn_at=None):
        found["exemplar"] = await _text(work, kept.id, "exemplar")
    for told in await work.uow.find(FollowUp, case=id):  # asked of whoever presented it last
        found["follow_up"] = await _text(work, told.id, "follow_up")
    for part, text in found.items():
        if part.startswith("question:"):
            text.pop("question", None)
    return found


async def _review(work: Work, assignment: Assignment, texts: bool) -> dict[str, Any]:
    """A review as its author knows it: the case by its code, whose case it was stays hidden."""
    case = await work.uow.get(Case, assignment.case)
    row = {**handed_out(assignment), "case": case.code}
    if texts:
        row["review"] = await _text(work, assignment.case, f"review:{assignment.id}")
        row["answer_back"] = await _text(work, assignment.case, f"answer_back:{assignment.id}")
        questions = await work.uow.find(Question, assignment=assignment.id)
        row["questions"] = [
            (await _text(work, assignment.case, f"question:{q.id}")).get("question", "") for q in questions
        ]
    return row


async def _look(work: Work, look: SecondLook, texts: bool) -> dict[str, Any]:
    """A second look as whoever took it knows it: the case by its code."""
    row = {**handed_out(look), "case": (await work.uow.get(Case, look.case)).code}
    return row | (await _text(work, look.case, f"look:{look.id}") if texts else {})


async def _text(work: Work, case: str, part: str) -> dict[str, str]:
    return {name: text.text for name, text in (await work.uow.texts(case, part)).items()}


def _written(value: object) -> object:
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Enum():
            return value.value
        case Mapping():
            return dict(value)
        case Iterable():
            return sorted(value, key=str)
        case _:
            raise TypeError(type(value).__name__)
