"""Make the damaged and odd files of ``corpus/broken``, each small and each with one fault.

python corpus/generator/broken.py
"""

from __future__ import annotations

import io
import os
import random
import re
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
os.environ["SOURCE_DATE_EPOCH"] = "1795132800"

import pikepdf
from markup import Node, Source

from files import settle_office, write_zip

OUT = Path(__file__).parent.parent / "broken"
PARAGRAPHS = (
    "Leverantören ska lämna fem års garanti på stolarna. Fel ska i första hand avhjälpas genom reparation.",
    "Reservdelar ska finnas att köpa i minst sju år efter det att modellen har utgått.",
    "Leverantören ska ta tillbaka möbler som inte längre används och erbjuda dem för fortsatt bruk.",
    "Möblerna bör ha löstagbar klädsel. Tyget ska tåla minst 80 000 varv enligt Martindale.",
    "Leverantören ska årligen redovisa hur många stolar som har lagats respektive kasserats.",
)


def main() -> None:
    """Write every file; the table in ``corpus/broken/README.md`` says what a reader is to answer."""
    OUT.mkdir(exist_ok=True)
    for name, make in FILES.items():
        (OUT / name).write_bytes(make())
        size = (OUT / name).stat().st_size
        print(f"{name}: {size} byte")
        if size > 100_000:
            raise SystemExit(f"{name} är större än 100 kB")


# --- sound originals ------------------------------------------------------------------------------


def _source(pages: int = 5) -> Source:
    nodes: list[Node] = []
    for number in range(1, pages + 1):
        nodes.append(Node("heading", f"Avsnitt {number}", 1))
        nodes += [Node("para", text) for text in PARAGRAPHS[number - 1 :] + PARAGRAPHS[: number - 1]]
        nodes.append(Node("pagebreak"))
    nodes[-1] = Node("small", "Påhittad handling i övningsmaterialet till cirkular-krav.")
    return Source("x", {"header_left": "Norrsjö kommun (påhittad)", "numbered": False}, nodes)


def _rendered(suffix: str, write: Callable[[Source, Path], object]) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        write(_source(), path)
        return path.read_bytes()


def sound_pdf() -> bytes:
    """Return five pages with text, as a classic file: catalogue first, then the pages in order, then the table."""
    from render_reportlab import write_reportlab

    with pikepdf.open(io.BytesIO(_rendered(".pdf", write_reportlab))) as pdf:
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
        return out.getvalue()


def sound_docx() -> bytes:
    """Return a DOCX with the same text."""
    from render_docx import write_docx

    return _rendered(".docx", write_docx)


def _members(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    write_zip(out, members)
    return out.getvalue()


# --- one fault each -------------------------------------------------------------------------------


def scanned() -> bytes:
    """Return pages that are images only."""
    from render_docx import write_scan

    return _rendered(".pdf", write_scan)


def locked_pdf() -> bytes:
    """Return a PDF that needs a password to open (the password is ``hemligt``)."""
    return _encrypted(user="hemligt")


def restricted_pdf() -> bytes:
    """Return a PDF that opens without a password but asks readers not to copy."""
    return _encrypted(user="")


def _encrypted(user: str) -> bytes:
    # RC4 of the old kind: the only encryption that comes out the same every time.
    permit = pikepdf.Permissions(extract=False, modify_other=False)
    lock = pikepdf.Encryption(user=user, owner="ägaren", R=3, aes=False, metadata=False, allow=permit)
    with pikepdf.open(io.BytesIO(sound_pdf())) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=lock, static_id=True)
        return out.getvalue()


def half_pdf() -> bytes:
    """Return the first half of a PDF: some pages are gone."""
    data = sound_pdf()
    return data[: len(data) // 2]


def pdf_without_tail() -> bytes:
    """Return a PDF whose cross-reference table and trailer are missing: every page can still be recovered."""
    data = sound_pdf()
    return data[: data.rindex(b"xref\n", 0, data.rindex(b"startxref"))]


def pdf_with_a_destroyed_page() -> bytes:
    """Return five pages where the third's stream holds rubbish: most engines show it as empty and say nothing."""
    with pikepdf.open(io.BytesIO(sound_pdf())) as pdf:
        number = pdf.pages[2].Contents.objgen[0]
    data = bytearray(sound_pdf())
    start = re.search(rb"\n%d 0 obj" % number, data)
    assert start
    begin = data.index(b"stream\n", start.end()) + 7
    end = data.index(b"endstream", begin) - 1
    dice = random.Random(3)
    data[begin:end] = bytes(dice.randrange(256) for _ in range(end - begin))
    return bytes(data)


def old_doc() -> bytes:
    """Return an OLE2 container with a WordDocument stream, as Word 97–2003 wrote."""
    return _ole({"WordDocument": b"\xec\xa5\xc1\x00" + b"\x00" * 5000})


def locked_docx() -> bytes:
    """Return an OLE2 container with an encrypted package, as Word writes a password-protected DOCX."""
    dice = random.Random(4)
    return _ole({
        "EncryptionInfo": b"\x04\x00\x04\x00\x40\x00\x00\x00" + b" " * 5000,
        "EncryptedPackage": bytes(dice.randrange(256) for _ in range(6000)),
    })  # fmt: skip


def _ole(streams: dict[str, bytes]) -> bytes:
    """Build a minimal compound file: one FAT sector, one directory sector, streams over the mini-stream limit."""
    fat = [0xFFFFFFFD, 0xFFFFFFFE]
    body = b""
    entries = [_ole_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for number, (name, data) in enumerate(streams.items(), 1):
        sectors = (len(data) + 511) // 512
        first = len(fat)
        fat += [first + i + 1 for i in range(sectors - 1)] + [0xFFFFFFFE]
        body += data.ljust(sectors * 512, b"\x00")
        right = number + 1 if number < len(streams) else 0xFFFFFFFF
        entries.append(_ole_entry(name, 2, first, len(data), right=right))
    fat += [0xFFFFFFFF] * (128 - len(fat))
    entries += [b"\x00" * 68 + b"\xff" * 12 + b"\x00" * 48] * (4 - len(entries))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\x00" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * 4 * 108
    return header + struct.pack("<128I", *fat) + b"".join(entries) + body


def _ole_entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    entry = text.ljust(64, b"\x00") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, right, child)
    return entry + b"\x00" * 36 + struct.pack("<IQ", start, size)


def strict_docx() -> bytes:
    """Return a DOCX in ISO Strict form, which Word can save and many readers call empty."""
    swaps = (
        (b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", b"http://purl.oclc.org/ooxml/wordprocessingml/main"),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
        (b"http://schemas.openxmlformats.org/drawingml/2006/main", b"http://purl.oclc.org/ooxml/drawingml/main"),
    )  # fmt: skip
    members = _members(sound_docx())
    for name, data in members.items():
        if name.endswith((".xml", ".rels")):
            for old, new in swaps:
                data = data.replace(old, new)
            members[name] = data
    return _zip(members)


def docx_with_dtd() -> bytes:
    """Return a DOCX that tries to pull in ``kanariefagel.txt`` through an external entity."""
    members = _members(sound_docx())
    text = members["word/document.xml"].decode()
    head, rest = text.split("?>", 1)
    dtd = '?>\n<!DOCTYPE w:document [<!ENTITY kanarie SYSTEM "kanariefagel.txt">]>'
    members["word/document.xml"] = (head + dtd + rest.replace("Avsnitt 1", "Avsnitt 1 &kanarie;", 1)).encode()
    return _zip(members)


def plain_zip() -> bytes:
    """Return an ordinary zip under the name of a Word document."""
    return _zip({"anteckning.txt": b"Ingen Wordfil.\n", "bild/tom.txt": b""})


def far_cell() -> bytes:
    """Return a workbook with a requirement in A1 and another in the very last cell."""
    import tempfile

    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Krav"
    book.active["A1"] = PARAGRAPHS[1]
    book.active["XFD1048576"] = PARAGRAPHS[2]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        book.save(path)
        settle_office(path)
        return path.read_bytes()


def random_bytes() -> bytes:
    """Return bytes that are no file at all."""
    dice = random.Random(7)
    return bytes(dice.randrange(256) for _ in range(20_000))


def html_page() -> bytes:
    """Return a web page, as some systems save it under a Word name."""
    rows = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    return f"<!DOCTYPE html><html lang='sv'><head><meta charset='utf-8'></head><body>{rows}</body></html>\n".encode()


def canary() -> bytes:
    """Return the text that must never be found inside ``xml-med-doctype.docx``."""
    return "Kanariefågeln sjunger.\n".encode()


FILES: dict[str, Callable[[], bytes]] = {
    "skannad.pdf": scanned,
    "losenord.pdf": locked_pdf,
    "kopieringsskydd.pdf": restricted_pdf,
    "losenord.docx": locked_docx,
    "halv.pdf": half_pdf,
    "utan-slut.pdf": pdf_without_tail,
    "tom.pdf": lambda: b"",
    "docx-med-namnet.pdf": sound_docx,
    "pdf-med-namnet.docx": sound_pdf,
    "html-med-namnet.docx": html_page,
    "zip-med-namnet.docx": plain_zip,
    "gammal.doc": old_doc,
    "slump.pdf": random_bytes,
    "strikt.docx": strict_docx,
    "xml-med-doctype.docx": docx_with_dtd,
    "kanariefagel.txt": canary,
    "langt-bort.xlsx": far_cell,
    "forstord-sida.pdf": pdf_with_a_destroyed_page,
}

if __name__ == "__main__":
    main()
