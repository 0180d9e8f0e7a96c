"""The few calls that string the stages together: read, find, match, score."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from cirkular_krav.applicability import categories_of_cpv
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.decisions import apply_decisions
from cirkular_krav.discovery import NOT_DOCUMENTS, has_documents_folder, open_files
from cirkular_krav.errors import NothingToDoError, UsageError
from cirkular_krav.facts import FACTS_FILE, FactsFile, gather_facts, read_facts_file
from cirkular_krav.guard import Guard, read_documents
from cirkular_krav.matching import Found, Matcher, compile_catalogue, find_conflicts, person_match
from cirkular_krav.matching import match_requirements as _match
from cirkular_krav.matching.concepts import ConceptFinder, compile_vocabulary
from cirkular_krav.models import (
    Assessment,
    Decision,
    Document,
    Judgement,
    LedgerRow,
    Procurement,
    Requirement,
    Versions,
)
from cirkular_krav.readers.pieces import Limits
from cirkular_krav.roles import role_of_document, role_of_name
from cirkular_krav.scoring import score_procurement
from cirkular_krav.segment import find_requirements

Progress = Callable[[int, int, str], None]
# A category that the words decide must lead clearly, or it stays unknown.
_FEWEST_WORDS = 5
_LEAD = 1.5
# Folders that people sort one procurement's files in, besides those that roles know (krav, avtal, prisbilaga …).
_PART = re.compile(
    r"bilag|dokument|(?<!upp)handling|underlag|ritning|komplettering|svar|anbud|övrigt|ovrigt", re.IGNORECASE
)
# What may lie beside folders of procurements without making the folder itself one.
_BESIDE_PROCUREMENTS = (
    ".zip", ".json", ".jsonl", ".yaml", ".md", ".db", ".ini", ".log", ".sqlite", ".sqlite-wal", ".sqlite-shm",
)  # fmt: skip


def read_procurement(
    source: Path | str,
    catalogue: Catalogue | None = None,
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    exclude: Iterable[Path] = (),
    procurement_id: str = "",
    guard: Guard | None = None,
) -> Procurement:
    """Read a procurement – a folder, a ZIP of one, or a single file – and gather its facts.

    What is wrong with a document stands in its own problems. Raises ``UsageError`` when there is
    no such folder and ``NothingToDoError`` when it holds no documents.
    """
    path = Path(source)
    if not path.exists():
        raise UsageError(f"Mappen {path} finns inte. Kontrollera sökvägen.")
    with open_files(path, limits or Limits(), exclude=exclude) as opened:
        read = read_documents(opened.files, limits, workers, progress, guard=guard)
        documents = [_with_role(document) for document in read]
        facts, problems = read_facts_file(opened.folder) if opened.folder else (FactsFile(), [])
    if not documents:
        raise _no_documents(path)
    procurement = gather_facts(facts, problems, documents, procurement_id or without_zip(path.resolve().name))
    return _with_categories(procurement, catalogue or _default_catalogue())


def without_zip(name: str) -> str:
    """A ZIP and the folder it was packed from are the same procurement."""
    return name[:-4] if name.lower().endswith(".zip") else name


def _no_documents(path: Path) -> NothingToDoError:
    return NothingToDoError(
        f"I {path} finns inga dokument. Lägg upphandlingens filer där: PDF, DOCX, XLSX, XLS, ODS, HTML, text eller "
        "eForms-annons (XML), eller en ZIP med dem."
    )


def _with_role(document: Document) -> Document:
    return document.model_copy(update={"role": role_of_document(document.path, document.format, document.blocks)})


def assess(
    source: Path | str,
    catalogue: Catalogue | None = None,
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    exclude: Iterable[Path] = (),
    procurement_id: str = "",
    decisions: Sequence[Decision] = (),
    guard: Guard | None = None,
) -> Assessment:
    """Assess one procurement: read it, find its requirements, match and score them.

    The result depends only on the files, the catalogue, people's decisions and the versions: not on order, workers,
    locale or time.
    """
    catalogue = catalogue or _default_catalogue()
    procurement = read_procurement(
        source,
        catalogue,
        limits=limits,
        workers=workers,
        progress=progress,
        exclude=exclude,
        procurement_id=procurement_id,
        guard=guard,
    )
    requirements = find_requirements(procurement)
    return assess_requirements(procurement, requirements, catalogue, decisions)


def match_requirements(requirements: Sequence[Requirement], procurement: Procurement, catalogue: Catalogue) -> Found:
    """Match requirements against the catalogue: matches (without points yet), obstacles and conflicts."""
    return _match(requirements, procurement, _matcher(catalogue))


def assess_requirements(
    procurement: Procurement,
    requirements: Sequence[Requirement],
    catalogue: Catalogue,
    decisions: Sequence[Decision] = (),
) -> Assessment:
    """Assess requirements that have been found before, as a re-scoring with another catalogue or decisions does."""
    found = match_requirements(requirements, procurement, catalogue)
    scored = score_procurement(procurement, requirements, found.matches, found.conflicts, catalogue)
    machine = Assessment(
        versions=versions(catalogue),
        procurement=procurement,
        ledger=tuple(_ledger_row(document) for document in procurement.documents),
        requirements=tuple(requirements),
        matches=scored.matches,
        obstacles=found.obstacles,
        conflicts=found.conflicts,
        outcomes=scored.outcomes,
        score=scored.score,
    )
    return _judged(machine, decisions, catalogue) if decisions else machine


def judge(assessment: Assessment, decisions: Sequence[Decision], catalogue: Catalogue) -> Assessment:
    """Return a stored assessment as people's decisions leave it, matched and scored anew with the catalogue."""
    return assess_requirements(assessment.procurement, assessment.requirements, catalogue, decisions)


@dataclass(frozen=True, slots=True)
class Judged:
    """Assessments as people's decisions leave them, and how many review decisions were used, unused and elsewhere."""

    assessments: tuple[Assessment, ...]
    used: int
    unused: int
    elsewhere: int


def judge_many(assessments: Iterable[Assessment], decisions: Sequence[Decision], catalogue: Catalogue) -> Judged:
    """Return stored assessments as people's decisions leave them; what concerned none of them is counted."""
    judged = tuple(judge(assessment, decisions, catalogue) for assessment in assessments)
    found = [assessment.judgement for assessment in judged if assessment.judgement]
    known = {assessment.procurement.id for assessment in judged}
    review = [decision for decision in decisions if decision.purpose == "review"]
    return Judged(
        judged,
        used=sum(len(judgement.decisions) for judgement in found),
        unused=sum(len(judgement.unused) for judgement in found),
        elsewhere=sum(decision.procurement not in known for decision in review),
    )


def _judged(machine: Assessment, decisions: Sequence[Decision], catalogue: Catalogue) -> Assessment:
    """Score what stands after the decisions; the machine's own view of it is kept beside."""
    procurement, requirements, matcher = machine.procurement, machine.requirements, _matcher(catalogue)
    applied = apply_decisions(
        procurement, requirements, machine.matches, machine.obstacles, decisions, catalogue,
        lambda requirement, criterion, words: person_match(requirement, criterion, words, procurement, matcher),
    )  # fmt: skip
    if not applied.used and not applied.unused:
        return machine
    conflicts = find_conflicts(applied.matches, applied.obstacles, requirements, procurement, matcher)
    scored = score_procurement(procurement, requirements, applied.matches, conflicts, catalogue)
    judgement = Judgement(
        decisions=tuple(applied.used),
        unused=tuple(applied.unused),
        matches=tuple(applied.machine_matches),
        obstacles=tuple(applied.machine_obstacles),
        score=machine.score,
    )
    return machine.model_copy(
        update={
            "matches": scored.matches,
            "obstacles": tuple(applied.obstacles),
            "conflicts": conflicts,
            "outcomes": scored.outcomes,
            "score": scored.score,
            "judgement": judgement,
        }
    )


def assess_again(assessment: Assessment, catalogue: Catalogue) -> Assessment:
    """Score a stored assessment with another catalogue, from the blocks it keeps and without the documents (D11)."""
    procurement = assessment.procurement
    if procurement.facts_from.get("categories") != "facts_file":  # what another catalogue found is not a person's word
        procurement = procurement.model_copy(update={"categories": ()})
    procurement = _with_categories(procurement, catalogue)
    return assess_requirements(procurement, assessment.requirements, catalogue)


def assess_many(
    root: Path | str,
    catalogue: Catalogue | None = None,
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    document_progress: Progress | None = None,
    exclude: Iterable[Path] = (),
    decisions: Sequence[Decision] = (),
) -> Iterator[Assessment]:
    """Assess every procurement under a folder, one at a time as they are finished, in order of path.

    A procurement without documents is left out; one that cannot be read is an assessment with its problems.
    """
    root = Path(root)
    sources = find_procurements(root)
    if not sources:
        raise _no_documents(root)
    catalogue = catalogue or _default_catalogue()
    exclude = tuple(exclude)
    for number, source in enumerate(sources, start=1):
        relative = source_name(source, root)
        if progress:
            progress(number, len(sources), relative)
        try:
            yield assess(
                source, catalogue, limits=limits, workers=workers, progress=document_progress, exclude=exclude,
                procurement_id=without_zip(relative), decisions=decisions,
            )  # fmt: skip
        except NothingToDoError:
            if len(sources) == 1:
                raise


def source_name(source: Path, root: Path) -> str:
    """Return how a procurement is called by where it lies: its path below the root, with ``/``."""
    return source.relative_to(root).as_posix() if source != root else source.resolve().name


def find_procurements(root: Path) -> list[Path]:
    """Return the procurements under a folder in order of path: marked folders, ZIPs, else folders with files.

    A folder with ``procurement.yaml`` or ``documents/`` is one procurement, and so is a folder with files in it.
    """
    if not root.exists():
        raise UsageError(f"Mappen {root} finns inte. Kontrollera sökvägen.")
    if root.is_file() or is_procurement(root):
        return [root]
    found: list[Path] = []
    try:
        entries = sorted(root.iterdir(), key=lambda entry: entry.name)
    except OSError:
        return []
    for entry in entries:
        if entry.is_symlink() or entry.name.startswith(".") or entry.name in NOT_DOCUMENTS:
            continue
        if entry.is_dir():
            found += find_procurements(entry)
        elif entry.suffix.lower() == ".zip":
            found.append(entry)
    return found


def is_procurement(folder: Path) -> bool:
    """Tell whether a folder is one procurement rather than a folder of many.

    It is one when it is marked as such, when it holds files and no marked folders, or when its subfolders are named
    as parts of a procurement (krav, avtal, bilagor …).
    """
    if _is_marked(folder):
        return True
    try:
        entries = [e for e in folder.iterdir() if not e.name.startswith(".") and e.name not in NOT_DOCUMENTS]
    except OSError:
        return False
    folders = [entry for entry in entries if entry.is_dir()]
    if any(_is_marked(entry) for entry in folders):
        return False
    if any(e.is_file() and e.suffix.lower() not in _BESIDE_PROCUREMENTS for e in entries):
        return True
    roles = {"part" if _PART.search(entry.name) else role_of_name(entry.name) for entry in folders}
    # Several "Ramavtal …" beside each other are as many procurements; krav, avtal and bilagor are parts of one.
    return "other" not in roles and ("part" in roles or len(roles) > 1)


def _is_marked(folder: Path) -> bool:
    return (folder / FACTS_FILE).is_file() or has_documents_folder(folder)


@lru_cache(maxsize=4)
def versions(catalogue: Catalogue) -> Versions:
    """Return the three version numbers: library, catalogue with fingerprint, scoring policy."""
    try:
        library = metadata.version("cirkular-krav")
    except metadata.PackageNotFoundError:
        library = "0"
    return Versions(
        library=library,
        catalogue=catalogue.version,
        catalogue_fingerprint=catalogue.fingerprint,
        scoring=catalogue.scoring.revision,
    )


def _ledger_row(document: Document) -> LedgerRow:
    return LedgerRow(
        path=document.path, sha256=document.sha256, format=document.format, role=document.role,
        status=document.status, pages=document.pages, characters=document.characters, problems=document.problems,
    )  # fmt: skip


def _with_categories(procurement: Procurement, catalogue: Catalogue) -> Procurement:
    """Set the categories: a person's word, else the CPV codes, else the words of titles and headings."""
    sources = dict(procurement.facts_from)
    categories = tuple(c for c in procurement.categories if c in catalogue.categories_by_id)
    if categories:
        sources["categories"] = "facts_file"
    elif categories := categories_of_cpv(procurement.cpv, catalogue):
        sources["categories"] = sources.get("cpv", "none")
    elif categories := _categories_of_words(procurement, catalogue):
        sources["categories"] = "documents"
    else:
        sources["categories"] = "none"
    return procurement.model_copy(update={"categories": categories, "facts_from": sources})


def _categories_of_words(procurement: Procurement, catalogue: Catalogue) -> tuple[str, ...]:
    finder, by_concept = _category_finder(catalogue)
    counts: Counter[str] = Counter()
    texts = [procurement.title] * 3
    for document in procurement.documents:
        texts += [block.text for block in document.blocks if block.layer == "body"][:2_000]
    for text in texts:
        counts.update({by_concept[hit.concept] for hit in finder.find(text) if hit.concept in by_concept})
    leading = counts.most_common(2)
    if not leading or leading[0][1] < _FEWEST_WORDS:
        return ()
    if len(leading) == 2 and leading[0][1] < _LEAD * leading[1][1]:
        return ()
    return (leading[0][0],)


@lru_cache(maxsize=4)
def _matcher(catalogue: Catalogue) -> Matcher:
    return compile_catalogue(catalogue)


@lru_cache(maxsize=4)
def _category_finder(catalogue: Catalogue) -> tuple[ConceptFinder, dict[str, str]]:
    by_concept = {category.concept: category.id for category in catalogue.categories if category.concept}
    return compile_vocabulary(catalogue.vocabulary, by_concept), by_concept


@lru_cache(maxsize=1)
def _default_catalogue() -> Catalogue:
    return load_catalogue()
