from __future__ import annotations

import ast
import io
import struct
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

import cirkular_krav.readers as readers
from cirkular_krav.errors import ReadingError
from cirkular_krav.models import Problem
from cirkular_krav.readers import READERS, detect_file, read_events
from cirkular_krav.readers.pieces import Limits
from cirkular_krav.readers.sniff import ole_streams, root_name

FOLDER = Path(list(readers.__path__)[0])


def a_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, "Leverantören ska återta möblerna.")
    canvas.save()
    return out.getvalue()


def a_docx() -> bytes:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Leverantören ska återta möblerna.")
    document.save(out)
    return out.getvalue()


def an_xlsx() -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "Krav"  # type: ignore[index]
    book.save(out)
    return out.getvalue()


def a_zip(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return out.getvalue()


def an_ole(*names: str, below: str = "") -> bytes:
    """An OLE2 container with these streams at the top, and one with the name ``below`` inside a folder."""
    entries = [("Root Entry", 5, 1)] + [(name, 2, -1) for name in names]
    if below:
        entries += [("ObjectPool", 1, len(entries) + 1), (below, 2, -1)]
    directory = b""
    top = len(names) + (1 if below else 0)
    for number, (name, kind, child) in enumerate(entries):
        right = number + 1 if 1 <= number < top else -1
        text = name.encode("utf-16-le") + b"\0\0"
        entry = text.ljust(64, b"\0") + struct.pack("<HBB3i", len(text), kind, 1, -1, right, child)
        directory += entry.ljust(128, b"\0")
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    sectors = len(directory) // 512
    chain = [0xFFFFFFFD] + [number + 2 for number in range(sectors - 1)] + [0xFFFFFFFE]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<II", 1, 1)
    header = header.ljust(76, b"\0") + struct.pack("<I", 0) + b"\xff" * (512 - 80)
    return header + fat + directory


TEXT = "Leverantören ska återta möblerna.\n" * 3
HTML = "<!-- x --><HTML><body><p>Krav</p></body></HTML>"
NOTICE = '<?xml version="1.0"?><ContractNotice xmlns="urn:x"><a/></ContractNotice>'

READABLE = {
    "a.pdf": (a_pdf(), "pdf", False),
    "mail.pdf": (b"Received: from x\r\n" * 40 + a_pdf(), "pdf", False),
    "utan-suffix": (a_pdf(), "pdf", False),
    "b.docx": (a_docx(), "docx", False),
    "annan-del.docx": (a_zip(**{"[Content_Types]_dot_xml": "x wordprocessingml.document.main+xml"}), "docx", False),
    "c.xlsx": (an_xlsx(), "sheet", False),
    "d.ods": (a_zip(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "sheet", False),
    "e.xls": (an_ole("Workbook"), "sheet", False),
    "e5.xls": (an_ole("Book"), "sheet", False),
    "gemener.xlsx": (a_zip(**{"[content_types]_dot_xml": "x", "xl\\workbook_dot_xml": "x"}), "sheet", False),
    "binär.xlsb": (a_zip(xl__workbook_dot_bin="x"), "sheet", False),
    "f.html": (HTML.encode(), "html", False),
    "utf16.html": (HTML.encode("utf-16"), "html", False),
    "xhtml.html": (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html/>', "html", False),
    "bit.htm": (b"Krav: <b>ska</b>", "html", False),
    "g.xml": (NOTICE.encode(), "notice", False),
    "utan-prolog.xml": (NOTICE[21:].encode(), "notice", False),
    "dtd.xml": (b'<!DOCTYPE lolz [<!ENTITY a "b">]><ContractNotice/>', "notice", False),
    "h.txt": (TEXT.encode(), "plain", False),
    "latin1.txt": (TEXT.encode("latin-1"), "plain", False),
    "utf16.txt": (TEXT.encode("utf-16"), "plain", False),
    "utf16-utan-bom.txt": (TEXT.encode("utf-16-le"), "plain", False),
    "nul.txt": (b"f\xc3\xb6re\x00efter\rNy rad\x0bhit\x0c och dit med \xff bytes", "plain", False),
    "om-pdf.txt": (b"Formatet inleds med %PDF-1.7 i filen.", "plain", False),
    "vita.txt": (b" \r\n\n", "plain", False),
    "j.csv": (b"nr;krav\n1;ska", "plain", False),
    "MZ.txt": (b"MZ-avtalet ska BM", "plain", False),
    # the name says something else
    "docx.pdf": (a_docx(), "docx", True),
    "pdf.docx": (a_pdf(), "pdf", True),
    "html.docx": (HTML.encode(), "html", True),
    "html.xls": (HTML.encode(), "html", True),
    "docx.doc": (a_docx(), "docx", True),
    "text.pdf": (TEXT.encode(), "plain", True),
    "text.doc": (TEXT.encode(), "plain", True),
    "två.pdf": (a_pdf() + a_docx(), "pdf", True),
    "docx.zip": (a_docx(), "docx", False),
    "xlsx.xls": (an_xlsx(), "sheet", False),
    # damaged, but its own reader may know more
    "avbruten.docx": (a_docx()[:5000], "docx", False),
}
REFUSED = {
    "tom.pdf": (b"", "empty-file", "refused"),
    "exe.pdf": (b"MZ\x90\x00\x03" + bytes(range(256)) * 9, "wrong-type", "refused"),
    "bild.pdf": (b"\xff\xd8\xff\xe0" + bytes(range(256)), "wrong-type", "refused"),
    "slump.pdf": (bytes(range(256)) * 40, "wrong-type", "refused"),
    "nollor.txt": (b"\0" * 5000, "wrong-type", "refused"),
    "arkiv.docx": (a_zip(a_dot_txt="x"), "wrong-type", "refused"),
    "lösen.docx": (an_ole("EncryptionInfo", "EncryptedPackage"), "encrypted", "refused"),
    "lösen-trasig.xlsx": (an_ole("x")[:512], "encrypted", "refused"),
    "gammal.doc": (an_ole("WordDocument", "1Table"), "old-format", "refused"),
    "gammal.docx": (an_ole("1Table", "WordDocument"), "old-format", "refused"),
    "brev-med-kalkyl.doc": (an_ole("WordDocument", below="Workbook"), "old-format", "refused"),
    "word2.doc": (b"\xdb\xa5\x2d\x00" + bytes(60), "old-format", "refused"),
    "excel3.xls": (b"\x09\x02\x06\x00\x00\x00" + bytes(60), "old-format", "refused"),
    "word.xml": (
        b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument>',
        "old-format",
        "refused",
    ),
    "post.msg": (an_ole("__properties_version1.0", "__substg1.0_0037001F"), "unsupported", "refused"),
    "post.eml": (b"From: a@b\nSubject: krav\n\nhej", "unsupported", "refused"),
    "spara.doc": (b"MIME-Version: 1.0\nContent-Type: multipart/related", "unsupported", "refused"),
    "rtf.rtf": (b"{\\rtf1 Krav}", "unsupported", "refused"),
    "rtf.doc": (b"{\\rtf1 Krav}", "unsupported", "refused"),
    "odt.odt": (a_zip(mimetype="application/vnd.oasis.opendocument.text"), "unsupported", "refused"),
    "visning.pptx": (a_zip(ppt__presentation_dot_xml="x"), "unsupported", "refused"),
    "arkiv.zip": (a_zip(a_dot_txt="x"), "unsupported", "refused"),
    "trasig.zip": (a_zip(a_dot_txt="x")[:40], "zip-damaged", "refused"),
    "foto.jpg": (b"\xff\xd8\xff\xe0" + bytes(50), "unsupported", "refused"),
    "film.mp4": (b"\0\0\0\x18ftypmp42" + bytes(50), "unsupported", "refused"),
    "bild.svg": (b"<svg xmlns='x'/>", "unsupported", "refused"),
    "okänd.xyz": (bytes(range(256)), "unsupported", "refused"),
    "ritning.dwg": (b"AC1027\0\0\0\0" + bytes(60), "drawing", "skipped"),
    "ritning.dxf": (b"  0\nSECTION\n  2\nHEADER\n", "drawing", "skipped"),
    "modell.ifc": (b"ISO-10303-21;\nHEADER;", "drawing", "skipped"),
}


@pytest.mark.parametrize("name", READABLE)
def test_the_content_decides_and_a_misleading_name_is_told(tmp_path: Path, name: str) -> None:
    content, expected, warn = READABLE[name]
    path = tmp_path / name
    path.write_bytes(content)
    detected = detect_file(path)
    assert (detected.format, detected.warn_type) == (expected, warn)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_own_code(tmp_path: Path, name: str) -> None:
    content, code, status = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ReadingError) as caught:
        detect_file(path)
    assert (caught.value.code, caught.value.status) == (code, status)


def test_a_misleading_name_is_the_first_problem_of_the_document(tmp_path: Path) -> None:
    path = tmp_path / "krav.pdf"
    path.write_text(TEXT, encoding="utf-8")
    first = next(iter(read_events(path, Limits())))
    assert first == Problem(code="warn-type", values={"kind": "plain", "suffix": ".pdf"})


def test_a_workbook_inside_a_letter_is_not_at_its_top_level(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(an_ole("WordDocument", below="Workbook"))
    assert ole_streams(path) == {"WordDocument", "ObjectPool"}


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        ("<a>", "a"),
        ("<?xml?> <!-- <b> --> <?x?><ns:root attr='1'>", "root"),
        ("<!doctype html>", "!doctype html"),
        ("<br/>", "br"),
        ("text <a>", ""),
        ("<!-- without end", ""),
        ("<?a?>" * 5000, ""),
        ("", ""),
    ],
)
def test_the_first_element_is_found_behind_what_may_stand_before_it(markup: str, name: str) -> None:
    assert root_name(markup) == name


def test_every_reader_in_the_folder_is_listed() -> None:
    with_read = set()
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "read" for node in tree.body):
            with_read.add(path.stem)
    assert with_read == {reader.module for reader in READERS}


def test_no_suffix_promises_two_formats() -> None:
    suffixes = [suffix for reader in READERS for suffix in reader.suffixes]
    assert len(suffixes) == len(set(suffixes))
