"""Stored results: read back as they were, written whole or not at all, by one run at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import ROOT
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.errors import CannotWriteError, OutputInUseError, UsageError
from cirkular_krav.models import Assessment
from cirkular_krav.pipeline import assess, assess_requirements
from cirkular_krav.results import read_results, replacing, write_results


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return assess(ROOT / "corpus" / "procurements" / "tolktjanster-gransmark")


@pytest.mark.parametrize("name", ["en.json", "flera.jsonl"])
def test_what_was_written_is_read_back_the_same(tmp_path: Path, assessment: Assessment, name: str) -> None:
    write_results([assessment], tmp_path / name)
    assert read_results(tmp_path / name) == (assessment,)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_snapshot_of_the_catalogue_is_kept_beside_and_scores_the_same_again(
    tmp_path: Path, assessment: Assessment
) -> None:
    catalogue = load_catalogue()
    write_results([assessment], tmp_path / "r.jsonl", catalogue=catalogue)
    snapshot = load_catalogue(tmp_path / "r.catalogue.json")
    assert snapshot == load_catalogue(examples=False)
    again = assess_requirements(assessment.procurement, assessment.requirements, snapshot)
    assert again == assessment


def test_the_old_result_stays_when_a_run_fails_halfway(tmp_path: Path) -> None:
    path = tmp_path / "resultat.jsonl"
    path.write_text("gammalt", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), replacing(path) as file:  # noqa: PT012 - the fault must come inside
        file.write("halvt")
        raise ZeroDivisionError
    assert path.read_text(encoding="utf-8") == "gammalt"
    assert [p.name for p in tmp_path.iterdir()] == ["resultat.jsonl"]


def test_two_runs_never_write_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "resultat.jsonl"
    with replacing(path), pytest.raises(OutputInUseError, match=r"resultat\.jsonl"), replacing(path):
        pass


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError, match="mappen finns inte"), replacing(tmp_path / "saknas" / "r.json"):
        pass


def test_a_json_file_holds_one_procurement_only(tmp_path: Path, assessment: Assessment) -> None:
    with pytest.raises(UsageError, match="jsonl"):
        write_results([assessment, assessment], tmp_path / "r.json")


@pytest.mark.parametrize("text", ["", "{}", "inte json"])
def test_something_else_than_a_result_is_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="ingen resultatfil"):
        read_results(path)


def test_a_line_separator_in_a_text_does_not_break_the_file(tmp_path: Path, assessment: Assessment) -> None:
    procurement = assessment.procurement.model_copy(update={"title": "Möbler\u2028del 2\x85"})
    odd = assessment.model_copy(update={"procurement": procurement})
    write_results([odd, assessment], tmp_path / "r.jsonl")
    assert read_results(tmp_path / "r.jsonl") == (odd, assessment)


def test_a_run_that_fails_leaves_the_old_snapshot(tmp_path: Path, assessment: Assessment) -> None:
    catalogue = load_catalogue()
    write_results([assessment], tmp_path / "r.json", catalogue=catalogue)
    newer = catalogue.model_copy(update={"version": "9999.1"})
    with pytest.raises(UsageError, match="bara hålla en"):
        write_results([assessment, assessment], tmp_path / "r.json", catalogue=newer)
    assert load_catalogue(tmp_path / "r.catalogue.json").version == catalogue.version
