"""Making files come out the same every time: zip members without a clock, PDFs without dates and random ids."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import BinaryIO

STAMP = (2026, 11, 20, 0, 0, 0)


def write_zip(path: Path | BinaryIO, members: dict[str, bytes]) -> None:
    """Write a zip whose members have a fixed date and come in the order given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)


def settle_office(path: Path) -> None:
    """Rewrite a DOCX or XLSX so that a second run gives the same bytes."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    core = members.get("docProps/core.xml")
    if core:
        members["docProps/core.xml"] = re.sub(
            rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>2026-11-20T00:00:00Z", core
        )
    write_zip(path, members)


def settle_pdf(path: Path, title: str = "") -> None:
    """Rewrite a PDF without dates, XMP and random ids."""
    import pikepdf

    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        if "/Metadata" in pdf.Root:
            del pdf.Root.Metadata
        for key in ("/CreationDate", "/ModDate", "/DocChecksum"):
            if key in pdf.docinfo:
                del pdf.docinfo[key]
        if title:
            pdf.docinfo["/Title"] = title
        for key in ("/DocChecksum", "/ID"):
            if key in pdf.trailer:
                del pdf.trailer[key]
        pdf.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
