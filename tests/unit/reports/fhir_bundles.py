"""FHIR R4 bundles for tests, in the shape of HL7's published examples and LOINC's panels; all invented."""

from __future__ import annotations

import json
from typing import Any

LOINC = "http://loinc.org"
SECRET = "Anna Lindqvist"
"""A name in every place where an export has texts."""


def observation(score: object = 18, day: str = "2027-01-04", code: str = "44261-6", **more: Any) -> dict[str, Any]:
    """A final Observation with a name wherever a text may stand."""
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "id": "f001",
        "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/Observation"]},
        "text": {"status": "generated", "div": f"<div xmlns='http://www.w3.org/1999/xhtml'>{SECRET}</div>"},
        "status": "final",
        "category": [{"coding": [{"code": "survey"}]}],
        "code": {"coding": [{"system": LOINC, "code": code, "display": f"Total score {SECRET}"}], "text": SECRET},
        "subject": {"reference": "Patient/P12", "display": SECRET},
        "performer": [{"display": SECRET}],
        "note": [{"text": f"{SECRET} wept"}],
        "effectiveDateTime": f"{day}T09:30:00+01:00",
        "valueQuantity": {"value": score, "unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"},
    }
    return {name: value for name, value in {**made, **more}.items() if value is not None}


def response(answers: list[int], day: str = "2027-01-11", panel: str = "44249-1", **more: Any) -> dict[str, Any]:
    """A completed QuestionnaireResponse of single items with LOINC's answers."""
    codes = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]
    items = [
        {"linkId": f"/item-{n}", "text": SECRET, "answer": [{"valueCoding": {"system": LOINC, "code": codes[score]}}]}
        for n, score in enumerate(answers)
    ]
    difficulty = {"linkId": "/69722-7", "answer": [{"valueCoding": {"code": "LA6570-1", "display": SECRET}}]}
    made = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"http://loinc.org/q/{panel}|2.73",
        "status": "completed",
        "subject": {"identifier": {"value": "P12"}, "display": SECRET},
        "author": {"display": SECRET},
        "authored": f"{day}T10:00:00Z",
        "item": [*items, difficulty],
    }
    return {name: value for name, value in {**made, **more}.items() if value is not None}


def bundle(*resources: object, **more: Any) -> str:
    """A searchset of these."""
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": resource} for n, resource in enumerate(resources)]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries, **more})
