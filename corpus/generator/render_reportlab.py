"""PDFs by ReportLab: rows cut by page breaks, contents with dots, "Sida 3 (12)", the look of older exports."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from markup import Node, Source
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

_FACES = {"sans": ("Helvetica", "Helvetica-Bold"), "serif": ("Times-Roman", "Times-Bold")}


class _NumberedCanvas(Canvas):
    """Knows the number of pages before it writes the footers."""

    footer = "Sida {page} ({pages})"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._saved: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._saved.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        pages = len(self._saved)
        for state in self._saved:
            self.__dict__.update(state)
            self.setFont("Helvetica", 8)
            self.drawRightString(A4[0] - 20 * mm, 12 * mm, self.footer.format(page=self._pageNumber, pages=pages))
            super().showPage()
        super().save()


class _Document(BaseDocTemplate):
    def afterFlowable(self, flowable: Flowable) -> None:
        level = getattr(flowable, "toc_level", None)
        if level is not None:
            self.notify("TOCEntry", (level, flowable.getPlainText(), self.page))


def _styles(face: str) -> dict[str, ParagraphStyle]:
    normal, bold = _FACES[face]
    body = ParagraphStyle("body", fontName=normal, fontSize=11, leading=15, spaceAfter=6.5)
    if face == "serif":
        body.alignment = TA_JUSTIFY
    return {
        "body": body,
        "h1": ParagraphStyle("h1", fontName=bold, fontSize=14, leading=18, spaceBefore=12, spaceAfter=5, keepWithNext=1),
        "h2": ParagraphStyle("h2", fontName=bold, fontSize=11.5, leading=15, spaceBefore=9, spaceAfter=3, keepWithNext=1),
        "h3": ParagraphStyle("h3", fontName=bold, fontSize=10, leading=13, spaceBefore=7, spaceAfter=2, keepWithNext=1),
        "bullet": ParagraphStyle("bullet", parent=body, leftIndent=14, bulletIndent=3, spaceAfter=2, alignment=0),
        "cell": ParagraphStyle("cell", fontName=normal, fontSize=9.3, leading=12),
        "cellb": ParagraphStyle("cellb", fontName=bold, fontSize=9.3, leading=12),
        "box": ParagraphStyle("box", parent=body, borderWidth=0.7, borderColor=colors.grey, borderPadding=6,
                              spaceBefore=9, spaceAfter=11, backColor=colors.whitesmoke),
        "control": ParagraphStyle("control", parent=body, fontSize=8, leftIndent=12, textColor=colors.grey),
        "small": ParagraphStyle("small", parent=body, fontSize=7.5, textColor=colors.grey, spaceBefore=14),
        "cover": ParagraphStyle("cover", fontName=bold, fontSize=22, leading=27, spaceAfter=14),
    }  # fmt: skip


def _inline(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text, quote=False))


def write_reportlab(source: Source, path: Path) -> None:
    """Write a PDF through ReportLab with running header and footer."""
    settings = source.settings
    styles = _styles(str(settings.get("face", "sans")))
    doc = _Document(
        str(path), pagesize=A4, invariant=1, title=str(settings.get("title", "")), author=str(settings.get("header_left", "")),
        leftMargin=26 * mm, rightMargin=24 * mm, topMargin=28 * mm, bottomMargin=25 * mm,
    )  # fmt: skip

    def header(canvas: Canvas, _doc: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(24 * mm, A4[1] - 14 * mm, str(settings.get("header_left", "")))
        canvas.drawRightString(A4[0] - 20 * mm, A4[1] - 14 * mm, str(settings.get("header_right", "")))
        canvas.setLineWidth(0.4)
        canvas.line(24 * mm, A4[1] - 16 * mm, A4[0] - 20 * mm, A4[1] - 16 * mm)
        canvas.drawString(24 * mm, 12 * mm, str(settings.get("footer", "")))

    frame = Frame(doc.leftMargin, doc.bottomMargin, doc.width, doc.height, id="f")
    doc.addPageTemplates([PageTemplate(id="p", frames=[frame], onPage=header)])
    flow: list[Flowable] = []
    for node in source.nodes:
        flow.extend(_flow(node, styles, doc.width))
    doc.multiBuild(flow, canvasmaker=_NumberedCanvas)


def _flow(node: Node, styles: dict[str, ParagraphStyle], width: float) -> list[Flowable]:
    if node.kind == "heading":
        number = f"{node.number} " if node.number else ""
        para = Paragraph(number + _inline(node.text), styles[f"h{min(node.level, 3)}"])
        if node.level <= 2:
            para.toc_level = node.level - 1
        return [para]
    if node.kind == "para":
        return [Paragraph(_inline(node.text), styles["body"])]
    if node.kind == "bullet":
        style = styles["bullet"]
        if node.level == 2:
            style = ParagraphStyle("b2", parent=style, leftIndent=28, bulletIndent=17)
        return [Paragraph(_inline(node.text), style, bulletText="–" if node.level == 2 else "•")]
    if node.kind == "ordered":
        return [Paragraph(_inline(node.text), styles["bullet"], bulletText=f"{node.options['label']})")]
    if node.kind in ("box", "control", "small"):
        return [Paragraph(_inline(node.text), styles[node.kind])]
    if node.kind == "table":
        return [_table(node, styles, width), Spacer(1, 7)]
    if node.kind == "pagebreak":
        return [PageBreak()]
    if node.kind == "cover":
        title, *rest = node.text.split(" | ")
        lines = [Paragraph(_inline(line), styles["body"]) for line in rest]
        return [Spacer(1, 150), Paragraph(_inline(title), styles["cover"]), *lines, PageBreak()]
    if node.kind == "toc":
        toc = TableOfContents(dotsMinLevel=0)
        toc.levelStyles = [
            ParagraphStyle("t1", fontName="Helvetica", fontSize=10, leading=14),
            ParagraphStyle("t2", fontName="Helvetica", fontSize=9, leading=12, leftIndent=16),
        ]
        return [Paragraph("Innehåll", styles["cover"]), toc, PageBreak()]
    return []


def _table(node: Node, styles: dict[str, ParagraphStyle], width: float) -> LongTable:
    columns = len(node.rows[0])
    shares = (
        [float(w) for w in node.options["widths"].split(",")] if "widths" in node.options else [100 / columns] * columns
    )
    data = [
        [Paragraph(_inline(c), styles["cellb" if n == 0 and node.header else "cell"]) for c in row]
        for n, row in enumerate(node.rows)
    ]
    look: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    style = node.options.get("style", "grid")
    if style == "grid":
        look.append(("GRID", (0, 0), (-1, -1), 0.5, colors.black))
        if node.header:
            look.append(("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#dde3e6")))
    elif style == "lines":
        look.append(("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey))
    return LongTable(
        data, colWidths=[width * s / sum(shares) for s in shares], repeatRows=1 if node.header else 0,
        splitInRow=1, style=TableStyle(look),
    )  # fmt: skip
