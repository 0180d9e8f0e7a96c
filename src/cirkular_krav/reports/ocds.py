"""Results as OCDS releases with the sustainability extension, one a line, ready for ``ocdskit package-releases``.

Fields and codes are those of OCDS 1.1 and of the extension (https://github.com/open-contracting-extensions/
ocds_sustainability_extension, read 2026-11-20); ``domain.md`` 4.3 gives the mapping of kinds. What the
documents do not show is left out, never set to false: a document that was not read may hold it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, Match
from cirkular_krav.reports.words import title_of
from cirkular_krav.writing import replacing

_STRATEGIES = {
    "selection_criterion": "selectionCriteria",
    "technical_specification": "technicalSpecifications",
    "award_criterion": "awardCriteria",
    "contract_condition": "contractPerformanceConditions",
}
_CIRCULAR = "environmental.circularEconomy"
# Only where a strategy of the ladder is the code's own definition: R3 is reuse, R8 is recycling.
_NARROWER = {"R3": "environmental.resourceReuse", "R8": "environmental.recycling"}
_PREFIX = re.compile(r"ocds-[a-z0-9]{6}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def export_ocds(
    assessments: Iterable[Assessment], out: Path, catalogue: Catalogue, *, prefix: str, date: str, language: str = "sv"
) -> Path:
    """Write one release a line; ``prefix`` is the publisher's registered ocid prefix, ``date`` the day of the release.

    Raises ``UsageError`` when either is missing: neither may be made up.
    """
    if not _PREFIX.fullmatch(prefix) or not _DAY.fullmatch(date):
        raise UsageError(
            "OCDS kräver två uppgifter som programmet inte får hitta på: --ocid-prefix ocds-xxxxxx, som utgivaren får av "
            "Open Contracting Partnership, och --date ÅÅÅÅ-MM-DD, dagen då uppgifterna lämnas ut."
        )
    with replacing(out) as file:
        for assessment in assessments:
            found = release(assessment, catalogue, prefix=prefix, date=date, language=language)
            file.write(json.dumps(found, ensure_ascii=False) + "\n")
    return out


def release(
    assessment: Assessment, catalogue: Catalogue, *, prefix: str, date: str, language: str = "sv"
) -> dict[str, Any]:
    """Return one procurement as an OCDS release with what its documents ask for."""
    p = assessment.procurement
    ocid = f"{prefix}-{re.sub(r'[^0-9A-Za-zÅÄÖåäö._-]+', '-', p.id)}"
    buyer = _filled({"id": p.organisation_number, "name": p.buyer})
    items = [{"id": str(n), "classification": {"scheme": "CPV", "id": code}} for n, code in enumerate(p.cpv, start=1)]
    goals = _sustainability(assessment, catalogue, language)
    tender = _filled(
        {
            "id": p.id,
            "title": p.title,
            "value": {"amount": p.value, "currency": "SEK"} if p.value is not None else None,
            "items": items,
            "hasSustainability": True if goals else None,
            "sustainability": goals,
        }
    )
    return _filled(
        {
            "ocid": ocid, "id": f"{ocid}-{date}", "date": f"{date}T00:00:00Z", "tag": ["tender"],
            "initiationType": "tender", "language": "sv", "buyer": buyer if "id" in buyer else {},
            "parties": [{**buyer, "roles": ["buyer"]}] if "id" in buyer else [], "tender": tender,
        }
    )  # fmt: skip


def _sustainability(assessment: Assessment, catalogue: Catalogue, language: str) -> list[dict[str, Any]]:
    """Return a goal an entry, with how it is pursued; only matches of medium confidence and up."""
    kinds = {requirement.id: requirement.kind for requirement in assessment.requirements}
    goals: dict[str, tuple[set[str], set[str]]] = {}
    for match in assessment.matches:
        if match.counts != "circular" or match.confidence == "low":
            continue
        for goal in _goals(match, catalogue):
            strategies, criteria = goals.setdefault(goal, (set(), set()))
            criteria.add(match.criterion_id)
            if strategy := _STRATEGIES.get(kinds[match.requirement_id]):
                strategies.add(strategy)
    return [
        _filled(
            {
                "goal": goal,
                "strategies": sorted(strategies),
                "description": "; ".join(f"{i} {title_of(catalogue.by_id[i], language)}" for i in sorted(criteria)),
            }
        )
        for goal, (strategies, criteria) in sorted(goals.items())
    ]


def _goals(match: Match, catalogue: Catalogue) -> list[str]:
    criterion = catalogue.by_id.get(match.criterion_id)
    if criterion is None:
        return []
    level = next((level for level in criterion.levels if level.id == match.level), None)
    strategies = (level.strategies if level else ()) or criterion.strategies
    return [_CIRCULAR, *(_NARROWER[strategy] for strategy in strategies if strategy in _NARROWER)]


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that say something: OCDS wants what is not known left out."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}
