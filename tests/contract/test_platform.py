"""What every adapter promises, over every one that is discovered; one of another package needs no file of ours."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import adapters
from adapters import discover

FAX = '''
"""An adapter of another package: a module, its section, and a kit for the contract."""
from contextlib import asynccontextmanager

from pydantic import BaseModel, ConfigDict

from bot.ui.inbound import Actor
from bot.ui.platform import Address, Capabilities, DeliveryFailed, DeliveryUnknown
from tests.contract.kits import Stand


class FaxSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    number: str


class Fax:
    """Keeps what a machine would print."""

    name = "fax"
    can_be_asked = True

    def __init__(self, settings, services):
        self.settings, self.printed, self.troubles = settings, {}, []

    async def start(self): ...

    async def stop(self): ...

    async def probe(self, tenant): ...

    async def check(self):
        return ()

    def mount(self, web): ...

    async def send(self, to, message):
        trouble = self.troubles.pop() if self.troubles else ""
        if trouble == "refused for good":
            raise DeliveryFailed("no such number", permanent=True)
        if trouble == "refused for now":
            raise DeliveryFailed("engaged", retry_after=60)
        sheet = message.replaces or message.outbox_id
        self.printed[sheet] = message.card
        if trouble == "unanswered":
            raise DeliveryUnknown("the line was cut")
        return sheet


class FaxPlugin:
    name = "fax"
    capabilities = Capabilities(interrupts=True)
    settings = FaxSettings

    def create(self, settings, services):
        return Fax(settings, services)


PLUGIN = FaxPlugin()


@asynccontextmanager
async def stand():
    fax = PLUGIN.create(FaxSettings(number="1"), None)
    yield Stand(fax, Address(Actor("fax", "t", "u"), {}), lambda: len(fax.printed), fax.troubles.append)
'''
POINTS = """[intervision.platforms]
fax = faxbot:PLUGIN
[intervision.testkits]
fax = faxbot:stand
"""
ROOT = Path(__file__).parents[2]


def test_every_folder_with_a_plugin_is_found_and_named_alike() -> None:
    found = discover()
    assert {"email", "slack", "teams", "web"} <= set(found)
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
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """An environment in which another package offers a platform; no file of ours knows it."""
    (tmp_path / "faxbot.py").write_text(FAX)
    info = tmp_path / "faxbot-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: faxbot\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    return os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}


def test_a_platform_of_another_package_is_found_by_its_entry_point(elsewhere: dict[str, str], tmp_path: Path) -> None:
    program = (
        "from adapters import discover; from bot.config import Settings; from bot.main import check_sections;"
        "found = discover(); given = Settings(adapters={'fax': {'number': '1'}});"
        "sections, _ = check_sections(given, found);"
        "print(sorted(found), found['fax'].create(sections['fax'], None).settings.number)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=elsewhere, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "'fax'" in done.stdout
    assert done.stdout.endswith(" 1\n")


def test_a_platform_of_another_package_passes_the_sending_contract(elsewhere: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-k", "fax", "tests/contract/test_sending.py"],
        env=elsewhere,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "....." in done.stdout
