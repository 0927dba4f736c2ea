"""What every adapter promises, over every one that is discovered; a throw-away one shows that a folder is enough."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import adapters
from adapters import discover
from bot.config import Settings
from bot.main import check_sections

THROW_AWAY = '''
"""An adapter of a test: a folder and its section, nothing else."""
from pydantic import BaseModel, ConfigDict


class FaxSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    number: str


class Fax:
    name = "fax"

    def __init__(self, settings):
        self.settings = settings


class FaxPlugin:
    name = "fax"
    settings = FaxSettings

    def create(self, settings, services):
        return Fax(settings)


PLUGIN = FaxPlugin()
'''


def test_every_folder_with_a_plugin_is_found_and_named_alike() -> None:
    found = discover()
    assert set(found) == {"slack", "teams", "web"}
    assert all(name == plugin.name for name, plugin in found.items())


@pytest.mark.parametrize("name", sorted(discover()))
def test_an_adapters_settings_are_frozen_and_refuse_unknown_keys(name: str) -> None:
    model = discover()[name].settings
    assert model.model_config.get("frozen") is True
    assert model.model_config.get("extra") == "forbid"


@pytest.mark.parametrize("name", sorted(discover()))
def test_an_adapter_explains_itself(name: str) -> None:
    folder = Path(adapters.__file__).parent / name
    assert (folder / "README.md").is_file()
    assert (importlib.import_module(f"adapters.{name}.plugin").__doc__ or "").strip()


@pytest.fixture
def fax(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A new platform: one folder beside the others."""
    (tmp_path / "fax").mkdir()
    (tmp_path / "fax" / "__init__.py").write_text("")
    (tmp_path / "fax" / "plugin.py").write_text(THROW_AWAY)
    fake = ModuleType("adapters")
    fake.__path__ = [str(tmp_path)]
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(tmp_path)])
    monkeypatch.setattr(adapters, "FOLDERS", [*adapters.FOLDERS, tmp_path])
    yield
    for module in [m for m in sys.modules if m.startswith("adapters.fax")]:
        del sys.modules[module]


@pytest.mark.usefixtures("fax")
def test_a_new_platform_is_one_folder_and_its_section() -> None:
    plugins: dict[str, Any] = dict(discover())
    sections, _ = check_sections(Settings(adapters={"fax": {"number": "1"}}), plugins)
    assert plugins["fax"].create(sections["fax"], None).settings.number == "1"
