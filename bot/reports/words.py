"""The words of exports: any mapping from key to sentence, so that catalogues stay in `bot/ui/strings` (`reports.po`).

Callers pass `bot.ui.strings.words(language).sentences()`. Keys of enumerations end in the enumeration's value
(`log.role.presenter`); an organisation's themes may be added as `theme.<key>`.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]
