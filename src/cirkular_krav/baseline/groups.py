"""All figures of one group of procurements: the same for an organisation, a category, a year, a form or all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import mean

from cirkular_krav.baseline.cases import Case
from cirkular_krav.baseline.intervals import FEWEST_SCORED, Answer, share_of, spread_of
from cirkular_krav.baseline_types import Claims, Counts, CriterionShare, Group, GroupKind, Mean, Share
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.organisations import Party

_UNKNOWN = ("incomplete", "nothing_read")
_FULL = ("asked", "partly", "not_asked", "could_not_be_read")

Weigh = Callable[[Case], float]


def one_each(case: Case) -> float:  # noqa: ARG001 - the same form as a split credit
    """The credit of a view where each procurement counts once."""
    return 1.0


def make_group(
    by: GroupKind,
    cases: Sequence[Case],
    catalogue: Catalogue,
    *,
    key: str = "",
    party: Party | None = None,
    year: str = "",
    credit: Weigh = one_each,
    criteria: bool = False,
) -> Group:
    """Return the figures of a group; ``credit`` is the part of each procurement that belongs to it."""
    scored = [case for case in cases if case.status == "scored"]
    unread = sum(credit(case) for case in cases if case.status in _UNKNOWN)

    def share(test: Callable[[Case], bool], *, bounds: float = unread) -> Share:
        return share_of((Answer(test(c), credit(c), c.cluster) for c in scored), unread=bounds)

    valued = [case for case in scored if case.value]
    return Group(
        by=by,
        key=party.key if party else key,
        label=party.label if party else "",
        organisation_number=party.number if party else "",
        year=year,
        counts=_counts(cases, sum(credit(case) for case in scored)),
        headline=share(lambda case: case.headline),
        loose=share(lambda case: case.loose),
        spread=spread_of([c.score for c in scored if c.score is not None], [c.cluster for c in scored if c.score is not None]),
        bands={band.id: share(_reaches(band.at_least)) for band in catalogue.scoring.bands},
        weighted=share_of(Answer(c.headline, (c.value or 0.0) * credit(c), c.cluster) for c in valued) if valued else None,
        value_known=len(valued),
        value_total=sum((case.value or 0.0) * credit(case) for case in valued),
        goals=_profile(scored, "goals"),
        strategies=_profile(scored, "strategies"),
        kinds=_profile(scored, "kinds"),
        obligations=_obligations(scored),
        follow_up=_follow_up(scored),
        obstacles=_mean(scored, lambda case: case.obstacles),
        conflicts=_mean(scored, lambda case: case.conflicts),
        with_conflict=share(lambda case: case.conflicts > 0),
        beside=_mean(scored, lambda case: case.beside),
        krav_ids=share(lambda case: case.cites_krav_id),
        claims=_claims(scored, lambda case: case.claims_circular, lambda case: case.headline),
        strategic=_claims(scored, lambda case: case.claims_environment, lambda case: case.asks_any),
        criteria=_criteria(scored, catalogue) if criteria else (),
    )  # fmt: skip


def _reaches(limit: int) -> Callable[[Case], bool]:
    return lambda case: (case.score or 0) >= limit


def _counts(cases: Sequence[Case], credit: float) -> Counts:
    by_status = Counter(case.status for case in cases)
    return Counts(
        procurements=len(cases),
        scored=by_status["scored"],
        incomplete=by_status["incomplete"],
        nothing_read=by_status["nothing_read"],
        few_applicable=by_status["few_applicable"],
        not_relevant=by_status["not_relevant"],
        credit=round(credit, 4),
    )


def _profile(scored: Sequence[Case], name: str) -> dict[str, float]:
    """Return the mean of the procurements' own profiles; shares of points are over those that have any."""
    if len(scored) < FEWEST_SCORED:
        return {}
    profiles = [case.profiles[name] for case in scored if case.profiles.get(name)]
    if name != "goals":
        profiles = [profile for profile in profiles if sum(profile.values())]
    keys = sorted({key for profile in profiles for key in profile})
    return {key: round(mean(profile.get(key, 0.0) for profile in profiles), 4) for key in keys}


def _obligations(scored: Sequence[Case]) -> dict[str, float]:
    if len(scored) < FEWEST_SCORED:
        return {}
    counts: Counter[str] = Counter()
    for case in scored:
        counts.update(case.obligations)
    return {key: round(number / counts.total(), 4) for key, number in sorted(counts.items())}


def _follow_up(scored: Sequence[Case]) -> Share:
    answers = (Answer(i < c.followed, 1.0, c.cluster or c.id) for c in scored for i in range(c.circular))
    return share_of(answers, procurements=len(scored))


def _mean(scored: Sequence[Case], count: Callable[[Case], int]) -> Mean:
    total = sum(map(count, scored))
    return Mean(
        total=total,
        procurements=len(scored),
        per_procurement=round(total / len(scored), 4) if len(scored) >= FEWEST_SCORED else None,
    )


def _claims(scored: Sequence[Case], claims: Callable[[Case], bool | None], is_found: Callable[[Case], bool]) -> Claims:
    told = [(claims(case), is_found(case), case.cluster) for case in scored if claims(case) is not None]
    pairs = Counter((claimed, found) for claimed, found, _ in told)

    def found_where(wanted: bool) -> Share:
        return share_of(Answer(found, 1.0, cluster) for claimed, found, cluster in told if claimed is wanted)

    return Claims(
        claimed_and_found=pairs[True, True],
        only_claimed=pairs[True, False],
        only_found=pairs[False, True],
        neither=pairs[False, False],
        claimed=share_of(Answer(bool(claimed), 1.0, cluster) for claimed, _, cluster in told) if told else None,
        kept=found_where(True) if told else None,
        unsaid=found_where(False) if told else None,
    )


def _criteria(scored: Sequence[Case], catalogue: Catalogue) -> tuple[CriterionShare, ...]:
    found = []
    for criterion in catalogue.criteria:
        applies = [case for case in scored if case.outcomes.get(criterion.id) in _FULL]
        if not applies:
            continue
        known = [case for case in applies if case.outcomes[criterion.id] != "could_not_be_read"]
        unread = len(applies) - len(known)
        asked = share_of((Answer(c.outcomes[criterion.id] == "asked", 1.0, c.cluster) for c in known), unread=unread)
        found.append(
            CriterionShare(
                criterion_id=criterion.id,
                importance=criterion.importance,
                asked=asked,
                partly=sum(1 for case in known if case.outcomes[criterion.id] == "partly"),
                unread=unread,
            )
        )
    return tuple(found)


def grouped(cases: Iterable[Case], key: Callable[[Case], str]) -> dict[str, list[Case]]:
    """Return the cases by a key, in order of the key; those without one under ``""``."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(key(case), []).append(case)
    return dict(sorted(groups.items()))


def by_name(group: Group) -> tuple[bool, tuple[tuple[int, str], ...], str]:
    """Return a key that sorts groups by organisation; those without a name stand last."""
    return (not group.label, swedish_key(group.label), group.key)


def swedish_key(text: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts å, ä, ö last, as Swedish readers expect."""
    order = {"å": (1, "a"), "ä": (1, "b"), "ö": (1, "c")}
    return tuple(order.get(ch, (0, ch)) for ch in text.casefold())
