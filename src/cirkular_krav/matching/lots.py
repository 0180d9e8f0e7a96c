"""The category of a lot: in a procurement of several kinds of goods, the lot's own kind picks the family member.

A lot's CPV codes decide, else the words of the headings that name it. Only categories that the procurement has count,
since scoring asks what applies to the procurement.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cirkular_krav.applicability import applicable_criteria, beside_criteria, categories_of_cpv, category_concepts
from cirkular_krav.catalogue_types import Catalogue, Criterion
from cirkular_krav.matching.concepts import ConceptFinder
from cirkular_krav.models import Lot, Procurement, Requirement
from cirkular_krav.understanding.lots import lot_heading

_NUMBER = re.compile(r"0*(\d+)$")


@dataclass(frozen=True, slots=True)
class Here:
    """What a procurement or a lot of it makes of a requirement: which criteria apply, and what "the product" is."""

    applicable: dict[str, Criterion]
    concepts: tuple[str, ...]


class Lots:
    """What applies to each requirement: to its lot, where the lot's own category is known, else to the whole."""

    def __init__(
        self, procurement: Procurement, requirements: Sequence[Requirement], catalogue: Catalogue, finder: ConceptFinder
    ) -> None:
        self.procurement = procurement
        self.whole = _here(procurement, catalogue)
        self.by_lot: dict[str, Here] = {}
        if len(procurement.categories) > 1:
            divided = self._divided(requirements, catalogue, finder)
            self.by_lot = {lot: _here(own, catalogue) for lot, own in divided}

    def of(self, requirement: Requirement) -> Here:
        """Return what applies to one requirement."""
        return self.by_lot.get(requirement.lot, self.whole)

    def _divided(
        self, requirements: Sequence[Requirement], catalogue: Catalogue, finder: ConceptFinder
    ) -> list[tuple[str, Procurement]]:
        whole = self.procurement
        headings: dict[str, dict[str, None]] = defaultdict(dict)
        for requirement in requirements:
            named = lot_heading(requirement.heading_path)
            if requirement.lot:
                headings[requirement.lot].update({named[1]: None} if named else {})
        out = []
        for lot, told in headings.items():
            notice = next((own for own in whole.lots if _same(own, lot)), None)
            cpv = notice.cpv if notice else ()
            texts = [*told, *([notice.title] if notice else [])]
            found = categories_of_cpv(cpv, catalogue) or _of_words(texts, catalogue, finder)
            categories = tuple(category for category in whole.categories if category in found)
            if categories and categories != whole.categories:
                update = {"categories": categories, "cpv": cpv or whole.cpv}
                out.append((lot, whole.model_copy(update=update)))
        return out


def _here(procurement: Procurement, catalogue: Catalogue) -> Here:
    criteria = (*applicable_criteria(procurement, catalogue), *beside_criteria(procurement, catalogue))
    concepts = category_concepts(procurement.categories, catalogue)
    return Here({criterion.id: criterion for criterion in criteria}, concepts)


def _same(own: Lot, lot: str) -> bool:
    """Tell whether a lot of the notice ("LOT-0002") is the one of a heading ("2")."""
    number, wanted = _NUMBER.search(own.id), _NUMBER.search(lot)
    return own.id == lot or bool(number and wanted and number[1] == wanted[1] and lot.isdigit())


def _of_words(texts: Sequence[str], catalogue: Catalogue, finder: ConceptFinder) -> tuple[str, ...]:
    by_concept = {category.concept: category.id for category in catalogue.categories if category.concept}
    hits = [hit.concept for text in texts for hit in finder.find(text)]
    return tuple(dict.fromkeys(by_concept[concept] for concept in hits if concept in by_concept))
