"""What surrounds the code for strangers: files that are there, workflows and owners that name what exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SHELL = ROOT / ".github"


@pytest.mark.parametrize("file", [*SHELL.rglob("*.yml"), ROOT / ".pre-commit-config.yaml"], ids=lambda f: f.name)
def test_every_file_can_be_read(file: Path) -> None:
    assert yaml.safe_load(file.read_text(encoding="utf-8"))


def test_workflows_run_what_anybody_can_run() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for workflow in (SHELL / "workflows").glob("*.yml"):
        text = workflow.read_text(encoding="utf-8")
        assert all((ROOT / script).exists() for script in re.findall(r"\.ci/\w+", text))
        assert set(re.findall(r"run: make (\S+)", text)) <= targets


def test_every_owned_room_exists() -> None:
    rooms = re.findall(r"^/(\S+)", (SHELL / "CODEOWNERS").read_text(encoding="utf-8"), re.M)
    assert [room for room in rooms if not (ROOT / room).is_dir()] == []


def test_every_link_and_file_that_a_page_names_exists() -> None:
    for page in SHELL.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)#:]+)\)", text)
        assert [link for link in links if not (page.parent / link).exists()] == [], page.name
        named = re.findall(r"`((?:bot|adapters|storage|tests|docs)/[\w./]+)`", text)
        assert [name for name in named if not (ROOT / name).exists()] == [], page.name


MODULE = re.compile(r"`(?:[\w./-]*/)?(\w+\.py)`")


@pytest.mark.parametrize("page", sorted((ROOT / "adapters").glob("*/README.md")), ids=lambda page: page.parent.name)
def test_every_file_in_an_adapters_table_is_in_its_folder(page: Path) -> None:
    rows = [line.split("|")[1] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([\w./]+)`", row)]
    assert [name for name in named if not (page.parent / name).exists()] == []


def test_every_module_that_a_page_or_a_docstring_names_exists() -> None:
    packages = [ROOT / name for name in ("bot", "adapters", "storage", "tests", "benchmarks", "docs")]
    modules = [path for root in packages for path in root.rglob("*.py") if "node_modules" not in path.parts]
    there = {path.name for path in modules}
    guides = ROOT / "docs" / "howto"  # they name files that a reader makes
    pages = [page for page in (ROOT / "docs").rglob("*.md") if guides not in page.parents]
    gone = {
        str(path.relative_to(ROOT)): names
        for path in (*pages, *modules)
        if (names := [name for name in MODULE.findall(path.read_text(encoding="utf-8")) if name not in there])
    }
    assert gone == {}


def test_the_packages_say_that_they_are_typed() -> None:
    assert all((ROOT / package / "py.typed").exists() for package in ("bot", "adapters", "storage"))


def test_whoever_publishes_is_reminded_of_the_address() -> None:
    assert "SECURITY-CONTACT" in (SHELL / "SECURITY.md").read_text(encoding="utf-8")


def test_a_release_ends_what_is_unreleased_and_names_its_version(tmp_path: Path) -> None:
    for name in ("CHANGELOG.md", "pyproject.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n### Added\n\n- A door.\n\n## 0.1.0 (not published)\n\n- A house.\n"
    )

    def changelog(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / ".ci" / "changelog"), *words]
        return subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)

    assert "not after" in changelog("0.0.9", "2027-01-18").stderr
    assert changelog("99.0.0", "2027-01-18").returncode == 0
    assert 'version = "99.0.0"' in (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    assert changelog("99.0.0").stdout == "Intervision 99.0.0\n\n### Added\n\n- A door.\n"
    assert "nothing under Unreleased" in changelog("99.0.1", "2027-01-19").stderr
