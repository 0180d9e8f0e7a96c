"""The fitted part of the catalogue: made from labelled texts, tried on what was held out, read back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from cirkular_krav import load_catalogue
from cirkular_krav.catalogue import FITTED, WEIGHTS
from cirkular_krav.catalogue_types import Catalogue, FittedHead
from cirkular_krav.errors import CatalogueError, UsageError
from cirkular_krav.training import matching
from cirkular_krav.training.passages import COLUMNS, read_passages
from cirkular_krav.yamlfile import read_yaml

ROOT = Path(__file__).parents[2]
HEAD = "\t".join(COLUMNS)


def line(criteria: str, text: str, obstacles: str = "") -> str:
    return "\t".join([criteria, obstacles, "", "contract_condition", "mandatory", "near", "", "Krav", text])


def corpus_of(folder: Path, voices: dict[str, list[str]]) -> Path:
    (folder / "passages").mkdir(parents=True)
    for name, lines in voices.items():
        (folder / "passages" / f"{name}.tsv").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return folder


def small_catalogue() -> Catalogue:
    """Three criteria and no obstacles, so that fitting takes a second."""
    whole = load_catalogue()
    fields = {name: getattr(whole, name) for name in Catalogue.model_fields}
    few = tuple(whole.by_id[i] for i in ("GEN-05", "GEN-06", "GEN-09"))
    return Catalogue(**{**fields, "criteria": few, "obstacles": (), "fitted": None})


def test_what_three_writers_say_alike_is_found_in_a_fourth_and_what_none_said_is_not(tmp_path: Path) -> None:
    odd = "Zebravilka {} ska glimmas om av firman."
    plain = "Fakturan {} ska ställas till ekonomikontoret."
    voices = {
        f"rost{v}": [line("GEN-06", odd.format(n)) for n in range(6)] + [line("", plain.format(n)) for n in range(12)]
        for v in range(5)
    }
    corpus = corpus_of(tmp_path, voices)
    model, report = matching.train_matching(corpus, small_catalogue())
    figures = {(h.what, h.where, h.method): h for h in report}
    assert figures["family", "passages", "terms"].right == 0
    judged = figures["family", "passages", "judged"]
    assert judged.right == judged.found == judged.wanted > 0
    assert model.held_out["family.passages.judged"]["recall"] == 1.0


def test_the_judges_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    fitted = load_catalogue().fitted
    assert fitted is not None
    path = tmp_path / FITTED
    path.write_text(matching.write_head(fitted), encoding="utf-8")
    head = FittedHead.model_validate(read_yaml(path).data)
    assert head.family == fitted.family
    assert head.obstacle == fitted.obstacle


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("criteria\ttext\nGEN-06\tLagas.\n", "rad 1: kolumnerna ska vara"),
        (f"{HEAD}\nGEN-06\tLagas.\n", "rad 2: raden ska ha 9 fält"),
    ],
)
def test_a_faulty_passage_file_is_told_with_its_line(tmp_path: Path, content: str, says: str) -> None:
    corpus = corpus_of(tmp_path, {})
    (corpus / "passages" / "fel.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        read_passages(corpus, load_catalogue())


def test_every_label_of_the_passages_is_a_criterion_or_an_obstacle() -> None:
    catalogue = load_catalogue()
    known = {*catalogue.by_id, *catalogue.obstacles_by_id}
    passages = read_passages(ROOT / "corpus", catalogue)
    assert {i for p in passages for i in (*p.criteria, *p.obstacles)} <= known
    assert {p.group.split("/")[0] for p in passages} == {"passages", "procurements", "reversed", "catalogue"}


def test_no_passage_stands_in_a_sealed_part() -> None:
    """Only fingerprints are compared, so that the sealed texts stay unread."""
    from cirkular_krav.evaluation.labels import labels_of, read_expected
    from cirkular_krav.pipeline import find_procurements
    from cirkular_krav.text import hash_text

    sealed = {
        hash_text(label.text)
        for part in ("sealed-1", "sealed-2")
        for source in find_procurements(ROOT / "corpus" / part)
        for label in read_expected(labels_of(source)).requirements
        if label.criteria or label.obstacles
    }
    learnt = [p for p in read_passages(ROOT / "corpus", load_catalogue()) if p.criteria or p.obstacles]
    assert [p.requirement.text for p in learnt if hash_text(p.requirement.text) in sealed] == []


def test_judges_without_weights_are_a_fault_of_the_catalogue(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "criteria"
    shutil.copytree(ROOT / "criteria", folder)
    (folder / WEIGHTS).write_text("inte vikter\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="Vikterna som hör till fitted.yaml saknas eller är skadade"):
        load_catalogue(folder)
    (folder / FITTED).unlink()
    (folder / WEIGHTS).unlink()
    assert load_catalogue(folder).fitted is None
