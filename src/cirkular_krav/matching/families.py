"""Which member of a family a requirement is credited to: the category, then the member's own concepts, decide.

A family is a generic criterion and those that specialise it. A sentence counts once per family.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cirkular_krav.catalogue_types import Catalogue, Criterion
from cirkular_krav.matching.rules import RuleHit


@dataclass(frozen=True, slots=True)
class Credit:
    """A criterion that a requirement is credited to; ``borrowed`` when only the generic one's rule was met."""

    criterion: Criterion
    family: str
    hit: RuleHit
    borrowed: bool
    applies: bool


def family_of(criterion: Criterion) -> str:
    """Return the id of the family's generic criterion (the first parent), or the criterion's own."""
    return criterion.specialises[0] if criterion.specialises else criterion.id


def credit(hits: Mapping[str, RuleHit], catalogue: Catalogue, applicable: Mapping[str, Criterion]) -> list[Credit]:
    """Choose one criterion per family from those whose rules were met."""
    families: dict[str, list[str]] = {}
    for criterion_id in hits:
        criterion = catalogue.by_id[criterion_id]
        # A member that does not apply here speaks for those of its parents whose own rules are met, else for itself.
        met = tuple(parent for parent in criterion.specialises if parent in hits)
        parents = criterion.specialises if criterion_id in applicable else met or criterion.specialises[:1]
        for family in parents or (criterion_id,):
            families.setdefault(family, []).append(criterion_id)
    chosen: dict[str, Credit] = {}
    for family in sorted(families):
        best = _best_member(family, families[family], hits, catalogue, applicable)
        known = chosen.get(best.criterion.id)
        if known is None or (known.borrowed and not best.borrowed):
            chosen[best.criterion.id] = best
    return list(_without_overshadowed(chosen))


def _best_member(
    family: str,
    met: list[str],
    hits: Mapping[str, RuleHit],
    catalogue: Catalogue,
    applicable: Mapping[str, Criterion],
) -> Credit:
    own = [catalogue.by_id[i] for i in met if i != family]
    own_here = [criterion for criterion in own if criterion.id in applicable]
    if own_here:
        best = max(own_here, key=lambda c: (hits[c.id].in_text, c.importance, _reverse(c.id)))
        return Credit(best, family, hits[best.id], borrowed=False, applies=True)
    if family in met:
        hit = hits[family]
        if family in applicable:
            return Credit(catalogue.by_id[family], family, hit, borrowed=False, applies=True)
        members = [c for c in applicable.values() if family in c.specialises]
        if members and not own:
            best = max(members, key=lambda c: (c.importance, _reverse(c.id)))
            return Credit(best, family, hit, borrowed=True, applies=True)
    if own:
        best = max(own, key=lambda c: (hits[c.id].in_text, c.importance, _reverse(c.id)))
        return Credit(best, family, hits[best.id], borrowed=False, applies=False)
    return Credit(catalogue.by_id[family], family, hits[family], borrowed=False, applies=False)


def _without_overshadowed(chosen: dict[str, Credit]) -> list[Credit]:
    """Leave out a generic credit when one of its own members is credited through another of its parents."""
    parents = {parent for c in chosen.values() if not c.borrowed for parent in c.criterion.specialises}
    return [c for key, c in sorted(chosen.items()) if key not in parents]


def _reverse(criterion_id: str) -> tuple[int, ...]:
    """Order ids so that the first in the alphabet wins a tie under ``max``."""
    return tuple(-ord(ch) for ch in criterion_id)
