"""Which workspaces the app is installed in, and their tokens, in the encrypted drawer.

One entry a workspace or organisation, whose id is the key: `T…` for a workspace, `E…` for an
org-wide install. It satisfies the vendor's store, so that the vendor's OAuth flow writes here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.ui.platform import Drawer

if TYPE_CHECKING:
    from slack_sdk.oauth.installation_store.models.installation import Installation

PREFIX = "installation/"
_FRESH = 30.0
"""Seconds for which a replica trusts what it read; another may have rotated or removed a token."""


class Installations:
    """Installations by tenant; a configured `bot_token` stands for the one workspace."""

    def __init__(self, drawer: Drawer, bot_token: str = "") -> None:
        self._drawer = drawer
        self._bot_token = bot_token
        self._read: dict[str, tuple[float, Installation | None]] = {}

    @property
    def single(self) -> bool:
        """Whether one workspace's token was configured."""
        return bool(self._bot_token)

    async def token(self, tenant: str) -> str | None:
        """The bot token to use now; None when the app is not installed there."""
        if self._bot_token:
            return self._bot_token
        found = await self.find(tenant)
        return found.bot_token if found is not None else None

    async def find(self, tenant: str) -> Installation | None:
        """The installation of a workspace or organisation."""
        now = asyncio.get_running_loop().time()
        at, found = self._read.get(tenant, (-_FRESH, None))
        if found is not None and now - at < _FRESH:
            return found
        stored = await self._drawer.get(f"{PREFIX}{tenant}")
        found = _load(stored) if stored is not None else None
        self._read[tenant] = (now, found)
        return found

    async def fresh(self, tenant: str) -> Installation | None:
        """The installation as stored now."""
        self._read.pop(tenant, None)
        return await self.find(tenant)

    async def tenants(self) -> Sequence[str]:
        """Every workspace and organisation that installed the app."""
        return [key.removeprefix(PREFIX) for key in await self._drawer.keys(PREFIX)]

    async def save(self, installation: Installation) -> None:
        """Store or replace."""
        tenant = tenant_of(installation)
        await self._drawer.put(f"{PREFIX}{tenant}", _dump(installation))
        await self.lay_permit(tenant)
        self._read.pop(tenant, None)

    async def take_permit(self, tenant: str) -> bool:
        """Of several replicas exactly one may rotate this installation's token."""
        return await self._drawer.take(f"permit/{tenant}") is not None

    async def lay_permit(self, tenant: str) -> None:
        """Let the next one rotate."""
        await self._drawer.put(f"permit/{tenant}", b"1")

    async def forget(self, tenant: str) -> None:
        """The app was removed, or its tokens were revoked."""
        await self._drawer.delete(f"{PREFIX}{tenant}")
        await self._drawer.delete(f"permit/{tenant}")
        self._read.pop(tenant, None)


def tenant_of(installation: Installation) -> str:
    """The organisation's id for an org-wide install, the workspace's otherwise."""
    if installation.is_enterprise_install and installation.enterprise_id:
        return installation.enterprise_id
    return installation.team_id or ""


_KEPT = (
    "app_id",
    "enterprise_id",
    "team_id",
    "bot_token",
    "bot_id",
    "bot_user_id",
    "bot_scopes",
    "bot_refresh_token",
    "bot_token_expires_at",
    "is_enterprise_install",
    "user_id",
)
"""No names and no user tokens: only what is needed to answer."""


def _dump(installation: Installation) -> bytes:
    return json.dumps({name: getattr(installation, name) for name in _KEPT}).encode()


def _load(stored: bytes) -> Installation:
    from slack_sdk.oauth.installation_store.models.installation import Installation

    found: dict[str, Any] = json.loads(stored)
    return Installation(**found)
