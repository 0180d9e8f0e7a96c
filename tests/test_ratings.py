"""Specialists' ratings: given blind, read back with every fault, and compared with each other and with the bands."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from builders import ROOT, make_procurement
from cirkular_krav import assess, load_catalogue, render
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.evaluation.ratings import compare_ratings
from cirkular_krav.evaluation_types import Rating
from cirkular_krav.models import Assessment, ProcurementScore, Versions
from cirkular_krav.review.ratings import export_ratings, read_ratings


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def assessed() -> Assessment:
    return assess(ROOT / "corpus" / "procurements" / "kontorsstolar-ornsjo", catalogue())


def scored(identifier: str, value: int | None) -> Assessment:
    score = ProcurementScore(
        status="scored" if value is not None else "not_relevant", value=value, low=value, high=value, band="",
        relevance="high", applicable=9, read_share=1.0,
    )  # fmt: skip
    return Assessment(
        versions=Versions(library="0", catalogue="t", catalogue_fingerprint="x", scoring="1"),
        procurement=make_procurement(id=identifier), ledger=(), requirements=(), matches=(), obstacles=(),
        conflicts=(), outcomes=(), score=score,
    )  # fmt: skip


SCORES = {
    f"p{i:02d}": value for i, value in enumerate((0, 0, 5, 12, 18, 25, 31, 38, 45, 52, 58, 64, 71, 78, 84, 90, 96))
}
ASSESSMENTS = [scored(identifier, value) for identifier, value in SCORES.items()]


def band(value: int) -> int:
    return max(i for i, b in enumerate(catalogue().scoring.bands) if value >= b.at_least)


def ratings(rater: str, change: Any = lambda value: band(value)) -> list[Rating]:
    return [Rating(procurement=p, rater=rater, value=change(v)) for p, v in SCORES.items()]


def test_the_sheet_holds_nothing_that_the_program_found() -> None:
    content = export_ratings([assessed()])
    book = openpyxl.load_workbook(BytesIO(content))
    texts = {str(cell.value) for page in book.worksheets for row in page.iter_rows() for cell in row if cell.value}
    assert not {t for t in texts if any(m.criterion_id in t for m in assessed().matches)}
    assert str(assessed().score.value) not in texts
    assert assessed().procurement.id in texts


def test_a_filled_in_sheet_comes_back_and_its_faults_have_cells(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(BytesIO(export_ratings([assessed(), *ASSESSMENTS[:2]])))
    page = book["Betyg"]
    page["E2"], page["E3"] = "3 etablerad", 6
    path = tmp_path / "betyg.xlsx"
    book.save(path)
    with pytest.raises(UsageError, match=r"(?s)Börja här!B2.*Betyg!E3: ”6” är inget betyg"):
        read_ratings(path)
    book["Börja här"]["B2"], page["E3"] = "Bedömare A", 4
    book.save(path)
    found = {rating.procurement: rating.value for rating in read_ratings(path)}
    assert found == {page["A2"].value: 3, page["A3"].value: 4}


def test_ratings_that_equal_the_bands_agree_fully_and_the_limits_stand() -> None:
    found = compare_ratings(ratings("A") + ratings("B"), ASSESSMENTS, catalogue())
    assert [(a.kappa.value, a.spearman.value) for a in found.raters] == [(1.0, 1.0)]
    assert {a.kappa.value for a in found.machine} == {1.0}
    assert [(limit.wrong, limit.best) for limit in found.limits] == [
        (0, b.at_least) for b in catalogue().scoring.bands[1:]
    ]


def test_ratings_against_the_bands_agree_negatively() -> None:
    found = compare_ratings(ratings("A", lambda value: 5 - band(value)), ASSESSMENTS, catalogue())
    (machine,) = found.machine
    assert machine.kappa.value is not None
    assert machine.kappa.value < 0
    assert machine.spearman.value == pytest.approx(-0.98, abs=0.02)


def test_a_known_kappa_comes_out() -> None:
    """Two raters one step apart on every fourth of twelve: counted out by hand from Cohen's definition."""
    first = [0, 1, 2, 3, 4, 5] * 2
    second = [0, 1, 2, 4, 4, 5, 0, 2, 2, 3, 4, 4]
    observed = sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) / 12
    expected = sum((a - b) ** 2 for a in first for b in second) / 144
    given = [
        Rating(procurement=f"p{i:02d}", rater=r, value=v)
        for r, vs in (("A", first), ("B", second))
        for i, v in enumerate(vs)
    ]
    (agreement,) = compare_ratings(given, ASSESSMENTS, catalogue()).raters
    assert agreement.kappa.value == pytest.approx(1 - observed / expected, abs=1e-4)
    assert agreement.kappa.interval is not None
    assert agreement.kappa.interval[0] < agreement.kappa.value < agreement.kappa.interval[1] + 1e-9


def test_stricter_specialists_move_the_best_limit_up() -> None:
    found = compare_ratings(ratings("A", lambda value: band(max(0, value - 15))), ASSESSMENTS, catalogue())
    leading = next(limit for limit in found.limits if limit.band == "leading")
    assert leading.best is not None
    assert leading.limit < leading.best <= 96


def test_few_or_equal_ratings_and_those_without_a_score_are_said_and_not_computed() -> None:
    few = compare_ratings(ratings("A")[:5], [*ASSESSMENTS], catalogue())
    assert few.machine[0].kappa.value is None
    assert few.limits == ()
    same = compare_ratings(ratings("A", lambda _: 3), ASSESSMENTS, catalogue())
    assert same.machine[0].spearman.value is None
    unscored = compare_ratings(
        [*ratings("A"), Rating(procurement="u", rater="A", value=0)], [*ASSESSMENTS, scored("u", None)], catalogue()
    )
    assert unscored.unscored == ("u",)
    text = render(few, catalogue())
    assert "för få" in text
    with pytest.raises(UsageError, match="samma resultat"):
        compare_ratings([Rating(procurement="annan", rater="A", value=1)], ASSESSMENTS, catalogue())
    with pytest.raises(UsageError, match="två olika betyg"):
        compare_ratings([*ratings("A"), Rating(procurement="p00", rater="A", value=5)], ASSESSMENTS, catalogue())
