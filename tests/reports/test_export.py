"""Tables and files: the same rows everywhere, text never a formula, fields of OCDS as its schema has them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from builders import ROOT
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment
from cirkular_krav.pipeline import assess
from cirkular_krav.reports.export import export_tables
from cirkular_krav.reports.ocds import export_ocds, release
from cirkular_krav.reports.tables import TABLES, MatchRow, to_frame
from cirkular_krav.reports.words import load_words
from cirkular_krav.results import write_results

WORDS = load_words("sv")
# From the extension's release-schema.json and codelists.
GOALS = {"environmental.circularEconomy", "environmental.recycling", "environmental.resourceReuse"}
STRATEGIES = {"awardCriteria", "contractPerformanceConditions", "selectionCriteria", "technicalSpecifications"}


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return assess(ROOT / "corpus" / "procurements" / "mobler-norrsjo")


@pytest.fixture(scope="module")
def sly(assessment: Assessment) -> Assessment:
    """The same with a first requirement that a spreadsheet would calculate."""
    first = assessment.requirements[0].model_copy(update={"raw_text": '=HYPERLINK("http://example.org")', "text": "+1"})
    procurement = assessment.procurement.model_copy(update={"title": "@SUM(1)", "buyer": "-1+1"})
    return assessment.model_copy(
        update={"requirements": (first, *assessment.requirements[1:]), "procurement": procurement}
    )


def rows_of(assessment: Assessment, table: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in TABLES[table].rows(assessment, WORDS)]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_row_has_its_columns_with_the_types_they_promise(assessment: Assessment, name: str) -> None:
    rows = rows_of(assessment, name)
    assert rows
    for row in rows:
        for value, kind in zip(row, TABLES[name].columns.values(), strict=True):
            assert value is None or isinstance(value, kind)


def test_a_match_stands_with_the_text_and_place_of_its_requirement(assessment: Assessment) -> None:
    places = {m.text: m.place for m in map(MatchRow._make, rows_of(assessment, "matches")) if m.criterion == "MOB-01"}
    share = next(text for text in places if text.startswith("Minst 25 procent"))
    assert places[share] == "avsnitt 2.1, stycke 41"


def test_csv_holds_every_row_and_nothing_that_a_spreadsheet_calculates(tmp_path: Path, sly: Assessment) -> None:
    paths = export_tables([sly], tmp_path / "ut")
    assert [path.name for path in paths] == [f"{name}.csv" for name in TABLES]
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = list(csv.reader(file))
        assert head == list(TABLES[path.stem].columns)
        assert len(rows) == len(rows_of(sly, path.stem))
        for row in rows:
            for cell, kind in zip(row, TABLES[path.stem].columns.values(), strict=True):
                assert kind is not str or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (tmp_path / "ut" / "requirements.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    text = (tmp_path / "ut" / "requirements.csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in text


def test_excel_holds_every_table_with_swedish_headings_and_no_formula(tmp_path: Path, sly: Assessment) -> None:
    export_tables([sly], tmp_path / "ut.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "ut.xlsx")
    assert workbook.sheetnames[:3] == ["Upphandlingar", "Krav", "Träffar"]
    sheet = workbook["Krav"]
    assert [cell.value for cell in sheet[1]][:3] == ["Upphandling", "Krav-id", "Dokument"]
    assert sheet.max_row == 1 + len(sly.requirements)
    assert '=HYPERLINK("http://example.org")' in [cell.value for cell in sheet[2]]
    assert not [c for page in workbook for row in page.iter_rows() for c in row if c.data_type == "f" or c.hyperlink]
    assert workbook["Upphandlingar"]["B2"].value == "@SUM(1)"


def test_json_lines_hold_the_values_as_they_are(tmp_path: Path, sly: Assessment) -> None:
    export_tables([sly], tmp_path / "r.jsonl", tables=["requirements"])
    lines = (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()
    assert [tuple(json.loads(line).values()) for line in lines] == rows_of(sly, "requirements")


def test_parquet_holds_the_values_and_types(tmp_path: Path, sly: Assessment) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra frames is not installed")
    export_tables([sly, sly], tmp_path / "ut", kind="parquet")
    for name in TABLES:
        table = parquet.read_table(tmp_path / "ut" / f"{name}.parquet")
        assert table.column_names == list(TABLES[name].columns)
        assert [tuple(row.values()) for row in table.to_pylist()] == 2 * rows_of(sly, name)


def test_a_frame_holds_the_rows_and_missing_numbers_stay_missing(tmp_path: Path, assessment: Assessment) -> None:
    pytest.importorskip("pandas", reason="the extra frames is not installed")
    frame = to_frame(assessment)
    assert list(frame["requirement"]) == [r.id for r in assessment.requirements]
    assert frame["page"].isna().sum() == sum(r.location.kind != "pdf" for r in assessment.requirements)
    assert str(frame["page"].dtype) == "Int64"
    write_results([assessment], tmp_path / "r.jsonl")
    assert to_frame(tmp_path / "r.jsonl", "matches").equals(to_frame([assessment], "matches"))
    assert to_frame([], "conflicts").empty


def test_what_is_missing_is_told_with_what_to_install(
    tmp_path: Path, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pandas", "pyarrow"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=r"cirkular-krav\[frames\]"):
        to_frame(assessment)
    with pytest.raises(UsageError, match=r"cirkular-krav\[frames\]"):
        export_tables([assessment], tmp_path, kind="parquet")


def test_wrong_choices_are_sentences_and_leave_no_file(tmp_path: Path, assessment: Assessment) -> None:
    with pytest.raises(UsageError, match="Tabellen krav finns inte"):
        export_tables([assessment], tmp_path / "ut", tables=["krav"])
    with pytest.raises(UsageError, match="rymmer en tabell"):
        export_tables([assessment], tmp_path / "ut.csv")
    with pytest.raises(UsageError, match="Formatet pdf"):
        export_tables([assessment], tmp_path / "ut", kind="pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_release_has_the_fields_and_codes_of_ocds_and_its_extension(assessment: Assessment) -> None:
    found = release(assessment, load_catalogue(), prefix="ocds-abc123", date="2026-11-20")
    assert {"ocid", "id", "date", "tag", "initiationType"} <= set(found)
    assert set(found) <= {"ocid", "id", "date", "tag", "initiationType", "language", "buyer", "parties", "tender"}
    assert found["ocid"] == "ocds-abc123-mobler-norrsjo"
    tender = found["tender"]
    assert tender["hasSustainability"] is True
    goals = {entry["goal"]: entry for entry in tender["sustainability"]}
    assert set(goals) == GOALS
    for entry in goals.values():
        assert set(entry) <= {"goal", "strategies", "description"}
        assert set(entry["strategies"]) <= STRATEGIES
    assert "MOB-01" in goals["environmental.resourceReuse"]["description"]
    assert "technicalSpecifications" in goals["environmental.resourceReuse"]["strategies"]


def test_what_was_not_found_is_left_out_and_never_set_to_false() -> None:
    quiet = assess(ROOT / "corpus" / "procurements" / "tolktjanster-gransmark")
    tender = release(quiet, load_catalogue(), prefix="ocds-abc123", date="2026-11-20")["tender"]
    assert not {"hasSustainability", "sustainability"} & set(tender)


@pytest.mark.parametrize(("prefix", "date"), [("", "2026-11-20"), ("ocds-abc123", ""), ("mitt", "2026-11-20")])
def test_ocds_asks_for_what_may_not_be_made_up(tmp_path: Path, assessment: Assessment, prefix: str, date: str) -> None:
    with pytest.raises(UsageError, match="ocid-prefix"):
        export_ocds([assessment], tmp_path / "o.jsonl", load_catalogue(), prefix=prefix, date=date)


def test_the_command_writes_from_a_stored_result(tmp_path: Path, assessment: Assessment) -> None:
    write_results([assessment], tmp_path / "r.json")
    command = [
        sys.executable,
        "-m",
        "cirkular_krav",
        "export",
        str(tmp_path / "r.json"),
        "--out",
        str(tmp_path / "k.xlsx"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert "k.xlsx" in done.stdout
    assert (tmp_path / "k.xlsx").is_file()
