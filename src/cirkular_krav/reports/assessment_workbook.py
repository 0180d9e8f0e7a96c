"""One or many procurements as a workbook: overview, requirements, matches, gaps, obstacles and conflicts, what was read.

Each sheet is one function that gives its rows; their columns stand in ``_SHEETS`` and their headers in the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import Assessment, Match, Requirement
from cirkular_krav.organisation_number import format_organisation_number
from cirkular_krav.reports.assessment import suggestion
from cirkular_krav.reports.references import reference_line
from cirkular_krav.reports.words import Words, load_words, title_of
from cirkular_krav.reports.workbook import Column, Sheet, Value, write_workbook

Row = Sequence[Value]
_SUB_SCORES = ("coverage", "ambition", "binding", "follow_up", "award_weight")
# Sheet → its columns with width and, where it is no text, kind. The first ``_FROZEN`` columns stay in place.
_SHEETS: dict[str, tuple[tuple[str, int] | tuple[str, int, str], ...]] = {
    "overview": (
        ("procurement", 26), ("title", 40), ("buyer", 28), ("organisation_number", 15), ("categories", 20),
        ("published", 12, "date"), ("status", 22), ("value", 8, "number"), ("low", 8, "number"), ("high", 8, "number"),
        ("band", 12), ("with_obstacles", 11, "number"), ("asked", 12, "number"), ("applicable", 12, "number"),
        ("conflicts", 11, "number"), ("read", 11, "number"), ("documents", 11, "number"), ("read_share", 10, "percent"),
        ("unread", 36), *((name, 13, "number") for name in _SUB_SCORES),
    ),
    "requirements": (
        ("document", 26), ("place", 22), ("number", 9), ("heading", 30), ("requirement", 70), ("kind", 20),
        ("obligation", 16), ("amount", 16), ("evidence", 22), ("follow_up", 20), ("sanction", 10),
        ("award_share", 11, "percent"), ("lot", 9), ("criteria", 18), ("change", 16), ("references", 34), ("procurement", 24),
        ("id", 16),
    ),
    "matches": (
        ("criterion", 34), ("requirement", 70), ("points", 9, "decimal"), ("ambition", 18), ("confidence", 10),
        ("counts", 13), ("change", 14), ("words", 26), ("against", 28), ("document", 26), ("place", 22),
        *((factor, 7, "share") for factor in "SOAVF"), ("procurement", 24), ("id", 24),
    ),
    "gaps": (("criterion", 38), ("importance", 9, "number"), ("outcome", 18), ("wording", 80), ("procurement", 26)),
    "obstacles": (
        ("obstacle", 34), ("requirement", 60), ("document", 26), ("place", 20), ("blocked", 34), ("blocked_requirement", 60),
        ("blocked_document", 26), ("blocked_place", 20), ("justified", 14), ("better", 60), ("procurement", 24),
    ),
    "ledger": (
        ("path", 40), ("reading", 18), ("problems", 70), ("role", 20), ("format", 10), ("pages", 8, "number"),
        ("characters", 11, "number"), ("procurement", 26), ("sha256", 20),
    ),
    "decisions": (
        ("criterion", 34), ("requirement", 60), ("verdict", 18), ("right_criterion", 34), ("who", 18), ("when", 12),
        ("note", 34), ("used", 34), ("procurement", 26),
    ),
}  # fmt: skip
_FROZEN = {"overview": 1, "matches": 1, "gaps": 1, "obstacles": 1, "ledger": 1, "decisions": 1, "requirements": 0}


def assessment_workbook(assessments: Iterable[Assessment], catalogue: Catalogue, *, language: str = "sv") -> bytes:
    """Return one or many assessments as a workbook with filters, one sheet a question."""
    assessments = tuple(assessments)
    words = load_words(language)
    book = _Book(catalogue, words)
    rows: dict[str, Callable[[Assessment], Iterable[Row]]] = {
        "overview": book.overview, "gaps": book.gaps, "obstacles": book.obstacles, "matches": book.matches,
        "requirements": book.requirements, "ledger": book.ledger, "decisions": book.decisions,
    }  # fmt: skip
    sheets = [
        _sheet(name, list(chain.from_iterable(map(make, assessments))), words, many=len(assessments) > 1)
        for name, make in rows.items()
        if name != "decisions" or any(assessment.judgement for assessment in assessments)
    ]
    sheets.append(_about_sheet(assessments, words))
    return write_workbook(sheets, words("assessment_book.title"))


def _sheet(name: str, rows: Sequence[Row], words: Words, *, many: bool) -> Sheet:
    """Return one sheet; with many procurements the one that a row is about stands first."""
    columns = [
        Column(words(f"assessment_book.columns.{key}"), width, *(kind or ["text"]))  # type: ignore[arg-type]
        for key, width, *kind in _SHEETS[name]
    ]
    about = next(at for at, column in enumerate(_SHEETS[name]) if column[0] == "procurement")
    frozen = _FROZEN[name]
    if many and about:
        columns = [columns[about], *columns[:about], *columns[about + 1 :]]
        rows = [(row[about], *row[:about], *row[about + 1 :]) for row in rows]
        frozen += 1
    return Sheet(words(f"assessment_book.sheets.{name}"), columns, rows, frozen=frozen)


def _about_sheet(assessments: Sequence[Assessment], words: Words) -> Sheet:
    versions = {assessment.versions: None for assessment in assessments}
    lines = [(str(line),) for line in words.get("assessment_book.about")]
    lines += [
        (words("assessment.versions", library=v.library, catalogue=v.catalogue, fingerprint=v.catalogue_fingerprint,
               scoring=v.scoring),)
        for v in versions
    ]  # fmt: skip
    return Sheet(
        words("assessment_book.sheets.about"), [Column(words("assessment_book.title"), 110)], lines, plain=True
    )


class _Book:
    """The rows of every sheet, for one assessment at a time."""

    def __init__(self, catalogue: Catalogue, words: Words) -> None:
        self.catalogue = catalogue
        self.words = words

    def name(self, criterion: str) -> str:
        entry = self.catalogue.by_id.get(criterion) or self.catalogue.obstacles_by_id.get(criterion)
        return f"{criterion} {title_of(entry, self.words.language)}" if entry else criterion

    def overview(self, assessment: Assessment) -> Iterator[Row]:
        procurement, score = assessment.procurement, assessment.score
        counted = [row for row in assessment.ledger if row.status != "skipped"]
        unread = [row.path for row in counted if row.status != "read"]
        known = {c.id: c for c in self.catalogue.categories}
        bands = {band.id: title_of(band, self.words.language) for band in self.catalogue.scoring.bands}
        parts = {part.id: part.value for part in score.sub_scores}
        asked = sum(o.value == "asked" for o in assessment.outcomes)
        yield (
            procurement.id, procurement.title, procurement.buyer, format_organisation_number(procurement.organisation_number),
            ", ".join(title_of(known[c], self.words.language) for c in procurement.categories if c in known),
            _day(procurement.published), self.words(f"assessment_book.status.{score.status}"), score.value, score.low,
            score.high, bands.get(score.band, ""), score.with_obstacles.value if score.with_obstacles else None, asked,
            score.applicable, len({c.obstacle_requirement_id for c in assessment.conflicts}),
            sum(row.status == "read" for row in counted), len(counted), score.read_share, ", ".join(unread),
            *(parts.get(name) for name in _SUB_SCORES),
        )  # fmt: skip

    def requirements(self, assessment: Assessment) -> Iterator[Row]:
        criteria: dict[str, list[str]] = {}
        for match in assessment.matches:
            criteria.setdefault(match.requirement_id, []).append(match.criterion_id)
        for hit in assessment.obstacles:
            criteria.setdefault(hit.requirement_id, []).append(hit.obstacle_id)
        for r in assessment.requirements:
            yield (
                r.document, self.words.place(r.location), r.number if any(map(str.isdigit, r.number)) else "",
                " / ".join(r.heading_path), r.raw_text, self.words(f"kind.{r.kind}"),
                self.words(f"obligation.{r.obligation}"), ", ".join(r.text[q.span.start : q.span.end] for q in r.quantities),
                ", ".join((*r.evidence, *r.labels)), self.words(f"follow_up.{r.follow_up}"), self.yes(r.sanction),
                r.award.share if r.award else None, r.lot, ", ".join(criteria.get(r.id, ())),
                self.words(f"assessment_book.change.{r.change.status}") if r.change else "",
                "\n".join(reference_line(reference, self.words, short=True) for reference in r.references),
                assessment.procurement.id, r.id,
            )  # fmt: skip

    def yes(self, value: bool) -> str:
        return self.words("assessment_book.yes") if value else ""

    def matches(self, assessment: Assessment) -> Iterator[Row]:
        requirements = {requirement.id: requirement for requirement in assessment.requirements}
        for match in sorted(assessment.matches, key=lambda m: (-m.points, m.id)):
            yield self._match(match, requirements[match.requirement_id], assessment)

    def _match(self, match: Match, requirement: Requirement, assessment: Assessment) -> Row:
        found = ", ".join(dict.fromkeys(f"”{item.words}”" for item in match.evidence if item.words))
        against = [reason.partition(":") for reason in match.against]
        factors = match.factors
        return (
            self.name(match.criterion_id), requirement.raw_text, match.points, self.words(f"ambition.{match.ambition}"),
            self.words(f"confidence.{match.confidence}"), self.words(f"counts.{match.counts}"),
            self.words(f"assessment_book.change.{requirement.change.status}") if requirement.change else "", found,
            "\n".join(self.words(f"against.{key}", concept=concept) for key, _, concept in against),
            requirement.document, self.words.place(requirement.location), factors.S, factors.O, factors.A, factors.V,
            factors.F, assessment.procurement.id, match.id,
        )  # fmt: skip

    def gaps(self, assessment: Assessment) -> Iterator[Row]:
        """What is not asked for and what could not be read, the most important first; two answers, never one."""
        if assessment.score.status not in ("scored", "incomplete"):
            return
        missing = [o for o in assessment.outcomes if o.value in ("not_asked", "could_not_be_read")]
        for outcome in sorted(missing, key=lambda o: (-o.importance, o.criterion_id)):
            criterion = self.catalogue.by_id.get(outcome.criterion_id)
            yield (
                self.name(outcome.criterion_id), outcome.importance, self.words(f"outcome.{outcome.value}"),
                suggestion(criterion) if criterion else "", assessment.procurement.id,
            )  # fmt: skip

    def obstacles(self, assessment: Assessment) -> Iterator[Row]:
        """Each obstacle beside each requirement that it makes impossible; alone when there is none."""
        requirements = {requirement.id: requirement for requirement in assessment.requirements}
        for hit in assessment.obstacles:
            blocked = [
                c for c in assessment.conflicts
                if (c.obstacle_id, c.obstacle_requirement_id) == (hit.obstacle_id, hit.requirement_id)
            ]  # fmt: skip
            entry = self.catalogue.obstacles_by_id.get(hit.obstacle_id)
            better = entry.better_wording_sv.strip() if entry else ""
            start = (self.name(hit.obstacle_id), *self._quoted(requirements[hit.requirement_id]))
            end = (self.words("assessment_book.maybe") if hit.justified_by else "", better, assessment.procurement.id)
            for conflict in blocked:
                other = self._quoted(requirements[conflict.requirement_id])
                yield (*start, self.name(conflict.criterion_id), *other, *end)
            if not blocked:
                yield (*start, "", "", "", "", *end)

    def _quoted(self, requirement: Requirement) -> tuple[str, str, str]:
        return requirement.raw_text, requirement.document, self.words.place(requirement.location)

    def ledger(self, assessment: Assessment) -> Iterator[Row]:
        for row in sorted(assessment.ledger, key=lambda r: (r.status == "read", r.path)):
            problems = "\n".join(self.words.problem(problem) for problem in row.problems)
            yield (
                row.path, self.words(f"status.{row.status}"), problems, self.words(f"role.{row.role}"), row.format,
                row.pages, row.characters, assessment.procurement.id, row.sha256,
            )  # fmt: skip

    def decisions(self, assessment: Assessment) -> Iterator[Row]:
        judgement = assessment.judgement
        if judgement is None:
            return
        used = [(decision, self.words("assessment_book.used")) for decision in judgement.decisions]
        unused = [(u.decision, self.words(f"review.why.{u.why}")) for u in judgement.unused]
        for decision, what in used + unused:
            if decision.kind == "audited":
                continue
            verdict, right = self.words("review_form.columns.missed"), ""
            if decision.kind == "match":
                verdict = self.words(f"review_form.verdicts.{decision.verdict}")
                right = decision.right_criterion
            yield (
                self.name(decision.criterion), decision.quotation, verdict,
                self.name(right) if right else "", decision.who, decision.when, decision.note, what,
                assessment.procurement.id,
            )  # fmt: skip


def _day(text: str) -> Value:
    """Return a date where the text is one, else the text as it stands."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
