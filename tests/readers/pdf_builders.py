"""PDFs for the tests: laid out with reportlab, or written byte by byte where no sound program would write them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pikepdf
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595, 842
REGULAR, BOLD = "Helvetica", "Helvetica-Bold"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
SENTENCE = b"BT /F1 12 Tf 72 700 Td (Produkten ska kunna repareras.) Tj ET"


class Paper:
    """A canvas with the few things a tender document is made of; ``y`` runs down the page by itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
        self.y = 770.0

    def text(self, x: float, y: float, words: str, size: float = 11, font: str = REGULAR) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, words)

    def line(self, words: str, x: float = 72, size: float = 11, font: str = REGULAR) -> None:
        self.text(x, self.y, words, size, font)
        self.y -= 1.25 * size

    def heading(self, words: str, size: float = 14) -> None:
        self.y -= 8
        self.line(words, size=size, font=BOLD)
        self.y -= 4

    def paragraph(self, *lines: str, x: float = 72) -> None:
        for words in lines:
            self.line(words, x)
        self.y -= 8

    def table(self, top: float, widths: Sequence[float], rows: Sequence[Sequence[str]], bold: int = 0) -> float:
        """Draw a ruled table; a cell's lines are parted by ``\\n``. Returns where it ends."""
        edges = [72.0]
        for width in widths:
            edges.append(edges[-1] + width)
        y = top
        self.canvas.setLineWidth(0.5)
        for number, row in enumerate(rows):
            height = 8 + 13 * max(cell.count("\n") + 1 for cell in row)
            for x, width, cell in zip(edges, widths, row, strict=False):
                self.canvas.rect(x, y - height, width, height)
                for place, words in enumerate(cell.split("\n")):
                    self.text(x + 4, y - 13 - 13 * place, words, 10, BOLD if number < bold else REGULAR)
            y -= height
        self.y = y - 20
        return y

    def symbol(self, x: float, y: float, which: int) -> None:
        """Show one symbol of a strip through a window, as TendSign's exports do."""
        strip = ImageReader(Image.new("RGB", (10, 470), (200, 30, 30)))
        window = self.canvas.beginPath()
        window.rect(x, y, 18, 18)
        self.canvas.saveState()
        self.canvas.clipPath(window, stroke=0)
        self.canvas.drawImage(strip, x, y - 40 * which, 37.5, 1762.5)
        self.canvas.restoreState()

    def footer(self, number: int, pages: int) -> None:
        self.text(270, 30, f"Sida {number} ({pages})", 8)

    def page(self) -> None:
        self.canvas.showPage()
        self.y = 770.0

    def save(self) -> Path:
        self.canvas.save()
        return self.path


def many_pages(path: Path, count: int, compress: bool = True) -> bytes:
    """Write a PDF whose every page says which one it is; returns its bytes."""
    canvas = Canvas(str(path), pageCompression=int(compress))
    for number in range(1, count + 1):
        canvas.drawString(72, 700, f"Krav {number}: produkten ska kunna repareras.")
        canvas.showPage()
    canvas.save()
    return path.read_bytes()


def raw_pdf(objects: Iterable[bytes]) -> bytes:
    """Put objects (the first is the catalogue) into a PDF with a correct cross-reference table."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, thing in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    where = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, where)
    return bytes(out)


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), extra, data)


def one_page(content: bytes, extra: bytes = b"", resources: bytes = b"", more: Sequence[bytes] = ()) -> bytes:
    """One A4 page with this content stream; objects in ``more`` are numbered from 6, the font is 4."""
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R"
        b"/Resources<</Font<</F1 4 0 R>>%s>>>>" % resources
    )
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            page,
            FONT,
            stream(content, extra),
            *more,
        ]
    )


def form(content: bytes, resources: bytes = b"") -> bytes:
    """A Form XObject."""
    return stream(
        content, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>%s>>" % resources
    )


def bomb(megabytes: int) -> bytes:
    """So many megabytes of spaces behind one Flate filter."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()


def encrypted(data: bytes, user: str, copying: bool = True) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        allow = pikepdf.Permissions(extract=copying)
        pdf.save(out, encryption=pikepdf.Encryption(owner="ägare", user=user, allow=allow))
    return out.getvalue()


def with_destroyed_page(data: bytes, index: int) -> bytes:
    """Overwrite one page's content stream, so that its length is right and nothing else is."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.contents_coalesce()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        content = pdf.pages[index].obj["/Contents"].read_raw_bytes()
    return out.getvalue().replace(content, b"\xff" * len(content))
