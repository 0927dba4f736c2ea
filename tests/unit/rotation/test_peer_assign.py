"""The exchange format: what is read, what is refused with the path of every mistake, what comes back."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rotation import InstanceInvalid, answer, parse_instance


def valid() -> dict[str, Any]:
    return {
        "format": "peer-assign/1",
        "id": "example",
        "seed": 3,
        "note": "unknown keys are ignored",
        "rules": {"require_experienced": True, "surprise": 1},
        "members": [
            {"id": "a", "mode": "both", "capacity": 2, "languages": ["en"], "experienced": True},
            {"id": "b", "mode": "icbt", "capacity": 1, "languages": ["en"], "balance": -7},
            {"id": "c", "mode": "both", "capacity": 1, "languages": ["fi"], "experienced": False},
        ],
        "cases": [{"id": "x", "author": "somebody else", "k": 2, "mode": "icbt", "languages": ["en"]}],
        "conflicts": [["a", "left the group"]],
        "history": [{"author": "somebody else", "reviewer": "left the group", "count": 2}],
    }


def edited(path: str, value: object) -> dict[str, Any]:
    """The valid instance with one value put at a path such as `members.0.capacity`."""
    source: Any = deepcopy(valid())
    *way, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    target = source
    for step in way:
        target = target[step]
    target[last] = value
    return source  # type: ignore[no-any-return]  # JSON


def mistakes(source: object) -> list[str]:
    with pytest.raises(InstanceInvalid) as refused:
        parse_instance(source)
    return [m.path for m in refused.value.mistakes]


def test_a_valid_instance_is_answered() -> None:
    assert answer(valid()) == {
        "assignments": [{"case": "x", "reviewer": "a"}, {"case": "x", "reviewer": "b"}],
        "shortfalls": [],
        "bottleneck": [],
    }


def test_repeats_weigh_as_the_product_weighs_them_only_where_asked_for() -> None:
    """One has done a tenth less, but has met the presenter before."""
    source = {
        "format": "peer-assign/1",
        "members": [{"id": "met", "capacity": 1, "balance": -1}, {"id": "new", "capacity": 1}],
        "cases": [{"id": "x", "author": "p", "k": 1}],
        "history": [{"author": "p", "reviewer": "met", "count": 1}],
    }
    strict = {"order": ["fill", "load", "pair"]}
    assert answer(source)["assignments"] == [{"case": "x", "reviewer": "met"}]
    assert answer(source | {"rules": strict})["assignments"] == [{"case": "x", "reviewer": "met"}]
    assert answer(source | {"rules": {"pair_weight": 100}})["assignments"] == [{"case": "x", "reviewer": "new"}]


def test_a_shortage_is_answered_with_kind_and_every_reason() -> None:
    source = edited("members.0.absent", True)
    assert answer(source)["shortfalls"] == [
        {
            "case": "x",
            "missing": 1,
            "kind": ["no_candidates"],
            "blocked": {"a": ["absent"], "c": ["language"]},
        }
    ]


def test_the_answer_is_json_and_the_input_is_left_alone() -> None:
    source = valid()
    json.dumps(answer(source))
    assert source == valid()


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("format", "peer-assign/2", "format"),
        ("seed", "3", "$.seed"),
        ("id", 7, "$.id"),
        ("members", {}, "members"),
        ("cases", None, "cases"),
        ("members.1", "b", "members[1]"),
        ("members.0.id", "", "members[0].id"),
        ("members.0.id", None, "members[0].id"),
        ("members.0.id", "\ud800", "members[0].id"),
        ("members.1.id", "a", "members[1].id"),
        ("members.0.capacity", -1, "members[0].capacity"),
        ("members.0.capacity", True, "members[0].capacity"),
        ("members.0.capacity", 1.5, "members[0].capacity"),
        ("members.0.capacity", 10**30, "members[0].capacity"),
        ("members.0.mode", "online", "members[0].mode"),
        ("members.0.absent", "no", "members[0].absent"),
        ("members.0.languages", "en", "members[0].languages"),
        ("members.0.clinic", 1, "members[0].clinic"),
        ("members.0.balance", "7", "members[0].balance"),
        ("members.0.open_cap", -1, "members[0].open_cap"),
        ("cases.0.k", -1, "cases[0].k"),
        ("cases.0.k", None, "cases[0].k"),
        ("cases.0.mode", "both ways", "cases[0].mode"),
        ("cases.0.overdue", -2, "cases[0].overdue"),
        ("cases.0.author", 5, "cases[0].author"),
        ("cases.0.candidates", ["a", "ghost"], "cases[0].candidates[1]"),
        ("cases.0.require_experienced", "yes", "cases[0].require_experienced"),
        ("conflicts", [["a"]], "conflicts[0]"),
        ("conflicts", {"a": "b"}, "conflicts"),
        ("history.0.count", -1, "history[0].count"),
        ("history", [1], "history[0]"),
        ("rules", [], "rules"),
        ("rules.order", ["fill", "luck"], "rules.order[1]"),
        ("rules.order", ["fill", "load", "load"], "rules.order[2]"),
        ("rules.order", ["load", "fill"], "rules.order[0]"),
        ("rules.same_clinic", "sometimes", "rules.same_clinic"),
        ("rules.mode_compat", {"icbt": "both"}, "rules.mode_compat.icbt"),
        ("rules.pair_weight", -1, "rules.pair_weight"),
        ("rules.pair_weight", 10_001, "rules.pair_weight"),
        ("previous", [], "previous"),
        ("previous", {"assignments": [{"case": "x", "reviewer": "ghost"}]}, "previous.assignments[0].reviewer"),
        ("previous", {"assignments": [{"case": "ghost", "reviewer": "a"}]}, "previous.assignments[0].case"),
        ("previous", {"assignments": [{"case": "x", "reviewer": "a"}] * 2}, "previous.assignments[1]"),
    ],
)
def test_a_mistake_is_named_by_its_path(path: str, value: object, where: str) -> None:
    assert where in mistakes(edited(path, value))


@pytest.mark.parametrize("source", [None, [], "text", 3])
def test_what_is_no_object_is_refused(source: object) -> None:
    assert mistakes(source) == ["$"]


def test_every_mistake_is_told_at_once() -> None:
    source = valid()
    source["members"][0]["capacity"] = -1
    source["members"][2]["id"] = "b"
    source["cases"][0]["k"] = "two"
    source["previous"] = {"assignments": [{"case": "nowhere", "reviewer": "nobody"}]}
    assert mistakes(source) == [
        "members[0].capacity",
        "cases[0].k",
        "members[2].id",
        "previous.assignments[0].case",
        "previous.assignments[0].reviewer",
    ]


def locked(*reviewers: str, **about_case: object) -> dict[str, Any]:
    source = valid()
    source["cases"][0] |= about_case
    source["previous"] = {"assignments": [{"case": "x", "reviewer": r, "locked": True} for r in reviewers]}
    return source


@pytest.mark.parametrize(
    ("source", "where"),
    [
        (locked("a", author="a"), ["previous.assignments[0]"]),
        (locked("b", "a", former_therapists=["a"]), ["previous.assignments[1]"]),
        (locked("c"), ["previous.assignments[0]"]),
        (locked("a", "b", k=1), ["previous.assignments[1]", "previous.assignments[1]"]),
        (locked("b", "c", languages=[]), ["previous.assignments[1]"]),
        (
            locked("c", "b", author="b"),
            ["previous.assignments[0]", "previous.assignments[1]", "previous.assignments[1]"],
        ),
    ],
    ids=["own case", "former therapist", "language", "more than seats", "seat for experience", "several at once"],
)
def test_locks_that_contradict_a_rule_are_refused(source: dict[str, Any], where: list[str]) -> None:
    found = mistakes(source)
    assert set(found) == set(where)


def test_a_started_review_may_outlast_presence_capacity_and_mode() -> None:
    source = locked("a")
    source["members"][0] |= {"absent": True, "capacity": 0, "mode": "f2f"}
    assert {"case": "x", "reviewer": "a"} in answer(source)["assignments"]


def test_a_refusal_repeats_no_id_and_no_text() -> None:
    source = edited("cases.0.candidates", ["private name"])
    with pytest.raises(InstanceInvalid) as refused:
        parse_instance(source)
    assert "private name" not in str(refused.value) + repr(refused.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
places = st.sampled_from(
    ["format", "seed", "rules", "members", "cases", "conflicts", "never_assign", "history", "previous", "members.0"]
    + [f"members.0.{k}" for k in ("id", "mode", "capacity", "absent", "languages", "clinic", "tags", "balance")]
    + [f"cases.0.{k}" for k in ("id", "author", "k", "mode", "candidates", "recused", "on_hold", "overdue")]
    + [f"rules.{k}" for k in ("order", "mode_compat", "same_clinic", "pair_weight")]
)


@settings(max_examples=200, deadline=None)
@given(places, json_values)
def test_anything_put_anywhere_is_answered_or_refused(path: str, value: object) -> None:
    try:
        answer(edited(path, value))
    except InstanceInvalid as refused:
        assert all(m.path and m.problem for m in refused.mistakes)
