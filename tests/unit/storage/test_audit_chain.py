"""Whatever is done to a trail behind our back is found: edits of any column, deletions, exchanges, forged lines."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.main import app
from bot.demo.clock import VirtualClock
from bot.domain.organisation import Clinic, Organisation
from bot.domain.person import Person, Role
from bot.ports.records import Audited, AuditEntry, AuditFault
from storage import open_store
from storage.audit_chain import Verification, chained
from storage.keys import KeyRing

NOW = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
KEY = b"a" * 32


def chain(length: int, key: bytes = KEY) -> list[AuditEntry]:
    lines: list[AuditEntry] = []
    for n in range(length):
        last = lines[-1] if lines else None
        detail = {"found": str(n)}
        moment = NOW + timedelta(minutes=n)
        lines.append(chained(key, last, "org", moment, f"per_{n % 3}", Audited.UNMASKED, f"cas_{n}", detail))
    return lines


def verify(lines: list[AuditEntry], portion: int) -> list[AuditFault]:
    looking = Verification(KEY)
    for start in range(0, len(lines), portion):
        looking.look_at(lines[start : start + portion])
    return looking.ended()


@given(st.data())
def test_any_tampering_is_found(data: st.DataObject) -> None:
    lines = chain(data.draw(st.integers(3, 12)))
    portion = data.draw(st.integers(1, 13))
    assert verify(lines, portion) == []
    n = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(["edit", "delete", "exchange", "forge", "copy"])):
        case "edit":
            column, value = data.draw(st.sampled_from(EDITS))
            lines[n] = dataclasses.replace(lines[n], **{column: value})
        case "delete":
            del lines[min(n, len(lines) - 2)]
        case "exchange":
            other = (n + 1) % len(lines)
            one, two = lines[n], lines[other]
            lines[n], lines[other] = (
                dataclasses.replace(a, number=b.number, id=b.id) for a, b in ((two, one), (one, two))
            )
        case "forge":
            foreign = chain(len(lines), b"another key" * 3)
            lines[n] = foreign[n]
        case "copy":
            lines.insert(n, lines[n])
    assert verify(lines, portion) == verify(lines, len(lines)) != []


EDITS: list[tuple[str, Any]] = [
    ("at", NOW - timedelta(days=1)),
    ("actor", "per_other"),
    ("what", Audited.EXPORTED.value),
    ("subject", "cas_other"),
    ("detail", {}),
    ("previous", "0" * 64),
    ("mac", "0" * 64),
    ("organisation", "other"),
]


@pytest.fixture
async def config(url: str, tmp_path: Path) -> Path:
    """A configured installation with a trail of five lines and a data-protection officer."""
    keys = tmp_path / "our.key"
    store = await open_store(url, KeyRing.load(file=str(keys)), VirtualClock(NOW))
    dpo = Person("per_p", "org", "Officer", "dpo@clinic.example", "cli", frozenset({Role.DPO}), NOW)
    other = dataclasses.replace(dpo, id="per_t", email="t@clinic.example", roles=frozenset({Role.ADMIN}))
    async with store.begin("org") as uow:
        clinic = Clinic("cli", "org", "Kiel", "DE", "Europe/Berlin")
        await uow.add(Organisation("org", "org", "Org", NOW), clinic, dpo, other)
        for n in range(5):
            await uow.audit(Audited.UNMASKED, "per_t", f"cas_{n}", NOW)
        await uow.commit()
    await store.close()
    path = tmp_path / "intervision.toml"
    path.write_text(f'[database]\nurl = "{url}"\n[keys]\nfile = "{keys}"\n')
    return path


def run(config: Path, *words: str, officer: str = "dpo@clinic.example") -> Any:
    return CliRunner().invoke(app, ["audit", *words, "--as", officer, "--config", str(config)])


def test_the_command_proves_a_trail_and_finds_an_edited_row(config: Path, tmp_path: Path) -> None:
    assert "unbroken: 5 lines" in run(config, "verify").output
    with sqlite3.connect(tmp_path / "store.sqlite3") as database:
        database.execute("UPDATE audit_entry SET actor = 'per_p' WHERE number = 3")
    database.close()
    broken = run(config, "verify")
    assert (broken.exit_code, broken.output) == (1, "Line 3: this line was changed.\n")


def test_only_a_data_protection_officer_reads_the_trail(config: Path) -> None:
    refused = run(config, "list", officer="t@clinic.example")
    assert refused.exit_code
    assert "cas_1" not in refused.output
    shown = run(config, "list").output
    assert "Officer  unmasked  cas_1" in shown
    assert "trail_read" in run(config, "list").output
