"""A rule may be met by a refusal: "begagnade varor godtas inte" is no wish for used goods but an obstacle to them."""

from __future__ import annotations

from typing import Literal

import pytest

from builders import CRITERIA
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.catalogue_types import Rule, Vocabulary
from cirkular_krav.matching import Matcher, compile_catalogue, match_requirements
from cirkular_krav.matching.concepts import ConceptFinder, compile_vocabulary
from cirkular_krav.matching.rules import meets, read_requirement
from cirkular_krav.models import Procurement
from cirkular_krav.segment import requirement_from_text

Mode = Literal["blocks", "ignore", "required"]


@pytest.fixture(scope="module")
def finder() -> ConceptFinder:
    concepts = {"reused": {"words": ["begagnad", "begagnade"]}, "flaw": {"stems": ["skad"]}}
    return compile_vocabulary(Vocabulary.model_validate({"schema_version": 1, "language": "sv", "concepts": concepts}))


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return compile_catalogue(load_catalogue(CRITERIA))


@pytest.mark.parametrize(
    ("text", "mode", "met"),
    [
        ("Begagnade möbler accepteras inte.", "required", True),
        ("Begagnade möbler accepteras inte.", "blocks", False),
        ("Begagnade möbler accepteras inte.", "ignore", True),
        ("Begagnade möbler accepteras.", "required", False),
        ("Begagnade möbler accepteras.", "blocks", True),
        ("Möblerna får inte vara begagnade.", "required", True),
        ("Begagnade möbler med skador accepteras inte.", "required", False),
    ],
)
def test_a_rule_says_whether_its_first_concept_must_may_or_must_not_be_refused(
    finder: ConceptFinder, text: str, mode: Mode, met: bool
) -> None:
    rule = Rule(all_of=("reused",), unless=("flaw",), negated=mode)
    reading = read_requirement(requirement_from_text(text), finder)
    assert (meets(rule, reading, ignore_negation=False) is not None) is met


@pytest.mark.parametrize(
    ("obstacle", "wording", "asked"),
    [
        ("HIN-01", "Samtliga möbler ska vara nya och oanvända.", "Minst 30 procent av möblerna ska vara återbrukade."),
        ("HIN-02", "Begagnade möbler accepteras inte.", "Leverantören ska kunna erbjuda renoverade möbler."),
        ("HIN-07", "Utbytta möbler ska skrotas.", "Leverantören ska återta möbler som ersätts av nya."),
    ],
)
def test_an_obstacle_and_the_requirement_it_makes_impossible_are_paired(
    matcher: Matcher, obstacle: str, wording: str, asked: str
) -> None:
    procurement = Procurement(id="p", categories=("MOB",))
    requirements = [requirement_from_text(wording), requirement_from_text(asked)]
    found = match_requirements(requirements, procurement, matcher)
    assert [(c.obstacle_id, c.requirement_id) for c in found.conflicts] == [(obstacle, requirements[1].id)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Sterila engångsförkläden ska användas.", "hygiene"),
        ("Kanyler ska vara nya och oanvända produkter.", "sharps"),
        ("Hårddiskar med sekretessbelagd information ska destrueras.", "confidentiality"),
    ],
)
def test_an_obstacle_whose_reason_stands_in_the_text_says_so(matcher: Matcher, text: str, reason: str) -> None:
    found = match_requirements([requirement_from_text(text)], Procurement(id="p", categories=("OVR",)), matcher)
    assert [hit.justified_by for hit in found.obstacles] == [reason]


def test_an_obstacle_that_is_only_told_as_a_fact_still_stands_in_the_way(matcher: Matcher) -> None:
    told = requirement_from_text("Garantin upphör om enheten öppnas av annan än leverantören.")
    told = told.model_copy(update={"kind": "contract_condition", "obligation": "information"})
    found = match_requirements([told], Procurement(id="p", categories=("IT",)), matcher)
    assert [hit.obstacle_id for hit in found.obstacles] == ["HIN-10"]
    assert found.matches == ()


def test_a_word_of_the_delivery_that_both_use_makes_no_conflict(matcher: Matcher) -> None:
    texts = (
        "Kaffemaskiner ska vara nya och oanvända vid leveransen.",
        "Leverantören ska erbjuda begagnade möbler vid leveransen.",
    )
    requirements = [requirement_from_text(text) for text in texts]
    found = match_requirements(requirements, Procurement(id="p", categories=("MOB",)), matcher)
    assert found.conflicts == ()


def test_where_a_requirement_names_the_same_thing_as_the_obstacle_only_that_one_is_in_conflict(
    matcher: Matcher,
) -> None:
    texts = (
        "Engångsdukar ska användas i alla rum.",
        "Dukar ska vara tvättbara minst 200 gånger.",
        "Rengöringsmedel ska levereras som koncentrat och doseras med doseringsutrustning.",
    )
    requirements = [requirement_from_text(text) for text in texts]
    found = match_requirements(requirements, Procurement(id="p", categories=("STD",)), matcher)
    assert {c.requirement_id for c in found.conflicts if c.obstacle_requirement_id == requirements[0].id} <= {
        requirements[1].id
    }
