"""Reading an activity, the connector's JSON: who, where, in which language, and its words.

Everything here is total: a field that is missing or of the wrong shape reads as empty.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from typing import Any

from adapters.teams.spans import Json
from bot.ui.inbound import Actor, Profile

PLATFORM = "teams"
_MENTION = re.compile(r"<at\b[^>]*>.*?</at>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^>]*>", re.IGNORECASE)


def text_at(activity: Any, *path: str) -> str:
    """The string at a path of keys, or ""."""
    for key in path:
        activity = activity.get(key) if isinstance(activity, Mapping) else None
    return activity if isinstance(activity, str) else ""


def actor_of(activity: Json) -> Actor | None:
    """The person by their Entra id and tenant, both vouched for by the connector; None for bots and channels."""
    user, tenants = text_at(activity, "from", "aadObjectId"), _tenants(activity)
    return Actor(PLATFORM, tenants.pop(), user) if user and len(tenants) == 1 else None


def tenant_of(activity: Json) -> str:
    """The tenant in which it happened; "" when none is named or two places name different ones."""
    tenants = _tenants(activity)
    return tenants.pop() if len(tenants) == 1 else ""


def _tenants(activity: Json) -> set[str]:
    named = (text_at(activity, "channelData", "tenant", "id"), text_at(activity, "conversation", "tenantId"))
    return {tenant for tenant in named if tenant}


def is_personal(activity: Json) -> bool:
    """Whether it happened in the one-to-one chat with the bot."""
    kind = text_at(activity, "conversation", "conversationType")
    return kind == "personal" if kind else not activity.get("conversation", {}).get("isGroup")


def delivery_id(activity: Json) -> str:
    """An id that every repetition of the same activity has: message ids are unique in their conversation only."""
    return fingerprint(text_at(activity, "conversation", "id"), text_at(activity, "type"), text_at(activity, "id"))


def fingerprint(*of: str) -> str:
    """A short opaque id of some strings."""
    return hashlib.sha256("\x1f".join(of).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def reference_of(activity: Json) -> dict[str, str]:
    """What is needed to write to this person later: kept as it arrived, because it differs by region."""
    personal = is_personal(activity)
    return {
        "service": text_at(activity, "serviceUrl"),
        "conversation": text_at(activity, "conversation", "id") if personal else "",
        "tenant": tenant_of(activity),
        "bot": text_at(activity, "recipient", "id"),
        "user": text_at(activity, "from", "id"),
    }


def profile_of(activity: Json) -> Profile:
    """What an activity itself says of its sender."""
    return Profile(
        name=text_at(activity, "from", "name"),
        language=text_at(activity, "locale") or _client_info(activity, "locale"),
        timezone=text_at(activity, "localTimezone") or _client_info(activity, "timezone"),
    )


def profile_of_member(member: Json) -> Profile:
    """What the roster says of a member."""
    name = text_at(member, "userPrincipalName")
    return Profile(
        name=text_at(member, "name"),
        email=text_at(member, "email"),
        guest=text_at(member, "userRole").lower() in {"guest", "anonymous"} or "#ext#" in name.lower(),
    )


def typed_words(activity: Json) -> str:
    """What was typed, without mentions and without a leading slash."""
    text = html.unescape(_MENTION.sub(" ", text_at(activity, "text"))).replace("\N{NO-BREAK SPACE}", " ")
    return text.strip().removeprefix("/").strip()


def plain_words(content: str) -> str:
    """The words of a Teams message, which arrives as HTML."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", _MENTION.sub("", content)))).strip()


def _client_info(activity: Json, key: str) -> str:
    entities = activity.get("entities")
    infos = [e for e in entities if text_at(e, "type") == "clientInfo"] if isinstance(entities, list) else []
    return text_at(infos[0], key) if infos else ""
