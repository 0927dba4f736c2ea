"""Slack as a plugin: signed requests or Socket Mode in, blocks and views out.

Start here, then `receiver.py` (what comes in), `answers.py` (what is shown), `render.py` (how it looks),
`outbound.py` (what the outbox sends). The vendor's libraries are loaded by `create`d platforms only.
"""

from __future__ import annotations

from adapters.slack.config import SlackSettings
from adapters.slack.platform import SlackPlatform
from bot.ui.platform import Capabilities, Services


class SlackPlugin:
    """How the program finds Slack."""

    name = "slack"
    capabilities = Capabilities(interrupts=True)
    settings = SlackSettings

    def create(self, settings: SlackSettings, services: Services) -> SlackPlatform:
        """Build the platform; no network traffic yet."""
        return SlackPlatform(settings, services)


PLUGIN = SlackPlugin()
