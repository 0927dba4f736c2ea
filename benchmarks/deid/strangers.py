"""Sets that others made, whose terms let them be kept here (`benchmarks/data/README.md` names them)."""

from __future__ import annotations

import json
import lzma

from benchmarks.deid.notes import DATA, Note, _from_json

FILES = {
    "GraSCCo, German discharge letters": "grascco",
    "presidio-research v2, English templates": "presidio_research_v2",
    "UNER Danish (DDT)": "uner_da_ddt",
    "Swedish web news": "sv_web",
    "UNER English (EWT), forums and mail": "en_ewt",
    "UNER German (PUD), world names": "uner_de_pud",
    "Europeana newspapers, Dutch, scanned": "nl_enp",
}
MOST = {"presidio_research_v2": 600, "uner_de_pud": 120, "nl_enp": 16}
"""How many notes of a large set are read: enough for two decimals."""


def strangers() -> dict[str, list[Note]]:
    """Set → its notes; for the named-entity sets only names must be found."""
    sets = {}
    for title, file in FILES.items():
        packed = (DATA / "public" / f"{file}.jsonl.xz").read_bytes()
        lines = lzma.decompress(packed).decode().splitlines()
        sets[title] = [_from_json(json.loads(line)) for line in lines[: MOST.get(file, len(lines))]]
    return sets
