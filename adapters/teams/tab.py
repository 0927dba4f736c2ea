"""The personal tab: a small page inside Teams that leads to the web pages.

A tab cannot know who looks at it without single sign-on, so it shows nothing but the way out; the
web pages ask for a sign-in of their own.
"""

from __future__ import annotations

from html import escape

from aiohttp import web

from bot.ui.strings import words

_FRAMES = "https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft https://*.office.com"
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>:root{{color-scheme:light dark;font:16px/1.5 "Segoe UI",system-ui,sans-serif}}
main{{max-width:36rem;margin:3rem auto;padding:0 1rem}}
a{{display:inline-block;padding:.6rem 1.2rem;border:1px solid;border-radius:.3rem}}</style></head>
<body><main><h1>{title}</h1><p>{about}</p>
<p><a href="{url}" target="_blank" rel="noopener">{open}</a></p></main></body></html>
"""


def tab_page(public_url: str, accept_language: str) -> web.Response:
    """The page in the browser's language; only Teams may frame it, and it runs no script."""
    say = words(accept_language.split(",", maxsplit=1)[0] or "en")
    page = _PAGE.format(
        lang=say.language,
        title=escape(say("app.name")),
        about=escape(say("teams.manifest.full")),
        open=escape(say("teams.open_in_browser")),
        url=escape(public_url, quote=True) + "/",
    )
    policy = f"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors {_FRAMES}"
    return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})
