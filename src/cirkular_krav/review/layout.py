"""What a review workbook looks like, for both directions: its sheets, its columns and the hidden keys of its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal, NamedTuple

from cirkular_krav.catalogue_types import Catalogue, Criterion, Obstacle
from cirkular_krav.models import Purpose, Verdict
from cirkular_krav.reports.words import Words, title_of
from cirkular_krav.reports.workbook import Column, Fill, Sheet, Value
from cirkular_krav.text import hash_text

FORM = "1"
# What the two kinds of workbook ask: an audit also whether a right hit is binding and checkable (design D9).
VERDICTS: dict[Purpose, tuple[Verdict, ...]] = {
    "review": ("accept", "reject", "unsure", "other_criterion"),
    "audit": ("accept", "not_binding", "reject", "unsure", "other_criterion"),
}
_MOST_CHECKED = 30_000
KEYS_SHEET = "Nycklar"
CRITERIA_LIST = "Kriterier_val"
DOCUMENTS_LIST = "Dokument_val"
# Sheets by what they hold; their names, and those of their columns, stand in the texts under ``review_form``.
SHEETS = ("hits", "missed", "procurements", "text", "blind")
KEY_FIELDS = ("key", "kind", "procurement", "document", "sha256", "place", "text_hash", "criterion", "value", "check")

RowKind = Literal["about", "hit", "text", "procurement", "criterion", "document"]


class Key(NamedTuple):
    """One hidden row: what a visible row is about, so that sorting and filtering do no harm.

    ``value``: revision of a criterion, ``blind`` or ``open`` of a procurement, the form's number of the workbook.
    ``check``: hash of the text that the visible row shows.
    """

    key: str
    kind: RowKind
    procurement: str = ""
    document: str = ""
    sha256: str = ""
    place: str = ""
    text_hash: str = ""
    criterion: str = ""
    value: str = ""
    check: str = ""


def key_of(*parts: str) -> str:
    """Return the key of a row: ten hexadecimal digits of what it is about, the same in every workbook."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10]


def check_of(text: str) -> str:
    """Return the hash that ties a visible text to its row's key; the end of a text that a cell cannot hold is left out."""
    return hash_text(text.strip()[:_MOST_CHECKED])


def name_of(sheet: str, words: Words) -> str:
    """Return the name of a sheet in the language of the workbook."""
    return words(f"review_form.sheets.{sheet}")


def header_of(column: str, words: Words) -> str:
    """Return the header of a column in the language of the workbook."""
    return words(f"review_form.columns.{column}")


def verdict_words(words: Words, purpose: Purpose) -> dict[str, str]:
    """Return what the drop-down offers → the verdict it means."""
    return {words(f"review_form.verdicts.{verdict}"): verdict for verdict in VERDICTS[purpose]}


def answers(key: str, words: Words) -> dict[str, str]:
    """Return what a drop-down with a few answers offers → what it means."""
    return {str(text): str(name) for name, text in words.get(f"review_form.{key}").items()}


def criterion_choices(catalogue: Catalogue, language: str) -> list[str]:
    """Return every criterion and obstacle as the drop-down shows it."""
    entries: list[Criterion | Obstacle] = [*catalogue.criteria, *catalogue.obstacles]
    return [f"{entry.id} {title_of(entry, language)}" for entry in entries if entry.lifecycle != "retired"]


def start_sheet(guidance: str, words: Words) -> Sheet:
    """Return the first sheet: who and when to fill in, and how it is done."""
    lines: list[Sequence[Value]] = [
        (words("review_form.who"), Fill()),
        (words("review_form.when"), Fill()),
        ("", None),
        *((str(line), None) for line in words.get(f"review_form.{guidance}")),
    ]
    columns = [Column(words(f"review_form.{guidance}_title"), 76), Column("", 36)]
    return Sheet(name_of("start", words), columns, lines, plain=True)


def keys_sheet(keys: Sequence[Key], purpose: str, catalogue: Catalogue, words: Words) -> Sheet:
    """Return the hidden sheet with what each visible row is about, and the revisions of all criteria."""
    about = Key(key=words.language, kind="about", criterion=catalogue.version, value=purpose, check=FORM)
    entries: list[Criterion | Obstacle] = [*catalogue.criteria, *catalogue.obstacles]
    criteria = [Key(key=e.id, kind="criterion", criterion=e.id, value=str(e.revision)) for e in entries]
    columns = [Column(field, 14) for field in KEY_FIELDS]
    return Sheet(KEYS_SHEET, columns, [about, *criteria, *keys], hidden=True)
