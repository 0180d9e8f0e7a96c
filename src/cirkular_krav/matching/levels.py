"""Which level of a criterion's ladder a requirement reaches: the first that fits, strongest first."""

from __future__ import annotations

from cirkular_krav.catalogue_types import Criterion, Level
from cirkular_krav.matching.rules import Reading
from cirkular_krav.models import Ambition, Quantity, Requirement

UNSTATED = "unstated"


def choose_level(criterion: Criterion, reading: Reading, key_start: int, published: str) -> tuple[str, Ambition]:
    """Return the level's id and ambition; ``unstated`` when the ladder only has levels with numbers and none fits."""
    if reading.requirement.krav_ids and (cited := _cited(criterion, reading.requirement)):
        return cited
    for level in criterion.levels:
        if _fits(level, reading, key_start):
            bare = not level.quantity and not level.all_of
            if bare and _only_law(criterion, reading, published):
                return level.id, "law"
            return level.id, level.ambition
    return UNSTATED, "unquantified"


def _cited(criterion: Criterion, requirement: Requirement) -> tuple[str, Ambition] | None:
    """Return the level of a cited KravID; the level word beside it ("11185, avancerad nivå") goes before our own."""
    ids = _bare(requirement.krav_ids)
    known = next((level for level in criterion.levels if ids.intersection(level.krav_ids)), None)
    if known is None or not requirement.krav_level:
        return (known.id, known.ambition) if known else None
    said = next((level for level in criterion.levels if level.ambition == requirement.krav_level), known)
    return said.id, requirement.krav_level


def _bare(krav_ids: tuple[str, ...]) -> set[str]:
    return {krav_id.split(":")[0] for krav_id in krav_ids}


def _fits(level: Level, reading: Reading, key_start: int) -> bool:
    if any(not reading.present(concept) for concept in level.all_of):
        return False
    return all(_reaches(unit, bound, reading, key_start) for unit, bound in level.quantity.items())


def _reaches(unit: str, bound: str, reading: Reading, key_start: int) -> bool:
    """Tell whether a quantity of the requirement reaches the bound: the nearest, or the best step of a scale."""
    operator, limit = bound.split()
    candidates = [q for q in reading.requirement.quantities if q.unit == unit]
    if not candidates:
        return False
    if reading.requirement.kind != "award_criterion":
        candidates = [min(candidates, key=lambda q: abs(q.span.start - key_start))]
    return any(_satisfies(q, operator, float(limit)) for q in candidates)


def _satisfies(quantity: Quantity, operator: str, limit: float) -> bool:
    if operator == ">=":
        return quantity.direction != "<=" and quantity.value >= limit
    return quantity.direction != ">=" and (quantity.high or quantity.value) <= limit


def _only_law(criterion: Criterion, reading: Reading, published: str) -> bool:
    return any(
        any(reading.present(concept) for concept in law.only)
        and (law.from_date == "unknown" or not published or law.from_date <= published)
        for law in criterion.law
    )
