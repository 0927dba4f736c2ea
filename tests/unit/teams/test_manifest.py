"""The app package is what Teams' administration takes: names, lengths, counts, icons, and every command that exists."""

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.teams.config import TeamsSettings
from adapters.teams.inbound import EXTENSION_COMMANDS
from adapters.teams.manifest import manifest, package, translation
from bot.cli.main import app
from bot.errors import SetupError
from bot.ui.strings import LANGUAGES, words
from tests.standins.teams.connector import APP_ID, TENANT

URL = "https://intervision.example.org"
SETTINGS = TeamsSettings(app_id=APP_ID, app_secret="s", tenant_id=TENANT)
LENGTHS = {"name.short": 30, "name.full": 100, "description.short": 80, "description.full": 4000}


def unpacked() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package(SETTINGS, URL))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_everything_lies_at_the_root_of_the_package() -> None:
    tags = {"da-dk", "de-de", "nb-no", "nl-nl", "sv-se"}
    assert set(unpacked()) == {"manifest.json", "color.png", "outline.png", *(f"{t}.json" for t in tags)}


def test_the_same_settings_make_the_same_package() -> None:
    assert package(SETTINGS, URL) == package(SETTINGS, URL)


@pytest.mark.parametrize(("name", "size"), [("color.png", 192), ("outline.png", 32)])
def test_icons_have_teams_sizes(name: str, size: int) -> None:
    png = unpacked()[name]
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (size, size)


def test_the_manifest_stays_within_teams_lengths_and_counts() -> None:
    page: dict[str, Any] = json.loads(unpacked()["manifest.json"])
    assert page["manifestVersion"] == "1.22"
    assert page["id"] != APP_ID
    assert len(page["developer"]["name"]) <= 32
    assert page["bots"][0]["scopes"] == ["personal", "team", "groupChat"]
    assert len(page["bots"][0]["commandLists"]) <= 3
    for commands in (c["commands"] for c in page["bots"][0]["commandLists"]):
        assert len(commands) <= 10
        assert all(len(c["title"]) <= 128 for c in commands)
    assert {c["id"] for c in page["composeExtensions"][0]["commands"]} == EXTENSION_COMMANDS
    assert all(len(c["title"]) <= 32 for c in page["composeExtensions"][0]["commands"])
    assert page["validDomains"] == ["intervision.example.org"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_fits_and_names_something_that_exists(language: str) -> None:
    texts = translation(words(language))
    for path, most in LENGTHS.items():
        assert 0 < len(texts[path]) <= most
    assert all(len(text) <= 32 for path, text in texts.items() if path.endswith("].title"))
    page = manifest(SETTINGS, URL)
    for path in texts:
        at: Any = page
        for step in path.replace("]", "").replace("[", ".").split("."):
            at = at[int(step)] if isinstance(at, list) else at[step]


def test_slash_commands_are_an_option_of_the_preview_schema_and_never_the_only_way() -> None:
    page = manifest(SETTINGS.model_copy(update={"slash_triggers": True}), URL)
    lists = page["bots"][0]["commandLists"]
    assert page["manifestVersion"] == "devPreview"
    assert [c.get("triggers") for c in lists] == [None, ["slash"]]
    assert "personal" not in lists[1]["scopes"]


def test_what_the_manifest_needs_is_asked_for() -> None:
    with pytest.raises(SetupError, match="app_id is missing"):
        package(TeamsSettings(anonymous=True), URL)
    with pytest.raises(SetupError, match="https addresses only"):
        package(SETTINGS, "http://localhost:8377")


def test_the_command_line_writes_the_package(tmp_path: Path) -> None:
    config = tmp_path / "intervision.toml"
    section = f'app_id = "{APP_ID}"\ntenant_id = "{TENANT}"\napp_secret = "s"\n'
    config.write_text(f'[server]\npublic_url = "{URL}"\n[adapters.teams]\n{section}', encoding="utf-8")
    done = CliRunner().invoke(app, ["manifest", "teams", "--config", str(config), "--out", str(tmp_path)])
    assert done.exit_code == 0
    assert (tmp_path / "intervision-teams.zip").read_bytes() == package(SETTINGS, URL)


def test_single_sign_on_is_declared_only_when_asked_for() -> None:
    assert "webApplicationInfo" not in manifest(SETTINGS, URL)
    asked = manifest(SETTINGS.model_copy(update={"sso": True}), URL)
    assert asked["webApplicationInfo"] == {"id": APP_ID, "resource": f"api://intervision.example.org/{APP_ID}"}
