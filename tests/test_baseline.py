"""The first baseline: counts per organisation, the headline share with its interval, and silence about small groups."""

from __future__ import annotations

from typing import Any

import pytest

from builders import make_catalogue, make_criterion, make_match, make_procurement, make_requirement
from cirkular_krav.baseline import build_baseline, has_headline_requirement, share_of, swedish_key, wilson
from cirkular_krav.errors import NothingToDoError, UsageError
from cirkular_krav.models import Assessment
from cirkular_krav.pipeline import versions
from cirkular_krav.scoring import score_procurement

CATALOGUE = make_catalogue(
    [make_criterion(f"GEN-{i:02d}") for i in range(1, 9)]
    + [
        make_criterion("GEN-20", counts="supporting"),
        make_criterion("GEN-21", importance=1),
        make_criterion("GEN-22", strategies=("R9",)),
    ]
)


def assessment(criterion: str | None = "GEN-01", *, match: dict[str, Any] | None = None, **facts: Any) -> Assessment:
    requirement = make_requirement(**{key: facts.pop(key) for key in ("kind", "obligation") if key in facts})
    matches = (make_match(criterion_id=criterion, **(match or {})),) if criterion else ()
    procurement = make_procurement(**{"buyer": "Exempelby", "organisation_number": "9999001010", **facts})
    scored = score_procurement(procurement, (requirement,), matches, (), CATALOGUE)
    return Assessment(
        versions=versions(CATALOGUE), procurement=procurement, ledger=(), requirements=(requirement,), matches=scored.matches,
        obstacles=(), conflicts=(), outcomes=scored.outcomes, score=scored.score,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "counts"),
    [
        ({}, True),
        ({"kind": "award_criterion", "obligation": "desirable"}, True),
        ({"obligation": "desirable"}, False),
        ({"obligation": "effort"}, False),
        ({"match": {"confidence": "low"}}, False),
        ({"match": {"ambition": "law"}}, False),
        ({"criterion": "GEN-20", "match": {"counts": "supporting"}}, False),
        ({"criterion": "GEN-21"}, False),
        ({"criterion": "GEN-22"}, False),
        ({"criterion": None}, False),
    ],
)
def test_the_headline_asks_for_a_binding_checkable_circular_requirement_beyond_the_law(
    case: dict[str, Any], counts: bool
) -> None:
    assert has_headline_requirement(assessment(**case), CATALOGUE) is counts


def test_organisations_are_told_apart_by_number_and_a_row_for_all_is_added() -> None:
    many = [assessment(id=f"a{i}") for i in range(5)] + [
        assessment(None, id="b", buyer="Åby", organisation_number="9999001028")
    ]
    rows = build_baseline(many, CATALOGUE).rows
    assert [(r.organisation, r.procurements, r.scored) for r in rows] == [
        ("Exempelby", 5, 5),
        ("Åby", 1, 1),
        ("*", 6, 6),
    ]
    assert (rows[2].headline.numerator, rows[2].headline.denominator) == (5, 6)


def test_under_five_scored_there_are_only_counts() -> None:
    row = build_baseline([assessment(id=f"a{i}") for i in range(4)], CATALOGUE).rows[0]
    assert (row.headline.numerator, row.headline.denominator, row.headline.low, row.median) == (4, 4, None, None)


def test_the_unread_leave_the_share_and_widen_its_bounds() -> None:
    share = share_of(3, 6, unread=4)
    assert (share.bound_low, share.bound_high) == (0.3, 0.7)
    assert share.numerator / share.denominator == 0.5


def test_wilsons_interval_is_the_published_one() -> None:
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 15 of 148.
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=0.0001)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=0.0001)


def test_swedish_letters_sort_last() -> None:
    assert sorted(["Östersund", "Åre", "Berg", "Ängby", "Zon"], key=swedish_key) == [
        "Berg",
        "Zon",
        "Åre",
        "Ängby",
        "Östersund",
    ]


def test_a_baseline_of_nothing_is_a_sentence() -> None:
    with pytest.raises(NothingToDoError):
        build_baseline([], CATALOGUE)


def test_assessments_with_different_rulers_are_not_put_in_one_baseline() -> None:
    one, other = assessment(id="a"), assessment(id="b")
    other = other.model_copy(update={"versions": other.versions.model_copy(update={"scoring": "9999.1"})})
    with pytest.raises(UsageError, match="olika kataloger"):
        build_baseline([one, other], CATALOGUE)
