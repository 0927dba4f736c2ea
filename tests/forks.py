"""Programs under test as processes of their own, forked off one that is warm: killing hundreds of them costs no minutes
of imports.
"""

from __future__ import annotations

import multiprocessing

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["pytest", "tests.warm"])
