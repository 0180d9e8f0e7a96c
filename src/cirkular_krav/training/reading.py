"""Fits what decides where the rules of reading leave off: whether a text asks, of which kind, and how strongly it binds.

Two sources teach: labelled procurements, where a sentence stands in its document, and labelled passages, which are many
more but know only their heading. What is measured is always fitted without the procurements that it is measured on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cirkular_krav.evaluation.counting import Tally, macro_f1, rate
from cirkular_krav.evaluation.labels import Expected, ExpectedRequirement, align, labels_of, read_expected
from cirkular_krav.linear import LinearModel, write_model
from cirkular_krav.models import Procurement
from cirkular_krav.pipeline import Progress, find_procurements, read_procurement
from cirkular_krav.roles import role_of_headings
from cirkular_krav.segment import find_candidates, find_requirements
from cirkular_krav.survey import Candidate, neighbour_signs
from cirkular_krav.training.fit import Example, Table
from cirkular_krav.understanding import asking, kind
from cirkular_krav.understanding.fitted import Name, replaced
from cirkular_krav.understanding.obligation import find_obligation, obligation_signs
from cirkular_krav.understanding.signs import form_signs, heading_signs

PROCUREMENTS = "procurements"
PASSAGES = "passages"
NAMES: tuple[Name, ...] = ("asking", "kind", "obligation")
CLASSES: dict[Name, tuple[str, ...]] = {
    "asking": ("asks",),
    "kind": (
        "technical_specification", "selection_criterion", "award_criterion", "contract_condition", "formal",
    ),
    "obligation": ("mandatory", "desirable", "option", "effort", "disclose"),
}  # fmt: skip
FOLDS = 8
_STRENGTH, _SIGN_STRENGTH = 3.0, 0.5
# A passage knows less of its place than a sentence in its document, and there are five times as many.
_PASSAGE_WEIGHT: dict[Name, float] = {"asking": 0.1, "kind": 0.2, "obligation": 1.0}


class Labelled(NamedTuple):
    """One labelled procurement as it was read."""

    name: str
    procurement: Procurement
    expected: Expected


class _Pairable(NamedTuple):
    """A candidate in the form that labels are paired with."""

    id: str
    document: str
    text: str
    raw_text: str
    candidate: Candidate
    around: list[str]


Examples = dict[Name, list[tuple[str, Example]]]


def train_reading(corpus: Path) -> dict[Name, LinearModel]:
    """Return the models of reading, fitted on all that the corpus labels outside its sealed parts."""
    examples = _examples(read_labelled(corpus), corpus)
    return {name: _fit(name, Table(example for _, example in examples[name]), None) for name in NAMES}


def write_reading(models: Mapping[Name, LinearModel], folder: Path) -> None:
    """Write the models where the package reads them from, or into another folder of the same make."""
    for name, model in models.items():
        (folder / f"{name}.txt").write_text(write_model(model), encoding="utf-8", newline="\n")


def read_labelled(corpus: Path) -> list[Labelled]:
    """Read the labelled procurements of a corpus, in order of name."""
    sources = [path for path in find_procurements(corpus / PROCUREMENTS) if labels_of(path).is_file()]
    return [Labelled(path.name, read_procurement(path), read_expected(labels_of(path))) for path in sources]


def measure_reading(
    corpus: Path, only: Iterable[str] = (), *, progress: Progress = lambda *_: None
) -> dict[str, dict[str, float | None]]:
    """Return precision and recall of extraction and macro-F1 of kind and strength, held out, with the rules beside.

    Whole procurements are held out, an eighth at a time. ``only`` names those that are counted, all when none are.
    """
    labelled = read_labelled(corpus)
    examples = _examples(labelled, corpus)
    tables = {name: Table(example for _, example in examples[name]) for name in NAMES}
    counted = set(only) or {item.name for item in labelled}
    tallies: dict[str, list[Tally]] = {"rules": [], "fitted": []}
    for fold in range(FOLDS):
        held = [item for i, item in enumerate(labelled) if i % FOLDS == fold]
        names = {item.name for item in held}
        models: dict[str, LinearModel | None] = {}
        for name in NAMES:
            rows = [i for i, (source, _) in enumerate(examples[name]) if source not in names]
            models[name] = _fit(name, tables[name], rows)
        nothing: Mapping[str, None] = dict.fromkeys(NAMES)
        for title, chosen in (("rules", nothing), ("fitted", models)):
            with replaced(chosen):
                tallies[title] += [_tally(item) for item in held if item.name in counted]
        progress(fold + 1, FOLDS, "")
    return {title: _figures(found) for title, found in tallies.items()}


def _fit(name: Name, table: Table, rows: Sequence[int] | None) -> LinearModel:
    made_of = f"{name}: corpus/{PROCUREMENTS}, corpus/{PASSAGES}"
    return table.fit(rows, strength=_STRENGTH, sign_strength=_SIGN_STRENGTH, classes=CLASSES[name], made_of=made_of)


def _figures(tallies: Sequence[Tally]) -> dict[str, float | None]:
    extraction = rate(tallies, "extraction")
    return {
        "precision": extraction.precision,
        "recall": extraction.recall,
        "kind": macro_f1(tallies, "kind").value,
        "obligation": macro_f1(tallies, "obligation").value,
    }


def _tally(item: Labelled) -> Tally:
    """Count one procurement as ``evaluation`` does."""
    tally = Tally()
    requirements = find_requirements(item.procurement)
    complete = set(item.expected.complete)
    for label, requirement in align(_wanted(item.expected), requirements):
        if label.document in complete:
            tally.counts["extraction:wanted"] += 1
            tally.counts["extraction:right"] += requirement is not None
        if requirement and not label.doubtful:
            tally.pair("kind", label.kind, requirement.kind)
            if label.kind != "award_criterion":
                tally.pair("obligation", label.obligation, requirement.obligation)
    tally.counts["extraction:found"] += sum(r.document in complete for r in requirements)
    return tally


def _wanted(expected: Expected) -> list[ExpectedRequirement]:
    return [label for label in expected.requirements if label.kind != "information"]


# --- examples -----------------------------------------------------------------------------------


def _examples(labelled: Sequence[Labelled], corpus: Path) -> Examples:
    """Return the examples of each model, each with the procurement or the writer that it comes from."""
    found: Examples = {name: [] for name in NAMES}
    for item in labelled:
        for name, example in _of_procurement(item):
            found[name].append((item.name, example))
    for path in sorted((corpus / PASSAGES).glob("*.tsv")):
        for name, example in _of_passages(path):
            found[name].append((path.stem, example))
    return found


def _of_procurement(item: Labelled) -> Iterator[tuple[Name, Example]]:
    pairable = list(_pairable(item.procurement))
    labels = {found.id: label for label, found in align(_wanted(item.expected), pairable) if found}
    complete = set(item.expected.complete)
    for found in pairable:
        label = labels.get(found.id)
        candidate = found.candidate
        rule, says = asking.rule_of(candidate.text, candidate.role)
        placed = candidate.signs()
        if (label or found.document in complete) and rule not in asking.SETTLES and not candidate.is_answered:
            rules = asking.rule_signs(rule, says, candidate.role)
            signs = (*form_signs(candidate.text), *rules, *placed, *found.around)
            yield "asking", Example(candidate.text, signs, ("asks",) if label else ())
        if label and not label.doubtful:
            path = candidate.block.heading_path
            worded, worded_by = find_obligation(candidate.text, heading_path=path, role=candidate.role, asks=True)
            ruled, by = kind.rule_of(candidate.text, heading_path=path, role=candidate.role, obligation=worded)
            of_kind = kind.kind_signs(candidate.text, ruled, by, candidate.role, worded, placed)
            yield "kind", Example(candidate.text, tuple(of_kind), (label.kind,))
            if label.kind != "award_criterion":  # what is scored is neither ska nor bör
                how = obligation_signs(candidate.text, worded, worded_by, candidate.role, placed)
                yield "obligation", Example(candidate.text, tuple(how), (label.obligation,))


def _pairable(procurement: Procurement) -> Iterator[_Pairable]:
    number = 0
    for document in sorted(procurement.documents, key=lambda document: document.path):
        if document.role == "policy":
            continue
        candidates = find_candidates(document)
        for candidate, around in zip(candidates, neighbour_signs(candidates), strict=True):
            number += 1
            yield _Pairable(f"{number:06}", document.path, candidate.text, candidate.raw, candidate, around)


def _of_passages(path: Path) -> Iterator[tuple[Name, Example]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["kind"]:  # a file may be labelled for matching alone
                yield from _of_passage(row["text"], row["heading"], row["kind"], row["obligation"])


def _of_passage(text: str, heading: str, labelled: str, binds: str) -> Iterator[tuple[Name, Example]]:
    headings = (heading,) if heading else ()
    role = role_of_headings(headings)
    placed = ["passage=1", f"role={role}", *heading_signs(headings)]
    rule, says = asking.rule_of(text, role)
    is_asked = labelled != "information"
    if rule not in asking.SETTLES:
        signs = (*form_signs(text), *asking.rule_signs(rule, says, role), *placed[1:])
        weight = _PASSAGE_WEIGHT["asking"] if is_asked else 1.0
        yield "asking", Example(text, signs, ("asks",) if is_asked else (), weight)
    if not is_asked:
        return
    obligation, by_rule = find_obligation(text, heading_path=headings, role=role, asks=True)
    ruled, by = kind.rule_of(text, heading_path=headings, role=role, obligation=obligation)
    signs_of_kind = kind.kind_signs(text, ruled, by, role, obligation, placed)
    yield "kind", Example(text, tuple(signs_of_kind), (labelled,), _PASSAGE_WEIGHT["kind"])
    if labelled != "award_criterion" and binds:
        how = obligation_signs(text, obligation, by_rule, role, placed[1:])
        yield "obligation", Example(text, tuple(how), (binds,), _PASSAGE_WEIGHT["obligation"])
