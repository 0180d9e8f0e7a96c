"""How far the result hangs on the scoring constants: every group of them 25 % lower and higher (``domain.md`` 7.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from cirkular_krav.baseline.intervals import FEWEST_SCORED
from cirkular_krav.baseline_types import ConstantEffect, Sensitivity
from cirkular_krav.catalogue_types import Catalogue, ScoringPolicy
from cirkular_krav.models import Assessment
from cirkular_krav.scoring import score_procurement

STEP = 0.25
_TABLES = ("strategy", "obligation", "ambition", "verifiability", "follow_up")
_SINGLES = ("quality_weights", "sub_scores")
# The two other limits decide what is scored at all, not how many points it gets.
_LIMITS = ("full_award_share", "coverage_share", "coverage_points", "floor_points", "one_goal_factor")
_ESTABLISHED = "established"


def sensitivity_of(assessments: Sequence[Assessment], catalogue: Catalogue) -> Sensitivity | None:
    """Score stored matches again with changed constants; none under five scored procurements."""
    scored = [assessment for assessment in assessments if assessment.score.status == "scored"]
    if len(scored) < FEWEST_SCORED:
        return None
    limit = next(band.at_least for band in catalogue.scoring.bands if band.id == _ESTABLISHED)
    now = _result((assessment.score.value or 0 for assessment in scored), limit)
    effects = []
    for name in constant_groups(catalogue.scoring):
        ends = [_result(_again(scored, catalogue, name, factor), limit) for factor in (1 - STEP, 1 + STEP)]
        effects.append(
            ConstantEffect(
                group=name,
                median_low=ends[0][0],
                median_high=ends[1][0],
                established_low=ends[0][1],
                established_high=ends[1][1],
            )
        )
    return Sensitivity(step=STEP, scored=len(scored), median=now[0], established=now[1], effects=tuple(effects))


def constant_groups(policy: ScoringPolicy) -> Iterator[str]:
    """Yield the names of what is changed together: a whole value table, or a single weight or limit."""
    yield from _TABLES
    for table in _SINGLES:
        yield from (f"{table}.{key}" for key in getattr(policy, table))
    yield from (f"limits.{key}" for key in _LIMITS)


def changed(policy: ScoringPolicy, name: str, factor: float) -> ScoringPolicy:
    """Return the policy with one group of constants multiplied; what is a part of one stays at most one."""
    table, _, only = name.partition(".")
    values = getattr(policy, table)
    new = {
        key: constant.model_copy(update={"value": _times(constant.value, factor)}) if only in ("", key) else constant
        for key, constant in values.items()
    }
    return policy.model_copy(update={table: new})


def _times(value: float, factor: float) -> float:
    return min(1.0, value * factor) if value <= 1 else value * factor


def _again(assessments: Iterable[Assessment], catalogue: Catalogue, name: str, factor: float) -> Iterator[float]:
    other = catalogue.model_copy(
        update={
            "scoring": changed(catalogue.scoring, name, factor),
            "fingerprint": f"{catalogue.fingerprint} {name} {factor}",
        }
    )
    for a in assessments:
        found = score_procurement(a.procurement, a.requirements, a.matches, a.conflicts, other)
        yield found.score.value or 0


def _result(values: Iterable[float], limit: int) -> tuple[float, float]:
    numbers = list(values)
    return float(median(numbers)), sum(1 for value in numbers if value >= limit) / len(numbers)
