"""The review round trip: what people fill in comes back exactly, whatever Excel did to the sheet in between."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from builders import ROOT, make_catalogue, make_criterion, make_match, make_procurement, make_requirement
from cirkular_krav import assess, draw_audit, load_catalogue
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.decisions import read_decisions, write_decisions
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, Match, ProcurementScore, Versions
from cirkular_krav.pipeline import judge
from cirkular_krav.review.doubt import doubts_of
from cirkular_krav.review.export import export_audit, export_review
from cirkular_krav.review.fill import fill_draw
from cirkular_krav.review.read_back import read_review

PROCUREMENTS = ROOT / "corpus" / "procurements"
TODAY = "2026-10-05"


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def assessed(name: str = "mobler-norrsjo") -> Assessment:
    return assess(PROCUREMENTS / name, catalogue())


def opened(content: bytes) -> Workbook:
    book = openpyxl.load_workbook(BytesIO(content))
    book["Börja här"]["B2"] = "Granskare A"
    return book


def rows(page: Worksheet) -> Iterator[dict[str, Any]]:
    """Yield each row as header → cell."""
    headers = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        yield dict(zip(headers, row, strict=True))


def read(book: Workbook, folder: Path) -> tuple[Any, ...]:
    path = folder / "granskning.xlsx"
    book.save(path)
    return read_review(path, today=TODAY)


def test_the_most_doubtful_come_first_and_each_text_once() -> None:
    doubts = doubts_of([assessed()], (), catalogue())
    ranks = [{"low": 0, "medium": 1, "high": 2}[d.hit.confidence] for d in doubts if isinstance(d.hit, Match)]
    assert ranks == sorted(ranks)
    keys = [(d.text_hash, d.criterion) for d in doubts]
    assert len(keys) == len(set(keys))
    assert {m.criterion_id for m in assessed().matches if m.counts != "sustainability"} <= {c for _, c in keys}


def test_what_was_filled_in_comes_back_with_who_when_and_the_criterions_revision(tmp_path: Path) -> None:
    book = opened(export_review([assessed()], catalogue()))
    book["Börja här"]["B3"] = "2026-09-30"
    first, second, third, *_ = rows(book["Träffar"])
    first["Omdöme"].value = "Fel"
    first["Kommentar"].value = "=gäller inte"
    first["Kommentar"].data_type = "s"  # as Excel has it in a cell for text
    second["Omdöme"].value = " rätt "
    third["Omdöme"].value, third["Rätt kriterium"].value = "Annat kriterium", "gen-05"
    found = read(book, tmp_path)
    assert [d.verdict for d in found] == ["reject", "accept", "other_criterion"]
    assert {(d.who, d.when, d.purpose, d.procurement) for d in found} == {
        ("Granskare A", "2026-09-30", "review", "mobler-norrsjo")
    }
    assert (found[0].note, found[2].right_criterion) == ("=gäller inte", "GEN-05")
    assert found[2].revisions["GEN-05"] == catalogue().by_id["GEN-05"].revision
    judged = judge(assessed(), found, catalogue())
    assert judged.judgement is not None
    assert (len(judged.judgement.decisions), judged.judgement.unused) == (3, ())


def test_what_is_decided_is_not_asked_again_and_a_revised_criterion_is_with_the_old_answer_beside(
    tmp_path: Path,
) -> None:
    book = opened(export_review([assessed()], catalogue()))
    row = next(rows(book["Träffar"]))
    row["Omdöme"].value = "Fel"
    key = row["Radens id (ändra inte)"].value
    (decision,) = read(book, tmp_path)
    again = opened(export_review([assessed()], catalogue(), decisions=[decision]))
    assert key not in {r["Radens id (ändra inte)"].value for r in rows(again["Träffar"])}
    older = decision.model_copy(update={"revisions": {decision.criterion: 0}})
    asked = opened(export_review([assessed()], catalogue(), decisions=[older]))
    beside = {r["Radens id (ändra inte)"].value: r["Tidigare omdöme"].value for r in rows(asked["Träffar"])}
    assert beside[key].startswith("Fel (Granskare A, 2026-10-05)")


def sorted_and_widened(page: Worksheet, seed: int = 1) -> None:
    """Do what people do: sort by something else, filter rows away, add a column in the middle, move columns."""
    table = [[cell.value for cell in row] for row in page.iter_rows()]
    header, body = table[0], table[1:]
    random.Random(seed).shuffle(body)
    order = list(range(len(header)))
    random.Random(seed).shuffle(order)
    page.delete_rows(1, page.max_row)
    page.append(["Egen kolumn", *(header[i] for i in order)])
    for number, row in enumerate(body, start=2):
        page.append(["eget", *(row[i] for i in order)])
        page.row_dimensions[number].hidden = number % 3 == 0


def test_sorting_filtering_and_added_columns_change_nothing(tmp_path: Path) -> None:
    book = opened(export_review([assessed()], catalogue()))
    for number, row in enumerate(rows(book["Träffar"])):
        row["Omdöme"].value = ("Rätt", "Fel", "Osäker")[number % 3]
    before = read(book, tmp_path)
    sorted_and_widened(book["Träffar"])
    after = read(book, tmp_path)
    assert len(before) > 20
    assert sorted(before, key=repr) == sorted(after, key=repr)


def many(count: int) -> tuple[Assessment, Catalogue]:
    catalogue = make_catalogue([make_criterion(f"GEN-{i:02d}") for i in range(1, 11)])
    requirements = tuple(
        make_requirement(f"K{i}", f"Krav {i}: varan ska hålla =SUMMA(A{i}) <b>å</b>; ”citat”\trad")
        for i in range(count // 10)
    )
    matches = tuple(make_match(r.id, f"GEN-{i:02d}") for r in requirements for i in range(1, 11))
    score = ProcurementScore(
        status="scored", value=1, low=1, high=1, band="b", relevance="high", applicable=10, read_share=1.0
    )
    assessment = Assessment(
        versions=Versions(library="0", catalogue="test", catalogue_fingerprint="x", scoring="1"),
        procurement=make_procurement(), ledger=(), requirements=requirements, matches=matches, obstacles=(),
        conflicts=(), outcomes=(), score=score,
    )  # fmt: skip
    return assessment, catalogue


def test_ten_thousand_decisions_survive_export_shuffle_and_import_exactly(tmp_path: Path) -> None:
    assessment, catalogue = many(10_000)
    book = opened(export_review([assessment], catalogue, most=None))
    page = book["Träffar"]
    wanted = {}
    for number, row in enumerate(rows(page)):
        verdict = ("Rätt", "Fel", "Osäker")[number % 3]
        row["Omdöme"].value, row["Kommentar"].value = verdict, f"nr {number}"
        wanted[(row["Kravets text"].value, row["Kriterium eller hinder"].value.split()[0])] = (verdict, f"nr {number}")
    sorted_and_widened(page)
    found = read(book, tmp_path)
    out = tmp_path / "beslut.jsonl"
    assert write_decisions(found, out) == 10_000
    swedish = {"accept": "Rätt", "reject": "Fel", "unsure": "Osäker"}
    assert {(d.quotation, d.criterion): (swedish[d.verdict], d.note) for d in read_decisions(out)} == wanted  # type: ignore[union-attr]


def test_every_fault_is_told_at_once_with_its_cell_and_nothing_is_taken(tmp_path: Path) -> None:
    book = opened(export_review([assessed()], catalogue()))
    page = book["Träffar"]
    first, second, third, fourth, fifth, sixth, *_ = rows(page)
    first["Omdöme"].value = "Kanske"
    second["Omdöme"].value = "Annat kriterium"
    third["Omdöme"].value, third["Rätt kriterium"].value = "Rätt", "GEN-05 Reservdelar"
    fourth["Omdöme"].value, fourth["Kravets text"].value = "Rätt", "En helt annan text."
    fifth["Kommentar"].value = "bra fråga"
    sixth["Omdöme"].value, sixth["Rätt kriterium"].value = "Annat kriterium", "XXX-99"
    with pytest.raises(UsageError) as caught:
        read(book, tmp_path)
    lines = str(caught.value).splitlines()[1:]
    assert [line.split(":")[0] for line in lines] == [
        f"Träffar!{cell.coordinate}"
        for cell in (
            first["Omdöme"], second["Rätt kriterium"], third["Rätt kriterium"], fourth["Kravets text"],
            fifth["Kommentar"], sixth["Rätt kriterium"],
        )
    ]  # fmt: skip
    assert "Rätt, Fel, Osäker, Annat kriterium" in lines[0]


@pytest.mark.parametrize("what", ["name", "date", "column", "id", "duplicate"])
def test_a_fault_of_the_whole_sheet_is_a_sentence_too(what: str, tmp_path: Path) -> None:
    book = opened(export_review([assessed()], catalogue()))
    page = book["Träffar"]
    first, second, *_ = rows(page)
    first["Omdöme"].value = "Rätt"
    if what == "name":
        book["Börja här"]["B2"] = None
    elif what == "date":
        book["Börja här"]["B3"] = "i går"
    elif what == "column":
        first_cell = next(cell for cell in page[1] if cell.value == "Omdöme")
        first_cell.value = "Mitt omdöme"
    elif what == "id":
        first["Radens id (ändra inte)"].value = "abc"
    else:
        for header, cell in first.items():
            second[header].value = cell.value
        second["Omdöme"].value = "Fel"
    sentence = {
        "name": "skriv ditt namn", "date": "”i går” är inget datum", "column": "”Omdöme” saknas",
        "id": "”abc” är ingen rad", "duplicate": "annat omdöme i Träffar!C2",
    }[what]  # fmt: skip
    with pytest.raises(UsageError, match=sentence):
        read(book, tmp_path)


def test_something_that_is_no_review_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "annat.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(UsageError, match="review export"):
        read_review(path, today=TODAY)
    path.write_text("ingen arbetsbok", encoding="utf-8")
    with pytest.raises(UsageError, match="spara den på nytt som .xlsx"):
        read_review(path, today=TODAY)


def test_a_missed_requirement_needs_document_wording_and_criterion(tmp_path: Path) -> None:
    book = opened(export_review([assessed()], catalogue()))
    row = next(rows(book["Missade krav"]))
    row["Kravets ordalydelse"].value = "Stolarna ska kunna lagas."
    with pytest.raises(UsageError, match=r"(?s)Missade krav!A2: .*Missade krav!D2: "):
        read(book, tmp_path)
    row["Dokument"].value, row["Missat krav"].value = "mobler-norrsjo: 03-avtalsutkast.pdf", "MOB-04"
    (missed,) = read(book, tmp_path)
    document = next(d for d in assessed().procurement.documents if d.path == "03-avtalsutkast.pdf")
    assert (missed.kind, missed.sha256, missed.criterion) == ("missed", document.sha256, "MOB-04")


def test_an_audit_holds_all_text_and_the_blind_half_no_hits(tmp_path: Path) -> None:
    both = [assessed(), assessed("datorer-exempelby")]
    book = opened(export_audit(both, catalogue()))
    reading = {r["Upphandling"].value: r["Läsning"].value for r in rows(book["Upphandlingar"])}
    assert sorted(reading.values()) == ["Med träffar", "Utan träffar"]
    for assessment in both:
        sheet = "Text utan träffar" if reading[assessment.procurement.id] == "Utan träffar" else "Text med träffar"
        shown = {r["Text"].value for r in rows(book[sheet]) if r["Upphandling"].value == assessment.procurement.id}
        blocks = [b for d in assessment.procurement.documents for b in d.blocks if b.layer == "body"]
        assert {b.raw_text for b in blocks} <= shown
    assert "Programmets träff" not in {cell.value for cell in book["Text utan träffar"][1]}
    blind = next(a for a in both if reading[a.procurement.id] == "Utan träffar")
    hidden = [[c.value for c in row] for row in book["Nycklar"].iter_rows()]
    assert not [row for row in hidden if row[1] == "hit" and row[2] == blind.procurement.id]


def test_an_audit_comes_back_as_verdicts_missed_and_what_was_read_and_never_scores(tmp_path: Path) -> None:
    both = [assessed(), assessed("datorer-exempelby")]
    book = opened(export_audit(both, catalogue()))
    hit = next(r for r in rows(book["Text med träffar"]) if r["Programmets träff"].value)
    hit["Omdöme"].value = "Fel"
    text = next(r for r in rows(book["Text med träffar"]) if not r["Programmets träff"].value)
    text["Missat krav"].value, text["Bindande och kontroller-bart"].value = "GEN-05", "Ja"
    seen = next(rows(book["Text utan träffar"]))
    seen["Krav du ser"].value, seen["Bindande och kontroller-bart"].value = "GEN-09", "Ja"
    for row in rows(book["Upphandlingar"]):
        row["Genomläst"].value = "Helt"
        row["Minst ett bindande, kontrollerbart cirkulärt krav"].value = "Ja"
    sorted_and_widened(book["Text med träffar"])
    found = read(book, tmp_path)
    assert {d.purpose for d in found} == {"audit"}
    assert {(d.criterion, d.blind, d.binding) for d in found if d.kind == "missed"} == {
        ("GEN-09", True, True), ("GEN-05", False, True)
    }  # fmt: skip
    assert [d.verdict for d in found if d.kind == "match"] == ["reject"]
    assert {(d.procurement, d.read, d.headline) for d in found if d.kind == "audited"} == {
        ("mobler-norrsjo", "whole", "yes"), ("datorer-exempelby", "whole", "yes")
    }  # fmt: skip
    assert all(judge(assessment, found, catalogue()) == assessment for assessment in both)


@pytest.mark.parametrize(
    ("answer", "binding", "fault"),
    [("Ja", "Nej", "inget krav som binder är märkt"), ("Nej", "Ja", "minst ett krav i upphandlingen är märkt")],
)
def test_an_answer_for_a_whole_procurement_that_the_blind_reader_marked_otherwise_is_a_fault(
    answer: str, binding: str, fault: str, tmp_path: Path
) -> None:
    book = opened(export_audit([assessed(), assessed("datorer-exempelby")], catalogue()))
    seen = next(rows(book["Text utan träffar"]))
    seen["Krav du ser"].value, seen["Bindande och kontroller-bart"].value = "GEN-09", binding
    whole = next(r for r in rows(book["Upphandlingar"]) if r["Läsning"].value == "Utan träffar")
    whole["Genomläst"].value, whole["Minst ett bindande, kontrollerbart cirkulärt krav"].value = "Helt", answer
    with pytest.raises(UsageError, match=fault):
        read(book, tmp_path)
    whole["Minst ett bindande, kontrollerbart cirkulärt krav"].value = "Osäker"
    assert {d.headline for d in read(book, tmp_path) if d.kind == "audited"} == {"unsure"}


def test_an_audit_of_a_draw_fills_the_verdicts_that_the_baseline_reads(tmp_path: Path) -> None:
    both = [assessed(), assessed("datorer-exempelby")]
    draw = draw_audit(both, catalogue(), size=2, seed=1)
    book = opened(export_audit(both, catalogue()))
    verdicts = dict.fromkeys(("Rätt", "Rätt men inte bindande eller kontrollerbart", "Fel"))
    for row, verdict in zip(
        (r for r in rows(book["Text med träffar"]) if r["Programmets träff"].value), verdicts, strict=False
    ):
        row["Omdöme"].value = verdict
    for row in rows(book["Upphandlingar"]):
        row["Genomläst"].value, row["Minst ett bindande, kontrollerbart cirkulärt krav"].value = "Helt", "Nej"
    found = read(book, tmp_path)
    filled = {one.id: one for one in fill_draw(draw, found).procurements}
    blind = next(d.procurement for d in found if d.kind == "audited" and d.blind)
    open_one = next(one for identifier, one in filled.items() if identifier != blind)
    assert {one.read_whole for one in filled.values()} == {True}
    assert {hit.verdict for hit in filled[blind].hits} == {"wrong"}
    said = {(d.text_hash, d.criterion): d.verdict for d in found if d.kind == "match"}
    meant = {"accept": "right", "not_binding": "not_binding", "reject": "wrong"}
    for hit in open_one.hits:
        key = (hit.match_id[1:13], hit.criterion_id)
        assert hit.verdict == (meant[said[key]] if key in said else "")
    assert {hit.verdict for hit in open_one.hits} & {*meant.values()}
    with pytest.raises(UsageError, match="hör till urvalet"):
        fill_draw(draw, [])


def test_an_unread_document_has_a_row_where_its_requirements_can_be_written(tmp_path: Path) -> None:
    book = opened(export_audit([assessed("textilservice-sagdal")], catalogue()))
    row = next(r for r in rows(book["Text med träffar"]) if "kunde inte läsas" in str(r["Text"].value))
    row["Missat krav"].value = "TEX-03"
    with pytest.raises(UsageError, match="skriv kravets ordalydelse"):
        read(book, tmp_path)
    row["Kommentar"].value, row["Bindande och kontroller-bart"].value = "Plagg ska lagas.", "Nej"
    (missed,) = read(book, tmp_path)
    assert (missed.quotation, missed.document) == ("Plagg ska lagas.", "02-avtal-skannat.pdf")


def test_english_workbooks_come_back_the_same_way(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(BytesIO(export_review([assessed()], catalogue(), language="en")))
    book["Start here"]["B2"] = "Reviewer"
    next(rows(book["Hits"]))["Verdict"].value = "Wrong"
    (decision,) = read(book, tmp_path)
    assert decision.verdict == "reject"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_a_workbook_that_libreoffice_has_saved_keeps_its_choices_filters_and_answers(tmp_path: Path) -> None:
    book = opened(export_review([assessed()], catalogue()))
    next(rows(book["Träffar"]))["Omdöme"].value = "Fel"
    book.save(tmp_path / "g.xlsx")
    saved = converted(tmp_path / "g.xlsx", tmp_path)
    page = openpyxl.load_workbook(saved)["Träffar"]
    offered = {str(cells): v.formula1 for v in page.data_validations.dataValidation for cells in v.sqref.ranges}
    assert any("Annat kriterium" in formula for formula in offered.values())
    assert any("Kriterier_val" in formula for formula in offered.values())
    assert page.auto_filter.ref.startswith("A1:")
    (decision,) = read_review(saved, today=TODAY)
    assert decision.verdict == "reject"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_ten_thousand_decisions_survive_libreoffice_too(tmp_path: Path) -> None:
    assessment, catalogue = many(10_000)
    book = opened(export_review([assessment], catalogue, most=None))
    page = book["Träffar"]
    for number, row in enumerate(rows(page)):
        row["Omdöme"].value, row["Kommentar"].value = ("Rätt", "Fel", "Osäker")[number % 3], f"nr {number}"
    before = read(book, tmp_path)
    sorted_and_widened(page)
    book.save(tmp_path / "g.xlsx")
    saved = converted(tmp_path / "g.xlsx", tmp_path)
    after = read_review(saved, today=TODAY)
    assert len(after) == 10_000
    assert sorted(after, key=repr) == sorted(before, key=repr)


def converted(path: Path, folder: Path) -> Path:
    """Open and save a workbook in LibreOffice, as a colleague without Excel does."""
    out = folder / "sparad"
    command = ["soffice", f"-env:UserInstallation={(folder / 'profil').as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=180)
    return out / path.name
