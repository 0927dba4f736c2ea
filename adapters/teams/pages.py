"""The two pages that the manifest names: the personal tab and the privacy page.

A tab cannot know who looks at it without single sign-on, so it shows nothing but the way out; the
web pages ask for a sign-in of their own.
"""

from __future__ import annotations

from html import escape

from aiohttp import web

from bot.ui.strings import Words, words

_FRAMES = "https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft https://*.office.com"
_PRIVACY = ("what", "texts", "chat", "who", "kept", "rights")
_TERMS = ("use", "emergency")
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>:root{{color-scheme:light dark;font:16px/1.5 "Segoe UI",system-ui,sans-serif}}
main{{max-width:36rem;margin:3rem auto;padding:0 1rem}}
.open{{display:inline-block;padding:.6rem 1.2rem;border:1px solid;border-radius:.3rem}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>
"""


def tab_page(public_url: str, accept_language: str) -> web.Response:
    """The personal tab, in the browser's language."""
    say = _words(accept_language)
    about, open_it = escape(say("teams.manifest.full")), escape(say("teams.open_in_browser"))
    url = escape(public_url, quote=True)
    link = f'<p><a class="open" href="{url}/" target="_blank" rel="noopener">{open_it}</a></p>'
    return _page(say, say("app.name"), f"<p>{about}</p>{link}")


def privacy_page(accept_language: str) -> web.Response:
    """What the app does with data in Teams, and its terms of use."""
    say = _words(accept_language)
    privacy = "".join(f"<li>{escape(say(f'teams.privacy.{part}'))}</li>" for part in _PRIVACY)
    terms = "".join(f"<li>{escape(say(f'teams.terms.{part}'))}</li>" for part in _TERMS)
    title = escape(say("teams.terms"))
    return _page(say, say("teams.privacy"), f'<ul>{privacy}</ul><h2 id="terms">{title}</h2><ul>{terms}</ul>')


def _words(accept_language: str) -> Words:
    return words(accept_language.split(",", maxsplit=1)[0] or "en")


def _page(say: Words, title: str, body: str) -> web.Response:
    """Only Teams may frame it, and it runs no script."""
    policy = f"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors {_FRAMES}"
    page = _PAGE.format(lang=say.language, title=escape(title), body=body)
    return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})
