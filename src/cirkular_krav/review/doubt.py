"""What to show people, and in which order: the most doubtful matches first, and whole procurements for an audit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.decisions import revisions_of
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, Decision, Evidence, Match, MatchDecision, ObstacleHit, Requirement
from cirkular_krav.text import hash_text

_RANK = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One match or obstacle to judge: what was found, where, and everywhere else the same text stands."""

    assessment: Assessment
    requirement: Requirement
    criterion: str
    text_hash: str
    hit: Match | ObstacleHit
    places: tuple[Requirement, ...]
    earlier: MatchDecision | None = None


def doubts_of(
    assessments: Iterable[Assessment], decisions: Iterable[Decision], catalogue: Catalogue
) -> tuple[Doubt, ...]:
    """Return the circular and supporting matches and the obstacles, the most doubtful first, each text once.

    Low confidence comes first, then what speaks against a hit, then what only headings or the category say. What a
    review has decided at the criterion's present revision is left out; an older decision is shown beside.
    """
    earlier = {
        (d.procurement, d.text_hash, d.criterion): d for d in decisions if d.kind == "match" and d.purpose == "review"
    }
    found = []
    for assessment in assessments:
        for doubt in _of_one(assessment):
            decision = earlier.get((assessment.procurement.id, doubt.text_hash, doubt.criterion))
            now = revisions_of([doubt.criterion], catalogue).get(doubt.criterion)
            if decision is None:
                found.append(doubt)
            elif decision.revisions.get(doubt.criterion) != now:
                found.append(replace(doubt, earlier=decision))
    return tuple(sorted(found, key=_order))


def _of_one(assessment: Assessment) -> list[Doubt]:
    requirements = {requirement.id: requirement for requirement in assessment.requirements}
    groups: dict[tuple[str, str], list[tuple[Requirement, Match | ObstacleHit]]] = {}
    for match in assessment.matches:
        requirement = requirements[match.requirement_id]
        if match.counts != "sustainability" and requirement.applies and not by_person(match.evidence):
            groups.setdefault((hash_text(requirement.text), match.criterion_id), []).append((requirement, match))
    for hit in assessment.obstacles:
        requirement = requirements[hit.requirement_id]
        groups.setdefault((hash_text(requirement.text), hit.obstacle_id), []).append((requirement, hit))
    return [
        Doubt(assessment, group[0][0], criterion, text_hash, group[0][1], tuple(r for r, _ in group))
        for (text_hash, criterion), group in groups.items()
    ]


def by_person(evidence: Sequence[Evidence]) -> bool:
    """Tell whether a person, not the machine, saw a hit."""
    return any(item.where == "decision" for item in evidence)


def _order(doubt: Doubt) -> tuple[object, ...]:
    hit = doubt.hit
    in_text = sum(item.where in ("text", "wording") for item in hit.evidence)
    identity = (doubt.assessment.procurement.id, hit.id)
    if isinstance(hit, Match):
        return (_RANK[hit.confidence], -len(hit.against), in_text, -hit.points, *identity)
    return (_RANK["medium"], -bool(hit.justified_by), in_text, 0.0, *identity)


def draw_procurements(
    assessments: Sequence[Assessment], *, most: int | None = None, seed: int = 1
) -> list[tuple[Assessment, bool]]:
    """Draw whole procurements at random and say of each whether it is to be read blind: every second one.

    The order depends on the seed and the ids alone, so that the same draw can be made again. In order of id.
    """
    ordered = sorted(assessments, key=lambda a: hashlib.sha256(f"{seed}:{a.procurement.id}".encode()).hexdigest())
    drawn = [(assessment, number % 2 == 1) for number, assessment in enumerate(ordered[:most])]
    return sorted(drawn, key=lambda pair: pair[0].procurement.id)


def chosen(assessments: Sequence[Assessment], ids: Sequence[str]) -> tuple[Assessment, ...]:
    """Return the assessments with the ids, or all when none is named; raises ``UsageError`` for one that is not there."""
    known = {assessment.procurement.id for assessment in assessments}
    missing = [identifier for identifier in ids if identifier not in known]
    if missing:
        shown = ", ".join(sorted(known)[:10])
        raise UsageError(f"Upphandlingen {missing[0]} finns inte i resultatet. Där finns: {shown}.")
    return tuple(a for a in assessments if not ids or a.procurement.id in ids)
