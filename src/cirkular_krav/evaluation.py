"""How right the program is on labelled procurements: anyone's own folders with ``expected/expected.yaml`` (D13).

A label and a found requirement are the same when they stand in the same document and share at least half of the
words of either; one to one, the best pairs first. Precision of extraction is only measured in documents whose
requirements are all labelled. Figures on invented documents show that the machinery works, nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.models import (
    Assessment,
    Evaluation,
    Frozen,
    Obligation,
    Rate,
    Requirement,
    RequirementKind,
    Wrong,
)
from cirkular_krav.pipeline import assess, find_procurements
from cirkular_krav.text import clean, tokens
from cirkular_krav.yamlfile import YamlFault, read_yaml

EXPECTED = Path("expected") / "expected.yaml"
LEAST_OVERLAP = 0.5


class ExpectedQuantity(Frozen):
    """A quantity as a person reads it."""

    value: float
    high: float | None = None
    unit: str
    direction: str = "="


class ExpectedRequirement(Frozen):
    """One requirement as a person labelled it: the text as it stands, and what it is."""

    document: str
    text: str
    place: str = ""
    kind: RequirementKind
    obligation: Obligation
    criteria: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    quantities: tuple[ExpectedQuantity, ...] = ()
    near_miss_of: tuple[str, ...] = ()
    stem: str = ""
    award_share: float | None = None
    difficulty: str = ""
    doubtful: bool = False
    note: str = ""


class Expected(Frozen):
    """The labels of one procurement; ``complete`` names the documents whose requirements are all labelled."""

    schema_version: int
    labelled_by: str
    labelled_on: str
    quiet: bool = False
    complete: tuple[str, ...] = ()
    requirements: tuple[ExpectedRequirement, ...] = ()
    note: str = ""


class _Tally:
    """Counts over all procurements."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.kinds: tuple[list[str], list[str]] = ([], [])
        self.obligations: tuple[list[str], list[str]] = ([], [])
        self.wrong: list[Wrong] = []

    def rate(self, name: str) -> Rate:
        right, found, wanted = (self.counts[f"{name}_{end}"] for end in ("right", "found", "wanted"))
        return Rate(
            right=right, found=found, wanted=wanted,
            precision=round(right / found, 4) if found else None, recall=round(right / wanted, 4) if wanted else None,
        )  # fmt: skip

    def add(self, name: str, wanted: set[str], found: set[str]) -> None:
        self.counts[f"{name}_right"] += len(wanted & found)
        self.counts[f"{name}_found"] += len(found)
        self.counts[f"{name}_wanted"] += len(wanted)


def evaluate(root: Path | str, catalogue: Catalogue) -> Evaluation:
    """Assess every labelled procurement under a folder and compare with its labels.

    Raises ``UsageError`` when there are no labels or a label file is faulty.
    """
    tally = _Tally()
    sources = [path for path in find_procurements(Path(root)) if labels_of(path).is_file()]
    if not sources:
        raise UsageError(f"Under {root} finns inga märkta upphandlingar (expected/expected.yaml).")
    labels = 0
    for source in sources:
        expected = read_expected(labels_of(source))
        labels += len(expected.requirements)
        _compare(assess(source, catalogue), expected, catalogue, tally)
    return Evaluation(
        procurements=len(sources), labels=labels, extraction=tally.rate("extraction"),
        kind_macro_f1=_macro_f1(*tally.kinds), obligation_macro_f1=_macro_f1(*tally.obligations),
        criterion=tally.rate("criterion"), family=tally.rate("family"), obstacles=tally.rate("obstacle"),
        near_misses_left_empty=tally.rate("near_miss"), wrong=tuple(tally.wrong),
    )  # fmt: skip


def labels_of(source: Path) -> Path:
    """Return where the labels of a procurement lie: in its folder, or beside its ZIP."""
    return source.with_suffix(".expected.yaml") if source.is_file() else source / EXPECTED


def read_expected(path: Path) -> Expected:
    """Read the labels of one procurement; raises ``UsageError`` with the file and the fault."""
    try:
        return Expected.model_validate(read_yaml(path).data)
    except YamlFault as fault:
        raise UsageError(f"{path}, rad {fault.line}: {fault.sentence}") from None
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UsageError(f"{path}: fältet {place} saknas eller har fel form. Se corpus/README.md.") from None


def _macro_f1(wanted: Sequence[str], found: Sequence[str]) -> float | None:
    if not wanted:
        return None
    from sklearn.metrics import f1_score

    return round(float(f1_score(wanted, found, average="macro", zero_division=0)), 4)


def _compare(assessment: Assessment, expected: Expected, catalogue: Catalogue, tally: _Tally) -> None:
    wanted = [label for label in expected.requirements if label.kind != "information"]
    pairs = align(wanted, assessment.requirements)
    paired = {requirement.id for _, requirement in pairs if requirement}
    complete = set(expected.complete)
    for label, requirement in pairs:
        tally.counts["extraction_wanted"] += 1
        tally.counts["extraction_right_all"] += requirement is not None
        if label.document in complete and requirement is not None:
            tally.counts["extraction_right"] += 1
        elif label.document not in complete:
            tally.counts["extraction_wanted"] -= 1
        if not label.doubtful:
            _compare_one(label, requirement, assessment, catalogue, tally)
    tally.counts["extraction_found"] += sum(r.document in complete for r in assessment.requirements)
    for requirement in assessment.requirements:
        if requirement.id not in paired and requirement.document in complete:
            _unlabelled(requirement, assessment, tally)


def _compare_one(
    label: ExpectedRequirement,
    requirement: Requirement | None,
    assessment: Assessment,
    catalogue: Catalogue,
    tally: _Tally,
) -> None:
    matches = [m for m in assessment.matches if requirement and m.requirement_id == requirement.id]
    criteria = {m.criterion_id for m in matches}
    obstacles = {o.obstacle_id for o in assessment.obstacles if requirement and o.requirement_id == requirement.id}
    tally.add("criterion", set(label.criteria), criteria)
    tally.add("family", {_family(c, catalogue) for c in label.criteria}, {m.family for m in matches})
    tally.add("obstacle", set(label.obstacles), obstacles)
    if label.near_miss_of and not label.criteria:
        tally.counts["near_miss_wanted"] += 1
        tally.counts["near_miss_found"] += 1
        tally.counts["near_miss_right"] += not criteria
    if requirement:
        tally.kinds[0].append(label.kind)
        tally.kinds[1].append(requirement.kind)
        tally.obligations[0].append(label.obligation)
        tally.obligations[1].append(requirement.obligation)
    wanted = (*label.criteria, *label.obstacles)
    found = (*sorted(criteria), *sorted(obstacles))
    if {_family(c, catalogue) for c in wanted} != {_family(c, catalogue) for c in found}:
        tally.wrong.append(
            Wrong(
                procurement=assessment.procurement.id,
                document=label.document,
                text=label.text,
                wanted=wanted,
                found=found,
            )
        )


def _unlabelled(requirement: Requirement, assessment: Assessment, tally: _Tally) -> None:
    """A hit on what nobody labelled as a requirement is a false hit."""
    found = [m for m in assessment.matches if m.requirement_id == requirement.id]
    tally.add("criterion", set(), {m.criterion_id for m in found})
    tally.add("family", set(), {m.family for m in found})
    if found:
        tally.wrong.append(
            Wrong(
                procurement=assessment.procurement.id,
                document=requirement.document,
                text=requirement.text,
                wanted=(),
                found=tuple(sorted(m.criterion_id for m in found)),
            )  # fmt: skip
        )


def _family(criterion_id: str, catalogue: Catalogue) -> str:
    criterion = catalogue.by_id.get(criterion_id)
    return criterion.specialises[0] if criterion and criterion.specialises else criterion_id


def align(
    labels: Sequence[ExpectedRequirement], requirements: Iterable[Requirement]
) -> list[tuple[ExpectedRequirement, Requirement | None]]:
    """Pair labels with requirements, one to one, the greatest overlap first."""
    by_document: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        by_document.setdefault(requirement.document, []).append(requirement)
    candidates = []
    for i, label in enumerate(labels):
        for requirement in by_document.get(label.document, ()):
            overlap = max(_overlap(label.text, requirement.text), _overlap(label.text, requirement.raw_text))
            if overlap >= LEAST_OVERLAP:
                candidates.append((-overlap, i, requirement.id, requirement))
    chosen: dict[int, Requirement] = {}
    taken: set[str] = set()
    for _, i, identifier, requirement in sorted(candidates, key=lambda c: c[:3]):
        if i not in chosen and identifier not in taken:
            chosen[i] = requirement
            taken.add(identifier)
    return [(label, chosen.get(i)) for i, label in enumerate(labels)]


def _overlap(one: str, other: str) -> float:
    a, b = (Counter(word for word, _, _ in tokens(clean(text))) for text in (one, other))
    shared = sum((a & b).values())
    return shared / max(sum(a.values()), sum(b.values()), 1)
