"""What to do first about a procurement: chosen from what was found, never computed anew.

The order: what could not be read, wording that makes other requirements impossible, other obstacles, the most important
criteria that are missing, weak ones, and strong ones that nobody will follow up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from cirkular_krav.baseline_types import Group
from cirkular_krav.models import Assessment

AdviceKind = Literal["unread", "conflict", "obstacle", "gap", "weak", "follow_up"]
_NEVER_FOLLOWED_UP = 0.4
_STRONG = 40
_HIGHEST = 3
_WELL_FOLLOWED_UP = 0.5
_SAID_OF = ("scored", "incomplete", "few_applicable")


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do: about a criterion or obstacle, a requirement or a document; ``count`` is how much it concerns."""

    kind: AdviceKind
    entry_id: str = ""
    requirement_id: str = ""
    count: int = 0


def advise(assessment: Assessment, most: int = 3) -> tuple[Advice, ...]:
    """Return the first things to do, at most ``most``, each entry once."""
    seen: set[tuple[str, str]] = set()
    chosen = (a for a in _all(assessment) if (a.kind, a.entry_id) not in seen and not seen.add((a.kind, a.entry_id)))  # type: ignore[func-returns-value]
    return tuple(islice(chosen, most))


def _all(assessment: Assessment) -> Iterator[Advice]:
    unread = [row for row in assessment.ledger if row.status in ("refused", "nothing", "partial")]
    if unread and assessment.score.status in ("incomplete", "nothing_read"):
        yield Advice("unread", count=len(unread))
    stops = Counter((c.obstacle_id, c.obstacle_requirement_id) for c in assessment.conflicts)
    for (obstacle, requirement), count in sorted(stops.items(), key=lambda item: (-item[1], item[0])):
        yield Advice("conflict", obstacle, requirement, count)
    for hit in assessment.obstacles:
        if not hit.justified_by and hit.obstacle_id not in {obstacle for obstacle, _ in stops}:
            yield Advice("obstacle", hit.obstacle_id, hit.requirement_id)
    if assessment.score.status in _SAID_OF:
        yield from _about_criteria(assessment)


def _about_criteria(assessment: Assessment) -> Iterator[Advice]:
    def wanting(value: str, importance: int, kind: AdviceKind) -> Iterator[Advice]:
        for outcome in assessment.outcomes:
            if outcome.value == value and outcome.importance == importance:
                yield Advice(kind, outcome.criterion_id)

    yield from wanting("not_asked", 3, "gap")
    yield from wanting("partly", 3, "weak")
    yield from wanting("not_asked", 2, "gap")
    asked = {o.criterion_id for o in assessment.outcomes if o.value == "asked"}
    best: dict[str, float] = {}
    for match in sorted(assessment.matches, key=lambda m: (-m.points, m.id)):
        best[match.criterion_id] = max(best.get(match.criterion_id, 0.0), match.factors.F)
    for match in sorted(assessment.matches, key=lambda m: (-m.points, m.id)):
        unwatched = best[match.criterion_id] <= _NEVER_FOLLOWED_UP
        if match.criterion_id in asked and match.points >= _STRONG and unwatched:
            yield Advice("follow_up", match.criterion_id, match.requirement_id)


@dataclass(frozen=True, slots=True)
class WideAdvice:
    """One thing to do in many procurements: ``count`` of ``total`` of them concern it."""

    kind: Literal["obstacle", "gap", "follow_up", "unread"]
    entry_id: str = ""
    count: int = 0
    total: int = 0


def advise_many(assessments: Sequence[Assessment], group: Group, most: int = 3) -> tuple[WideAdvice, ...]:
    """Return the first things to do in a group of procurements: each kind at most once, then the next obstacle."""
    obstacles = list(_common_obstacles(assessments))
    first = [*obstacles[:1], *_widest_gap(group), *_follow_up(group), *_unread(group), *obstacles[1:]]
    return tuple(first[:most])


def _common_obstacles(assessments: Iterable[Assessment]) -> Iterator[WideAdvice]:
    counts: Counter[str] = Counter()
    total = 0
    for assessment in assessments:
        total += 1
        counts.update({hit.obstacle_id for hit in assessment.obstacles if not hit.justified_by})
    for obstacle, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield WideAdvice("obstacle", obstacle, count, total)


def _widest_gap(group: Group) -> Iterator[WideAdvice]:
    """Give the most important criterion that the most procurements could have asked for and did not."""
    gaps = [c for c in group.criteria if c.importance == _HIGHEST and c.asked.numerator < c.asked.denominator]
    if gaps:
        widest = max(gaps, key=lambda c: (c.asked.denominator - c.asked.numerator, c.criterion_id))
        missing = int(widest.asked.denominator - widest.asked.numerator)
        yield WideAdvice("gap", widest.criterion_id, missing, int(widest.asked.denominator))


def _follow_up(group: Group) -> Iterator[WideAdvice]:
    share = group.follow_up
    if share.denominator and share.numerator / share.denominator < _WELL_FOLLOWED_UP:
        yield WideAdvice("follow_up", "", int(share.denominator - share.numerator), int(share.denominator))


def _unread(group: Group) -> Iterator[WideAdvice]:
    unread = group.counts.incomplete + group.counts.nothing_read
    if unread:
        yield WideAdvice("unread", "", unread, group.counts.procurements)
