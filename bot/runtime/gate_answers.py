"""What the gate's process may answer. Whoever takes that process over writes its answers: each field is checked.

A checked answer still comes from that process; it can hide what it found, and nothing else. Everything raises
ValueError for what is no answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter

from bot.anonymise import Examined, FieldResult, Finding, GateClosed, QuasiFlag, Sensitive, TagBook
from bot.anonymise.finding import CLASSES
from bot.anonymise.quasi import KINDS
from bot.anonymise.vocabulary import LANGUAGES

T = TypeVar("T")
_FINDINGS = TypeAdapter(dict[str, tuple[Finding, ...]], config=ConfigDict(strict=True))
_FLAGS = TypeAdapter(tuple[QuasiFlag, ...], config=ConfigDict(strict=True))
_SALT = 16
"""Bytes of a book's salt."""
_TAG = re.compile(r"\[[A-Z][A-Z0-9-]{0,12} [0-9][0-9+-]{0,7}(?:, [^\[\]\x00-\x1f\x7f-\x9f\u2028\u2029]{1,30})?\]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
"""A recogniser, or the kind of an error."""
_DIGEST = re.compile(r"[0-9a-f]{32}")
_WRITTEN = "written "
_TOLD = {
    "recogniser": _NAME,
    "place": re.compile(r"(?:(?:<frozen [\w.]{1,60}>|[\w./<>@+-]{1,200}):[0-9]{1,6}(?: < |$)){0,20}", re.ASCII),
    "reason": re.compile(r"[\w .,:;'()/<>-]{0,500}", re.ASCII),
}
"""What a closed gate says of itself, which goes to the log."""
LONGEST_LINE = 500
_LONGEST_LIST = 4000
_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LINE = re.compile(rf"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{{0,{LONGEST_LINE}}}")


def understood(read: Callable[[], T]) -> T:
    """What `read` makes of an answer; whatever it fails with is a ValueError that quotes nothing."""
    try:
        return read()
    except Exception:
        raise ValueError("no answer") from None


def decoded(text: bytes) -> Any:
    """JSON without the numbers that are none (NaN, Infinity)."""
    return understood(lambda: json.loads(text, parse_constant=_no_number))


def a_line(answer: Any) -> str:
    """A sentence of at most 500 characters without line ends."""
    _must(isinstance(answer, str) and _LINE.fullmatch(answer))
    return str(answer)


def lines(answer: Any, names: Iterable[str]) -> dict[str, str]:
    """Of these names the line that each was answered with."""
    _must(isinstance(answer, dict))
    # A wall that does not stand names each variable of the environment: cut, not refused.
    return {name: _LINE_ENDS.sub(" ", str(answer[name]))[:_LONGEST_LIST] for name in names if name in answer}


def examined(answer: Any, fields: Mapping[str, Sensitive]) -> Examined | GateClosed:
    """What the gate found, or that it closed."""
    return understood(lambda: _closed(answer["closed"]) if "closed" in answer else _examined(answer, fields))


def _closed(told: Mapping[str, Any]) -> GateClosed:
    said = {name: str(told[name]) for name in _TOLD if name in told}
    _must(all(_TOLD[name].fullmatch(text) for name, text in said.items()))
    return GateClosed(**said)


def _examined(answer: Mapping[str, Any], fields: Mapping[str, Sensitive]) -> Examined:
    _must(answer["lang"] in LANGUAGES)
    findings = _FINDINGS.validate_json(json.dumps(answer["findings"]))
    flags = _FLAGS.validate_json(json.dumps(answer["flags"]))
    results = {name: FieldResult(text, _in_order(findings[name], text)) for name, text in fields.items()}
    for flag in flags:
        _must(flag.field in fields and 0 <= flag.start <= flag.end <= len(fields[flag.field].reveal()))
        _must(flag.kind in KINDS and flag.suggestion_key == f"gate.flag.{flag.kind}")
    return Examined(results, answer["lang"], flags, _book(answer["tags"]))


def _book(kept: Mapping[str, Any]) -> TagBook:
    book = TagBook.from_json(kept)
    _must(len(book.salt) == _SALT)
    for entries in (book.tags, book.parts):
        _must(
            all(
                (_DIGEST.fullmatch(key) or key == f"{_WRITTEN}{tag}") and _TAG.fullmatch(tag)
                for key, tag in entries.items()
            )
        )
    return book


def _in_order(findings: tuple[Finding, ...], text: Sensitive) -> tuple[Finding, ...]:
    """Findings inside their text, one behind the other."""
    end = 0
    for found in findings:
        _must(end <= found.start <= found.end <= len(text.reveal()))
        _must(found.cls in CLASSES and _NAME.fullmatch(found.recogniser) and math.isfinite(found.score))
        _must(_TAG.fullmatch(found.tag))
        end = found.end
    return findings


def _must(holds: object) -> None:
    if not holds:
        raise ValueError("no answer")


def _no_number(_: str) -> None:
    raise ValueError("no number")
