"""The style sheets, the script and the icons, served under names that change with their content.

The manifest is what a browser reads that puts the pages on a start screen; it names no page but the first.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path, PurePath

from aiohttp import web

from adapters.web.css_variables import style_sheet
from bot.ui.theme import LIGHT

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
_FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """A handful of small files, read once at start."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        self._names: dict[str, str] = {}
        for path in sorted(_FOLDER.iterdir()):
            self._add(path.name, path.read_bytes())
        self._add("tokens.css", style_sheet().encode())
        self._add("app.webmanifest", json.dumps(self._manifest()).encode())

    def _add(self, name: str, content: bytes) -> None:
        path = PurePath(name)
        served = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
        self._files[served] = (content, _TYPES[path.suffix])
        self._names[name] = served

    def _manifest(self) -> dict[str, object]:
        """How the pages are shown as an app of their own (W3C Web Application Manifest)."""
        icons = [
            {"src": self.url(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)
        ]
        return {
            "name": "Intervision",
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": LIGHT["paper"],
            "theme_color": LIGHT["paper"],
            "icons": icons,
        }

    def url(self, name: str) -> str:
        """Where a file is served, by its name in the folder."""
        return f"/static/{self._names[name]}"

    async def serve(self, request: web.Request) -> web.Response:
        """One file; unknown names are not found, so no path ever reaches the disk."""
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        content, kind = found
        charset = None if kind == "image/png" else "utf-8"
        return web.Response(body=content, content_type=kind, charset=charset, headers={"Cache-Control": _FOREVER})


ASSETS = Assets()
