"""The baseline: who is counted where, once; the shares with their intervals; and silence about small groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builders import make_catalogue, make_criterion, make_document, make_match, make_procurement, make_requirement
from cirkular_krav.baseline import build_baseline, has_headline_requirement, swedish_key
from cirkular_krav.baseline.intervals import Answer, share_of, wilson
from cirkular_krav.baseline.power import needed_per_period
from cirkular_krav.catalogue_types import AppliesTo, Catalogue
from cirkular_krav.errors import NothingToDoError, UsageError
from cirkular_krav.models import Assessment, Document, Notice
from cirkular_krav.organisations import load_organisations
from cirkular_krav.pipeline import versions
from cirkular_krav.reports import render
from cirkular_krav.scoring import score_procurement

CATALOGUE = make_catalogue(
    [make_criterion(f"GEN-{i:02d}") for i in range(1, 9)]
    + [
        make_criterion("GEN-20", counts="supporting"),
        make_criterion("GEN-21", importance=1),
        make_criterion("GEN-22", strategies=("R9",)),
    ]
)


def assessment(
    criterion: str | None = "GEN-01",
    *,
    match: dict[str, Any] | None = None,
    catalogue: Catalogue = CATALOGUE,
    **facts: Any,
) -> Assessment:
    requirement = make_requirement(**{key: facts.pop(key) for key in ("kind", "obligation") if key in facts})
    matches = (make_match(criterion_id=criterion, **(match or {})),) if criterion else ()
    procurement = make_procurement(**{"buyer": "Exempelby", "organisation_number": "9999001010", **facts})
    scored = score_procurement(procurement, (requirement,), matches, (), catalogue)
    return Assessment(
        versions=versions(catalogue), procurement=procurement, ledger=(), requirements=(requirement,), matches=scored.matches,
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


def test_organisations_are_told_apart_by_number_and_counted_together_once() -> None:
    many = [assessment(id=f"a{i}") for i in range(5)] + [
        assessment(None, id="b", buyer="Åby", organisation_number="9999001028")
    ]
    found = build_baseline(many, CATALOGUE, sensitivity=False)
    rows = [(g.label, g.counts.procurements, g.counts.scored) for g in found.responsible]
    assert rows == [("Exempelby", 5, 5), ("Åby", 1, 1)]
    assert (found.total.headline.numerator, found.total.headline.denominator) == (5, 6)


def test_under_five_scored_there_are_only_counts() -> None:
    group = build_baseline([assessment(id=f"a{i}") for i in range(4)], CATALOGUE).responsible[0]
    assert (group.headline.numerator, group.headline.denominator) == (4, 4)
    assert (group.headline.value, group.headline.low, group.spread.median) == (None, None, None)
    assert group.obstacles.per_procurement is None
    assert not group.goals


def test_the_unread_leave_the_share_and_widen_its_bounds() -> None:
    share = share_of([Answer(i < 3) for i in range(6)], unread=4)
    assert (share.bound_low, share.bound_high) == (0.3, 0.7)
    assert share.value == 0.5


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


def test_a_procurement_given_twice_counts_once_and_is_named() -> None:
    found = build_baseline([assessment(id="a"), assessment(id="a"), assessment(None, id="b")], CATALOGUE)
    assert found.found == 3
    assert found.total.counts.procurements == 2
    assert [(one.id, one.reason, one.counted_as) for one in found.left_out] == [("a", "republished", "a")]


def test_what_is_published_again_counts_as_the_last_that_was_not_cancelled() -> None:
    first = assessment(id="a", published="2025-01-10", cancelled=True)
    second = assessment(None, id="b", published="2025-03-01", replaces="a")
    found = build_baseline([first, second], CATALOGUE)
    assert found.total.counts.procurements == 1
    assert [(one.id, one.reason, one.counted_as) for one in found.left_out] == [("a", "republished", "b")]
    assert found.total.headline.numerator == 0


def test_of_two_rounds_the_one_that_was_not_cancelled_counts_also_when_it_came_first() -> None:
    first = assessment(id="a", published="2025-01-10")
    again = assessment(None, id="b", published="2025-03-01", replaces="a", cancelled=True)
    found = build_baseline([first, again], CATALOGUE)
    assert [(one.id, one.counted_as) for one in found.left_out] == [("b", "a")]
    assert found.total.headline.numerator == 1


def texts_of(one: Assessment, name: str, count: int = 20) -> Assessment:
    requirements = tuple(make_requirement(f"{name}{i}") for i in range(count))
    return one.model_copy(update={"requirements": (*one.requirements, *requirements)})


def test_the_same_title_with_the_same_texts_within_a_year_is_the_same_procurement() -> None:
    first = texts_of(assessment(id="a", title="Möbler", published="2025-01-10"), "K")
    again = texts_of(assessment(id="b", title="Möbler", published="2025-04-10"), "K")
    other = texts_of(assessment(id="c", title="Möbler", published="2025-04-10"), "L")
    next_round = texts_of(assessment(id="d", title="Möbler", published="2029-04-10"), "K")
    found = build_baseline([first, again, other, next_round], CATALOGUE)
    assert [(one.id, one.counted_as) for one in found.left_out] == [("a", "b")]


def test_the_cancelled_and_those_outside_the_window_are_counted_apart() -> None:
    many = [
        assessment(id="a", published="2025-05-01"),
        assessment(id="b", published="2023-05-01"),
        assessment(id="c"),
        assessment(id="d", published="2025-06-01", cancelled=True),
    ]
    found = build_baseline(many, CATALOGUE, since="2025-01-01")
    reasons = {one.id: one.reason for one in found.left_out}
    assert reasons == {"b": "outside_window", "c": "outside_window", "d": "cancelled"}
    assert (found.window.since, found.window.first, found.window.last) == ("2025-01-01", "2025-05-01", "2025-05-01")
    with pytest.raises(UsageError, match="ingen dag"):
        build_baseline(many, CATALOGUE, since="i fjol")


def test_a_joint_procurement_is_one_for_the_office_and_split_among_its_users() -> None:
    joint = assessment(
        id="j", buyer="ÖSTERSUNDS KOMMUN", organisation_number="212000-2528",
        on_behalf_of=("Åre kommun", "Bergs kommun", "BRÄCKE KOMMUN"),
    )  # fmt: skip
    own = assessment(id="o", buyer="Östersunds kommun", organisation_number="2120002528")
    found = build_baseline([joint, own], CATALOGUE)
    assert [(g.key, g.counts.procurements) for g in found.responsible] == [
        ("upphandlingskontoret", 1),
        ("ostersund", 1),
    ]
    assert {g.key: g.counts.credit for g in found.users} == {
        "are": 0.25,
        "berg": 0.25,
        "bracke": 0.25,
        "ostersund": 1.25,
    }
    assert sum(g.counts.credit for g in found.users) == found.total.counts.scored


def test_an_office_that_names_no_users_gives_nobody_the_credit() -> None:
    found = build_baseline(
        [assessment(buyer="Gemensam nämnd för upphandlingssamverkan", organisation_number="")], CATALOGUE
    )
    assert [g.key for g in found.responsible] == ["upphandlingskontoret"]
    assert (found.users, found.users_unknown) == ((), 1)


def test_procurements_from_one_template_are_not_as_many_as_they_look() -> None:
    alone = share_of([Answer(i < 10, cluster=i) for i in range(20)])
    copied = share_of([Answer(i < 10, cluster=i // 5) for i in range(20)])
    assert copied.effective is not None
    assert copied.effective < 6 < 20 == alone.effective
    assert (copied.low or 0) < (alone.low or 0)


def test_templates_are_found_by_the_requirements_that_procurements_share() -> None:
    many = [texts_of(assessment(id=f"a{i}"), "K") for i in range(6)] + [assessment(None, id=f"b{i}") for i in range(4)]
    found = build_baseline(many, CATALOGUE)
    assert found.total.headline.clusters == 5


def test_the_share_is_also_weighted_by_value_where_that_is_known() -> None:
    many = [assessment(id="big", value=9e6)] + [assessment(None, id=f"s{i}", value=1e6) for i in range(9)]
    total = build_baseline([*many, assessment(id="unknown")], CATALOGUE).total
    assert total.weighted is not None
    assert total.weighted.value == 0.5
    assert total.value_known == 10


def test_what_the_notice_claims_is_set_against_what_was_found_and_without_a_notice_nothing_is_claimed() -> None:
    told = (make_document(notice=Notice()), make_document("annons.xml", role="notice", format="notice"))
    many = [
        assessment(id="a", documents=told, claims=("circ-econ",)),
        assessment(None, id="b", documents=told, claims=("circ-econ",)),
        assessment(id="c", documents=told),
        assessment(id="d"),
    ]
    claims = build_baseline(many, CATALOGUE).total.claims
    assert (claims.claimed_and_found, claims.only_claimed, claims.only_found, claims.neither) == (1, 1, 1, 0)


def test_a_notice_of_a_procurement_for_the_environment_is_set_against_any_sustainability_requirement() -> None:
    def told(*codes: str) -> tuple[Document, ...]:
        notice = make_document("annons.xml", role="notice", format="notice")
        return (make_document(), notice.model_copy(update={"notice": Notice(strategic_procurement=codes)}))

    many = [
        assessment(id="a", documents=told("env-imp")),
        assessment(id="b", documents=told("none", "env-imp")),
        assessment(None, id="c", documents=told("env-imp")),
        assessment(id="d", documents=told("soc-obj")),
        assessment(None, id="e", documents=told("none")),
        assessment(id="f", documents=told()),
        assessment(id="g"),
    ]
    found = build_baseline(many, CATALOGUE)
    said = found.total.strategic
    assert (said.claimed_and_found, said.only_claimed, said.only_found, said.neither) == (2, 1, 1, 1)
    assert (said.told, said.claimed and said.claimed.numerator, said.claimed and said.claimed.denominator) == (5, 3, 5)
    assert said.claimed
    assert said.claimed.low
    assert said.claimed.low < 0.6
    assert said.kept
    assert (said.kept.numerator, said.kept.denominator, said.kept.value) == (2, 3, None)
    assert "(BT-06) mot något hållbarhetskrav som hittades: både angivet och funnet 2" in " ".join(
        render(found, CATALOGUE).split()
    )


def test_a_criterion_that_could_not_be_read_is_neither_yes_nor_no() -> None:
    unread = assessment(None, id="u").model_copy(
        update={"outcomes": tuple(o.model_copy(update={"value": "could_not_be_read"}) for o in assessment().outcomes)}
    )
    group = build_baseline([*(assessment(id=f"a{i}") for i in range(5)), unread], CATALOGUE).total
    asked = {one.criterion_id: one for one in group.criteria}
    assert (asked["GEN-01"].asked.numerator, asked["GEN-01"].asked.denominator, asked["GEN-01"].unread) == (5, 5, 1)
    assert asked["GEN-01"].asked.bound_low == pytest.approx(5 / 6)
    assert asked["GEN-02"].asked.numerator == 0


WIDE = make_catalogue(
    [c.model_copy(update={"applies_to": AppliesTo(categories=("MOB", "OVR"))}) for c in CATALOGUE.criteria]
)


def by_category(asking: dict[str, tuple[int, int]], buyer: str, number: str) -> list[Assessment]:
    """So many that ask, of so many, in each category."""
    return [
        assessment(
            "GEN-01" if i < yes else None, id=f"{buyer} {category} {i}", buyer=buyer, organisation_number=number,
            categories=(category,), catalogue=WIDE,
        )
        for category, (yes, count) in asking.items()
        for i in range(count)
    ]  # fmt: skip


def test_a_comparable_share_does_not_depend_on_what_was_bought_and_is_refused_without_support() -> None:
    one = by_category({"MOB": (8, 10), "OVR": (4, 20)}, "Aby", "9999001010")
    two = by_category({"MOB": (16, 20), "OVR": (2, 10)}, "Bby", "9999001028")
    lone = by_category({"MOB": (3, 6)}, "Cby", "9999001036")
    rows = {row.label: row for row in build_baseline([*one, *two, *lone], WIDE, sensitivity=False).standardised}
    assert rows["Aby"].raw.value != rows["Bby"].raw.value
    assert rows["Aby"].value == pytest.approx(rows["Bby"].value)
    assert rows["Cby"].value is None
    assert rows["Cby"].support < 0.8


def test_the_result_is_tried_with_every_group_of_constants_a_quarter_up_and_down() -> None:
    found = build_baseline([assessment(id=f"a{i}") for i in range(5)], CATALOGUE).sensitivity
    assert found is not None
    effects = {effect.group: effect for effect in found.effects}
    assert found.median is not None
    assert (effects["strategy"].median_low or 0) < found.median
    coverage = effects["limits.coverage_share"]
    assert (coverage.median_low or 0) > found.median > (coverage.median_high or 100)
    assert effects["limits.full_award_share"].median_low == found.median


def test_the_number_of_procurements_a_change_takes_is_the_textbooks() -> None:
    # Fleiss, Statistical Methods for Rates and Proportions: 0.5 against 0.6, 80 % and 5 %, without correction: 388.
    assert needed_per_period(0.5, 0.10) == pytest.approx(388, abs=4)
    assert needed_per_period(0.9, 0.10) > needed_per_period(0.95, 0.05) / 10
    assert needed_per_period(0.0, 0.10) < 100


def test_a_national_list_without_source_or_with_an_unknown_reference_is_a_sentence(tmp_path: Path) -> None:
    for extra, wanted in (
        ('number: "212000-2528"', "källa"),
        ("run_by: nobody", "nobody"),
        ("kind: kingdom", "kind"),
    ):
        path = tmp_path / f"{wanted}.yaml"
        kind = "" if "kind" in extra else "kind: state, "
        path.write_text(
            f"schema_version: 1\norganisations:\n  - {{id: x, name_sv: X, {kind}{extra}}}\n", encoding="utf-8"
        )
        with pytest.raises(UsageError, match=wanted):
            load_organisations(path)


def test_the_projects_organisations_are_found_in_every_spelling() -> None:
    listed = load_organisations()
    for name, number, wanted in (
        ("REGION JÄMTLAND HÄRJEDALEN", "", "region"),
        ("Region Jämtland-Härjedalen", "SE232100021401", "region"),
        ("BERGS KOMMUN", "", "berg"),
        ("Något annat namn", "2120002478", "krokom"),
        ("Gemensam nämnd för upphandlingssamverkan", "212000-2528", "upphandlingskontoret"),
        ("Statens inköpscentral", "", "kammarkollegiet"),
    ):
        found = listed.find(name, number)
        assert found is not None
        assert found.id == wanted
    assert listed.find("Exempelby kommun (påhittad)", "999900-1028") is None
