from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import docx as python_docx
import pytest

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import DocxPlace, Problem
from cirkular_krav.readers.docx import read
from cirkular_krav.readers.pieces import Extent, Limits, Piece
from office_files import (
    STRICT,
    cell,
    docx,
    level,
    numbered,
    ole,
    paragraph,
    relations,
    row,
    run,
    style,
    table,
    word_part,
    write_zip,
)

REQUIREMENT = "Leverantören ska återta förpackningar."
HEADINGS = style("Rubrik1", "heading 1") + style("Rubrik2", "heading 2") + style("Rubrik3", "heading 3")


def pieces(path: Path, limits: Limits | None = None) -> list[Piece]:
    return [event for event in read(path, limits or Limits()) if isinstance(event, Piece)]


def problems(path: Path, limits: Limits | None = None) -> dict[str, Problem]:
    return {event.code: event for event in read(path, limits or Limits()) if isinstance(event, Problem)}


def texts(path: Path) -> list[str]:
    return [piece.text for piece in pieces(path)]


def made(tmp_path: Path, body: str, **parts: Any) -> Path:
    return docx(tmp_path / "krav.docx", body, **parts)


def refusal(path: Path) -> ProblemCode:
    with pytest.raises(ReadingError) as caught:
        list(read(path, Limits()))
    return caught.value.code


# --- nothing is lost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrapped",
    [
        f"<w:sdt><w:sdtContent>{paragraph(REQUIREMENT)}</w:sdtContent></w:sdt>",
        f"<w:p><w:sdt><w:sdtContent>{run(REQUIREMENT)}</w:sdtContent></w:sdt></w:p>",
        f'<w:p><w:hyperlink w:anchor="x">{run(REQUIREMENT)}</w:hyperlink></w:p>',
        f'<w:p><w:smartTag w:element="place">{run(REQUIREMENT)}</w:smartTag></w:p>',
        f'<w:customXml w:element="krav">{paragraph(REQUIREMENT)}</w:customXml>',
        f"<w:p><w:r><w:pict><v:textbox><w:txbxContent>{paragraph(REQUIREMENT)}</w:txbxContent></v:textbox></w:pict>"
        "</w:r></w:p>",
        f'<w:p><w:ins w:id="1">{run(REQUIREMENT)}</w:ins></w:p>',
        f'<w:p><w:moveTo w:id="1">{run(REQUIREMENT)}</w:moveTo></w:p>',
        f'<w:p><w:fldSimple w:instr="DOCPROPERTY Krav">{run(REQUIREMENT)}</w:fldSimple></w:p>',
        f'<w:p><w:bdo w:val="ltr">{run(REQUIREMENT)}</w:bdo></w:p>',
        f"<w:p><w:nyttOmslag>{run(REQUIREMENT)}</w:nyttOmslag></w:p>",
        f"<w:tbl><w:sdt><w:sdtContent>{row(cell(REQUIREMENT))}</w:sdtContent></w:sdt></w:tbl>",
    ],
    ids=[
        "block control", "inline control", "hyperlink", "smart tag", "custom xml", "text box", "insertion", "move",
        "simple field", "direction", "unknown wrapper", "row in control",
    ],
)  # fmt: skip
def test_text_is_found_inside_what_wraps_it(tmp_path: Path, wrapped: str) -> None:
    path = made(tmp_path, wrapped)
    assert texts(path) == [REQUIREMENT]
    assert ProblemCode.TEXT_LOST not in problems(path)


def test_a_text_box_with_a_fallback_is_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph(REQUIREMENT)}</w:txbxContent>"
    body = (
        "<w:p><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert texts(made(tmp_path, body)) == [REQUIREMENT]


def test_a_fallback_is_read_when_only_it_has_text(tmp_path: Path) -> None:
    body = (
        '<w:p><mc:AlternateContent><mc:Choice Requires="x"/>'
        f"<mc:Fallback>{run(REQUIREMENT)}</mc:Fallback></mc:AlternateContent></w:p>"
    )
    assert texts(made(tmp_path, body)) == [REQUIREMENT]


def test_deleted_text_is_dropped_inserted_text_kept_and_both_are_said(tmp_path: Path) -> None:
    body = (
        f'<w:p>{run("Garantin ska vara ")}<w:del w:id="1"><w:r><w:delText>två</w:delText></w:r></w:del>'
        f'<w:ins w:id="2">{run("fem")}</w:ins>{run(" år.")}</w:p>'
        f'<w:p><w:moveFrom w:id="3">{run("Flyttat bort.")}</w:moveFrom></w:p>'
    )
    path = made(tmp_path, body)
    assert texts(path) == ["Garantin ska vara fem år."]
    assert set(problems(path)) == {ProblemCode.WARN_TRACKED}


def test_a_deleted_row_is_dropped(tmp_path: Path) -> None:
    gone = row(cell("Utgår"), cell("Utgår"), properties='<w:del w:id="1"/>')
    path = made(tmp_path, table(row(cell("Krav"), cell("Ska")), gone))
    assert [piece.cells for piece in pieces(path)] == [("Krav", "Ska")]
    assert set(problems(path)) == {ProblemCode.WARN_TRACKED}


def test_a_field_gives_its_result_not_its_instruction(tmp_path: Path) -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF krav \\h</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("punkt 4.2")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert texts(made(tmp_path, f"<w:p>{run('Se ')}{field}{run('.')}</w:p>")) == ["Se punkt 4.2."]


def test_text_inside_the_instruction_of_a_field_is_not_text_of_the_document(tmp_path: Path) -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    inner = (
        mark("begin") + "<w:r><w:instrText>REF x</w:instrText></w:r>" + mark("separate") + run("villkor") + mark("end")
    )
    outer = mark("begin") + "<w:r><w:instrText>IF </w:instrText></w:r>" + inner + mark("separate")
    body = f"<w:p>{outer}{run('Ska-krav')}{mark('end')}{run(' gäller')}</w:p>"
    assert texts(made(tmp_path, body)) == ["Ska-krav gäller"]


def test_a_field_without_an_end_does_not_swallow_the_document(tmp_path: Path) -> None:
    broken = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r></w:p>'
    found = pieces(made(tmp_path, broken + paragraph(REQUIREMENT)))
    assert [(piece.text, piece.layer) for piece in found] == [(REQUIREMENT, "body")]


def test_symbols_tabs_breaks_and_hyphens_become_characters(tmp_path: Path) -> None:
    body = (
        f'<w:p>{run("Minst")}<w:r><w:tab/></w:r><w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>{run("80")}'
        f"<w:r><w:br/></w:r>{run('IT')}<w:r><w:noBreakHyphen/></w:r>{run('kretslopp')}</w:p>"
    )
    assert texts(made(tmp_path, body)) == ["Minst\t≥80\nIT-kretslopp"]


def test_ruby_text_and_fractions_are_kept(tmp_path: Path) -> None:
    body = (
        f"<w:p><w:r><w:ruby><w:rt>{run('uttal')}</w:rt><w:rubyBase>{run('ord')}</w:rubyBase></w:ruby></w:r></w:p>"
        "<w:p><m:oMath><m:f><m:num><m:r><m:t>lägsta pris</m:t></m:r></m:num>"
        "<m:den><m:r><m:t>anbudets pris</m:t></m:r></m:den></m:f></m:oMath></w:p>"
    )
    assert texts(made(tmp_path, body)) == ["(uttal)ord", "lägsta pris/anbudets pris"]


def test_form_controls_show_their_state(tmp_path: Path) -> None:
    def control(inner: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{inner}</w:ffData></w:fldChar></w:r><w:r>' \
               '<w:fldChar w:fldCharType="end"/></w:r>'  # fmt: skip

    ticked = control('<w:checkBox><w:checked w:val="1"/></w:checkBox>')
    empty = control('<w:checkBox><w:default w:val="0"/></w:checkBox>')
    chosen = control('<w:ddList><w:result w:val="1"/><w:listEntry w:val="Bör"/><w:listEntry w:val="Ska"/></w:ddList>')
    modern = '<w:sdt><w:sdtContent><w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r></w:sdtContent></w:sdt>'
    body = f"<w:p>{ticked}{run(' Ja ')}{empty}{run(' Nej ')}{chosen}{run(' ☒ ')}{modern}</w:p>"
    assert texts(made(tmp_path, body)) == ["☒ Ja ☐ Nej Ska ☒ ☑"]


def test_notes_headers_and_footers_have_their_own_layers(tmp_path: Path) -> None:
    note = word_part("footnotes", f'<w:footnote w:type="separator" w:id="0">{paragraph("strecket")}</w:footnote>'
                     f'<w:footnote w:id="2">{paragraph("Med kretslopp avses reparation.")}</w:footnote>')  # fmt: skip
    others: dict[tuple[str, str], str | bytes] = {
        ("footnotes", "footnotes.xml"): note,
        ("header", "header1.xml"): word_part("hdr", paragraph("Dnr 1/2026", "Rubrik1")),
        ("header", "header2.xml"): word_part("hdr", paragraph("Dnr 1/2026", "Rubrik1")),
        ("footer", "footer1.xml"): word_part("ftr", paragraph("Sida 1")),
    }
    body = paragraph("Inledning") + f'<w:p>{run(REQUIREMENT)}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    found = pieces(made(tmp_path, body, others=others, styles=HEADINGS))
    assert [(piece.layer, piece.kind, piece.text) for piece in found] == [
        ("body", "paragraph", "Inledning"),
        ("body", "paragraph", REQUIREMENT),
        ("note", "paragraph", "Med kretslopp avses reparation."),
        ("header", "paragraph", "Dnr 1/2026"),
        ("footer", "paragraph", "Sida 1"),
    ]
    assert found[2].place == DocxPlace(paragraph=2)


def test_hidden_text_lies_in_its_own_layer_and_is_said(tmp_path: Path) -> None:
    tiny, shown = '<w:sz w:val="2"/>', '<w:vanish w:val="0"/>'
    styles = style("Dold", "dold", "<w:rPr><w:vanish/></w:rPr>")
    body = (
        f"<w:p>{run('Synligt krav.')}{run('Dolt krav.', '<w:vanish/>')}</w:p>"
        + paragraph("Dolt av formatmallen.", "Dold")
        + f"<w:p>{run('En punkt hög text.', tiny)}</w:p>"
        + f"<w:p>{run('Inte dold.', shown)}</w:p>"
    )
    path = made(tmp_path, body, styles=styles)
    assert [(piece.layer, piece.text) for piece in pieces(path)] == [
        ("body", "Synligt krav."),
        ("hidden", "Dolt krav."),
        ("hidden", "Dolt av formatmallen."),
        ("hidden", "En punkt hög text."),
        ("body", "Inte dold."),
    ]
    assert set(problems(path)) == {ProblemCode.WARN_HIDDEN}


def test_iso_strict_documents_are_read(tmp_path: Path) -> None:
    body = paragraph("Miljö", "Rubrik1") + paragraph(REQUIREMENT)
    found = pieces(made(tmp_path, body, styles=HEADINGS, namespace=STRICT))
    assert [(piece.kind, piece.text) for piece in found] == [("heading", "Miljö"), ("paragraph", REQUIREMENT)]


def test_lost_text_is_said_with_how_much_was_read(tmp_path: Path) -> None:
    chunk = '<w:altChunk r:id="rId1"/>'
    others: dict[tuple[str, str], str | bytes] = {("aFChunk", "chunk.htm"): f"<p>{'x' * 30}</p>"}
    path = made(tmp_path, paragraph("y" * 10) + chunk, others=others)
    assert problems(path)[ProblemCode.TEXT_LOST].values == {"percent": 25}


def test_the_extent_counts_the_characters_that_should_have_been_read(tmp_path: Path) -> None:
    events = list(read(made(tmp_path, paragraph("fem st")), Limits()))
    assert Extent(characters=5) in events


def test_what_python_docx_writes_is_read_whole(tmp_path: Path) -> None:
    document = python_docx.Document()
    document.add_heading("Kravspecifikation", 1)
    document.add_paragraph("Möblerna ska vara renoverade.")
    document.add_paragraph("Reservdelar i fem år", style="List Bullet")
    grid = document.add_table(rows=1, cols=2)
    grid.rows[0].cells[0].text, grid.rows[0].cells[1].text = "Nr", "Krav"
    document.save(str(tmp_path / "a.docx"))
    found = pieces(tmp_path / "a.docx")
    assert [(piece.kind, piece.text or piece.cells) for piece in found] == [
        ("heading", "Kravspecifikation"),
        ("paragraph", "Möblerna ska vara renoverade."),
        ("list_item", "Reservdelar i fem år"),
        ("table_row", ("Nr", "Krav")),
    ]
    assert found[2].number == "•"


# --- headings and numbers ---------------------------------------------------------------------------------------


def test_headings_are_known_by_style_name_outline_level_and_inheritance(tmp_path: Path) -> None:
    styles = (
        HEADINGS
        + style("Egen", "Kommunens underavsnitt", based_on="Rubrik3")
        + style("Brod", "Brödtext i rubrik", '<w:pPr><w:outlineLvl w:val="9"/></w:pPr>', based_on="Rubrik1")
        + style("Svensk", "Rubrik 2 numrerad")
    )
    body = (
        paragraph("Ett", "Rubrik1") + paragraph("Två", "Svensk") + paragraph("Tre", "Egen")
        + paragraph("Fyra", properties='<w:outlineLvl w:val="3"/>') + paragraph("Brödtext", "Brod")
    )  # fmt: skip
    found = [(piece.kind, piece.level, piece.text) for piece in pieces(made(tmp_path, body, styles=styles))]
    assert found == [
        ("heading", 1, "Ett"), ("heading", 2, "Två"), ("heading", 3, "Tre"), ("heading", 4, "Fyra"),
        ("paragraph", 0, "Brödtext"),
    ]  # fmt: skip


def test_a_whole_clause_in_a_heading_style_is_no_heading(tmp_path: Path) -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="1">{level(0, "%1", extra=PSTYLE.format("Rubrik1"))}'
        f"{level(1, '%1.%2', extra=PSTYLE.format('Rubrik2'))}</w:abstractNum>{num(1, 1)}"
    )
    styles = style("Rubrik1", "heading 1", NUMBERED) + style("Rubrik2", "heading 2", NUMBERED)
    body = paragraph("Retur", "Rubrik1") + paragraph("Leverantören ska ta tillbaka förpackningar.", "Rubrik2")
    found = pieces(made(tmp_path, body, styles=styles, numbering=numbering))
    assert [(piece.kind, piece.number) for piece in found] == [("heading", "1"), ("list_item", "1.1")]
    assert found[1].place == DocxPlace(paragraph=2, heading_number="1.1")


@pytest.mark.parametrize(
    ("text", "is_heading"),
    [
        ("Återbruk och reparation", True),
        ("Leverantören ska reparera alla levererade möbler", False),
        ("Detta gäller.", False),
        ("Bevis:", False),
        ("x" * 80, False),
    ],
)
def test_a_short_bold_line_is_a_heading_unless_it_reads_as_a_sentence(
    tmp_path: Path, text: str, is_heading: bool
) -> None:
    found = pieces(made(tmp_path, f"<w:p>{run(text, '<w:b/>')}</w:p>"))
    assert [(piece.kind, piece.level) for piece in found] == [("heading", 6) if is_heading else ("paragraph", 0)]


def test_a_partly_bold_line_and_a_bold_cell_are_no_headings(tmp_path: Path) -> None:
    body = f"<w:p>{run('Bevis', '<w:b/>')}{run(' intyg')}</w:p>" + table(
        row(cell(f"<w:p>{run('Krav', '<w:b/>')}</w:p>"))
    )
    assert [piece.kind for piece in pieces(made(tmp_path, body))] == ["paragraph", "paragraph"]


PSTYLE = '<w:pStyle w:val="{}"/>'
NUMBERED = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'


def num(number: int, abstract: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{overrides}</w:num>'


def numbers(path: Path) -> list[str]:
    return [piece.number for piece in pieces(path)]


def test_numbers_of_several_levels_are_computed(tmp_path: Path) -> None:
    levels = level(0, "%1.") + level(1, "%1.%2") + level(2, "SK %1.%2.%3")
    numbering = f'<w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>{num(1, 7)}'
    body = "".join(numbered("Krav", level=at) for at in (0, 1, 2, 2, 1, 2, 0, 1))
    path = made(tmp_path, body, numbering=numbering)
    assert numbers(path) == ["1.", "1.1", "SK 1.1.1", "SK 1.1.2", "1.2", "SK 1.2.1", "2.", "2.1"]
    assert [piece.level for piece in pieces(path)] == [0, 1, 2, 2, 1, 2, 0, 1]


def test_letters_roman_numbers_bullets_and_leading_zeros_are_written(tmp_path: Path) -> None:
    forms = ("lowerLetter", "upperLetter", "lowerRoman", "upperRoman", "decimalZero", "none")
    numbering = (
        "".join(
            f'<w:abstractNum w:abstractNumId="{at}">{level(0, "%1)", form, start=27)}</w:abstractNum>{num(at, at)}'
            for at, form in enumerate(forms, start=1)
        )
        + f'<w:abstractNum w:abstractNumId="9">{level(0, chr(0xF0B7), "bullet")}</w:abstractNum>{num(9, 9)}'
    )
    body = "".join(numbered("Krav", at) for at in (1, 2, 3, 4, 5, 6, 9))
    assert numbers(made(tmp_path, body, numbering=numbering)) == ["aa)", "AA)", "xxvii)", "XXVII)", "27)", ")", "•"]


def test_a_list_starts_again_where_its_number_is_overridden(tmp_path: Path) -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    numbering = f'<w:abstractNum w:abstractNumId="1">{level(0, "%1.")}</w:abstractNum>{num(1, 1)}{num(2, 1)}{num(3, 1, override)}'
    body = "".join(numbered("Krav", at) for at in (1, 1, 2, 3, 3, 1))
    assert numbers(made(tmp_path, body, numbering=numbering)) == ["1.", "2.", "3.", "5.", "6.", "7."]


def test_a_level_that_never_restarts_goes_on(tmp_path: Path) -> None:
    levels = level(0, "%1.") + level(1, "Krav %2", extra='<w:lvlRestart w:val="0"/>')
    numbering = f'<w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum>{num(1, 1)}'
    body = "".join(numbered("Krav", level=at) for at in (0, 1, 1, 0, 1))
    assert numbers(made(tmp_path, body, numbering=numbering)) == ["1.", "Krav 1", "Krav 2", "2.", "Krav 3"]


def test_legal_numbering_writes_upper_levels_as_digits(tmp_path: Path) -> None:
    levels = level(0, "%1.", "upperRoman") + level(1, "%1.%2", extra="<w:isLgl/>")
    numbering = f'<w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum>{num(1, 1)}'
    body = numbered("Krav") + numbered("Krav") + numbered("Krav", level=1)
    assert numbers(made(tmp_path, body, numbering=numbering)) == ["I.", "II.", "2.1"]


def test_a_numbered_paragraph_counts_even_when_it_is_empty(tmp_path: Path) -> None:
    numbering = f'<w:abstractNum w:abstractNumId="1">{level(0, "%1.")}</w:abstractNum>{num(1, 1)}'
    assert numbers(made(tmp_path, numbered("A") + numbered("") + numbered("B"), numbering=numbering)) == ["1.", "3."]


def test_a_style_brings_its_numbers_and_the_place_names_the_nearest_heading(tmp_path: Path) -> None:
    levels = level(0, "%1", extra=PSTYLE.format("Rubrik1")) + level(1, "%1.%2", extra=PSTYLE.format("Rubrik2"))
    numbering = f'<w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum>{num(1, 1)}'
    styles = style("Rubrik1", "heading 1", NUMBERED) + style("Rubrik2", "heading 2", NUMBERED)
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = (
        paragraph("Krav", "Rubrik1") + paragraph("Miljö", "Rubrik2") + paragraph("Text")
        + paragraph("Bilaga", "Rubrik1", off) + paragraph("Text")
    )  # fmt: skip
    found = pieces(made(tmp_path, body, styles=styles, numbering=numbering))
    assert [(piece.number, piece.place) for piece in found] == [
        ("1", DocxPlace(paragraph=1, heading_number="1")),
        ("1.1", DocxPlace(paragraph=2, heading_number="1.1")),
        ("", DocxPlace(paragraph=3, heading_number="1.1")),
        ("", DocxPlace(paragraph=4)),
        ("", DocxPlace(paragraph=5)),
    ]


def test_a_list_that_borrows_its_levels_from_a_style_is_numbered(tmp_path: Path) -> None:
    styles = style("Lista", "kravlista", '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>')
    numbering = (
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="Lista"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="2">{level(0, "K%1")}</w:abstractNum>{num(1, 1)}{num(2, 2)}'
    )
    assert numbers(made(tmp_path, numbered("A") + numbered("B"), styles=styles, numbering=numbering)) == ["K1", "K2"]


@pytest.mark.parametrize("text", ["3.2\tMiljö", "3.2 Miljö", "3.2Miljö"])
def test_a_number_typed_in_a_heading_is_its_number(tmp_path: Path, text: str) -> None:
    found = pieces(made(tmp_path, paragraph(text, "Rubrik1"), styles=HEADINGS))
    assert [(piece.number, piece.text, piece.place) for piece in found] == [
        ("3.2", "Miljö", DocxPlace(paragraph=1, heading_number="3.2"))
    ]


def test_a_heading_that_begins_with_a_quantity_keeps_it(tmp_path: Path) -> None:
    found = pieces(made(tmp_path, paragraph("5 års garanti", "Rubrik1"), styles=HEADINGS))
    assert [(piece.number, piece.text) for piece in found] == [("", "5 års garanti")]


def test_a_table_of_contents_lies_in_its_own_layer(tmp_path: Path) -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r>' \
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'  # fmt: skip
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    body = (
        f"<w:sdt>{gallery}<w:sdtContent>{paragraph('Innehåll')}</w:sdtContent></w:sdt>"
        + f"<w:p>{begin}{run('1 Krav 3')}</w:p><w:p>{run('2 Pris 4')}"
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        + paragraph("3 Avtal 5", "Toc1") + paragraph("Krav", "Rubrik1")
    )  # fmt: skip
    found = pieces(made(tmp_path, body, styles=HEADINGS + style("Toc1", "toc 1")))
    assert [piece.layer for piece in found] == ["contents", "contents", "contents", "contents", "body"]


# --- tables -----------------------------------------------------------------------------------------------------


def test_a_table_gives_one_piece_for_each_row_with_its_header_marked(tmp_path: Path) -> None:
    body = paragraph("Före") + table(
        row(cell("Nr"), cell("Krav"), properties="<w:tblHeader/>"), row(cell("1"), cell("Möblerna ska vara hela."))
    )
    found = pieces(made(tmp_path, body))[1:]
    assert [(piece.cells, piece.is_header, piece.table) for piece in found] == [
        (("Nr", "Krav"), True, 1),
        (("1", "Möblerna ska vara hela."), False, 1),
    ]
    assert found[1].place == DocxPlace(paragraph=4, row=2)


def test_list_items_of_a_cell_stand_on_lines_of_their_own(tmp_path: Path) -> None:
    numbering = f'<w:abstractNum w:abstractNumId="1">{level(0, "%1)", "lowerLetter")}</w:abstractNum>{num(1, 1)}'
    inner = paragraph("Leverantören ska:") + numbered("reparera") + numbered("återta")
    path = made(tmp_path, table(row(cell("1"), cell(inner))), numbering=numbering)
    assert [piece.cells for piece in pieces(path)] == [("1", "Leverantören ska:\na) reparera\nb) återta")]


def test_a_column_of_automatic_numbers_gives_the_numbers(tmp_path: Path) -> None:
    numbering = f'<w:abstractNum w:abstractNumId="1">{level(0, "SK %1")}</w:abstractNum>{num(1, 1)}'
    rows = [row(cell(numbered("")), cell(text)) for text in ("Återbruk", "Retur")]
    path = made(tmp_path, table(*rows), numbering=numbering)
    assert [piece.cells for piece in pieces(path)] == [("SK 1", "Återbruk"), ("SK 2", "Retur")]


def test_merged_cells_keep_the_columns_in_line(tmp_path: Path) -> None:
    span, restart, goes_on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        row(cell("Område"), cell("Krav", span)),
        row(cell("Möbler", restart), cell("Återbruk"), cell("Ska", restart)),
        row(cell("", goes_on), cell("Retur"), cell("", goes_on)),
        row(cell("Sen"), cell("Bör"), properties='<w:gridBefore w:val="1"/>'),
        row(cell("Kort"), cell("rad")),
    )
    assert [piece.cells for piece in pieces(made(tmp_path, body))] == [
        ("Område", "Krav", ""),
        ("Möbler", "Återbruk", "Ska"),
        ("Möbler", "Retur", ""),
        ("", "Sen", "Bör"),
        ("Kort", "rad", ""),
    ]


def test_a_long_merged_cell_is_not_repeated(tmp_path: Path) -> None:
    long = "Leverantören ska återta. " * 10
    body = table(
        row(cell(long, '<w:vMerge w:val="restart"/>'), cell("A")), row(cell("", "<w:vMerge/>"), cell("B"))
    )  # fmt: skip
    assert [piece.cells[0] for piece in pieces(made(tmp_path, body))] == [long.strip(), ""]


def test_a_span_without_end_is_read_simply_and_said(tmp_path: Path) -> None:
    path = made(tmp_path, table(row(cell("Krav", '<w:gridSpan w:val="2000000000"/>'), cell("Ska"))))
    assert [piece.cells for piece in pieces(path)] == [("Krav", "Ska")]
    assert set(problems(path)) == {ProblemCode.TABLE_SPAN}


def test_a_nested_table_belongs_to_its_cell(tmp_path: Path) -> None:
    inner = table(row(cell("Andel"), cell("80 %")), row(cell("Bevis"), cell("Intyg")))
    path = made(tmp_path, table(row(cell("1"), cell(paragraph("Återbruk") + inner))))
    assert [piece.cells for piece in pieces(path)] == [("1", "Återbruk\nAndel\t80 %\nBevis\tIntyg")]


def test_a_table_of_one_column_is_layout_and_gives_paragraphs(tmp_path: Path) -> None:
    numbering = f'<w:abstractNum w:abstractNumId="1">{level(0, "%1.")}</w:abstractNum>{num(1, 1)}'
    body = table(row(cell(paragraph("Krav", "Rubrik1") + paragraph("Stycke"))), row(cell(numbered("Punkt"))))
    found = pieces(made(tmp_path, body, numbering=numbering, styles=HEADINGS))
    assert [(piece.kind, piece.text) for piece in found] == [
        ("heading", "Krav"), ("paragraph", "Stycke"), ("list_item", "Punkt"),
    ]  # fmt: skip
    assert found[2].place == DocxPlace(paragraph=3, row=2, column=1)


# --- hostile files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [100, 160])
def test_deeply_nested_tables_are_read(tmp_path: Path, depth: int) -> None:
    body = f"<w:tbl><w:tr><w:tc>{paragraph('x')}</w:tc><w:tc>" * depth + paragraph("innerst")
    found = pieces(made(tmp_path, body + "</w:tc></w:tr></w:tbl>" * depth))
    assert found[0].cells[1].endswith("innerst")


def test_tables_nested_without_end_are_refused(tmp_path: Path) -> None:
    nested = "<w:tbl><w:tr><w:tc>" * 5_000 + paragraph("innerst") + "</w:tc></w:tr></w:tbl>" * 5_000
    assert refusal(made(tmp_path, nested)) == ProblemCode.XML_DEPTH


def test_wrappers_nested_to_the_limit_do_not_exhaust_the_stack(tmp_path: Path) -> None:
    inline = "<w:p>" + "<w:ins>" * 490 + run("inre") + "</w:ins>" * 490 + "</w:p>"
    blocks = "<w:sdt><w:sdtContent>" * 240 + paragraph("block") + "</w:sdtContent></w:sdt>" * 240
    boxes = "<w:p><w:r><w:txbxContent>" * 160 + paragraph("ruta") + "</w:txbxContent></w:r></w:p>" * 160
    assert texts(made(tmp_path, inline + blocks + boxes)) == ["inre", "block", "ruta"]


def test_a_million_empty_paragraphs_do_not_hide_the_requirement_after_them(tmp_path: Path) -> None:
    assert texts(made(tmp_path, "<w:p/>" * 1_000_000 + paragraph(REQUIREMENT))) == [REQUIREMENT]


def test_more_blocks_than_the_limit_are_cut_and_said(tmp_path: Path) -> None:
    path = made(tmp_path, "".join(paragraph(f"Krav {at}") for at in range(5)))
    limits = Limits(max_blocks=3)
    assert [piece.text for piece in pieces(path, limits)] == ["Krav 0", "Krav 1", "Krav 2"]
    assert set(problems(path, limits)) == {ProblemCode.TOO_LONG}


def test_empty_paragraphs_beyond_ten_times_the_limit_are_cut_and_said(tmp_path: Path) -> None:
    path = made(tmp_path, paragraph("Först") + "<w:p/>" * 31 + paragraph("Sist"))
    limits = Limits(max_blocks=3)
    assert [piece.text for piece in pieces(path, limits)] == ["Först"]
    assert set(problems(path, limits)) == {ProblemCode.TOO_LONG}


def test_a_paragraph_of_ten_megabytes_is_read(tmp_path: Path) -> None:
    found = texts(made(tmp_path, paragraph("ord " * 2_600_000)))
    assert [len(text) for text in found] == [10_399_999]


def test_entities_are_refused_and_nothing_of_them_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "hemlig.txt"
    secret.write_text("kanariefågel", encoding="utf-8")
    document = word_part("document", f"<w:body>{paragraph('före &x; efter').replace('&amp;', '&')}</w:body>")
    path = made(tmp_path, "", document=f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{document}')
    assert refusal(path) == ProblemCode.XML_DTD


def test_a_doctype_in_the_styles_is_refused_too(tmp_path: Path) -> None:
    others: dict[tuple[str, str], str | bytes] = {("styles", "styles.xml"): "<!DOCTYPE a><a/>"}
    assert refusal(made(tmp_path, paragraph("Krav"), others=others)) == ProblemCode.XML_DTD


def test_a_document_that_inflates_beyond_measure_is_a_bomb(tmp_path: Path) -> None:
    document = word_part("document", "<w:body>" + " " * 30_000_000 + "</w:body>")
    assert refusal(made(tmp_path, "", document=document)) == ProblemCode.ZIP_BOMB


def test_a_bomb_among_the_pictures_does_not_stop_the_text(tmp_path: Path) -> None:
    others: dict[tuple[str, str], str | bytes] = {("image", "media/image1.png"): bytes(40_000_000)}
    assert texts(made(tmp_path, paragraph(REQUIREMENT), others=others)) == [REQUIREMENT]


def test_a_remote_template_and_picture_are_never_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    others: dict[tuple[str, str], str | bytes] = {
        ("attachedTemplate", "http://127.0.0.1:9/mall.dotm"): "",
        ("header", "http://127.0.0.1:9/header.xml"): "",
    }
    assert texts(made(tmp_path, paragraph(REQUIREMENT), others=others)) == [REQUIREMENT]


def test_damaged_styles_cost_their_help_not_the_document(tmp_path: Path) -> None:
    others: dict[tuple[str, str], str | bytes] = {("styles", "styles.xml"): "<w:styles"}
    path = made(tmp_path, paragraph(REQUIREMENT, "Rubrik1"), others=others)
    assert texts(path) == [REQUIREMENT]
    assert problems(path)[ProblemCode.WARN_DAMAGED].place == "word/styles.xml"


def test_invisible_characters_are_said_with_where_they_stand(tmp_path: Path) -> None:
    path = made(tmp_path, paragraph("Krav") + paragraph("sk\u200ball återta"))
    assert problems(path)[ProblemCode.WARN_INVISIBLE].place == "¶ 2"


def test_a_damaged_document_an_empty_package_and_an_old_file_have_their_own_codes(tmp_path: Path) -> None:
    assert refusal(made(tmp_path, "", document="<w:document")) == ProblemCode.OFFICE_DAMAGED
    assert refusal(write_zip(tmp_path / "b.docx", {"a.txt": "x"})) == ProblemCode.WRONG_TYPE
    rels = relations(("officeDocument", "xl/workbook.xml"))
    workbook: dict[str, str | bytes] = {
        "[Content_Types].xml": "",
        "_rels/.rels": rels,
        "xl/workbook.xml": "<workbook/>",
    }
    assert refusal(write_zip(tmp_path / "c.docx", workbook)) == ProblemCode.WRONG_TYPE
    (tmp_path / "d.docx").write_bytes(ole("WordDocument"))
    assert refusal(tmp_path / "d.docx") == ProblemCode.OLD_FORMAT
    (tmp_path / "e.docx").write_bytes(ole("EncryptedPackage"))
    assert refusal(tmp_path / "e.docx") == ProblemCode.ENCRYPTED
