"""People's decisions: kept beside what the machine saw, used only for the text and criterion that were judged (D10)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from builders import ROOT
from cirkular_krav import assess, load_catalogue, render
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.decisions import read_decisions, revisions_of, write_decisions
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, AuditedDecision, MatchDecision, MissedDecision
from cirkular_krav.pipeline import judge
from cirkular_krav.text import hash_text

FURNITURE = ROOT / "corpus" / "procurements" / "mobler-norrsjo"


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def machine() -> Assessment:
    return assess(FURNITURE, catalogue())


def decision(match_id: str, verdict: str = "reject", **changes: Any) -> MatchDecision:
    requirement_id, criterion = match_id.split(":")
    requirement = next(r for r in machine().requirements if r.id == requirement_id)
    right = changes.get("right_criterion", "")
    fields: dict[str, Any] = {
        "purpose": "review", "procurement": "mobler-norrsjo", "text_hash": hash_text(requirement.text),
        "criterion": criterion, "verdict": verdict, "quotation": requirement.raw_text, "who": "Granskare A",
        "when": "2026-10-01", "catalogue": catalogue().version,
        "revisions": revisions_of([criterion, right], catalogue()),
    }  # fmt: skip
    return MatchDecision(**{**fields, **changes})


def strongest(criterion: str) -> str:
    own = [m for m in machine().matches if m.criterion_id == criterion]
    return max(own, key=lambda m: (m.points, m.id)).id


def test_a_rejected_match_no_longer_counts_and_the_machines_own_record_is_kept() -> None:
    match = strongest("MOB-05")
    all_of_it = [decision(m.id) for m in machine().matches if m.criterion_id == "MOB-05"]
    judged = judge(machine(), all_of_it, catalogue())
    assert "MOB-05" not in {m.criterion_id for m in judged.matches}
    assert next(o for o in judged.outcomes if o.criterion_id == "MOB-05").value == "not_asked"
    assert judged.judgement is not None
    assert match in {m.id for m in judged.judgement.matches}
    assert judged.judgement.score == machine().score
    assert judged.score != machine().score


def test_both_views_stand_in_the_report() -> None:
    judged = judge(machine(), [decision(strongest("MOB-05"), note="Gäller bara tyg")], catalogue())
    text = " ".join(render(judged, catalogue()).split())
    assert "Programmet såg en träff (avancerad, säker). Granskare A 2026-10-01: fel." in text
    assert "Kommentar: Gäller bara tyg" in text
    assert f"Utan personers beslut: {machine().score.value} av 100." in text


def test_an_accepted_doubtful_match_becomes_certain_and_an_unsure_one_changes_nothing() -> None:
    doubtful = next(m for m in machine().matches if m.confidence == "medium" and m.counts == "circular")
    accepted = judge(machine(), [decision(doubtful.id, "accept")], catalogue())
    assert next(m for m in accepted.matches if m.id == doubtful.id).confidence == "high"
    unsure = judge(machine(), [decision(doubtful.id, "unsure")], catalogue())
    assert unsure.matches == machine().matches
    assert unsure.judgement is not None


def test_a_match_that_belongs_to_another_criterion_is_moved_there_with_the_person_as_evidence() -> None:
    match = strongest("MOB-05")
    judged = judge(machine(), [decision(match, "other_criterion", right_criterion="MOB-02")], catalogue())
    requirement = match.split(":")[0]
    moved = next(m for m in judged.matches if m.id == f"{requirement}:MOB-02")
    assert match not in {m.id for m in judged.matches}
    assert (moved.evidence[0].where, moved.evidence[0].words) == ("decision", "Granskare A, 2026-10-01")
    assert moved.points > 0


def test_a_rejected_obstacle_takes_its_conflicts_with_it() -> None:
    assert "HIN-01" in {c.obstacle_id for c in machine().conflicts}
    rejected = [decision(o.id) for o in machine().obstacles if o.obstacle_id == "HIN-01"]
    judged = judge(machine(), rejected, catalogue())
    assert "HIN-01" not in {c.obstacle_id for c in judged.conflicts} | {o.obstacle_id for o in judged.obstacles}
    assert judged.judgement is not None
    assert {o.obstacle_id for o in judged.judgement.obstacles} == {"HIN-01"}


def test_a_rejected_requirement_is_in_no_conflict() -> None:
    conflict = machine().conflicts[0]
    judged = judge(machine(), [decision(f"{conflict.requirement_id}:{conflict.criterion_id}")], catalogue())
    assert (conflict.requirement_id, conflict.criterion_id) not in {
        (c.requirement_id, c.criterion_id) for c in judged.conflicts
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text_hash": "0" * 12}, "text_gone"),
        ({"revisions": {"MOB-05": 999}}, "criterion_revised"),
        ({"revisions": {}}, "criterion_revised"),
        ({"criterion": "MOB-99"}, "criterion_gone"),
    ],
)
def test_a_decision_on_another_text_or_criterion_is_listed_and_not_used(changes: dict[str, Any], why: str) -> None:
    judged = judge(machine(), [decision(strongest("MOB-05"), **changes)], catalogue())
    assert judged.matches == machine().matches
    assert judged.judgement is not None
    assert [unused.why for unused in judged.judgement.unused] == [why]
    assert "Granska dem på nytt" in " ".join(render(judged, catalogue()).split())


def test_an_audit_never_changes_a_score_and_neither_does_a_decision_on_another_procurement() -> None:
    audit = decision(strongest("MOB-05"), purpose="audit")
    elsewhere = decision(strongest("MOB-05"), procurement="annan")
    assert judge(machine(), [audit, elsewhere], catalogue()) == machine()


def test_the_last_decision_on_a_match_holds_and_the_first_is_still_in_the_file(tmp_path: Path) -> None:
    match, path = strongest("MOB-05"), tmp_path / "beslut.jsonl"
    write_decisions([decision(match)], path)
    first = path.read_bytes()
    write_decisions([decision(match, "accept", when="2026-10-02")], path)
    assert path.read_bytes().startswith(first)
    judged = judge(machine(), read_decisions(path), catalogue())
    assert match in {m.id for m in judged.matches}


def test_a_missed_requirement_is_found_by_document_hash_and_quotation_and_counts() -> None:
    document = next(d for d in machine().procurement.documents if d.path == "02-kravspecifikation.docx")
    matched = {m.requirement_id for m in machine().matches}
    requirement = next(
        r for r in machine().requirements
        if r.document == document.path and r.id not in matched and r.obligation == "mandatory"
        and r.kind == "technical_specification"
    )  # fmt: skip
    missed = MissedDecision(
        purpose="review", procurement="mobler-norrsjo", document="omdöpt.docx", sha256=document.sha256, place="s. 1",
        quotation=requirement.raw_text, criterion="MOB-01", who="Granskare A", when="2026-10-01",
        catalogue=catalogue().version, revisions=revisions_of(["MOB-01"], catalogue()),
    )  # fmt: skip
    judged = judge(machine(), [missed], catalogue())
    assert f"{requirement.id}:MOB-01" in {m.id for m in judged.matches}
    gone = judge(machine(), [missed.model_copy(update={"quotation": "Står inte där."})], catalogue())
    assert gone.judgement is not None
    assert [unused.why for unused in gone.judgement.unused] == ["quotation_not_found"]


def test_a_decision_that_is_written_twice_stands_once_and_every_kind_comes_back_as_it_was(tmp_path: Path) -> None:
    audited = AuditedDecision(
        blind=True, procurement="p", read="whole", headline="no", who="B", when="2026-10-01", catalogue="x"
    )
    path = tmp_path / "beslut.jsonl"
    both = [decision(strongest("MOB-05"), note="å ä ö \u2028 \n radbrytning"), audited]
    assert write_decisions(both, path) == 2
    assert write_decisions(both, path) == 0
    assert list(read_decisions(path)) == both


def test_every_faulty_line_is_named_and_nothing_is_written_over_a_file_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "beslut.jsonl"
    write_decisions([decision(strongest("MOB-05"))], path)
    lines = path.read_text(encoding="utf-8") + '{"kind": "match"}\n{halv rad'
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(UsageError, match=r"(?s)rad 2: .*rad 3: raden är ingen hel"):
        read_decisions(path)
    with pytest.raises(UsageError):
        write_decisions([decision(strongest("MOB-05"))], path)
    assert path.read_text(encoding="utf-8") == lines


def test_a_judged_assessment_is_stored_and_read_back_the_same() -> None:
    judged = judge(machine(), [decision(strongest("MOB-05"))], catalogue())
    assert Assessment.model_validate_json(judged.model_dump_json()) == judged
    assert json.loads(judged.model_dump_json())["judgement"]["decisions"][0]["verdict"] == "reject"
