"""Everything that knows a vendor's wire format: one folder a platform, none knows another.

`discover()` finds every sub-folder with a `plugin.py`; adding a platform is adding a folder.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from bot.ui.platform import Plugin

FOLDERS = [Path(__file__).parent]
"""Where adapters are looked for."""


def discover() -> dict[str, Plugin]:
    """Every adapter's plugin by name, in alphabetical order."""
    names = sorted(path.parent.name for folder in FOLDERS for path in folder.glob("*/plugin.py"))
    return {name: importlib.import_module(f"adapters.{name}.plugin").PLUGIN for name in names}
