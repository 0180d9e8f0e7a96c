"""How specialists' ratings agree with each other and with the bands of the score, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.evaluation_types import Calibration, RatingAgreement, Score
from cirkular_krav.reports.words import Words, title_of


def calibration_text(calibration: Calibration, catalogue: Catalogue, words: Words) -> str:
    """Return the comparison: between specialists, with the bands, and which limits would part the ratings best."""
    lines = [words("calibration.title", count=calibration.procurements)]
    if calibration.unscored:
        lines.append(words("calibration.unscored", ids=", ".join(calibration.unscored)))
    if calibration.raters:
        lines += ["", words("calibration.raters"), *(_line(one, words) for one in calibration.raters)]
    lines += ["", words("calibration.machine"), *(_line(one, words) for one in calibration.machine)]
    if calibration.limits:
        lines += ["", words("calibration.limits"), *_limits(calibration, catalogue, words)]
    lines += ["", *textwrap.wrap(words("calibration.note"), 100)]
    return "\n".join(lines) + "\n"


def _line(one: RatingAgreement, words: Words) -> str:
    names = words("calibration.pair", first=one.first, second=one.second or words("calibration.program"))
    if one.kappa.value is None and one.spearman.value is None:
        return "   " + words("calibration.too_few", names=names, count=one.procurements)
    return "   " + words(
        "calibration.agreement", names=names, count=one.procurements, kappa=_figure(one.kappa, words),
        spearman=_figure(one.spearman, words),
    )  # fmt: skip


def _figure(score: Score, words: Words) -> str:
    if score.value is None:
        return "–"
    low, high = (words.number(end, 2) for end in score.interval or (score.value, score.value))
    return f"{words.number(score.value, 2)} [{low}–{high}]"


def _limits(calibration: Calibration, catalogue: Catalogue, words: Words) -> Iterator[str]:
    titles = {band.id: title_of(band, words.language) for band in catalogue.scoring.bands}
    for limit in calibration.limits:
        key = "limit_unknown" if limit.best is None else "limit"
        yield "   " + words(
            f"calibration.{key}", band=titles[limit.band], limit=limit.limit, best=limit.best, wrong=limit.wrong
        )
