"""What the baseline needs of one assessment: a small record, so that thousands can be counted on a laptop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cirkular_krav.baseline.headline import circular_matches, has_headline_requirement
from cirkular_krav.baseline.small_firms import KNOWN_SIZES, hindering_signs, opening_signs
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import STRATEGIC_ENVIRONMENT, Assessment, OutcomeValue, ScoreStatus
from cirkular_krav.organisations import Organisations, Party, find_parties

# Two procurements are written from one template when half of the shorter one's requirements stand in the other too.
_SAME_TEMPLATE = 0.5
_FEWEST_REQUIREMENTS = 10
_CIRCULAR_CLAIM = "circ-econ"


@dataclass(frozen=True, slots=True)
class Case:
    """One procurement as the statistics see it.

    ``cluster`` names the template it was written from (its own id when it is alone with it). ``category`` is the first
    of the procurement's, ``division`` the first two figures of its first CPV code; both may be empty.
    """

    id: str
    status: ScoreStatus
    responsible: Party
    position: int = 0
    title: str = ""
    users: tuple[Party, ...] = ()
    published: str = ""
    category: str = ""
    division: str = ""
    form: str = "unknown"
    value: float | None = None
    cancelled: bool = False
    replaces: str = ""
    frame_id: str = ""
    read_share: float = 1.0
    documents: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    cluster: str = ""
    headline: bool = False
    loose: bool = False
    score: int | None = None
    profiles: dict[str, dict[str, float]] = field(default_factory=dict)
    obligations: dict[str, int] = field(default_factory=dict)
    circular: int = 0
    followed: int = 0
    obstacles: int = 0
    conflicts: int = 0
    beside: int = 0
    cites_krav_id: bool = False
    claims_circular: bool | None = None
    claims_environment: bool | None = None
    asks_any: bool = False
    bids: float | None = None
    winner_sizes: tuple[str, ...] = ()
    winner_towns: tuple[str, ...] = ()
    opening: dict[str, bool] = field(default_factory=dict)
    hindering: dict[str, bool] = field(default_factory=dict)
    outcomes: dict[str, OutcomeValue] = field(default_factory=dict)

    @property
    def year(self) -> str:
        """The year of publication, or an empty text."""
        return self.published[:4]


def make_case(assessment: Assessment, catalogue: Catalogue, organisations: Organisations, position: int = 0) -> Case:
    """Return what the baseline needs of an assessment, which stood at ``position`` among those given."""
    procurement, score = assessment.procurement, assessment.score
    parties = find_parties(procurement, organisations)
    found = [(m, r) for m, r in circular_matches(assessment, catalogue)]
    circular = {r.id: r for m, r in found if m.confidence != "low"}
    beside = {m.requirement_id for m in assessment.matches if m.counts == "sustainability" and m.confidence != "low"}
    return Case(
        id=procurement.id,
        status=score.status,
        responsible=parties.responsible,
        position=position,
        title=procurement.title,
        users=parties.users,
        published=_day(procurement.published),
        category=procurement.categories[0] if procurement.categories else "",
        division=procurement.cpv[0][:2] if procurement.cpv else "",
        form=procurement.agreement_form,
        value=procurement.value,
        cancelled=procurement.cancelled,
        replaces=procurement.replaces,
        frame_id=procurement.frame_id,
        read_share=score.read_share,
        documents=frozenset(row.sha256 for row in assessment.ledger if row.status in ("read", "partial")),
        texts=frozenset(requirement.id for requirement in assessment.requirements),
        cluster=procurement.id,
        headline=has_headline_requirement(assessment, catalogue),
        loose=bool(found),
        score=score.value,
        profiles=score.profiles,
        obligations=dict(Counter(r.obligation for r in circular.values())),
        circular=len(circular),
        followed=sum(1 for r in circular.values() if r.sanction or r.follow_up in ("recurring", "on_request")),
        obstacles=sum(1 for hit in assessment.obstacles if not hit.justified_by),
        conflicts=len({(c.obstacle_requirement_id, c.obstacle_id) for c in assessment.conflicts}),
        beside=len(beside),
        bids=procurement.bids,
        winner_sizes=tuple(winner.size for winner in procurement.winners if winner.size in KNOWN_SIZES),
        winner_towns=tuple(winner.town for winner in procurement.winners if winner.town),
        opening=opening_signs(assessment, catalogue),
        hindering=hindering_signs(assessment, catalogue),
        claims_circular=claims_circular(assessment),
        claims_environment=claims_environment(assessment),
        asks_any=asks_any(assessment),
        cites_krav_id=any(requirement.krav_ids for requirement in assessment.requirements),
        outcomes={outcome.criterion_id: outcome.value for outcome in assessment.outcomes},
    )


def claims_circular(assessment: Assessment) -> bool | None:
    """Return whether the buyer's own notice claims circular economy (BT-774), or none without a notice."""
    if not any(document.notice for document in assessment.procurement.documents):
        return None
    return _CIRCULAR_CLAIM in assessment.procurement.claims


def claims_environment(assessment: Assessment) -> bool | None:
    """Return whether the buyer's own notice gives the environment as a reason (BT-06), or none where it does not tell."""
    told = assessment.procurement.strategic
    return STRATEGIC_ENVIRONMENT in told if told else None


def asks_any(assessment: Assessment) -> bool:
    """Return whether any requirement for sustainability goes beyond the law."""
    return any(match.confidence != "low" and match.ambition != "law" for match in assessment.matches)


def _day(text: str) -> str:
    """Return the day, or an empty text for what is no day: then the procurement is counted as undated."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        return ""


def with_templates(cases: Sequence[Case]) -> list[Case]:
    """Return the cases with the template that each was written from, found by the requirements they share.

    A case belongs to the first earlier one that leads a template it shares, and else leads one itself.
    """
    leaders: list[tuple[Case, int]] = []
    named: list[Case] = []
    for case, mask in zip(cases, _masks(cases), strict=True):
        leader = next((one for one, other in leaders if _enough((mask & other).bit_count(), one, case)), None)
        if leader is None and len(case.texts) >= _FEWEST_REQUIREMENTS:
            leaders.append((case, mask))
        named.append(replace(case, cluster=leader.id if leader else case.cluster))
    return named


def _masks(cases: Sequence[Case]) -> list[int]:
    """Return each case's requirements as the bits of a number, which thousands are compared by in seconds.

    Only what at least two cases hold gets a bit: nothing else can be shared.
    """
    times = Counter(text for case in cases for text in case.texts)
    bits = {text: number for number, text in enumerate(text for text, count in times.items() if count > 1)}
    return [sum(1 << bits[text] for text in case.texts if text in bits) for case in cases]


def same_template(one: Case, other: Case) -> bool:
    """Tell whether two procurements share at least half of the shorter one's requirements."""
    return _enough(len(one.texts & other.texts), one, other)


def _enough(shared: int, one: Case, other: Case) -> bool:
    fewest = min(len(one.texts), len(other.texts))
    return fewest >= _FEWEST_REQUIREMENTS and shared >= _SAME_TEMPLATE * fewest
