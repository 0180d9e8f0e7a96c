"""Labelled procurements (design D13): what people say that a document requires, and how that is paired with findings.

Public interface: others label their own documents in this form. A label and a found requirement are the same when
they stand in the same document and share at least half of the words of the longer; one to one, the best pairs first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import ValidationError

from cirkular_krav.errors import UsageError
from cirkular_krav.models import Frozen, Obligation, RequirementKind
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
    """One requirement as a person labelled it: the text as it stands, and what it is.

    ``stem``: the list stem that a bullet inherits. ``near_miss_of``: criteria that a careless reader would see.
    ``difficulty``: near, inflected or paraphrase.
    """

    document: str
    text: str
    place: str = ""
    stem: str = ""
    kind: RequirementKind
    obligation: Obligation
    criteria: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    quantities: tuple[ExpectedQuantity, ...] = ()
    near_miss_of: tuple[str, ...] = ()
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


class Found(Protocol):
    """What a label can be paired with: a requirement, or a sentence that may be one."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def document(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def raw_text(self) -> str: ...  # noqa: D102


F = TypeVar("F", bound=Found)


def align(
    labels: Sequence[ExpectedRequirement], requirements: Iterable[F]
) -> list[tuple[ExpectedRequirement, F | None]]:
    """Pair labels with requirements, one to one, the greatest overlap first."""
    by_document: dict[str, list[F]] = {}
    for requirement in requirements:
        by_document.setdefault(requirement.document, []).append(requirement)
    candidates = []
    for i, label in enumerate(labels):
        for requirement in by_document.get(label.document, ()):
            shared = max(overlap(label.text, requirement.text), overlap(label.text, requirement.raw_text))
            if shared >= LEAST_OVERLAP:
                candidates.append((-shared, i, requirement.id, requirement))
    chosen: dict[int, F] = {}
    taken: set[str] = set()
    for _, i, identifier, requirement in sorted(candidates, key=lambda c: c[:3]):
        if i not in chosen and identifier not in taken:
            chosen[i] = requirement
            taken.add(identifier)
    return [(label, chosen.get(i)) for i, label in enumerate(labels)]


def overlap(one: str, other: str) -> float:
    """Return the words that two texts share, as a share 0–1 of the longer."""
    a, b = (Counter(word for word, _, _ in tokens(clean(text))) for text in (one, other))
    shared = sum((a & b).values())
    return shared / max(sum(a.values()), sum(b.values()), 1)
