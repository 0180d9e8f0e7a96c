"""The workbook of one or many procurements: every answer has its row, no answer is a zero, no text is a formula."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from builders import ROOT
from cirkular_krav import assess, load_catalogue
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import Assessment
from cirkular_krav.reports.assessment_workbook import assessment_workbook

PROCUREMENTS = ROOT / "corpus" / "procurements"
PAYLOADS = ('=HYPERLINK("http://x";"y")', "+1+1", "@SUMMA(A1)", "-2+3", "\t=1+1", "http://exempel.se", "{=1}")


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def assessed(name: str = "mobler-norrsjo") -> Assessment:
    return assess(PROCUREMENTS / name, catalogue())


def book(*assessments: Assessment, language: str = "sv") -> Workbook:
    return openpyxl.load_workbook(BytesIO(assessment_workbook(assessments, catalogue(), language=language)))


def table(workbook: Workbook, sheet: str) -> list[dict[str, Any]]:
    rows = list(workbook[sheet].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_every_requirement_match_gap_obstacle_and_file_has_its_row() -> None:
    one = assessed()
    workbook = book(one)
    assert [row["Id"] for row in table(workbook, "Krav")] == [r.id for r in one.requirements]
    assert {row["Id"] for row in table(workbook, "Träffar")} == {m.id for m in one.matches}
    missing = {o.criterion_id for o in one.outcomes if o.value in ("not_asked", "could_not_be_read")}
    assert {row["Kriterium"].split()[0] for row in table(workbook, "Luckor")} == missing
    shown = table(workbook, "Hinder och konflikter")
    assert {row["Hinder"].split()[0] for row in shown} == {o.obstacle_id for o in one.obstacles}
    assert sum(row["Gör omöjligt"] not in (None, "") for row in shown) == len(one.conflicts)
    assert {row["Fil"] for row in table(workbook, "Vad som lästes")} == {row.path for row in one.ledger}


def test_a_row_can_be_followed_across_the_paper_and_an_organisation_number_is_written_as_people_do() -> None:
    workbook = book(assessed())
    assert all(page.print_options.gridLines for page in workbook.worksheets[:-1])
    assert "999900-1010" in table(workbook, "Översikt")[0].values()


def test_a_procurement_without_a_score_has_an_empty_cell_and_a_reason_never_a_zero() -> None:
    workbook = book(assessed(), assessed("tolktjanster-gransmark"), assessed("textilservice-sagdal"))
    rows = {row["Upphandling"]: row for row in table(workbook, "Översikt")}
    assert (rows["tolktjanster-gransmark"]["Poäng"], rows["tolktjanster-gransmark"]["Status"]) == (None, "ej relevant")
    assert rows["textilservice-sagdal"]["Status"] == "ofullständigt underlag"
    assert rows["textilservice-sagdal"]["Kunde inte läsas helt"] == "02-avtal-skannat.pdf"
    assert rows["mobler-norrsjo"]["Poäng"] == assessed().score.value
    unread = [row for row in table(workbook, "Vad som lästes") if row["Läsning"] == "ingen text"]
    assert "OCR" in unread[0]["Vad som hände och vad man gör"]


def hostile() -> Assessment:
    one = assessed()
    requirements = tuple(
        requirement.model_copy(
            update={"raw_text": PAYLOADS[i % len(PAYLOADS)], "text": PAYLOADS[i % len(PAYLOADS)], "quantities": (),
                    "heading_path": (PAYLOADS[(i + 1) % len(PAYLOADS)],)}
        )
        for i, requirement in enumerate(one.requirements)
    )  # fmt: skip
    procurement = one.procurement.model_copy(update={"title": PAYLOADS[0], "buyer": PAYLOADS[2]})
    return one.model_copy(update={"requirements": requirements, "procurement": procurement})


def test_no_text_of_a_document_becomes_a_formula_or_a_link() -> None:
    with zipfile.ZipFile(BytesIO(assessment_workbook([hostile()], catalogue()))) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                content = package.read(name)
                assert b"<f>" not in content
                assert b"hyperlink" not in content


def test_the_same_assessments_give_the_same_bytes() -> None:
    assert assessment_workbook([assessed()], catalogue()) == assessment_workbook([assessed()], catalogue())


def test_every_table_has_a_filter_and_a_header_that_stays() -> None:
    workbook = book(assessed())
    for page in workbook.worksheets[:-1]:
        assert page.auto_filter.ref.startswith("A1:"), page.title
        assert page.freeze_panes.endswith("2"), page.title


def test_the_english_workbook_has_english_headers_and_the_buyers_own_words() -> None:
    swedish, english = book(assessed()), book(assessed(), language="en")
    assert english.sheetnames[0] == "Overview"
    assert [r["Kravets text"] for r in table(swedish, "Krav")] == [
        r["Text of the requirement"] for r in table(english, "Requirements")
    ]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_libreoffice_shows_the_same_texts_and_keeps_the_filters(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(assessment_workbook([hostile()], catalogue()))
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "ut"), str(path)], check=True, capture_output=True, timeout=180
    )
    saved = openpyxl.load_workbook(tmp_path / "ut" / "a.xlsx")
    shown = {row["Kravets text"] for row in table(saved, "Krav")}
    assert {payload.strip() for payload in PAYLOADS} <= {str(text).strip() for text in shown}
    assert all(page.auto_filter.ref for page in saved.worksheets[:-1])
