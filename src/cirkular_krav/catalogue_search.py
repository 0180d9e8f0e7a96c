"""Finding a criterion: by what it is (category, strategy, goal, level, life cycle) or by words."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from cirkular_krav.catalogue_types import Catalogue, Criterion, Obstacle
from cirkular_krav.errors import UsageError
from cirkular_krav.text import clean

_CLOSE = 82.0
_MOST = 15


def select(
    catalogue: Catalogue,
    *,
    category: str | None = None,
    strategy: str | None = None,
    goal: str | None = None,
    ambition: str | None = None,
    lifecycle: str | None = None,
    counts: str | None = None,
) -> Iterator[Criterion]:
    """Yield the criteria that fit all that is given, in order of id; a category by its code or its name.

    Raises ``UsageError`` for an unknown category.
    """
    if category is not None:
        names = {name.casefold(): c.id for c in catalogue.categories for name in (c.title_sv, c.title_en, c.id)}
        if category.casefold() not in names:
            known = ", ".join(f"{c.id} ({c.title_sv})" for c in catalogue.categories)
            raise UsageError(f"Kategorin {category} finns inte. Kategorierna är: {known}.")
        category = names[category.casefold()]
    for criterion in catalogue.criteria:
        if (
            (category is None or category in criterion.applies_to.categories)
            and (strategy is None or strategy.upper() in criterion.strategies)
            and (goal is None or goal.upper() in criterion.goals)
            and (ambition is None or any(level.ambition == ambition for level in criterion.levels))
            and (lifecycle is None or criterion.lifecycle == lifecycle)
            and (counts is None or criterion.counts == counts)
        ):
            yield criterion


def search(catalogue: Catalogue, text: str) -> list[Criterion | Obstacle]:
    """Return criteria and obstacles that speak of the text, nearest first; a typo is forgiven."""
    wanted = clean(text).lower()
    ranked = []
    entries: list[Criterion | Obstacle] = [*catalogue.criteria, *catalogue.obstacles]
    for entry in entries:
        closeness = max(_closeness(wanted, part) * weight for part, weight in _parts(entry))
        if closeness >= _CLOSE:
            ranked.append((-closeness, entry.id, entry))
    return [entry for _, _, entry in sorted(ranked, key=lambda r: r[:2])[:_MOST]]


def _closeness(wanted: str, part: str) -> float:
    if wanted in part:
        return 100.0
    return fuzz.partial_ratio(wanted, part, score_cutoff=_CLOSE) if len(wanted) >= 4 else 0.0


def _parts(entry: Criterion | Obstacle) -> Iterator[tuple[str, float]]:
    """Yield the texts of an entry with how much a hit in each is worth: the id and title most, examples least."""
    yield entry.id.lower(), 1.0
    yield entry.title_sv.lower(), 1.0
    yield entry.title_en.lower(), 0.98
    yield entry.question_sv.lower(), 0.95
    yield entry.why_sv.lower(), 0.9
    for example in entry.examples.match:
        yield example.text.lower(), 0.85
