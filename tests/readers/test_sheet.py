from __future__ import annotations

import datetime
import socket
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import Problem, SheetPlace
from cirkular_krav.readers.pieces import Limits, Piece
from cirkular_krav.readers.sheet import cell_text, read
from office_files import (
    SHEET,
    STRICT_RELATIONS,
    docx,
    ole,
    paragraph,
    sheet_rows,
    text_cell,
    write_zip,
    xlsx,
)

FILES = Path(__file__).parent / "files"
REQUIREMENT = "Möblerna ska vara återbrukade."
STRICT_SHEET = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def pieces(path: Path, limits: Limits | None = None) -> list[Piece]:
    return [event for event in read(path, limits or Limits()) if isinstance(event, Piece)]


def problems(path: Path, limits: Limits | None = None) -> dict[str, Problem]:
    return {event.code: event for event in read(path, limits or Limits()) if isinstance(event, Problem)}


def refusal(path: Path, limits: Limits | None = None) -> ProblemCode:
    with pytest.raises(ReadingError) as caught:
        list(read(path, limits or Limits()))
    return caught.value.code


def cells_of(piece: Piece) -> str:
    assert isinstance(piece.place, SheetPlace)
    return piece.place.cells


def shown(path: Path) -> list[tuple[str, str, tuple[str, ...] | str]]:
    """Kind, address and content of all pieces but the sheet's name."""
    return [(piece.kind, cells_of(piece), piece.cells or piece.text) for piece in pieces(path)[1:]]


def book(tmp_path: Path, values: dict[str, Any]) -> tuple[Path, openpyxl.Workbook]:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Kravlista"
    for address, value in values.items():
        sheet[address] = value
    path = tmp_path / "krav.xlsx"
    workbook.save(path)
    return path, workbook


TABLE = {"B2": "Krav på möbler", "B4": "Nr", "C4": "Krav", "B5": 1, "C5": REQUIREMENT}


def test_a_sheet_gives_its_name_its_title_and_its_rows_with_true_addresses(tmp_path: Path) -> None:
    path, _ = book(tmp_path, TABLE)
    found = pieces(path)
    assert (found[0].kind, found[0].level, found[0].text) == ("heading", 1, "Kravlista")
    assert found[1].level == 2
    assert shown(path) == [
        ("heading", "B2", "Krav på möbler"),
        ("table_row", "B4:C4", ("Nr", "Krav")),
        ("table_row", "B5:C5", ("1", REQUIREMENT)),
    ]
    assert found[2].table == found[3].table == 1


# kravlista.xls was invented for this test and saved with LibreOffice.
def test_the_old_excel_format_is_read_with_dates_and_hidden_sheets() -> None:
    path = FILES / "kravlista.xls"
    assert shown(path)[:5] == [
        ("heading", "B2", "Krav på möbler"),
        ("table_row", "B4:D4", ("Nr", "Krav", "Typ")),
        ("table_row", "B5:D5", ("1", REQUIREMENT, "Ska")),
        ("table_row", "B6:D6", ("2", "Garantin bör vara fem år.", "Bör")),
        ("table_row", "B7:D7", ("3", "2026-05-01", "")),
    ]
    assert problems(path)[ProblemCode.WARN_HIDDEN].values["sheets"] == "Listor"


def ods(path: Path, rows: str, *, manifest: str = "") -> Path:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Krav">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<m:manifest xmlns:m="{space}:manifest:1.0">{manifest}</m:manifest>'
    return write_zip(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": content,
        },
    )


def ods_cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def test_an_open_document_is_read(tmp_path: Path) -> None:
    empty = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    path = ods(tmp_path / "a.ods", f"{empty}<table:table-row>{ods_cell('1')}{ods_cell(REQUIREMENT)}</table:table-row>")
    assert shown(path) == [("table_row", "A4:B4", ("1", REQUIREMENT))]


def test_an_open_document_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value="1" office:value-type="float"/>'
    path = ods(tmp_path / "a.ods", f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>')
    assert refusal(path) == ProblemCode.TOO_LONG


def test_an_encrypted_open_document_is_refused(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", "", manifest="<m:file-entry><m:encryption-data/></m:file-entry>")
    assert refusal(path) == ProblemCode.ENCRYPTED


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (0.30000000000000004, "0,3"),
        (-2.5, "-2,5"),
        (1234567.0, "1234567"),
        (True, "SANT"),
        (datetime.date(2026, 5, 1), "2026-05-01"),
        (datetime.datetime(2026, 5, 1), "2026-05-01"),
        (datetime.datetime(2026, 5, 1, 13, 30), "2026-05-01 13:30"),
        (datetime.time(8, 30), "08:30"),
        (datetime.timedelta(hours=30, minutes=5), "30:05"),
        (" rad 1\r\nrad 2 ", "rad 1\nrad 2"),
    ],
)
def test_a_cell_is_written_as_a_swedish_reader_would_see_it(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_a_share_shown_as_percent_is_written_as_percent(tmp_path: Path) -> None:
    path, workbook = book(tmp_path, {"A1": "Kvalitet", "B1": 0.3, "A2": "Pris", "B2": 0.3, "A3": "Antal", "B3": 0.3})
    workbook["Kravlista"]["B1"].number_format = "0%"
    workbook["Kravlista"]["B2"].number_format = '0.0 %;"minst %"'
    workbook["Kravlista"]["B3"].number_format = '0.0 "% av summan"'
    workbook.save(path)
    assert [piece.cells[1] for piece in pieces(path)[1:]] == ["30 %", "30 %", "0,3"]


def test_hidden_sheets_rows_and_columns_are_kept_and_said(tmp_path: Path) -> None:
    path, workbook = book(tmp_path, {"A1": "Nr", "B1": "Krav", "A2": 1, "B2": "Synligt", "A3": 2, "B3": "Dolt"})
    sheet = workbook["Kravlista"]
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["A"].hidden = True
    lists = workbook.create_sheet("Listor")
    lists["A1"] = "Ja"
    lists.sheet_state = "veryHidden"
    workbook.save(path)
    assert [(piece.layer, piece.cells or piece.text) for piece in pieces(path)] == [
        ("body", "Kravlista"),
        ("body", ("Nr", "Krav")),
        ("body", ("1", "Synligt")),
        ("hidden", ("2", "Dolt")),
        ("hidden", "Listor"),
        ("hidden", "Ja"),
    ]
    assert problems(path)[ProblemCode.WARN_HIDDEN].values == {"sheets": "Listor", "rows": 1, "columns": 1}


@pytest.mark.parametrize("way", ["filter", "outline"])
def test_rows_that_a_filter_or_a_fold_hides_belong_to_the_document(tmp_path: Path, way: str) -> None:
    path, workbook = book(tmp_path, {"A1": "Nr", "B1": "Krav", "A2": 1, "B2": REQUIREMENT})
    sheet = workbook["Kravlista"]
    sheet.row_dimensions[2].hidden = True
    if way == "filter":
        sheet.auto_filter.ref = "A1:B2"
        sheet.auto_filter.add_filter_column(0, ["2"])
    else:
        sheet.row_dimensions[2].outlineLevel = 1
    workbook.save(path)
    assert [piece.layer for piece in pieces(path)] == ["body", "body", "body"]
    assert ProblemCode.WARN_HIDDEN in problems(path)


@pytest.mark.parametrize("sign", ["filter", "frozen", "table"])
def test_a_header_that_the_file_marks_is_marked(tmp_path: Path, sign: str) -> None:
    path, workbook = book(tmp_path, {"A2": "Nr", "B2": "Krav", "A3": "1", "B3": REQUIREMENT})
    sheet = workbook["Kravlista"]
    if sign == "filter":
        sheet.auto_filter.ref = "A2:B3"
    elif sign == "frozen":
        sheet.freeze_panes = "A3"
    else:
        sheet.add_table(Table(displayName="Krav", ref="A2:B3"))
    workbook.save(path)
    assert [(piece.cells, piece.is_header) for piece in pieces(path)[1:]] == [
        (("Nr", "Krav"), True),
        (("1", REQUIREMENT), False),
    ]


def test_rows_of_a_table_have_the_same_columns_over_gaps_and_section_titles(tmp_path: Path) -> None:
    path, _ = book(
        tmp_path,
        {"A1": "Nr", "B1": "Krav", "D1": "Svar", "A2": 1, "B2": "Retur", "A4": "Miljö", "A5": 2, "B5": "Återbruk",
         "B7": "Leverantören ska reparera."},
    )  # fmt: skip
    assert shown(path) == [
        ("table_row", "A1:D1", ("Nr", "Krav", "Svar")),
        ("table_row", "A2:D2", ("1", "Retur", "")),
        ("heading", "A4", "Miljö"),
        ("table_row", "A5:D5", ("2", "Återbruk", "")),
        ("paragraph", "B7", "Leverantören ska reparera."),
    ]


def test_a_short_requirement_alone_above_a_table_is_no_title(tmp_path: Path) -> None:
    path, _ = book(tmp_path, {"A1": "Leverantören ska återta möbler", "A2": "Nr", "B2": "Krav"})
    assert shown(path)[0] == ("paragraph", "A1", "Leverantören ska återta möbler")


def test_a_title_merged_over_the_table_is_a_heading_and_a_lone_cell_in_a_column_is_a_row(tmp_path: Path) -> None:
    path, workbook = book(tmp_path, {"A1": "Nr", "B1": "Krav", "A2": "Miljökrav", "B3": REQUIREMENT})
    workbook["Kravlista"].merge_cells("A2:B2")
    workbook.save(path)
    assert [(kind, content) for kind, _, content in shown(path)] == [
        ("table_row", ("Nr", "Krav")),
        ("heading", "Miljökrav"),
        ("table_row", ("", REQUIREMENT)),
    ]


def test_a_label_merged_downwards_stands_on_each_of_its_rows(tmp_path: Path) -> None:
    path, workbook = book(tmp_path, {"A1": "Möbler", "B1": "Återbruk", "B2": "Retur", "C1": "Ska", "C2": "Ska"})
    workbook["Kravlista"].merge_cells("A1:A2")
    workbook.save(path)
    assert [piece.cells for piece in pieces(path)[1:]] == [("Möbler", "Återbruk", "Ska"), ("Möbler", "Retur", "Ska")]


def test_comments_are_notes_and_text_boxes_are_paragraphs(tmp_path: Path) -> None:
    space = "http://schemas.openxmlformats.org/drawingml/2006"
    drawing = (
        f'<xdr:wsDr xmlns:xdr="{space}/spreadsheetDrawing" xmlns:a="{space}/main"><xdr:twoCellAnchor><xdr:from>'
        "<xdr:col>2</xdr:col><xdr:row>4</xdr:row></xdr:from><xdr:sp><xdr:txBody><a:p><a:r><a:t>Fyll i </a:t></a:r>"
        "<a:r><a:t>gula celler.</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>"
    )
    path = xlsx(
        tmp_path / "a.xlsx",
        sheet_rows(f'<row r="1">{text_cell("A1", "Krav")}</row>'),
        beside=(("drawing", "../drawings/drawing1.xml"),),
        others={"xl/drawings/drawing1.xml": drawing},
    )
    assert shown(path)[-1] == ("paragraph", "C5", "Fyll i gula celler.")
    path, workbook = book(tmp_path, TABLE)
    workbook["Kravlista"]["C5"].comment = Comment("Gäller även stolar.", "Inköp")
    workbook.save(path)
    note = pieces(path)[-1]
    assert (note.layer, note.kind, note.text, cells_of(note)) == ("note", "paragraph", "Gäller även stolar.", "C5")


def test_a_formula_gives_its_stored_value_and_one_without_value_is_said(tmp_path: Path) -> None:
    rows = sheet_rows('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c></row>')
    path = xlsx(tmp_path / "a.xlsx", rows)
    assert shown(path) == [("paragraph", "A1", "2")]
    assert not problems(path)
    path = xlsx(tmp_path / "b.xlsx", sheet_rows('<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f></c></row>'))
    assert problems(path)[ProblemCode.TEXT_LOST].values == {"percent": 50}


def test_a_cell_keeps_the_lines_of_its_list(tmp_path: Path) -> None:
    path, _ = book(tmp_path, {"A1": "1", "B1": "Leverantören ska:\n- reparera\n- återta"})
    assert pieces(path)[1].cells == ("1", "Leverantören ska:\n- reparera\n- återta")


def test_iso_strict_workbooks_are_read(tmp_path: Path) -> None:
    rows = sheet_rows(f'<row r="1" hidden="true">{text_cell("A1", "1")}{text_cell("B1", REQUIREMENT)}</row>')
    path = xlsx(tmp_path / "a.xlsx", rows, namespace=STRICT_SHEET, base=STRICT_RELATIONS)
    assert [(piece.layer, piece.cells) for piece in pieces(path)[1:]] == [("hidden", ("1", REQUIREMENT))]


def test_two_cells_at_opposite_corners_are_read(tmp_path: Path) -> None:
    rows = sheet_rows(
        f'<row r="1">{text_cell("A1", "först")}</row><row r="1048576">{text_cell("XFD1048576", "sist")}</row>'
    )
    assert shown(xlsx(tmp_path / "a.xlsx", rows)) == [
        ("paragraph", "A1", "först"),
        ("paragraph", "XFD1048576", "sist"),
    ]


def test_a_far_cell_in_a_strict_workbook_with_shared_strings_is_read(tmp_path: Path) -> None:
    shared = f'<sst xmlns="{STRICT_SHEET}"><si><t>delad</t></si></sst>'
    rows = sheet_rows('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
                      '<row r="900000"><c r="A900000"><v>7</v></c><c r="ZZ900000" t="s"><v>0</v></c></row>')  # fmt: skip
    path = xlsx(tmp_path / "a.xlsx", rows, shared=shared, namespace=STRICT_SHEET, base=STRICT_RELATIONS)
    assert shown(path) == [("heading", "A1", "delad"), ("table_row", "A900000:ZZ900000", ("7", "delad"))]


def test_cells_along_a_diagonal_are_read_as_far_as_the_limit_and_said(tmp_path: Path) -> None:
    rows = sheet_rows(
        *(f'<row r="{at}">{text_cell(f"{name}{at}", str(at))}</row>' for at, name in enumerate("ABCDEF", 1))
    )
    path = xlsx(tmp_path / "a.xlsx", rows)
    limits = Limits(max_cells=12)
    assert [piece.text for piece in pieces(path, limits)[1:]] == ["1", "2"]
    assert set(problems(path, limits)) == {ProblemCode.TOO_LONG}


def test_a_dimension_that_lies_is_harmless(tmp_path: Path) -> None:
    rows = '<dimension ref="A1:XFD1048576"/>' + sheet_rows(
        f'<row r="1">{text_cell("A1", "a")}{text_cell("B1", "b")}</row>'
    )
    assert shown(xlsx(tmp_path / "a.xlsx", rows)) == [("table_row", "A1:B1", ("a", "b"))]


def test_styled_empty_rows_do_not_hide_the_requirement_after_them(tmp_path: Path) -> None:
    empty = "".join(f'<row r="{at}" s="1" customFormat="1"><c r="A{at}" s="1"/></row>' for at in range(1, 200_001))
    path = xlsx(tmp_path / "a.xlsx", sheet_rows(empty, f'<row r="200001">{text_cell("A200001", REQUIREMENT)}</row>'))
    assert shown(path) == [("paragraph", "A200001", REQUIREMENT)]


def test_more_rows_than_the_limit_are_cut_and_said(tmp_path: Path) -> None:
    path, _ = book(tmp_path, {f"A{at}": f"Rad {at}" for at in range(1, 9)})
    limits = Limits(max_blocks=4)
    assert [piece.text for piece in pieces(path, limits)] == ["Kravlista", "Rad 1", "Rad 2", "Rad 3"]
    assert set(problems(path, limits)) == {ProblemCode.TOO_LONG}


def test_shared_strings_that_inflate_beyond_measure_are_a_bomb(tmp_path: Path) -> None:
    bomb = f'<sst xmlns="{SHEET}"><si><t>'.encode() + b" " * 30_000_000 + b"</t></si></sst>"
    rows = sheet_rows('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    assert refusal(xlsx(tmp_path / "a.xlsx", rows, shared=bomb)) == ProblemCode.ZIP_BOMB


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels"])
def test_a_doctype_in_any_part_that_is_read_is_refused(tmp_path: Path, part: str) -> None:
    rows = sheet_rows(f'<row r="1">{text_cell("A1", "Krav")}</row>')
    shared = f'<sst xmlns="{SHEET}"/>'
    laughs = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    assert refusal(xlsx(tmp_path / "a.xlsx", rows, shared=shared, others={part: laughs})) == ProblemCode.XML_DTD


def test_a_picture_bomb_and_a_remote_link_do_not_stop_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    path = xlsx(
        tmp_path / "a.xlsx",
        sheet_rows(f'<row r="1">{text_cell("A1", "Krav")}</row>'),
        others={"xl/media/image1.png": bytes(40_000_000)},
        beside=(("drawing", "http://127.0.0.1:9/drawing1.xml"), ("comments", "http://127.0.0.1:9/c.xml")),
    )
    assert shown(path) == [("paragraph", "A1", "Krav")]


def test_a_damaged_sheet_costs_only_itself(tmp_path: Path) -> None:
    rows = sheet_rows('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')
    path = xlsx(tmp_path / "a.xlsx", rows, shared=f'<sst xmlns="{SHEET}"/>')
    assert pieces(path) == []
    assert problems(path)[ProblemCode.PAGE_FAILED].place == "Blad1"


def test_invisible_characters_are_said_with_where_they_stand(tmp_path: Path) -> None:
    path, _ = book(tmp_path, {"A1": "Nr", "B1": "sk\u200ball"})
    assert problems(path)[ProblemCode.WARN_INVISIBLE].place == "Kravlista!A1:B1"


def test_what_is_no_workbook_is_refused_with_its_own_code(tmp_path: Path) -> None:
    assert refusal(docx(tmp_path / "a.xlsx", paragraph("Krav"))) == ProblemCode.WRONG_TYPE
    assert refusal(write_zip(tmp_path / "b.xlsx", {"a.txt": "x"})) == ProblemCode.WRONG_TYPE
    for name, streams, code in (
        ("c.xlsx", ("EncryptionInfo", "EncryptedPackage"), ProblemCode.ENCRYPTED),
        ("d.xls", ("WordDocument",), ProblemCode.OLD_FORMAT),
        ("e.xls", ("Workbook",), ProblemCode.OFFICE_DAMAGED),
    ):
        (tmp_path / name).write_bytes(ole(*streams))
        assert refusal(tmp_path / name) == code
    (tmp_path / "f.xlsx").write_bytes(b"")
    assert refusal(tmp_path / "f.xlsx") == ProblemCode.EMPTY_FILE
