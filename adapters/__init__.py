"""Everything that knows a vendor's wire format: one folder a platform, none knows another.

`discover()` finds every sub-folder with a `plugin.py`, and what other packages offer under the entry-point group
`intervision.platforms`; adding a platform is adding a folder, here or elsewhere.
"""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from pathlib import Path

from bot.ui.platform import Plugin

FOLDERS = [Path(__file__).parent]
"""Where adapters are looked for."""


GROUP = "intervision.platforms"
"""Entry points of other packages: a platform's name, and its `PLUGIN` ("fax = faxbot.plugin:PLUGIN")."""


def discover() -> dict[str, Plugin]:
    """Every adapter's plugin by name, in alphabetical order; a folder of ours is not replaced by another package's."""
    ours = [path.parent.name for folder in FOLDERS for path in folder.glob("*/plugin.py")]
    found: dict[str, Plugin] = {point.name: point.load() for point in entry_points(group=GROUP)}
    found |= {name: importlib.import_module(f"adapters.{name}.plugin").PLUGIN for name in ours}
    return dict(sorted(found.items()))
