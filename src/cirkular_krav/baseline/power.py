"""How many procurements a change takes to be seen: the usual formula for two shares, with what templates cost."""

from __future__ import annotations

import math
from datetime import date

from cirkular_krav.baseline.intervals import Z95
from cirkular_krav.baseline_types import Group, Power, Share, Window

POINTS = 0.10
_Z80 = 0.8416212335729143


def power_of(group: Group, window: Window) -> Power:
    """Return how many scored procurements per period a change of 10 points takes (80 % chance, 5 % level, two-sided).

    Reckoned from the end of the share's interval that is nearest one half, which needs most.
    """
    share, scored = group.headline, group.counts.scored
    now = _nearest_half(share)
    design = scored / share.effective if share.effective and share.effective < scored else 1.0
    needed = math.ceil(needed_per_period(now, POINTS) * design)
    per_year = _per_year(scored, window)
    return Power(
        key=group.key,
        label=group.label,
        scored=scored,
        points=POINTS,
        needed=needed,
        per_year=None if per_year is None else round(per_year, 1),
        years=round(needed / per_year, 1) if per_year else None,
        smallest=_smallest(now, scored / design),
    )


def _nearest_half(share: Share) -> float:
    """Return what in the share's interval is nearest one half: the most demanding of what it may be."""
    if share.low is None or share.high is None:
        return 0.5
    return min(max(0.5, share.low), share.high)


def needed_per_period(share: float, change: float) -> int:
    """Return the procurements per period; of up and down the direction that needs most, where both are possible."""
    ways = [share + step for step in (change, -change) if -1e-9 <= share + step <= 1 + 1e-9]
    return max(math.ceil((Z95 + _Z80) ** 2 * (share * (1 - share) + p * (1 - p)) / change**2) for p in ways or [0.5])


def _smallest(share: float, scored: float) -> float | None:
    return next((step / 100 for step in range(1, 51) if needed_per_period(share, step / 100) <= scored), None)


def _per_year(scored: int, window: Window) -> float | None:
    first, last = window.since or window.first, window.until or window.last
    if not first or not last:
        return None
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    # Under half a year the pace of a year cannot be told.
    return scored * 365.25 / days if days > 182 else None
