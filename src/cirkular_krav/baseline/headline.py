"""When a procurement asks for something circular: the headline (design D9) and the looser question."""

from __future__ import annotations

from collections.abc import Iterator

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import Assessment, Match, Requirement

_APPLIES = ("asked", "partly")


def circular_matches(assessment: Assessment, catalogue: Catalogue) -> Iterator[tuple[Match, Requirement]]:
    """Yield every match of an applicable circular or supporting criterion, with its requirement."""
    requirements = {requirement.id: requirement for requirement in assessment.requirements}
    applicable = {o.criterion_id for o in assessment.outcomes if o.value in _APPLIES}
    for match in assessment.matches:
        if (
            match.criterion_id in applicable
            and match.criterion_id in catalogue.by_id
            and match.counts != "sustainability"
        ):
            yield match, requirements[match.requirement_id]


def is_headline(match: Match, requirement: Requirement, catalogue: Catalogue) -> bool:
    """Tell whether a match is a binding, checkable circular requirement.

    Mandatory or scored, medium confidence or up, beyond law, importance 2 or 3, not supporting, not only R9. Checkable
    is what can at least be answered with yes or no: the step *concrete* of verifiability.
    """
    criterion = catalogue.by_id[match.criterion_id]
    return (
        (requirement.obligation == "mandatory" or requirement.kind == "award_criterion")
        and match.confidence != "low"
        and match.ambition != "law"
        and match.counts == "circular"
        and catalogue.scoring.verifiability["concrete"].value <= match.factors.V
        and criterion.importance >= 2
        and set(criterion.strategies) != {"R9"}
    )


def headline_matches(assessment: Assessment, catalogue: Catalogue) -> tuple[Match, ...]:
    """Return the matches that each alone make the procurement count in the headline share."""
    return tuple(m for m, r in circular_matches(assessment, catalogue) if is_headline(m, r, catalogue))


def has_headline_requirement(assessment: Assessment, catalogue: Catalogue) -> bool:
    """Tell whether a procurement has at least one binding, checkable circular requirement (design D9)."""
    return bool(headline_matches(assessment, catalogue))


def has_any_match(assessment: Assessment, catalogue: Catalogue) -> bool:
    """Tell whether a procurement has any circular match at all: the looser share, which says how much a wish weighs."""
    return any(True for _ in circular_matches(assessment, catalogue))
