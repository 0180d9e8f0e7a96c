"""The catalogue for those who open neither YAML nor a terminal: a workbook and one accessible web page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from cirkular_krav.catalogue_types import Catalogue, Criterion, Level, Obstacle, Wording
from cirkular_krav.errors import UsageError
from cirkular_krav.reports.criterion import bounds
from cirkular_krav.reports.page import PageWords, render_page
from cirkular_krav.reports.words import Words, load_words, title_of
from cirkular_krav.reports.workbook import Column, Sheet, write_workbook


def export_catalogue(catalogue: Catalogue, suffix: str, *, language: str = "sv") -> bytes:
    """Return the catalogue in the format of a file suffix, ``.xlsx`` or ``.html``; else raises ``UsageError``."""
    if suffix == ".xlsx":
        return catalogue_workbook(catalogue, language=language)
    if suffix == ".html":
        return catalogue_page(catalogue, language=language).encode()
    raise UsageError(f"Filer med ändelsen {suffix or '(ingen)'} kan inte skrivas. Välj .xlsx eller .html.")


def catalogue_workbook(catalogue: Catalogue, *, language: str = "sv") -> bytes:
    """Return the catalogue as a workbook: criteria, levels, proposed wordings, obstacles, examples."""
    words = load_words(language)
    return write_workbook(
        [
            _criteria_sheet(catalogue, words),
            _levels_sheet(catalogue, words),
            _wordings_sheet(catalogue, words),
            _obstacles_sheet(catalogue, words),
            _examples_sheet(catalogue, words),
        ],
        words("export.title", version=catalogue.version),
    )


def catalogue_page(catalogue: Catalogue, *, language: str = "sv") -> str:
    """Return the catalogue as one self-contained HTML page without scripts or outside resources."""
    words = load_words(language)
    t = PageWords(words)
    groups = _groups(catalogue, t)
    contents = [*((anchor, title) for anchor, title, _ in groups), ("hinder", t("export.sheet_obstacles"))]
    versions = {
        "catalogue": catalogue.version,
        "fingerprint": catalogue.fingerprint,
        "scoring": catalogue.scoring.revision,
    }

    def level_name(level: Level) -> Markup:
        quantity = [t.mark(bound) for bound in bounds(level, words)]
        return Markup(", ").join([t(f"ambition.{level.ambition}"), *quantity])

    def wordings(criterion: Criterion) -> list[tuple[Level, Wording]]:
        levels = {level.id: level for level in criterion.levels}
        return [(levels[name], wording) for name, wording in criterion.requirement_sv.items()]

    return render_page(
        "catalogue.html", words, title=words("export.title", version=catalogue.version), links=(), catalogue=catalogue, level_name=level_name, wordings=wordings,
        groups=groups, contents=contents, versions=t("page.catalogue_versions", **versions),
    )  # fmt: skip


def _groups(catalogue: Catalogue, t: PageWords) -> list[tuple[str, Markup, list[Criterion]]]:
    """Return the chapters of the page: generic criteria, one per category, and sustainability beside circularity."""
    own = {category.id: _of_category(catalogue, category.id) for category in catalogue.categories}
    placed = {criterion.id for criteria in own.values() for criterion in criteria}
    others = [criterion for criterion in catalogue.criteria if criterion.id not in placed]
    generic = [criterion for criterion in others if criterion.counts != "sustainability"]
    beside = [criterion for criterion in others if criterion.counts == "sustainability"]
    groups = [("allmant", t("export.generic"), generic)]
    groups += [(c.id, t.title(c), own[c.id]) for c in catalogue.categories]
    groups += [("hallbarhet", t("export.beside"), beside)]
    return [group for group in groups if group[2]]


def _of_category(catalogue: Catalogue, category: str) -> list[Criterion]:
    return [c for c in catalogue.criteria if c.id.split("-")[0] == category]


def _sheet(words: Words, key: str, widths: list[int], rows: Iterator[list[Any]]) -> Sheet:
    names = [str(name) for name in words.get(f"export.{key}")]
    columns = [Column(name, width) for name, width in zip(names, widths, strict=True)]
    return Sheet(words(f"export.sheet_{key}"), columns, rows)


def _criteria_sheet(catalogue: Catalogue, words: Words) -> Sheet:
    def rows() -> Iterator[list[Any]]:
        for c in catalogue.criteria:
            small = c.small_suppliers.note_sv.strip() if c.small_suppliers else ""
            yield [
                c.id, title_of(c, words.language), words(f"counts.{c.counts}"), c.importance, ", ".join(c.goals),
                ", ".join(c.strategies), ", ".join(c.applies_to.categories), c.question_sv.strip(), c.why_sv.strip(),
                ", ".join(c.evidence_sv), c.follow_up_sv.strip(), c.proportionality_sv.strip(), small,
                ", ".join(c.agenda_2030), words(f"lifecycle.{c.lifecycle}"), c.revision,
            ]  # fmt: skip

    return _sheet(words, "criteria", [9, 34, 12, 7, 8, 11, 18, 46, 60, 40, 40, 40, 40, 12, 14, 9], rows())


def _levels_sheet(catalogue: Catalogue, words: Words) -> Sheet:
    def rows() -> Iterator[list[Any]]:
        for c in catalogue.criteria:
            for level in c.levels:
                bound = ", ".join(bounds(level, words))
                yield [
                    c.id, title_of(c, words.language), level.id, words(f"ambition.{level.ambition}"), bound,
                    ", ".join(level.krav_ids), words(f"basis.{level.basis}"), level.read_on, level.note_sv.strip(),
                ]  # fmt: skip

    return _sheet(words, "levels", [9, 34, 18, 22, 20, 14, 12, 12, 50], rows())


def _wordings_sheet(catalogue: Catalogue, words: Words) -> Sheet:
    def rows() -> Iterator[list[Any]]:
        for c in catalogue.criteria:
            for level, wording in c.requirement_sv.items():
                parts = (wording.motive, wording.requirement, wording.verification, wording.follow_up)
                yield [c.id, title_of(c, words.language), level, *(part.strip() for part in parts)]

    return _sheet(words, "wordings", [9, 34, 18, 50, 70, 50, 40], rows())


def _obstacles_sheet(catalogue: Catalogue, words: Words) -> Sheet:
    def rows() -> Iterator[list[Any]]:
        for o in catalogue.obstacles:
            yield [
                o.id, title_of(o, words.language), o.why_sv.strip(), o.justified_sv.strip(), o.better_wording_sv.strip(),
                ", ".join(o.blocks), words(f"lifecycle.{o.lifecycle}"), o.revision,
            ]  # fmt: skip

    return _sheet(words, "obstacles", [9, 34, 60, 50, 70, 24, 14, 9], rows())


def _examples_sheet(catalogue: Catalogue, words: Words) -> Sheet:
    def rows() -> Iterator[list[Any]]:
        entries: list[Criterion | Obstacle] = [*catalogue.criteria, *catalogue.obstacles]
        for entry in entries:
            for match in entry.examples.match:
                yield [entry.id, words("export.matches"), match.text, match.level, ""]
            for negative in entry.examples.no_match:
                yield [entry.id, words("export.does_not_match"), negative.text, "", negative.why]

    return _sheet(words, "examples", [9, 16, 80, 18, 60], rows())
