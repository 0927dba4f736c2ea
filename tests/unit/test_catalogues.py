"""Every sentence exists in every language, is used, has the same placeholders, and fits where it is shown.

The program's source is read for keys: written out, joined to a beginning ("web.tone." ~ tone) or with
holes (f"mode.{m}"). A hole is filled by a word that stands somewhere in the program, so an entry for a
value that no longer exists is found too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.ui import strings
from tests.sources import ROOT, files, nodes
from tests.unit.refusal_keys import refusal_keys

OTHERS = [language for language in strings.LANGUAGES if language != "en"]
AREAS = sorted(path.name for path in (strings.HERE / "en").glob("*.po"))
HOLE = "([a-z0-9_]+)"
# What the longest value of a placeholder may be, to measure sentences that must fit a button or a title.
SAMPLES = {"day": "Mi., 30. Dez. 2026", "code": "K7Q2", "n": "12", "number": "12", "name": "Ingeborg Sundström"}


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("area", AREAS)
def test_nothing_is_missing_or_left_over(language: str, area: str) -> None:
    english, own = entries("en", area), entries(language, area)
    assert sorted(own) == sorted(english)
    for key, forms in own.items():
        assert all(form.strip() for form in forms), f"{key} is empty"
        assert len(forms) == len(english[key]), f"{key} has other plural forms than English"
        for mine, theirs in zip(forms, english[key], strict=True):
            assert holes(forms[-1]) == holes(english[key][-1]), f"{key} has other placeholders than English"
            assert holes(mine) <= holes(english[key][-1])
            assert mine.endswith(" ") == theirs.endswith(" "), f"{key}: what follows would stick to it"


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_no_key_stands_twice(language: str) -> None:
    seen: dict[str, str] = {}
    for area in AREAS:
        for message in messages(language, area):
            key = key_of(message)
            assert key not in seen, f"{key} stands in {area} and {seen[key]}"
            seen[key] = area


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_every_entry_has_one_id_and_its_own_sentences(language: str) -> None:
    """As a merge of two branches can leave a second sentence under an id, which the reader of the file drops unsaid."""
    for area in AREAS:
        for entry in (strings.HERE / language / area).read_text(encoding="utf-8").rstrip("\n").split("\n\n"):
            assert len(re.findall(r"^msgid ", entry, re.MULTILINE)) == 1, f"{language}/{area}: {entry}"
            one, forms = (len(re.findall(start, entry, re.MULTILINE)) for start in (r"^msgstr ", r"^msgstr\["))
            assert (one, forms) in {(1, 0), (0, 2)}, f"{language}/{area}: {entry}"


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_says_whether_a_clinician_has_read_it(language: str) -> None:
    for area in AREAS:
        assert headers(language, area).get("X-Reviewed") in {"no", "yes"}, f"{language}/{area} lacks X-Reviewed"


@pytest.mark.parametrize(
    ("language", "other"), [("de", r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]eine?[mnrs]?)\b"), ("nl", r"\b([Uu]w?)\b")]
)
def test_the_reader_is_addressed_in_one_way(language: str, other: str) -> None:
    for area in AREAS:
        for key, forms in entries(language, area).items():
            typed = key.startswith("typed.")  # people say "du" to the program
            assert typed or not re.search(other, " ".join(forms)), f"{language}/{area}: {key}"


@pytest.mark.parametrize(
    ("language", "trap"),
    [("de", "gutacht"), ("sv", "granskning"), ("nl", r"supervisie"), ("nb", r"supervisjon"), ("da", "vejledning")],
)
def test_the_words_of_the_field_are_kept(language: str, trap: str) -> None:
    allowed = {"teams.terms.use"}  # There the other thing is meant.
    for area in AREAS:
        for key, forms in entries(language, area).items():
            assert key in allowed or not re.search(trap, " ".join(forms).casefold()), f"{language}/{area}: {key}"


def test_every_key_that_is_written_out_exists() -> None:
    known = {key for area in AREAS for key in entries("en", area)}
    missing = {f"{place}: {key}" for place, key in spoken() if key not in known}
    assert missing == set()


def test_every_sentence_is_used() -> None:
    constants, computed = source()
    everywhere = set().union(*constants.values()) | set(refusal_keys()) | set(strings.LANGUAGES)
    unused = [
        key
        for area in AREAS
        for key in entries("en", area)
        if key not in everywhere
        and not any(fits(pattern, key, everywhere if named else constants[file]) for file, pattern, named in computed)
    ]
    assert unused == []


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_titles_buttons_and_options_fit_slack_and_teams(language: str) -> None:
    w = strings.words(language)
    for place, key, limit in bounded():
        for form in strings._forms(w.language, key):
            shown = form.format_map({name: SAMPLES.get(name, "–" * 12) for name in holes(form)})
            assert len(shown) <= limit, f"{place}: {key} has {len(shown)} of {limit} characters: {shown}"


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_the_navigation_fits_a_phone(language: str) -> None:
    w = strings.words(language)
    assert len(w("web.home") + w("web.notices") + w("web.sign_out")) <= 28


# ---- reading catalogues ------------------------------------------------------------------------


@cache
def catalogue(language: str, area: str) -> Catalog:
    with (strings.HERE / language / area).open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str, area: str) -> list[Message]:
    # Babel keeps one of two equal ids, so the file itself is counted for doubles.
    ids = re.findall(r'^msgid "(.+)"$', (strings.HERE / language / area).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(ids) == len(set(ids)), f"{language}/{area} has a key twice"
    return [message for message in catalogue(language, area) if message.id]


def headers(language: str, area: str) -> dict[str, str]:
    return dict(catalogue(language, area).mime_headers) | dict(
        re.findall(r'^"([\w-]+): (.*?)\\n"$', (strings.HERE / language / area).read_text("utf-8"), re.MULTILINE)
    )


def key_of(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, list | tuple) else message.id)


@cache
def entries(language: str, area: str) -> dict[str, tuple[str, ...]]:
    return {
        key_of(m): tuple(str(s) for s in (m.string if isinstance(m.string, list | tuple) else (m.string,)))
        for m in messages(language, area)
    }


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


# ---- reading the program -----------------------------------------------------------------------


def program() -> Iterator[tuple[str, Sequence[ast.AST]]]:
    """Every node of every file."""
    for path in files("bot", "adapters"):
        yield str(path.relative_to(ROOT)), nodes(path)


@cache
def source() -> tuple[dict[str, set[str]], list[tuple[str, re.Pattern[str], bool]]]:
    """Constants by file, and patterns of computed keys: file, pattern, whether the pattern itself names a word."""
    constants: dict[str, set[str]] = {}
    computed: list[tuple[str, re.Pattern[str], bool]] = []
    for file, tree in program():
        constants[file] = {n.value for n in tree if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        constants[file] |= {n.arg for n in tree if isinstance(n, ast.arg | ast.keyword) and n.arg}
        # Names of fields of a record are asked for by name too: f"report.{field}".
        fields = (n.target for n in tree if isinstance(n, ast.AnnAssign))
        constants[file] |= {target.id for target in fields if isinstance(target, ast.Name)}
        for node in tree:
            if isinstance(node, ast.JoinedStr):
                parts = [p.value if isinstance(p, ast.Constant) else None for p in node.values]
                computed += _pattern(file, parts)
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.Constant):
                computed += _pattern(file, [node.left.value, None])
    for path in sorted((ROOT / "adapters").rglob("*.html")):
        text, file = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        constants[file] = set(re.findall(r"""["']([\w.]+)(?=["'])""", text))
        for joined in re.findall(r'"[\w.]+"(?: ~ (?:[\w.]+|"[\w.]+"))+', text):
            parts = [p.strip('"') if p.startswith('"') else None for p in joined.split(" ~ ")]
            computed += _pattern(file, parts)
    return constants, computed


def _pattern(file: str, parts: Sequence[object]) -> list[tuple[str, re.Pattern[str], bool]]:
    """The pattern of a joined text that may be a key, or nothing."""
    fixed = "".join(str(part) for part in parts if part is not None)
    if "." not in fixed or not re.fullmatch(r"[a-z0-9_.]+", fixed):
        return []
    pattern = "".join(re.escape(str(part)) if part is not None else HOLE for part in parts)
    return [(file, re.compile(pattern), any(c.isalpha() for c in fixed))]


def fits(pattern: re.Pattern[str], key: str, words: set[str]) -> bool:
    match = pattern.fullmatch(key)
    return match is not None and all(hole in words for hole in match.groups())


def spoken() -> Iterator[tuple[str, str]]:
    """Keys written out where a sentence is asked for: w("…"), words.count("…"), words["…"]."""
    for file, tree in program():
        for node in tree:
            if not isinstance(node, ast.Call | ast.Subscript):
                continue
            asked: ast.expr | None = None
            if isinstance(node, ast.Call) and node.args and _speaks(node.func):
                asked = node.args[0]
            elif isinstance(node, ast.Subscript) and _speaks(node.value):
                asked = node.slice
            for key in _constants(asked):
                if key not in strings.LANGUAGES and "." in key:
                    yield f"{file}:{node.lineno}", key


def _speaks(what: ast.expr) -> bool:
    match what:
        case ast.Name(id="w" | "words"):
            return True
        case ast.Attribute(attr="words"):
            return True
        case ast.Attribute(value=inner, attr="count"):
            return _speaks(inner)
        case ast.Call(func=ast.Name(id="words")):
            return True
        case _:
            return False


def _constants(node: ast.expr | None) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_constants(node.body), *_constants(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


# Slack cuts a modal's title and buttons, a button, an option; Teams shows what Slack can.
LIMITS = {
    ("Form", "title", 1): 24,
    ("Form", "submit", 6): 24,
    ("Action", "label", 1): 40,
    ("Option", "label", 1): 75,
    ("Confirm", "title", 0): 100,
    ("Confirm", "text", 1): 300,
    ("Confirm", "yes", 2): 30,
    ("Confirm", "no", 3): 30,
}


@cache
def bounded() -> list[tuple[str, str, int]]:
    """Keys handed to a title, button or option, with the most characters that fit there."""
    return list(_bounded())


def _bounded() -> Iterator[tuple[str, str, int]]:
    for file, tree in program():
        for node in tree:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            for (made, keyword, position), limit in LIMITS.items():
                if node.func.id == made:
                    given = [k.value for k in node.keywords if k.arg == keyword]
                    given += node.args[position : position + 1]
                    for value in given:
                        if isinstance(value, ast.Call) and _speaks(value.func) and value.args:
                            for key in _constants(value.args[0]):
                                yield f"{file}:{node.lineno}", key, limit


def test_a_date_that_ends_in_a_full_stop_ends_its_sentence_too() -> None:
    day = strings.words("da").day(date(2027, 1, 25))
    assert day.endswith("jan.")
    said = strings.words("da")("notice.assigned.text", code="CP-1", day=day)
    assert said.endswith("er man. 25. jan.")
