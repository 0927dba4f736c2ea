"""What was meant by a line that is no TOML: the usual slips of people who write such a file by hand."""

from __future__ import annotations

import re
import tomllib

_SLIPS = (
    (r"[“”„‟«»‘’]", 'write straight quotes: "'),
    (r"^\s*[\w-]+\s*:", 'write "=" between a key and its value, not ":"'),
    (r"^\s*\{", "this is JSON; write one key = value a line"),
    (r"=\s*(?:True|False|TRUE|FALSE|yes|no|Yes|No|on|off)\s*(?:#|$)", "write true or false, in small letters"),
    (r"=\s*\d+\s*/\s*(?:\d+|n)\s*(?:#|$)", 'write a share in quotes: counts = "1/n"'),
    (r"=\s*\d+,\d+\s*(?:#|$)", "write a decimal point: 1.5"),
    (r"=\s*\d{4}-\d{1,2}-\d{1,2}", "there is no such day; write it like 2026-11-30"),
    (r"=\s*\d{1,2}[./]\d{1,2}[./]\d{2,4}", "write a day like 2026-11-30"),
    (r"=\s*\d+(?:[.]\d+)?\s*(?:%|[a-z]+)\s*(?:#|$)", "write the number alone, without its unit"),
    (r"=\s*\"[^\"]*$|=\s*'[^']*$", "close the quotes"),
    (r"^\s*\[\[[^\]]*\](?:[^\]]|$)", "close both brackets: [[goal]]"),
    (r"^\s*\[[^\]]*$", "close the bracket"),
    (r"=\s*(?:#|$)", 'write a value behind "="'),
    (r"=\s*[A-Za-z][^\"'\[{=]*$", 'write words in quotes: name = "…"'),
)


def told(text: str, error: tomllib.TOMLDecodeError) -> tuple[int, str]:
    """The line (from 1) of a syntax error, and what is wrong with it in words that name what was meant."""
    lines = text.splitlines()
    place = re.search(r"\(at line (\d+)", str(error))
    line = int(place.group(1)) if place else max(1, len(lines))
    problem = re.sub(r"\s*\(at .*\)$", "", str(error))
    opened = _opened(lines, line) if "Unclosed array" in problem else None
    if opened:
        return opened, "not valid TOML: the list is not closed; write ] at its end"
    if twice := _twice(lines, line):
        key, before = twice
        return line, f"not valid TOML: {key} stands twice, first on line {before}"
    there = lines[line - 1] if line <= len(lines) else ""
    hint = next((hint for pattern, hint in _SLIPS if re.search(pattern, there)), "")
    return line, f"not valid TOML: {problem}" + (f"; {hint}" if hint else "")


def _opened(lines: list[str], until: int) -> int | None:
    """The line of the last list before `until` that is opened and not closed."""
    for number in range(min(until, len(lines)), 0, -1):
        if re.search(r"=\s*\[[^\]]*$", lines[number - 1]):
            return number
    return None


def _twice(lines: list[str], line: int) -> tuple[str, int] | None:
    """A key or table of this line that stood before in the same place, and where."""
    there = lines[line - 1].strip() if line <= len(lines) else ""
    if head := re.fullmatch(r"\[\s*([\w-]+)\s*\]", there):
        before = [
            n for n, each in enumerate(lines[: line - 1], 1) if re.fullmatch(rf"\[\s*{head[1]}\s*\]", each.strip())
        ]
        return (f"[{head[1]}]", before[0]) if before else None
    key = re.match(r"\"?([\w-]+)\"?\s*=", there)
    if not key:
        return None
    for number in range(line - 1, 0, -1):
        earlier = lines[number - 1].strip()
        if re.match(rf"\"?{key[1]}\"?\s*=", earlier):
            return key[1], number
        if earlier.startswith("["):
            return None
    return None
