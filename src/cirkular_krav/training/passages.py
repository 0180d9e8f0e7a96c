"""The labelled texts that models are fitted on: passages, whole procurements, reversed sentences, catalogue examples.

A passage file (``corpus/passages/<voice>.tsv``) holds one text a line, by one writer. What is held out together when a
model is tried is a *group*: a writer's passages, a procurement, a family of reversed sentences.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cirkular_krav.catalogue_types import Catalogue, Examples, Negative, Positive
from cirkular_krav.errors import UsageError
from cirkular_krav.evaluation.labels import labels_of, read_expected
from cirkular_krav.evaluation.parts import POLARITY, read_polarity
from cirkular_krav.models import Requirement
from cirkular_krav.pipeline import find_procurements
from cirkular_krav.segment import requirement_from_text
from cirkular_krav.text import clean

PASSAGES = "passages"
PROCUREMENTS = "procurements"
COLUMNS = (
    "criteria", "obstacles", "near_miss_of", "kind", "obligation", "difficulty", "doubtful", "heading", "text",
)  # fmt: skip
# The vocabulary was written by people who had read what was labelled until this day; later labels are news to it.
TERMS_WRITTEN = "2026-11-20"


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as a requirement, with the criteria and obstacles a person saw in it.

    ``group``: what is held out together. ``is_news``: the vocabulary was written without it.
    """

    requirement: Requirement
    criteria: frozenset[str]
    obstacles: frozenset[str]
    group: str
    is_news: bool


def read_passages(corpus: Path, catalogue: Catalogue) -> list[Passage]:
    """Return every labelled text under a corpus folder that is not doubtful; raises ``UsageError`` on a faulty file."""
    found = [
        *_of_files(corpus / PASSAGES),
        *_of_procurements(corpus / PROCUREMENTS),
        *_of_polarity(corpus / PROCUREMENTS / POLARITY),
        *_of_catalogue(catalogue),
    ]
    if not found:
        raise UsageError(
            f"Under {corpus} finns inga märkta texter ({PASSAGES}/*.tsv, {PROCUREMENTS}/). Ange korpusens mapp."
        )
    return found


def _of_files(folder: Path) -> Iterator[Passage]:
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise UsageError(f"{path}, rad 1: kolumnerna ska vara {' '.join(COLUMNS)}, åtskilda av tabb.")
            for number, row in enumerate(rows, start=2):
                if None in row.values() or None in row:
                    raise UsageError(f"{path}, rad {number}: raden ska ha {len(COLUMNS)} fält åtskilda av tabb.")
                if not row["doubtful"]:
                    heading = (row["heading"],) if row["heading"] else ()
                    requirement = requirement_from_text(clean(row["text"]), heading_path=heading)
                    labels = frozenset(row["criteria"].split()), frozenset(row["obstacles"].split())
                    yield Passage(requirement, *labels, f"{PASSAGES}/{path.stem}", is_news=True)


def _of_procurements(folder: Path) -> Iterator[Passage]:
    sources = find_procurements(folder) if folder.is_dir() else ()
    for source in sources:
        if not labels_of(source).is_file():
            continue
        expected = read_expected(labels_of(source))
        for label in expected.requirements:
            if not label.doubtful:
                requirement = requirement_from_text(clean(label.text), context=clean(label.stem))
                labels = frozenset(label.criteria), frozenset(label.obstacles)
                is_news = expected.labelled_on > TERMS_WRITTEN
                yield Passage(requirement, *labels, f"{PROCUREMENTS}/{source.stem}", is_news)


def _of_polarity(path: Path) -> Iterator[Passage]:
    for number, family in enumerate(read_polarity(path)) if path.is_file() else ():
        for sentence in (family.base, *family.variants):
            if not sentence.is_doubtful:
                labels = frozenset(sentence.criteria), frozenset(sentence.obstacles)
                yield Passage(requirement_from_text(clean(sentence.text)), *labels, f"reversed/{number}", is_news=True)


def _of_catalogue(catalogue: Catalogue) -> Iterator[Passage]:
    for criterion in catalogue.criteria:
        yield from _examples(criterion.examples, frozenset({criterion.id}), frozenset())
    for obstacle in catalogue.obstacles:
        yield from _examples(obstacle.examples, frozenset(), frozenset({obstacle.id}))


def _examples(examples: Examples, criteria: frozenset[str], obstacles: frozenset[str]) -> Iterator[Passage]:
    both: list[Positive | Negative] = [*examples.match, *examples.no_match]
    for example in both:
        requirement = requirement_from_text(clean(example.text), context=clean(example.context))
        if isinstance(example, Positive):
            yield Passage(requirement, criteria, obstacles, "catalogue", is_news=False)
        else:
            yield Passage(requirement, frozenset(), frozenset(), "catalogue", is_news=False)
