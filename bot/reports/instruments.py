"""Questionnaires whose scores a case may show: range, bands, and where these were published.

Bands are the authors' own words for a range and no verdict of this product. An instrument without published bands has
one that says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Instrument:
    """A questionnaire: range, step, and bands as (last score, key of its word), published in `source`.

    `also` are other names people write. `raw`: the highest raw sum where scores are written in per cent of it.
    `reliable`: so many points of difference are more than error of measurement, as `reliable_source` says; None where
    no figure was confirmed by reading a source: its scores are kept and shown, and not ranked.
    """

    name: str
    low: int
    high: int
    bands: tuple[tuple[int, str], ...]
    source: str
    step: int = 1
    higher_is_worse: bool = True
    also: tuple[str, ...] = ()
    raw: int | None = None
    reliable: int | None = None
    reliable_source: str = ""

    def band(self, score: int) -> str:
        """The key of the band a score lies in."""
        return next(key for last, key in self.bands if score <= last)


IAPT = "IAPT's reliable improvement, as trial NCT05134103 states it"
"""Read on 30 November 2026, like every `reliable_source`; docs/worksheet.md has what was read."""
_FOUR = ("minimal", "mild", "moderate", "severe")
_FIVE = ("minimal", "mild", "moderate", "moderately_severe", "severe")
_NORMAL_FOUR = ("normal", "mild", "moderate", "severe")
_NORMAL_FIVE = (*_NORMAL_FOUR, "extremely_severe")
_CORE = ("healthy", "low", "mild", "moderate", "moderately_severe", "severe")


def _bands(names: Iterable[str], *lasts: int) -> tuple[tuple[int, str], ...]:
    return tuple(zip(lasts, names, strict=True))


def _cutoff(score: int, high: int) -> tuple[tuple[int, str], ...]:
    return ((score - 1, "below_cutoff"), (high, "above_cutoff"))


def _dass(scale: str, letter: str, *lasts: int) -> Instrument:
    """A scale of the DASS-21 as its manual has it: sums are doubled, so that the DASS's bands hold."""
    return Instrument(
        f"DASS-21-{letter}", 0, 42, _bands(_NORMAL_FIVE, *lasts), "Lovibond 1995", step=2,
        also=(f"DASS-{letter}", f"DASS-21 {scale}", f"DASS {scale}"),
    )  # fmt: skip


INSTRUMENTS = {
    each.name: each
    for each in (
        Instrument("PHQ-9", 0, 27, _bands(_FIVE, 4, 9, 14, 19, 27), "Kroenke 2001",
                   reliable=6, reliable_source=IAPT),
        Instrument("GAD-7", 0, 21, _bands(_FOUR, 4, 9, 14, 21), "Spitzer 2006",
                   reliable=4, reliable_source=IAPT),
        Instrument("WHO-5", 0, 100, ((28, "very_low_wellbeing"), (50, "low_wellbeing"), (100, "good_wellbeing")),
                   "Topp 2015", step=4, higher_is_worse=False, raw=25),
        Instrument("ISI", 0, 28, ((7, "none"), (14, "subthreshold"), (21, "moderate"), (28, "severe")), "Bastien 2001"),
        Instrument("BDI-II", 0, 63, _bands(_FOUR, 13, 19, 28, 63), "Beck 1996", also=("BDI-2", "BDI")),
        Instrument("MADRS-S", 0, 54, _bands(_FOUR, 12, 19, 34, 54), "Svanborg 1994"),
        Instrument("MADRS", 0, 60, _bands(_NORMAL_FOUR, 6, 19, 34, 60), "Snaith 1986"),
        Instrument("HADS-A", 0, 21, _bands(_NORMAL_FOUR, 7, 10, 14, 21), "Zigmond 1983, Snaith 2003",
                   also=("HADS anxiety",)),
        Instrument("HADS-D", 0, 21, _bands(_NORMAL_FOUR, 7, 10, 14, 21), "Zigmond 1983, Snaith 2003",
                   also=("HADS depression",)),
        _dass("depression", "D", 9, 13, 20, 27, 42),
        _dass("anxiety", "A", 7, 9, 14, 19, 42),
        _dass("stress", "S", 14, 18, 25, 33, 42),
        Instrument("LSAS", 0, 144, ((29, "below_cutoff"), (59, "above_cutoff"), (144, "above_generalised")),
                   "Mennin 2002", also=("LSAS-SR",)),
        Instrument("SPIN", 0, 68, _cutoff(19, 68), "Connor 2000"),
        Instrument("PSWQ", 16, 80, _cutoff(62, 80), "Behar 2003"),
        Instrument("Y-BOCS", 0, 40, ((7, "subclinical"), (15, "mild"), (23, "moderate"), (31, "severe"),
                                     (40, "extreme")), "Goodman 1989"),
        Instrument("OCI-R", 0, 72, _cutoff(21, 72), "Foa 2002"),
        Instrument("PCL-5", 0, 80, _cutoff(31, 80), "Bovin 2016"),
        Instrument("PDSS-SR", 0, 28, _cutoff(8, 28), "Shear 2001"),
        Instrument("AUDIT", 0, 40, ((7, "low"), (15, "hazardous"), (19, "harmful"), (40, "high")), "Babor 2001"),
        Instrument("WSAS", 0, 40, ((9, "subclinical"), (20, "significant"), (40, "severe")), "Mundt 2002",
                   also=("W&SAS",)),
        Instrument("CORE-OM", 0, 40, _bands(_CORE, 5, 9, 14, 19, 24, 40), "Connell 2007"),
        Instrument("CORE-10", 0, 40, _bands(_CORE, 5, 10, 14, 19, 24, 40), "Barkham 2013",
                   reliable=6, reliable_source="Barkham 2013, 90 % interval"),
        Instrument("K10", 10, 50, ((19, "healthy"), (24, "mild"), (29, "moderate"), (50, "severe")), "Andrews 2001",
                   also=("K-10",)),
        Instrument("EQ-VAS", 0, 100, ((100, "no_bands"),), "EuroQol 1990", higher_is_worse=False,
                   also=("EQ-5D VAS", "EQ-5D-5L VAS", "EQ-5D-3L VAS")),
    )
}  # fmt: skip
"""By name. LSAS: 30 tells social anxiety from none, 60 its generalised form. CORE-OM: the mean times ten."""
ONLY_SCALES = {"HADS": ("HADS-A", "HADS-D"), "DASS-21": ("DASS-21-D", "DASS-21-A", "DASS-21-S"), "EQ-5D": ("EQ-VAS",)}
"""Names that stand for several scales, or for an index of another country's values: the scale has to be named."""
