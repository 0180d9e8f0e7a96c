"""The five sub-scores of a procurement (``domain.md`` 7.4): pure functions from what each criterion got.

All are non-decreasing when a requirement is added: maxima, saturating sums and best triples, never means of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import attrgetter

from cirkular_krav.catalogue_types import Criterion, ScoringPolicy

TRIPLE = 3


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """What one applicable criterion got: points 0–100 and the highest factors among its matches over the floor."""

    criterion: Criterion
    points: float = 0.0
    obligation: float = 0.0
    verified: float = 0.0


def coverage(results: Sequence[CriterionResult], policy: ScoringPolicy) -> float:
    """Return how much of the weighted list of applicable criteria is asked for, saturating well before all."""
    limits = policy.limits
    weight = sum(result.criterion.importance for result in results)
    if not weight:
        return 0.0
    got = sum(r.criterion.importance * min(1.0, r.points / limits["coverage_points"].value) for r in results)
    return 100 * min(1.0, got / (limits["coverage_share"].value * weight))


def ambition(results: Sequence[CriterionResult], policy: ScoringPolicy) -> float:
    """Return the mean of the best triple of criteria, lower when all of them lie in one goal A–E."""
    by_goals: dict[tuple[str, ...], list[CriterionResult]] = {}
    for result in sorted((r for r in results if r.points > 0), key=lambda r: -r.points):
        by_goals.setdefault(tuple(sorted(result.criterion.goals)), []).append(result)
    # Only the three best of each set of goals can be in the best triple.
    matched = [result for group in by_goals.values() for result in group[:TRIPLE]]
    best = 0.0
    # Fewer than three are only the best when there are no more: one more adds points and can only take a goal away.
    for triple in combinations(matched, min(TRIPLE, len(matched))):
        mean = sum(map(_points, triple)) / TRIPLE
        if mean <= best:  # the factor lowers it, never raises it
            continue
        shared = set.intersection(*(set(r.criterion.goals) for r in triple)) if triple else ()
        factor = policy.limits["one_goal_factor"].value if shared else 1.0
        best = max(best, mean * factor)
    return best


_points = attrgetter("points")


def binding(results: Sequence[CriterionResult], policy: ScoringPolicy) -> float:
    """Return how binding the three most binding criteria are."""
    return _top_three([r.obligation for r in _over_floor(results, policy)])


def follow_up(results: Sequence[CriterionResult], policy: ScoringPolicy) -> float:
    """Return how well the three best criteria can be verified and are followed up."""
    return _top_three([r.verified for r in _over_floor(results, policy)])


def award_weight(share: float, policy: ScoringPolicy) -> float:
    """Return how much of the award circular criteria can move, full at 30 per cent."""
    return 100 * min(1.0, share / policy.limits["full_award_share"].value)


def _over_floor(results: Sequence[CriterionResult], policy: ScoringPolicy) -> list[CriterionResult]:
    return [r for r in results if r.points >= policy.limits["floor_points"].value]


def _top_three(values: list[float]) -> float:
    return 100 * sum(sorted(values, reverse=True)[:TRIPLE]) / TRIPLE
