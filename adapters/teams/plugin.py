"""Microsoft Teams as a platform of Intervision. Start reading at `platform.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from adapters.teams.config import TeamsSettings
from adapters.teams.hosts import is_loopback
from bot.errors import SetupError
from bot.ui.platform import Capabilities, Platform, Plugin, Services

if TYPE_CHECKING:
    from adapters.teams.sdk import BearerTokens


class TeamsPlugin:
    """What `adapters.discover()` finds."""

    name = "teams"
    capabilities = Capabilities(interrupts=True)
    settings: type[Any] = TeamsSettings

    def create(self, settings: TeamsSettings, services: Services, tokens: BearerTokens | None = None) -> Platform:
        """Build the platform; no network traffic yet. `tokens` replaces Entra ID in tests.

        Raises SetupError for a certificate that cannot be read and for anonymous mode on a public address.
        """
        from adapters.teams.platform import TeamsPlatform
        from adapters.teams.sdk import bearer_tokens, graph_tokens

        if settings.anonymous and not is_loopback(urlsplit(services.public_url).hostname):
            raise SetupError(
                f"adapters.teams.anonymous: it would let anybody in, and public_url is {services.public_url}. "
                "Remove it, or use it on this machine only (public_url on localhost)."
            )
        graph = graph_tokens(settings, services.now)
        return TeamsPlatform(settings, services, tokens or bearer_tokens(settings, services.now), graph)


PLUGIN: Plugin = TeamsPlugin()
