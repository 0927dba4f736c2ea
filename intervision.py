"""The `intervision` command, and `python -m intervision`.

An installed wheel keeps `bot`, `adapters` and `storage` in a folder of their own beside this file, so that no other
package's `bot` overwrites ours or is overwritten (docs/decisions/0014). In a clone they stand beside this file already.
"""

import sys
from pathlib import Path

PARTS = Path(__file__).with_name("intervision_parts")

if PARTS.is_dir():
    sys.path.insert(0, str(PARTS))


def main() -> None:
    """What the installed command calls."""
    from bot.cli.main import main

    main()


if __name__ == "__main__":
    main()
