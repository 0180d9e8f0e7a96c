"""What the wording leaves open is settled by what the document says of it and by what stands around."""

from __future__ import annotations

from typing import Any

import pytest

from builders import make_block, make_document, make_procurement
from cirkular_krav.columns import columns_of, label_of
from cirkular_krav.models import Block, Requirement
from cirkular_krav.segment import find_candidates, find_requirements
from cirkular_krav.survey import decide
from cirkular_krav.understanding.asking import SETTLES, is_requirement, rule_of
from cirkular_krav.understanding.fitted import WEIGHTS, model_of, replaced
from cirkular_krav.understanding.kind import find_kind


def document(*blocks: Block, **changes: Any) -> Any:
    numbered = tuple(block.model_copy(update={"id": f"b{i}"}) for i, block in enumerate(blocks, start=1))
    return make_document(blocks=numbered, **changes)


def found(*blocks: Block, **changes: Any) -> tuple[Requirement, ...]:
    return find_requirements(make_procurement(documents=(document(*blocks, **changes),)))


def test_a_statement_is_a_requirement_among_requirements_and_told_where_everything_is_told() -> None:
    statement = "Skarvar klistras med bitumenemulsion."
    demands = ("2 Krav på utförandet",)
    told = ("1 Om kommunen",)
    among = [
        make_block("Entreprenören ska märka alla ventiler.", heading_path=demands),
        make_block(statement, heading_path=demands),
        make_block("Kanter ska sågas.", heading_path=demands),
    ]
    alone = [
        make_block("Kommunen har sjutton skolor.", heading_path=told),
        make_block("I dag finns omkring 900 stolar.", heading_path=told),
        make_block("Hur många stolar finns det?", heading_path=told),
    ]
    assert statement in [r.text for r in found(*among, role="specification")]
    assert found(*alone, role="instructions") == ()


def test_what_the_tenderer_has_to_answer_is_a_requirement_whatever_its_wording() -> None:
    blocks = (make_block("Vi är registrerade för F-skatt."), make_block("Ja/Nej. Ja krävs. Ange adress"))
    only = found(*blocks, role="specification")
    assert [(r.text, r.obligation) for r in only] == [("Vi är registrerade för F-skatt.", "mandatory")]


def test_a_cell_that_says_how_strongly_the_row_binds_makes_it_a_requirement_whatever_the_columns_are_called() -> None:
    header = ("Id", "Systemet ...", "Nivå", "Poäng")
    cells = ("L9", "låter chefen kopiera ett gammalt schema", "Bör", "")
    columns = columns_of(header, cells)
    assert columns.holds_requirements
    assert (columns.first("requirement", cells), label_of(columns, cells)) == (cells[1], "Bör")


def test_a_first_row_of_names_is_the_header_of_a_table_whose_reader_saw_none() -> None:
    rows = [("Pos", "Krav", "Slag"), ("A1", "Dubbelhytt, 5–6 platser.", "Skall"), ("A2", "Räckvidd 220 km.", "Bör")]
    only = found(*(make_block(" | ".join(cells), "table_row", cells=cells) for cells in rows), role="other")
    assert [(r.text, r.number, r.obligation) for r in only] == [
        ("Dubbelhytt, 5–6 platser.", "A1", "mandatory"),
        ("Räckvidd 220 km.", "A2", "desirable"),
    ]


@pytest.mark.parametrize("text", ["Anbud må avse en eller flera delar.", "Köket kan beställa fram till klockan 13."])
def test_a_statement_that_something_may_be_done_is_an_option(text: str) -> None:
    blocks = (make_block(text), make_block("Ja/Nej"))
    assert [r.obligation for r in found(*blocks, role="specification")] == ["option"]


def test_how_strongly_a_text_binds_is_weighed_with_its_words_where_the_rules_see_only_a_duty() -> None:
    block = make_block("Emballaget minimeras så långt godset medger.")
    (weighed,) = found(block, role="specification")
    with replaced({"obligation": None}):
        (ruled,) = found(block, role="specification")
    assert (ruled.obligation, weighed.obligation) == ("mandatory", "effort")


def test_the_fitted_models_are_small_and_without_them_the_rules_decide() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.glob("*.txt")) < 2_000_000
    text = "Borrhål pluggas med lera."
    with replaced({"asking": None, "kind": None, "obligation": None}):
        assert model_of("asking") is None
        assert not is_requirement(text, "specification")
        assert find_kind(text, role="contract", obligation="mandatory", signs=["part=row"])[0] == "contract_condition"
    assert model_of("asking") is not None


def test_a_duty_asks_and_a_question_does_not_wherever_they_stand() -> None:
    rules = [rule_of(text, "contract") for text in ("Leverantören ska laga.", "Hur lagas stolarna?")]
    assert rules == [("duty", True), ("question", False)]
    assert {rule for rule, _ in rules} <= SETTLES
    candidates = find_candidates(document(make_block("Leverantören ska laga."), make_block("Hur lagas stolarna?")))
    assert list(decide(candidates).values()) == [True, False]
