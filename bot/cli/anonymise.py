"""`intervision anonymise`: the gate on a file or standard input, so that a clinic can try it on its own material."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli.common import ConfigOption

if TYPE_CHECKING:
    from bot.anonymise import Examined, Gate

FileArgument = Annotated[
    Path | None,
    typer.Argument(help='Plain text, or notes as JSON: {"id", "lang" or null, "text"} a line; - is standard input.'),
]
LangOption = Annotated[
    str | None, typer.Option("--lang", help="en, da, de, nb, nl or sv for notes without a language; else detected.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, one object a note, also for plain text.")]
ExplainOption = Annotated[bool, typer.Option("--explain", help="Say for each finding who found it and why.")]


@dataclass(frozen=True)
class _Note:
    id: Any
    lang: str | None
    text: str


def anonymise(
    file: FileArgument = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    explain: ExplainOption = False,
    config: ConfigOption = None,
) -> None:
    """Mask what identifies a person, exactly as the product does. The result is pseudonymised, not anonymous in law."""
    from bot.anonymise import Gate, GateClosed
    from bot.anonymise.vocabulary import LANGUAGES

    if lang is not None and lang not in LANGUAGES:
        _stop(f"--lang {lang}: there are {', '.join(LANGUAGES)}")
    text = _read(file)
    notes = text.lstrip().startswith("{")
    gate = Gate(_settings(config))
    for note in _notes(text) if notes else iter([_Note("-", None, text)]):
        try:
            examined = _examined(gate, note, lang)
        except GateClosed as closed:
            _stop(f"note {note.id}: the recogniser {closed.values['recogniser']} failed, so nothing is shown", 1)
        if as_json or notes:
            typer.echo(_json(_answer(note, examined, explain=explain)))
        else:
            _tell(examined, explain=explain)


def _examined(gate: Gate, note: _Note, lang: str | None) -> Examined:
    from bot.anonymise import Sensitive

    return gate.examine({"text": Sensitive(note.text)}, lang=note.lang or lang)


def _answer(note: _Note, examined: Examined, *, explain: bool) -> dict[str, Any]:
    """Offsets count characters of the text as given, end exclusive."""
    from bot.anonymise.recognisers import WHY

    spans = [
        {
            "start": found.start,
            "end": found.end,
            "cls": found.cls,
            "tier": found.tier,
            "score": round(found.score, 3),
            "recogniser": found.recogniser,
            "tag": found.tag,
            **({"why": WHY[found.recogniser]} if explain else {}),
        }
        for found in examined.fields["text"].findings
    ]
    return {"id": note.id, "lang": examined.lang, "spans": spans, "redacted": examined.redact()["text"].text}


def _json(answer: dict[str, Any]) -> str:
    line = json.dumps(answer, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # half a surrogate pair, as JSON may carry it
        return json.dumps(answer)
    return line


def _tell(examined: Examined, *, explain: bool) -> None:
    from bot.anonymise.recognisers import WHY

    typer.echo(examined.redact()["text"].text, nl=False)
    if not explain:
        return
    typer.echo("")
    for found in examined.fields["text"].findings:
        tier = "masked" if found.tier == "auto" else "masked, can be kept"
        where = f"{found.start}-{found.end}"
        typer.echo(f"{found.tag}  {where}  {tier}  {found.recogniser}: {WHY[found.recogniser]} ({found.score:.2f})")


def _settings(config: Path | None) -> Any:
    from bot.anonymise import GateSettings
    from bot.config import Mistakes, checked, load

    lines: list[str] = []
    settings = checked(GateSettings, load(config).anonymise, "anonymise", lines)
    if lines:
        raise Mistakes(str(config), lines)
    return settings


def _read(file: Path | None) -> str:
    """The input as text; what cannot be read is said in one line."""
    named = file is not None and str(file) != "-"
    try:
        data = file.read_bytes() if file is not None and named else sys.stdin.buffer.read()
        return data.decode("utf-8-sig")
    except OSError as error:
        _stop(f"{file} cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        _stop(f"{file if named else 'standard input'} is not UTF-8 text")


def _notes(text: str) -> Iterator[_Note]:
    """Notes, one JSON object a line; every line is checked before the first is answered."""
    found: list[_Note] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            _stop(f"line {number} is not JSON")
        if not isinstance(value, dict) or not isinstance(value.get("text"), str):
            _stop(f'line {number}: wanted an object with "text"')
        note = _Note(value.get("id", number), _language(value.get("lang"), number), value["text"])
        found.append(note)
    yield from found


def _language(given: object, number: int) -> str | None:
    from bot.anonymise.vocabulary import LANGUAGES

    if given is None or given == "":
        return None
    if given not in LANGUAGES:
        _stop(f'line {number}: "lang" is one of {", ".join(LANGUAGES)} or null')
    return str(given)


def _stop(problem: str, code: int = 2) -> NoReturn:
    typer.echo(problem, err=True)
    raise typer.Exit(code)
