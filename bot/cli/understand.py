"""`intervision understand`: what the bot would do with typed words, so that a clinic can try its own sentences."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.errors import SetupError

if TYPE_CHECKING:
    from bot.calendars.spoken import Reading

JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, one object a line.")]
RiskOption = Annotated[
    bool, typer.Option("--risk", help='Lines are {"lang", "text"}: would this text ask the risk question again?')
]


def understand(as_json: JsonOption = False, risk: RiskOption = False) -> None:
    """Read lines {"lang", "today", "text"} (what follows /caseload), say what would be done. Nothing is kept."""
    for line in _lines():
        answer = _risk(line) if risk else _period(line)
        typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else _told(answer))


def _lines() -> Iterator[dict[str, Any]]:
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            read = json.loads(line)
        except ValueError as error:
            raise SetupError(f'line {number} is no JSON; write {{"lang": "en", "text": "…"}}') from error
        if not isinstance(read, dict) or not isinstance(read.get("text"), str):
            raise SetupError(f'line {number} has no "text"')
        yield read | {"number": number}


def _period(line: dict[str, Any]) -> dict[str, Any]:
    from bot.calendars.spoken import understand as understood

    try:
        today = date.fromisoformat(str(line.get("today", "")))
    except ValueError as error:
        raise SetupError(f'line {line["number"]}: "today" is a day like 2027-01-18') from error
    return _answer(understood(line["text"], today, str(line.get("lang", "en"))))


def _answer(reading: Reading) -> dict[str, Any]:
    from bot.calendars.spoken import ChangeLeave, ComeBack, EndMode, SwitchMode, TakeLeave

    answer: dict[str, Any] = {"do": "ask", "from": None, "to": None, "mode": None, "on": None}
    match reading:
        case TakeLeave(first, last):
            return answer | {"do": "leave", "from": _iso(first), "to": _iso(last)}
        case SwitchMode(mode, first, last):
            return answer | {"do": "mode", "mode": mode.value, "from": _iso(first), "to": _iso(last)}
        case ComeBack(on):
            return answer | {"do": "back", "on": _iso(on)}
        case ChangeLeave() | EndMode():  # which leave it is, and its days, stand where leave is kept
            return answer | {"why": "change"}
        case ask:
            return answer | {"why": ask.why.value}


def _risk(line: dict[str, Any]) -> dict[str, Any]:
    from bot.domain.risk_words import speaks_of_a_plan

    return {"asks": speaks_of_a_plan([line["text"]], str(line.get("lang", "en")))}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _told(answer: dict[str, Any]) -> str:
    return "  ".join(f"{name}: {value}" for name, value in answer.items() if value is not None)
