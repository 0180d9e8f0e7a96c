"""The facts of a procurement: from its own file, else a notice, else the documents; a fault costs only itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import make_block, make_document
from cirkular_krav.facts import FactsFile, gather_facts, read_facts_file
from cirkular_krav.models import Notice

NOTICE = Notice(
    notice_id="1234-2026",
    title="Stolar",
    buyer="Exempelby",
    organisation_number="9999001010",
    cpv=("39112000",),
    framework="fa-wo-rc",
)


def test_the_own_file_comes_before_the_notice_and_the_notice_before_the_documents() -> None:
    documents = (
        make_document("annons.xml", notice=NOTICE),
        make_document(blocks=(make_block("Diarienummer: KS 2026/17"),)),
    )
    procurement = gather_facts(FactsFile(title="Bord"), [], documents, "mapp")
    assert (procurement.title, procurement.buyer, procurement.id) == ("Bord", "Exempelby", "1234-2026")
    assert procurement.agreement_form == "framework"
    assert procurement.facts_from["title"] == "facts_file"
    assert procurement.facts_from["buyer"] == "notice"
    assert procurement.facts_from["published"] == "none"


def test_without_file_and_notice_the_documents_words_are_used_and_said_to_be() -> None:
    blocks = (
        make_block("Upphandling av kontorsmöbler", "heading"),
        make_block("Upphandlande myndighet: Exempelby kommun, org.nr 999900-1010"),
        make_block("Diarienummer: KS 2026/17"),
        make_block("CPV-kod: 39130000-2 och 39112000"),
    )
    procurement = gather_facts(FactsFile(), [], (make_document(blocks=blocks),), "mapp")
    assert procurement.title == "Upphandling av kontorsmöbler"
    assert procurement.buyer == "Exempelby kommun"
    assert procurement.organisation_number == "9999001010"
    assert procurement.id == "KS 2026/17"
    assert procurement.cpv == ("39130000", "39112000")
    assert procurement.facts_from["cpv"] == "documents"


def test_the_folders_name_is_the_last_resort_for_an_id() -> None:
    procurement = gather_facts(FactsFile(), [], (make_document(),), "stolar-2026")
    assert (procurement.id, procurement.facts_from["id"]) == ("stolar-2026", "folder")


def test_a_faulty_field_costs_only_itself_and_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "procurement.yaml").write_text('title: "Stolar"\npublished: "maj 2026"\nköpare: x\n', encoding="utf-8")
    facts, problems = read_facts_file(tmp_path)
    assert facts.title == "Stolar"
    assert {problem.values["line"] for problem in problems} == {2, 3}


def test_a_file_that_is_no_yaml_is_a_problem_and_not_a_stop(tmp_path: Path) -> None:
    (tmp_path / "procurement.yaml").write_text("title: [", encoding="utf-8")
    facts, problems = read_facts_file(tmp_path)
    assert facts == FactsFile()
    assert [problem.code for problem in problems] == ["facts-faulty"]


def test_a_wrong_check_digit_is_told_but_the_number_is_kept() -> None:
    procurement = gather_facts(FactsFile(organisation_number="232100-0215"), [], (make_document(),), "m")
    assert [problem.code for problem in procurement.problems] == ["organisation-number"]


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Dnr KS 2026/55 Datum 2026-01-01", "KS 2026/55"),
        ("Diarienummer: TN/2026:12", "TN/2026:12"),
        ("Ärendenummer 2026-03-01 klockan 10", "2026-03-01"),
    ],
)
def test_a_diary_number_ends_where_the_next_word_begins(text: str, identifier: str) -> None:
    assert gather_facts(FactsFile(), [], (make_document(blocks=(make_block(text),)),), "mapp").id == identifier


def test_the_id_does_not_change_when_answers_to_questions_arrive() -> None:
    answers = make_document("A-svar.txt", role="questions", blocks=(make_block("Dnr 2019/1234"),))
    own = make_document("krav.txt", blocks=(make_block("Dnr KS 2026/55"),))
    assert gather_facts(FactsFile(), [], (answers, own), "mapp").id == "KS 2026/55"
