"""The browser: server-rendered pages drawn from the neutral interface. Begin with `plugin.py`; README.md is the map."""
