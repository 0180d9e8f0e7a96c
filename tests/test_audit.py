"""A random sample of whole procurements, read by people: what it corrects, and when it is too small to say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from builders import make_catalogue, make_criterion
from cirkular_krav import build_baseline, draw_audit, load_catalogue, render, write_results
from cirkular_krav.baseline.audit import StratumCount, corrected_share, interval_of
from cirkular_krav.baseline.draw_file import read_draw
from cirkular_krav.baseline_types import Draw, DrawnProcurement, Missed
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment
from test_baseline import assessment
from test_cli import run

CATALOGUE = make_catalogue([make_criterion(f"GEN-{i:02d}") for i in range(1, 9)])


def assessments(yes: int = 30, no: int = 30) -> list[Assessment]:
    return [assessment("GEN-01" if i < yes else None, id=f"p{i:03d}", catalogue=CATALOGUE) for i in range(yes + no)]


def judge(draw: Draw, *, wrong: int = 0, missed: int = 0, unread: int = 0) -> Draw:
    """Judge all but ``unread`` procurements; the first ``wrong`` yeses are no, the first ``missed`` noes are yes."""
    left = Counter(yes=wrong, no=missed)
    done: list[DrawnProcurement] = []
    for place, one in enumerate(draw.procurements):
        against = left[one.stratum] > 0
        left[one.stratum] -= 1
        changes: dict[str, Any] = {"read_whole": place >= unread, "reader": "A"}
        changes["hits"] = tuple(h.model_copy(update={"verdict": "wrong" if against else "right"}) for h in one.hits)
        if against and one.stratum == "no":
            changes["missed"] = (
                Missed(criterion_id="GEN-02", document="a.pdf", location="s. 3", quotation="ska …", binding=True),
            )
        done.append(one.model_copy(update=changes))
    return draw.model_copy(update={"procurements": tuple(done)})


def test_the_draw_is_of_whole_procurements_with_known_chances_and_the_same_for_the_same_seed() -> None:
    many = assessments(yes=45, no=15)
    draw = draw_audit(many, CATALOGUE, size=20, seed=7)
    assert draw.drawn == {"yes": 15, "no": 5}
    assert {(one.stratum, one.inclusion) for one in draw.procurements} == {("yes", 0.333333), ("no", 0.333333)}
    assert draw == draw_audit(list(reversed(many)), CATALOGUE, size=20, seed=7)
    assert [p.id for p in draw.procurements] != [
        p.id for p in draw_audit(many, CATALOGUE, size=20, seed=8).procurements
    ]
    assert all(hit.headline and hit.text for one in draw.procurements if one.stratum == "yes" for hit in one.hits)


def test_a_rare_answer_is_still_drawn_five_times() -> None:
    draw = draw_audit(assessments(yes=56, no=4), CATALOGUE, size=20)
    assert draw.drawn == {"yes": 16, "no": 4}
    assert draw_audit(assessments(yes=50, no=10), CATALOGUE, size=20).drawn == {"yes": 15, "no": 5}


def test_the_verdicts_correct_the_share_and_both_are_shown() -> None:
    many = assessments()
    draw = judge(draw_audit(many, CATALOGUE, size=50), wrong=5, missed=0)
    found = build_baseline(many, CATALOGUE, audit=draw, sensitivity=False).audit
    assert found is not None
    assert found.raw.value == 0.5
    assert found.corrected == pytest.approx(0.5 * 20 / 25)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.4 < found.high < 0.5
    assert (found.precision, found.recall) == (pytest.approx(0.8), 1)
    text = render(build_baseline(many, CATALOGUE, audit=draw, sensitivity=False), CATALOGUE)
    assert "Rättad andel: 40 %" in text.replace("\u00a0", " ")
    assert "Programmets egen andel: 30 av 60" in text.replace("\u00a0", " ")


def test_a_missed_requirement_is_a_verdict_too() -> None:
    many = assessments()
    draw = judge(draw_audit(many, CATALOGUE, size=50), missed=5)
    found = build_baseline(many, CATALOGUE, audit=draw, sensitivity=False).audit
    assert found is not None
    assert found.corrected == pytest.approx(0.5 + 0.5 * 5 / 25)
    assert found.recall == pytest.approx(30 / 36)
    assert (found.missed, found.hit_recall) == (5, pytest.approx(25 / 30))


def test_each_organisation_is_corrected_by_its_own_or_says_how_many_must_be_read() -> None:
    def of(buyer: str, yes: int, no: int) -> list[Assessment]:
        return [
            assessment(
                "GEN-01" if i < yes else None,
                id=f"{buyer}-{i:02d}",
                buyer=buyer,
                organisation_number="",
                catalogue=CATALOGUE,
            )
            for i in range(yes + no)
        ]

    many = [*of("Åmåls byggbolag", 2, 1), *of("Alunda kommun", 20, 20), *of("Bolaget", 30, 0)]
    draw = judge(draw_audit(many, CATALOGUE, size=73), wrong=10)
    found = build_baseline(many, CATALOGUE, audit=draw)
    alunda, bolaget, amal = found.audit_by_organisation
    assert [one.label for one in (alunda, bolaget, amal)] == ["Alunda kommun", "Bolaget", "Åmåls byggbolag"]
    assert (alunda.share.population, alunda.share.corrected, alunda.share.low) == (40, 0.25, 0.25)  # all of it was read
    assert alunda.share.raw.numerator == 20
    assert amal.share.corrected == pytest.approx(2 / 3)
    assert "10 av 40, alla lästa" in " ".join(render(found, CATALOGUE).split())
    few = judge(draw_audit(many, CATALOGUE, size=20))
    found = build_baseline(many, CATALOGUE, audit=few)
    alunda, bolaget, amal = found.audit_by_organisation
    assert bolaget.share.corrected == 1.0
    assert bolaget.share.low is not None
    assert 0.6 < bolaget.share.low < 1.0
    assert (amal.share.corrected, amal.share.reason) == (None, "few_judged" if amal.share.judged else "not_read")
    assert amal.share.needed == 3
    text = " ".join(render(found, CATALOGUE).split())
    assert "för få lästa; minst 3 behövs" in text
    assert sum(one.share.judged for one in found.audit_by_organisation) == 20


def test_when_no_verdict_goes_against_the_machine_the_interval_still_has_a_width() -> None:
    found = corrected_share(StratumCount(200, 30, 30), StratumCount(200, 30, 0))
    assert found.corrected == 0.5
    assert found.low is not None
    assert found.high is not None
    assert 0.4 < found.low < 0.5 < found.high < 0.6


def test_when_all_were_read_there_is_nothing_left_to_guess() -> None:
    assert interval_of((StratumCount(10, 10, 8), StratumCount(10, 10, 1)), unsure_as=False) == (0.45, 0.45)


def test_where_all_were_read_and_only_unsure_remain_recall_may_be_anything() -> None:
    nobody = StratumCount(0, 0, 0)
    found = corrected_share(StratumCount(1, 1, 0, unsure=1), nobody)
    assert (found.precision, found.precision_interval, found.recall_interval) == (0.5, (0.0, 1.0), (0.0, 1.0))
    missed = corrected_share(nobody, StratumCount(1, 1, 0, unsure=1))
    assert (missed.recall, missed.recall_interval) == (0.0, (0.0, 1.0))


def test_the_unsure_widen_the_interval_to_both_sides() -> None:
    sure = corrected_share(StratumCount(200, 60, 50), StratumCount(200, 60, 5))
    unsure = corrected_share(StratumCount(200, 60, 50, unsure=6), StratumCount(200, 60, 5))
    assert (unsure.low or 0) <= (sure.low or 0)
    assert (unsure.high or 0) > (sure.high or 0)


@pytest.mark.parametrize(
    ("counts", "reason", "given"),
    [
        ((StratumCount(100, 0, 0), StratumCount(100, 0, 0)), "not_read", False),
        ((StratumCount(100, 20, 18), StratumCount(100, 4, 0)), "few_judged", False),
        ((StratumCount(300, 10, 6), StratumCount(300, 10, 4)), "too_wide", True),
    ],
)
def test_a_sample_that_is_too_small_says_so_and_how_many_it_takes(
    counts: tuple[StratumCount, StratumCount], reason: str, given: bool
) -> None:
    found = corrected_share(*counts)
    assert (found.reason, found.corrected is not None) == (reason, given)
    assert (found.needed or 0) > found.judged


def test_what_is_not_read_whole_is_not_judged_however_many_hits_are() -> None:
    many = assessments()
    draw = judge(draw_audit(many, CATALOGUE, size=50), unread=50)
    found = build_baseline(many, CATALOGUE, audit=draw, sensitivity=False).audit
    assert found is not None
    assert (found.judged, found.reason) == (0, "not_read")


def test_verdicts_on_other_answers_are_refused() -> None:
    draw = judge(draw_audit(assessments(), CATALOGUE, size=50))
    with pytest.raises(UsageError, match="andra svar"):
        build_baseline(assessments(yes=31, no=29), CATALOGUE, audit=draw)


def test_the_command_draws_and_corrects(tmp_path: Path) -> None:
    real = load_catalogue()
    asking = [assessment("MOB-01" if i < 8 else None, id=f"p{i}", catalogue=real) for i in range(16)]
    write_results(asking, tmp_path / "r.jsonl", catalogue=real)
    drawn = run("draw", tmp_path / "r.jsonl", "--size", "16", "--out", tmp_path / "draw.json")
    assert "review export" in drawn.stdout, drawn.stderr
    assert "fanns inte att dra" not in drawn.stdout
    more = run("draw", tmp_path / "r.jsonl", "--size", "400", "--out", tmp_path / "all.json")
    assert "400 fanns inte att dra" in more.stdout
    judged = judge(read_draw(tmp_path / "draw.json"))
    (tmp_path / "draw.json").write_text(judged.model_dump_json(), encoding="utf-8")
    done = run("baseline", tmp_path / "r.jsonl", "--audit", tmp_path / "draw.json", "--no-sensitivity")
    assert "Rättad andel: 50" in done.stdout, done.stdout + done.stderr
    (tmp_path / "draw.json").write_text(judged.model_dump_json().replace('"right"', '"sure"'), encoding="utf-8")
    done = run("baseline", tmp_path / "r.jsonl", "--audit", tmp_path / "draw.json")
    assert done.returncode == 2
    assert "verdict" in done.stderr
