"""Counts per procurement, and rates over all of them with intervals from a bootstrap over whole procurements.

Requirements of one procurement are alike, so they are drawn together; a bootstrap over single requirements would
promise more than it knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from cirkular_krav.evaluation_types import Rate, Score, Wrong

DRAWS = 1_000
F1_DRAWS = 200
_SEED = 20260101


@dataclass(slots=True)
class Tally:
    """What was counted in one procurement."""

    counts: Counter[str] = field(default_factory=Counter)
    pairs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)

    def add(self, name: str, wanted: set[str], found: set[str]) -> None:
        """Count a set of wanted and found things."""
        self.counts[f"{name}:right"] += len(wanted & found)
        self.counts[f"{name}:found"] += len(found)
        self.counts[f"{name}:wanted"] += len(wanted)

    def pair(self, name: str, wanted: str, found: str) -> None:
        """Note one wanted and one found value of a single-valued thing."""
        self.pairs.setdefault(name, []).append((wanted, found))

    def note(self, procurement: str, document: str, text: str, wanted: tuple[str, ...], found: tuple[str, ...]) -> None:
        """Keep one thing that came out wrong, with its text."""
        self.wrong.append(Wrong(procurement=procurement, document=document, text=text, wanted=wanted, found=found))


def rate(tallies: Sequence[Tally], name: str) -> Rate:
    """Return the precision and recall of one thing over all procurements."""
    table = np.array(
        [[t.counts[f"{name}:{end}"] for end in ("right", "found", "wanted")] for t in tallies], dtype=float
    )
    right, found, wanted = (int(total) for total in table.sum(axis=0))
    return Rate(
        right=right,
        found=found,
        wanted=wanted,
        precision=_share(right, found),
        recall=_share(right, wanted),
        precision_interval=_interval(table[:, [0, 1]]) if found else None,
        recall_interval=_interval(table[:, [0, 2]]) if wanted else None,
    )


def share(tallies: Sequence[Tally], part: str, whole: str, *, times: float = 1.0) -> Score:
    """Return one counted part of a whole over all procurements, ``times`` a factor (1,000 for "per thousand")."""
    table = np.array([[t.counts[part], t.counts[whole]] for t in tallies], dtype=float)
    total = table.sum(axis=0)
    if not total[1]:
        return Score(value=None)
    found = _interval(table)
    interval = (round(found[0] * times, 4), round(found[1] * times, 4)) if found else None
    return Score(value=round(total[0] / total[1] * times, 4), interval=interval)


def macro_f1(tallies: Sequence[Tally], name: str) -> Score:
    """Return the mean F1 over the classes of a single-valued thing."""
    lists = [t.pairs.get(name, []) for t in tallies]
    everything = [pair for pairs in lists for pair in pairs]
    if not everything:
        return Score(value=None)
    value = round(_f1(everything), 4)
    if sum(1 for pairs in lists if pairs) < 2:
        return Score(value=value)
    draws = [_f1([p for i in draw for p in lists[i]]) for draw in _draws(len(lists), F1_DRAWS)]
    return Score(value=value, interval=_middle(draws))


def _f1(pairs: Sequence[tuple[str, str]]) -> float:
    if not pairs:
        return 0.0
    wanted, found = zip(*pairs, strict=True)
    return float(f1_score(wanted, found, average="macro", zero_division=0))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _draws(size: int, number: int) -> Any:
    return np.random.default_rng(_SEED).integers(0, size, (number, size))


def _interval(table: Any) -> tuple[float, float] | None:
    if (table[:, 1] > 0).sum() < 2:
        return None  # one procurement says nothing of how much they differ
    sums = table[_draws(len(table), DRAWS)].sum(axis=1)
    kept = sums[sums[:, 1] > 0]
    return _middle(kept[:, 0] / kept[:, 1]) if len(kept) else None


def _middle(values: Any) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)
