"""Weights that stand apart from their criteria: whole evaluation chapters, each criterion with its share or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import ROOT
from cirkular_krav.evaluation.parts import as_markdown
from cirkular_krav.models import Requirement
from cirkular_krav.pipeline import read_procurement
from cirkular_krav.segment import find_requirements
from cirkular_krav.understanding.award_names import alike
from cirkular_krav.understanding.award_scheme import read_scheme, same_name
from cirkular_krav.yamlfile import read_yaml

MODELS = read_yaml(ROOT / "corpus" / "procurements" / "award-models.yaml").data["models"]
CHAPTERS = read_yaml(Path(__file__).parent / "chapters" / "award.yaml").data


def chapter(folder: Path, text: str) -> Path:
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "utvardering.md").write_text(as_markdown(text), encoding="utf-8")
    return folder


def share(name: str, folder: Path, text: str) -> float | None:
    blocks = read_procurement(chapter(folder, text)).documents[0].blocks
    return next(
        (i.share for i in read_scheme(blocks) if same_name(i.name, name) or alike(i.name, name) or alike(name, i.name)),
        None,
    )


@pytest.mark.parametrize("model", [pytest.param(m, id=m["id"]) for m in MODELS if m["id"].startswith("dev-")])
def test_each_criterion_has_the_share_that_the_whole_chapter_gives_it(model: dict, tmp_path: Path) -> None:
    for n, criterion in enumerate(model["criteria"]):
        found = share(criterion["text"], tmp_path / str(n), model["text"])
        assert found == pytest.approx(criterion.get("share"), abs=0.005), criterion["text"]


@pytest.mark.parametrize("case", [pytest.param(c, id=c["about"]) for c in CHAPTERS])
def test_a_weight_is_read_however_the_chapter_writes_it(case: dict, tmp_path: Path) -> None:
    for n, (name, wanted) in enumerate(case["shares"].items()):
        found = share(name, tmp_path / str(n), case["text"])
        assert found == (None if wanted == "unknown" else pytest.approx(wanted, abs=0.005)), name
    if not case["shares"]:
        assert not [r.text for r in requirements(tmp_path / "p", case["text"]) if r.award and r.award.share]


def requirements(folder: Path, text: str) -> tuple[Requirement, ...]:
    return find_requirements(read_procurement(chapter(folder, text)))


def test_a_weight_in_the_table_reaches_what_stands_under_the_criterions_own_heading(tmp_path: Path) -> None:
    text = (
        "# Utvärdering\n| Kriterium | Vikt |\n| Pris | 70 % |\n| Återbrukade möbler | 30 % |\n## Återbrukade möbler\n"
        "Anbudsgivaren ska ange hur stor andel av möblerna som är återbrukade."
    )
    asked = next(r for r in requirements(tmp_path / "p", text) if r.text.startswith("Anbudsgivaren"))
    assert asked.award is not None
    assert asked.award.share == pytest.approx(0.3)


def test_several_weights_in_one_sentence_become_one_criterion_each(tmp_path: Path) -> None:
    text = "# Utvärdering\nAnbudspriset väger 65 procent, leveranstid 15 procent och andel begagnat 20 procent."
    found = {r.text: r.award.share for r in requirements(tmp_path / "p", text) if r.award}
    assert found["andel begagnat"] == pytest.approx(0.2)
    assert found["leveranstid"] == pytest.approx(0.15)


def test_a_number_in_another_table_is_no_weight(tmp_path: Path) -> None:
    text = "# Avfall\n| Fraktion | Andel |\n| Trä | 40 % |\n| Gips | 60 % |\nAvfall ska sorteras."
    assert all(r.award is None for r in requirements(tmp_path / "p", text))
