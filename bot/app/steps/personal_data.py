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
from bot.domain.case import Assignment, Case, Question
from bot.domain.organisation import Group, Membership, NeverAssign
from bot.domain.person import Contact, Person
from bot.domain.risk import Hold
from bot.domain.second_look import SecondLook
from bot.ports.records import (
    AuditEntry,
    CalendarFeed,
    Draft,
    ExperienceEntry,
    FteEntry,
    LeaveEntry,
    LogEntry,
    ModeEntry,
    OutboxEntry,
    Session,
    Signature,
    SignInLink,
    SignRequest,
    UndoStep,
)

OWN_RECORDS: tuple[type[Any], ...] = (
    Contact,
    Membership,
    ModeEntry,
    FteEntry,
    ExperienceEntry,
    LeaveEntry,
    LogEntry,
    Signature,
    SignRequest,
    CalendarFeed,
    OutboxEntry,
    Draft,
    Session,
    SignInLink,
    UndoStep,
)
"""Records with a field `person`: each belongs to one person alone."""
LINKED_RECORDS: dict[type[Any], tuple[str, ...]] = {
    NeverAssign: ("one", "other"),
    Assignment: ("reviewer",),
    SecondLook: ("decided_by",),
    AuditEntry: ("actor",),
    Hold: ("raised_by", "called", "acknowledged_by", "released_by"),
}
"""Records that name a person beside other things."""
LISTS = frozenset({(Hold, "called")})
"""Of these fields those that hold several people: no condition finds one of them, so they are looked through."""
SECRETS = frozenset({"id", "organisation", "version", "previous", "mac", "dedupe", "lease_by", "lease_until", "slot"})
"""Columns that say nothing about the person: keys, hashes, bookkeeping."""
OTHERS = frozenset(
    {"members", "readers", "stepped_out", "recorded_by", "signed_by", "signer", "one", "other", "why", "data"}
)
"""Columns that name other people; a count stands in their place."""


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
        SecondLook: "second looks",
        Hold: "risk holds",
    }
    found = [Found(name, await work.uow.count(kind, case=case.id)) for kind, name in kinds.items()]
    found.append(Found("texts", len(parts), ", ".join(sorted({p.partition(":")[0] for p in parts}))))
    audited = await work.uow.count(AuditEntry, subject=case.id)
    return [f for f in (*found, Found("audit lines", audited)) if f.count]


async def export_person(work: Work, person: Person, *, texts: bool) -> bytes:
    """Everything about a person as JSON (UTF-8); with `texts` also those the person wrote, as far as they exist."""
    data: dict[str, Any] = {"exported_at": work.now, "profile": _plain(person)}
    for kind in OWN_RECORDS:
        data[kind.__name__] = [await _own(work, row, texts) for row in await work.uow.find(kind, person=person.id)]
    data["cases_presented"] = [await _case(work, id, texts) for id in await work.uow.cases_of(person.id)]
    seats = await work.uow.find(Assignment, reviewer=person.id, published_at__not=None)
    data["reviews_written"] = [await _review(work, seat, texts) for seat in seats]
    looks = await work.uow.find(SecondLook, decided_by=person.id)
    data["second_looks"] = [await _look(work, look, texts) for look in looks]
    data["audit_lines"] = [_plain(row) for row in await work.uow.find(AuditEntry, actor=person.id, order=("number",))]
    pairs = {r.id for side in ("one", "other") for r in await naming(work, NeverAssign, side, person.id)}
    data["never_assigned_with"] = len(pairs)
    return json.dumps(data, indent=1, ensure_ascii=False, default=_written).encode()


async def _own(work: Work, record: Any, texts: bool) -> dict[str, Any]:
    """A record of the person's own, with the notes they wrote to it."""
    row = _plain(record)
    for part in await work.uow.parts(record.id) if texts else ():
        row |= await _text(work, record.id, part)
    return row


async def _case(work: Work, id: str, texts: bool) -> dict[str, Any]:
    case = await work.uow.get(Case, id)
    row = {**_plain(case), "code": case.code, "group": (await work.uow.get(Group, case.group)).name}
    if texts:
        row["texts"] = {part: await _text(work, id, part) for part in ("case", "takeaway")}
        questions = await work.uow.find(Question, case=id)
        row["answers"] = [(await _text(work, id, f"question:{q.id}")).get("answer", "") for q in questions]
    return row


async def _review(work: Work, seat: Assignment, texts: bool) -> dict[str, Any]:
    """A review as its author knows it: the case by its code, whose case it was stays hidden."""
    case = await work.uow.get(Case, seat.case)
    row = {**_plain(seat), "case": case.code}
    if texts:
        row["review"] = await _text(work, seat.case, f"review:{seat.id}")
        questions = await work.uow.find(Question, assignment=seat.id)
        row["questions"] = [(await _text(work, seat.case, f"question:{q.id}")).get("question", "") for q in questions]
    return row


async def _look(work: Work, look: SecondLook, texts: bool) -> dict[str, Any]:
    """A second look as whoever took it knows it: the case by its code."""
    row = {**_plain(look), "case": (await work.uow.get(Case, look.case)).code}
    return row | (await _text(work, look.case, f"look:{look.id}") if texts else {})


async def _text(work: Work, case: str, part: str) -> dict[str, str]:
    return {name: text.text for name, text in (await work.uow.texts(case, part)).items()}


def _plain(record: Any) -> dict[str, Any]:
    row = {spec.name: getattr(record, spec.name) for spec in dataclasses.fields(record)}
    kept = {name: value for name, value in row.items() if name not in SECRETS | OTHERS and value not in (None, "", ())}
    others = {f"number_of_{name}": len(row[name]) for name in ("members",) if row.get(name)}
    return kept | others


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
