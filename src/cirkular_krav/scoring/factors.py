"""The five factors of one matched requirement and its points (``domain.md`` 7.3)."""

from __future__ import annotations

from cirkular_krav.catalogue_types import Catalogue, Criterion, ScoringPolicy
from cirkular_krav.models import Factors, Match, Requirement

# Quantities that say how much of something circular is asked for; days, hours, kronor and points do not.
_MEASURES = ("years", "percent", "kg_per_m2", "kg", "g_per_portion", "cycles", "washes", "rubs", "count", "km")
_STEPS = ("quantity_and_evidence", "quantity_or_evidence", "concrete", "vague", "placeholder")


def points(factors: Factors, policy: ScoringPolicy) -> float:
    """Return 0–100: strategy and obligation are gates, ambition, verifiability and follow-up are averaged."""
    weights = policy.quality_weights
    quality = weights["A"].value * factors.A + weights["V"].value * factors.V + weights["F"].value * factors.F
    return 100 * factors.S * factors.O * quality


def find_factors(match: Match, requirement: Requirement, catalogue: Catalogue) -> Factors:
    """Return the factors of a match, each by the value table of the scoring policy."""
    criterion = catalogue.by_id[match.criterion_id]
    policy = catalogue.scoring
    return Factors(
        S=_strategy(criterion, match.level, policy),
        O=_obligation(criterion, requirement, policy),
        A=policy.ambition[match.ambition].value,
        V=_verifiability(match, requirement, policy),
        F=_follow_up(requirement, policy),
    )


def _strategy(criterion: Criterion, level_id: str, policy: ScoringPolicy) -> float:
    if criterion.counts == "supporting":
        return policy.strategy["EN"].value
    level = next((level for level in criterion.levels if level.id == level_id), None)
    strategies = (level.strategies if level else ()) or criterion.strategies
    goals = (level.goals if level else ()) or criterion.goals
    return max(policy.strategy[_strategy_key(strategy, goals)].value for strategy in strategies)


def _strategy_key(strategy: str, goals: tuple[str, ...]) -> str:
    if strategy != "R8":
        return strategy
    return "R8_content" if "B" in goals else "R8_recycling"


def _obligation(criterion: Criterion, requirement: Requirement, policy: ScoringPolicy) -> float:
    table = policy.obligation
    obligation = requirement.obligation
    if requirement.kind in ("formal", "information") or obligation == "information":
        return table["information"].value
    if requirement.kind == "award_criterion" and obligation != "option":
        share = requirement.award.share if requirement.award else None
        if share is None:
            return table["award_unknown"].value
        full = policy.limits["full_award_share"].value
        return table["award_base"].value + table["award_share"].value * min(1.0, share / full)
    if obligation == "disclose" and criterion.strategies == ("EN",):
        return table["disclose_enabler"].value
    if obligation == "mandatory" and requirement.kind == "contract_condition":
        followed = requirement.follow_up in ("recurring", "on_request") and requirement.sanction
        return table["mandatory_contract_followed_up" if followed else "mandatory_contract"].value
    return table[obligation].value


def _verifiability(match: Match, requirement: Requirement, policy: ScoringPolicy) -> float:
    table = policy.verifiability
    if requirement.placeholder:
        return table["placeholder"].value
    measured = any(quantity.unit in _MEASURES for quantity in requirement.quantities)
    proven = bool(requirement.evidence or requirement.labels or requirement.krav_ids)
    if measured and proven:
        step = "quantity_and_evidence"
    elif measured or proven:
        step = "quantity_or_evidence"
    elif requirement.obligation == "mandatory" or requirement.kind == "award_criterion":
        step = "concrete"
    else:
        step = "vague"
    if "borrowed" in match.against:
        step = _STEPS[min(_STEPS.index(step) + 1, len(_STEPS) - 2)]
    return table[step].value


def _follow_up(requirement: Requirement, policy: ScoringPolicy) -> float:
    if requirement.sanction:
        return policy.follow_up["recurring"].value
    if requirement.follow_up == "none" and requirement.evidence:
        return policy.follow_up["in_tender"].value
    return policy.follow_up[requirement.follow_up].value
