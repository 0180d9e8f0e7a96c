"""What finally applies: answers, amendments and revised documents withdraw and replace requirements."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import ROOT
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.models import Requirement
from cirkular_krav.pipeline import assess, read_procurement
from cirkular_krav.segment import find_requirements

SPECIFICATION = (
    "# Krav på möbler\n\n| Nr | Krav | Typ |\n|---|---|---|\n| 3.1 | Stolarna ska vara återbrukade. | Ska |\n"
    "| 3.2 | Reservdelar ska finnas i minst tio år. | Ska |\n| 3.3 | Tyget ska tåla 100 000 varv enligt Martindale. | Ska |\n"
)


def found(folder: Path, **documents: str) -> dict[str, Requirement]:
    (folder / "documents").mkdir()
    (folder / "procurement.yaml").write_text('id: p\ntitle: Möbler\ncpv: ["39100000"]\n', encoding="utf-8")
    for name, text in documents.items():
        (folder / "documents" / f"{name}.md").write_text(text, encoding="utf-8")
    return {r.number or r.text: r for r in find_requirements(read_procurement(folder)) if r.document.startswith("krav")}


@pytest.mark.parametrize(
    ("answer", "number", "status"),
    [
        ("## Fråga 1\n\nGäller krav 3.1 alla stolar?\n\nSvar: Krav 3.1 utgår.", "3.1", "withdrawn"),
        (
            "## Fråga 1\n\nKan ni mildra krav 3.3?\n\nSvar: Ja, kravet ändras. Tyget ska tåla 60 000 varv.",
            "3.3",
            "replaced",
        ),
        (
            "## Fråga 1\n\nKrav 3.3 är högt för ull.\n\nSvar: Kravet ändras för soffor till 60 000 varv. För övriga kvarstår "
            "100 000 varv.",
            "3.3",
            "limited",
        ),
        (
            "## Fråga 1\n\nVar köper vi delar?\n\nSvar: Kravet ”Reservdelar ska finnas i minst tio år” stryks.",
            "3.2",
            "withdrawn",
        ),
    ],
)
def test_an_answer_changes_the_requirement_it_means(tmp_path: Path, answer: str, number: str, status: str) -> None:
    requirements = found(tmp_path, krav=SPECIFICATION, fragor_och_svar=f"# Frågor och svar\n\n{answer}\n")
    assert {r.number: r.change.status for r in requirements.values() if r.change} == {number: status}
    change = requirements[number].change
    assert change is not None
    assert change.document.startswith("fragor")
    assert "Svar:" in change.text


@pytest.mark.parametrize(
    "answer",
    [
        "## Fråga 1\n\nKan krav 3.1 utgå?\n\nSvar: Nej, kravet ändras inte.",
        "## Fråga 1\n\nHur blir det med vite?\n\nSvar: Vid brist mot krav 3.1 utgår vite.",
        "## Fråga 1\n\nVad gäller?\n\nSvar: Krav 9.9 utgår.",
        "## Fråga 1\n\nÄndras krav 3.2?",
    ],
)
def test_an_answer_that_changes_nothing_we_know_leaves_all_as_it_was(tmp_path: Path, answer: str) -> None:
    requirements = found(tmp_path, krav=SPECIFICATION, fragor_och_svar=f"# Frågor och svar\n\n{answer}\n")
    assert [r.number for r in requirements.values() if r.change] == []


def test_a_revised_document_replaces_the_earlier_of_the_same_name(tmp_path: Path) -> None:
    revised = SPECIFICATION.replace("minst tio år", "minst sju år")
    (tmp_path / "documents").mkdir()
    (tmp_path / "procurement.yaml").write_text("id: p\n", encoding="utf-8")
    for name, text in (
        ("kravspec", SPECIFICATION),
        ("kravspec rev 2", revised),
        ("krav pris", "# Pris\n\nPris ska anges.\n"),
    ):
        (tmp_path / "documents" / f"{name}.md").write_text(text, encoding="utf-8")
    requirements = find_requirements(read_procurement(tmp_path))
    ended = {(r.document, r.number): r.change.status for r in requirements if r.change}
    assert ended == {
        ("kravspec.md", "3.1"): "replaced",
        ("kravspec.md", "3.2"): "withdrawn",
        ("kravspec.md", "3.3"): "replaced",
    }


def test_what_is_withdrawn_counts_for_nothing_and_hinders_nothing(tmp_path: Path) -> None:
    catalogue = load_catalogue(ROOT / "criteria")
    found(tmp_path, krav=SPECIFICATION, avtal="# Avtal\n\nLevererade stolar ska vara fabriksnya.\n")
    before = assess(tmp_path, catalogue)
    assert before.conflicts
    (tmp_path / "documents" / "fragor_och_svar.md").write_text(
        "# Frågor och svar\n\nKrav 3.1 utgår.\n", encoding="utf-8"
    )
    after = assess(tmp_path, catalogue)
    assert [m for m in after.matches if m.criterion_id == "MOB-01"], "both texts are still shown"
    assert next(o.value for o in before.outcomes if o.criterion_id == "MOB-01") == "asked"
    assert next(o.value for o in after.outcomes if o.criterion_id == "MOB-01") == "not_asked"
    assert not after.conflicts
