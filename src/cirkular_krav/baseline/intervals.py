"""Shares, medians and differences with their 95 % intervals: every figure of the baseline is made here.

One formula serves single, weighted and clustered shares: Wilson's score interval (J. Am. Stat. Assoc. 22, 1927) with the
*effective* number of procurements. Weights lower it as in Kish (Survey Sampling, 1965); shared templates as in Korn and
Graubard (Survey Methodology 24, 1998), whose intervals stay honest at 0 and 100 per cent, where a bootstrap has no width.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from cirkular_krav.baseline_types import Difference, Share, Spread

# Under this many scored procurements only counts are given.
FEWEST_SCORED = 5
Z95 = 1.959963984540054
_DRAWS = 1_000
_SEED = 20260101


@dataclass(frozen=True, slots=True)
class Answer:
    """One observation behind a share: yes or no, its weight, and the cluster (template) that it belongs to."""

    yes: bool
    weight: float = 1.0
    cluster: Hashable = None


def wilson(numerator: float, denominator: float) -> tuple[float, float]:
    """Return Wilson's score interval at 95 %; the denominator may be an effective number."""
    return _score_interval(numerator / denominator, denominator)


def _score_interval(p: float, n: float) -> tuple[float, float]:
    z2 = Z95**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(max(0.0, p * (1 - p)) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def share_of(answers: Iterable[Answer], *, unread: float = 0.0, procurements: int | None = None) -> Share:
    """Return a share with interval, and bounds with all unread as no and as yes.

    ``procurements`` is how many stand behind the answers where an answer is not a procurement: under five of them
    there are only counts.
    """
    rows = list(answers)
    weight = math.fsum(row.weight for row in rows)
    yes = math.fsum(row.weight for row in rows if row.yes)
    whole = weight + unread
    behind = len(rows) if procurements is None else procurements
    bounds = (yes / whole, (yes + unread) / whole) if whole and behind + unread >= FEWEST_SCORED else (None, None)
    enough = behind >= FEWEST_SCORED and weight > 0
    effective, clusters = effective_number(rows) if rows else (0.0, 0)
    low, high = _score_interval(yes / weight, effective) if enough else (None, None)
    return Share(
        numerator=_whole(yes),
        denominator=_whole(weight),
        value=yes / weight if enough else None,
        low=low,
        high=high,
        bound_low=bounds[0],
        bound_high=bounds[1],
        effective=round(effective, 2) if enough else None,
        clusters=clusters if enough and clusters < len(rows) else None,
    )


def _whole(number: float) -> int | float:
    return int(number) if float(number).is_integer() else round(number, 4)


def effective_number(rows: Sequence[Answer]) -> tuple[float, int]:
    """Return how many independent procurements the answers are worth, and how many clusters there are."""
    weights = np.array([row.weight for row in rows])
    yes = np.array([row.yes for row in rows], dtype=float)
    kish = float(weights.sum() ** 2 / (weights**2).sum())
    names: dict[Hashable, int] = {}
    which = np.array(
        [names.setdefault(("", i) if r.cluster is None else r.cluster, len(names)) for i, r in enumerate(rows)]
    )
    if len(names) == len(rows):
        return kish, len(names)
    p = float((weights * yes).sum() / weights.sum())
    sums = np.bincount(which, weights * (yes - p))
    if p * (1 - p) == 0:
        # All alike: how alike templates make procurements cannot be seen, so each counts once.
        per = np.bincount(which, weights)
        return float(per.sum() ** 2 / (per**2).sum()), len(names)
    if len(names) < 2:
        return 1.0, 1
    variance = len(names) / (len(names) - 1) * float((sums**2).sum()) / float(weights.sum()) ** 2
    # Few clusters tell little of their own spread: the number shrinks as the t distribution widens.
    shrink = (Z95 / float(stdtrit(len(names) - 1, 0.975))) ** 2
    return max(1.0, min(kish, p * (1 - p) / variance * shrink if variance else kish)), len(names)


def spread_of(scores: Sequence[float], clusters: Sequence[Hashable]) -> Spread:
    """Return median and quartiles; the median's interval from a bootstrap over clusters with a fixed seed."""
    if len(scores) < FEWEST_SCORED:
        return Spread(count=len(scores), lower_quartile=None, median=None, upper_quartile=None, low=None, high=None)
    values = np.array(scores, dtype=float)
    lower, middle, upper = (float(v) for v in np.percentile(values, [25, 50, 75]))
    low, high = _bootstrap_median(values, clusters)
    return Spread(
        count=len(scores), lower_quartile=lower, median=middle, upper_quartile=upper, low=low, high=high
    )  # fmt: skip


def _bootstrap_median(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], clusters: Sequence[Hashable]
) -> tuple[float, float]:
    names: dict[Hashable, int] = {}
    which = np.array([names.setdefault(name, len(names)) for name in clusters])
    order = np.argsort(values, kind="stable")
    generator = np.random.default_rng(_SEED)
    times = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=_DRAWS)[:, which[order]]
    running = times.cumsum(axis=1)
    middle = (running >= (running[:, -1:] + 1) / 2).argmax(axis=1)
    low, high = np.percentile(values[order][middle], [2.5, 97.5])
    return float(low), float(high)


def difference_of(before: Share, after: Share) -> Difference:
    """Return after − before with Newcombe's interval from the two shares' own (Statistics in Medicine 17, 1998)."""
    return difference(before.value, before.low, before.high, after.value, after.low, after.high)


def difference(
    p: float | None, low: float | None, high: float | None,
    q: float | None, q_low: float | None, q_high: float | None,
) -> Difference:  # fmt: skip
    """Return ``q − p`` with the interval that the two single intervals give."""
    if p is None or q is None or low is None or high is None or q_low is None or q_high is None:
        return Difference(value=None, low=None, high=None, seen="cannot_say")
    value = q - p
    bottom = value - math.hypot(q - q_low, high - p)
    top = value + math.hypot(q_high - q, p - low)
    return Difference(value=value, low=bottom, high=top, seen="seen" if bottom > 0 or top < 0 else "not_seen")
