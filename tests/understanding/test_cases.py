"""The labelled cases of every module that says what a requirement tells about itself.

The sentences are invented, written as buyers write. ``known_miss: true`` marks what is wrong today: it is an expected
failure, and the suite fails when it starts to pass, so that the mark is taken away.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cirkular_krav.models import Quantity, Span
from cirkular_krav.text import clean
from cirkular_krav.understanding.asking import rule_of
from cirkular_krav.understanding.award import find_award_weight
from cirkular_krav.understanding.conditions import find_condition
from cirkular_krav.understanding.deadlines import find_deadlines
from cirkular_krav.understanding.evidence import find_evidence
from cirkular_krav.understanding.follow_up import find_follow_up
from cirkular_krav.understanding.kind import find_kind
from cirkular_krav.understanding.krav_ids import find_krav_ids, find_krav_level
from cirkular_krav.understanding.labels import find_labels
from cirkular_krav.understanding.obligation import find_obligation, is_requirement
from cirkular_krav.understanding.placeholders import has_placeholder
from cirkular_krav.understanding.polarity import is_negated
from cirkular_krav.understanding.quantities import find_quantities
from cirkular_krav.understanding.references import find_references
from cirkular_krav.yamlfile import read_yaml

CASES = Path(__file__).parent / "cases"
Case = dict[str, Any]


def _cases(name: str) -> list[Any]:
    marked = []
    for case in read_yaml(CASES / f"{name}.yaml").data:
        marks = [pytest.mark.xfail(reason="känd miss", strict=True)] if case.get("known_miss") else []
        marked.append(pytest.param(case, id=case["text"][:70], marks=marks))
    return marked


def _where(case: Case) -> dict[str, Any]:
    return {
        "label": case.get("label", ""),
        "heading_path": tuple(case.get("heading_path", ())),
        "role": case.get("role", "specification"),
    }


def _said(quantity: Quantity) -> str:
    value = f"{round(quantity.value, 2):.12g}"
    if quantity.direction == "range":
        return f"range {value} {round(quantity.high or 0, 2):.12g} {quantity.unit}"
    return f"{quantity.direction} {value} {quantity.unit}"


def _span_of(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start=start, end=start + len(words))


@pytest.mark.parametrize("case", _cases("quantities"))
def test_a_quantity_has_its_unit_and_direction(case: Case) -> None:
    found = find_quantities(case["text"])
    assert [_said(quantity) for quantity in found] == case["expect"]
    if "words" in case:
        assert [case["text"][q.span.start : q.span.end] for q in found] == case["words"]


@pytest.mark.parametrize("case", _cases("polarity"))
def test_negation_reaches_as_far_as_its_clause(case: Case) -> None:
    text = case["text"]
    held = {words: is_negated(text, _span_of(text, words)) for words in [*case["negated"], *case["not_negated"]]}
    assert held == dict.fromkeys(case["negated"], True) | dict.fromkeys(case["not_negated"], False)


@pytest.mark.parametrize("case", _cases("evidence"))
def test_evidence_is_named_once_in_order(case: Case) -> None:
    assert list(find_evidence(case["text"])) == case["expect"]


@pytest.mark.parametrize("case", _cases("labels"))
def test_labels_and_equivalents_are_found(case: Case) -> None:
    labels, or_equivalent = find_labels(case["text"])
    assert (list(labels), or_equivalent) == (case["expect"], case["or_equivalent"])


@pytest.mark.parametrize("case", _cases("follow_up"))
def test_follow_up_sanction_and_interval_are_found(case: Case) -> None:
    assert find_follow_up(case["text"]) == (case["expect"], case["sanction"], case["interval"])


@pytest.mark.parametrize("case", _cases("conditions"))
def test_the_condition_is_the_clause_as_it_stands(case: Case) -> None:
    assert find_condition(case["text"]) == case["expect"]


@pytest.mark.parametrize("case", _cases("placeholders"))
def test_an_unfilled_gap_is_told_from_a_reference_or_answer_box(case: Case) -> None:
    assert has_placeholder(case["text"]) is case["expect"]


@pytest.mark.parametrize("case", _cases("krav_ids"))
def test_an_id_counts_only_near_what_makes_it_one(case: Case) -> None:
    assert list(find_krav_ids(case["text"])) == case["expect"]
    assert find_krav_level(case["text"]) == case.get("level", "")


@pytest.mark.parametrize("case", _cases("obligation"))
def test_the_obligation_is_read(case: Case) -> None:
    obligation, found_by = find_obligation(case["text"], **_where(case))
    assert (obligation, found_by) == (case["obligation"], case.get("found_by", found_by))


@pytest.mark.parametrize("case", _cases("requirement"))
def test_what_asks_for_something_is_told_from_what_only_tells(case: Case) -> None:
    assert is_requirement(case["text"], case.get("role", "specification")) is case["expect"]


def test_the_name_of_a_firm_is_told_whatever_stands_around_it() -> None:
    assert rule_of("Exempelverken i Norrby AB", "specification") == ("told", False)
    assert rule_of("Påhittade Konsult Aktiebolag (publ)", "specification") == ("told", False)
    assert rule_of("Leverantören anlitar Exempelverken i Norrby AB", "contract")[0] != "told"
    assert rule_of("Service ska utföras av Exempelverken i Norrby AB", "contract")[0] != "told"


@pytest.mark.parametrize("case", _cases("kind"))
def test_the_kind_is_read(case: Case) -> None:
    kind, found_by = find_kind(case["text"], obligation=case.get("obligation", "mandatory"), **_where(case))
    assert (kind, found_by) == (case["kind"], case.get("found_by", found_by))


@pytest.mark.parametrize("case", _cases("award"))
def test_the_share_of_the_award_is_stated_or_unknown_never_guessed(case: Case) -> None:
    weight = find_award_weight(
        case["text"], heading_path=tuple(case.get("heading_path", ())), context=case.get("context", "")
    )
    share: float | str = "none" if weight is None else "unknown" if weight.share is None else round(weight.share, 4)
    assert share == case["share"]
    assert weight is None or weight.basis


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_cases_are_cleaned_text_and_stand_once(path: Path) -> None:
    cases = read_yaml(path).data
    assert [case["text"] for case in cases if case["text"] != clean(case["text"])] == []
    parts = ("text", "label", "role", "heading_path", "context", "obligation")
    keys = [[case.get(part) for part in parts] for case in cases]
    assert [key for key in keys if keys.count(key) > 1] == []


@pytest.mark.parametrize("case", _cases("deadlines"))
def test_deadlines_are_those_that_stand_there_and_no_date_is_guessed(case: Case) -> None:
    found = find_deadlines(clean(case["text"]))
    said = []
    for deadline in found:
        given = {name: getattr(deadline, name) for name in ("date", "yearly", "days", "months")}
        said.append(next((f"{name} {value}" for name, value in given.items() if value not in ("", None)), "words"))
        assert deadline.words in case["text"]
    assert said == case["expect"]


@pytest.mark.parametrize("case", _cases("references"))
def test_a_reference_says_which_document_and_part_and_laws_are_none(case: Case) -> None:
    found = find_references(case["text"])
    assert [f"{r.annex}|{r.name}|{r.number}|{r.near}" for r in found] == case["expect"]
    assert all(case["text"][r.span.start : r.span.end].strip() == r.words for r in found)
