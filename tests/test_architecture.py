"""One direction: which module may import which, and third-party libraries in one home each (design b4)."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "cirkular_krav"

BASE = {"models", "errors", "text", "organisation_number"}
READ = BASE | {"readers", "ledger"}
# module (or package) → what it may import of ours. A new module without a row fails.
MAY_IMPORT: dict[str, set[str]] = {
    "models": set(),
    "errors": set(),
    "evaluation_types": {"models"},
    "text": {"errors"},
    "organisation_number": set(),
    "yamlfile": {"errors"},
    "readers": BASE,
    "memory_limit": set(),
    "ledger": {"errors", "models"},
    "archive": READ,
    "discovery": READ | {"archive"},
    "worker": READ | {"memory_limit"},
    "child": READ | {"memory_limit"},
    "guard": READ | {"memory_limit", "discovery", "child"},
    "catalogue_types": {"models"},
    "baseline_types": {"models"},
    "catalogue": {"models", "errors", "text", "yamlfile", "catalogue_types", "weights_text"},
    "roles": {"models", "text"},
    "columns": {"text"},
    "understanding": {"linear", "models", "text"},
    "weights_text": set(),
    "linear": {"text", "weights_text"},
    "changes": {"models", "text"},
    "references": {"models", "text", "understanding"},
    "survey": {"models", "understanding"},
    "segment": {"changes", "references", "models", "text", "errors", "columns", "roles", "survey", "understanding"},
    "applicability": {"models", "catalogue_types"},
    "matching": {"linear", "models", "text", "catalogue_types", "applicability", "understanding"},
    "scoring": {"models", "errors", "catalogue_types", "applicability"},
    "facts": BASE | {"yamlfile"},
    "pipeline": BASE
    | {"applicability", "catalogue", "catalogue_types", "decisions", "discovery", "facts", "guard", "matching", "readers", "roles", "scoring", "segment"},
    "result_schema": {"models", "errors"},
    "results": {"models", "errors", "catalogue", "catalogue_types", "result_schema", "store", "writing"},
    "commitments": {"models", "errors", "text", "understanding"},
    "decisions": {"models", "errors", "text", "catalogue_types", "results"},
    "baseline": {"models", "errors", "catalogue_types", "baseline_types", "organisations", "scoring", "pipeline", "segment", "yamlfile", "matching", "facts", "organisation_number"},
    "organisations": {"models", "errors", "yamlfile", "organisation_number"},
    "writing": {"errors"},
    "store_schema": set(),
    "store": {"models", "errors", "catalogue", "catalogue_types", "result_schema", "store_schema", "writing"},
    "engine": {"errors"},
    "batch": BASE | {"readers", "discovery", "guard", "facts", "pipeline", "catalogue", "catalogue_types", "store", "engine"},
    "sealing": {"models", "errors", "catalogue", "catalogue_types", "pipeline", "result_schema", "segment", "store", "store_schema", "writing"},
    "frame_file": {"models", "errors", "text", "organisation_number"},
    "frame": {"models", "catalogue_types", "applicability", "baseline", "baseline_types", "frame_file"},
    "frame_folders": {"errors", "discovery", "facts", "frame_file", "organisation_number", "writing"},
    "catalogue_new": {"errors", "catalogue_types"},
    "catalogue_search": {"text", "errors", "catalogue_types"},
    "catalogue_diff": {"catalogue_types"},
    "catalogue_check": {"models", "text", "catalogue", "catalogue_new", "catalogue_types", "applicability", "matching", "segment"},
    "evaluation": {"evaluation_types", "models", "errors", "text", "yamlfile", "catalogue_types", "pipeline"},
    "reports": {"evaluation_types", "models", "errors", "text", "yamlfile", "catalogue_types", "baseline_types", "batch", "store", "results", "writing", "discovery", "frame", "frame_file", "organisation_number"},
    "review": {"evaluation_types", "baseline_types", "models", "errors", "text", "catalogue_types", "decisions", "readers", "reports"},
    "publish": {"evaluation_types", "models", "errors", "catalogue_types", "baseline", "baseline_types", "evaluation", "frame", "frame_file", "organisations", "pipeline", "reports", "results"},
    # Only the command may fit: nothing that reads or matches imports this.
    "training": {"linear", "models", "errors", "text", "yamlfile", "catalogue", "catalogue_types", "applicability", "columns", "discovery", "evaluation", "evaluation_types", "matching", "pipeline", "roles", "segment", "survey", "understanding"},
    "cli": {"training", "commitments", "catalogue_types", "review", "decisions", "catalogue_search", "catalogue_diff", "catalogue_new", "models", "errors", "catalogue", "catalogue_check", "pipeline", "baseline", "reports", "results", "readers", "evaluation", "publish", "organisations", "store", "batch", "frame", "frame_file", "frame_folders", "sealing"},
    "__main__": {"cli"},
    "__init__": {"commitments", "decisions", "review", "models", "errors", "catalogue", "catalogue_types", "pipeline", "baseline", "reports", "results", "scoring", "segment", "evaluation", "baseline_types", "publish", "store", "batch", "frame", "frame_file", "sealing"},
}  # fmt: skip

# third-party library → the only places of ours that may import it
HOMES: dict[str, set[str]] = {
    "pydantic": {
        "models",
        "evaluation_types",
        "decisions",
        "catalogue_types",
        "catalogue",
        "facts",
        "child",
        "evaluation",
        "organisations",
        "baseline/draw_file",
        "store",
        "sealing",
    },
    "yaml": {"yamlfile"},
    "click": {"cli"},
    "pdfplumber": {"readers/pdf_tables"},
    "pypdfium2": {"readers/pdf", "readers/pdf_page", "readers/pdf_checks", "readers/ocr", "readers/pdf_tables"},
    "pikepdf": {"readers/pdf_checks"},
    "python_calamine": {"readers/sheet", "frame_file"},
    "lxml": {"readers"},
    "jinja2": {"reports/page"},
    "markupsafe": {"reports"},
    "xlsxwriter": {"reports/workbook"},
    "icalendar": {"reports/follow_up"},
    "numpy": {"linear", "matching/fitted", "evaluation", "baseline", "training"},
    "scipy": {"evaluation", "baseline/intervals", "baseline/audit", "training"},
    "rapidfuzz": {"catalogue_search", "evaluation", "readers/assemble", "changes", "matching/wording"},
    "sklearn": {"evaluation", "training"},
    "pytesseract": {"readers/ocr"},
    "distributed": {"engine"},
    "pandas": {"reports/tables"},
    "pyarrow": {"reports/export"},
}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[0]


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_a_module_imports_only_what_stands_before_it_in_the_flow(path: Path) -> None:
    own = name_of(path)
    assert own in MAY_IMPORT, f"{own} has no row in the table of who may import whom"
    ours = {name.split(".")[1] for name in imports_of(path) if name.startswith("cirkular_krav.")}
    assert ours - {own} <= MAY_IMPORT[own]


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_a_third_party_library_is_imported_only_in_its_home(path: Path) -> None:
    shown = path.relative_to(SOURCE).with_suffix("").as_posix()
    for name in {name.split(".")[0] for name in imports_of(path)}:
        if name in sys.stdlib_module_names or name == "cirkular_krav":
            continue
        homes = HOMES.get(name)
        if homes is not None:
            assert shown in homes or shown.split("/")[0] in homes, f"{shown} imports {name}"


def test_the_table_names_no_module_that_is_gone() -> None:
    existing = {name_of(path) for path in modules()}
    assert set(MAY_IMPORT) <= existing


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_no_stage_prints(path: Path) -> None:
    if name_of(path) == "cli":
        return
    calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]
