"""Many assessments → one row per organisation: counts, the headline share with its interval, the median (D9).

Unread is *okänt*, not *nej*: incomplete procurements leave the share and widen its bounds instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import NothingToDoError, UsageError
from cirkular_krav.models import Assessment, Baseline, BaselineRow, Share, Versions
from cirkular_krav.organisation_number import format_organisation_number

# Under this many scored procurements only counts are given.
FEWEST_SCORED = 5
_Z95 = 1.959963984540054
_BINDING = ("mandatory",)
_CHECKABLE = 0.5


def build_baseline(assessments: Iterable[Assessment], catalogue: Catalogue) -> Baseline:
    """Build the first form of the baseline: one row per organisation and one for all, in order of name.

    Organisations are told apart by number, then by name. Raises ``NothingToDoError`` without assessments.
    """
    everything = sorted(assessments, key=lambda a: a.procurement.id)
    if not everything:
        raise NothingToDoError("Det finns inga bedömda upphandlingar att göra en baslinje av.")
    groups: dict[str, list[Assessment]] = {}
    for assessment in everything:
        groups.setdefault(_organisation(assessment), []).append(assessment)
    rows = [_row(group, catalogue) for group in groups.values()]
    rows.sort(key=lambda row: (not row.organisation, swedish_key(row.organisation), row.organisation_number))
    if len(rows) > 1:
        rows.append(_row(everything, catalogue).model_copy(update={"organisation": "*", "organisation_number": ""}))
    return Baseline(versions=_same_versions(everything), rows=tuple(rows))


def _organisation(assessment: Assessment) -> str:
    procurement = assessment.procurement
    return procurement.organisation_number or procurement.buyer.casefold()


def _same_versions(assessments: Sequence[Assessment]) -> Versions:
    first = assessments[0].versions
    for assessment in assessments:
        one = assessment.versions
        if (one.catalogue_fingerprint, one.scoring) != (first.catalogue_fingerprint, first.scoring):
            raise UsageError(
                f"Upphandlingarna är bedömda med olika kataloger eller poängregler ({first.catalogue}, {first.scoring} "
                f"och {one.catalogue}, {one.scoring}), och då går de inte att jämföra. Bedöm alla på nytt med "
                "cirkular-krav assess MAPP --out FIL."
            )
    return first


def _row(group: Sequence[Assessment], catalogue: Catalogue) -> BaselineRow:
    by_status = {status: [a for a in group if a.score.status == status] for status in _STATUSES}
    scored = by_status["scored"]
    incomplete = len(by_status["incomplete"]) + len(by_status["nothing_read"])
    asking = sum(1 for assessment in scored if has_headline_requirement(assessment, catalogue))
    procurement = group[0].procurement
    values = [assessment.score.value for assessment in scored if assessment.score.value is not None]
    enough = len(scored) >= FEWEST_SCORED
    return BaselineRow(
        organisation=procurement.buyer,
        organisation_number=format_organisation_number(procurement.organisation_number),
        procurements=len(group),
        scored=len(scored),
        incomplete=incomplete,
        not_relevant=len(by_status["not_relevant"]),
        few_applicable=len(by_status["few_applicable"]),
        headline=share_of(asking, len(scored), unread=incomplete),
        median=float(median(values)) if enough and values else None,
    )


_STATUSES = ("scored", "incomplete", "few_applicable", "not_relevant", "nothing_read")


def has_headline_requirement(assessment: Assessment, catalogue: Catalogue) -> bool:
    """Tell whether a procurement has at least one binding, checkable circular requirement (design D9).

    Mandatory or scored, medium confidence or up, beyond law, importance 2 or 3, not supporting, not only R9.
    """
    requirements = {requirement.id: requirement for requirement in assessment.requirements}
    applicable = {o.criterion_id for o in assessment.outcomes if o.value in ("asked", "partly")}
    for match in assessment.matches:
        requirement = requirements[match.requirement_id]
        criterion = catalogue.by_id.get(match.criterion_id)
        if criterion is None or match.criterion_id not in applicable:
            continue
        binding = requirement.obligation in _BINDING or requirement.kind == "award_criterion"
        if (
            binding
            and match.confidence != "low"
            and match.ambition != "law"
            and match.counts == "circular"
            and match.factors.V >= _CHECKABLE
            and criterion.importance >= 2
            and set(criterion.strategies) != {"R9"}
        ):
            return True
    return False


def share_of(numerator: int, denominator: int, *, unread: int = 0) -> Share:
    """Return a share with Wilson's 95 % interval and the bounds with all unread as no and as yes.

    The interval is none under five, where only counts are shown.
    """
    everything = denominator + unread
    bounds = (numerator / everything, (numerator + unread) / everything) if everything else (None, None)
    low, high = wilson(numerator, denominator) if denominator >= FEWEST_SCORED else (None, None)
    return Share(
        numerator=numerator, denominator=denominator, low=low, high=high, bound_low=bounds[0], bound_high=bounds[1]
    )


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """Return Wilson's score interval at 95 % (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927)."""
    p, n, z2 = numerator / denominator, denominator, _Z95**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def swedish_key(text: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts å, ä, ö last, as Swedish readers expect."""
    order = {"å": (1, "a"), "ä": (1, "b"), "ö": (1, "c")}
    return tuple(order.get(ch, (0, ch)) for ch in text.casefold())
