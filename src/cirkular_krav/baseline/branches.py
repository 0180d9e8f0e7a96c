"""CPV divisions side by side: how far each has come, what opens or hinders small firms there, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import mean

from cirkular_krav.baseline.cases import Case
from cirkular_krav.baseline.groups import grouped, make_group
from cirkular_krav.baseline.intervals import FEWEST_SCORED, Answer, share_of
from cirkular_krav.baseline.small_firms import SMALL, index_of
from cirkular_krav.baseline_types import Branch, Share
from cirkular_krav.catalogue_types import Catalogue

_HIGH_SCORE = 60
_FEW_BIDS = 2

Signs = Callable[[Case], dict[str, bool]]


def branches_of(cases: Sequence[Case], catalogue: Catalogue) -> tuple[Branch, ...]:
    """Return one branch per CPV division, in order of division; procurements without a code stand under ``""``."""
    return tuple(_branch(division, own, catalogue) for division, own in grouped(cases, lambda c: c.division).items())


def _branch(division: str, cases: Sequence[Case], catalogue: Catalogue) -> Branch:
    read = [case for case in cases if case.status not in ("incomplete", "nothing_read")]
    told = [case.bids for case in cases if case.bids is not None]
    sizes = [(size, case.id) for case in cases for size in case.winner_sizes]
    return Branch(
        division=division,
        maturity=make_group("division", cases, catalogue, key=division),
        opening=_signs(read, lambda case: case.opening),
        hindering=_signs(read, lambda case: case.hindering),
        index=round(mean(index_of(c.opening, c.hindering) for c in read), 4) if len(read) >= FEWEST_SCORED else None,
        bids=round(mean(told), 2) if told else None,
        bids_known=len(told),
        small_winners=share_of(Answer(size in SMALL, 1.0, owner) for size, owner in sizes),
        winner_towns=dict(sorted(Counter(town for case in cases for town in case.winner_towns).items())),
        few_bids=tuple(case.id for case in cases if _is_high_with_few_bids(case)),
    )


def _is_high_with_few_bids(case: Case) -> bool:
    return (case.score or 0) >= _HIGH_SCORE and case.bids is not None and case.bids <= _FEW_BIDS


def _signs(cases: Sequence[Case], signs: Signs) -> dict[str, Share]:
    names = sorted({name for case in cases for name in signs(case)})
    return {
        name: share_of(Answer(signs(c)[name], 1.0, c.cluster) for c in cases if name in signs(c)) for name in names
    }  # fmt: skip
