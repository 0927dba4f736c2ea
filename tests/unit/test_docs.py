"""What the documentation tells people to type works; its links lead somewhere; its reference is what the code says."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from adapters import discover
from bot.cli.main import app
from bot.config import Settings, checked
from bot.reports.rule_sets.reader import read_text

COMMAND = get_command(app)
ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NEWLINE = "\n"
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.M | re.S)


def blocks(*languages: str) -> list[Any]:
    """Each fenced block of these languages with the page and line where it stands."""
    return [
        pytest.param(
            textwrap.dedent(found[3]), id=f"{page.relative_to(ROOT)}:{text.count(NEWLINE, 0, found.start()) + 1}"
        )
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for found in FENCE.finditer(text)
        if found[2] in languages
    ]


def secret_free(values: Any) -> Any:
    """The configuration as it is after its `_file` keys were read."""
    if not isinstance(values, dict):
        return values
    return {key.removesuffix("_file"): secret_free(value) for key, value in values.items()}


@pytest.mark.parametrize("toml", blocks("toml"))
def test_every_example_of_a_configuration_or_rule_set_is_read(toml: str) -> None:
    raw = secret_free(tomllib.loads(toml))
    if "states" in raw:
        read_text(toml, file="example.toml")
        return
    settings = Settings.model_validate(raw)
    plugins = discover()
    for name, section in settings.adapters.items():
        known = plugins[name].settings.model_fields
        unknown = [key for key in section if key not in known]
        assert unknown == []
        lines: list[str] = []
        checked(plugins[name].settings, {**section}, name, lines)
        assert [line for line in lines if "Extra" in line] == []


@pytest.mark.parametrize("script", blocks("sh", ""))
def test_every_command_line_has_only_commands_and_options_that_exist(script: str) -> None:
    for line in script.replace("\\\n", " ").splitlines():
        if "intervision" not in line:
            continue
        words = shlex.split(line, comments=True)
        starts = [i for i, word in enumerate(words) if word.rsplit("/", 1)[-1] == "intervision" and "=" not in word]
        if not starts or (starts[0] > 0 and words[0] not in {"sudo", "nice"}):
            continue
        at: Any = COMMAND
        for word in words[starts[0] + 1 :]:
            if hasattr(at, "commands") and not word.startswith("-"):
                assert word in at.commands, line
                at = at.commands[word]
            elif word.startswith("--"):
                options = {name for p in at.params for name in (*p.opts, *p.secondary_opts)} | {"--help"}
                assert word.split("=")[0] in options, line


@pytest.mark.parametrize("script", blocks("sh", ""))
def test_every_make_target_exists(script: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = [target for line in script.splitlines() for target in re.findall(r"^make ([a-z-]+)", line)]
    assert set(named) <= targets


@pytest.mark.parametrize("code", blocks("python"))
def test_every_python_example_can_be_read(code: str) -> None:
    assert ast.parse(code).body


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_file_of_ours_that_a_page_names_exists(page: Path) -> None:
    ours = r"`((?:bot|adapters|storage|tests|benchmarks|docs|\.ci|\.locks)/[\w./-]+)`"
    named = re.findall(ours, page.read_text(encoding="utf-8"))
    assert [name for name in named if "<" not in name and not (ROOT / name).exists()] == []


def test_the_site_holds_every_page_and_names_each_in_its_contents(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(build, cwd=ROOT, env=quiet, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr[-2000:]
    docs = ROOT / "docs"
    pages = [page.relative_to(docs).with_suffix(".html") for page in docs.rglob("*.md")]
    assert [str(page) for page in pages if not (tmp_path / page).exists()] == []


def test_the_reference_is_what_the_code_says() -> None:
    path = ROOT / "docs" / "reference" / "write.py"
    spec = importlib.util.spec_from_file_location("write_reference", path)
    assert spec and spec.loader
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    for name in writer.PAGES:
        committed = (path.parent / name).read_text(encoding="utf-8")
        assert committed == writer.written(name), f"docs/reference/{name} is old: run make docs"
