"""The evaluation: labels are paired one to one, figures carry their counts and intervals, and nothing is hidden."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders import ROOT, make_requirement
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.evaluation import evaluate
from cirkular_krav.evaluation.counting import Tally, macro_f1, rate, share
from cirkular_krav.evaluation.labels import ExpectedRequirement, align, read_expected
from cirkular_krav.evaluation_types import Evaluation

PROCUREMENTS = ROOT / "corpus" / "procurements"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Evaluation:
    root = tmp_path_factory.mktemp("labelled")
    for name in ("kontorsstolar-ornsjo", "tolktjanster-gransmark"):
        shutil.copytree(PROCUREMENTS / name, root / name)
    return evaluate(root, catalogue)


def label(text: str, document: str = "krav.txt", **changes: object) -> ExpectedRequirement:
    return ExpectedRequirement.model_validate(
        {"document": document, "text": text, "kind": "technical_specification", "obligation": "mandatory", **changes}
    )


def test_labels_and_findings_are_paired_one_to_one_the_nearest_first() -> None:
    labels = [label("Stolen ska hålla i tio år."), label("Stolen ska hålla i tio år efter leverans.")]
    found = [
        make_requirement("K1", "Stolen ska hålla i tio år efter leverans."),
        make_requirement("K2", "Stolen ska hålla i tio år."),
    ]
    assert [r.id if r else None for _, r in align(labels, found)] == ["K2", "K1"]


def test_half_the_words_must_be_shared_and_the_document_be_the_same() -> None:
    found = [make_requirement("K1", "Stolen ska hålla i tio år.")]
    assert align([label("Bordet är runt och vitt och ska vara höjbart.")], found)[0][1] is None
    assert align([label("Stolen ska hålla i tio år.", document="annat.txt")], found)[0][1] is None


def tally(right: int, found: int, wanted: int) -> Tally:
    made = Tally()
    made.counts.update({"x:right": right, "x:found": found, "x:wanted": wanted})
    return made


def test_a_rate_has_its_counts_and_an_interval_over_whole_procurements() -> None:
    measured = rate([tally(4, 5, 8), tally(0, 5, 2)], "x")
    assert (measured.right, measured.found, measured.wanted) == (4, 10, 10)
    assert (measured.precision, measured.recall) == (0.4, 0.4)
    assert measured.precision_interval == (0.0, 0.8)


def test_what_could_not_be_counted_is_no_zero() -> None:
    measured = rate([tally(0, 0, 0)], "x")
    assert (measured.precision, measured.recall, measured.precision_interval) == (None, None, None)
    assert share([Tally()], "part", "whole").value is None
    assert macro_f1([Tally()], "kind").value is None


def test_a_wrong_class_lowers_the_mean_over_the_classes() -> None:
    right, wrong = Tally(), Tally()
    right.pair("kind", "formal", "formal")
    wrong.pair("kind", "information", "formal")
    assert macro_f1([right, wrong], "kind").value == pytest.approx(1 / 3, abs=0.001)


def test_every_label_of_a_procurement_is_counted_and_the_quiet_one_told_apart(measured: Evaluation) -> None:
    expected = [
        read_expected(PROCUREMENTS / n / "expected" / "expected.yaml")
        for n in ("kontorsstolar-ornsjo", "tolktjanster-gransmark")
    ]
    assert measured.labels == sum(len(e.requirements) for e in expected)
    assert measured.scores["quiet_left_empty"].value is not None
    assert set(measured.baselines) == {"keywords", "bm25", "fuzzy"}


def test_the_wrong_ones_are_told_with_their_text_and_what_was_wanted(measured: Evaluation) -> None:
    total = measured.rates["family"]
    assert (total.right == total.wanted == total.found) == (not [w for w in measured.wrong if w.wanted or w.found])
    assert all(w.text for w in measured.wrong)


def test_a_faulty_label_file_is_a_sentence_with_the_field(tmp_path: Path) -> None:
    path = tmp_path / "expected.yaml"
    path.write_text('schema_version: 1\nlabelled_by: "x"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="labelled_on"):
        read_expected(path)


def test_a_folder_without_labels_is_a_sentence(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "krav.txt").write_text("Stolen ska hålla.", encoding="utf-8")
    with pytest.raises(UsageError, match="inga märkta"):
        evaluate(tmp_path, catalogue)
