"""Token rotation for every installation, also of workspaces where nobody writes for days.

Tokens live twelve hours and a refresh token works once, so exactly one replica may rotate: the one
that takes the installation's permit from the drawer. Whoever dies with the permit in hand holds up
nobody: in the last hour before expiry a rotation needs no permit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from adapters.slack.api import SlackApi
from adapters.slack.config import SlackSettings
from adapters.slack.installations import Installations
from bot.log import report

if TYPE_CHECKING:
    from slack_sdk.oauth.installation_store.models.installation import Installation

LOG = structlog.get_logger(__name__)
EVERY = 600.0
"""Seconds between looks."""
AHEAD = timedelta(hours=3)
LAST = timedelta(hours=1)


class Rotation:
    """Renews tokens well before they expire."""

    def __init__(
        self, settings: SlackSettings, api: SlackApi, installations: Installations, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._api = api
        self._installations = installations
        self._now = now

    async def all(self) -> None:
        """Look at every installation once; one workspace's failure does not hold up the next."""
        for tenant in await self._installations.tenants():
            try:
                await self.one(tenant)
            except Exception as error:
                report(LOG, "slack.token_not_rotated", error, subject=tenant)

    async def one(self, tenant: str) -> bool:
        """Renew this installation's token if it is time; whether it was renewed."""
        left = _left(await self._installations.find(tenant), self._now())
        if left is None or left > AHEAD:
            return False
        if not await self._installations.take_permit(tenant) and left > LAST:
            return False
        installation = await self._installations.fresh(tenant)
        left = _left(installation, self._now())
        if installation is None or left is None or left > AHEAD:
            return False  # another replica was quicker
        try:
            await self._exchange(installation)
        except Exception:
            await self._installations.lay_permit(tenant)
            raise
        await self._installations.save(installation)
        return True

    async def _exchange(self, installation: Installation) -> None:
        """Trade the refresh token for the next pair, written into `installation`."""
        answer: Any = await self._api.client().oauth_v2_access(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret.get_secret_value(),
            grant_type="refresh_token",
            refresh_token=installation.bot_refresh_token,
        )
        installation.bot_token = str(answer["access_token"])
        installation.bot_refresh_token = str(answer["refresh_token"])
        installation.bot_token_expires_at = int(self._now().timestamp()) + int(answer["expires_in"])


def _left(installation: Installation | None, now: datetime) -> timedelta | None:
    """Time until the bot token expires; None for tokens that do not."""
    if installation is None or installation.bot_token_expires_at is None:
        return None
    return timedelta(seconds=installation.bot_token_expires_at - now.timestamp())
