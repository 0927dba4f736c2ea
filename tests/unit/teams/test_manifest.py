"""The app package is what Teams' administration takes: names, lengths, counts, icons, and every command that exists."""

import io
import json
import struct
import zipfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for
from typer.testing import CliRunner

from adapters.teams.activity_feed import ACTIVITY
from adapters.teams.config import TeamsSettings
from adapters.teams.inbound import EXTENSION_COMMANDS
from adapters.teams.manifest import contents, files, manifest, package, translation
from bot.cli.main import app
from bot.errors import SetupError
from bot.ui.strings import LANGUAGES, words
from tests.standins.teams.connector import APP_ID, TENANT

SCHEMAS = Path(__file__).parents[2] / "standins" / "teams" / "schema"
URL = "https://intervision.example.org"
V = "1.20270118.0"
SETTINGS = TeamsSettings(app_id=APP_ID, app_secret="s", tenant_id=TENANT)
LENGTHS = {"name.short": 30, "name.full": 100, "description.short": 80, "description.full": 4000}


@cache
def published(kind: str) -> Any:
    """Microsoft's schema, read once."""
    return validator_for(json.loads((SCHEMAS / f"{kind}-1.29.json").read_text("utf-8-sig")))


def published_id(kind: str) -> str:
    """Where Microsoft publishes it."""
    name = {"manifest": "MicrosoftTeams.schema.json", "localization": "MicrosoftTeams.Localization.schema.json"}[kind]
    return f"https://developer.microsoft.com/json-schemas/teams/v1.29/{name}"


def unpacked() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package(SETTINGS, URL, V))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_everything_lies_at_the_root_of_the_package() -> None:
    tags = {"da-dk", "de-de", "nb-no", "nl-nl", "sv-se"}
    assert set(unpacked()) == {"manifest.json", "color.png", "outline.png", *(f"{t}.json" for t in tags)}


def test_the_same_settings_make_the_same_package() -> None:
    assert package(SETTINGS, URL, V) == package(SETTINGS, URL, V)


@pytest.mark.parametrize(("name", "size"), [("color.png", 192), ("outline.png", 32)])
def test_icons_have_teams_sizes(name: str, size: int) -> None:
    png = unpacked()[name]
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (size, size)


def test_the_manifest_stays_within_teams_lengths_and_counts() -> None:
    page: dict[str, Any] = json.loads(unpacked()["manifest.json"])
    assert page["manifestVersion"] == "1.29"
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
    texts = translation(words(language), SETTINGS)
    for path, most in LENGTHS.items():
        assert 0 < len(texts[path]) <= most
    assert all(len(text) <= 32 for path, text in texts.items() if path.endswith("].title"))
    page = manifest(SETTINGS, URL, V)
    for path in texts:
        at: Any = page
        for step in path.replace("]", "").replace("[", ".").split("."):
            at = at[int(step)] if isinstance(at, list) else at[step]


def test_slash_commands_are_an_option_of_the_stable_schema_and_never_the_only_way() -> None:
    page = manifest(SETTINGS.model_copy(update={"slash_triggers": True}), URL, V)
    lists = page["bots"][0]["commandLists"]
    assert page["manifestVersion"] == "1.29"
    assert [c.get("triggers") for c in lists] == [None, ["slash"]]
    assert "personal" not in lists[1]["scopes"]
    assert page["bots"][0]["supportsTargetedMessages"] is True


@pytest.mark.parametrize("feed", [False, True])
@pytest.mark.parametrize("sso", [False, True])
@pytest.mark.parametrize("slash", [False, True])
def test_every_package_is_valid_by_microsofts_schemas(slash: bool, sso: bool, feed: bool) -> None:
    options = {"slash_triggers": slash, "sso": sso, "activity_feed_graph": feed}
    packed = contents(SETTINGS.model_copy(update=options), URL, V)
    pages = {name: json.loads(raw) for name, raw in packed.items() if name.endswith(".json")}
    assert len(pages) == 6
    for name, page in pages.items():
        schema = "manifest" if name == "manifest.json" else "localization"
        faults = [f"{name} {e.instance_path}: {e.message[:150]}" for e in published(schema).iter_errors(page)]
        assert faults == []
        assert page["$schema"] == published_id(schema)


def test_the_schema_would_notice_a_wrong_package() -> None:
    page = manifest(SETTINGS, URL, V)
    assert not published("manifest").is_valid(page | {"unknown": 1})
    assert not published("manifest").is_valid(page | {"developer": {"name": "x" * 33}})


def test_what_the_manifest_needs_is_asked_for() -> None:
    with pytest.raises(SetupError, match="app_id is missing"):
        package(TeamsSettings(anonymous=True), URL, V)
    with pytest.raises(SetupError, match="https addresses only"):
        package(SETTINGS, "http://localhost:8377", V)


def test_the_command_line_writes_the_package(tmp_path: Path) -> None:
    config = tmp_path / "intervision.toml"
    section = f'app_id = "{APP_ID}"\ntenant_id = "{TENANT}"\napp_secret = "s"\n'
    config.write_text(f'[server]\npublic_url = "{URL}"\n[adapters.teams]\n{section}', encoding="utf-8")
    done = CliRunner().invoke(app, ["manifest", "teams", "--config", str(config), "--out", str(tmp_path)])
    assert done.exit_code == 0
    written = (tmp_path / "intervision-teams.zip").read_bytes()
    assert written == package(SETTINGS, URL, version_of(written))


NOW = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
OTHERS: tuple[dict[str, Any], ...] = (
    {"sso": True},
    {"sso": False, "slash_triggers": True},
    {"privacy_url": "https://clinic.example/privacy"},
)


def version_of(made: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return str(json.loads(packed.read("manifest.json"))["version"])


def made(folder: dict[str, bytes], now: datetime, **changed: Any) -> tuple[int, ...]:
    """Make the package into a folder as the command does; its version as Teams compares it."""
    folder |= files(SETTINGS.model_copy(update=changed), URL, now, folder.get)
    return tuple(map(int, version_of(folder["intervision-teams.zip"]).split(".")))


@pytest.mark.parametrize("passed", [timedelta(0), timedelta(seconds=1), timedelta(days=40), -timedelta(days=3)])
def test_an_update_has_a_higher_version_than_what_is_installed(passed: timedelta) -> None:
    """Teams' administration takes an update only then; also within a second, and with a clock put back."""
    folder: dict[str, bytes] = {}
    installed = made(folder, NOW)
    for number, changed in enumerate(OTHERS, 1):
        update = made(folder, NOW + number * passed, **changed)
        assert update > installed
        installed = update


def test_the_same_package_made_again_keeps_its_version() -> None:
    folder: dict[str, bytes] = {}
    assert made(folder, NOW) == made(folder, NOW + timedelta(days=1))


def test_a_package_made_in_another_folder_is_higher_the_later_it_is_made() -> None:
    assert made({}, NOW) < made({}, NOW + timedelta(seconds=1), sso=True) < made({}, NOW + timedelta(days=400))


@pytest.mark.parametrize("lies_there", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_something_else_under_the_packages_name_is_written_over(lies_there: bytes) -> None:
    assert made({"intervision-teams.zip": lies_there}, NOW) == (1, 20270118, 28800)


def test_single_sign_on_is_declared_only_when_asked_for() -> None:
    assert "webApplicationInfo" not in manifest(SETTINGS, URL, V)
    asked = manifest(SETTINGS.model_copy(update={"sso": True}), URL, V)
    assert asked["webApplicationInfo"] == {"id": APP_ID, "resource": f"api://intervision.example.org/{APP_ID}"}


def test_the_activity_feed_is_declared_with_its_one_permission_only_when_asked_for() -> None:
    plain = manifest(SETTINGS, URL, V)
    assert "activities" not in plain
    assert "authorization" not in plain
    page = manifest(SETTINGS.model_copy(update={"activity_feed_graph": True}), URL, V)
    (declared,) = page["activities"]["activityTypes"]
    assert declared["type"] == ACTIVITY
    assert "{" not in declared["templateText"], "it names nobody"
    (asked,) = page["authorization"]["permissions"]["resourceSpecific"]
    assert asked == {"name": "TeamsActivity.Send.User", "type": "Application"}
    assert page["webApplicationInfo"]["id"] == SETTINGS.app_id
    for language in LANGUAGES:
        texts = translation(words(language), SETTINGS.model_copy(update={"activity_feed_graph": True}))
        assert len(texts["activities.activityTypes[0].templateText"]) <= 128
