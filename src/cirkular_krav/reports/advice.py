"""What to do first about a procurement: chosen from what was found, never computed anew.

The order: what could not be read, wording that makes other requirements impossible, other obstacles, the most important
criteria that are missing, weak ones, and strong ones that nobody will follow up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from cirkular_krav.models import Assessment

AdviceKind = Literal["unread", "conflict", "obstacle", "gap", "weak", "follow_up"]
_NEVER_FOLLOWED_UP = 0.4
_STRONG = 40
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
