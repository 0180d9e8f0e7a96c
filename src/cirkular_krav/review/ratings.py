"""The blind rating sheet: whole procurements 0–5 by specialists who see neither hits nor scores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from cirkular_krav.errors import NothingToDoError, UsageError
from cirkular_krav.evaluation_types import Rating
from cirkular_krav.models import Assessment
from cirkular_krav.readers._sheet_scan import column_name
from cirkular_krav.reports.words import Words, load_words
from cirkular_krav.reports.workbook import Column, Sheet, write_workbook
from cirkular_krav.review.layout import FORM, KEYS_SHEET, header_of, key_of, name_of, start_sheet
from cirkular_krav.review.read_back import open_workbook

_RATING = re.compile(r"\s*([0-5])(?:\D.*)?", re.DOTALL)


def export_ratings(assessments: Sequence[Assessment], *, language: str = "sv") -> bytes:
    """Return a workbook to rate procurements 0–5 in; it holds no score, no hit and nothing that follows from them."""
    if not assessments:
        raise NothingToDoError("Det finns inga bedömda upphandlingar att betygsätta.")
    words = load_words(language)
    scale = [str(step) for step in words.get("review_form.scale")]
    columns = [
        Column(header_of(name, words), width, fill=name in ("rating", "comment"), choices=scale if name == "rating" else ())
        for name, width in (
            ("procurement", 30), ("title", 46), ("buyer", 32), ("documents", 50), ("rating", 24), ("comment", 44), ("key", 13),
        )
    ]  # fmt: skip
    rows = [
        (
            a.procurement.id, a.procurement.title, a.procurement.buyer, "\n".join(row.path for row in a.ledger), None, None,
            key_of(a.procurement.id),
        )
        for a in sorted(assessments, key=lambda a: key_of(a.procurement.id))
    ]  # fmt: skip
    keys = Sheet(
        KEYS_SHEET,
        [Column(name, 14) for name in ("language", "form", "key", "procurement")],
        [(language, FORM, key_of(a.procurement.id), a.procurement.id) for a in assessments],
        hidden=True,
    )
    sheets = [start_sheet("rating_help", words), Sheet(name_of("ratings", words), columns, rows, frozen=1), keys]
    return write_workbook(sheets, words("review_form.rating_help_title"))


def read_ratings(path: Path | str) -> tuple[Rating, ...]:
    """Read the ratings of one specialist; raises ``UsageError`` with every fault and its cell."""
    path = Path(path)
    sheets = open_workbook(path)
    hidden = [row.cells for row in sheets.get(KEYS_SHEET, [])[1:]]
    if not hidden or hidden[0].get(1) != FORM or hidden[0].get(0) not in ("sv", "en"):
        raise UsageError(f"{path.name} är inget betygsblad från cirkular-krav review ratings.")
    words = load_words(hidden[0][0])
    known = {cells.get(2, ""): cells.get(3, "") for cells in hidden}
    start, name = name_of("start", words), name_of("ratings", words)
    rows = sheets.get(start, [])
    who = next((row.cells.get(1, "") for row in rows if row.cells.get(0) == words("review_form.who")), "")
    faults = [] if who else [f"{start}!B2: skriv ditt namn, eller det du kallas i granskningen."]
    header = next((row for row in sheets.get(name, []) if header_of("rating", words) in row.cells.values()), None)
    if header is None:
        raise UsageError(f"{path.name}: bladet {name} med kolumnen ”{header_of('rating', words)}” saknas.")
    columns = {text: at for at, text in header.cells.items()}
    found = []
    for row in sheets[name]:
        given = row.cells.get(columns[header_of("rating", words)], "")
        if row.number <= header.number or not given:
            continue
        procurement = known.get(row.cells.get(columns.get(header_of("key", words), -1), ""), "")
        match = _RATING.fullmatch(given)
        if not match or not procurement:
            faults.append(_fault(name, columns, row.number, words, given, has_key=bool(procurement)))
        else:
            note = row.cells.get(columns.get(header_of("comment", words), -1), "")
            found.append(Rating(procurement=procurement, rater=who, value=int(match.group(1)), note=note))
    if faults:
        raise UsageError("\n".join([f"{path.name} lästes inte in. Rätta det här och kör igen:", *faults]))
    return tuple(found)


def _fault(name: str, columns: dict[str, int], row: int, words: Words, given: str, *, has_key: bool) -> str:
    if not has_key:
        return f"{name}!{row + 1}: radens id saknas eller är ändrat. Återställ raden, eller töm betyget."
    cell = f"{name}!{column_name(columns[header_of('rating', words)])}{row + 1}"
    return f"{cell}: ”{given}” är inget betyg. Välj ett helt tal 0–5."
