"""The threat model is true to the code, secrets are in no file, and secrets are compared in constant time."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys

import pytest

from tests.sources import ROOT, files, functions, nodes

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
THREATS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| T\d+ ", line)
]
STRIDE = {
    "spoofing", "tampering", "repudiation", "information disclosure", "denial of service", "elevation of privilege"
}  # fmt: skip


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat[0])
def test_every_threat_names_a_test_that_exists(threat: list[str]) -> None:
    path, _, name = threat[-1].strip("`").partition("::")
    assert name in functions(ROOT / path)


def test_every_flow_and_every_letter_of_stride_has_a_threat() -> None:
    picture = PAGE.split("```")[1]
    assert {row[2] for row in THREATS} == set(re.findall(r"\bF\d+\b", picture))
    assert {row[1] for row in THREATS} == STRIDE
    assert [row[0] for row in THREATS] == [f"T{n}" for n in range(1, len(THREATS) + 1)]


POINTS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.split("## Where each point stands")[1].split("## What flows")[0].splitlines()
    if line.startswith("|") and "---" not in line
][1:]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point[0])
def test_every_point_has_its_page_and_its_tests(point: list[str]) -> None:
    _, page, tests = point
    pages = re.findall(r"\]\(([^)]+)\)", page)
    assert pages
    assert [p for p in pages if not (ROOT / "docs" / p).exists()] == []
    assert named_tests(tests)


def named_tests(text: str) -> list[str]:
    """The tests that a text names, each of which exists: a file with tests, or one test in it."""
    found: list[str] = re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", text)
    for name in found:
        path, _, test = name.partition("::")
        known = functions(ROOT / path)
        assert test in known if test else any(n.startswith("test_") for n in known), name
    return found


def test_every_test_the_page_names_exists() -> None:
    assert len(POINTS) == 9
    assert len(named_tests(PAGE)) > 50


SECRETS = {
    "-----begin ": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{100,}"),
    "xox": re.compile(r"\bxox[abpr]-\d{10,}-\d{10,}-[A-Za-z0-9]{20,}"),
    "xapp-1-a": re.compile(r"\bxapp-1-A[A-Z0-9]{8,}-\d{10,}-[a-f0-9]{32,}"),
    "akia": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "gh": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "eyj": re.compile(r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"),
    **{
        word: re.compile(rf"""(?i){word}["']?\s*[:=]\s*["'][A-Za-z0-9+/_~.-]{{28,}}["']""")
        for word in ("client_secret", "app_secret", "signing_secret", "password")
    },
}
"""What secrets look like, by letters that each of them has, which are looked for first."""


def test_no_file_of_the_repository_holds_a_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    files = [ROOT / n for n in names if n] or [p for p in ROOT.glob("*/**/*.py") if ".venv" not in p.parts]
    texts = [
        (p, p.read_text(encoding="utf-8", errors="ignore")) for p in files if p.is_file() and p.stat().st_size < 10**6
    ]
    assert [
        f"{p}: {pattern.pattern[:30]}"
        for p, text in texts
        for lower in [text.lower()]
        for letters, pattern in SECRETS.items()
        if letters in lower and pattern.search(text)
    ] == []


def test_secrets_are_compared_in_constant_time() -> None:
    word = re.compile(r"(^|_)(mac|token|secret|signature|digest|session)$")
    found = []
    for path in files("bot", "adapters", "storage"):
        for node in nodes(path):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = (node.left, *node.comparators)
                names = [
                    s.attr if isinstance(s, ast.Attribute) else s.id
                    for s in sides
                    if isinstance(s, ast.Attribute | ast.Name)
                ]
                if len(names) == 2 and any(word.search(n) for n in names):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    # There two booleans are compared: whether one and only one of two secrets is configured.
    assert [place for place in found if not place.startswith("adapters/teams/config.py")] == []


WEAK = {"name": "a", "version": "1", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2"]}]}
SOUND = {"name": "b", "version": "1", "vulns": []}
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("found", "required", "code", "said"),
    [
        ([SOUND, SOUND], "", 0, "2 of 2 locked packages audited, 0 known weaknesses"),
        ([SOUND, WEAK], "", 1, "a 1: CVE-2026-1, mended in 2"),
        ([SOUND, UNKNOWN], "true", 0, "not audited: c"),
        ([UNKNOWN, UNKNOWN], "", 0, "NOT AUDITED: none of 2"),
        ([UNKNOWN, UNKNOWN], "true", 1, "NOT AUDITED"),
        (None, "", 1, "NOT AUDITED: the scanner gave no answer"),
    ],
)
def test_the_scan_says_what_it_did_not_audit(found: list[object] | None, required: str, code: int, said: str) -> None:
    told = json.dumps({"dependencies": found}) if found else ""
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "scan"],
        input=told,
        env={"AUDIT_REQUIRED": required},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert said in done.stdout + done.stderr


def test_the_unit_takes_every_right_away() -> None:
    unit = (ROOT / "docs" / "deploy" / "intervision.service").read_text(encoding="utf-8")
    lines = [line for line in unit.splitlines() if "=" in line and not line.startswith(("#", "SystemCall"))]
    held = dict(line.split("=", 1) for line in lines)
    wanted = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes"}
    wanted |= {"LimitCORE": "0", "MemorySwapMax": "0", "CapabilityBoundingSet": "", "UMask": "0077"}
    assert {name: held.get(name) for name in wanted} == wanted
    assert "intervision serve" in held["ExecStart"]
