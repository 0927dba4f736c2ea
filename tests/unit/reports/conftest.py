"""Property tests here draw and compute a lot; time is measured in benchmarks, never asserted in tests."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
