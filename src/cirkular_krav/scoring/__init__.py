"""From matches to points, outcomes and the score of a procurement (``domain.md`` 7 as changed by design D8).

The score measures what the documents ask for, not what is delivered and not any environmental effect.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cirkular_krav.applicability import applicable_criteria, relevance
from cirkular_krav.catalogue_types import Catalogue, Criterion, ScoringPolicy
from cirkular_krav.models import (
    Conflict,
    Document,
    Interval,
    Match,
    Outcome,
    OutcomeValue,
    Procurement,
    ProcurementScore,
    Requirement,
    ScoreStatus,
    SubScore,
)
from cirkular_krav.scoring import sub_scores
from cirkular_krav.scoring.factors import find_factors, points
from cirkular_krav.scoring.profiles import find_profiles
from cirkular_krav.scoring.sub_scores import CriterionResult

_CONFIDENT = {"low": ("high",), "value": ("high", "medium"), "high": ("high", "medium", "low")}
_UNREAD = ("refused", "nothing")
# Where a requirement on circularity would stand, were the document readable.
_HOLDS_REQUIREMENTS = ("specification", "contract", "works", "award", "other", "instructions")


@dataclass(frozen=True, slots=True)
class Scored:
    """What scoring adds: matches with their points, an outcome per criterion, and the score."""

    matches: tuple[Match, ...]
    outcomes: tuple[Outcome, ...]
    score: ProcurementScore


def score_procurement(
    procurement: Procurement,
    requirements: Sequence[Requirement],
    matches: Sequence[Match],
    conflicts: Sequence[Conflict],
    catalogue: Catalogue,
) -> Scored:
    """Score a procurement from its matches.

    A requirement that was withdrawn or replaced keeps its matches, which count for nothing. ``value`` rests on matches of medium confidence and up, ``low`` on high confidence only, ``high`` on all.
    """
    by_id = {requirement.id: requirement for requirement in requirements}
    applicable = applicable_criteria(procurement, catalogue)
    ids = {criterion.id for criterion in applicable}
    scored = tuple(_with_points(match, by_id[match.requirement_id], ids, catalogue) for match in matches)
    read_share = _read_share(procurement.documents)
    stands = tuple(match for match in scored if by_id[match.requirement_id].applies)
    outcomes = _outcomes(applicable, stands, catalogue, _unread_matters(procurement.documents))
    score = _score(procurement, applicable, stands, by_id, conflicts, catalogue, read_share)
    return Scored(scored, outcomes, score)


def _with_points(match: Match, requirement: Requirement, applicable: set[str], catalogue: Catalogue) -> Match:
    factors = find_factors(match, requirement, catalogue)
    value = points(factors, catalogue.scoring) if match.criterion_id in applicable else 0.0
    return match.model_copy(update={"factors": factors, "points": round(value, 2)})


def _counted_once(matches: Iterable[Match], applicable: set[str], catalogue: Catalogue) -> list[Match]:
    """Keep the matches that enter the score; of overlapping criteria in one requirement only the highest.

    To be called after matches were left out for their confidence or a conflict: what is left out displaces nothing.
    """
    by_requirement: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        if match.criterion_id in applicable:
            by_requirement[match.requirement_id].append(match)
    kept: list[Match] = []
    for group in by_requirement.values():
        chosen: list[Match] = []
        for match in sorted(group, key=lambda m: (-m.points, m.criterion_id)):
            overlaps = set(catalogue.by_id[match.criterion_id].overlaps)
            if not any(
                other.criterion_id in overlaps or match.criterion_id in catalogue.by_id[other.criterion_id].overlaps
                for other in chosen
            ):
                chosen.append(match)
        kept += chosen
    return kept


def _results(applicable: Iterable[Criterion], matches: Iterable[Match], policy: ScoringPolicy) -> list[CriterionResult]:
    by_criterion: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        by_criterion[match.criterion_id].append(match)
    floor = policy.limits["floor_points"].value
    results = []
    for criterion in applicable:
        own = by_criterion.get(criterion.id, [])
        strong = [match for match in own if match.points >= floor]
        results.append(
            CriterionResult(
                criterion,
                points=max((m.points for m in own), default=0.0),
                obligation=max((m.factors.O for m in strong), default=0.0),
                verified=max(((m.factors.V + m.factors.F) / 2 for m in strong), default=0.0),
            )
        )
    return results


def _total(
    applicable: Sequence[Criterion],
    matches: Sequence[Match],
    requirements: Mapping[str, Requirement],
    policy: ScoringPolicy,
) -> tuple[float, tuple[SubScore, ...]]:
    """Return the score 0–100 and its sub-scores; award weight may be replaced by requirements, never hurt them."""
    results = _results(applicable, matches, policy)
    share, reason = _award_share(matches, requirements)
    values: dict[str, float | None] = {
        "coverage": sub_scores.coverage(results, policy),
        "ambition": sub_scores.ambition(results, policy),
        "binding": sub_scores.binding(results, policy),
        "follow_up": sub_scores.follow_up(results, policy),
        "award_weight": None if share is None else sub_scores.award_weight(share, policy),
    }
    weights = {key: constant.value for key, constant in policy.sub_scores.items()}
    without_award = sum(weights[k] * v for k, v in values.items() if v is not None and k != "award_weight")
    with_award = without_award + weights["award_weight"] * (values["award_weight"] or 0.0)
    total = max(with_award / sum(weights.values()), without_award / (sum(weights.values()) - weights["award_weight"]))
    parts = tuple(
        SubScore(id=k, value=None if v is None else round(v, 2), weight=weights[k], reason=reason if v is None else "")
        for k, v in values.items()
    )
    return total, parts


def _award_share(matches: Iterable[Match], requirements: Mapping[str, Requirement]) -> tuple[float | None, str]:
    awards = {r.id: r for r in requirements.values() if r.kind == "award_criterion"}
    if not awards:
        return None, "no_award_criteria"
    strongest: dict[str, Match] = {}
    for match in sorted(matches, key=lambda m: (m.points, m.criterion_id)):
        if match.requirement_id in awards and match.points > 0:
            strongest[match.requirement_id] = match
    # The same award criterion often stands both in the invitation and in the evaluation model, in other words: per
    # criterion and lot the greatest share counts. Lots are evaluated apart, so the best lot decides, with what is
    # common to all.
    shares: dict[str, dict[str, float]] = {}
    for requirement_id, match in strongest.items():
        award = awards[requirement_id].award
        if award and award.share is not None:
            own = shares.setdefault(awards[requirement_id].lot, {})
            own[match.criterion_id] = max(own.get(match.criterion_id, 0.0), award.share)
    if strongest and not shares:
        return None, "unknown_weight"
    common = shares.pop("", {})
    lots = [sum({**common, **own}.values()) for own in shares.values()]
    return min(1.0, max([sum(common.values()), *lots])), ""


def _score(
    procurement: Procurement,
    applicable: tuple[Criterion, ...],
    matches: Sequence[Match],
    requirements: Mapping[str, Requirement],
    conflicts: Sequence[Conflict],
    catalogue: Catalogue,
    read_share: float,
) -> ProcurementScore:
    policy = catalogue.scoring
    status = _status(procurement, applicable, catalogue, read_share, has_requirements=bool(requirements))
    blocked = {(conflict.requirement_id, conflict.criterion_id) for conflict in conflicts}
    standing = [m for m in matches if (m.requirement_id, m.criterion_id) not in blocked]
    ids = {criterion.id for criterion in applicable}
    totals = {}
    for name, kept in (("found", matches), ("standing", standing)):
        for end, confident in _CONFIDENT.items():
            chosen = _counted_once((m for m in kept if m.confidence in confident), ids, catalogue)
            totals[name, end] = _total(applicable, chosen, requirements, policy)
    parts = totals["found", "value"][1]
    known = status in ("scored", "incomplete")
    whole = {key: math.floor(total + 0.5) for key, (total, _) in totals.items()}
    value = whole["found", "value"] if known else None
    band = next(b.id for b in reversed(policy.bands) if (value or 0) >= b.at_least) if value is not None else ""
    interval = Interval(value=whole["standing", "value"], low=whole["standing", "low"], high=whole["standing", "high"])
    return ProcurementScore(
        status=status,
        value=value,
        low=whole["found", "low"] if known else None,
        high=whole["found", "high"] if known else None,
        band=band,
        sub_scores=parts if known else (),
        with_obstacles=interval if conflicts and known else None,
        relevance=relevance(procurement.categories, catalogue),  # type: ignore[arg-type]
        applicable=len(applicable),
        read_share=round(read_share, 4),
        profiles=find_profiles(
            applicable, _counted_once((m for m in matches if m.confidence != "low"), ids, catalogue), requirements
        ),
    )


def _status(
    procurement: Procurement,
    applicable: Sequence[Criterion],
    catalogue: Catalogue,
    read_share: float,
    *,
    has_requirements: bool,
) -> ScoreStatus:
    limits = catalogue.scoring.limits
    if not any(document.status in ("read", "partial") for document in procurement.documents):
        return "nothing_read"
    if relevance(procurement.categories, catalogue) == "none":
        return "not_relevant"
    if len(applicable) < limits["fewest_applicable"].value:
        return "few_applicable"
    if not has_requirements or all(
        d.role == "notice" for d in procurement.documents if d.status in ("read", "partial")
    ):
        return "incomplete"  # a notice alone, or documents without a single requirement, say little
    specification_unread = any(d.role == "specification" and d.status in _UNREAD for d in procurement.documents)
    if read_share < limits["least_read_share"].value or specification_unread:
        return "incomplete"
    return "scored"


def _read_share(documents: Iterable[Document]) -> float:
    """Return the share of the documents that were read as text; a partly read one counts as half."""
    worth = [{"read": 1.0, "partial": 0.5}.get(d.status, 0.0) for d in documents if d.status != "skipped"]
    return sum(worth) / len(worth) if worth else 0.0


def _unread_matters(documents: Iterable[Document]) -> bool:
    return any(d.status in _UNREAD and d.role in _HOLDS_REQUIREMENTS for d in documents)


def _outcomes(
    applicable: Sequence[Criterion], matches: Sequence[Match], catalogue: Catalogue, unread: bool
) -> tuple[Outcome, ...]:
    ids = {criterion.id for criterion in applicable}
    others = sorted({m.criterion_id for m in matches} - ids)
    floor = catalogue.scoring.limits["floor_points"].value
    outcomes = []
    for criterion in [*applicable, *(catalogue.by_id[i] for i in others)]:
        own = [m for m in matches if m.criterion_id == criterion.id]
        # A doubtful match may raise the score's upper end, but does not make a criterion asked for.
        carries = [m for m in own if m.confidence in _CONFIDENT["value"]]
        best = max((m.points for m in carries or own), default=0.0)
        value: OutcomeValue
        if criterion.id not in ids:
            value = "not_applicable"
        elif carries and best >= floor:
            value = "asked"
        elif own:
            value = "partly"
        else:
            value = "could_not_be_read" if unread else "not_asked"
        outcomes.append(
            Outcome(
                criterion_id=criterion.id,
                value=value,
                points=best,
                importance=criterion.importance,
                match_ids=tuple(m.id for m in sorted(own, key=lambda m: (-m.points, m.id))),
            )  # fmt: skip
        )
    return tuple(outcomes)
