"""The style sheet with the design's numbers, written from `bot/ui/theme.py`: every other rule uses these names."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ui import theme as design

_FONTS = {
    "sans": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif',
    "mono": 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, "DejaVu Sans Mono", monospace',
}
_SIZES = {
    "small": f"{design.SMALL}rem",
    "body": f"{design.BODY}rem",
    "large": f"{design.LARGE}rem",
    "title": f"clamp(1.5rem, 1.2rem + 1.4vw, {design.TITLE}rem)",
    **{f"s{number}": f"{size}rem" for number, size in enumerate(design.SPACE, start=1)},
    "touch": f"{design.TOUCH}rem",
    "radius": f"{design.RADIUS}rem",
    "radius-small": f"{design.RADIUS_SMALL}rem",
    "width": f"{design.WIDTH}rem",
}
_LIGHT_SHADOW = {"shadow": "0 1px 2px rgb(29 40 45 / 6%), 0 2px 8px rgb(29 40 45 / 4%)"}
_NO_SHADOW = {"shadow": "none"}


def style_sheet() -> str:
    """Both schemes; paper is always light."""
    light = _rule({**design.LIGHT, **_FONTS, **_SIZES, **_LIGHT_SHADOW})
    dark = _rule({**design.DARK, **_NO_SHADOW})
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        "@media print { :root { color-scheme: light; } }\n"
    )


def _rule(values: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in values.items())
