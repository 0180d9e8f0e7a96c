"""How right the program is on labelled procurements: anyone's own folders with ``expected/expected.yaml`` (D13).

Matches of low confidence, which count only in the upper end of the score, are left out. Precision of extraction is only
measured in documents whose requirements are all labelled. Figures on invented
documents show that the machinery works, nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.evaluation.baselines import Labelled, baseline_rates
from cirkular_krav.evaluation.counting import Tally, macro_f1, rate, share
from cirkular_krav.evaluation.labels import (
    Expected,
    ExpectedQuantity,
    ExpectedRequirement,
    align,
    labels_of,
    read_expected,
)
from cirkular_krav.evaluation.parts import AWARD_MODELS, POLARITY, award_tallies, family_of, polarity_tallies
from cirkular_krav.evaluation_types import Evaluation
from cirkular_krav.models import Assessment, Match, Quantity, Requirement
from cirkular_krav.pipeline import Progress, assess, find_procurements

_RATES = ("extraction", "criterion", "family", "obstacles", "quantities", "award_weights")
_SHARE_TOLERANCE = 0.005


def evaluate(root: Path | str, catalogue: Catalogue, *, progress: Progress | None = None) -> Evaluation:
    """Assess every labelled procurement under a folder and compare with its labels.

    Raises ``UsageError`` when there are no labels or a label file is faulty.
    """
    sources = [path for path in find_procurements(Path(root)) if labels_of(path).is_file()]
    if not sources:
        raise UsageError(f"Under {root} finns inga märkta upphandlingar (expected/expected.yaml).")
    comparison = _Comparison(catalogue)
    labels = 0
    for number, source in enumerate(sources, start=1):
        if progress:
            progress(number, len(sources), source.name)
        expected = read_expected(labels_of(source))
        labels += len(expected.requirements)
        comparison.add(assess(source, catalogue), expected)
    polarity = _parts(Path(root) / POLARITY, polarity_tallies, catalogue)
    models = _parts(Path(root) / AWARD_MODELS, award_tallies, catalogue)
    return comparison.result(len(sources), labels, polarity, models)


def _parts(path: Path, tallies: Callable[[Path, Catalogue], list[Tally]], catalogue: Catalogue) -> list[Tally]:
    return tallies(path, catalogue) if path.is_file() else []


class _Comparison:
    """Collects one tally per procurement, and what the simple methods need."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.tallies: list[Tally] = []
        self.groups: dict[str, set[str]] = {"category": set(), "difficulty": set(), "role": set()}
        self.labelled: list[Labelled] = []

    def family(self, criterion_id: str) -> str:
        """Return the family of a criterion: its generic one, its own id, or the id itself where it is unknown."""
        return family_of(criterion_id, self.catalogue)

    def families(self, ids: Sequence[str]) -> set[str]:
        return {self.family(i) for i in ids}

    def add(self, assessment: Assessment, expected: Expected) -> None:
        tally = Tally()
        self.tallies.append(tally)
        wanted = [label for label in expected.requirements if label.kind != "information"]
        pairs = align(wanted, assessment.requirements)
        paired = {requirement.id for _, requirement in pairs if requirement}
        complete = set(expected.complete)
        for label, requirement in pairs:
            if label.document in complete:
                tally.counts["extraction:wanted"] += 1
                tally.counts["extraction:right"] += requirement is not None
            if not label.doubtful:
                self._compare(label, requirement, assessment, tally)
        tally.counts["extraction:found"] += sum(r.document in complete for r in assessment.requirements)
        for requirement in assessment.requirements:
            if requirement.id not in paired and requirement.document in complete:
                self._unlabelled(requirement, assessment, tally)
        if expected.quiet:
            tally.counts["quiet"] += 1
            tally.counts["quiet_empty"] += not _circular(assessment.matches)

    def _compare(
        self, label: ExpectedRequirement, requirement: Requirement | None, assessment: Assessment, tally: Tally
    ) -> None:
        matches = _circular(m for m in assessment.matches if requirement and m.requirement_id == requirement.id)
        obstacles = {o.obstacle_id for o in assessment.obstacles if requirement and o.requirement_id == requirement.id}
        criteria = {m.criterion_id for m in matches}
        wanted = {i for i in label.criteria if self._is_circular(i)}
        tally.add("criterion", wanted, criteria)
        tally.add("obstacles", set(label.obstacles), obstacles)
        self._count_family(label, self.families([*wanted]), {m.family for m in matches}, assessment, tally)
        self._count_negatives(label, bool(criteria), tally)
        if requirement:
            self._compare_parts(label, requirement, tally)
        shown = (*sorted(criteria), *sorted(obstacles))
        if self.families([*wanted, *label.obstacles]) != self.families(shown):
            wrong = (*label.criteria, *label.obstacles)
            tally.note(assessment.procurement.id, label.document, label.text, wrong, shown)

    def _is_circular(self, criterion_id: str) -> bool:
        criterion = self.catalogue.by_id.get(criterion_id)
        return criterion is None or criterion.counts != "sustainability"

    def _count_family(
        self, label: ExpectedRequirement, wanted: set[str], found: set[str], assessment: Assessment, tally: Tally
    ) -> None:
        tally.add("family", wanted, found)
        roles = {row.path: row.role for row in assessment.ledger}
        groups = {
            "category": "+".join(assessment.procurement.categories) or "–",
            "role": roles.get(label.document, "other"),
        }
        if wanted:
            groups["difficulty"] = label.difficulty or "–"
        for kind, name in groups.items():
            self.groups[kind].add(name)
            tally.add(f"{kind}={name}", wanted, found)
        self.labelled.append((f"{label.stem} {label.text}".strip(), frozenset(wanted)))

    def _count_negatives(self, label: ExpectedRequirement, has_hit: bool, tally: Tally) -> None:
        if label.criteria:
            return
        name = "near_miss" if label.near_miss_of else "ordinary"
        tally.counts[name] += 1
        tally.counts[f"{name}_hit"] += has_hit
        tally.counts[f"{name}_empty"] += not has_hit

    def _compare_parts(self, label: ExpectedRequirement, requirement: Requirement, tally: Tally) -> None:
        tally.pair("kind", label.kind, requirement.kind)
        if label.kind != "award_criterion":  # what is scored is neither ska nor bör
            tally.pair("obligation", label.obligation, requirement.obligation)
        if label.quantities:
            tally.add("quantities", _quantities(label.quantities), _quantities(requirement.quantities))
        found = requirement.award.share if requirement.award else None
        if label.award_share is not None or (found is not None and label.kind == "award_criterion"):
            same = (
                found is not None
                and label.award_share is not None
                and abs(found - label.award_share) < _SHARE_TOLERANCE
            )
            tally.counts["award_weights:wanted"] += label.award_share is not None
            tally.counts["award_weights:found"] += found is not None
            tally.counts["award_weights:right"] += same

    def _unlabelled(self, requirement: Requirement, assessment: Assessment, tally: Tally) -> None:
        """A hit on what nobody labelled as a requirement is a false hit."""
        found = _circular(m for m in assessment.matches if m.requirement_id == requirement.id)
        tally.add("criterion", set(), {m.criterion_id for m in found})
        tally.add("family", set(), {m.family for m in found})
        tally.counts["ordinary"] += 1
        tally.counts["ordinary_hit"] += bool(found)
        if found:
            ids = tuple(sorted(m.criterion_id for m in found))
            tally.note(assessment.procurement.id, requirement.document, requirement.text, (), ids)

    def result(self, procurements: int, labels: int, polarity: list[Tally], models: list[Tally]) -> Evaluation:
        """Return the figures over all procurements that were added, and over sentences and chapters labelled apart."""
        tallies = self.tallies
        by = {
            kind: {name: rate(tallies, f"{kind}={name}") for name in sorted(names)}
            for kind, names in self.groups.items()
        }
        return Evaluation(
            procurements=procurements,
            labels=labels,
            rates={name: rate(tallies, name) for name in _RATES}
            | ({"award_models": rate(models, "award_models")} if models else {}),
            scores={
                "kind": macro_f1(tallies, "kind"),
                "obligation": macro_f1(tallies, "obligation"),
                "near_misses_left_empty": share(tallies, "near_miss_empty", "near_miss"),
                "quiet_left_empty": share(tallies, "quiet_empty", "quiet"),
            }
            | ({"polarity": share(polarity, "polarity_right", "polarity")} if polarity else {}),
            false_hits_per_1000=share(tallies, "ordinary_hit", "ordinary", times=1_000),
            by_category=by["category"],
            by_difficulty=by["difficulty"],
            by_role=by["role"],
            baselines=baseline_rates(self.labelled, self.catalogue, self.family),
            wrong=tuple(wrong for tally in (*tallies, *polarity, *models) for wrong in tally.wrong),
        )


# Units that people write in more than one way, and how many of the program's unit one of theirs is.
_SAME_UNIT = {
    "weeks": ("days", 7.0), "months": ("years", 1 / 12), "minutes": ("hours", 1 / 60), "rubs": ("cycles", 1.0),
    "tonnes": ("kg", 1000.0), "cm": ("mm", 10.0), "m": ("mm", 1000.0),
}  # fmt: skip


def _quantities(quantities: Iterable[ExpectedQuantity | Quantity]) -> set[str]:
    """Return the bounds that quantities set: a range is its least and its most, and a third is 33.3 as well as 33.33."""
    found = set()
    for quantity in quantities:
        unit, factor = _SAME_UNIT.get(quantity.unit, (quantity.unit, 1.0))
        bounds: tuple[tuple[float, str], ...] = ((quantity.value, quantity.direction),)
        if quantity.direction == "range" and quantity.high is not None:
            bounds = ((quantity.value, ">="), (quantity.high, "<="))
        for value, direction in bounds:
            scaled = round(value * factor, 6)
            shown = f"{scaled:.12g}" if scaled == int(scaled) else f"{scaled:.3g}"
            found.add(f"{shown} {unit} {direction}")
    return found


def _circular(matches: Iterable[Match]) -> list[Match]:
    """Return the matches that count in the score's value: circular or supporting, of medium confidence and up."""
    return [m for m in matches if m.counts != "sustainability" and m.confidence != "low"]
