"""The profiles shown beside the score: goals A–E, strategies, RISE's three dimensions, kinds (``domain.md`` 7.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cirkular_krav.catalogue_types import Criterion
from cirkular_krav.models import Match, Requirement

_STRATEGY_GROUPS = {
    "R0-R3": ("R0", "R1", "R2", "R3"), "R4-R7": ("R4", "R5", "R6", "R7"), "R8": ("R8",), "R9": ("R9",), "EN": ("EN",),
}  # fmt: skip
# Our reading of RISE's three dimensions by the goals of the ambition plan (domain.md 2.8).
_RISE = {"recirkulering": ("B", "D", "E"), "nyttjande": ("A",), "uthållighet": ("C",)}


def find_profiles(
    applicable: Sequence[Criterion], matches: Iterable[Match], requirements: Mapping[str, Requirement]
) -> dict[str, dict[str, float]]:
    """Return four profiles, each a share 0–1 per key.

    ``goals`` and ``rise``: share of the applicable importance that is asked for. ``strategies`` and ``kinds``: share
    of the points.
    """
    matches = list(matches)
    asked = {match.criterion_id for match in matches if match.points > 0}
    by_id = {criterion.id: criterion for criterion in applicable}
    goals = {goal: _asked_share(applicable, asked, (goal,)) for goal in "ABCDE"}
    rise = {name: _asked_share(applicable, asked, wanted) for name, wanted in _RISE.items()}
    strategies = dict.fromkeys(_STRATEGY_GROUPS, 0.0)
    kinds: dict[str, float] = {}
    for match in matches:
        first = by_id[match.criterion_id].strategies[0]
        group = next(name for name, members in _STRATEGY_GROUPS.items() if first in members)
        strategies[group] += match.points
        kind = requirements[match.requirement_id].kind
        kinds[kind] = kinds.get(kind, 0.0) + match.points
    return {"goals": goals, "rise": rise, "strategies": _shares(strategies), "kinds": _shares(kinds)}


def _asked_share(applicable: Iterable[Criterion], asked: set[str], goals: tuple[str, ...]) -> float:
    own = [criterion for criterion in applicable if set(criterion.goals) & set(goals)]
    weight = sum(criterion.importance for criterion in own)
    got = sum(criterion.importance for criterion in own if criterion.id in asked)
    return round(got / weight, 4) if weight else 0.0


def _shares(values: Mapping[str, float]) -> dict[str, float]:
    total = sum(values.values())
    return {key: round(value / total, 4) if total else 0.0 for key, value in sorted(values.items())}
