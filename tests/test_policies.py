"""Steering documents are policies: quoted beside what the procurements ask for, never scored as requirements."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders import ROOT
from cirkular_krav import assess_many, build_baseline, load_catalogue, render
from cirkular_krav.baseline import read_policies
from cirkular_krav.organisations import load_organisations
from cirkular_krav.pipeline import find_procurements

CATALOGUE = load_catalogue()


@pytest.fixture
def county(tmp_path: Path) -> Path:
    folder = tmp_path / "Åre kommun"
    shutil.copytree(ROOT / "corpus" / "procurements" / "kontorsstolar-ornsjo", folder / "kontorsstolar")
    policies = folder / "styrdokument"
    policies.mkdir()
    (policies / "inkopspolicy.txt").write_text(
        "Inköpspolicy\n\nVid inköp av möbler ska kommunen i första hand välja begagnade och renoverade möbler.\n\n"
        "Kommunen ska vara en god arbetsgivare.\n",
        encoding="utf-8",
    )
    return tmp_path


def test_steering_documents_are_no_procurement_and_give_no_points(county: Path) -> None:
    found = find_procurements(county)
    assert [path.name for path in found] == ["kontorsstolar"]
    (result,) = assess_many(county, CATALOGUE)
    assert not any("styrdokument" in row.path or "policy" in row.path for row in result.ledger)


def test_a_policy_is_quoted_under_its_goal_beside_what_the_organisation_asks_for(county: Path) -> None:
    texts = read_policies(county, CATALOGUE, load_organisations())
    assert [(one.party.key, one.documents) for one in texts] == [("are", ("inkopspolicy.txt",))]
    found = build_baseline(assess_many(county, CATALOGUE), CATALOGUE, policies=texts)
    goals = {goal.goal: goal for goal in found.policies[0].goals}
    assert "begagnade och renoverade möbler" in goals["A"].says[0].text
    assert not any("arbetsgivare" in said.text for goal in goals.values() for said in goal.says)
    text = render(found, CATALOGUE)
    assert "POLICY SÄGER, KRAV GÖR" in text
    assert "Åre kommun: styrdokument som lästs: inkopspolicy.txt" in text


def test_the_share_is_of_the_same_organisations_procurements(county: Path) -> None:
    listed = load_organisations()
    (county / "Åre kommun" / "kontorsstolar" / "procurement.yaml").write_text('buyer: "Åre kommun"\n', encoding="utf-8")
    texts = read_policies(county, CATALOGUE, listed)
    asked = build_baseline(assess_many(county, CATALOGUE), CATALOGUE, policies=texts).policies[0].goals[0].asks
    assert (asked.numerator, asked.denominator, asked.value) == (1, 1, None)


def test_without_steering_documents_there_is_no_table(tmp_path: Path) -> None:
    assert read_policies(tmp_path, CATALOGUE, load_organisations()) == ()
