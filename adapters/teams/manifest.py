"""The app package that an administrator uploads to Teams: manifest, icons, one translation a language.

Manifest schema 1.29, in which slash commands and targeted messages are stable. Limits (lengths, counts) are
Microsoft's, "App manifest schema"; the tests hold every package against the published schema.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from adapters.teams.activity_feed import ACTIVITY, PERMISSION
from adapters.teams.config import TeamsSettings
from adapters.teams.icons import ACCENT, color_icon, outline_icon
from adapters.teams.spans import Json
from adapters.teams.sso import resource
from bot.errors import SetupError
from bot.ui.strings import FALLBACK, LANGUAGES, Words, words

Version = tuple[int, int, int]
COMMANDS = ("home", "help", "case", "review", "caseload", "supervision", "round", "settings", "report")
"""What the command list offers, in this order; titles are the English words, which every language accepts."""
_TAGS = {"en": "en-us", "da": "da-dk", "de": "de-de", "nb": "nb-no", "nl": "nl-nl", "sv": "sv-se"}
SCHEMA = "1.29"
_SCHEMAS = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/"
_NAME = "intervision-teams.zip"
_SECONDS_A_DAY = 86_400
_EPOCH = (2026, 1, 1, 0, 0, 0)
"""One date for every file, so that the same settings make the same package."""


def files(
    settings: TeamsSettings, public_url: str, now: datetime, earlier: Callable[[str], bytes | None]
) -> dict[str, bytes]:
    """What `intervision manifest teams` writes, by name: one zip. Raises SetupError as `package` does.

    Teams refuses an update whose version is not higher than the one it has. So a package with the content of the
    one that lies in the folder keeps its version, and any other gets a higher one.
    """
    last = _version_of(earlier(_NAME))
    if last and (same := package(settings, public_url, _written(last))) == earlier(_NAME):
        return {_NAME: same}
    return {_NAME: package(settings, public_url, _written(max(_by_time(now), _after(last))))}


def _by_time(now: datetime) -> Version:
    """Made later is higher, on whatever machine: the day and the second of it (aware UTC)."""
    began = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return 1, int(f"{now:%Y%m%d}"), min(int((now - began).total_seconds()), _SECONDS_A_DAY - 1)


def _after(last: Version | None) -> Version:
    return (*last[:2], last[2] + 1) if last else (1, 0, 0)


def _written(version: Version) -> str:
    return ".".join(map(str, version))


def _version_of(made: bytes | None) -> Version | None:
    """The version of a package of ours; None for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(made or b"")) as packed:
            first, second, third = json.loads(packed.read("manifest.json"))["version"].split(".")
        return int(first), int(second), int(third)
    except (zipfile.BadZipFile, KeyError, ValueError, AttributeError, TypeError):
        return None


def package(settings: TeamsSettings, public_url: str, version: str) -> bytes:
    """The zip file. Raises SetupError without an app id or an https address."""
    if not settings.app_id:
        raise SetupError("adapters.teams.app_id is missing; the manifest names it. Anonymous mode needs no manifest.")
    if not public_url.startswith("https://"):
        raise SetupError(f"server.public_url is {public_url}; Teams takes https addresses only.")
    return _zipped(contents(settings, public_url, version))


def contents(settings: TeamsSettings, public_url: str, version: str) -> dict[str, bytes]:
    """The package's files by name."""
    texts = {
        f"{tag}.json": translation(words(language), settings) for language, tag in _TAGS.items() if language != FALLBACK
    }
    pages = {"manifest.json": manifest(settings, public_url, version), **texts}
    encoded = {name: json.dumps(page, indent=2, ensure_ascii=False).encode() for name, page in pages.items()}
    return {**encoded, "color.png": color_icon(), "outline.png": outline_icon()}


def manifest(settings: TeamsSettings, public_url: str, version: str) -> Json:
    """The manifest itself, in English."""
    say = words(FALLBACK)
    return {
        "$schema": f"{_SCHEMAS}MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": version,
        # The app's own id differs from the bot's, and is the same whenever the package is made anew.
        "id": str(uuid5(NAMESPACE_URL, f"intervision:{settings.app_id}")),
        "developer": {
            "name": say("app.name"),
            "websiteUrl": public_url,
            "privacyUrl": settings.privacy_url or f"{public_url}/teams/privacy",
            "termsOfUseUrl": settings.terms_url or f"{public_url}/teams/privacy#terms",
        },
        "name": {"short": say("app.name"), "full": say("app.name")},
        "description": {"short": say("teams.manifest.short"), "full": say("teams.manifest.full")},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "localizationInfo": {
            "defaultLanguageTag": _TAGS[FALLBACK],
            "additionalLanguages": [
                {"languageTag": _TAGS[each], "file": f"{_TAGS[each]}.json"} for each in LANGUAGES if each != FALLBACK
            ],
        },
        "bots": [_bot(settings, say)],
        "composeExtensions": [_extension(settings, say)],
        "staticTabs": [
            {"entityId": "conversations", "scopes": ["personal"]},
            {
                "entityId": "pages",
                "name": say("app.name"),
                "contentUrl": f"{public_url}/teams/tab",
                "websiteUrl": public_url,
                "scopes": ["personal"],
            },
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(public_url).netloc],
        **_sign_on(settings, public_url),
        **_feed(settings, say),
    }


def translation(say: Words, settings: TeamsSettings) -> Json:
    """The manifest's sentences in one language, by Teams' paths."""
    feed = "activities.activityTypes[0]"
    rings = {f"{feed}.description": say("teams.manifest.feed"), f"{feed}.templateText": say("teams.manifest.feed.text")}
    lists = {
        f"bots[0].commandLists[0].commands[{i}].description": say(f"teams.manifest.command.{name}")
        for i, name in enumerate(COMMANDS)
    }
    return {
        "$schema": f"{_SCHEMAS}MicrosoftTeams.Localization.schema.json",
        "name.short": say("app.name"),
        "name.full": say("app.name"),
        "description.short": say("teams.manifest.short"),
        "description.full": say("teams.manifest.full"),
        **lists,
        **(rings if settings.activity_feed_graph else {}),
        "composeExtensions[0].commands[0].title": say("teams.manifest.new_case"),
        "composeExtensions[0].commands[1].title": say("teams.manifest.from_message"),
        "composeExtensions[0].commands[1].description": say("teams.manifest.from_message.about"),
    }


def _feed(settings: TeamsSettings, say: Words) -> Json:
    """What rings in the activity feed, and the permission for it, which is granted with the package."""
    if not settings.activity_feed_graph:
        return {}
    about = {"description": say("teams.manifest.feed"), "templateText": say("teams.manifest.feed.text")}
    asked = {"permissions": {"resourceSpecific": [{"name": PERMISSION, "type": "Application"}]}}
    return {"activities": {"activityTypes": [{"type": ACTIVITY, **about}]}, "authorization": asked}


def _sign_on(settings: TeamsSettings, public_url: str) -> Json:
    if not settings.sso and not settings.activity_feed_graph:
        return {}
    uri = resource(settings.app_id, urlsplit(public_url).netloc)
    return {"webApplicationInfo": {"id": settings.app_id, "resource": uri}}


def _bot(settings: TeamsSettings, say: Words) -> Json:
    commands = [{"title": name, "description": say(f"teams.manifest.command.{name}")} for name in COMMANDS]
    lists: list[Json] = [{"scopes": ["personal", "team", "groupChat"], "commands": commands}]
    if settings.slash_triggers:
        lists.append({"scopes": ["team", "groupChat"], "triggers": ["slash"], "commands": commands})
    targeted = {"supportsTargetedMessages": True} if settings.slash_triggers else {}
    return {
        "botId": settings.app_id,
        "scopes": ["personal", "team", "groupChat"],
        "supportsFiles": True,
        "commandLists": lists,
        **targeted,
    }


def _extension(settings: TeamsSettings, say: Words) -> Json:
    action = {"type": "action", "fetchTask": True}
    return {
        "botId": settings.app_id,
        "commands": [
            {"id": "newCase", **action, "title": say("teams.manifest.new_case"), "context": ["compose", "commandBox"]},
            {
                "id": "presentAsCase",
                **action,
                "title": say("teams.manifest.from_message"),
                "description": say("teams.manifest.from_message.about"),
                "context": ["message"],
            },
        ],
    }


def _zipped(of: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in of.items():
            package.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return packed.getvalue()
