"""Branches and small firms: signs told only where they can be known, and never mixed into the score."""

from __future__ import annotations

from typing import Any

import pytest

from builders import make_catalogue, make_criterion, make_document, make_requirement
from cirkular_krav import build_baseline, render
from cirkular_krav.baseline.small_firms import hindering_signs, index_of, opening_signs
from cirkular_krav.catalogue_types import SmallSuppliers
from cirkular_krav.models import Assessment, Lot, Notice, ObstacleHit, Winner
from test_baseline import assessment

CATALOGUE = make_catalogue(
    [make_criterion("GEN-01", small_suppliers=SmallSuppliers(effect="opens", note_sv="Ja.")), make_criterion("GEN-02", small_suppliers=SmallSuppliers(effect="burdens", note_sv="Nej."))]
    + [make_criterion(f"GEN-{i:02d}") for i in range(3, 10)]
)  # fmt: skip


def saying(text: str, **changes: Any) -> Assessment:
    one = assessment(None, catalogue=CATALOGUE)
    return one.model_copy(update={"requirements": (make_requirement("S1", text, **changes),)})


@pytest.mark.parametrize(
    ("sign", "text", "present"),
    [
        ("certificate_alone", "Leverantören ska vara certifierad enligt ISO 14001.", True),
        ("certificate_alone", "Leverantören ska vara certifierad enligt ISO 14001 eller likvärdigt.", False),
        ("certificate_alone", "Leverantören ska ha ISO 9001 eller eget kvalitetssystem.", False),
        ("references", "Anbudsgivaren ska lämna tre referensuppdrag.", True),
        ("references", "Anbudsgivaren ska lämna en referens.", False),
        ("own_declaration", "Anbudsgivaren ska lämna en egenförsäkran.", True),
        ("proof_from_winner", "Vinnande anbudsgivare ska på begäran visa intyg.", True),
        ("proof_from_winner", "Anbudsgivaren ska visa intyg i anbudet.", False),
        ("reserved", "Kontraktet är en reserverad upphandling för sociala företag.", True),
    ],
)
def test_a_sign_is_read_from_the_words_of_a_requirement(sign: str, text: str, present: bool) -> None:
    one = saying(text)
    assert (opening_signs(one, CATALOGUE) | hindering_signs(one, CATALOGUE))[sign] is present


def test_equivalence_that_is_said_elsewhere_in_the_requirement_counts() -> None:
    one = saying("Leverantören ska vara certifierad enligt ISO 14001.", or_equivalent=True)
    assert not hindering_signs(one, CATALOGUE)["certificate_alone"]


def test_turnover_hinders_only_where_it_is_demanded_of_the_supplier() -> None:
    text = "Anbudsgivarens årsomsättning ska vara minst 20 miljoner kronor."
    assert hindering_signs(saying(text, kind="selection_criterion"), CATALOGUE)["turnover"]
    assert not hindering_signs(saying(text, obligation="information"), CATALOGUE)["turnover"]


def test_a_justified_brand_is_no_hindrance() -> None:
    hit = ObstacleHit(id="K1:HIN-06", requirement_id="K1", obstacle_id="HIN-06", evidence=())
    for reason, present in (("", True), ("compatibility", False)):
        one = saying("Varan ska passa.").model_copy(
            update={"obstacles": (hit.model_copy(update={"justified_by": reason}),)}
        )
        assert hindering_signs(one, CATALOGUE)["brand"] is present


def test_circular_requirements_open_or_burden_as_the_catalogue_says() -> None:
    opens, burdens = (assessment(name, catalogue=CATALOGUE) for name in ("GEN-01", "GEN-02"))
    assert opening_signs(opens, CATALOGUE)["circular_opening"]
    assert not hindering_signs(opens, CATALOGUE)["circular_burdening"]
    assert hindering_signs(burdens, CATALOGUE)["circular_burdening"]


def test_without_a_notice_nothing_is_said_of_lots_or_days() -> None:
    assert "lots" not in opening_signs(saying("x"), CATALOGUE)
    assert "short_time" not in hindering_signs(saying("x"), CATALOGUE)
    told = make_document(notice=Notice(published="2026-03-02", deadline="2026-03-12"))
    one = assessment(None, documents=(told,), lots=(Lot(id="1"), Lot(id="2")))
    assert opening_signs(one, CATALOGUE)["lots"]
    assert hindering_signs(one, CATALOGUE)["short_time"]


def test_the_index_goes_from_only_hindering_to_only_opening() -> None:
    assert index_of({"lots": True}, {"brand": False}) == 1
    assert index_of({"lots": False}, {"brand": True}) == -1
    assert index_of({}, {}) == 0


def test_high_ambition_with_few_bids_is_shown_and_changes_no_score() -> None:
    low = assessment("GEN-01", id="low", cpv=("39130000",), bids=1)
    high = low.model_copy(
        update={
            "score": low.score.model_copy(update={"value": 70}),
            "procurement": low.procurement.model_copy(
                update={"id": "high", "winners": (Winner(size="micro", town="Ås"),)}
            ),
        }
    )
    found = build_baseline([low, high], CATALOGUE.model_copy(), sensitivity=False)
    (branch,) = found.branches
    assert (branch.division, branch.few_bids, branch.bids, branch.winner_towns) == ("39", ("high",), 1, {"Ås": 1})
    assert found.total.spread.count == 2
    text = render(found, CATALOGUE)
    assert "men högst två anbud: high" in text
    assert "mäts inte" not in text.split("BRANSCHER")[1].split("SÅ LÄSES")[0]


def test_where_no_notice_tells_of_bids_and_winners_they_are_not_measured() -> None:
    text = render(build_baseline([assessment()], CATALOGUE, sensitivity=False), CATALOGUE)
    assert "Anbud, vinnare och deltagande: mäts inte" in text
