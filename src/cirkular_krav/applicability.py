"""Which criteria apply to a procurement: its categories, and the list they give (``domain.md`` 7.4, 8.19; D8)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cirkular_krav.catalogue_types import Catalogue, Category, Criterion
from cirkular_krav.models import Procurement

_RANK = {"none": 0, "low": 1, "medium": 2, "high": 3}


def categories_of_cpv(cpv: Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    """Return the categories of the codes in order; the longest prefix decides for each code."""
    found: list[str] = []
    for code in cpv:
        digits = code.split("-")[0].strip()
        best: tuple[int, str] = (0, "")
        for category in catalogue.categories:
            for prefix in category.cpv:
                if digits.startswith(prefix) and len(prefix) > best[0]:
                    best = (len(prefix), category.id)
        if best[1] and best[1] not in found:
            found.append(best[1])
    return tuple(found)


def relevance(categories: Iterable[str], catalogue: Catalogue) -> str:
    """Return the highest circular relevance among the categories; ``medium`` when none is known."""
    known = [catalogue.categories_by_id[c] for c in categories if c in catalogue.categories_by_id]
    if not known:
        return "medium"
    return max((category.relevance for category in known), key=_RANK.__getitem__)


def applicable_criteria(procurement: Procurement, catalogue: Catalogue) -> tuple[Criterion, ...]:
    """Return the stable circular and supporting criteria that apply, without generic ones that a member replaces.

    With no known category the generic criteria for other goods apply.
    """
    return _applicable(procurement.categories or ("OVR",), procurement.cpv, catalogue)


def beside_criteria(procurement: Procurement, catalogue: Catalogue) -> tuple[Criterion, ...]:
    """Return the stable sustainability criteria of the categories: recognised and counted beside the circular score."""
    categories = set(procurement.categories or ("OVR",))
    return tuple(
        criterion
        for criterion in catalogue.criteria
        if criterion.lifecycle == "stable"
        and criterion.counts == "sustainability"
        and categories & set(criterion.applies_to.categories)
    )


@lru_cache(maxsize=256)
def _applicable(categories: tuple[str, ...], cpv: tuple[str, ...], catalogue: Catalogue) -> tuple[Criterion, ...]:
    chosen = [
        criterion
        for criterion in catalogue.criteria
        if criterion.lifecycle == "stable"
        and criterion.counts != "sustainability"
        and set(criterion.applies_to.categories) & set(categories)
        and _cpv_fits(criterion, cpv)
    ]
    replaced = {parent for criterion in chosen for parent in criterion.specialises}
    return tuple(criterion for criterion in chosen if criterion.id not in replaced)


def _cpv_fits(criterion: Criterion, cpv: tuple[str, ...]) -> bool:
    prefixes = criterion.applies_to.cpv
    return not prefixes or not cpv or any(code.startswith(prefix) for code in cpv for prefix in prefixes)


def category_concepts(categories: Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    """Return the concepts that follow from the categories: in a furniture procurement "the product" is furniture."""
    known: list[Category] = [catalogue.categories_by_id[c] for c in categories if c in catalogue.categories_by_id]
    return tuple(category.concept for category in known if category.concept)
