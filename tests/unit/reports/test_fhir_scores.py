"""Scores from FHIR R4: what is read, what is refused with its place, and that no text of a file comes out of it."""

from __future__ import annotations

import json
from datetime import date
from time import process_time
from typing import Any

import pytest

from bot.errors import Refusal
from bot.reports.fhir_scores import (
    BundleScores,
    BundleTooLarge,
    NoScoresInBundle,
    NotFhir,
    OtherFhirVersion,
    Problem,
    read_bundle,
)
from tests.unit.reports.fhir_bundles import SECRET, bundle, observation, response

TODAY = date(2027, 2, 1)
PATIENT = {"resourceType": "Patient", "id": "P12", "name": [{"text": SECRET}], "birthDate": "1985-03-12"}


def read(*resources: object) -> BundleScores:
    return read_bundle(bundle(*resources), TODAY)


@pytest.mark.parametrize(
    ("resource", "instrument", "score"),
    [
        (observation(18), "PHQ-9", 18),
        (observation(18.0), "PHQ-9", 18),
        (observation(12, code="70274-6"), "GAD-7", 12),
        (observation(None, valueQuantity=None, valueInteger=15), "PHQ-9", 15),
        (observation(15, code="720433000"), "PHQ-9", 15),
        (observation(9, code="isi"), "ISI", 9),
        (observation(9, code="x-1", code_text="ISI total score"), "ISI", 9),
        (observation(64, code="WHO-5", unit="%"), "WHO-5", 64),
        (observation(64, code="WHO-5"), "WHO-5", 64),
        (observation(8, effectiveDateTime=None, effectivePeriod={"start": "2027-01-04"}), "PHQ-9", 8),
        (observation(8, effectiveDateTime=None, effectiveInstant="2027-01-04T10:00:00Z"), "PHQ-9", 8),
        (observation(8, subject={"reference": "urn:uuid:P12"}), "PHQ-9", 8),
        (response([1, 2, 3, 0, 1, 2, 3, 0, 1]), "PHQ-9", 13),
        (response([1, 2, 3, 0, 1, 2, 3], panel="69737-5"), "GAD-7", 12),
        (response([], item=[{"linkId": "/44261-6", "answer": [{"valueDecimal": 17}]}]), "PHQ-9", 17),
        (
            response([], questionnaire="https://clinic.example/Questionnaire/isi", item=[
                {"linkId": "group", "item": [{"linkId": "isi-total", "answer": [{"valueInteger": 11}]}]}
            ]),
            "ISI",
            11,
        ),
    ],
)  # fmt: skip
def test_a_score_is_read(resource: dict[str, Any], instrument: str, score: int) -> None:
    resource = as_given(resource)
    (found,) = read(resource).readings
    assert (found.instrument.name, found.score, found.subject) == (instrument, score, "P12")
    assert found.day in (date(2027, 1, 4), date(2027, 1, 11))


def as_given(resource: dict[str, Any]) -> dict[str, Any]:
    """Shorthands of the table above put where FHIR has them."""
    text, unit = resource.pop("code_text", None), resource.pop("unit", None)
    if text:
        resource["code"]["text"] = text
    if unit:
        resource["valueQuantity"] = {"value": resource["valueQuantity"]["value"], "unit": unit}
    return resource


@pytest.mark.parametrize(
    ("resource", "problem", "element"),
    [
        (observation(18, valueQuantity={"value": 18, "unit": "mg/dL"}), Problem.UNIT, "valueQuantity.unit"),
        (observation(18, valueQuantity={"value": 18, "code": "%"}), Problem.UNIT, "valueQuantity.unit"),
        (observation(18, valueQuantity={"unit": "{score}"}), Problem.VALUE, "valueQuantity"),
        (observation(28), Problem.VALUE, "valueQuantity"),
        (observation(-1), Problem.VALUE, "valueQuantity"),
        (observation(7.5), Problem.VALUE, "valueQuantity"),
        (observation(16, code="WHO-5"), Problem.VALUE, "valueQuantity"),  # raw, or per cent?
        (observation(None, valueQuantity=None, valueString=SECRET), Problem.VALUE, "value"),
        (observation(18, effectiveDateTime=None), Problem.DATE, "effectiveDateTime"),
        (observation(18, effectiveDateTime="2027-01"), Problem.DATE, "effectiveDateTime"),
        (observation(18, effectiveDateTime="2027-02-30"), Problem.DATE, "effectiveDateTime"),
        (observation(18, effectiveDateTime="2027-02-02"), Problem.DATE, "effectiveDateTime"),
        (observation(18, valueQuantity=[SECRET]), Problem.SHAPE, "valueQuantity"),
        (observation(18, effectiveDateTime=[SECRET]), Problem.SHAPE, "effectiveDateTime"),
        (observation(SECRET), Problem.SHAPE, "valueQuantity.value"),
        (observation("NaN"), Problem.SHAPE, "valueQuantity.value"),
        (response([1, 2, 3]), Problem.VALUE, "item"),
        (response([1] * 9, authored=None), Problem.DATE, "authored"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_place(resource: dict[str, Any], problem: Problem, element: str) -> None:
    found = read(observation(), resource)
    assert [(fault.problem, fault.place) for fault in found.faults] == [
        (problem, f"Bundle.entry[1].resource.{element}")
    ]
    assert len(found.readings) == 1


@pytest.mark.parametrize(
    "resource",
    [
        PATIENT,
        observation(120, code="8480-6"),
        observation(18, status="entered-in-error"),
        observation(18, status="preliminary"),
        observation(18, dataAbsentReason={"text": SECRET}),
        observation(1, code="44250-9"),  # one item of the PHQ-9
        observation(None, code="44249-1", valueQuantity=None, hasMember=[{"reference": "Observation/1"}]),
        response([1] * 9, status="in-progress"),
        response([1] * 9, panel="99999-9"),
        {"resourceType": "Observation2"},
    ],
)
def test_what_is_no_finished_score_is_counted_and_left_out(resource: dict[str, Any]) -> None:
    found = read(observation(), resource)
    assert (len(found.readings), found.faults, found.others) == (1, (), 1)


@pytest.mark.parametrize(
    ("resource", "place"),
    [
        (observation(comment="fine"), "Bundle.entry[1].resource"),  # STU3
        (observation(comments="fine"), "Bundle.entry[1].resource"),  # DSTU2
        (observation(triggeredBy=[]), "Bundle.entry[1].resource"),  # R5
        (observation(meta={"profile": ["http://hl7.org/fhir/5.0/StructureDefinition/Observation"]}),
         "Bundle.entry[1].resource"),
        (response([1] * 9, questionnaire={"reference": "Questionnaire/1"}), "Bundle.entry[1].resource"),  # STU3
        (response([1] * 9, group={}), "Bundle.entry[1].resource"),  # DSTU2
    ],
)  # fmt: skip
def test_another_version_is_refused_with_its_place(resource: dict[str, Any], place: str) -> None:
    with pytest.raises(OtherFhirVersion) as refused:
        read(observation(), resource)
    assert refused.value.values == {"place": place}


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NotFhir),
        ("<Bundle xmlns='http://hl7.org/fhir'/>", NotFhir),
        ("[]", NotFhir),
        ("3", NotFhir),
        ('{"resourceType": "Patient"}', NotFhir),
        ('{"resourceType": "Bundle", "entry": {}}', NotFhir),
        ("[" * 100_000, NotFhir),
        ('{"resourceType": "Bundle"}', NoScoresInBundle),
        (bundle(PATIENT), NoScoresInBundle),
        (bundle(observation(), issues={}), OtherFhirVersion),
        (" " * 1_001, BundleTooLarge),
        (bundle(*[{}] * 11), BundleTooLarge),
    ],
)
def test_what_is_no_bundle_of_scores_is_refused(text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        read_bundle(text, TODAY, longest=max(1_000, len(text) if text.strip() else 0), most=10)


def test_one_resource_alone_is_read() -> None:
    assert len(read_bundle(json.dumps(observation()), TODAY).readings) == 1


@pytest.mark.parametrize("entry", [{}, [], "x", {"resource": [SECRET]}, None])
def test_an_entry_of_another_shape_is_a_mistake(entry: object) -> None:
    text = json.dumps({"resourceType": "Bundle", "entry": [entry, {"resource": observation()}]})
    (fault,) = read_bundle(text, TODAY).faults
    assert (fault.problem, fault.place) == (Problem.SHAPE, "Bundle.entry[0].resource")


def test_no_text_of_a_file_comes_out_of_it() -> None:
    faulty = [observation(99, note=SECRET), observation(18, valueQuantity=SECRET), observation(18, status=[SECRET])]
    found = read(observation(), response([1] * 9), PATIENT, *faulty)
    assert len(found.readings) == 2 and len(found.faults) == 3
    assert SECRET not in repr(found)
    with pytest.raises(OtherFhirVersion) as refused:
        read(observation(comment=SECRET))
    assert SECRET not in repr(refused.value.values) + str(refused.value)


def test_five_thousand_observations_are_read_in_three_seconds() -> None:
    text = bundle(*(observation(n % 28, day=f"2026-{n % 12 + 1:02}-01") for n in range(5_000)))
    began = process_time()
    found = read_bundle(text, TODAY)
    assert process_time() - began < 3
    assert len(found.readings) == 5_000


@pytest.mark.parametrize("number", ["1e250000", "-1e250000", "1e-250000", "0e250000", "NaN", "9" * 4000, 1e300, "1.5"])
def test_no_number_of_a_file_is_turned_into_a_long_one(number: object) -> None:
    options = [{"valueCoding": {"extension": [{"url": "ordinalValue", "valueDecimal": number}]}}]
    resources = (
        observation(18, valueQuantity={"value": number}),
        response([], item=[{"linkId": "/44261-6", "answer": [{"valueDecimal": number}]}]),
        response([], item=[{"linkId": "/44261-6", "answer": [{"valueQuantity": {"value": number}}]}]),
        response([], item=[{"linkId": f"q{each}", "answer": options} for each in range(9)]),
    )
    for resource in resources:
        began = process_time()
        found = read(resource)
        assert process_time() - began < 0.2
        assert (found.readings, len(found.faults)) == ((), 1)


@pytest.mark.parametrize("text", ["[" * 200_000, "[" * 100_000 + "]", "PHQ-9 " + "[" * 200_000])
def test_a_long_name_is_read_to_its_bound_only(text: str) -> None:
    began = process_time()
    resources = (
        observation(9, code="x-1", code_text=text),
        observation(9, code=text),
        response([], questionnaire=f"https://clinic.example/{text}"),
    )
    read(observation(18), *(as_given(each) for each in resources))
    assert process_time() - began < 0.5


def test_a_patient_whose_id_is_too_long_is_refused_and_not_cut() -> None:
    found = read(observation(18, subject={"reference": "Patient/" + "1" * 201}))
    assert [fault.problem for fault in found.faults] == [Problem.PATIENT]


@pytest.mark.parametrize("profile", [5, None, True, {"a": 1}, "x", [5, None]])
def test_a_profile_that_is_no_list_of_addresses_says_nothing(profile: object) -> None:
    assert read(observation(18, meta={"profile": profile})).readings


def test_a_profile_of_another_version_is_refused_also_without_its_list() -> None:
    with pytest.raises(OtherFhirVersion):
        read(observation(18, meta={"profile": "http://hl7.org/fhir/5.0/StructureDefinition/Observation"}))
