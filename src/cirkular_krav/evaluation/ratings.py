"""Do the score's bands say what specialists would say? Ratings 0–5 of whole procurements, given blind (``domain.md`` 7.4).

Agreement is Cohen's kappa with quadratic weights (J. Cohen, Psychological Bulletin 70, 1968) and Spearman's rank
correlation, both with intervals over whole procurements. The bands, not the factors, are what ratings may move.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from statistics import median

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.evaluation_types import BandLimit, Calibration, Rating, RatingAgreement, Score
from cirkular_krav.models import Assessment

FEWEST = 10
_DRAWS = 200
_SEED = 20260101
_RATINGS = range(6)


def compare_ratings(ratings: Iterable[Rating], assessments: Iterable[Assessment], catalogue: Catalogue) -> Calibration:
    """Compare specialists' ratings with each other and with the bands of the score.

    Procurements without a score are left out and counted. Under ten rated procurements only counts are given. Raises
    ``UsageError`` when no rating belongs to the assessments, or when one rater gave one procurement two ratings.
    """
    values = {a.procurement.id: a.score.value for a in assessments}
    by_rater = _by_rater(ratings)
    rated = sorted({p for own in by_rater.values() for p in own if p in values})
    if not rated:
        raise UsageError(
            "Inget av betygen gäller en upphandling i resultatet. Ange samma resultat som betygen gjordes på."
        )
    scored = {p: value for p in rated if (value := values[p]) is not None}
    bands = {p: _band(value, catalogue) for p, value in scored.items()}
    raters = [
        _agreement((one, other), by_rater[one], by_rater[other], by_rater[other])
        for one, other in combinations(sorted(by_rater), 2)
    ]
    machine = [_agreement((rater, ""), by_rater[rater], bands, scored) for rater in sorted(by_rater)]
    middle = {p: median(own[p] for own in by_rater.values() if p in own) for p in scored}
    return Calibration(
        procurements=len(rated),
        unscored=tuple(p for p in rated if p not in scored),
        raters=tuple(raters),
        machine=tuple(machine),
        limits=_limits(scored, middle, catalogue) if len(scored) >= FEWEST else (),
    )


def _by_rater(ratings: Iterable[Rating]) -> dict[str, dict[str, int]]:
    out: dict[str, dict[str, int]] = {}
    for rating in ratings:
        own = out.setdefault(rating.rater, {})
        if own.setdefault(rating.procurement, rating.value) != rating.value:
            raise UsageError(f"{rating.rater} har gett {rating.procurement} två olika betyg. Behåll ett av dem.")
    return out


def _band(value: int, catalogue: Catalogue) -> int:
    """Return the number of the band, 0–5: the scale that the specialists rate on."""
    return max(i for i, band in enumerate(catalogue.scoring.bands) if value >= band.at_least)


def _agreement(
    names: tuple[str, str], one: Mapping[str, int], other: Mapping[str, int], ranks: Mapping[str, int]
) -> RatingAgreement:
    both = sorted(set(one) & set(other))
    pairs = np.array([(one[p], other[p], ranks[p]) for p in both]).reshape(-1, 3)
    enough = len(both) >= FEWEST
    return RatingAgreement(
        first=names[0],
        second=names[1],
        procurements=len(both),
        kappa=_measured(pairs, _kappa) if enough else Score(value=None),
        spearman=_measured(pairs, _spearman) if enough else Score(value=None),
    )


def _kappa(pairs: np.ndarray) -> float:
    if len(np.unique(pairs[:, :2])) < 2:
        return math.nan  # everybody gave everything the same rating: agreement beyond chance cannot be told
    return float(cohen_kappa_score(pairs[:, 0], pairs[:, 1], weights="quadratic", labels=list(_RATINGS)))


def _spearman(pairs: np.ndarray) -> float:
    if len(np.unique(pairs[:, 0])) < 2 or len(np.unique(pairs[:, 2])) < 2:
        return math.nan
    return float(spearmanr(pairs[:, 0], pairs[:, 2]).statistic)


def _measured(pairs: np.ndarray, measure: Callable[[np.ndarray], float]) -> Score:
    value = measure(pairs)
    if math.isnan(value):
        return Score(value=None)
    draws = np.random.default_rng(_SEED).integers(0, len(pairs), (_DRAWS, len(pairs)))
    found = [m for m in (measure(pairs[draw]) for draw in draws) if not math.isnan(m)]
    low, high = np.percentile(found, [2.5, 97.5])
    return Score(value=round(value, 4), interval=(round(float(low), 4), round(float(high), 4)))


def _limits(scored: Mapping[str, int], ratings: Mapping[str, float], catalogue: Catalogue) -> tuple[BandLimit, ...]:
    """Return for each band its limit today and the limit that parts the specialists' ratings best."""
    out: list[BandLimit] = []
    floor = 1
    for number, band in enumerate(catalogue.scoring.bands[1:], start=1):
        above = sum(rating >= number - 0.5 for rating in ratings.values())
        best = None
        if 0 < above < len(ratings):  # with all on one side any limit would do
            best = floor = _best_limit(scored, ratings, number, floor, band.at_least)
        wrong = _wrong(scored, ratings, number, band.at_least)
        out.append(BandLimit(band=band.id, limit=band.at_least, wrong=wrong, best=best, rated_at_least=above))
    return tuple(out)


def _best_limit(scored: Mapping[str, int], ratings: Mapping[str, float], number: int, floor: int, today: int) -> int:
    return min(range(floor, 101), key=lambda t: (_wrong(scored, ratings, number, t), abs(t - today), t))


def _wrong(scored: Mapping[str, int], ratings: Mapping[str, float], number: int, limit: int) -> int:
    return sum((scored[p] >= limit) != (ratings[p] >= number - 0.5) for p in scored)
