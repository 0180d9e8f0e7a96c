"""Office files written by hand, part by part, since the ones that are hard to read cannot be made by a library."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = (
    f'xmlns:r="{RELATIONS}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def write_zip(path: Path, parts: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def write_zip_with_twins(path: Path, parts: list[tuple[str, str]]) -> Path:
    """Write an archive in which a name may occur more than once."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for name, data in parts:
            archive.writestr(name, data)
    return path


def relations(*lines: tuple[str, str], base: str = RELATIONS) -> str:
    """Relationship lines as (kind, target); a target with ``://`` is external. Ids are rId1, rId2 …"""
    text = ""
    for number, (kind, target) in enumerate(lines, start=1):
        mode = ' TargetMode="External"' if "://" in target else ""
        text += f'<Relationship Id="rId{number}" Type="{base}/{kind}" Target="{target}"{mode}/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{text}</Relationships>'


def word_part(root: str, inner: str, namespace: str = TRANSITIONAL) -> str:
    return f'<w:{root} xmlns:w="{namespace}" {_WORD}>{inner}</w:{root}>'


def docx(
    path: Path,
    body: str,
    *,
    styles: str = "",
    numbering: str = "",
    others: dict[tuple[str, str], str | bytes] | None = None,
    namespace: str = TRANSITIONAL,
    document: str = "",
) -> Path:
    """Write a Word file; ``others`` maps (kind of relationship, file name under word/) to the part."""
    base = STRICT_RELATIONS if namespace == STRICT else RELATIONS
    parts: dict[tuple[str, str], str | bytes] = dict(others or {})
    if styles:
        parts["styles", "styles.xml"] = word_part("styles", styles, namespace)
    if numbering:
        parts["numbering", "numbering.xml"] = word_part("numbering", numbering, namespace)
    return write_zip(
        path,
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": relations(("officeDocument", "word/document.xml"), base=base),
            "word/document.xml": document or word_part("document", f"<w:body>{body}</w:body>", namespace),
            "word/_rels/document.xml.rels": relations(*parts, base=base),
            **{f"word/{name}": data for (_, name), data in parts.items() if "://" not in name},
        },
    )


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(text: str = "", style: str = "", properties: str = "") -> str:
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = text if text.startswith("<") or not text else run(text)
    return f"<w:p><w:pPr>{style}{properties}</w:pPr>{inner}</w:p>"


def numbered(text: str, number: int = 1, level: int = 0) -> str:
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def cell(inner: str, properties: str = "") -> str:
    inner = inner if inner.startswith("<") else paragraph(inner)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def style(identity: str, name: str, inner: str = "", based_on: str = "") -> str:
    based = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="paragraph" w:styleId="{identity}"><w:name w:val="{name}"/>{based}{inner}</w:style>'


def level(number: int, text: str, form: str = "decimal", extra: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def text_cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet_rows(*rows: str) -> str:
    return f"<sheetData>{''.join(rows)}</sheetData>"


def xlsx(
    path: Path,
    sheet: str,
    *,
    shared: str | bytes = b"",
    others: dict[str, str | bytes] | None = None,
    beside: tuple[tuple[str, str], ...] = (),
    namespace: str = SHEET,
    base: str = RELATIONS,
    states: str = "",
) -> Path:
    """Write a workbook of one sheet, Blad1; ``beside`` are the relationships of the sheet, ``others`` more parts."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES.replace(
            "</Types>",
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.sheet.main+xml"/></Types>',
        ),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml"), base=base),
        "xl/workbook.xml": (
            f'<workbook xmlns="{namespace}" xmlns:r="{base}"><sheets>'
            f'<sheet name="Blad1" sheetId="1" {states} r:id="rId1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{namespace}">{sheet}</worksheet>',
    }
    own = [("worksheet", "worksheets/sheet1.xml")]
    if shared:
        parts["xl/sharedStrings.xml"] = shared
        own.append(("sharedStrings", "sharedStrings.xml"))
    if beside:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(*beside, base=base)
    parts["xl/_rels/workbook.xml.rels"] = relations(*own, base=base)
    return write_zip(path, {**parts, **(others or {})})


def ole(*names: str) -> bytes:
    """Return a small OLE2 container with empty streams of these names at its root."""
    entries = [("Root Entry", 5, 1)] + [(name, 2, 0) for name in names]
    directory = b""
    for number, (name, kind, child) in enumerate(entries):
        raw = name.encode("utf-16-le")
        right = number + 1 if 0 < number < len(entries) - 1 else 0xFFFFFFFF
        links = [0xFFFFFFFF, right, child if child else 0xFFFFFFFF]
        directory += raw.ljust(64, b"\0") + (len(raw) + 2).to_bytes(2, "little") + bytes([kind, 1])
        directory += b"".join(link.to_bytes(4, "little") for link in links) + bytes(48)
    sectors = -(-len(directory) // 512)
    fat = [0xFFFFFFFD] + [at + 2 for at in range(sectors)]
    fat[-1] = 0xFFFFFFFE
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0" + bytes(6)
    header += (0).to_bytes(4, "little") + (1).to_bytes(4, "little") + (1).to_bytes(4, "little") + bytes(4)
    header += (4096).to_bytes(4, "little") + b"\xfe\xff\xff\xff" + bytes(4) + b"\xfe\xff\xff\xff" + bytes(4)
    header += (0).to_bytes(4, "little") + b"\xff\xff\xff\xff" * 108
    table = b"".join(item.to_bytes(4, "little") for item in fat).ljust(512, b"\xff")
    return header + table + directory.ljust(sectors * 512, b"\0")
