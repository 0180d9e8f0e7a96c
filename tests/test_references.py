"""Where references lead: to another document, to a part of it, or nowhere; never to a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import ROOT
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.models import Reference, Requirement
from cirkular_krav.pipeline import assess, read_procurement
from cirkular_krav.reports.assessment import assessment_text
from cirkular_krav.reports.explain import explain
from cirkular_krav.reports.words import load_words
from cirkular_krav.segment import find_requirements

CORPUS = ROOT / "corpus" / "procurements"
ANNEX = "# Bilaga 3 Produktkrav\n\n## 4 Garanti\n\n### 4.1 Tid\n\nGaranti ska lämnas i fem år.\n\n### 4.2 Delar\n\nReservdelar ska finnas i tio år.\n"
LIST = "# Inbjudan\n\n- Bilaga 1 Inbjudan\n- Bilaga 2 Prislista\n- Bilaga 4 Miljökrav\n"
SPECIFICATION = (
    "# Kravspecifikation\n\n| Nr | Krav | Typ |\n|---|---|---|\n| 3.1 | Stolarna ska vara återbrukade. | Ska |\n"
    "| 3.2 | Reservdelar ska finnas i minst tio år. | Ska |\n"
)


def found(folder: Path, **documents: str) -> list[Requirement]:
    (folder / "documents").mkdir()
    (folder / "procurement.yaml").write_text("id: p\ntitle: Möbler\n", encoding="utf-8")
    for name, text in documents.items():
        (folder / "documents" / f"{name}.md").write_text(text, encoding="utf-8")
    return list(find_requirements(read_procurement(folder)))


def only(requirements: list[Requirement], start: str) -> tuple[Reference, ...]:
    return next(r for r in requirements if r.text.startswith(start)).references


@pytest.mark.parametrize("words", ["bilaga 3 punkt 4.2", "punkt 4.2 i bilaga 3", "avsnitt 4.2 i Bilaga 3"])
def test_an_annex_is_known_by_the_title_inside_it_and_a_part_by_its_number(tmp_path: Path, words: str) -> None:
    requirements = found(tmp_path, avtal=f"# Avtal\n\nDelar ska finnas enligt {words}.\n", produktkrav=ANNEX)
    (reference,) = only(requirements, "Delar ska")
    target = next(r for r in requirements if r.text.startswith("Reservdelar"))
    assert (reference.document, reference.requirement_ids) == ("produktkrav.md", (target.id,))
    assert reference.heading == "4.2 Delar"
    assert reference.location is not None


def test_a_heading_leads_to_all_that_stands_under_it(tmp_path: Path) -> None:
    requirements = found(tmp_path, avtal="# Avtal\n\nVarorna ska följa bilaga 3 kapitel 4.\n", bilaga_3=ANNEX)
    (reference,) = only(requirements, "Varorna ska")
    assert len(reference.requirement_ids) == 2
    assert reference.document == "bilaga_3.md"


def test_the_list_of_annexes_tells_which_file_is_meant(tmp_path: Path) -> None:
    text = "# Avtal\n\nAvfall ska sorteras enligt bilaga 4. Priser ska anges i bilaga 5.\n"
    requirements = found(tmp_path, avtal=text, inbjudan=LIST, miljokrav="# Krav\n\nAvfall ska vägas.\n")
    assert [r.document for r in only(requirements, "Avfall ska sorteras")] == ["miljokrav.md"]
    assert [r.document for r in only(requirements, "Priser ska")] == [""]


def test_a_number_that_two_other_documents_have_is_not_followed(tmp_path: Path) -> None:
    contract = "# Avtal\n\nStatistik ska lämnas enligt krav 3.1.\n"
    one = found(tmp_path, avtal=contract, kravspecifikation=SPECIFICATION)
    assert only(one, "Statistik ska")[0].document == "kravspecifikation.md"
    (tmp_path / "documents" / "tjanstekrav.md").write_text(
        SPECIFICATION.replace("Stolarna", "Borden"), encoding="utf-8"
    )
    two = list(find_requirements(read_procurement(tmp_path)))
    assert only(two, "Statistik ska")[0].document == ""


def test_a_part_is_first_looked_for_in_the_same_document(tmp_path: Path) -> None:
    contract = (
        "# Avtal\n\n## 3.1 Statistik\n\nStatistik ska lämnas.\n\n## 5 Vite\n\nVite ska betalas enligt punkt 3.1.\n"
    )
    requirements = found(tmp_path, avtal=contract, kravspecifikation=SPECIFICATION)
    assert only(requirements, "Vite ska")[0].document == "avtal.md"


def test_above_and_below_are_the_neighbours_under_the_same_heading(tmp_path: Path) -> None:
    text = "# Krav\n\n## Stolar\n\nStolar ska kunna lagas.\n\nBord ska uppfylla kraven ovan.\n\n## Skåp\n\nSkåp ska uppfylla ovanstående krav.\n"
    requirements = found(tmp_path, krav=text)
    (reference,) = only(requirements, "Bord ska")
    assert reference.requirement_ids == (requirements[0].id,)
    assert only(requirements, "Skåp ska")[0].document == ""


def test_a_procurement_with_real_files_is_followed_and_told(tmp_path: Path) -> None:
    catalogue = load_catalogue()
    assessment = assess(CORPUS / "datorer-exempelby", catalogue)
    requirement = next(r for r in assessment.requirements if "enligt krav 3.7" in r.text)
    (reference,) = requirement.references
    target = next(r for r in assessment.requirements if r.id == reference.requirement_ids[0])
    assert (reference.document, target.number) == ("02-kravformular-service.xlsx", "3.7")
    told = explain(assessment, requirement.id, catalogue)
    assert "Hänvisar till krav 3.7: 02-kravformular-service.xlsx" in told
    assert "HÄNVISNINGAR" not in assessment_text(assessment, catalogue, load_words("sv"))


def test_what_could_not_be_followed_is_listed_for_the_reader(tmp_path: Path) -> None:
    found(tmp_path, avtal="# Avtal\n\nAvfall ska sorteras enligt bilaga 7.\n\nGlas ska sorteras enligt bilaga 7.\n")
    text = assessment_text(assess(tmp_path), load_catalogue(), load_words("sv"))
    assert "HÄNVISNINGAR SOM INTE KUNDE FÖLJAS" in text
    assert "bilaga 7: 2 krav, först i avtal.md" in text
