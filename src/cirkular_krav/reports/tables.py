"""Results as flat tables, for notebooks, spreadsheets and databases: one row a procurement, requirement, match …

A table is a class whose fields are its columns, and one function that gives its rows; ``procurement`` ties them together.
Adding a table: the two, and a line in ``TABLES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, PdfPlace, Requirement
from cirkular_krav.reports.words import Words, load_words

Row = tuple[Any, ...]


class ProcurementRow(NamedTuple):
    """One procurement: its facts, how much was read, and its score."""

    procurement: str
    title: str
    buyer: str
    organisation_number: str
    on_behalf_of: str
    published: str
    cpv: str
    categories: str
    value_sek: float | None
    agreement_form: str
    parent_agreement: str
    frame_id: str
    claims: str
    documents: int
    unread: int
    requirements: int
    matches: int
    obstacles: int
    conflicts: int
    status: str
    score: int | None
    score_low: int | None
    score_high: int | None
    score_with_obstacles: int | None
    band: str
    relevance: str
    applicable: int
    asked: int
    read_share: float
    library: str
    catalogue: str
    catalogue_fingerprint: str
    scoring: str


class RequirementRow(NamedTuple):
    """One requirement with its place and all that its document says about it."""

    procurement: str
    requirement: str
    document: str
    place: str
    page: int | None
    number: str
    heading: str
    kind: str
    obligation: str
    text: str
    quotation: str
    context: str
    quantities: str
    evidence: str
    labels: str
    or_equivalent: bool
    follow_up: str
    sanction: bool
    condition: str
    award_share: float | None
    lot: str
    krav_ids: str
    language: str


class MatchRow(NamedTuple):
    """One requirement that meets a criterion, with the five factors of its points."""

    procurement: str
    match: str
    criterion: str
    level: str
    ambition: str
    confidence: str
    counts: str
    points: float
    S: float
    O: float  # noqa: E741 - the method's own letter
    A: float
    V: float
    F: float
    words: str
    against: str
    requirement: str
    text: str
    document: str
    place: str


class ObstacleRow(NamedTuple):
    """One requirement that stands in the way of circular offers."""

    procurement: str
    obstacle: str
    requirement: str
    text: str
    document: str
    place: str
    words: str
    justified_by: str


class ConflictRow(NamedTuple):
    """An obstacle and the matched requirement it makes impossible."""

    procurement: str
    obstacle: str
    obstacle_requirement: str
    obstacle_text: str
    criterion: str
    requirement: str
    text: str


class OutcomeRow(NamedTuple):
    """What one procurement says on one criterion."""

    procurement: str
    criterion: str
    outcome: str
    points: float
    importance: int
    matches: str


class LedgerRowFlat(NamedTuple):
    """One file that was found, and how much of it was read."""

    procurement: str
    path: str
    sha256: str
    format: str
    role: str
    status: str
    pages: int | None
    characters: int
    problems: str


def _joined(values: Iterable[object]) -> str:
    return "; ".join(str(value) for value in values)


def _procurements(a: Assessment, _: Words) -> Iterator[ProcurementRow]:
    p, s = a.procurement, a.score
    yield ProcurementRow(
        p.id, p.title, p.buyer, p.organisation_number, _joined(p.on_behalf_of), p.published, _joined(p.cpv),
        _joined(p.categories), p.value, p.agreement_form, p.parent_agreement, p.frame_id, _joined(p.claims),
        len(a.ledger), sum(row.status in ("partial", "refused", "nothing") for row in a.ledger), len(a.requirements),
        len(a.matches), len(a.obstacles), len(a.conflicts), s.status, s.value, s.low, s.high,
        s.with_obstacles.value if s.with_obstacles else None, s.band, s.relevance, s.applicable,
        sum(o.value == "asked" for o in a.outcomes), s.read_share, a.versions.library,
        a.versions.catalogue, a.versions.catalogue_fingerprint, a.versions.scoring,
    )  # fmt: skip


def _requirements(a: Assessment, words: Words) -> Iterator[RequirementRow]:
    for r in a.requirements:
        page = r.location.page if isinstance(r.location, PdfPlace) else None
        quantities = (
            f"{q.direction} {q.value:g}{f'–{q.high:g}' if q.high is not None else ''} {q.unit}" for q in r.quantities
        )
        yield RequirementRow(
            a.procurement.id, r.id, r.document, words.place(r.location), page, r.number, " / ".join(r.heading_path),
            r.kind, r.obligation, r.text, r.raw_text, r.context, _joined(quantities), _joined(r.evidence),
            _joined(r.labels), r.or_equivalent, r.follow_up, r.sanction, r.condition, r.award.share if r.award else None,
            r.lot, _joined(r.krav_ids), r.language,
        )  # fmt: skip


def _by_id(a: Assessment) -> dict[str, Requirement]:
    return {requirement.id: requirement for requirement in a.requirements}


def _matches(a: Assessment, words: Words) -> Iterator[MatchRow]:
    found = _by_id(a)
    for m in a.matches:
        r, f = found[m.requirement_id], m.factors
        yield MatchRow(
            a.procurement.id, m.id, m.criterion_id, m.level, m.ambition, m.confidence, m.counts, m.points, f.S, f.O, f.A,
            f.V, f.F, _joined(e.words for e in m.evidence), _joined(m.against), r.id, r.raw_text, r.document,
            words.place(r.location),
        )  # fmt: skip


def _obstacles(a: Assessment, words: Words) -> Iterator[ObstacleRow]:
    found = _by_id(a)
    for hit in a.obstacles:
        r = found[hit.requirement_id]
        yield ObstacleRow(
            a.procurement.id, hit.obstacle_id, r.id, r.raw_text, r.document, words.place(r.location),
            _joined(e.words for e in hit.evidence), hit.justified_by,
        )  # fmt: skip


def _conflicts(a: Assessment, _: Words) -> Iterator[ConflictRow]:
    found = _by_id(a)
    for c in a.conflicts:
        one, other = found[c.obstacle_requirement_id], found[c.requirement_id]
        yield ConflictRow(
            a.procurement.id, c.obstacle_id, one.id, one.raw_text, c.criterion_id, other.id, other.raw_text
        )


def _outcomes(a: Assessment, _: Words) -> Iterator[OutcomeRow]:
    for o in a.outcomes:
        yield OutcomeRow(a.procurement.id, o.criterion_id, o.value, o.points, o.importance, _joined(o.match_ids))


def _ledger(a: Assessment, _: Words) -> Iterator[LedgerRowFlat]:
    for row in a.ledger:
        problems = _joined(problem.code for problem in row.problems)
        yield LedgerRowFlat(
            a.procurement.id,
            row.path,
            row.sha256,
            row.format,
            row.role,
            row.status,
            row.pages,
            row.characters,
            problems,
        )


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the class that names and types its columns, and the function that gives an assessment's rows."""

    kind: type[Row]
    rows: Callable[[Assessment, Words], Iterable[Row]]

    @property
    def columns(self) -> dict[str, type]:
        """Return the columns in order with the type of their values (none is allowed in numbers that may be missing)."""
        hints = get_type_hints(self.kind)
        return {name: next(iter(get_args(hint)), hint) for name, hint in hints.items()}


TABLES: dict[str, Table] = {
    "procurements": Table(ProcurementRow, _procurements),
    "requirements": Table(RequirementRow, _requirements),
    "matches": Table(MatchRow, _matches),
    "obstacles": Table(ObstacleRow, _obstacles),
    "conflicts": Table(ConflictRow, _conflicts),
    "outcomes": Table(OutcomeRow, _outcomes),
    "ledger": Table(LedgerRowFlat, _ledger),
}
_PANDAS = {str: "string", int: "Int64", float: "Float64", bool: "boolean"}


def to_frame(
    results: Assessment | Iterable[Assessment] | Path | str, table: str = "requirements", *, language: str = "sv"
) -> Any:
    """Return one of the tables as a pandas ``DataFrame``: of one assessment, several, or a stored result.

    ``table``: procurements, requirements, matches, obstacles, conflicts, outcomes or ledger. What is missing is ``NA``,
    never 0. Raises ``UsageError`` for another name and when pandas is not installed.
    """
    chosen = table_named(table)
    try:
        import pandas as pd
    except ImportError:
        raise UsageError(
            "För to_frame behövs pandas. Installera tillvalet med: pip install 'cirkular-krav[frames]'"
        ) from None
    words = load_words(language)
    rows = [row for assessment in assessments_of(results) for row in chosen.rows(assessment, words)]
    frame = pd.DataFrame.from_records(rows, columns=list(chosen.columns))
    return frame.astype({name: _PANDAS[kind] for name, kind in chosen.columns.items()})


def table_named(name: str) -> Table:
    """Return a table by its name; raises ``UsageError`` that names those there are."""
    if name not in TABLES:
        raise UsageError(f"Tabellen {name} finns inte. Välj en av: {', '.join(TABLES)}.")
    return TABLES[name]


def assessments_of(results: Assessment | Iterable[Assessment] | Path | str) -> Iterable[Assessment]:
    """Return the assessments of whatever was given, one at a time where that can be done."""
    if isinstance(results, Assessment):
        return (results,)
    if isinstance(results, (str, Path)):
        from cirkular_krav.results import iterate_results

        return iterate_results(results, blocks=False)
    return results
