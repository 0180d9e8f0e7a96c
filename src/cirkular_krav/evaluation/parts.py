"""Sentences and chapters labelled apart from procurements: polarity variants and award models (``corpus/README.md``).

Both lie beside the labelled procurements as ``polarity.yaml`` and ``award-models.yaml`` and go the whole way from text
to match, as a document would.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.evaluation.counting import Tally
from cirkular_krav.evaluation.labels import overlap
from cirkular_krav.models import Assessment, Frozen, Requirement
from cirkular_krav.pipeline import assess
from cirkular_krav.yamlfile import YamlFault, read_yaml

T = TypeVar("T", bound=Frozen)

POLARITY = "polarity.yaml"
AWARD_MODELS = "award-models.yaml"
_DOUBTFUL = "tveksamt"
_SHARE_TOLERANCE = 0.005


class Sentence(Frozen):
    """A sentence as a person read it; ``why`` begins with *Tveksamt* where another might read it otherwise."""

    text: str
    criteria: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    why: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether the label is open to discussion."""
        return self.why.lower().startswith(_DOUBTFUL)


class SentenceFamily(Frozen):
    """A sentence that asks for something, and what becomes of it when it is denied, limited or reversed."""

    base: Sentence
    variants: tuple[Sentence, ...]


class _Polarity(Frozen):
    schema_version: int
    labelled_by: str
    labelled_on: str
    families: tuple[SentenceFamily, ...]


class _AwardCriterion(Frozen):
    text: str
    share: float | None = None
    note: str = ""


class _AwardModel(Frozen):
    id: str
    text: str
    criteria: tuple[_AwardCriterion, ...] = ()
    note: str = ""


class _AwardModels(Frozen):
    schema_version: int
    labelled_by: str
    labelled_on: str
    models: tuple[_AwardModel, ...]


def read_polarity(path: Path) -> tuple[SentenceFamily, ...]:
    """Return the families of sentences in a file; raises ``UsageError`` with the file and the fault."""
    return _read(path, _Polarity).families


def polarity_tallies(path: Path, catalogue: Catalogue) -> list[Tally]:
    """Return one tally per family of sentences: a variant is right when it asks for what its label says, and hinders.

    Asking is compared by family of criteria with the base sentence's, hindering by whether there is any obstacle.
    Variants whose reason begins with *Tveksamt* are left out.
    """
    families = read_polarity(path)
    sentences = [s for f in families for s in (f.base, *f.variants)]
    found = _assess_sentences(sentences, families, catalogue)
    tallies, at = [], 0
    for family in families:
        tally = Tally()
        tallies.append(tally)
        base = _families(family.base.criteria, catalogue)
        for sentence in (family.base, *family.variants):
            assessment, at = found[at], at + 1
            if sentence is family.base or sentence.is_doubtful:
                continue
            asked = {m.family for m in assessment.matches if m.counts != "sustainability" and m.confidence != "low"}
            wanted = _families(sentence.criteria, catalogue)
            right = (asked & (base | wanted) == wanted) and bool(assessment.obstacles) == bool(sentence.obstacles)
            tally.counts["polarity"] += 1
            tally.counts["polarity_right"] += right
            if not right:
                shown = (*sorted(asked), *sorted(o.obstacle_id for o in assessment.obstacles))
                tally.note(path.name, "", sentence.text, (*sentence.criteria, *sentence.obstacles), shown)
    return tallies


def _assess_sentences(
    sentences: Sequence[Sentence], families: Sequence[SentenceFamily], catalogue: Catalogue
) -> list[Assessment]:
    """Assess each sentence as the only one of a specification, in the category of what its family asks for."""
    homes = [f.base.criteria[0] if f.base.criteria else "" for f in families for _ in (f.base, *f.variants)]
    out = []
    with tempfile.TemporaryDirectory() as folder:
        for i, (sentence, home) in enumerate(zip(sentences, homes, strict=True)):
            category = next((c for c in catalogue.categories if c.id == home.split("-")[0]), None)
            cpv = f'cpv: ["{category.cpv[0].ljust(8, "0")}"]\n' if category and category.cpv else ""
            out.append(_assess_text(Path(folder) / str(i), f"# Kravspecifikation\n\n{sentence.text}\n", catalogue, cpv))
    return out


def _assess_text(folder: Path, text: str, catalogue: Catalogue, facts: str = "") -> Assessment:
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "kravspecifikation.md").write_text(text, encoding="utf-8")
    (folder / "procurement.yaml").write_text(f"id: p\n{facts}", encoding="utf-8")
    return assess(folder, catalogue)


def award_tallies(path: Path, catalogue: Catalogue) -> list[Tally]:
    """Return one tally per award model: which share of the award each labelled criterion was given."""
    tallies = []
    for model in _read(path, _AwardModels).models:
        tally = Tally()
        tallies.append(tally)
        with tempfile.TemporaryDirectory() as folder:
            requirements = _assess_text(Path(folder) / "p", as_markdown(model.text), catalogue).requirements
        for criterion in model.criteria:
            found = _share_of(criterion.text, requirements)
            same = found is not None and criterion.share is not None and abs(found - criterion.share) < _SHARE_TOLERANCE
            tally.counts["award_models:wanted"] += criterion.share is not None
            tally.counts["award_models:found"] += found is not None
            tally.counts["award_models:right"] += same
            if not same and found != criterion.share:
                tally.note(path.name, model.id, criterion.text, (_shown(criterion.share),), (_shown(found),))
    return tallies


def as_markdown(text: str) -> str:
    """Return a chapter of plain lines as Markdown: each line a paragraph, and ``| a | b |`` a table with a header."""
    lines = text.split("\n")
    out: list[str] = []
    for i, line in enumerate(lines):
        begins = line.startswith("|") and not (i and lines[i - 1].startswith("|"))
        if not line.startswith("|") or begins:
            out.append("")
        out.append(line)
        if begins:
            out.append("|" + "---|" * (line.count("|") - 1))
    return "\n".join(out)


def _share_of(text: str, requirements: Sequence[Requirement]) -> float | None:
    """Return the share of the requirement whose words, or heading, are most the criterion's own, or none."""
    scored = [
        (max(_likeness(text, named) for named in (r.text, *r.heading_path[-1:])), r) for r in requirements if r.award
    ]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best[1].award.share if best[1] and best[1].award and best[0] >= 0.5 else None


def _likeness(name: str, text: str) -> float:
    """Return 1 when the text begins with the name ("Kvalitetsplan, max 10 poäng"), else the words they share."""
    return 1.0 if text.lower().startswith(name.lower()) else overlap(name, text)


def _shown(share: float | None) -> str:
    return "–" if share is None else f"{share:g}"


def _families(ids: Sequence[str], catalogue: Catalogue) -> set[str]:
    return {family_of(i, catalogue) for i in ids}


def family_of(criterion_id: str, catalogue: Catalogue) -> str:
    """Return the family of a criterion: its generic one, its own id, or the id itself where it is unknown."""
    criterion = catalogue.by_id.get(criterion_id)
    return criterion.specialises[0] if criterion and criterion.specialises else criterion_id


def _read(path: Path, kind: type[T]) -> T:
    try:
        return kind.model_validate(read_yaml(path).data)
    except YamlFault as fault:
        raise UsageError(f"{path}, rad {fault.line}: {fault.sentence}") from None
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UsageError(f"{path}: fältet {place} saknas eller har fel form. Se corpus/README.md.") from None
