"""`intervision anonymise` as a person in a shell meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app

RUNNER = CliRunner()
NOTE = 'Client Tamsin writes from tamsin@example.org, PHQ-9 14, "tired" she says. 🙂'


def run(*arguments: str, given: str | bytes | None = None) -> tuple[int, str, str]:
    result = RUNNER.invoke(app, ["anonymise", *arguments], input=given)
    return result.exit_code, result.stdout, result.stderr


def test_notes_in_json_come_back_with_spans_tags_and_the_redacted_text() -> None:
    lines = [
        {"id": "a", "lang": "en", "text": NOTE},
        {"id": 2, "lang": None, "text": "Hun hedder Solveig og bor i Skive."},
    ]
    code, out, _ = run(given="\n".join(map(json.dumps, lines)) + "\n\n")
    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert (first["id"], first["lang"], second["id"], second["lang"]) == ("a", "en", 2, "da")
    assert set(first["spans"][0]) == {"start", "end", "cls", "tier", "score", "recogniser", "tag"}
    mail = next(span for span in first["spans"] if span["cls"] == "EMAIL")
    assert NOTE[mail["start"] : mail["end"]] == "tamsin@example.org"
    assert "Tamsin" not in first["redacted"]
    assert "PHQ-9 14" in first["redacted"]


def test_plain_text_comes_back_as_text_and_explained(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text(NOTE, encoding="utf-8")
    assert run(str(file), "--lang", "en")[1] == "Client [PERSON 1] writes from [E-MAIL 1]" + NOTE[44:]
    explained = run(str(file), "--lang", "en", "--explain")[1]
    assert "email: the form of an e-mail address" in explained
    assert "tamsin" not in explained.casefold()


def test_plain_text_can_be_answered_in_json() -> None:
    answer = json.loads(run("--json", given="Ring 22 91 40 17 i morgen")[1])
    assert answer["redacted"] == "Ring [PHONE 1] i morgen"


@pytest.mark.parametrize(
    ("given", "arguments", "said"),
    [
        ('{"text": 3}', (), "line 1: wanted an object"),
        ('{"text": "a"}\n{oops', (), "line 2 is not JSON"),
        ('{"text": "a", "lang": "fi"}', (), '"lang" is one of'),
        ("a", ("--lang", "fi"), "--lang fi"),
        ("a", ("/nowhere/at/all",), "cannot be read"),
        (b"\xff\xfe", (), "not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(given: str | bytes, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments, given=given)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_the_words_of_the_configuration_are_masked_or_left(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[anonymise]\ndeny = ["Blue Door"]\nallow = ["Tamsin"]\npatterns = ["ZX-[0-9]+"]\n')
    shown = run("--config", str(config), given="Tamsin of the blue door, ZX-7.")[1]
    assert shown == "Tamsin of the [MASKED 1], [MASKED 2]."


def test_half_a_character_is_answered_too() -> None:
    code, out, _ = run(given='{"id": 1, "text": "Hi \\ud83d there"}')
    assert code == 0
    assert json.loads(out)["redacted"] == "Hi \ufffd there"
