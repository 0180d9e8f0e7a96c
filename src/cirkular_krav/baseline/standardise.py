"""Direct standardisation on a common mix of categories, refused without support (``domain.md`` 7.5).

An organisation that builds cannot be compared raw with one that buys consultants. The share in each category is weighted
by a mix that is the same for all; where an organisation has bought nothing in a category nothing is known of it there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cirkular_krav.baseline.cases import Case
from cirkular_krav.baseline.intervals import FEWEST_SCORED, Answer, share_of
from cirkular_krav.baseline_types import Share

LEAST_SUPPORT = 0.8


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A standardised share, none without support or with under five scored; and the support itself, 0–1."""

    share: Share | None
    support: float


def category_mix(cases: Iterable[Case]) -> dict[str, float]:
    """Return the part of each category among the scored procurements; the parts add up to 1."""
    counts = Counter(case.category for case in cases if case.status == "scored")
    return {category: number / counts.total() for category, number in sorted(counts.items())}


def common_mix(one: Iterable[Case], other: Iterable[Case]) -> dict[str, float]:
    """Return the mean of two mixes, so that the larger period does not decide alone."""
    first, second = category_mix(one), category_mix(other)
    return {key: (first.get(key, 0.0) + second.get(key, 0.0)) / 2 for key in sorted({*first, *second})}


def standardise(cases: Sequence[Case], mix: Mapping[str, float]) -> Adjusted:
    """Return the headline share on the mix: each procurement weighs as its category does in the mix."""
    scored = [case for case in cases if case.status == "scored"]
    own = Counter(case.category for case in scored)
    support = sum(part for category, part in mix.items() if own[category])
    if support < LEAST_SUPPORT or len(scored) < FEWEST_SCORED:
        return Adjusted(None, round(support, 4))
    answers = (Answer(c.headline, mix.get(c.category, 0.0) / own[c.category], c.cluster) for c in scored)
    return Adjusted(share_of([answer for answer in answers if answer.weight]), round(support, 4))
