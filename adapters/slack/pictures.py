"""Charts of numbers as Slack files, uploaded once and shown by file id.

Slack fetches no picture from us, so this works without a public address. A file id is remembered by
the picture's digest; when an upload fails the card is drawn with the chart's words instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from adapters.slack.api import SlackApi, SlackError
from bot.ui.model import Card, Form, Picture
from bot.ui.platform import Drawer


def digest(png: bytes) -> str:
    """The name under which an uploaded picture is remembered."""
    return hashlib.sha256(png).hexdigest()[:32]


class Gallery:
    """Uploads pictures and remembers them per workspace."""

    def __init__(self, api: SlackApi, drawer: Drawer) -> None:
        self._api = api
        self._drawer = drawer

    async def upload(self, tenant: str, shown: Card | Form) -> Mapping[str, str]:
        """File ids by digest of the pictures in a card or form, as far as Slack took them; no passing ones."""
        kept = (block for block in shown.body if isinstance(block, Picture) and not block.passing)
        pictures = {digest(block.png): block for block in kept}
        found = {name: await self._file(tenant, name, picture) for name, picture in pictures.items()}
        return {name: file for name, file in found.items() if file}

    async def _file(self, tenant: str, name: str, picture: Picture) -> str:
        key = f"picture/{tenant}/{name}"
        known = await self._drawer.get(key)
        if known is not None:
            return known.decode()
        try:
            file = await self._api.upload(tenant, f"chart-{name[:8]}.png", picture.png, alt=picture.alt)
        except SlackError:
            return ""
        await self._drawer.put(key, file.encode())
        return file
