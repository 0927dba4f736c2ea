"""What is done to the whole installation in the shell is a line of every organisation's trail."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.migrated import migrated


def test_keys_and_restores_are_lines_of_the_trail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def config(name: str) -> Path:
        path = tmp_path / f"{name}.toml"
        url = migrated(tmp_path / f"{name}.sqlite3")
        path.write_text(f'[database]\nurl = "{url}"\n[keys]\nfile = "{tmp_path / "key"}"\n[log]\nlevel = "error"\n')
        return path

    def run(where: Path, *words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["intervision", *words, "--config", str(where)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert not ended.value.code, said.err
        return said.out

    one, other = config("one"), config("other")
    run(one, "admin", "add-organisation", "Our service")
    run(one, "admin", "add-clinic", "Kiel", "--country", "DE", "--timezone", "Europe/Berlin")
    person = ("Officer", "p@clinic.example", "--clinic", "Kiel", "--roles", "dpo")
    run(one, "admin", "add-person", *person)
    run(one, "backup", str(tmp_path / "night.backup"))
    run(one, "keys", "rotate")
    run(one, "keys", "forget")
    told = run(one, "audit", "list", "--as", "p@clinic.example")
    assert "keys_renewed" in told
    assert "keys_forgotten" in told
    run(one, "backup", str(tmp_path / "now.backup"))
    run(other, "restore", str(tmp_path / "now.backup"))
    assert "restored" in run(other, "audit", "list", "--as", "p@clinic.example")
