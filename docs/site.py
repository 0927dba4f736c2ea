"""What the documentation's site adds to the pages: the version, the changelog, and which pages a search shows first.

Called by MkDocs (`hooks` in mkdocs.yml).
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
LANGUAGES = ("da/", "de/", "nb/", "nl/", "sv/")
RANKS = (
    ("decisions/", 0.1),
    ("changelog", 0.1),
    ("mutants", 0.1),
    ("benchmarks", 0.2),
    ("reference/commands", 0.3),
    ("templates/", 0.5),
    *((language, 0.3) for language in LANGUAGES),
    ("howto/new-", 0.5),
    ("guides/developer", 0.5),
    ("howto/", 2.0),
    ("guides/", 2.0),
)
"""How much a hit in a page counts, by the beginning of its address: whoever asks wants a guide before a decision."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Every page names the version it was built from."""
    config.copyright = f"Intervision {version('intervision-bot')}"
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The changelog is read on the site as well; it stands beside the README, where packages look for it."""
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("](docs/", "](")
    files.append(File.generated(config, "changelog.md", content=changes))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Rank the page in searches."""
    rank = next((rank for start, rank in RANKS if page.file.src_uri.startswith(start)), 1.0)
    page.meta.setdefault("search", {"boost": rank})
    return markdown
