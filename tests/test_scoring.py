"""The score: the published test vector, and the properties that must hold for any procurement (domain.md 7.4, 7.8)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_catalogue, make_criterion, make_document, make_match, make_procurement, make_requirement
from cirkular_krav.models import AwardWeight, Conflict, Quantity, Requirement, Span
from cirkular_krav.scoring import Scored, score_procurement

YEARS = (Quantity(value=5, unit="years", direction=">=", span=Span(start=0, end=1)),)
# Importance and goals of MOB-01, 02, 03 and 07; the other seventeen applicable criteria weigh 34 together.
NAMED = {
    "MOB-01": make_criterion("MOB-01", importance=3, goals=("A",), strategies=("R3",)),
    "MOB-02": make_criterion("MOB-02", importance=3, goals=("C",), strategies=("R4",)),
    "MOB-03": make_criterion("MOB-03", importance=3, goals=("C",), strategies=("R4",)),
    "MOB-07": make_criterion("MOB-07", importance=2, goals=("E",), strategies=("R8",)),
}
FILLERS = [make_criterion(f"GEN-{i:02d}", importance=2, goals=("B",)) for i in range(17)]
CATALOGUE = make_catalogue([*NAMED.values(), *FILLERS])


def vector() -> Scored:
    requirements = (
        make_requirement("K1", kind="contract_condition", quantities=YEARS, follow_up="on_request"),
        make_requirement(
            "K2", kind="contract_condition", quantities=YEARS, evidence=("intyg",), follow_up="recurring", sanction=True
        ),
        make_requirement(
            "K3",
            kind="award_criterion",
            quantities=YEARS,
            evidence=("intyg",),
            award=AwardWeight(share=0.15, basis="15 %"),
        ),
        make_requirement("K4", obligation="desirable"),
    )
    matches = (
        make_match("K1", "MOB-02", ambition="basic"),
        make_match("K2", "MOB-03", ambition="basic"),
        make_match("K3", "MOB-01", ambition="advanced", level="advanced"),
        make_match("K4", "MOB-07", ambition="unquantified", level="stated"),
    )
    return score_procurement(make_procurement(), requirements, matches, (), CATALOGUE)


def test_the_published_test_vector_gives_its_points() -> None:
    points = {match.criterion_id: match.points for match in vector().matches}
    assert points == pytest.approx({"MOB-02": 46.96, "MOB-03": 63.75, "MOB-01": 54.53, "MOB-07": 2.61}, abs=0.01)


def test_the_published_test_vector_gives_its_sub_scores_and_its_total() -> None:
    score = vector().score
    values = {part.id: part.value for part in score.sub_scores}
    wanted = {"coverage": 57.97, "ambition": 55.08, "binding": 85.0, "follow_up": 86.67, "award_weight": 50.0}
    assert values == pytest.approx(wanted, abs=0.01)
    assert (score.applicable, score.value, score.band) == (21, 66, "strong")


def scored(requirements: list[Requirement], criteria: list[str], ambitions: list[str], **changes: Any) -> Scored:
    matches = [
        make_match(r.id, c, ambition=a, level="stated")
        for r, c, a in zip(requirements, criteria, ambitions, strict=True)
    ]
    procurement = changes.pop("procurement", make_procurement())
    return score_procurement(procurement, requirements, matches, changes.pop("conflicts", ()), CATALOGUE)


AMBITIONS = ["law", "unquantified", "basic", "between", "advanced", "spearhead"]
KINDS = [
    "technical_specification",
    "selection_criterion",
    "award_criterion",
    "contract_condition",
    "formal",
    "information",
]
OBLIGATIONS = ["mandatory", "effort", "disclose", "desirable", "option", "information"]
requirement_facts = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS),
        "obligation": st.sampled_from(OBLIGATIONS),
        "follow_up": st.sampled_from(["recurring", "on_request", "in_tender", "none"]),
        "sanction": st.booleans(),
        "placeholder": st.booleans(),
        "quantities": st.sampled_from([(), YEARS]),
        "evidence": st.sampled_from([(), ("intyg",)]),
        "award": st.sampled_from([None, AwardWeight(share=None, basis="poäng"), AwardWeight(share=0.2, basis="20 %")]),
    }
)
one = st.tuples(requirement_facts, st.sampled_from(sorted(CATALOGUE.by_id)), st.sampled_from(AMBITIONS))
several = st.lists(one, max_size=8)


def build(chosen: list[Any]) -> tuple[list[Requirement], list[str], list[str]]:
    requirements = [
        make_requirement(f"K{i}", text=f"{c} {a} {sorted(facts.items())}", **facts)
        for i, (facts, c, a) in enumerate(chosen)
    ]
    return requirements, [c for _, c, _ in chosen], [a for _, _, a in chosen]


def total(chosen: list[Any]) -> int:
    value = scored(*build(chosen)).score.value
    assert value is not None
    return value


@given(several)
def test_the_score_lies_between_0_and_100_and_inside_its_interval(chosen: list[Any]) -> None:
    score = scored(*build(chosen)).score
    assert 0 <= (score.low or 0) <= (score.value or 0) <= (score.high or 0) <= 100


@given(several, one)
def test_adding_a_requirement_never_lowers_the_score(chosen: list[Any], more: Any) -> None:
    assert total([*chosen, more]) >= total(chosen)


@given(several)
def test_saying_everything_twice_changes_nothing(chosen: list[Any]) -> None:
    assert total(chosen + chosen) == total(chosen)


@given(several)
def test_the_order_of_requirements_is_irrelevant(chosen: list[Any]) -> None:
    assert total(chosen[::-1]) == total(chosen)


@given(several, one)
def test_information_gives_no_points(chosen: list[Any], more: Any) -> None:
    policy_text = ({**more[0], "kind": "information", "obligation": "information"}, more[1], more[2])
    assert total([*chosen, policy_text]) == total(chosen)


@given(several, one)
def test_replacing_shall_with_should_never_raises_the_score(chosen: list[Any], changed: Any) -> None:
    shall = ({**changed[0], "obligation": "mandatory"}, changed[1], changed[2])
    should = ({**changed[0], "obligation": "desirable"}, changed[1], changed[2])
    assert total([*chosen, should]) <= total([*chosen, shall])


@given(several, one)
def test_raising_a_threshold_never_lowers_the_score(chosen: list[Any], changed: Any) -> None:
    basic = (changed[0], changed[1], "basic")
    advanced = (changed[0], changed[1], "advanced")
    assert total([*chosen, advanced]) >= total([*chosen, basic])


@given(several)
def test_an_unreadable_document_never_raises_the_score(chosen: list[Any]) -> None:
    unread = make_procurement(documents=(make_document(), make_document("scan.pdf", status="nothing", role="contract")))
    requirements, criteria, ambitions = build(chosen)
    value = scored(requirements, criteria, ambitions, procurement=unread).score.value
    assert value is None or value <= total(chosen)


def test_missing_documents_make_the_material_incomplete_and_what_was_not_found_unknown() -> None:
    documents = (make_document(), make_document("a.pdf", status="nothing", role="contract"))
    result = scored([], [], [], procurement=make_procurement(documents=documents))
    assert result.score.status == "incomplete"
    assert {outcome.value for outcome in result.outcomes} == {"could_not_be_read"}


def test_an_unread_specification_makes_the_material_incomplete_however_much_else_was_read() -> None:
    documents = tuple(make_document(f"{i}.txt", role="contract") for i in range(9))
    unread = make_document("krav.pdf", status="refused")
    result = scored([], [], [], procurement=make_procurement(documents=(*documents, unread)))
    assert result.score.status == "incomplete"


def test_a_notice_alone_is_incomplete_material() -> None:
    result = scored([], [], [], procurement=make_procurement(documents=(make_document("annons.xml", role="notice"),)))
    assert result.score.status == "incomplete"


def test_a_service_with_few_goods_is_not_scored() -> None:
    result = scored([], [], [], procurement=make_procurement(categories=("TJA",)))
    assert (result.score.status, result.score.value, result.score.band) == ("not_relevant", None, "")


def test_with_few_applicable_criteria_there_is_no_total() -> None:
    catalogue = make_catalogue([make_criterion(f"GEN-{i:02d}") for i in range(7)])
    score = score_procurement(make_procurement(), (), (), (), catalogue).score
    assert (score.status, score.value, score.applicable) == ("few_applicable", None, 7)


def test_when_nothing_could_be_read_there_is_no_zero() -> None:
    documents = (make_document(status="refused"),)
    score = scored([], [], [], procurement=make_procurement(documents=documents)).score
    assert (score.status, score.value) == ("nothing_read", None)


def test_a_conflict_gives_the_score_both_as_found_and_as_if_the_obstacle_stands() -> None:
    requirement = make_requirement("K1", quantities=YEARS)
    conflict = Conflict(obstacle_id="HIN-01", obstacle_requirement_id="K9", criterion_id="MOB-01", requirement_id="K1")
    score = scored([requirement], ["MOB-01"], ["basic"], conflicts=(conflict,)).score
    assert score.value is not None
    assert score.value > 0
    assert score.with_obstacles is not None
    assert score.with_obstacles.value == 0


def test_doubtful_matches_count_only_in_the_upper_end() -> None:
    requirement = make_requirement("K1", quantities=YEARS)
    match = make_match("K1", "MOB-01", confidence="low")
    score = score_procurement(make_procurement(), (requirement,), (match,), (), CATALOGUE).score
    assert (score.low, score.value) == (0, 0)
    assert score.high is not None
    assert score.high > 0


def test_a_criterion_is_asked_for_only_by_a_match_that_is_not_doubtful() -> None:
    requirement = make_requirement("K1", quantities=YEARS)

    def outcome(*confidences: Any) -> Any:
        matches = [make_match("K1", "MOB-01", confidence=c).model_copy(update={"id": f"K1-{c}"}) for c in confidences]
        scored = score_procurement(make_procurement(), (requirement,), matches, (), CATALOGUE)
        return next(o for o in scored.outcomes if o.criterion_id == "MOB-01")

    assert outcome("low").value == "partly"
    assert outcome("low").points > 0
    assert outcome("low", "medium").value == "asked"
    assert outcome("high").value == "asked"


def test_of_two_overlapping_criteria_in_one_requirement_only_the_higher_counts() -> None:
    criteria = [*NAMED.values(), *FILLERS]
    criteria[0] = make_criterion("MOB-01", importance=3, overlaps=("MOB-02",))
    catalogue = make_catalogue(criteria)
    requirement = make_requirement("K1", quantities=YEARS)
    both = (make_match("K1", "MOB-01"), make_match("K1", "MOB-02"))
    score = score_procurement(make_procurement(), (requirement,), both, (), catalogue).score
    alone = score_procurement(make_procurement(), (requirement,), both[:1], (), catalogue).score
    assert score.value == alone.value


def test_a_doubtful_match_displaces_no_sure_one_that_overlaps_it() -> None:
    criteria = [*NAMED.values(), *FILLERS]
    criteria[0] = make_criterion("MOB-01", importance=3, overlaps=("MOB-02",))
    catalogue = make_catalogue(criteria)
    requirement = make_requirement("K1", quantities=YEARS)
    sure, doubtful = make_match("K1", "MOB-02"), make_match("K1", "MOB-01", confidence="low")
    alone = score_procurement(make_procurement(), (requirement,), (sure,), (), catalogue).score
    both = score_procurement(make_procurement(), (requirement,), (doubtful, sure), (), catalogue).score
    assert alone.value
    assert both.value == alone.value


def test_an_award_criterion_in_two_wordings_counts_once_and_the_best_lot_decides() -> None:
    def award(identifier: str, share: float, lot: str = "") -> Requirement:
        weight = AwardWeight(share=share, basis="Vikt")
        return make_requirement(identifier, kind="award_criterion", award=weight, lot=lot, quantities=YEARS)

    def share(*requirements: Requirement) -> float | None:
        matches = tuple(make_match(r.id, "MOB-01") for r in requirements)
        score = score_procurement(make_procurement(), requirements, matches, (), CATALOGUE).score
        return next(part.value for part in score.sub_scores if part.id == "award_weight")

    once = share(award("K1", 0.1))
    assert share(award("K1", 0.1), award("K2", 0.1)) == once
    assert share(award("K1", 0.1, "A"), award("K2", 0.05, "B")) == once
