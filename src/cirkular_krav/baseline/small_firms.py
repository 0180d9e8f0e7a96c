"""Signs in the documents that open a procurement to small firms, or hinder them (``domain.md`` 6).

Each sign is told only where it can be known: a procurement without a notice says nothing of lots or days. They stand
beside the circular score and never enter it. The limits (three references, twenty days) are judgements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import Assessment, Requirement

SMALL = ("micro", "small")
# "sme" alone does not say whether the firm is small.
KNOWN_SIZES = (*SMALL, "medium", "large")
_FEWEST_DAYS = 20
_OWN_DECLARATION = re.compile(r"egenförsäkran|egen försäkran|eget intyg|sanningsförsäkran", re.IGNORECASE)
_FROM_WINNER = re.compile(
    r"\b(?:vinnande|antagen|antagna|tilldelad)e? (?:anbudsgivare|leverantör)\w*\b.{0,80}\b(?:bevis|intyg|styrk|verifi|uppvisa|lämna)",
    re.IGNORECASE,
)
_RESERVED = re.compile(
    r"reserverad (?:upphandling|rätt)|reserverat kontrakt|idéburen|arbetsintegrerande|sociala? företag", re.IGNORECASE
)
_CERTIFICATE = re.compile(r"\bISO ?(?:9001|14001|45001|27001)\b|\bEMAS\b", re.IGNORECASE)
_OWN_SYSTEM = re.compile(
    r"likvärdig|motsvarande|eget (?:lednings|kvalitets|miljö)?\w*system|egna rutiner", re.IGNORECASE
)
_TURNOVER = re.compile(r"\b(?:års)?omsättning\w*\b", re.IGNORECASE)
_REFERENCES = re.compile(r"\b(?:minst )?(?:tre|fyra|fem|[3-9])\b[^.]{0,30}\breferens", re.IGNORECASE)
_BRAND = "HIN-06"


def opening_signs(assessment: Assessment, catalogue: Catalogue) -> dict[str, bool]:
    """Return the opening signs that can be known, each present or not."""
    texts = [requirement.text for requirement in assessment.requirements]
    signs = {
        "own_declaration": _any(_OWN_DECLARATION, texts),
        "proof_from_winner": _any(_FROM_WINNER, texts),
        "reserved": _any(_RESERVED, [*texts, assessment.procurement.title]),
        "circular_opening": _asks_with(assessment, catalogue, "opens"),
    }
    if assessment.procurement.lots:
        signs["lots"] = len(assessment.procurement.lots) > 1
    return signs


def hindering_signs(assessment: Assessment, catalogue: Catalogue) -> dict[str, bool]:
    """Return the hindering signs that can be known, each present or not."""
    must = [requirement for requirement in assessment.requirements if requirement.obligation == "mandatory"]
    signs = {
        "turnover": any(_TURNOVER.search(r.text) and _asks_an_amount(r) for r in must),
        "references": any(_REFERENCES.search(requirement.text) for requirement in must),
        "brand": any(hit.obstacle_id == _BRAND and not hit.justified_by for hit in assessment.obstacles),
        "circular_burdening": _asks_with(assessment, catalogue, "burdens"),
    }
    certified = [requirement for requirement in must if _CERTIFICATE.search(requirement.text)]
    signs["certificate_alone"] = any(not r.or_equivalent and not _OWN_SYSTEM.search(r.text) for r in certified)
    days = _days_to_tender(assessment)
    if days is not None:
        signs["short_time"] = days < _FEWEST_DAYS
    return signs


def index_of(opening: Mapping[str, bool], hindering: Mapping[str, bool]) -> float:
    """Return opening less hindering signs, each as a part of those that can be known: −1 to 1."""
    return _part(opening) - _part(hindering)


def _part(signs: Mapping[str, bool]) -> float:
    return sum(signs.values()) / len(signs) if signs else 0.0


def _any(pattern: re.Pattern[str], texts: Iterable[str]) -> bool:
    return any(pattern.search(text) for text in texts)


def _asks_an_amount(requirement: Requirement) -> bool:
    return requirement.kind == "selection_criterion" or any(q.unit == "kronor" for q in requirement.quantities)


def _asks_with(assessment: Assessment, catalogue: Catalogue, effect: str) -> bool:
    asked = (catalogue.by_id.get(o.criterion_id) for o in assessment.outcomes if o.value == "asked")
    return any(c and c.small_suppliers and c.small_suppliers.effect == effect for c in asked)


def _days_to_tender(assessment: Assessment) -> int | None:
    for document in assessment.procurement.documents:
        if document.notice and document.notice.deadline and document.notice.published:
            try:
                ends, starts = (date.fromisoformat(d) for d in (document.notice.deadline, document.notice.published))
            except ValueError:
                continue
            return (ends - starts).days
    return None
