"""Render the invented procurements and write their labels.

    python corpus/generator/make.py                 all of them
    python corpus/generator/make.py mobler-norrsjo  one
    python corpus/generator/make.py --check         are all labelled texts in the rendered documents?

The label stands beside its sentence in ``sources/<slug>/*.txt``; ``expected/expected.yaml`` is written from there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parent))
# Fonts and LibreOffice's PDFs carry the time of their making; this stops the clock for both.
os.environ["SOURCE_DATE_EPOCH"] = "1795132800"

from markup import Label, Source, read_source

from files import write_zip

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
CORPUS = HERE.parent
# When the labels were set, unless the source says another day (generator: labelled_on).
LABELLED_ON = "2026-11-20"
_LETTERS = re.compile(r"[\W_]+")


def main() -> int:
    """Render, or check, the procurements named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="*")
    parser.add_argument("--check", action="store_true", help="only check that every labelled text can be found")
    arguments = parser.parse_args()
    slugs = arguments.slugs or sorted(p.parent.name for p in SOURCES.glob("*/procurement.yaml"))
    faults: list[str] = []
    for slug in slugs:
        faults += check(slug) if arguments.check else make(slug)
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(slugs)} upphandlingar, {len(faults)} fel")
    return 1 if faults else 0


def out_folder(slug: str) -> Path:
    """Return the part of the corpus a procurement belongs to: ``part`` in its source, else ``procurements``."""
    facts = yaml.safe_load((SOURCES / slug / "procurement.yaml").read_text(encoding="utf-8"))
    return CORPUS / str(facts.get("part", "procurements"))


def make(slug: str) -> list[str]:
    """Render one procurement into ``corpus/<part>/<slug>`` and return what is wrong."""
    folder = SOURCES / slug
    facts = yaml.safe_load((folder / "procurement.yaml").read_text(encoding="utf-8"))
    settings = facts.pop("generator", {})
    out = CORPUS / str(facts.pop("part", "procurements"))
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as work_name:
        work = Path(work_name)
        documents = work / "documents"
        documents.mkdir()
        sources = [read_source(p, {**facts, **settings}) for p in sorted(folder.glob("*.txt"))]
        for source in sources:
            (documents / source.name).parent.mkdir(exist_ok=True)
            if render(source, documents / source.name):
                faults += set_places(source, documents / source.name)
            else:
                # Without LibreOffice the committed file is kept as it stands.
                kept = out / slug / "documents" / source.name
                shutil.copyfile(kept, documents / source.name)
                faults += set_places(source, kept)
        for extra in sorted((folder / "as_is").glob("*")):
            shutil.copyfile(extra, documents / extra.name)
        if settings.get("facts_file", True):
            (work / "procurement.yaml").write_text(_facts(facts), encoding="utf-8")
        place(out, slug, work, _expected(sources, settings), bool(settings.get("zip")))
    print(f"{slug}: {sum(len(s.labels) for s in sources)} märkta krav i {len(sources)} dokument")
    return [f"{slug}: {fault}" for fault in faults]


def render(source: Source, path: Path) -> bool:
    """Render one document; returns False when its producer is not installed."""
    renderer = source.settings["renderer"]
    if renderer in ("docx", "office-pdf", "scan"):
        from render_docx import write_docx, write_office_pdf, write_scan

        if renderer == "office-pdf":
            return write_office_pdf(source, path)
        (write_docx if renderer == "docx" else write_scan)(source, path)
    elif renderer == "reportlab":
        from render_reportlab import write_reportlab

        write_reportlab(source, path)
    elif renderer in ("weasy", "html"):
        from render_html import write_html, write_weasy

        (write_weasy if renderer == "weasy" else write_html)(source, path)
    elif renderer in ("xlsx", "text"):
        from render_xlsx import write_text, write_xlsx

        (write_xlsx if renderer == "xlsx" else write_text)(source, path)
    else:
        raise ValueError(f"okänd renderare {renderer!r}")
    return True


def place(out: Path, slug: str, work: Path, expected: str, as_zip: bool) -> None:
    """Move what was made to its place, as a folder or as a zip with its labels beside it."""
    out.mkdir(exist_ok=True)
    if as_zip:
        members = {str(p.relative_to(work)): p.read_bytes() for p in sorted(work.rglob("*")) if p.is_file()}
        write_zip(out / f"{slug}.zip", members)
        (out / f"{slug}.expected.yaml").write_text(expected, encoding="utf-8")
        return
    target = out / slug
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(work, target)
    target.chmod(0o755)
    (target / "expected").mkdir()
    (target / "expected" / "expected.yaml").write_text(expected, encoding="utf-8")


# --- where a labelled text stands, and whether it can be found -----------------------------------


def squeeze(text: str) -> str:
    """Return letters and digits only, so that line ends, hyphens and spaces do not matter."""
    return _LETTERS.sub("", text).lower()


def pages_of(path: Path) -> list[str]:
    """Return the squeezed text of every page of a PDF, or of the whole file as one page."""
    if path.suffix == ".pdf":
        import pypdfium2

        pdf = pypdfium2.PdfDocument(path)
        return [squeeze(page.get_textpage().get_text_range().replace("\x02", "").replace("\ufffe", "")) for page in pdf]
    if path.suffix == ".docx":
        from docx import Document

        texts = [t.text or "" for t in Document(str(path)).element.body.iter("{*}t", "{*}p") if t.text is not None]
        return [squeeze("".join(texts))]
    if path.suffix == ".xlsx":
        from openpyxl import load_workbook

        rows = (row for sheet in load_workbook(path) for row in sheet.iter_rows(values_only=True))
        return [squeeze(" ".join(str(cell) for row in rows for cell in row if cell is not None))]
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    if path.suffix == ".html":
        import html

        text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return [squeeze(text)]


def find_page(needle: str, pages: list[str]) -> int | None:
    """Return the page (from 1) where the squeezed text stands, also when a page break cuts it."""
    for number, page in enumerate(pages, 1):
        if needle in page:
            return number
    for number in range(len(pages) - 1):
        for cut in range(5, len(needle) - 4):
            if needle[:cut] in pages[number] and needle[cut:] in pages[number + 1]:
                return number + 1
    return None


def set_places(source: Source, path: Path) -> list[str]:
    """Give every label its place and return the texts that cannot be found."""
    if source.settings["renderer"] == "scan":
        for label in source.labels:
            label.place = "skannad, ingen text"
        return []
    pages = pages_of(path)
    faults = []
    for label in source.labels:
        page = find_page(squeeze(label.text), pages)
        if page is None:
            faults.append(f"{source.name}: hittar inte ”{label.text[:80]}”")
        elif path.suffix == ".pdf":
            label.place = f"s. {page}"
    if path.suffix in (".docx", ".html", ".txt"):
        _headings_as_places(source)
    return faults


def _headings_as_places(source: Source) -> None:
    heading = ""
    for node in source.nodes:
        if node.kind == "heading":
            heading = f"{node.number} {node.text}".strip()
        for label in node.labels:
            label.place = heading
        for (row, _), labels in node.cell_labels.items():
            first = node.rows[row][0]
            for label in labels:
                label.place = f"Krav {first}" if re.fullmatch(r"[A-Z]?\d+(\.\d+)*", first) else heading


def check(slug: str) -> list[str]:
    """Read the rendered files and ``expected.yaml`` again and return every text that cannot be found."""
    out = out_folder(slug)
    with tempfile.TemporaryDirectory() as folder:
        root = out / slug
        expected_file = root / "expected" / "expected.yaml"
        if not root.exists():
            root, expected_file = Path(folder), out / f"{slug}.expected.yaml"
            zipfile.ZipFile(out / f"{slug}.zip").extractall(root)
        expected = yaml.safe_load(expected_file.read_text(encoding="utf-8"))
        cache: dict[str, list[str]] = {}
        faults = []
        for row in expected["requirements"]:
            if row["place"] == "skannad, ingen text":
                continue
            name = row["document"]
            pages = cache.setdefault(name, pages_of(root / "documents" / name))
            if find_page(squeeze(row["text"]), pages) is None:
                faults.append(f"{slug}/{name}: hittar inte ”{row['text'][:80]}”")
        return faults


# --- what is written ------------------------------------------------------------------------------


def _quote(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _facts(facts: dict[str, Any]) -> str:
    lines = ["# Påhittad upphandling. Köparen finns inte; organisationsnumret är påhittat.\n"]
    for key, value in facts.items():
        lines.append(f"{key}: {_quote(value)}\n")
    return "".join(lines)


def _expected(sources: Iterable[Source], settings: dict[str, Any]) -> str:
    sources = list(sources)
    complete = [s.name for s in sources if s.settings.get("complete")]
    out = [
        "schema_version: 1\n",
        'labelled_by: "upphovspersonen till texten"\n',
        f'labelled_on: "{settings.get("labelled_on", LABELLED_ON)}"\n',
        f"quiet: {_quote(bool(settings.get('quiet')))}\n",
        f"complete: {_quote(complete)}\n",
        "requirements:" + ("\n" if any(s.labels for s in sources) else " []\n"),
    ]
    for source in sources:
        out += [_row(source.name, label) for label in source.labels]
    return "".join(out)


def _row(document: str, label: Label) -> str:
    fields: dict[str, Any] = {
        "document": document, "text": label.text, "stem": label.stem, "place": label.place, "kind": label.kind,
        "obligation": label.obligation, "criteria": label.criteria, "obstacles": label.obstacles,
        "quantities": label.quantities, "award_share": label.award_share,
        "near_miss_of": label.near_miss_of, "difficulty": label.difficulty, "doubtful": label.doubtful,
    }  # fmt: skip
    always = {"document", "text", "place", "kind", "obligation", "criteria"}
    kept = {k: v for k, v in fields.items() if k in always or v not in ("", [], None, False)}
    lines = [f"{key}: {_quote(value)}\n" for key, value in kept.items()]
    return "  - " + "    ".join(lines)


if __name__ == "__main__":
    sys.exit(main())
