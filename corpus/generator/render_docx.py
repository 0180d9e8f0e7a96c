"""DOCX through python-docx: heading styles with real numbering, lists, tables with header rows, text boxes.

Also DOCX → PDF through LibreOffice, and the image-only "scanned" PDF.
"""

from __future__ import annotations

import copy
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from markup import Node, Source

from files import settle_office, settle_pdf

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def write_docx(source: Source, path: Path) -> None:
    """Write a DOCX whose numbers come from Word's own numbering, as in real documents."""
    document = Document()
    settings = source.settings
    document.core_properties.title = str(settings.get("title", ""))
    document.core_properties.author = str(settings.get("header_left", ""))
    document.styles["Normal"].font.name = str(settings.get("font", "Liberation Sans"))
    document.styles["Normal"].font.size = Pt(11)
    for level in range(1, 5):
        fonts = document.styles[f"Heading {level}"].element.rPr.rFonts
        for name in list(fonts.attrib):
            del fonts.attrib[name]
        fonts.set(qn("w:ascii"), "Liberation Sans")
        fonts.set(qn("w:hAnsi"), "Liberation Sans")
    _header_footer(document, settings)
    numbering = _Numbering(document)
    if settings.get("numbered", True):
        numbering.number_headings()
    previous = ""
    for node in source.nodes:
        _write(document, node, source, numbering, previous)
        previous = node.kind
    document.save(str(path))
    settle_office(path)


class _Numbering:
    """Adds numbering definitions to the document's numbering part."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.root = document.part.numbering_part.element
        self.next_abstract = 90
        self.current: dict[str, str] = {}

    def number_headings(self) -> None:
        levels = "".join(
            f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading{i + 1}"/>'
            f'<w:lvlText w:val="{".".join(f"%{n + 1}" for n in range(i + 1))}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{567 + 120 * i}" w:hanging="{567 + 120 * i}"/></w:pPr></w:lvl>'
            for i in range(4)
        )
        number = self._add(levels)
        for level in range(1, 5):
            style = self.document.styles[f"Heading {level}"].element
            style.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level - 1}"/><w:numId w:val="{number}"/></w:numPr>')
            )

    def new_list(self, label: str) -> str:
        """Return the id of a new ordered list: ``a)`` when the label is a letter, else ``1)``."""
        form = "lowerLetter" if label.isalpha() else "decimal"
        return self._add(
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="%1)"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl>'
        )

    def _add(self, levels: str) -> str:
        self.next_abstract += 1
        number = str(self.next_abstract)
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        )
        first = self.root.find(qn("w:num"))
        first.addprevious(abstract) if first is not None else self.root.append(abstract)
        self.root.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
        )
        return number


def _header_footer(document: Any, settings: dict[str, Any]) -> None:
    section = document.sections[0]
    section.page_height, section.page_width = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2.4)
    header = section.header.paragraphs[0]
    header.text = f"{settings.get('header_left', '')}\t\t{settings.get('header_right', '')}"
    footer = section.footer.paragraphs[0]
    footer.text = f"{settings.get('footer', '')}\t\tSida "
    _field(footer, "PAGE")
    footer.add_run(" av ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        else:
            instruction = OxmlElement("w:instrText")
            instruction.text = f" {text} "
            run._r.append(instruction)


def _runs(paragraph: Any, text: str) -> None:
    for n, part in enumerate(re.split(r"\*\*", text)):
        if part:
            paragraph.add_run(part).bold = True if n % 2 else None


def _write(document: Any, node: Node, source: Source, numbering: _Numbering, previous: str) -> None:
    if node.kind == "heading":
        paragraph = document.add_heading(level=node.level)
        _runs(paragraph, node.text)
        if source.settings.get("numbered", True) and not node.number:
            paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="0"/></w:numPr>'))
    elif node.kind == "para":
        _runs(document.add_paragraph(), node.text)
    elif node.kind == "bullet":
        _runs(document.add_paragraph(style="List Bullet" if node.level == 1 else "List Bullet 2"), node.text)
    elif node.kind == "ordered":
        if previous != "ordered":
            numbering.current["list"] = numbering.new_list(node.options["label"])
        paragraph = document.add_paragraph()
        number = numbering.current["list"]
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>')
        )
        _runs(paragraph, node.text)
    elif node.kind == "box":
        _text_box(document, node.text)
    elif node.kind in ("control", "small"):
        run = document.add_paragraph().add_run(node.text)
        run.italic = True
        run.font.size = Pt(8)
    elif node.kind == "table":
        _table(document, node)
    elif node.kind == "pagebreak":
        document.add_page_break()
    elif node.kind == "cover":
        title, *rest = node.text.split(" | ")
        document.add_paragraph(title, style="Title")
        for line in rest:
            document.add_paragraph(line)
        document.add_page_break()
    elif node.kind == "toc":
        _contents(document, source)


def _contents(document: Any, source: Source) -> None:
    """Write a contents list as Word leaves it: text, a tab with dots, and a page number that may be out of date."""
    document.add_paragraph().add_run("Innehåll").bold = True
    headings = [n for n in source.nodes if n.kind == "heading" and n.level <= 2]
    for n, node in enumerate(headings):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(16), 2, 1)
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.paragraph_format.left_indent = Cm(0.6 * (node.level - 1))
        paragraph.add_run(f"{node.number} {node.text}\t{3 + n // 4}")
    document.add_page_break()


def _table(document: Any, node: Node) -> None:
    table = document.add_table(rows=0, cols=len(node.rows[0]))
    table.style = "Table Grid"
    table.autofit = False
    widths = [float(w) for w in node.options["widths"].split(",")] if "widths" in node.options else []
    for n, row in enumerate(node.rows):
        cells = table.add_row().cells
        for column, text in enumerate(row):
            cells[column].text = ""
            _runs(cells[column].paragraphs[0], text)
            cells[column].paragraphs[0].paragraph_format.space_before = Pt(3)
            cells[column].paragraphs[0].paragraph_format.space_after = Pt(4)
            for run in cells[column].paragraphs[0].runs:
                run.font.size = Pt(10)
                run.bold = True if n == 0 and node.header else run.bold
            if widths:
                cells[column].width = Cm(16.6 * widths[column] / sum(widths))
    if widths:
        for column, share in zip(table.columns, widths, strict=True):
            column.width = Cm(16.6 * share / sum(widths))
    if node.header:
        properties = table.rows[0]._tr.get_or_add_trPr()
        properties.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    document.add_paragraph()


def _text_box(document: Any, text: str) -> None:
    """Add a text box with both the new drawing and the old fallback, as Word writes it."""
    holder = document.add_paragraph()
    _runs(holder, text)
    runs = [copy.deepcopy(r) for r in holder._p.findall(qn("w:r"))]
    for run in holder._p.findall(qn("w:r")):
        holder._p.remove(run)
    content = "".join(_xml(run) for run in runs)
    inner = f"<w:txbxContent><w:p>{content}</w:p></w:txbxContent>"
    holder._p.append(
        parse_xml(
            f'<w:r xmlns:w="{_W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
            'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
            'xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
            '<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="5800000" cy="900000"/>'
            '<wp:docPr id="1" name="Textruta"/><a:graphic>'
            '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
            '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5800000" cy="900000"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:ln w="9525"><a:solidFill><a:srgbClr val="444444"/>'
            f"</a:solidFill></a:ln></wps:spPr><wps:txbx>{inner}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData>"
            '</a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape style="width:450pt;height:70pt">'
            f"<v:textbox>{inner}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )


def _xml(element: Any) -> str:
    from lxml import etree

    return etree.tostring(element, encoding="unicode")


def write_office_pdf(source: Source, path: Path) -> bool:
    """Write the DOCX and let LibreOffice make a PDF of it; returns False where LibreOffice is not installed."""
    import shutil

    office = shutil.which("soffice")
    if not office:
        return False
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        draft = work / (path.stem + ".docx")
        write_docx(source, draft)
        subprocess.run(
            [office, f"-env:UserInstallation=file://{work}/profile", "--headless", "--convert-to", "pdf",
             "--outdir", str(work), str(draft)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        path.write_bytes(draft.with_suffix(".pdf").read_bytes())
    settle_pdf(path, str(source.settings.get("title", "")))
    return True


def write_scan(source: Source, path: Path) -> None:
    """Write an image-only PDF that looks like a scanned paper: slightly turned, grainy, black and white."""
    import random

    import pypdfium2
    from PIL import Image
    from render_reportlab import write_reportlab

    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "utkast.pdf"
        write_reportlab(source, draft)
        pages = [page.render(scale=110 / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(draft)]
    dice = random.Random(20261120)
    images: list[Image.Image] = []
    for page in pages:
        turned = page.rotate(dice.uniform(-0.6, 0.6), fillcolor=255, resample=Image.Resampling.BICUBIC)
        dots = turned.load()
        for _ in range(250):
            dots[dice.randrange(turned.width), dice.randrange(turned.height)] = 0
        images.append(turned.point(lambda v: 255 if v > 150 else 0).convert("1"))
    images[0].save(path, "PDF", save_all=True, append_images=images[1:], resolution=110)
    settle_pdf(path)
