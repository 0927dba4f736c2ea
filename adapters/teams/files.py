"""Handing over a file the Teams way: an offer in the personal chat, and an upload to the person's OneDrive.

Until the person answers, the file waits encrypted in the drawer, for an hour, bound to its person.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import timedelta

import aiohttp

from adapters.teams.activity import text_at
from adapters.teams.hosts import allowed_service
from adapters.teams.payload_ids import OURS
from adapters.teams.spans import Json
from bot.ui.inbound import Actor
from bot.ui.model import Document
from bot.ui.platform import Services
from bot.ui.strings import Words

_KEPT = timedelta(hours=1)
_UPLOAD_HOSTS = ("*.sharepoint.com", "*.sharepoint.us", "*.onedrive.com", "*.1drv.com")


class Files:
    """Offers, and what becomes of them."""

    def __init__(self, services: Services, session: aiohttp.ClientSession) -> None:
        self._services = services
        self._session = session

    async def offer(self, actor: Actor, document: Document, words: Words) -> Json:
        """The activity that asks whether to save the file."""
        offered = self._services.new_id("file")
        kept = {"user": actor.user, "tenant": actor.tenant, "name": document.name}
        content = json.dumps({**kept, "content": b64encode(document.content).decode()}).encode()
        await self._services.drawer.put(_key(offered), content, expires=self._services.now() + _KEPT)
        card = {
            "description": words("teams.file_offer"),
            "sizeInBytes": len(document.content),
            "acceptContext": {OURS: offered},
            "declineContext": {OURS: offered},
        }
        attached = {"contentType": "application/vnd.microsoft.teams.card.file.consent", "name": document.name}
        return {"type": "message", "attachments": [{**attached, "content": card}]}

    async def answered(self, actor: Actor, activity: Json, words: Words) -> str:
        """Save or drop the offered file; the sentence that says what happened."""
        value = activity.get("value")
        key = _key(text_at(value, "context", OURS))
        found = await self._services.drawer.get(key)
        kept = json.loads(found) if found else {}
        if (kept.get("user"), kept.get("tenant")) != (actor.user, actor.tenant):
            return words("teams.file_gone")
        await self._services.drawer.delete(key)
        if text_at(value, "action") != "accept":
            return words("teams.file_declined")
        uploaded = await self._upload(text_at(value, "uploadInfo", "uploadUrl"), b64decode(kept["content"]))
        return words("teams.file_saved", name=kept["name"]) if uploaded else words("teams.failed")

    async def _upload(self, url: str, content: bytes) -> bool:
        """Put the bytes where Teams says, if that is Microsoft's; the address comes from the client."""
        if not url.startswith("https://") or not allowed_service(url, _UPLOAD_HOSTS, loopback=False):
            return False
        last = len(content) - 1
        headers = {"Content-Range": f"bytes 0-{last}/{len(content)}", "Content-Type": "application/octet-stream"}
        try:
            async with self._session.put(url, data=content, headers=headers) as answer:
                return answer.ok
        except (aiohttp.ClientError, TimeoutError):
            return False


def _key(offered: str) -> str:
    return f"file/{offered}"
