"""`intervision assign` and `intervision simulate` as a person in a shell meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app

SHORT: dict[str, Any] = {
    "format": "peer-assign/1",
    "members": [{"id": "a", "capacity": 1}, {"id": "b", "capacity": 0}],
    "cases": [{"id": "x", "author": None, "k": 2}],
}


def run(*arguments: str, stdin: object = None) -> Result:
    text = stdin if isinstance(stdin, str | bytes) else json.dumps(stdin)
    return CliRunner().invoke(app, list(arguments), input=text, env={"COLUMNS": "200"})


def test_assign_reads_standard_input_and_writes_the_answer() -> None:
    result = run("assign", stdin=SHORT)
    assert result.exit_code == 0
    written = json.loads(result.stdout)
    assert written["assignments"] == [{"case": "x", "reviewer": "a"}]
    assert written["shortfalls"][0]["blocked"] == {"b": ["zero_capacity"]}


def test_assign_reads_a_file(tmp_path: Path) -> None:
    file = tmp_path / "round.json"
    file.write_text(json.dumps(SHORT), encoding="utf-8")
    assert json.loads(run("assign", str(file)).stdout)["assignments"]


def test_assign_explains_in_words() -> None:
    told = run("assign", "--explain", stdin=SHORT).stdout
    assert "Case x: 1 of 2 reviewers" in told
    assert "not b: zero capacity" in told
    assert "let b hold one more review: fills 1 more" in told


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("{", "is not JSON"),
        (b"\x80", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "$: must be an object"),
        (json.dumps(SHORT | {"members": [{"id": "a", "capacity": -1}]}), "members[0].capacity: must lie between"),
    ],
    ids=["broken", "encoding", "deep", "no object", "mistake"],
)
def test_bad_input_is_answered_in_a_line_and_fails(stdin: str | bytes, said: str) -> None:
    result = run("assign", stdin=stdin)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_missing_file_is_named() -> None:
    result = run("assign", "nowhere.json")
    assert result.exit_code == 2
    assert "nowhere.json cannot be read" in result.stderr


def test_simulate_compares_policies_and_draws(tmp_path: Path) -> None:
    chart = tmp_path / "year.png"
    command = ["simulate", "--members", "8", "--rounds", "6", "--policy", "100", "--policy", "strict"]
    result = run(*command, "--plot", str(chart))
    assert result.exit_code == 0
    assert "load + 100 · pair" in result.stdout
    assert "repeats (cannot be below)" in result.stdout
    assert chart.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "arguments",
    [["--example", "odd"], ["--policy", "much"], ["--rounds", "0"], ["--members", "4", "--plot", "x/y.png"]],
)
def test_simulate_refuses_what_it_cannot_play(arguments: list[str]) -> None:
    result = run("simulate", "--rounds", "2", *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
