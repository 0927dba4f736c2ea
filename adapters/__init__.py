"""Everything that knows a vendor's wire format: one folder a platform, none knows another.

`discover()` finds every sub-folder with a `plugin.py`; adding a platform is adding a folder.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from bot.ui.platform import Plugin


def discover() -> dict[str, Plugin]:
    """Every adapter's plugin by name, in alphabetical order."""
    folders = sorted(m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.ispkg)
    found = [name for name in folders if (Path(__file__).parent / name / "plugin.py").is_file()]
    return {name: importlib.import_module(f"adapters.{name}.plugin").PLUGIN for name in found}
