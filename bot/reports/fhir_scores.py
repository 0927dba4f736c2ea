"""Score series from FHIR R4 (4.0.1): Observations and QuestionnaireResponses of a Bundle, and nothing else of it.

The shapes below name every element that is read; whatever else a resource has (names, notes, narrative, performers,
what a reference is displayed as) is dropped while it is parsed and stands in no value, message or log.
`fhir.resources` reads R4B and R5 and keeps every text, so the few shapes are our own. A mistake names its place as
FHIRPath does, without an id. Codes: LOINC 44261-6 and 70274-6 (total scores of PHQ-9 and GAD-7), 44249-1 and 69737-5
(their panels), SNOMED CT 720433000 and 445455005; other instruments by their names alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.errors import Refusal
from bot.reports.instruments import INSTRUMENTS, Instrument
from bot.reports.scores import instrument_named

LONGEST_TEXT = 20_000_000
"""Characters of a file."""
MOST_ENTRIES = 20_000
LONGEST_FIELD = 200
"""Characters that are read of a name, a code or a unit; a patient's id that is longer is refused."""
_LARGEST_EXPONENT = 6
"""A score has at most seven digits: a number such as 1e250000 takes seconds to become a whole number."""
_TOTALS = {"44261-6": "PHQ-9", "70274-6": "GAD-7", "720433000": "PHQ-9", "445455005": "GAD-7"}
_PANELS = {"44249-1": "PHQ-9", "69737-5": "GAD-7"}
_ITEMS = {"PHQ-9": 9, "GAD-7": 7}
_ANSWERS = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}
"""LOINC's answers of both: not at all, several days, more than half the days, nearly every day."""
_NO_ITEM = frozenset({"69722-7", "69736-7"})
"""How difficult it is made by the problems, asked below both and not counted."""
_UNITS = frozenset({"", "1", "{score}", "score", "points", "{points}", "{#}"})
_TOTAL_ITEM = re.compile(r"(?:^|[/._-])(?:total|sum|score|total[-_ ]?score)$", re.IGNORECASE)
_AROUND_A_NAME = re.compile(
    r"\[[^\[\]]*\]|\b(?:total|sum|score|scale|questionnaire|self-report|reported|quick depression assessment)\b", re.I
)
_DONE = frozenset({"final", "amended", "corrected", "completed"})
_ELSEWHERE = {
    "Observation": frozenset(
        {"triggeredBy", "instantiatesCanonical", "instantiatesReference", "bodyStructure", "organizer"}
        | {"comment", "related", "context", "comments", "reliability"}
    ),
    "QuestionnaireResponse": frozenset({"parent", "context", "group"}),
    "Bundle": frozenset({"issues", "base"}),
}
"""Elements that R4 does not have: R5 has the first row, STU3 and DSTU2 the others."""
_OTHER_PROFILE = re.compile(r"hl7\.org/fhir/(?:[1235]\.\d|DSTU2|STU3|R5|R6)", re.IGNORECASE)


class Problem(StrEnum):
    """What is wrong with one resource."""

    UNIT = "unit"
    VALUE = "value"
    DATE = "date"
    PATIENT = "patient"
    SHAPE = "shape"


class NotFhir(Refusal):
    """The file is a Bundle in JSON."""


class OtherFhirVersion(Refusal):
    """What is at `place` is of another version than R4."""


class BundleTooLarge(Refusal):
    """A file has at most `characters` characters and `entries` entries."""


class NoScoresInBundle(Refusal):
    """Nothing in the file is a score of an instrument that is known."""


@dataclass(frozen=True)
class Reading:
    """A score on a day. `subject` is the id that the file has for the patient: a pseudonym, or something to refuse."""

    subject: str
    instrument: Instrument
    day: date
    score: int
    place: str


@dataclass(frozen=True)
class Fault:
    """A score that is not read, and where it stands."""

    problem: Problem
    place: str


@dataclass(frozen=True)
class BundleScores:
    """What a file holds: scores, scores that cannot be read, and how many other resources."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]
    others: int


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


def _cut(given: object) -> object:
    return given[:LONGEST_FIELD] if isinstance(given, str) else given


_Text = Annotated[str, BeforeValidator(_cut)]


class _Coding(_Shape):
    code: _Text = ""
    display: _Text = ""


class _Concept(_Shape):
    coding: tuple[_Coding, ...] = ()
    text: _Text = ""


class _Quantity(_Shape):
    value: Decimal | None = None
    unit: _Text = ""
    code: _Text = ""


class _Identifier(_Shape):
    value: str = ""


class _Reference(_Shape):
    reference: str = ""
    identifier: _Identifier = _Identifier()


class _Period(_Shape):
    start: str = ""


class _Observation(_Shape):
    status: _Text = ""
    code: _Concept
    subject: _Reference = _Reference()
    effective_date: str = Field("", alias="effectiveDateTime")
    effective_instant: str = Field("", alias="effectiveInstant")
    effective_period: _Period = Field(_Period(), alias="effectivePeriod")
    quantity: _Quantity | None = Field(None, alias="valueQuantity")
    integer: int | None = Field(None, alias="valueInteger")
    absent: Mapping[str, Any] | None = Field(None, alias="dataAbsentReason")
    members: tuple[Mapping[str, Any], ...] = Field((), alias="hasMember")


class _Extension(_Shape):
    url: _Text = ""
    decimal: Decimal | None = Field(None, alias="valueDecimal")


class _Option(_Shape):
    code: _Text = ""
    extension: tuple[_Extension, ...] = ()


class _Answer(_Shape):
    integer: int | None = Field(None, alias="valueInteger")
    decimal: Decimal | None = Field(None, alias="valueDecimal")
    quantity: _Quantity | None = Field(None, alias="valueQuantity")
    option: _Option | None = Field(None, alias="valueCoding")


class _Item(_Shape):
    link: _Text = Field("", alias="linkId")
    answer: tuple[_Answer, ...] = ()
    item: tuple[_Item, ...] = ()


class _Response(_Shape):
    status: _Text = ""
    questionnaire: _Text = ""
    subject: _Reference = _Reference()
    authored: str = ""
    item: tuple[_Item, ...] = ()


class _Unread(Exception):
    def __init__(self, problem: Problem, element: str) -> None:
        self.problem, self.element = problem, element


def read_bundle(text: str, today: date, *, longest: int = LONGEST_TEXT, most: int = MOST_ENTRIES) -> BundleScores:
    """Every score of the file, and what is wrong with others. Raises the refusals above; `today` is the latest day."""
    if len(text) > longest:
        raise BundleTooLarge(characters=longest, entries=most)
    entries = _entries(text)
    if len(entries) > most:
        raise BundleTooLarge(characters=longest, entries=most)
    readings, faults, others = list[Reading](), list[Fault](), 0
    for number, entry in enumerate(entries):
        place = f"Bundle.entry[{number}].resource"
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            faults.append(Fault(Problem.SHAPE, place))
            continue
        _must_be_r4(resource, place)
        try:
            found = _read(resource, place, today)
        except _Unread as unread:
            faults.append(Fault(unread.problem, f"{place}{unread.element and '.'}{unread.element}"))
            continue
        if found is None:
            others += 1
        else:
            readings.append(found)
    if not readings and not faults:
        raise NoScoresInBundle
    return BundleScores(tuple(readings), tuple(faults), others)


def read_pages(pages: Sequence[str], today: date) -> BundleScores:
    """The scores of several Bundles of a server; a page without any is nothing to refuse, all of them are."""
    found = list[BundleScores]()
    for number, page in enumerate(pages, 1):
        try:
            read = read_bundle(page, today)
        except NoScoresInBundle:
            continue
        faults = tuple(replace(fault, place=f"{number}: {fault.place}") for fault in read.faults)
        found.append(replace(read, faults=faults))
    if not found:
        raise NoScoresInBundle
    return BundleScores(
        tuple(reading for each in found for reading in each.readings),
        tuple(fault for each in found for fault in each.faults),
        sum(each.others for each in found),
    )


def _entries(text: str) -> list[Any]:
    try:
        bundle = json.loads(text)
    except (ValueError, RecursionError):
        raise NotFhir from None
    if isinstance(bundle, dict) and bundle.get("resourceType") in ("Observation", "QuestionnaireResponse"):
        return [{"resource": bundle}]
    entries = bundle.get("entry", []) if isinstance(bundle, dict) else None
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle" or not isinstance(entries, list):
        raise NotFhir
    _must_be_r4(bundle, "Bundle")
    return entries


def _must_be_r4(resource: Mapping[str, Any], place: str) -> None:
    kind = resource.get("resourceType")
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    known = profiles if isinstance(profiles, list) else [profiles]
    other = any(isinstance(each, str) and _OTHER_PROFILE.search(each) for each in known)
    wrong = _ELSEWHERE.get(str(kind), frozenset()) & resource.keys()
    as_reference = kind == "QuestionnaireResponse" and isinstance(resource.get("questionnaire"), dict)
    if other or wrong or as_reference:
        raise OtherFhirVersion(place=place)


def _read(resource: Mapping[str, Any], place: str, today: date) -> Reading | None:
    """The score of a resource; None for one that is about something else or not finished."""
    kind = resource.get("resourceType")
    try:
        if kind == "Observation":
            return _observed(_Observation.model_validate(resource), place, today)
        if kind == "QuestionnaireResponse":
            return _answered(_Response.model_validate(resource), place, today)
    except ValidationError as wrong:
        # Only where it is wrong: what stands there may be anything.
        where = ".".join(str(part) for part in wrong.errors(include_input=False)[0]["loc"] if isinstance(part, str))
        raise _Unread(Problem.SHAPE, where) from None
    return None


def _observed(seen: _Observation, place: str, today: date) -> Reading | None:
    instrument = _instrument(seen.code)
    if instrument is None or seen.status not in _DONE or seen.absent is not None:
        return None
    if seen.quantity is None and seen.integer is None:
        if seen.members:
            return None  # a panel: its members have the scores
        raise _Unread(Problem.VALUE, "value")
    quantity = seen.quantity or _Quantity(value=Decimal(seen.integer or 0))
    element = "valueQuantity" if seen.quantity else "valueInteger"
    day = _day((seen.effective_date, seen.effective_instant, seen.effective_period.start), "effectiveDateTime", today)
    return Reading(_subject(seen.subject), instrument, day, _score(instrument, quantity, element), place)


def _instrument(concept: _Concept) -> Instrument | None:
    for coding in concept.coding:
        if name := _TOTALS.get(coding.code):
            return INSTRUMENTS[name]
    for said in (*(each.code for each in concept.coding), *(each.display for each in concept.coding), concept.text):
        found = instrument_named(_AROUND_A_NAME.sub("", said).strip(" -–:,"))
        if found:
            return found
    return None


def _answered(response: _Response, place: str, today: date) -> Reading | None:
    canonical = response.questionnaire.partition("|")[0].rstrip("/").rpartition("/")[2]
    name = _PANELS.get(canonical) or _TOTALS.get(canonical)
    instrument = INSTRUMENTS[name] if name else instrument_named(_AROUND_A_NAME.sub("", canonical).strip(" -_"))
    if instrument is None or response.status not in _DONE:
        return None
    day = _day((response.authored,), "authored", today)
    items = list(_leaves(response.item))
    total = next((item for item in items if _is_total(item, instrument)), None)
    if total:
        quantity = _quantity(total.answer)
    else:
        scored = [score for item in items if (score := _points(item)) is not None]
        quantity = _Quantity(value=Decimal(sum(scored))) if len(scored) == _ITEMS.get(instrument.name) else None
    if quantity is None:
        raise _Unread(Problem.VALUE, "item")
    return Reading(_subject(response.subject), instrument, day, _score(instrument, quantity, "item"), place)


def _leaves(items: Sequence[_Item]) -> Iterator[_Item]:
    for item in items:
        yield item
        yield from _leaves(item.item)


def _is_total(item: _Item, instrument: Instrument) -> bool:
    code = item.link.rpartition("/")[2]
    return bool(item.answer) and (_TOTALS.get(code) == instrument.name or bool(_TOTAL_ITEM.search(item.link)))


def _quantity(answers: Sequence[_Answer]) -> _Quantity | None:
    for answer in answers:
        if answer.quantity:
            return answer.quantity
        if answer.integer is not None or answer.decimal is not None:
            return _Quantity(value=Decimal(answer.integer) if answer.integer is not None else answer.decimal)
    return None


def _points(item: _Item) -> int | None:
    """What an answered item counts; None for one that is none of those that are added up."""
    if item.link.rpartition("/")[2] in _NO_ITEM:
        return None
    for answer in item.answer:
        if answer.integer is not None and 0 <= answer.integer <= 3:
            return answer.integer
        if answer.option and answer.option.code in _ANSWERS:
            return _ANSWERS[answer.option.code]
        for extension in answer.option.extension if answer.option else ():
            points = _whole(extension.decimal)
            if extension.url.endswith("ordinalValue") and points in (0, 1, 2, 3):
                return points
    return None


def _whole(value: Decimal | None) -> int | None:
    """A whole number of at most seven digits; None for any other. Nothing longer is ever turned into an int."""
    if value is None or not value.is_finite() or value.adjusted() > _LARGEST_EXPONENT:
        return None
    whole = int(value)
    return whole if whole == value else None


def _score(instrument: Instrument, quantity: _Quantity, element: str) -> int:
    unit = (quantity.code or quantity.unit).strip().casefold()
    percent = instrument.raw is not None and unit == "%"
    if unit not in _UNITS and not percent:
        raise _Unread(Problem.UNIT, f"{element}.unit")
    score = _whole(quantity.value)
    if score is None:
        raise _Unread(Problem.VALUE, element)
    doubtful = instrument.raw is not None and not percent and 0 < score <= instrument.raw  # raw, or per cent?
    if doubtful or not instrument.low <= score <= instrument.high or score % instrument.step:
        raise _Unread(Problem.VALUE, element)
    return score


def _day(given: Sequence[str], element: str, today: date) -> date:
    """The first of these that is a whole day, not after today."""
    for moment in given:
        try:
            day = date.fromisoformat(moment[:10])
        except ValueError:
            continue
        if day <= today:
            return day
    raise _Unread(Problem.DATE, element)


def _subject(reference: _Reference) -> str:
    said = reference.identifier.value or reference.reference.rstrip("/").rpartition("/")[2].removeprefix("urn:uuid:")
    if len(said) > LONGEST_FIELD:
        raise _Unread(Problem.PATIENT, "subject")
    return said
